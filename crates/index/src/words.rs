//! Which slots (or folders, or tags) contain which words.

use crate::bits::Bits;
use crate::dictionary::Dictionary;
use crate::posting::Posting;
use crate::text::{Normal, found_inside};

/// A dictionary with a posting for each word.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordIndex {
    pub words: Dictionary,
    pub postings: Vec<Posting>,
}

impl WordIndex {
    /// The word's number, with an empty posting if it is new.
    pub(crate) fn intern(&mut self, word: &str) -> u32 {
        let number = self.words.intern(word);
        if number as usize == self.postings.len() {
            self.postings.push(Posting::default());
        }
        number
    }

    pub(crate) fn insert_all(&mut self, text: &Normal, slot: u32) {
        for word in text.words() {
            let number = self.intern(word);
            self.postings[number as usize].insert(slot);
        }
    }

    pub(crate) fn remove_all(&mut self, text: &Normal, slot: u32) {
        for word in text.words() {
            if let Some(number) = self.words.find(word) {
                self.postings[number as usize].remove(slot);
            }
        }
    }

    /// Slots with a word that starts with the needle.
    pub(crate) fn starting(&self, needle: &str, len: usize) -> Bits {
        let mut bits = Bits::new(len);
        self.words.starting(needle, |number| {
            self.postings[number as usize].add_to(&mut bits)
        });
        bits
    }

    /// Slots with a word that starts with the needle, or contains it where that is enough.
    pub(crate) fn matching(&self, needle: &str, len: usize) -> Bits {
        if !found_inside(needle) {
            return self.starting(needle, len);
        }
        let mut bits = Bits::new(len);
        self.words.containing(needle, |number| {
            self.postings[number as usize].add_to(&mut bits)
        });
        bits
    }

    /// Slots with exactly this word.
    pub(crate) fn exactly(&self, word: &str, len: usize) -> Bits {
        match self.words.find(word) {
            Some(number) => self.postings[number as usize].to_bits(len),
            None => Bits::new(len),
        }
    }

    /// Slots that have all words of a phrase, in any order; the last one may go on when `open`. A superset of
    /// those that have the phrase, and the same when it is a single word.
    pub(crate) fn with_all(&self, phrase: &str, open: bool, len: usize) -> Bits {
        let mut words = phrase.split(' ').filter(|word| !word.is_empty()).peekable();
        let mut all: Option<Bits> = None;
        while let Some(word) = words.next() {
            let last = words.peek().is_none();
            let bits = if open && last {
                self.starting(word, len)
            } else {
                self.exactly(word, len)
            };
            match &mut all {
                Some(all) => all.and(&bits),
                None => all = Some(bits),
            }
        }
        all.unwrap_or_else(|| Bits::new(len))
    }
}
