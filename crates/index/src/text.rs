//! Text as search sees it: lower case, without accents, cut into words. The same for what is stored and asked.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The part of a text that search looks at, from its start, in bytes.
pub(crate) const MOST_TEXT: usize = 4096;

/// Letters in a word; longer runs (hashes, base64) are cut so that the dictionary stays small.
const LONGEST: usize = 64;

/// A text in its two readings, each word between single spaces, with a space at both ends (or empty).
///
/// `GoblinKing_03.png` is ` goblinking 03 png ` and ` goblin king 03 png `.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Normal {
    /// Cut where something is neither letter nor digit.
    pub whole: String,
    /// Cut at changes of case and between letters and digits, too. Empty where that makes no difference.
    pub parts: String,
}

impl Normal {
    pub(crate) fn of(text: &str) -> Self {
        let mut normal = Self::default();
        normal.read(text);
        normal
    }

    /// Reads another text, keeping the buffers.
    pub(crate) fn read(&mut self, text: &str) {
        self.whole.clear();
        self.parts.clear();
        if text.is_ascii() {
            self.push_all(text.chars());
        } else {
            // Accents off, but only those that Latin, Greek and Cyrillic put on letters: the marks of kana stay.
            self.push_all(
                text.nfkd()
                    .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
                    .nfc(),
            );
        }
        if self.parts == self.whole {
            self.parts.clear();
        }
    }

    fn push_all(&mut self, text: impl Iterator<Item = char>) {
        let mut before = Class::Gap;
        let mut length = 0;
        for c in text {
            let class = Class::of(c);
            match class {
                Class::Gap => {
                    if before != Class::Gap {
                        self.gap();
                    }
                    before = Class::Gap;
                    length = 0;
                    continue;
                }
                _ if before == Class::Gap || length == LONGEST => {
                    if length == LONGEST {
                        self.gap();
                    }
                    if self.whole.is_empty() {
                        self.whole.push(' ');
                        self.parts.push(' ');
                    }
                    length = 0;
                }
                _ if Class::divides(before, class) => self.parts.push(' '),
                // `PNGFile`: the last capital of a row begins the next word.
                Class::Lower if before == Class::Upper => self.begin_at_last_capital(),
                _ => {}
            }
            before = class;
            length += 1;
            if c.is_ascii() {
                self.whole.push(c.to_ascii_lowercase());
                self.parts.push(c.to_ascii_lowercase());
            } else {
                for lower in c.to_lowercase().filter(|c| !is_combining_mark(*c)) {
                    self.whole.push(lower);
                    self.parts.push(lower);
                }
            }
        }
        if before != Class::Gap {
            self.gap();
        }
    }

    fn gap(&mut self) {
        self.whole.push(' ');
        self.parts.push(' ');
    }

    fn begin_at_last_capital(&mut self) {
        let Some((at, _)) = self.parts.char_indices().next_back() else {
            return;
        };
        if !self.parts[..at].ends_with(' ') {
            self.parts.insert(at, ' ');
        }
    }

    /// The readings that differ.
    pub(crate) fn readings(&self) -> impl Iterator<Item = &str> {
        [self.whole.as_str(), self.parts.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
    }

    /// The words of both readings; those in both come twice.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.readings()
            .flat_map(|text| text.split(' '))
            .filter(|word| !word.is_empty())
    }
}

/// What a character is to the boundaries between words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Gap,
    /// Small letters, and those of scripts without case.
    Lower,
    Upper,
    Digit,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            '0'..='9' => Self::Digit,
            c if c.is_ascii() => Self::Gap,
            c if c.is_uppercase() => Self::Upper,
            c if c.is_alphabetic() => Self::Lower,
            c if c.is_numeric() => Self::Digit,
            _ => Self::Gap,
        }
    }

    fn divides(before: Self, after: Self) -> bool {
        matches!(
            (before, after),
            (Self::Lower, Self::Upper | Self::Digit)
                | (Self::Upper, Self::Digit)
                | (Self::Digit, Self::Lower | Self::Upper)
        )
    }
}

/// Whether a needle is looked for inside words: from three letters on, or at any length in scripts that write
/// without spaces, where the start of a word is not known.
pub(crate) fn found_inside(needle: &str) -> bool {
    needle.chars().nth(2).is_some() || needle.chars().any(|c| matches!(c, '\u{2e80}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{e00}'..='\u{eff}' | '\u{20000}'..))
}

/// The start of a text that search looks at, cut between characters.
pub(crate) fn searched(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_TEXT)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> (String, String) {
        let normal = Normal::of(text);
        (normal.whole, normal.parts)
    }

    fn pair(whole: &str, parts: &str) -> (String, String) {
        (whole.to_owned(), parts.to_owned())
    }

    #[test]
    fn words_are_cut_at_case_and_digits() {
        assert_eq!(
            readings("GoblinKing_03.png"),
            pair(" goblinking 03 png ", " goblin king 03 png ")
        );
        assert_eq!(readings("PNGFile2D"), pair(" pngfile2d ", " png file 2 d "));
        assert_eq!(readings("plain name"), pair(" plain name ", ""));
        assert_eq!(readings(" -- "), pair("", ""));
    }

    #[test]
    fn accents_and_case_do_not_matter_but_kana_marks_do() {
        assert_eq!(readings("Ünïcode É").0, " unicode e ");
        assert_eq!(readings("U\u{308}ber").0, readings("über").0);
        assert_eq!(readings("ゴブリン.png").0, " ゴブリン png ");
        assert_eq!(
            readings("コ\u{3099}フ\u{3099}リン").0,
            " ゴブリン ",
            "as file systems decompose it"
        );
        assert_eq!(readings("İstanbul").0, " istanbul ");
    }

    #[test]
    fn endless_runs_are_cut() {
        let normal = Normal::of(&"a".repeat(150));
        assert_eq!(
            normal.words().map(str::len).collect::<Vec<_>>(),
            [64, 64, 22]
        );
    }

    #[test]
    fn short_needles_are_found_inside_only_without_spaces() {
        assert!(found_inside("gob") && !found_inside("go") && found_inside("剣"));
    }
}
