//! EXIF orientation: what it says and setting a picture upright by it.

use crate::cursor::Cursor;
use gameforge_domain::Pixels;

/// How stored rows and columns lie, by the EXIF tag 0x0112 (Exif 2.32, 4.6.4 A).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Orientation {
    /// Rows and columns are exchanged before the mirrors apply.
    transpose: bool,
    mirror_x: bool,
    mirror_y: bool,
}

impl Orientation {
    /// From the tag's value; anything but 2 to 8 is upright.
    pub(crate) fn from_tag(value: u16) -> Self {
        let (transpose, mirror_x, mirror_y) = match value {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transpose,
            mirror_x,
            mirror_y,
        }
    }

    /// From an EXIF block without its `Exif\0\0` mark; upright where the block is broken or silent.
    pub(crate) fn from_exif(exif: &[u8]) -> Self {
        tag(exif).map(Self::from_tag).unwrap_or_default()
    }

    /// Whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        self.transpose
    }

    /// The picture set upright.
    pub(crate) fn apply(self, pixels: Pixels) -> Pixels {
        if self == Self::default() {
            return pixels;
        }
        let (width, height) = if self.transpose {
            (pixels.height, pixels.width)
        } else {
            (pixels.width, pixels.height)
        };
        let (source, _) = pixels.rgba.as_chunks::<4>();
        let mut rgba = Vec::with_capacity(pixels.rgba.len());
        for row in 0..height {
            let v = if self.mirror_y { height - 1 - row } else { row };
            for column in 0..width {
                let u = if self.mirror_x {
                    width - 1 - column
                } else {
                    column
                };
                let (x, y) = if self.transpose { (v, u) } else { (u, v) };
                rgba.extend_from_slice(&source[y as usize * pixels.width as usize + x as usize]);
            }
        }
        Pixels {
            width,
            height,
            rgba,
        }
    }
}

/// The orientation's value in the first directory of a TIFF structure.
fn tag(exif: &[u8]) -> Option<u16> {
    let little = match exif.get(..4)? {
        b"II\x2a\0" => true,
        b"MM\0\x2a" => false,
        _ => return None,
    };
    let short = |cursor: &mut Cursor<'_>| {
        if little {
            cursor.u16_le()
        } else {
            cursor.u16_be()
        }
        .ok()
    };
    let long = |cursor: &mut Cursor<'_>| {
        if little {
            cursor.u32_le()
        } else {
            cursor.u32_be()
        }
        .ok()
    };
    let offset = long(&mut Cursor::new(exif.get(4..)?, "exif"))?;
    let mut directory = Cursor::new(exif.get(offset as usize..)?, "exif");
    for _ in 0..short(&mut directory)? {
        let mut entry = directory.part(12, "exif").ok()?;
        let (id, kind, count) = (short(&mut entry)?, short(&mut entry)?, long(&mut entry)?);
        if id == 0x0112 && kind == 3 && count == 1 {
            return short(&mut entry);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns, three rows; the red channel numbers the pixels.
    fn numbered() -> Pixels {
        Pixels::new(2, 3, (1..=6).flat_map(|n| [n, 0, 0, 255]).collect()).unwrap()
    }

    fn order(pixels: &Pixels) -> Vec<u8> {
        pixels.rgba.iter().copied().step_by(4).collect()
    }

    #[test]
    fn every_tag_value_sets_the_picture_upright() {
        let expected: [(u16, u32, [u8; 6]); 8] = [
            (1, 2, [1, 2, 3, 4, 5, 6]),
            (2, 2, [2, 1, 4, 3, 6, 5]),
            (3, 2, [6, 5, 4, 3, 2, 1]),
            (4, 2, [5, 6, 3, 4, 1, 2]),
            (5, 3, [1, 3, 5, 2, 4, 6]),
            (6, 3, [5, 3, 1, 6, 4, 2]),
            (7, 3, [6, 4, 2, 5, 3, 1]),
            (8, 3, [2, 4, 6, 1, 3, 5]),
        ];
        for (tag, width, pixels) in expected {
            let upright = Orientation::from_tag(tag).apply(numbered());
            assert_eq!(
                (upright.width, order(&upright)),
                (width, pixels.to_vec()),
                "tag {tag}"
            );
        }
    }

    #[test]
    fn the_tag_is_found_in_both_byte_orders() {
        let little = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
        assert_eq!(tag(little), Some(6));
        assert_eq!(tag(big), Some(8));
        assert_eq!(tag(&little[..20]), None);
        assert_eq!(tag(b"II\x2a\0\xff\xff\xff\xff"), None);
    }
}
