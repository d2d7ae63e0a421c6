//! TIFF by colour table, which the decoder refuses: it is read as grey, and the grey is looked up.

use crate::cursor::Cursor;
use gameforge_domain::ReadError;

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

/// The entries of the first directory (TIFF 6.0, section 2).
struct Directory<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Tag, and where its entry of twelve bytes begins.
    entries: Vec<(u16, usize)>,
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
        let mut directory = Self {
            bytes,
            little,
            entries: Vec::new(),
        };
        let count = usize::from(directory.short(start)?);
        for index in 0..count {
            let at = start + 2 + index * 12;
            directory.entries.push((directory.short(at)?, at));
        }
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
