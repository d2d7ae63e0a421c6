//! Reads back a letter that was written into the mail folder: as much of RFC 5322, 2045 and 2047 as those letters use.

use base64::{Engine, engine::general_purpose::STANDARD};

/// What a letter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// About what.
    pub subject: String,
    /// When, as it is written there.
    pub date: String,
    /// The text.
    pub body: String,
}

/// Reads a letter. What cannot be decoded stays as it is written.
#[must_use]
pub fn letter(bytes: &[u8]) -> Letter {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut letter = Letter::default();
    let mut encoding = String::new();
    // A line that begins with a blank goes on from the one before.
    for line in head.replace("\n ", " ").replace("\n\t", " ").lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "to" => letter.to = words(value),
            "subject" => letter.subject = words(value),
            "date" => value.clone_into(&mut letter.date),
            "content-transfer-encoding" => encoding = value.to_ascii_lowercase(),
            _ => {}
        }
    }
    letter.body = match encoding.as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            STANDARD
                .decode(packed)
                .map_or_else(|_| body.to_owned(), |bytes| lossy(&bytes))
        }
        "quoted-printable" => lossy(&unquoted(body.replace("=\n", "").as_bytes(), b'=')),
        _ => body.to_owned(),
    }
    .replace("\r\n", "\n");
    letter
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `=?utf-8?b?…?=` words of a header.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut was_encoded = false;
    for word in text.split(' ') {
        let decoded = encoded_word(word);
        // Blanks between two encoded words are not part of the text.
        let joins = was_encoded && decoded.is_some();
        if !(out.is_empty() || joins) {
            out.push(' ');
        }
        was_encoded = decoded.is_some();
        out.push_str(decoded.as_deref().unwrap_or(word));
    }
    out
}

fn encoded_word(word: &str) -> Option<String> {
    let inner = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let mut parts = inner.splitn(3, '?');
    let (_charset, kind, text) = (parts.next()?, parts.next()?, parts.next()?);
    match kind {
        "b" | "B" => Some(lossy(&STANDARD.decode(text).ok()?)),
        "q" | "Q" => Some(lossy(&unquoted(text.replace('_', " ").as_bytes(), b'='))),
        _ => None,
    }
}

/// `=C3` and the like as bytes.
fn unquoted(text: &[u8], mark: u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let hex = text
            .get(at + 1..at + 3)
            .filter(|_| *byte == mark)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex {
            Some(byte) => {
                bytes.push(byte);
                at += 3;
            }
            None => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::{Message, message::header::ContentType};

    #[test]
    fn what_is_written_is_read_back() {
        let body = "Grüße,\n\nhttps://cloud.example.org/verify#abc=def_ghi\n\n„Schluß“ ".repeat(4);
        for (subject, body) in [
            ("Plain", "one\ntwo\n"),
            (
                "Bestätige deine Adresse für Überraschungen aller Art",
                &body,
            ),
        ] {
            let message = Message::builder()
                .from("a@example.org".parse().expect("an address"))
                .to("Ada <ada@example.org>".parse().expect("an address"))
                .subject(subject)
                .header(ContentType::TEXT_PLAIN)
                .body(body.to_owned())
                .expect("a letter");
            let read = letter(&message.formatted());
            assert_eq!(read.subject, subject);
            assert_eq!(read.body.trim_end(), body.trim_end());
            assert!(read.to.contains("ada@example.org"), "{}", read.to);
            assert!(!read.date.is_empty(), "it has a date");
        }
    }
}
