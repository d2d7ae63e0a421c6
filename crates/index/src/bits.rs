//! A set of slots as a plain row of bits: what searches compute with.

/// A bit for each slot; bits past the end are 0.
#[derive(Debug, Clone, Default)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Nothing set, room for `len` bits.
    pub(crate) fn new(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
        }
    }

    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The set of all `index < len` where `matches(index)` holds.
    #[cfg(test)]
    pub(crate) fn scan(len: usize, matches: impl Fn(usize) -> bool) -> Self {
        let mut words = Vec::with_capacity(len.div_ceil(64));
        for start in (0..len).step_by(64) {
            let mut word = 0;
            for bit in 0..64.min(len - start) {
                word |= u64::from(matches(start + bit)) << bit;
            }
            words.push(word);
        }
        Self { words }
    }

    /// The places of a column that match, in a form that compiles to vector instructions.
    pub(crate) fn scan_column<T: Copy>(column: &[T], matches: impl Fn(T) -> bool) -> Self {
        let mut words = Vec::with_capacity(column.len().div_ceil(64));
        let (chunks, rest) = column.as_chunks::<64>();
        for chunk in chunks {
            let mut flags = [0u8; 64];
            for (flag, value) in flags.iter_mut().zip(chunk) {
                *flag = u8::from(matches(*value));
            }
            words.push(pack(&flags));
        }
        if !rest.is_empty() {
            let bits = rest
                .iter()
                .enumerate()
                .map(|(bit, value)| u64::from(matches(*value)) << bit);
            words.push(bits.fold(0, |word, bit| word | bit));
        }
        Self { words }
    }

    /// Like [`scan_column`](Self::scan_column) over two columns of one length.
    pub(crate) fn scan_pairs(
        first: &[u32],
        second: &[u32],
        matches: impl Fn(u32, u32) -> bool,
    ) -> Self {
        let mut words = Vec::with_capacity(first.len().div_ceil(64));
        for (first, second) in first.chunks(64).zip(second.chunks(64)) {
            let mut flags = [0u8; 64];
            for (flag, (first, second)) in flags.iter_mut().zip(first.iter().zip(second)) {
                *flag = u8::from(matches(*first, *second));
            }
            words.push(pack(&flags));
        }
        Self { words }
    }

    pub(crate) fn get(&self, index: u32) -> bool {
        self.words
            .get(index as usize / 64)
            .is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    pub(crate) fn set(&mut self, index: u32) {
        let word = index as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (index % 64);
    }

    pub(crate) fn clear(&mut self, index: u32) {
        if let Some(word) = self.words.get_mut(index as usize / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    pub(crate) fn put(&mut self, index: u32, value: bool) {
        if value {
            self.set(index)
        } else {
            self.clear(index)
        }
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(crate) fn or(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub(crate) fn and_not(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// How many are in both.
    #[cfg(test)]
    pub(crate) fn count_and(&self, other: &Self) -> u32 {
        self.words
            .iter()
            .zip(&other.words)
            .map(|(a, b)| (a & b).count_ones())
            .sum()
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }

    /// Calls `f` with every member, ascending; faster than the iterator.
    pub(crate) fn each(&self, mut f: impl FnMut(u32)) {
        for (at, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                f(at as u32 * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
    }
}

/// One word to sixty-four bytes of 0 or 1, the lowest bit first.
pub(crate) fn unpack(word: u64) -> [u8; 64] {
    let mut flags = [0; 64];
    let (eights, _) = flags.as_chunks_mut::<8>();
    for (eight, byte) in eights.iter_mut().zip(word.to_le_bytes()) {
        // Seven copies of the byte's lower bits, of each of which one bit is kept; the highest comes on its own.
        let spread =
            u64::from(byte & 0x7f).wrapping_mul(0x0002_0408_1020_4081) & 0x0101_0101_0101_0101;
        *eight = (spread | u64::from(byte >> 7) << 56).to_le_bytes();
    }
    flags
}

/// Sixty-four bytes of 0 or 1 to one word, the first byte lowest.
pub(crate) fn pack(flags: &[u8; 64]) -> u64 {
    let (bytes, _) = flags.as_chunks::<8>();
    bytes.iter().enumerate().fold(0, |word, (at, eight)| {
        // Gathers the lowest bits of eight bytes in the highest byte of the product.
        let packed = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word | packed << (at * 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_as_a_set(a in prop::collection::btree_set(0..400u32, 0..90), b in prop::collection::btree_set(0..700u32, 0..90)) {
            let bits = |set: &BTreeSet<u32>| { let mut bits = Bits::default(); for one in set { bits.set(*one); } bits };
            let (x, y) = (bits(&a), bits(&b));
            let both = { let mut both = x.clone(); both.and(&y); both };
            let any = { let mut any = x.clone(); any.or(&y); any };
            let only = { let mut only = x.clone(); only.and_not(&y); only };
            prop_assert_eq!(both.iter().collect::<Vec<_>>(), a.intersection(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(any.iter().collect::<Vec<_>>(), a.union(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(only.iter().collect::<Vec<_>>(), a.difference(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(x.count_and(&y), both.count());
        }

        #[test]
        fn unpacking_takes_packing_back(word in any::<u64>()) {
            let flags = unpack(word);
            prop_assert!((0..64).all(|bit| u64::from(flags[bit]) == word >> bit & 1));
            prop_assert_eq!(pack(&flags), word);
        }

        #[test]
        fn both_scans_agree(column in prop::collection::vec(0..9u32, 0..300)) {
            let a = Bits::scan(column.len(), |index| column[index] > 4);
            let b = Bits::scan_column(&column, |value| value > 4);
            prop_assert_eq!(a.words(), b.words());
            prop_assert!(b.iter().all(|index| column[index as usize] > 4));
        }
    }
}
