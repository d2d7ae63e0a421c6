//! Sizes and problems as people read them.

use gameforge_wire::JobIssue;

/// Bytes with their unit: “12.4 KiB”.
pub fn bytes(bytes: f64) -> String {
    let mut value = bytes;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if value < 1024.0 {
            return if unit == "B" {
                format!("{value:.0} B")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

/// What became of a file: “art/hero.png: The file is cut off (truncated)”.
pub fn issue(issue: &JobIssue) -> String {
    format!("{}: {} ({})", issue.path, issue.message, issue.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_suits_them() {
        assert_eq!(bytes(12.0), "12 B");
        assert_eq!(bytes(12_700.0), "12.4 KiB");
    }
}
