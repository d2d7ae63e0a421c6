//! Godot's text format as far as references need it: bracketed headers with `key=value` fields, and assignments.
//! Strings may hold brackets and line ends.

use gameforge_domain::ReadError;

/// One piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// `[node name="A" type="B"]`: everything within the brackets.
    Header(&'a str),
    /// `key = value`, the value as written.
    Field(&'a str, &'a str),
}

/// Calls `visit` for every header and every assignment at the start of a line.
///
/// # Errors
/// `Truncated` where a header, a string or a bracket does not end.
pub fn pieces<'a>(text: &'a str, mut visit: impl FnMut(Piece<'a>)) -> Result<(), ReadError> {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(());
        }
        if rest.starts_with(';') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        }
        if let Some(inner) = rest.strip_prefix('[') {
            let end = end_of(inner, |byte, depth| byte == b']' && depth == 0)
                .filter(|end| *end < inner.len())
                .ok_or_else(|| ReadError::truncated("a header in brackets does not end"))?;
            visit(Piece::Header(inner[..end].trim()));
            rest = &inner[end + 1..];
            continue;
        }
        let end = end_of(rest, |byte, depth| byte == b'\n' && depth == 0)
            .ok_or_else(|| ReadError::truncated("a value does not end"))?;
        if let Some((key, value)) = rest[..end].split_once('=') {
            visit(Piece::Field(key.trim(), value.trim()));
        }
        rest = &rest[end..];
    }
}

/// Where `stop` first holds outside strings, given the depth of brackets; the end of the text when all is closed
/// there; `None` when it ends within a string or a bracket.
fn end_of(text: &str, stop: impl Fn(u8, u32) -> bool) -> Option<usize> {
    let mut depth = 0u32;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        if stop(byte, depth) {
            return Some(at);
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (!in_string && depth == 0).then_some(text.len())
}

/// The first word of a header.
pub fn word(header: &str) -> &str {
    header.split_ascii_whitespace().next().unwrap_or_default()
}

/// The value of `key` in a header, without its quotes.
pub fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = header;
    loop {
        let at = end_of(rest, |byte, depth| byte == b'=' && depth == 0)?;
        let name = rest.get(..at)?.split_ascii_whitespace().next_back()?;
        let value = rest.get(at + 1..)?.trim_start();
        let end = end_of(value, |byte, depth| {
            byte.is_ascii_whitespace() && depth == 0
        })?;
        if name == key {
            return Some(unquoted(&value[..end]));
        }
        rest = &value[end..];
    }
}

/// A value without the quotes around it.
pub fn unquoted(value: &str) -> &str {
    let value = value.trim();
    value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value)
}

/// Every string in a value such as `PackedStringArray("4.5", "Forward Plus")`.
pub fn strings(value: &str) -> impl Iterator<Item = &str> {
    value.split('"').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings_hide_brackets_quotes_and_line_ends() {
        let text = "; note = 1\n[node name=\"a ] \\\" [b\" groups=[\"x\", \"y\"] type=\"Label\"]\ntext = \"one\n[two]\nthree\"\nlast = Vector2(1,\n 2)";
        let mut found = Vec::new();
        pieces(text, |piece| found.push(piece)).unwrap();
        let header = "node name=\"a ] \\\" [b\" groups=[\"x\", \"y\"] type=\"Label\"";
        assert_eq!(
            found,
            [
                Piece::Header(header),
                Piece::Field("text", "\"one\n[two]\nthree\""),
                Piece::Field("last", "Vector2(1,\n 2)")
            ]
        );
        assert_eq!(word(header), "node");
        assert_eq!(field(header, "type"), Some("Label"));
        assert_eq!(field(header, "parent"), None);
    }

    #[test]
    fn a_cut_is_noticed() {
        for text in ["[node name=\"a", "[gd_scene", "a = \"b", "a = [1, 2"] {
            assert_eq!(
                pieces(text, |_| {}).unwrap_err().code(),
                "truncated",
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_gone_through(text in "[\\[\\]{}()\"=;\\\\ a-cé\n]{0,80}") {
            let _ = pieces(&text, |piece| if let Piece::Header(header) = piece { let _ = field(header, "a"); });
        }
    }
}
