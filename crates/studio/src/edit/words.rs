//! The words of labels: counts, names, quotation marks.

/// `12,345`.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 asset`, `12 assets`.
pub(super) fn assets(count: usize) -> String {
    several(count, "asset")
}

/// `1 tag`, `3 tags`.
pub(super) fn several(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{} {what}s", number(count))
    }
}

/// `tag enemy`, `3 tags`.
pub(super) fn tags<T: AsRef<str>>(tags: &[T]) -> String {
    match tags {
        [only] => format!("tag {}", only.as_ref()),
        many => several(many.len(), "tag"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_people_write_them() {
        assert_eq!(assets(1), "1 asset");
        assert_eq!(assets(12), "12 assets");
        assert_eq!(assets(1_234_567), "1,234,567 assets");
        assert_eq!(tags(&["enemy"]), "tag enemy");
        assert_eq!(tags(&["a", "b"]), "2 tags");
    }
}
