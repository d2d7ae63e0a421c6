//! JSON, set anew: one member a line, two columns a level, whatever white space the file has.

use super::line::{COLUMNS, Ink, Line};
use super::page::Page;

/// The deepest indentation that is shown, in levels.
const DEEPEST: usize = 10;

/// A piece of JSON; strings with their quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open(char),
    Close(char),
    Comma,
    Colon,
    Text(&'a str),
    /// Numbers, `true`, `false`, `null`.
    Word(&'a str),
    Comment(&'a str),
}

/// The first members. The text may end anywhere.
pub fn page(text: &str) -> Page {
    let mut setting = Setting {
        page: Page::new(),
        line: Line::new(),
        depth: 0,
    };
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        if setting.page.is_full() {
            break;
        }
        setting.take(token, tokens.peek().copied());
    }
    setting.end_line();
    setting.page
}

struct Setting {
    page: Page,
    line: Line,
    depth: usize,
}

impl Setting {
    fn end_line(&mut self) {
        let mut next = Line::new();
        next.skip(self.depth.min(DEEPEST) * 2);
        let line = std::mem::replace(&mut self.line, next);
        self.page.push(line);
    }

    fn take(&mut self, token: Token<'_>, next: Option<Token<'_>>) {
        match token {
            Token::Open(bracket) => {
                self.line.put(Ink::Faint, bracket.encode_utf8(&mut [0; 4]));
                let closes = matches!(next, Some(Token::Close(_)));
                // Lists of plain values stay on their line.
                let short = bracket == '[' && matches!(next, Some(Token::Word(_) | Token::Text(_)));
                self.depth += 1;
                if !closes && !short {
                    self.end_line();
                }
            }
            Token::Close(bracket) => {
                self.depth = self.depth.saturating_sub(1);
                if self.line.is_blank() {
                    self.line = Line::new();
                    self.line.skip(self.depth.min(DEEPEST) * 2);
                }
                self.line.put(Ink::Faint, bracket.encode_utf8(&mut [0; 4]));
                if matches!(next, Some(Token::Close(_))) {
                    self.depth_line();
                }
            }
            Token::Comma => {
                self.line.put(Ink::Faint, ",");
                if self.stays(next) {
                    self.line.skip(1);
                } else {
                    self.end_line();
                }
            }
            Token::Colon => {
                self.line.put(Ink::Faint, ":").skip(1);
            }
            Token::Text(words) => {
                let ink = if next == Some(Token::Colon) {
                    Ink::Accent
                } else {
                    Ink::Text
                };
                let words = words.trim_matches('"');
                self.line
                    .put(Ink::Faint, "\"")
                    .put(ink, words)
                    .put(Ink::Faint, "\"");
                self.close_follows(next);
            }
            Token::Word(word) => {
                self.line.put(Ink::Second, word);
                self.close_follows(next);
            }
            Token::Comment(words) => {
                self.line.put(Ink::Faint, words);
                self.end_line();
            }
        }
    }

    /// An object's last member: its closing bracket comes on a line of its own.
    fn close_follows(&mut self, next: Option<Token<'_>>) {
        if next == Some(Token::Close('}')) {
            self.depth_line();
        }
    }

    fn depth_line(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.end_line();
        self.depth += 1;
    }

    /// Whether a plain value after a comma stays on the line: within a list, while there is room.
    fn stays(&self, next: Option<Token<'_>>) -> bool {
        let opened = self
            .line
            .cells
            .iter()
            .rev()
            .find(|cell| matches!(cell.letter, '[' | '{' | ']' | '}' | ':'));
        let in_list = opened.is_some_and(|cell| cell.letter == '[');
        let plain = match next {
            Some(Token::Word(word)) => Some(word.len()),
            Some(Token::Text(words)) => Some(words.len()),
            _ => None,
        };
        in_list && plain.is_some_and(|length| self.line.width() + length.min(COLUMNS) + 2 < COLUMNS)
    }
}

struct Tokens<'a>(&'a str);

impl<'a> Tokens<'a> {
    fn cut(&mut self, at: usize) -> &'a str {
        let (now, later) = self.0.split_at(at);
        self.0 = later;
        now
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.0 = self.0.trim_start();
            let first = self.0.chars().next()?;
            let end = |close: &dyn Fn(&str) -> Option<usize>| close(self.0).unwrap_or(self.0.len());
            return Some(match first {
                '{' | '[' | '}' | ']' | ',' | ':' => {
                    self.cut(1);
                    match first {
                        '{' | '[' => Token::Open(first),
                        '}' | ']' => Token::Close(first),
                        ',' => Token::Comma,
                        _ => Token::Colon,
                    }
                }
                '"' => {
                    let at = end(&string_end);
                    Token::Text(self.cut(at))
                }
                '/' => {
                    let block = self.0.starts_with("/*");
                    let at = end(&|text| {
                        if block {
                            text.find("*/").map(|at| at + 2)
                        } else {
                            text.find('\n')
                        }
                    });
                    Token::Comment(self.cut(at))
                }
                letter if letter.is_alphanumeric() || matches!(letter, '-' | '+' | '.') => {
                    let at = end(&|text| {
                        text.find(|letter: char| {
                            letter.is_whitespace() || ",:[]{}\"/".contains(letter)
                        })
                    });
                    Token::Word(self.cut(at))
                }
                other => {
                    self.cut(other.len_utf8());
                    continue;
                }
            });
        }
    }
}

/// Past the quote that closes a string.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_one_a_line_however_the_file_is_set() {
        let tight =
            r#"{"name":"Goblin","hp":12,"at":[1,2.5,-3],"bag":[{"id":"a\"b"},{}],"on":true}"#;
        let loose = tight.replace(',', " ,\n\n").replace(':', "\t:  ");
        let wanted = [
            "{",
            "  \"name\": \"Goblin\",",
            "  \"hp\": 12,",
            "  \"at\": [1, 2.5, -3],",
            "  \"bag\": [",
            "    {",
            "      \"id\": \"a\\\"b\"",
            "    },",
            "    {}",
            "  ],",
            "  \"on\": true",
            "}",
        ];
        assert_eq!(page(tight).words(), wanted);
        assert_eq!(page(&loose).words(), wanted);
        assert_eq!(page(tight).ink_of("name"), Some(Ink::Accent));
        assert_eq!(page(tight).ink_of("Goblin"), Some(Ink::Text));
        assert_eq!(page(tight).ink_of("12"), Some(Ink::Second));
    }

    #[test]
    fn comments_and_cuts_are_shown_as_they_are() {
        let found = page("// note\n{\"a\": \"never ends");
        assert_eq!(found.words(), ["// note", "{", "  \"a\": \"never ends\""]);
        assert_eq!(found.ink_of("note"), Some(Ink::Faint));
    }

    #[test]
    fn depth_is_bounded() {
        assert!(
            page(&"[".repeat(5000))
                .words()
                .iter()
                .all(|line| line.len() <= DEEPEST * 2 + 1)
        );
    }
}
