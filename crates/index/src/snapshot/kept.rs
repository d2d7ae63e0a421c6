//! Which slots a snapshot keeps, and their new numbers.

use crate::columns::Flag;
use crate::index::Index;
use crate::posting::Posting;
use bytemuck::Pod;
use std::borrow::Cow;

/// Which slots are written, and as which.
pub(crate) struct Kept {
    /// Live slots, ascending, where some are not; else all are kept as they are.
    pub(super) slots: Option<Vec<u32>>,
    /// The new slot of each old one.
    renumbered: Vec<u32>,
    pub(super) count: usize,
}

impl Kept {
    pub(super) fn new(index: &Index) -> Self {
        let count = index.live as usize;
        if index.vacant() == 0 {
            return Self {
                slots: None,
                renumbered: Vec::new(),
                count,
            };
        }
        let slots: Vec<u32> = index.columns.flag(Flag::Live).iter().collect();
        let mut renumbered = vec![u32::MAX; index.columns.len()];
        for (new, old) in (0..).zip(&slots) {
            renumbered[*old as usize] = new;
        }
        Self {
            slots: Some(slots),
            renumbered,
            count,
        }
    }

    /// All of so many, as they are.
    pub(crate) fn all(count: usize) -> Self {
        Self {
            slots: None,
            renumbered: Vec::new(),
            count,
        }
    }

    pub(super) fn column<'a, T: Pod>(&self, column: &'a [T]) -> Cow<'a, [T]> {
        match &self.slots {
            None => Cow::Borrowed(column),
            Some(slots) => slots.iter().map(|slot| column[*slot as usize]).collect(),
        }
    }

    pub(crate) fn new_slot(&self, slot: u32) -> u32 {
        if self.slots.is_some() {
            self.renumbered[slot as usize]
        } else {
            slot
        }
    }

    pub(super) fn each(&self, mut f: impl FnMut(u32)) {
        match &self.slots {
            None => (0..self.count as u32).for_each(f),
            Some(slots) => slots.iter().for_each(|slot| f(*slot)),
        }
    }

    pub(crate) fn posting<'a>(&self, posting: &'a Posting) -> Cow<'a, Posting> {
        if self.slots.is_none() {
            return Cow::Borrowed(posting);
        }
        let mut members = Vec::with_capacity(posting.len());
        posting.each(|slot| members.push(self.new_slot(slot)));
        Cow::Owned(Posting::from_sorted(&members))
    }
}
