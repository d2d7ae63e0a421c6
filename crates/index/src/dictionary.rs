//! Distinct words with a number each, found exactly, by their start, or by any part of them.

use hashbrown::{DefaultHashBuilder, HashTable};
use memchr::memmem;
use std::hash::BuildHasher;

/// Words in one buffer, each between line breaks, so that one pass over the buffer finds a part in all of them.
#[derive(Debug, Clone)]
pub(crate) struct Dictionary {
    /// `\nfirst\nsecond\n…\n`
    bytes: Vec<u8>,
    /// Where each word starts.
    starts: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            bytes: vec![b'\n'],
            starts: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl Dictionary {
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        word(&self.bytes, &self.starts, number)
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text.as_bytes());
        self.numbers
            .find(hash, |number| self.get(*number) == text)
            .copied()
    }

    /// The word's number, a new one if it is new. The word must not contain a line break.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        let number = self.starts.len() as u32;
        self.starts.push(self.bytes.len() as u32);
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'\n');
        let Self {
            bytes,
            starts,
            numbers,
            hasher,
        } = self;
        let hash = |number: &u32| hasher.hash_one(word(bytes, starts, *number).as_bytes());
        numbers.insert_unique(hash(&number), number, hash);
        number
    }

    /// Calls `f` with each word that starts with a needle.
    pub(crate) fn starting(&self, needle: &str, f: impl FnMut(u32)) {
        self.scan(&[b"\n", needle.as_bytes()].concat(), 1, f);
    }

    /// Calls `f` with each word that contains a needle.
    pub(crate) fn containing(&self, needle: &str, f: impl FnMut(u32)) {
        self.scan(needle.as_bytes(), 0, f);
    }

    /// Calls `f` once with each word that an occurrence of the pattern, past `lead` bytes of it, lies in.
    fn scan(&self, pattern: &[u8], lead: usize, mut f: impl FnMut(u32)) {
        let finder = memmem::Finder::new(pattern);
        let (mut from, mut number) = (0, 0usize);
        while let Some(found) = self.bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + found + lead;
            number = self.last_starting_at_or_before(number, at as u32);
            if number >= self.starts.len() {
                return;
            }
            f(number as u32);
            // On to the line break before the next word; it may begin the next occurrence.
            from = self
                .starts
                .get(number + 1)
                .map_or(self.bytes.len(), |next| *next as usize - 1);
        }
    }

    /// Gallops from a word that starts before the place, since occurrences come in order.
    fn last_starting_at_or_before(&self, from: usize, at: u32) -> usize {
        let mut step = 1;
        let mut low = from;
        while low + step < self.starts.len() && self.starts[low + step] <= at {
            low += step;
            step *= 2;
        }
        let high = (low + step).min(self.starts.len());
        low + self.starts.get(low..high).map_or(0, |range| {
            range
                .partition_point(|start| *start <= at)
                .saturating_sub(1)
        })
    }

    /// The buffers, for snapshots.
    pub(crate) fn raw(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.starts)
    }

    /// From [`raw`](Self::raw); `None` when the buffers do not fit each other.
    pub(crate) fn from_raw(bytes: Vec<u8>, starts: Vec<u32>) -> Option<Self> {
        std::str::from_utf8(&bytes).ok()?;
        let in_order =
            starts.first().is_none_or(|first| *first == 1) && starts.is_sorted_by(|a, b| a < b);
        let divided = starts
            .iter()
            .all(|start| *start > 0 && bytes.get(*start as usize - 1) == Some(&b'\n'));
        if !in_order || !divided || bytes.first() != Some(&b'\n') || bytes.last() != Some(&b'\n') {
            return None;
        }
        if starts
            .last()
            .is_some_and(|last| *last as usize >= bytes.len())
            || bytes.len() > u32::MAX as usize
        {
            return None;
        }
        let hasher = DefaultHashBuilder::default();
        let hash = |number: &u32| hasher.hash_one(word(&bytes, &starts, *number).as_bytes());
        let mut numbers = HashTable::with_capacity(starts.len());
        for number in 0..starts.len() as u32 {
            numbers.insert_unique(hash(&number), number, hash);
        }
        Some(Self {
            bytes,
            starts,
            numbers,
            hasher,
        })
    }
}

fn word<'a>(bytes: &'a [u8], starts: &[u32], number: u32) -> &'a str {
    let start = starts[number as usize] as usize;
    let end = starts
        .get(number as usize + 1)
        .map_or(bytes.len(), |next| *next as usize)
        - 1;
    std::str::from_utf8(&bytes[start..end]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_walk_over_all_words_finds(
            words in prop::collection::btree_set("[abc日]{0,5}", 0..40),
            needle in "[abc日]{1,3}",
        ) {
            let mut dictionary = Dictionary::default();
            let numbers: Vec<u32> = words.iter().map(|word| dictionary.intern(word)).collect();
            prop_assert!(words.iter().zip(&numbers).all(|(word, number)| dictionary.find(word) == Some(*number)));
            let naive = |matches: &dyn Fn(&str) -> bool| -> Vec<String> {
                words.iter().filter(|word| matches(word)).cloned().collect()
            };
            let (bytes, starts) = dictionary.raw();
            let again = Dictionary::from_raw(bytes.to_vec(), starts.to_vec()).unwrap();
            let (mut starting, mut containing) = (Vec::new(), Vec::new());
            again.starting(&needle, |number| starting.push(again.get(number).to_owned()));
            again.containing(&needle, |number| containing.push(again.get(number).to_owned()));
            prop_assert_eq!(starting, naive(&|word| word.starts_with(&needle)));
            prop_assert_eq!(containing, naive(&|word| word.contains(&needle)));
        }
    }
}
