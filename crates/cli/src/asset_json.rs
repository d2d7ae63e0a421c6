//! An asset as a line of JSON.

use gameforge_wire::AssetDetail;
use serde_json::{Map, Value, json};

/// The asset's facts. `metadata` holds all that the kind's reader found; its plain values (numbers, words, yes or no)
/// stand beside `id` and `name` too, so that filters stay short: `jq 'select(.width >= 512)'`.
pub fn asset_json(asset: &AssetDetail) -> Value {
    let card = &asset.card;
    let mut line = Map::new();
    let metadata = serde_json::to_value(&asset.metadata).unwrap_or(Value::Null);
    let own = json!({
        "id": card.id,
        "name": card.name,
        "kind": card.kind,
        "format": card.format,
        "path": asset.locations.first().map(|location| &location.path),
        "size": whole(card.size),
        "blake3": asset.blake3,
        "tags": asset.tags,
        "rating": card.rating,
        "label": card.label,
        "collections": asset.collections,
        "notes": asset.notes,
        "licence": asset.licence,
        "source": asset.source,
        "author": asset.author,
        "stored": asset.stored,
        "missing": card.missing,
        "preview": card.preview,
        "addedMs": whole(card.added_ms),
        "modifiedMs": whole(card.modified_ms),
        "locations": asset.locations,
        "palette": asset.palette,
        "problem": asset.problem.as_ref().map(|(code, message)| json!({"code": code, "message": message})),
    });
    if let Value::Object(own) = own {
        line.extend(own);
    }
    if let Some(distance) = card.distance {
        line.insert("distance".to_owned(), distance.into());
    }
    if let Value::Object(facts) = &metadata {
        for (name, value) in facts {
            if !line.contains_key(name) && !value.is_object() && !value.is_array() {
                line.insert(name.clone(), value.clone());
            }
        }
    }
    line.insert("metadata".to_owned(), metadata);
    Value::Object(line)
}

/// Bytes and milliseconds cross as floats; a script should see `1024`, not `1024.0`.
pub fn whole(number: f64) -> Value {
    // Within ±2^53 a float holds every whole number.
    #[allow(clippy::cast_possible_truncation, reason = "checked just before")]
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_numbers() {
        assert_eq!(whole(1024.0).to_string(), "1024");
        assert_eq!(whole(0.5).to_string(), "0.5");
    }
}
