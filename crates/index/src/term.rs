//! A word or phrase of a query, ready to be compared with texts. This is the definition of a match by text;
//! the postings only find the candidates.

use crate::text::Normal;
#[cfg(test)]
use crate::text::found_inside;

/// What is asked of one text.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub text: Normal,
    /// Whether the last word may go on, and a single one may lie inside a word.
    pub open: bool,
}

impl Term {
    pub(crate) fn word(text: &str) -> Self {
        Self {
            text: Normal::of(text),
            open: true,
        }
    }

    pub(crate) fn phrase(text: &str) -> Self {
        Self {
            text: Normal::of(text),
            open: false,
        }
    }

    /// The word, where there is just one and it may be found inside others.
    pub(crate) fn single(&self) -> Option<&str> {
        let word = self.text.whole.trim_matches(' ');
        (self.open && !word.is_empty() && !word.contains(' ')).then_some(word)
    }

    /// Whether the text contains what is asked. Searches go by postings instead; this says what they must find.
    #[cfg(test)]
    pub(crate) fn matches(&self, text: &Normal) -> bool {
        match self.single() {
            Some(word) => text
                .words()
                .any(|have| have.starts_with(word) || found_inside(word) && have.contains(word)),
            None => self.follows_in(text),
        }
    }

    /// Whether the words come one after the other: as written in the text as written, or cut at case and digits
    /// in both.
    pub(crate) fn follows_in(&self, text: &Normal) -> bool {
        let within = |have: &str, asked: &str| {
            let asked = if self.open {
                asked.trim_end_matches(' ')
            } else {
                asked
            };
            !asked.is_empty() && have.contains(asked)
        };
        within(&text.whole, &self.text.whole) || within(parts(text), parts(&self.text))
    }
}

/// The reading cut at case and digits, also where it is the same as the other.
pub(crate) fn parts(text: &Normal) -> &str {
    if text.parts.is_empty() {
        &text.whole
    } else {
        &text.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_by_start_or_from_three_letters_on_inside() {
        let name = Normal::of("GoblinKing_03.png");
        let word = |text: &str| Term::word(text).matches(&name);
        assert!(word("gob") && word("oblin") && word("KING") && word("ki") && word("goblinking_0"));
        assert!(!word("in") && !word("king_3") && !word("oblinking_03"));
    }

    #[test]
    fn phrases_match_whole_words_in_a_row() {
        let phrase = |text: &str, name: &str| Term::phrase(text).matches(&Normal::of(name));
        assert!(phrase("goblin king", "the GoblinKing"));
        assert!(phrase("Goblin_King", "goblin-king.png"));
        assert!(!phrase("goblin kin", "goblin king"));
        assert!(!phrase("king goblin", "goblin king"));
        assert!(phrase("goblinking", "GoblinKing"));
    }
}
