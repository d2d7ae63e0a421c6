//! Merging open settings: JSON Merge Patch (RFC 7396). What is null goes, what is not named stays.

use serde_json::Value;

/// The most bytes that settings may have as JSON text.
pub const MOST_BYTES: usize = 16 * 1024;

/// Applies a patch.
#[must_use]
pub fn merged(target: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch;
    };
    let mut target = match target {
        Value::Object(target) => target,
        _ => serde_json::Map::new(),
    };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            let old = target.remove(&name).unwrap_or(Value::Null);
            target.insert(name, merged(old, value));
        }
    }
    Value::Object(target)
}

/// Merges settings and says in words why the result cannot be kept.
///
/// # Errors
/// When the patch is no object, or the result is too large or holds a character that no text may have.
pub fn settings(old: Value, patch: Value) -> Result<Value, &'static str> {
    if !patch.is_object() {
        return Err("should be an object of names and values");
    }
    let merged = merged(old, patch);
    let text = merged.to_string();
    if text.len() > MOST_BYTES {
        return Err("would be more than 16 KiB together; take something out first");
    }
    // The database's texts have no such character; as JSON it is always written like this.
    if text.contains("\\u0000") {
        return Err("holds a null character");
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn it_does_what_the_standard_shows() {
        // RFC 7396, appendix A.
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b"}),
                json!({"b": "c"}),
                json!({"a": "b", "b": "c"}),
            ),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        ] {
            assert_eq!(merged(target, patch), result);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        assert!(settings(json!({}), json!([])).is_err());
        assert!(settings(json!({}), json!({"a": "x".repeat(MOST_BYTES)})).is_err());
        assert!(settings(json!({}), json!({"a": ["b\u{0}"]})).is_err());
        assert!(settings(json!({}), json!({"a\u{0}": 1})).is_err());
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            proptest::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        })
    }

    proptest! {
        #[test]
        fn twice_is_once(target in value(), patch in value()) {
            let once = merged(target, patch.clone());
            prop_assert_eq!(merged(once.clone(), patch), once);
        }
    }
}
