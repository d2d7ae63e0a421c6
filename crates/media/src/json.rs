//! Whether a text is JSON, in constant memory and without recursion. Comments and commas before a closing bracket are
//! let pass, since engines' configuration files have them.

use crate::text;
use gameforge_domain::{Limits, ReadError};

/// Goes through the text once.
///
/// # Errors
/// `Truncated` where it ends within a value, `Corrupt` with the line where it is not JSON, `TooLarge` beyond
/// [`Limits::depth`] brackets within each other.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let text = text::decoded(bytes);
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        limit: limits.depth,
    };
    scan.document()
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The open brackets, outermost first.
    open: Vec<u8>,
    limit: u32,
}

impl Scan<'_> {
    fn document(&mut self) -> Result<(), ReadError> {
        loop {
            // At this point a value is due; or in a list, its end.
            self.space()?;
            match self.peek()? {
                b']' if self.open.last() == Some(&b']') => self.close(),
                b'{' => {
                    self.push(b'}')?;
                    if self.key_or_close()? {
                        continue;
                    }
                }
                b'[' => {
                    self.push(b']')?;
                    continue;
                }
                b'"' => self.string()?,
                _ => self.word()?,
            }
            // A value has ended: commas lead to the next one, closing brackets end another.
            loop {
                self.space()?;
                let Some(innermost) = self.open.last().copied() else {
                    return if self.at == self.bytes.len() {
                        Ok(())
                    } else {
                        Err(self.wrong("something after the end"))
                    };
                };
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        if innermost == b'}' && !self.key_or_close()? {
                            continue;
                        }
                        break;
                    }
                    close if close == innermost => self.close(),
                    _ => return Err(self.wrong("a comma or a closing bracket is missing")),
                }
            }
        }
    }

    /// After `{` or a comma within braces: a key with its colon (true), or the closing brace (false).
    fn key_or_close(&mut self) -> Result<bool, ReadError> {
        self.space()?;
        match self.peek()? {
            b'}' => {
                self.close();
                Ok(false)
            }
            b'"' => {
                self.string()?;
                self.space()?;
                if self.peek()? != b':' {
                    return Err(self.wrong("a colon is missing after a key"));
                }
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.wrong("a key in quotes is missing")),
        }
    }

    fn push(&mut self, close: u8) -> Result<(), ReadError> {
        self.at += 1;
        if self.open.len() as u64 >= u64::from(self.limit) {
            return Err(ReadError::TooLarge {
                what: "the depth of brackets",
                found: self.open.len() as u64 + 1,
                limit: u64::from(self.limit),
            });
        }
        self.open.push(close);
        Ok(())
    }

    fn close(&mut self) {
        self.at += 1;
        self.open.pop();
    }

    fn peek(&self) -> Result<u8, ReadError> {
        self.bytes
            .get(self.at)
            .copied()
            .ok_or_else(|| ReadError::truncated("the JSON ends within a value"))
    }

    /// White space and comments.
    fn space(&mut self) -> Result<(), ReadError> {
        loop {
            while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
                self.at += 1;
            }
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"//") {
                self.at += rest
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .unwrap_or(rest.len());
            } else if rest.starts_with(b"/*") {
                let end = rest.windows(2).skip(2).position(|pair| pair == b"*/");
                self.at += 4 + end
                    .ok_or_else(|| ReadError::truncated("a comment in the JSON does not end"))?;
            } else {
                return Ok(());
            }
        }
    }

    fn string(&mut self) -> Result<(), ReadError> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
                b'\n' => return Err(self.wrong("a string does not end on its line")),
                _ => self.at += 1,
            }
        }
    }

    fn word(&mut self) -> Result<(), ReadError> {
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            .count();
        let word = std::str::from_utf8(&rest[..length]).unwrap_or_default();
        let is_number = word.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && word.parse::<f64>().is_ok();
        if !is_number && !matches!(word, "true" | "false" | "null") {
            let ends_here = length == rest.len() && !word.is_empty();
            return Err(if ends_here {
                ReadError::truncated("the JSON ends within a word")
            } else {
                self.wrong("a value is missing or unknown")
            });
        }
        self.at += length;
        Ok(())
    }

    fn wrong(&self, what: &str) -> ReadError {
        let before = &self.bytes[..self.at.min(self.bytes.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        ReadError::corrupt(format!("not valid JSON at line {line}: {what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> &'static str {
        check(text.as_bytes(), &Limits::STANDARD).map_or_else(|error| error.code(), |()| "ok")
    }

    #[test]
    fn json_and_its_relaxed_form_pass() {
        for text in [
            "{}",
            "[]",
            "1",
            " \"a\\\"b\" ",
            "[[],{}]",
            "{\"a\":[1,2.5e3,-1,true,null],\"b\":{\"c\":\"d\"}}",
            "// note\n{\"a\":1, /* b */ \"c\":[1,],}",
            "\u{feff}[0]",
        ] {
            assert_eq!(code(text), "ok", "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for text in [
            "{\"a\"",
            "[1,",
            "\"abc",
            "{\"a\":tru",
            "/* open",
            "{\"a\":\"\\",
            "",
        ] {
            assert_eq!(code(text), "truncated", "{text}");
        }
        for text in [
            "{a:1}",
            "[1 2]",
            "{\"a\" 1}",
            "[}",
            "{]",
            "[1]]",
            "{\"a\":}",
            "\"a\nb\"",
            "[,1]",
            "1 2",
        ] {
            assert_eq!(code(text), "corrupt", "{text}");
        }
        assert_eq!(code(&"[".repeat(100_000)), "too_large");
        let message = check(b"{\n\n  \"a\" 1}", &Limits::STANDARD)
            .unwrap_err()
            .to_string();
        assert!(message.contains("line 3"), "{message}");
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "[\\[\\]{}\",:/*\\\\ 0-9a-f\n-]{0,80}") {
            let _ = check(text.as_bytes(), &Limits::STANDARD);
        }
    }
}
