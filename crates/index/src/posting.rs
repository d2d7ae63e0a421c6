//! Which slots have a value: a few in place, more in a sorted list, many in a roaring bitmap, very many in bits.

use crate::bits::Bits;
use roaring::RoaringBitmap;

const IN_PLACE: usize = 5;
const LIST: usize = 64;
/// A bitmap with more members than this, and more than one in [`DENSE_RATIO`] of all slots, becomes plain bits.
const DENSE: u64 = 4096;
const DENSE_RATIO: u64 = 24;

/// A set of slots that is small in memory whatever its size, and grows in place.
#[derive(Debug, Clone)]
pub(crate) enum Posting {
    Few {
        len: u8,
        slots: [u32; IN_PLACE],
    },
    #[allow(
        clippy::box_collection,
        reason = "keeps the enum at 24 bytes, of which there are hundreds of thousands"
    )]
    List(Box<Vec<u32>>),
    Roaring(Box<RoaringBitmap>),
    Dense(Box<(Bits, u32)>),
}

impl Default for Posting {
    fn default() -> Self {
        Self::Few {
            len: 0,
            slots: [0; IN_PLACE],
        }
    }
}

impl Posting {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few { len, .. } => usize::from(*len),
            Self::List(list) => list.len(),
            Self::Roaring(bitmap) => bitmap.len() as usize,
            Self::Dense(dense) => dense.1 as usize,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn contains(&self, slot: u32) -> bool {
        match self {
            Self::Few { len, slots } => slots[..usize::from(*len)].contains(&slot),
            Self::List(list) => list.binary_search(&slot).is_ok(),
            Self::Roaring(bitmap) => bitmap.contains(slot),
            Self::Dense(dense) => dense.0.get(slot),
        }
    }

    pub(crate) fn insert(&mut self, slot: u32) {
        match self {
            Self::Few { len, slots } => {
                let used = &slots[..usize::from(*len)];
                let Err(at) = used.binary_search(&slot) else {
                    return;
                };
                if usize::from(*len) < IN_PLACE {
                    slots.copy_within(at..usize::from(*len), at + 1);
                    slots[at] = slot;
                    *len += 1;
                } else {
                    let mut list = Vec::with_capacity(IN_PLACE * 2);
                    list.extend_from_slice(used);
                    list.insert(at, slot);
                    *self = Self::List(Box::new(list));
                }
            }
            Self::List(list) => {
                let at = match list.last() {
                    Some(last) if *last < slot => list.len(),
                    _ => match list.binary_search(&slot) {
                        Ok(_) => return,
                        Err(at) => at,
                    },
                };
                list.insert(at, slot);
                if list.len() > LIST {
                    *self = Self::Roaring(Box::new(list.iter().copied().collect()));
                }
            }
            Self::Roaring(bitmap) => {
                bitmap.insert(slot);
                let len = bitmap.len();
                if len > DENSE && len * DENSE_RATIO > u64::from(bitmap.max().unwrap_or(0)) {
                    let mut bits = Bits::default();
                    bitmap.iter().for_each(|slot| bits.set(slot));
                    *self = Self::Dense(Box::new((bits, len as u32)));
                }
            }
            Self::Dense(dense) => {
                dense.1 += u32::from(!dense.0.get(slot));
                dense.0.set(slot);
            }
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        match self {
            Self::Few { len, slots } => {
                if let Ok(at) = slots[..usize::from(*len)].binary_search(&slot) {
                    slots.copy_within(at + 1..usize::from(*len), at);
                    *len -= 1;
                }
            }
            Self::List(list) => {
                if let Ok(at) = list.binary_search(&slot) {
                    list.remove(at);
                }
            }
            Self::Roaring(bitmap) => {
                bitmap.remove(slot);
            }
            Self::Dense(dense) => {
                dense.1 -= u32::from(dense.0.get(slot));
                dense.0.clear(slot);
            }
        }
    }

    /// Calls `f` with every member, ascending.
    pub(crate) fn each(&self, mut f: impl FnMut(u32)) {
        match self {
            Self::Few { len, slots } => slots[..usize::from(*len)].iter().for_each(|slot| f(*slot)),
            Self::List(list) => list.iter().for_each(|slot| f(*slot)),
            Self::Roaring(bitmap) => bitmap.iter().for_each(f),
            Self::Dense(dense) => dense.0.each(f),
        }
    }

    /// Adds the members to a set.
    pub(crate) fn add_to(&self, bits: &mut Bits) {
        match self {
            Self::Dense(dense) => bits.or(&dense.0),
            _ => self.each(|slot| bits.set(slot)),
        }
    }

    pub(crate) fn to_bits(&self, len: usize) -> Bits {
        let mut bits = Bits::new(len);
        self.add_to(&mut bits);
        bits
    }

    /// How many members are in a set.
    #[cfg(test)]
    pub(crate) fn count_in(&self, bits: &Bits) -> u32 {
        match self {
            Self::Dense(dense) => dense.0.count_and(bits),
            _ => {
                let mut count = 0;
                self.each(|slot| count += u32::from(bits.get(slot)));
                count
            }
        }
    }

    /// In the form that fits its size, from members in ascending order.
    pub(crate) fn from_sorted(members: &[u32]) -> Self {
        let last = members.last().copied().unwrap_or(0);
        let len = members.len() as u64;
        if members.len() <= IN_PLACE {
            let mut slots = [0; IN_PLACE];
            slots[..members.len()].copy_from_slice(members);
            Self::Few {
                len: members.len() as u8,
                slots,
            }
        } else if members.len() <= LIST {
            Self::List(Box::new(members.to_vec()))
        } else if len > DENSE && len * DENSE_RATIO > u64::from(last) {
            let mut bits = Bits::new(last as usize + 1);
            members.iter().for_each(|slot| bits.set(*slot));
            Self::Dense(Box::new((bits, len as u32)))
        } else {
            Self::Roaring(Box::new(members.iter().copied().collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_as_a_set(steps in prop::collection::vec((any::<bool>(), 0..300u32), 0..600)) {
            let (mut posting, mut set) = (Posting::default(), BTreeSet::new());
            for (insert, slot) in steps {
                if insert { posting.insert(slot); set.insert(slot); } else { posting.remove(slot); set.remove(&slot); }
                prop_assert_eq!(posting.len(), set.len());
                prop_assert_eq!(posting.contains(slot), set.contains(&slot));
            }
            let mut members = Vec::new();
            posting.each(|slot| members.push(slot));
            prop_assert_eq!(&members, &set.iter().copied().collect::<Vec<_>>());
            let again = Posting::from_sorted(&members);
            let mut bits = Bits::new(300);
            again.add_to(&mut bits);
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), members);
        }
    }

    #[test]
    fn every_form_is_reached_and_counts_alike() {
        let mut posting = Posting::default();
        let odd = Bits::scan(20_000, |slot| slot % 2 == 1);
        for slot in 0..10_000 {
            posting.insert(slot * 2 + u32::from(slot % 4 == 0));
            let len = posting.len();
            let fits = match &posting {
                Posting::Few { .. } => len <= IN_PLACE,
                Posting::List(_) => len <= LIST,
                Posting::Roaring(_) => len <= DENSE as usize,
                Posting::Dense(_) => len > DENSE as usize,
            };
            assert!(fits, "{len} members are in the wrong form");
            assert_eq!(posting.count_in(&odd), slot / 4 + 1);
        }
    }
}
