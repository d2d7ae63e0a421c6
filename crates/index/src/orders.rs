//! Slots sorted by each key that was asked for, kept up to date by merging changes in when the order is next used.

use crate::bits::Bits;
use crate::collate;
use crate::columns::Columns;
use crate::tree::PathTree;
use gameforge_domain::query::{Sort, SortKey};
use parking_lot::Mutex;
use std::cmp::Ordering;
use std::sync::Arc;

/// All orders that were used so far, each behind a lock of its own, so that bringing one up to date does not hold
/// up searches by another.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    sorted: [Mutex<Option<Order>>; SortKey::ALL.len() * 2],
    /// What the order merged last left behind, for the next one to be written into: fresh memory would cost more than
    /// the merge.
    spare: Mutex<Vec<u32>>,
}

#[derive(Debug, Clone)]
struct Order {
    slots: Arc<Vec<u32>>,
    /// Slots whose place may be another one, or which are no more.
    pending: Vec<u32>,
    /// How many slots there were when it was made: those from here on are new to it.
    slots_then: usize,
}

impl Order {
    const fn new(slots: Arc<Vec<u32>>, slots_then: usize) -> Self {
        Self {
            slots,
            pending: Vec::new(),
            slots_then,
        }
    }
}

/// What orders are computed from.
#[derive(Clone, Copy)]
pub(crate) struct Sortable<'a> {
    pub columns: &'a Columns,
    pub folders: &'a PathTree,
    pub live: &'a Bits,
    /// Numbers of live slots.
    pub count: usize,
}

const BY_NAME: Sort = Sort {
    key: SortKey::Name,
    descending: false,
};

/// The order's place in [`Orders::sorted`].
fn place(sort: Sort) -> usize {
    sort.key as usize * 2 + usize::from(sort.descending)
}

fn sort_at(place: usize) -> Sort {
    Sort {
        key: SortKey::ALL[place / 2],
        descending: place % 2 == 1,
    }
}

/// The keys of a slot before a change, by order; `None` where nobody used the order.
pub(crate) type Keys = [Option<Option<u64>>; SortKey::ALL.len() * 2];

impl Orders {
    /// The keys of a slot in each order, to be compared after a change.
    pub(crate) fn keys_of(&mut self, columns: &Columns, slot: u32) -> Keys {
        let mut keys = Keys::default();
        for (at, order) in self.sorted.iter_mut().enumerate() {
            keys[at] = order
                .get_mut()
                .as_ref()
                .map(|_| columns.sort_key(sort_at(at).key, slot));
        }
        keys
    }

    /// Notes a change. Of the keys before it only those of orders by number count.
    pub(crate) fn changed(
        &mut self,
        columns: &Columns,
        slot: u32,
        before: &Keys,
        renamed: bool,
        moved: bool,
    ) {
        for (at, order) in self.sorted.iter_mut().enumerate() {
            let Some(order) = order.get_mut() else {
                continue;
            };
            let key = sort_at(at).key;
            if renamed
                || moved && key == SortKey::Folder
                || before[at] != Some(columns.sort_key(key, slot))
            {
                order.pending.push(slot);
            }
        }
    }

    /// Notes that a slot is no more.
    pub(crate) fn removed(&mut self, slot: u32) {
        for order in &mut self.sorted {
            if let Some(order) = order.get_mut() {
                order.pending.push(slot);
            }
        }
    }

    /// All live slots in an order other than by relevance.
    pub(crate) fn get(&self, sort: Sort, from: Sortable<'_>) -> Arc<Vec<u32>> {
        let mut order = self.sorted[place(sort)].lock();
        if let Some(order) = &mut *order {
            if !order.pending.is_empty() {
                let merged = Arc::new(self.merge(order, sort, from));
                let before = std::mem::replace(order, Order::new(merged, from.columns.len()));
                // Where results still hold it, there is no spare one.
                if let Ok(slots) = Arc::try_unwrap(before.slots) {
                    *self.spare.lock() = slots;
                }
            }
            return Arc::clone(&order.slots);
        }
        let slots = Arc::new(self.build(sort, from));
        *order = Some(Order::new(Arc::clone(&slots), from.columns.len()));
        slots
    }

    /// Which orders were used.
    fn used(&self) -> Vec<Sort> {
        (0..self.sorted.len())
            .filter(|at| self.sorted[*at].lock().is_some())
            .map(sort_at)
            .collect()
    }

    /// Brings every order that was used up to date.
    pub(crate) fn settle(&self, from: Sortable<'_>) {
        for sort in self.used() {
            self.get(sort, from);
        }
    }

    /// Every order that was used, for snapshots.
    pub(crate) fn all(&self, from: Sortable<'_>) -> Vec<(Sort, Arc<Vec<u32>>)> {
        self.used()
            .into_iter()
            .map(|sort| (sort, self.get(sort, from)))
            .collect()
    }

    /// Takes an order over from a snapshot, which has no slots but those in it.
    pub(crate) fn put(&mut self, sort: Sort, slots: Vec<u32>) {
        let count = slots.len();
        *self.sorted[place(sort)].get_mut() = Some(Order::new(Arc::new(slots), count));
    }

    /// From nothing. All orders but the one by name start from that one, whose lock is never held while another
    /// is waited for.
    fn build(&self, sort: Sort, from: Sortable<'_>) -> Vec<u32> {
        if sort == BY_NAME {
            build_by_name(from)
        } else {
            build(sort, from, &self.get(BY_NAME, from))
        }
    }

