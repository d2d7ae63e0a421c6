//! A set of slots as a plain row of bits: what searches compute with.

/// A bit for each slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
}
