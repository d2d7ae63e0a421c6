//! Values that many assets share: sets of tags, licences, endings, kinds; each with its posting.

use crate::bits::Bits;
use crate::dictionary::Dictionary;
use crate::posting::Posting;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// Texts with a number each from 1, and which slots have them.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextGroups {
    pub texts: Dictionary,
    pub postings: Vec<Posting>,
}

impl TextGroups {
    /// The text's number, from 1.
    pub(crate) fn insert(&mut self, text: &str, slot: u32) -> u32 {
        let number = self.texts.intern(&text.replace('\n', " "));
        if number as usize == self.postings.len() {
            self.postings.push(Posting::default());
        }
        self.postings[number as usize].insert(slot);
        number + 1
    }

    /// Takes a slot out of a number's posting; 0 is none.
    pub(crate) fn remove(&mut self, number: u32, slot: u32) {
        if let Some(posting) = number
            .checked_sub(1)
            .and_then(|number| self.postings.get_mut(number as usize))
        {
            posting.remove(slot);
        }
    }

    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        let number = number.checked_sub(1)?;
        ((number as usize) < self.texts.len()).then(|| self.texts.get(number))
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &Posting)> {
        self.postings
            .iter()
            .enumerate()
            .map(|(number, posting)| (self.texts.get(number as u32), posting))
    }
}

/// A posting for each small number.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByteGroups {
    pub postings: Vec<Posting>,
}

impl ByteGroups {
    pub(crate) fn insert(&mut self, value: u8, slot: u32) {
        if usize::from(value) >= self.postings.len() {
            self.postings
                .resize_with(usize::from(value) + 1, Posting::default);
        }
        self.postings[usize::from(value)].insert(slot);
    }

    pub(crate) fn remove(&mut self, value: u8, slot: u32) {
        if let Some(posting) = self.postings.get_mut(usize::from(value)) {
            posting.remove(slot);
        }
    }

    pub(crate) fn add_to(&self, value: u8, bits: &mut Bits) {
        if let Some(posting) = self.postings.get(usize::from(value)) {
            posting.add_to(bits);
        }
    }
}

/// Distinct sets of tag nodes, those above each tag included. Set 0 is empty.
#[derive(Debug, Clone)]
pub(crate) struct TagSets {
    /// Each set's length and then its nodes, ascending.
    pub nodes: Vec<u32>,
    pub starts: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Default for TagSets {
    fn default() -> Self {
        let mut sets = Self {
            nodes: Vec::new(),
            starts: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        };
        sets.intern(&[]);
        sets
    }
}

impl TagSets {
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn get(&self, number: u32) -> &[u32] {
        set(&self.nodes, &self.starts, number)
    }

    /// The number of a set, given ascending.
    pub(crate) fn intern(&mut self, members: &[u32]) -> u32 {
        let hash = self.hasher.hash_one(members);
        if let Some(number) = self
            .numbers
            .find(hash, |number| self.get(*number) == members)
        {
            return *number;
        }
        let number = self.starts.len() as u32;
        self.starts.push(self.nodes.len() as u32);
        self.nodes.push(members.len() as u32);
        self.nodes.extend_from_slice(members);
        let Self {
            nodes,
            starts,
            numbers,
            hasher,
        } = self;
        numbers.insert_unique(hash, number, |number| {
            hasher.hash_one(set(nodes, starts, *number))
        });
        number
    }

    /// Whether all sets are of nodes below a number.
    pub(crate) fn nodes_within(&self, count: usize) -> bool {
        (0..self.len() as u32)
            .all(|number| self.get(number).iter().all(|node| (*node as usize) < count))
    }

    /// From the buffers in a snapshot; `None` when they do not fit each other.
    pub(crate) fn from_raw(nodes: Vec<u32>, starts: Vec<u32>) -> Option<Self> {
        let mut expected = 0usize;
        for start in &starts {
            if *start as usize != expected {
                return None;
            }
            expected = expected
                .checked_add(1)?
                .checked_add(*nodes.get(expected)? as usize)?;
            nodes.get(*start as usize + 1..expected)?;
        }
        if expected != nodes.len() || nodes.first() != Some(&0) {
            return None;
        }
        let hasher = DefaultHashBuilder::default();
        let mut numbers = HashTable::with_capacity(starts.len());
        for number in 0..starts.len() as u32 {
            let hash = |number: &u32| hasher.hash_one(set(&nodes, &starts, *number));
            numbers.insert_unique(hash(&number), number, hash);
        }
        Some(Self {
            nodes,
            starts,
            numbers,
            hasher,
        })
    }
}

fn set<'a>(nodes: &'a [u32], starts: &[u32], number: u32) -> &'a [u32] {
    let start = starts[number as usize] as usize;
    &nodes[start + 1..start + 1 + nodes[start] as usize]
}
