//! The index as a file and back: [written](writing) without removed slots, [read](reading) as flat buffers.
//!
//! A snapshot is a cache. It is tied to one version of this code and one byte order; whatever does not fit is an
//! error, and the caller builds the index again.

mod kept;
mod reading;
mod writing;

pub(crate) use kept::Kept;

use crate::index::Index;

/// Native order on purpose: on a machine of the other order it does not match.
const MAGIC: u64 = u64::from_be_bytes(*b"GFindex\n");
/// Changes with every change of the layout, and of what words or keys are computed.
const VERSION: u64 = 1;

impl Index {
    /// Gives the memory of removed assets and replaced texts back. Renumbers the slots: hits from before give no
    /// cards any more. Takes as long as writing and reading a snapshot, so call it when nobody waits.
    pub fn compact(&mut self) {
        let mut bytes = Vec::new();
        // Writing to memory and reading it back cannot fail; if it did, the index simply stays as it is.
        if self.write_snapshot(&mut bytes, [0; 16], 0).is_ok()
            && let Ok((compacted, _)) =
                Self::read_snapshot(bytes.as_slice(), bytes.len() as u64, [0; 16])
        {
            *self = Self {
                generation: self.generation.wrapping_add(1),
                ..compacted
            };
        }
    }
}

/// A library's id as two numbers of a section.
fn halves(library: [u8; 16]) -> (u64, u64) {
    let whole = u128::from_be_bytes(library);
    ((whole >> 64) as u64, whole as u64)
}
