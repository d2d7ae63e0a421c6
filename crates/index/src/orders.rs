//! Slots sorted by each key that was asked for, kept up to date by merging changes in when the order is next used.

use crate::bits::Bits;
use crate::collate;
use crate::columns::Columns;
use crate::tree::PathTree;
use gameforge_domain::query::{Sort, SortKey};
use parking_lot::Mutex;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// All orders that were used so far.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    sorted: Mutex<HashMap<Sort, Order>>,
}

#[derive(Debug, Clone)]
struct Order {
    slots: Arc<Vec<u32>>,
    /// Slots whose place may be another one, or which are no more.
    pending: Vec<u32>,
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

impl Orders {
    /// The keys of a slot in each order by number, to be compared after a change.
    pub(crate) fn keys_of(&mut self, columns: &Columns, slot: u32) -> Vec<(Sort, Option<u64>)> {
        self.sorted
            .get_mut()
            .keys()
            .map(|sort| (*sort, columns.sort_key(sort.key, slot)))
            .collect()
    }

    /// Notes a change; `before` is what [`keys_of`](Self::keys_of) gave, empty for a new slot.
    pub(crate) fn changed(
        &mut self,
        columns: &Columns,
        slot: u32,
        before: &[(Sort, Option<u64>)],
        renamed: bool,
        moved: bool,
    ) {
        for (sort, order) in self.sorted.get_mut() {
            let old = before
                .iter()
                .find(|(other, _)| other == sort)
                .and_then(|(_, key)| *key);
            if renamed
                || moved && sort.key == SortKey::Folder
                || old != columns.sort_key(sort.key, slot)
            {
                order.pending.push(slot);
            }
        }
    }

    /// Notes that a slot is no more.
    pub(crate) fn removed(&mut self, slot: u32) {
        for order in self.sorted.get_mut().values_mut() {
            order.pending.push(slot);
        }
    }

    /// All live slots in an order other than by relevance.
    pub(crate) fn get(&self, sort: Sort, from: Sortable<'_>) -> Arc<Vec<u32>> {
        let mut sorted = self.sorted.lock();
        if !sorted.contains_key(&sort) {
            let by_name = if sort == BY_NAME {
                None
            } else {
                Some(up_to_date(&mut sorted, BY_NAME, from, None))
            };
            return up_to_date(&mut sorted, sort, from, by_name);
        }
        up_to_date(&mut sorted, sort, from, None)
    }

    /// Brings every order that was used up to date.
    pub(crate) fn settle(&self, from: Sortable<'_>) {
        let used: Vec<Sort> = self.sorted.lock().keys().copied().collect();
        for sort in used {
            self.get(sort, from);
        }
    }

    /// Every order that was used, for snapshots.
    pub(crate) fn all(&self, from: Sortable<'_>) -> Vec<(Sort, Arc<Vec<u32>>)> {
        let mut used: Vec<Sort> = self.sorted.lock().keys().copied().collect();
        used.sort_by_key(|sort| (sort.key, sort.descending));
        used.into_iter()
            .map(|sort| (sort, self.get(sort, from)))
            .collect()
    }

    /// Takes an order over from a snapshot.
    pub(crate) fn put(&mut self, sort: Sort, slots: Vec<u32>) {
        self.sorted.get_mut().insert(
            sort,
            Order {
                slots: Arc::new(slots),
                pending: Vec::new(),
            },
        );
    }
}

fn up_to_date(
    sorted: &mut HashMap<Sort, Order>,
    sort: Sort,
    from: Sortable<'_>,
    by_name: Option<Arc<Vec<u32>>>,
) -> Arc<Vec<u32>> {
    let order = sorted.entry(sort).or_insert_with(|| Order {
        slots: Arc::new(build(
            sort,
            from,
            by_name.as_ref().map(|names| names.as_slice()),
        )),
        pending: Vec::new(),
    });
    if !order.pending.is_empty() {
        let pending = std::mem::take(&mut order.pending);
        order.slots = Arc::new(merge(&order.slots, pending, sort, from));
    }
    Arc::clone(&order.slots)
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

fn build(sort: Sort, from: Sortable<'_>, by_name: Option<&[u32]>) -> Vec<u32> {
    let Some(by_name) = by_name else {
        return build_by_name(from);
    };
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

/// Takes changed slots out of an order and puts those that still live where they belong now.
fn merge(order: &[u32], mut pending: Vec<u32>, sort: Sort, from: Sortable<'_>) -> Vec<u32> {
    pending.sort_unstable();
    pending.dedup();
    let mut changed = Bits::new(from.columns.len());
    pending.iter().for_each(|slot| changed.set(*slot));
    pending.retain(|slot| from.live.get(*slot));
    if pending.len() * 8 > order.len() {
        let by_name = (sort != BY_NAME).then(|| build_by_name(from));
        return build(sort, from, by_name.as_deref());
    }
    pending.sort_by(|a, b| compare(sort, from, *a, *b));
    let mut kept = vec![0; order.len() + 1];
    let mut count = 0;
    for slot in order {
        kept[count] = *slot;
        count += usize::from(!changed.get(*slot));
    }
    kept.truncate(count);
    let mut merged = Vec::with_capacity(count + pending.len());
    let mut start = 0;
    for slot in pending {
        let end = start
            + kept[start..].partition_point(|other| compare(sort, from, *other, slot).is_lt());
        merged.extend_from_slice(&kept[start..end]);
        merged.push(slot);
        start = end;
    }
    merged.extend_from_slice(&kept[start..]);
    merged
}
