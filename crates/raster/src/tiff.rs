//! What the decoder does not do of TIFF: pictures by colour table, which are read as grey and the grey looked up, and the
//! count of further pages.

use crate::cursor::Cursor;
use gameforge_domain::ReadError;

const NEW_SUBFILE_TYPE: u16 = 254;
const BITS_PER_SAMPLE: u16 = 258;
const PHOTOMETRIC: u16 = 262;
const COLOUR_MAP: u16 = 320;
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u16 = 3;

/// A file whose first picture goes by a table of 256 colours.
pub(crate) struct Indexed {
    /// The same file, its picture declared as eight-bit grey.
    pub(crate) as_grey: Vec<u8>,
    colours: Vec<[u8; 3]>,
}

impl Indexed {
    /// None for every other TIFF, and for a broken one, which is the decoder's to describe.
    pub(crate) fn find(bytes: &[u8]) -> Option<Self> {
        Directory::first(bytes)
            .and_then(|directory| directory.indexed())
            .ok()
            .flatten()
    }

    /// Puts the colours where the grey values are.
    pub(crate) fn colour(&self, rgba: &mut [u8]) {
        for pixel in rgba.as_chunks_mut::<4>().0 {
            let [r, g, b] = self.colours[usize::from(pixel[0])];
            *pixel = [r, g, b, pixel[3]];
        }
    }
}

/// More pages than this are not counted.
const MOST_PAGES: u32 = 4096;

/// Pictures in the file, smaller copies of one left out; as far as the chain of directories is whole.
pub(crate) fn pages(bytes: &[u8]) -> u32 {
    let mut pages = 0;
    let mut next = Directory::first(bytes);
    // A chain that leads back into itself ends with the count.
    for _ in 0..MOST_PAGES {
        let Ok(directory) = next else { break };
        let reduced = directory
            .entry(NEW_SUBFILE_TYPE)
            .and_then(|at| directory.long(at + 8).ok())
            .is_some_and(|kind| kind & 1 != 0);
        pages += u32::from(!reduced);
        match directory.next {
            Some(start) if start > 0 => next = Directory::at(bytes, directory.little, start),
            _ => break,
        }
    }
    pages
}

/// The entries of a directory (TIFF 6.0, section 2).
struct Directory<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Tag, and where its entry of twelve bytes begins.
    entries: Vec<(u16, usize)>,
    /// Where the next directory begins; 0 after the last.
    next: Option<usize>,
}

impl<'a> Directory<'a> {
    fn first(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut head = Cursor::new(bytes, "TIFF header");
        let little = match head.take(4)? {
            b"II\x2a\0" => true,
            b"MM\0\x2a" => false,
            _ => return Err(ReadError::unsupported("TIFF of another kind")),
        };
        let start = if little {
            head.u32_le()?
        } else {
            head.u32_be()?
        } as usize;
        Self::at(bytes, little, start)
    }

    fn at(bytes: &'a [u8], little: bool, start: usize) -> Result<Self, ReadError> {
        let mut directory = Self {
            bytes,
            little,
            entries: Vec::new(),
            next: None,
        };
        let count = usize::from(directory.short(start)?);
        for index in 0..count {
            let at = start + 2 + index * 12;
            directory.entries.push((directory.short(at)?, at));
        }
        let next = directory.long(start + 2 + count * 12);
        directory.next = next.ok().map(|next| next as usize);
        Ok(directory)
    }

    fn short(&self, at: usize) -> Result<u16, ReadError> {
        let mut cursor = Cursor::new(self.bytes.get(at..).unwrap_or_default(), "TIFF directory");
        if self.little {
            cursor.u16_le()
        } else {
            cursor.u16_be()
        }
    }

    fn long(&self, at: usize) -> Result<u32, ReadError> {
        let mut cursor = Cursor::new(self.bytes.get(at..).unwrap_or_default(), "TIFF directory");
        if self.little {
            cursor.u32_le()
        } else {
            cursor.u32_be()
        }
    }

    fn entry(&self, tag: u16) -> Option<usize> {
        self.entries
            .iter()
            .find(|(found, _)| *found == tag)
            .map(|(_, at)| *at)
    }

    fn indexed(&self) -> Result<Option<Indexed>, ReadError> {
        let (Some(photometric), Some(bits), Some(map)) = (
            self.entry(PHOTOMETRIC),
            self.entry(BITS_PER_SAMPLE),
            self.entry(COLOUR_MAP),
        ) else {
            return Ok(None);
        };
        if self.short(photometric + 8)? != PALETTE
            || self.short(bits + 8)? != 8
            || self.long(map + 4)? != 3 * 256
        {
            return Ok(None);
        }
        let table = self.long(map + 8)? as usize;
        // 256 reds, then greens, then blues, of 16 bits each.
        let value = |index: usize| {
            self.short(table + index * 2)
                .map(|value| (value >> 8) as u8)
        };
        let colours: Result<Vec<[u8; 3]>, ReadError> = (0..256)
            .map(|index| Ok([value(index)?, value(256 + index)?, value(512 + index)?]))
            .collect();
        let mut as_grey = self.bytes.to_vec();
        let grey = if self.little {
            BLACK_IS_ZERO.to_le_bytes()
        } else {
            BLACK_IS_ZERO.to_be_bytes()
        };
        as_grey[photometric + 8..photometric + 10].copy_from_slice(&grey);
        Ok(Some(Indexed {
            as_grey,
            colours: colours?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of one entry, of a tag and a value, and where the next one begins.
    fn directory(tag: u16, value: u32, next: u32) -> Vec<u8> {
        let mut bytes = vec![1, 0];
        bytes.extend(tag.to_le_bytes());
        bytes.extend([4, 0, 1, 0, 0, 0]);
        bytes.extend(value.to_le_bytes());
        bytes.extend(next.to_le_bytes());
        bytes
    }

    #[test]
    fn pages_are_counted_and_reduced_copies_are_none() {
        let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
        bytes.extend(directory(256, 10, 26));
        bytes.extend(directory(NEW_SUBFILE_TYPE, 1, 44));
        bytes.extend(directory(NEW_SUBFILE_TYPE, 2, 0));
        assert_eq!(pages(&bytes), 2);
        // Cut off, and leading back into itself.
        assert_eq!(pages(&bytes[..40]), 1);
        let end = bytes.len();
        bytes[end - 4] = 8;
        assert_eq!(pages(&bytes), MOST_PAGES / 3 * 2 + 1);
    }
}