    /// Takes changed slots out of an order and puts those that still live where they belong now.
    fn merge(&self, outdated: &mut Order, sort: Sort, from: Sortable<'_>) -> Vec<u32> {
        let order = outdated.slots.as_slice();
        let mut pending = std::mem::take(&mut outdated.pending);
        pending.sort_unstable();
        pending.dedup();
        let mut changed = Bits::new(from.columns.len());
        pending.iter().for_each(|slot| changed.set(*slot));
        let all_new = pending
            .first()
            .is_none_or(|least| *least as usize >= outdated.slots_then);
        pending.retain(|slot| from.live.get(*slot));
        if pending.len() * 8 > order.len() {
            return self.build(sort, from);
        }
        pending.sort_by(|a, b| compare(sort, from, *a, *b));
        let mut merged = self.space(order.len() + pending.len() + 1);
        let copy = if all_new { copy_all } else { copy_steady };
        let (mut start, mut filled) = (0, 0);
        for slot in &pending {
            let end = start
                + first_behind(&order[start..], &changed, |other| {
                    compare(sort, from, other, *slot).is_lt()
                });
            filled = copy(&order[start..end], &changed, &mut merged, filled);
            merged[filled] = *slot;
            filled += 1;
            start = end;
        }
        filled = copy(&order[start..], &changed, &mut merged, filled);
        merged.truncate(filled);
        merged
    }

    /// Room for so many slots, with anything in it.
    fn space(&self, length: usize) -> Vec<u32> {
        let mut space = std::mem::take(&mut *self.spare.lock());
        if space.capacity() < length {
            // A little more, so that the next merges fit as well.
            space = Vec::with_capacity(length + length / 64);
        }
        space.resize(length, 0);
        space
    }
}

/// How two slots follow each other: by key, then by name, then by id. Never equal for two slots.
pub(crate) fn compare(sort: Sort, from: Sortable<'_>, a: u32, b: u32) -> Ordering {
    let columns = from.columns;
    let names = || collate::names(columns.name(a), columns.name(b));
    let by_key = match sort.key {
        SortKey::Relevance | SortKey::Name => names(),
        SortKey::Folder => {
            let path = |slot: u32| from.folders.path(columns.folder[slot as usize]);
            collate::paths(path(a), path(b))
        }
        key => columns.sort_key(key, a).cmp(&columns.sort_key(key, b)),
    };
    let directed = if sort.descending {
        by_key.reverse()
    } else {
        by_key
    };
    directed
        .then_with(names)
        .then_with(|| columns.id[a as usize].cmp(&columns.id[b as usize]))
}

fn build(sort: Sort, from: Sortable<'_>, by_name: &[u32]) -> Vec<u32> {
    if sort.key == SortKey::Name {
        // Backwards, but equal names still by id.
        return by_name
            .chunk_by(|a, b| from.columns.name(*a) == from.columns.name(*b))
            .rev()
            .flatten()
            .copied()
            .collect();
    }
    let ranks = if sort.key == SortKey::Folder {
        from.folders.ranks()
    } else {
        Vec::new()
    };
    let mut keyed: Vec<(u64, u32, u32)> = by_name
        .iter()
        .zip(0..)
        .map(|(slot, rank)| {
            let key = match from.columns.sort_key(sort.key, *slot) {
                Some(key) => key,
                None => u64::from(
                    ranks
                        .get(from.columns.folder[*slot as usize] as usize)
                        .copied()
                        .unwrap_or(0),
                ),
            };
            (if sort.descending { !key } else { key }, rank, *slot)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, slot)| slot).collect()
}

fn build_by_name(from: Sortable<'_>) -> Vec<u32> {
    let columns = from.columns;
    let mut keys = Vec::new();
    let mut keyed: Vec<(u128, u32, u32, u32)> = Vec::with_capacity(from.count);
    from.live.each(|slot| {
        let start = keys.len();
        collate::key(columns.name(slot), &mut keys);
        keyed.push((
            collate::start(&keys[start..]),
            start as u32,
            keys.len() as u32,
            slot,
        ));
    });
    keyed.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0)
            .then_with(|| keys[a.1 as usize..a.2 as usize].cmp(&keys[b.1 as usize..b.2 as usize]))
            .then_with(|| columns.name(a.3).cmp(columns.name(b.3)))
            .then_with(|| columns.id[a.3 as usize].cmp(&columns.id[b.3 as usize]))
    });
    keyed.into_iter().map(|(.., slot)| slot).collect()
}

/// The first place in a sorted list where `before` does not hold, by bisection over the slots that did not change;
/// the others lie where they belonged once.
fn first_behind(order: &[u32], changed: &Bits, before: impl Fn(u32) -> bool) -> usize {
    let (mut low, mut high) = (0, order.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let Some(steady) = (middle..high).find(|at| !changed.get(order[*at])) else {
            high = middle;
            continue;
        };
        if before(order[steady]) {
            low = steady + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Copies all slots, none of which changed.
fn copy_all(from: &[u32], _: &Bits, to: &mut [u32], filled: usize) -> usize {
    let end = filled + from.len();
    to[filled..end].copy_from_slice(from);
    end
}

/// Copies the slots that did not change, without a branch on that; returns up to where `to` is filled then.
fn copy_steady(from: &[u32], changed: &Bits, to: &mut [u32], mut filled: usize) -> usize {
    for slot in from {
        to[filled] = *slot;
        filled += usize::from(!changed.get(*slot));
    }
    filled
}
