//! Look-alikes by the Hamming distance of perceptual hashes.

use crate::columns::Flag;
use crate::index::Index;
use std::collections::HashMap;

/// How far `like:` reaches, of 64 bits.
pub(crate) const LIKE: u32 = 10;

/// Bands that a hash is cut into for finding neighbours.
const BANDS: u32 = 4;
const BAND_BITS: u32 = 64 / BANDS;

impl Index {
    /// The perceptual hash of a slot.
    pub(crate) fn phash(&self, slot: u32) -> Option<u64> {
        self.columns
            .is(Flag::Hashed, slot)
            .then(|| self.columns.phash[slot as usize])
    }

    /// All assets whose perceptual hash is within a distance (0 to 64) of one, nearest first.
    #[must_use]
    pub fn similar(&self, phash: u64, max_distance: u32) -> Vec<(u32, u32)> {
        let mut found: Vec<(u32, u32)> = Vec::new();
        for (slot, other) in (0..).zip(&self.columns.phash) {
            let distance = (other ^ phash).count_ones();
            if distance <= max_distance && self.columns.is(Flag::Hashed, slot) {
                found.push((slot, distance));
            }
        }
        found.sort_unstable_by_key(|(slot, distance)| (*distance, *slot));
        found
    }

    /// Groups of assets that look alike, for review: the first of each group is the one that came first, and all
    /// others are within `max_distance` of it (at most 15). Every asset is in one group at most; groups of one
    /// are left out; the largest come first.
    ///
    /// Multi-index hashing (Norouzi, Punjani, Fleet: “Fast Search in Hamming Space with Multi-Index Hashing”,
    /// 2012): two hashes within d differ by at most d/4 bits in at least one of four bands.
    #[must_use]
    pub fn look_alikes(&self, max_distance: u32) -> Vec<Vec<u32>> {
        let most = max_distance.min(15);
        let mut slots_of: HashMap<u64, Vec<u32>> = HashMap::new();
        let mut hashes = Vec::new();
        self.columns.flag(Flag::Hashed).each(|slot| {
            let hash = self.columns.phash[slot as usize];
            let slots = slots_of.entry(hash).or_default();
            if slots.is_empty() {
                hashes.push(hash);
            }
            slots.push(slot);
        });
        let bands: Vec<Buckets> = (0..BANDS).map(|band| Buckets::new(&hashes, band)).collect();
        let flips = flips(most / BANDS);
        let mut taken = vec![false; hashes.len()];
        let mut groups = Vec::new();
        for (leader, hash) in hashes.iter().enumerate() {
            if std::mem::replace(&mut taken[leader], true) {
                continue;
            }
            let mut members = vec![*hash];
            for (band, buckets) in (0..).zip(&bands) {
                for flip in &flips {
                    let (near, numbers) = buckets.get(part(*hash, band) ^ flip);
                    for (other, number) in near.iter().zip(numbers) {
                        if (other ^ hash).count_ones() <= most
                            && !std::mem::replace(&mut taken[*number as usize], true)
                        {
                            members.push(*other);
                        }
                    }
                }
            }
            let group: Vec<u32> = members
                .iter()
                .filter_map(|hash| slots_of.get(hash))
                .flatten()
                .copied()
                .collect();
            if group.len() > 1 {
                groups.push(group);
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups
    }
}

fn part(hash: u64, band: u32) -> u16 {
    (hash >> (band * BAND_BITS)) as u16
}

/// All changes of up to so many bits in a band.
fn flips(most: u32) -> Vec<u16> {
    (0..=u16::MAX)
        .filter(|flip| flip.count_ones() <= most)
        .collect()
}

/// Hashes by the value of one band.
struct Buckets {
    starts: Vec<u32>,
    /// The hashes themselves, so that a look at a bucket is one run through memory.
    hashes: Vec<u64>,
    numbers: Vec<u32>,
}

impl Buckets {
    fn new(hashes: &[u64], band: u32) -> Self {
        let mut starts = vec![0u32; usize::from(u16::MAX) + 2];
        hashes
            .iter()
            .for_each(|hash| starts[usize::from(part(*hash, band)) + 1] += 1);
        for value in 1..starts.len() {
            starts[value] += starts[value - 1];
        }
        let mut next = starts.clone();
        let (mut sorted, mut numbers) = (vec![0; hashes.len()], vec![0; hashes.len()]);
        for (number, hash) in (0..).zip(hashes) {
            let place = &mut next[usize::from(part(*hash, band))];
            sorted[*place as usize] = *hash;
            numbers[*place as usize] = number;
            *place += 1;
        }
        Self {
            starts,
            hashes: sorted,
            numbers,
        }
    }

    fn get(&self, value: u16) -> (&[u64], &[u32]) {
        let place =
            self.starts[usize::from(value)] as usize..self.starts[usize::from(value) + 1] as usize;
        (&self.hashes[place.clone()], &self.numbers[place])
    }
}
