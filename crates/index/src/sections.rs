//! The container of snapshots: numbered sections of plain numbers, each with its length and checksum.

use bytemuck::Pod;
use std::io::{self, Read, Write};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Why a snapshot cannot be used. The index is then built from the database again; nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It could not be read or ends too early.
    #[error("the search index on disk could not be read: {0}")]
    Io(#[from] io::Error),
    /// It is no snapshot, or one of another version of the program or kind of machine.
    #[error("the search index on disk is of another version")]
    Version,
    /// It belongs to another library.
    #[error("the search index on disk belongs to another library")]
    OtherLibrary,
    /// A checksum or the structure does not fit.
    #[error("the search index on disk is damaged in section {section}")]
    Damaged {
        /// Which section, from 0.
        section: u64,
    },
}

/// Number, length in bytes and checksum in front of each section.
const HEAD: u64 = 24;

pub(crate) struct SectionWriter<W> {
    out: W,
    number: u64,
}

impl<W: Write> SectionWriter<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, number: 0 }
    }

    pub(crate) fn put<T: Pod>(&mut self, values: &[T]) -> io::Result<()> {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let length = bytes.len() as u64;
        let sum = xxh3_64_with_seed(bytes, seed(self.number, length));
        self.out
            .write_all(bytemuck::cast_slice(&[self.number, length, sum]))?;
        self.out.write_all(bytes)?;
        self.number += 1;
        Ok(())
    }
}

pub(crate) struct SectionReader<R> {
    from: R,
    /// Bytes that are still to come; no section is longer, so no damaged length takes memory.
    left: u64,
    number: u64,
}

impl<R: Read> SectionReader<R> {
    pub(crate) fn new(from: R, length: u64) -> Self {
        Self {
            from,
            left: length,
            number: 0,
        }
    }

    pub(crate) fn damaged(&self) -> SnapshotError {
        SnapshotError::Damaged {
            section: self.number.saturating_sub(1),
        }
    }

    pub(crate) fn take<T: Pod>(&mut self) -> Result<Vec<T>, SnapshotError> {
        let mut head = [0u64; 3];
        self.from.read_exact(bytemuck::cast_slice_mut(&mut head))?;
        let [number, length, sum] = head;
        self.number += 1;
        self.left = self.left.checked_sub(HEAD).ok_or_else(|| self.damaged())?;
        let size = size_of::<T>() as u64;
        if number != self.number - 1 || length > self.left || !length.is_multiple_of(size) {
            return Err(self.damaged());
        }
        self.left -= length;
        let count = (length / size) as usize;
        // Asked for as zeros, room that nobody writes to costs nothing.
        let mut values = vec![T::zeroed(); with_room(count)];
        values.truncate(count);
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut values);
        self.from.read_exact(bytes)?;
        if xxh3_64_with_seed(bytes, seed(number, length)) != sum {
            return Err(self.damaged());
        }
        Ok(values)
    }

    /// A section that must have a certain length.
    pub(crate) fn take_exactly<T: Pod>(&mut self, count: usize) -> Result<Vec<T>, SnapshotError> {
        let values = self.take()?;
        if values.len() == count {
            Ok(values)
        } else {
            Err(self.damaged())
        }
    }

    /// The end: nothing may follow.
    pub(crate) fn finish(self) -> Result<(), SnapshotError> {
        if self.left == 0 {
            Ok(())
        } else {
            Err(SnapshotError::Damaged {
                section: self.number,
            })
        }
    }
}

/// For what comes after a snapshot was read: without room, the first new asset would have every column copied while
/// searches wait.
pub(crate) const fn with_room(count: usize) -> usize {
    count + count / 16
}

/// Ties the checksum to the section's place and length.
fn seed(number: u64, length: u64) -> u64 {
    number << 48 ^ length
}
