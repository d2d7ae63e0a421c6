//! Assets that agree in everything that facets count, as one number: a single pass over the hits counts them all.

use crate::columns::{Columns, Flag};
use std::collections::HashMap;

/// What an asset adds to the counts, packed into one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class {
    pub kind: u8,
    pub format: u8,
    pub rating: u8,
    pub label: u8,
    /// One bit for each of [`COUNTED`].
    pub flags: u8,
    /// Number of the licence, below 2^24.
    pub licence: u32,
}

/// The flags that facets count.
const COUNTED: [Flag; 7] = [
    Flag::Alpha,
    Flag::Opaque,
    Flag::Animated,
    Flag::Missing,
    Flag::Failed,
    Flag::Duplicate,
    Flag::Untagged,
];

impl Class {
    /// What a slot adds to the counts.
    pub(crate) fn of(columns: &Columns, slot: u32) -> Self {
        let at = slot as usize;
        let flags = (0..)
            .zip(COUNTED)
            .map(|(bit, flag)| u8::from(columns.is(flag, slot)) << bit);
        Self {
            kind: columns.kind[at],
            format: columns.format[at],
            rating: columns.rating[at],
            label: columns.label[at],
            flags: flags.fold(0, |flags, flag| flags | flag),
            licence: columns.licence[at],
        }
    }

    /// The number if the class has a flag that facets count, else 0.
    pub(crate) fn counts(self, flag: Flag, number: u32) -> u32 {
        let has = COUNTED
            .iter()
            .position(|counted| *counted == flag)
            .is_some_and(|bit| self.flags >> bit & 1 == 1);
        if has { number } else { 0 }
    }

    fn pack(self) -> u64 {
        let [kind, format, rating, label, flags] =
            [self.kind, self.format, self.rating, self.label, self.flags].map(u64::from);
        kind | format << 8
            | rating << 16
            | label << 24
            | flags << 32
            | u64::from(self.licence) << 40
    }

    fn unpack(key: u64) -> Self {
        let [kind, format, rating, label, flags, ..] = key.to_le_bytes();
        Self {
            kind,
            format,
            rating,
            label,
            flags,
            licence: (key >> 40) as u32,
        }
    }
}

/// The class of a slot that was never filled.
pub(crate) const NO_CLASS: u32 = u32::MAX;

/// The classes that occur, and how many live slots each has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes {
    pub keys: Vec<u64>,
    pub sizes: Vec<u32>,
    numbers: HashMap<u64, u32>,
}

impl Classes {
    /// The number of a class, which has one slot more now.
    pub(crate) fn enter(&mut self, class: Class) -> u32 {
        let key = class.pack();
        let number = *self.numbers.entry(key).or_insert_with(|| {
            self.keys.push(key);
            self.sizes.push(0);
            self.keys.len() as u32 - 1
        });
        self.sizes[number as usize] += 1;
        number
    }

    /// One slot less for a class.
    pub(crate) fn leave(&mut self, number: u32) {
        if let Some(size) = self.sizes.get_mut(number as usize) {
            *size -= 1;
        }
    }

    pub(crate) fn each<'a>(&'a self, counts: &'a [u32]) -> impl Iterator<Item = (Class, u32)> + 'a {
        self.keys
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(key, count)| (Class::unpack(*key), *count))
    }

    /// Whether all licences are among so many, numbered from 1.
    pub(crate) fn licences_within(&self, count: usize) -> bool {
        self.keys
            .iter()
            .all(|key| Class::unpack(*key).licence as usize <= count)
    }

    /// From a snapshot; `None` when a slot has a class that is not there, or a class comes twice.
    pub(crate) fn from_raw(keys: Vec<u64>, column: &[u32]) -> Option<Self> {
        let mut sizes = vec![0; keys.len()];
        for class in column {
            *sizes.get_mut(*class as usize)? += 1;
        }
        let numbers: HashMap<u64, u32> = keys.iter().copied().zip(0..).collect();
        (numbers.len() == keys.len()).then_some(Self {
            keys,
            sizes,
            numbers,
        })
    }
}
