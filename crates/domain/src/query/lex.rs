//! Cuts a query's text into items. Knows quotes, signs and operators, not what any filter means.

/// What stands between a filter's name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `:` or `=`.
    Is,
    /// `>`.
    Above,
    /// `>=`.
    AtLeast,
    /// `<`.
    Below,
    /// `<=`.
    AtMost,
}

impl Operator {
    /// As written in canonical text.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Is => ":",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

/// One item between white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Byte offset of its first character, a minus sign included.
    pub start: usize,
    /// Byte offset after its last character.
    pub end: usize,
    /// Whether a minus sign stands in front.
    pub negated: bool,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Word(String),
    Phrase(String),
    Filter {
        /// As written.
        name: String,
        operator: Operator,
        /// The values between commas, quotes resolved. One empty value when nothing follows the operator.
        values: Vec<Value>,
        /// Byte offset of the first value.
        values_start: usize,
    },
}

/// One value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub text: String,
    /// Byte offset where it starts, a quotation mark included.
    pub start: usize,
}

/// All items of a text. Every text has some reading: a missing closing quotation mark is supplied at the end.
pub(super) fn items(text: &str) -> Vec<Item> {
    let mut cursor = Cursor { text, at: 0 };
    let mut items = Vec::new();
    loop {
        while cursor.peek().is_some_and(char::is_whitespace) {
            cursor.bump();
        }
        if cursor.peek().is_none() {
            return items;
        }
        if let Some(item) = cursor.item() {
            items.push(item);
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// The item at a character that is not white space; `None` for a lone minus sign or empty quotes.
    fn item(&mut self) -> Option<Item> {
        let start = self.at;
        let negated = self.rest().starts_with('-');
        if negated {
            self.bump();
        }
        let body = if self.rest().starts_with('"') {
            self.bump();
            Body::Phrase(self.quoted())
        } else if let Some((name, operator)) = self.filter_head() {
            let values_start = self.at;
            Body::Filter {
                name,
                operator,
                values: self.values(),
                values_start,
            }
        } else {
            Body::Word(self.bare(|c| c == '"'))
        };
        let item = Item {
            start,
            end: self.at,
            negated,
            body,
        };
        let empty =
            matches!(&item.body, Body::Word(text) | Body::Phrase(text) if text.trim().is_empty());
        (!empty).then_some(item)
    }

    /// A name made of ASCII letters with an operator after it, consumed; nothing is consumed otherwise.
    fn filter_head(&mut self) -> Option<(String, Operator)> {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length == 0 {
            return None;
        }
        let (operator, width) = match rest.as_bytes().get(length..)? {
            [b'>', b'=', ..] => (Operator::AtLeast, 2),
            [b'<', b'=', ..] => (Operator::AtMost, 2),
            // `width:>=5` is what other programs write.
            [b':', b'>', b'=', ..] => (Operator::AtLeast, 3),
            [b':', b'<', b'=', ..] => (Operator::AtMost, 3),
            [b':', b'>', ..] => (Operator::Above, 2),
            [b':', b'<', ..] => (Operator::Below, 2),
            [b'>', ..] => (Operator::Above, 1),
            [b'<', ..] => (Operator::Below, 1),
            [b':' | b'=', ..] => (Operator::Is, 1),
            _ => return None,
        };
        let name = rest[..length].to_owned();
        self.at += length + width;
        Some((name, operator))
    }

    fn values(&mut self) -> Vec<Value> {
        let mut values = Vec::new();
        loop {
            let start = self.at;
            let mut text = String::new();
            // Quoted and bare pieces without a comma between them are one value: `"my art"/chars`.
            while self.peek().is_some_and(|c| c != ',' && !c.is_whitespace()) {
                if self.rest().starts_with('"') {
                    self.bump();
                    text.push_str(&self.quoted());
                } else {
                    text.push_str(&self.bare(|c| matches!(c, ',' | '"')));
                }
            }
            values.push(Value { text, start });
            if self.rest().starts_with(',') {
                self.bump();
            } else {
                return values;
            }
        }
    }

    /// Up to white space or a stop character, neither consumed.
    fn bare(&mut self, stop: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| !c.is_whitespace() && !stop(c)) {
            self.bump();
        }
        self.text[start..self.at].to_owned()
    }

    /// After an opening quotation mark: up to the closing one, which is consumed.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        while let Some(next) = self.bump() {
            match next {
                '"' => break,
                '\\' if matches!(self.peek(), Some('"' | '\\')) => text.extend(self.bump()),
                other => text.push(other),
            }
        }
        text
    }
}

/// A value as canonical text: in quotation marks where it needs them.
pub(super) fn quote(text: &str) -> String {
    let plain = !text.is_empty()
        && !text
            .chars()
            .any(|c| c.is_whitespace() || matches!(c, '"' | ',' | '\\'));
    if plain {
        text.to_owned()
    } else {
        quote_always(text)
    }
}

/// In quotation marks.
pub(super) fn quote_always(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Byte offset to UTF-16 code units, which is how the window counts.
pub(super) fn utf16(text: &str, byte: usize) -> u32 {
    let before = text.get(..byte).unwrap_or(text);
    u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
}
