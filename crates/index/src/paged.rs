//! A column of numbers most of which are zero: pages that hold only the others, or all where most are not.

use crate::bits::Bits;

/// Slots in a page.
const PAGE: usize = 4096;
/// Over this many members six bytes each cost more than four bytes for all.
const SPARSE: usize = PAGE * 2 / 3;

/// `u32` by slot; absent is 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct PagedColumn {
    pages: Vec<Page>,
}

#[derive(Debug, Clone)]
enum Page {
    Sparse { at: Vec<u16>, values: Vec<u32> },
    Dense(Vec<u32>),
}

impl PagedColumn {
    pub(crate) fn get(&self, slot: u32) -> u32 {
        let (page, at) = place(slot);
        match self.pages.get(page) {
            None => 0,
            Some(Page::Dense(values)) => values[usize::from(at)],
            Some(Page::Sparse {
                at: present,
                values,
            }) => present.binary_search(&at).map_or(0, |index| values[index]),
        }
    }

    pub(crate) fn set(&mut self, slot: u32, value: u32) {
        let (page, at) = place(slot);
        if page >= self.pages.len() {
            if value == 0 {
                return;
            }
            self.pages.resize(
                page + 1,
                Page::Sparse {
                    at: Vec::new(),
                    values: Vec::new(),
                },
            );
        }
        let page = &mut self.pages[page];
        match page {
            Page::Dense(values) => values[usize::from(at)] = value,
            Page::Sparse {
                at: present,
                values,
            } => match (present.binary_search(&at), value) {
                (Ok(index), 0) => {
                    present.remove(index);
                    values.remove(index);
                }
                (Ok(index), value) => values[index] = value,
                (Err(_), 0) => {}
                (Err(index), value) => {
                    present.insert(index, at);
                    values.insert(index, value);
                    if present.len() > SPARSE {
                        let mut all = vec![0; PAGE];
                        for (at, value) in present.iter().zip(values.iter()) {
                            all[usize::from(*at)] = *value;
                        }
                        *page = Page::Dense(all);
                    }
                }
            },
        }
    }

    /// The slots below `len` whose value matches.
    pub(crate) fn scan(&self, len: usize, matches: impl Fn(u32) -> bool) -> Bits {
        let mut words = Vec::with_capacity(len.div_ceil(64) + PAGE / 64);
        let zero = if matches(0) { u64::MAX } else { 0 };
        for page in self.pages.iter().take(len.div_ceil(PAGE)) {
            match page {
                Page::Dense(values) => {
                    words.extend_from_slice(Bits::scan_column(values, &matches).words())
                }
                Page::Sparse { at, values } => {
                    let start = words.len();
                    words.resize(start + PAGE / 64, zero);
                    for (at, value) in at.iter().zip(values) {
                        let (word, bit) = (start + usize::from(*at) / 64, at % 64);
                        words[word] = words[word] & !(1 << bit) | u64::from(matches(*value)) << bit;
                    }
                }
            }
        }
        words.resize(len.div_ceil(64), zero);
        Bits::from_words(words)
    }

    /// Every value that is not 0, with its slot, ascending: the form in snapshots.
    pub(crate) fn entries(&self) -> (Vec<u32>, Vec<u32>) {
        let (mut slots, mut all) = (Vec::new(), Vec::new());
        for (page, content) in self.pages.iter().enumerate() {
            let start = (page * PAGE) as u32;
            match content {
                Page::Sparse { at, values } => {
                    slots.extend(at.iter().map(|at| start + u32::from(*at)));
                    all.extend_from_slice(values);
                }
                Page::Dense(values) => {
                    for (at, value) in values.iter().enumerate().filter(|(_, value)| **value != 0) {
                        slots.push(start + at as u32);
                        all.push(*value);
                    }
                }
            }
        }
        (slots, all)
    }

    /// From [`entries`](Self::entries); `None` when they are not ascending or of different lengths.
    pub(crate) fn from_entries(slots: &[u32], values: &[u32]) -> Option<Self> {
        if slots.len() != values.len() || !slots.is_sorted_by(|a, b| a < b) {
            return None;
        }
        let count = slots.last().map_or(0, |last| *last as usize / PAGE + 1);
        let mut pages = Vec::with_capacity(count);
        let mut start = 0;
        for page in 0..count {
            let end = start + slots[start..].partition_point(|slot| *slot as usize / PAGE == page);
            let at = slots[start..end]
                .iter()
                .map(|slot| (*slot as usize % PAGE) as u16);
            pages.push(if end - start > SPARSE {
                let mut all = vec![0; PAGE];
                at.zip(&values[start..end])
                    .for_each(|(at, value)| all[usize::from(at)] = *value);
                Page::Dense(all)
            } else {
                Page::Sparse {
                    at: at.collect(),
                    values: values[start..end].to_vec(),
                }
            });
            start = end;
        }
        Some(Self { pages })
    }
}

fn place(slot: u32) -> (usize, u16) {
    (slot as usize / PAGE, (slot as usize % PAGE) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn behaves_as_a_map(steps in prop::collection::vec((0..9000u32, 0..4u32), 0..300), fill in any::<bool>()) {
            let (mut column, mut map) = (PagedColumn::default(), BTreeMap::new());
            if fill {
                for slot in 4096..8192 { column.set(slot, 7); map.insert(slot, 7); }
            }
            for (slot, value) in steps {
                column.set(slot, value);
                map.insert(slot, value);
                prop_assert_eq!(column.get(slot), value);
            }
            for wanted in [0, 2] {
                let found: Vec<u32> = column.scan(9000, |value| value == wanted).iter().filter(|slot| *slot < 9000).collect();
                let naive: Vec<u32> = (0..9000).filter(|slot| map.get(slot).copied().unwrap_or(0) == wanted).collect();
                prop_assert_eq!(found, naive);
            }
            let (slots, values) = column.entries();
            let again = PagedColumn::from_entries(&slots, &values).unwrap();
            prop_assert!((0..9000).all(|slot| again.get(slot) == column.get(slot)));
        }
    }
}
