//! From ids and database rows to slots.

use gameforge_domain::AssetId;
use hashbrown::HashTable;

const PAGE: usize = 4096;
const NONE: u32 = u32::MAX;

/// Slots by database row: pages, since rows are dense-ish numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowMap {
    pages: Vec<Vec<u32>>,
}

impl RowMap {
    pub(crate) fn get(&self, row: u32) -> Option<u32> {
        let slot = *self
            .pages
            .get(row as usize / PAGE)?
            .get(row as usize % PAGE)?;
        (slot != NONE).then_some(slot)
    }

    pub(crate) fn insert(&mut self, row: u32, slot: u32) {
        let page = row as usize / PAGE;
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, Vec::new);
        }
        if self.pages[page].is_empty() {
            self.pages[page] = vec![NONE; PAGE];
        }
        self.pages[page][row as usize % PAGE] = slot;
    }

    pub(crate) fn remove(&mut self, row: u32) {
        if self.get(row).is_some() {
            self.insert(row, NONE);
        }
    }
}

/// Slots by asset id. The ids themselves are in their column.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdMap {
    slots: HashTable<u32>,
}

impl IdMap {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            slots: HashTable::with_capacity(count),
        }
    }

    pub(crate) fn get(&self, id: AssetId, ids: &[[u8; 16]]) -> Option<u32> {
        self.slots
            .find(hash(id.as_bytes()), |slot| {
                &ids[*slot as usize] == id.as_bytes()
            })
            .copied()
    }

    /// Adds a slot whose id is in the column already and was in no other slot.
    pub(crate) fn insert(&mut self, slot: u32, ids: &[[u8; 16]]) {
        let hash_of = |slot: &u32| hash(&ids[*slot as usize]);
        self.slots.insert_unique(hash_of(&slot), slot, hash_of);
    }

    pub(crate) fn remove(&mut self, slot: u32, ids: &[[u8; 16]]) {
        if let Ok(found) = self
            .slots
            .find_entry(hash(&ids[slot as usize]), |other| *other == slot)
        {
            found.remove();
        }
    }
}

/// Mixes both halves (ids are random enough already; this spreads them over all bits).
fn hash(id: &[u8; 16]) -> u64 {
    let (high, low) = id.split_at(8);
    let half = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let mixed = (half(high).rotate_left(32) ^ half(low)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}
