//! The words of labels: how many of what.

use gameforge_domain::counted;

/// `1 asset`, `12 assets`.
pub(super) fn assets(count: usize) -> String {
    several(count, "asset")
}

/// `1 tag`, `3 tags`.
pub(super) fn several(count: usize, noun: &str) -> String {
    counted(count as u64, noun)
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
    fn a_single_tag_is_named() {
        assert_eq!(tags(&["enemy"]), "tag enemy");
        assert_eq!(tags(&["a", "b"]), "2 tags");
    }
}
