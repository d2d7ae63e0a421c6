//! Texts and word sequences of all slots in one buffer each, found by an offset. Replaced ones leave holes until
//! the index is compacted or loaded again.

use crate::term::{Term, parts};
use crate::text::Normal;
use crate::words::WordIndex;

/// Short texts, each with its length in two bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextArena {
    pub bytes: Vec<u8>,
}

impl TextArena {
    /// Appends a text, cut to 65,535 bytes, and gives its offset.
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        let text = &text[..text.floor_char_boundary(usize::from(u16::MAX))];
        let offset = self.bytes.len() as u32;
        self.bytes
            .extend_from_slice(&(text.len() as u16).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        offset
    }

    pub(crate) fn get(&self, offset: u32) -> &str {
        self.span(offset)
            .and_then(|span| std::str::from_utf8(span).ok())
            .unwrap_or_default()
    }

    /// As [`get`](Self::get), without looking whether it is text.
    pub(crate) fn raw(&self, offset: u32) -> &[u8] {
        self.span(offset).unwrap_or_default()
    }

    fn span(&self, offset: u32) -> Option<&[u8]> {
        let (length, rest) = self
            .bytes
            .get(offset as usize..)?
            .split_first_chunk::<2>()?;
        rest.get(..usize::from(u16::from_le_bytes(*length)))
    }
}

/// The words of longer texts as numbers of a [`WordIndex`], in order, a byte or three each.
///
/// A sequence is its length in bytes and then, as LEB128: 0 between lines, else the number plus one, doubled,
/// plus one for a part of the word before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct SequenceArena {
    pub bytes: Vec<u8>,
}

/// One element of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    Line,
    Word(u32),
    Part(u32),
}

impl SequenceArena {
    /// Numbers a text's words and appends their sequence. Offset 0 is the empty text.
    pub(crate) fn push(&mut self, text: &str, words: &mut WordIndex, normal: &mut Normal) -> u32 {
        if self.bytes.is_empty() {
            self.bytes.push(0);
        }
        let mut sequence = Vec::new();
        for line in text.lines() {
            normal.read(line);
            if normal.whole.is_empty() {
                continue;
            }
            if !sequence.is_empty() {
                write_number(&mut sequence, 0);
            }
            let mut pieces = normal.parts.split(' ').filter(|piece| !piece.is_empty());
            for word in normal.whole.split(' ').filter(|word| !word.is_empty()) {
                write_number(&mut sequence, (words.intern(word) + 1) << 1);
                let mut length = 0;
                while length < word.len() {
                    let Some(piece) = pieces.next() else { break };
                    length += piece.len();
                    if piece.len() < word.len() {
                        write_number(&mut sequence, (words.intern(piece) + 1) << 1 | 1);
                    }
                }
            }
        }
        self.push_raw(&sequence)
    }

    /// Appends a sequence in its encoded form.
    pub(crate) fn push_raw(&mut self, sequence: &[u8]) -> u32 {
        if self.bytes.is_empty() {
            self.bytes.push(0);
        }
        if sequence.is_empty() {
            return 0;
        }
        let offset = self.bytes.len() as u32;
        write_number(&mut self.bytes, sequence.len() as u32);
        self.bytes.extend_from_slice(sequence);
        offset
    }

    /// The encoded form of a sequence; empty when there is none at the offset.
    pub(crate) fn raw(&self, offset: u32) -> &[u8] {
        let Some(mut rest) = self.bytes.get(offset as usize..) else {
            return &[];
        };
        let length = read_number(&mut rest).unwrap_or(0) as usize;
        rest.get(..length).unwrap_or_default()
    }

    pub(crate) fn elements(&self, offset: u32) -> impl Iterator<Item = Element> + '_ {
        let mut rest = self.raw(offset);
        std::iter::from_fn(move || {
            let number = read_number(&mut rest)?;
            Some(match number {
                0 | 1 => Element::Line,
                word if word & 1 == 0 => Element::Word((word >> 1) - 1),
                part => Element::Part((part >> 1) - 1),
            })
        })
    }
}

fn write_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(first & 0x7f).checked_shl(shift)?;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A term as word numbers, to be compared with sequences.
pub(crate) struct NumberedTerm {
    whole: Option<Numbered>,
    parts: Option<Numbered>,
}

/// Consecutive words; the last one is any of a sorted list.
struct Numbered {
    first: Vec<u32>,
    last: Vec<u32>,
}

impl NumberedTerm {
    pub(crate) fn new(term: &Term, words: &WordIndex) -> Self {
        Self {
            whole: Numbered::new(&term.text.whole, term.open, words),
            parts: Numbered::new(parts(&term.text), term.open, words),
        }
    }

    pub(crate) fn follows_in(&self, elements: impl Iterator<Item = Element>) -> bool {
        let (mut whole, mut pieces): (Vec<u32>, Vec<u32>) = Default::default();
        let mut divided = false;
        let found = |whole: &[u32], pieces: &[u32]| {
            self.whole
                .as_ref()
                .is_some_and(|term| term.follows_in(whole))
                || self
                    .parts
                    .as_ref()
                    .is_some_and(|term| term.follows_in(pieces))
        };
        for element in elements {
            match element {
                Element::Line => {
                    if found(&whole, &pieces) {
                        return true;
                    }
                    whole.clear();
                    pieces.clear();
                }
                Element::Word(number) => {
                    whole.push(number);
                    pieces.push(number);
                    divided = false;
                }
                Element::Part(number) => {
                    // The first part stands in for the whole word.
                    if !divided {
                        pieces.pop();
                        divided = true;
                    }
                    pieces.push(number);
                }
            }
        }
        found(&whole, &pieces)
    }
}

impl Numbered {
    fn new(text: &str, open: bool, words: &WordIndex) -> Option<Self> {
        let mut list: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let last_word = list.pop()?;
        let first = list
            .into_iter()
            .map(|word| words.words.find(word))
            .collect::<Option<Vec<u32>>>()?;
        let mut last = Vec::new();
        if open {
            words.words.starting(last_word, |number| last.push(number));
        } else {
            last.push(words.words.find(last_word)?);
        }
        Some(Self { first, last })
    }

    fn follows_in(&self, numbers: &[u32]) -> bool {
        numbers.windows(self.first.len() + 1).any(|window| {
            window.split_last().is_some_and(|(last, first)| {
                first == self.first && self.last.binary_search(last).is_ok()
            })
        })
    }
}
