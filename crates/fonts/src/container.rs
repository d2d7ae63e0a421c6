//! From a font file to one face: unpacks WOFF2, checks that every table is there, opens the first face.

use gameforge_domain::{Format, Limits, ReadError};
use skrifa::FontRef;
use skrifa::raw::{FileRef, TableProvider};
use std::borrow::Cow;

/// A face with its number among the file's faces.
pub struct Face<'a> {
    pub font: FontRef<'a>,
    /// Faces in the file.
    pub faces: u32,
}

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    bytes
        .get(at..at + 2)
        .map(|pair| usize::from(pair[0]) << 8 | usize::from(pair[1]))
}

fn be32(bytes: &[u8], at: usize) -> Option<u64> {
    Some((be16(bytes, at)? as u64) << 16 | be16(bytes, at + 2)? as u64)
}

/// The font as TrueType or OpenType; borrowed where it already is.
pub fn plain<'a>(
    format: Format,
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Cow<'a, [u8]>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let found = bytes.len() as u64;
    if found > limits.file_bytes {
        return Err(ReadError::TooLarge {
            what: "the file, in bytes,",
            found,
            limit: limits.file_bytes,
        });
    }
    let plain = match format {
        Format::Ttf | Format::Otf => Cow::Borrowed(bytes),
        Format::Woff2 => Cow::Owned(unpack(bytes, limits)?),
        other => return Err(ReadError::unsupported(format!("{other} is not a font"))),
    };
    check_tables(&plain)?;
    Ok(plain)
}

/// Unpacks WOFF2 (W3C, “WOFF File Format 2.0”). The header says how large both forms are.
fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ReadError> {
    if bytes.len() < 48 {
        return Err(ReadError::truncated("the WOFF2 header"));
    }
    if !bytes.starts_with(b"wOF2") {
        return Err(ReadError::corrupt("it does not start as a WOFF2 font"));
    }
    let (Some(length), Some(unpacked)) = (be32(bytes, 8), be32(bytes, 16)) else {
        return Err(ReadError::truncated("the WOFF2 header"));
    };
    if length > bytes.len() as u64 {
        return Err(ReadError::truncated(format!(
            "it should have {length} bytes, {} are there",
            bytes.len()
        )));
    }
    if unpacked > limits.memory {
        return Err(ReadError::TooLarge {
            what: "the unpacked font, in bytes,",
            found: unpacked,
            limit: limits.memory,
        });
    }
    wuff::decompress_woff2(bytes)
        .map_err(|error| ReadError::corrupt(format!("it cannot be unpacked ({error:?})")))
}

/// Every table of every face must lie inside the file: a cut font is noticed here and not by an odd letter.
fn check_tables(bytes: &[u8]) -> Result<(), ReadError> {
    let directories = match bytes.get(..4) {
        Some(b"ttcf") => {
            let count =
                be32(bytes, 8).ok_or_else(|| ReadError::truncated("the collection's header"))?;
            if count == 0 || count > 4096 {
                return Err(ReadError::corrupt(format!("a collection of {count} faces")));
            }
            (0..count as usize)
                .map(|face| {
                    be32(bytes, 12 + face * 4)
                        .ok_or_else(|| ReadError::truncated("the collection's header"))
                })
                .collect::<Result<Vec<_>, _>>()?
        }
        Some([0, 1, 0, 0] | b"OTTO" | b"true" | b"typ1") => vec![0],
        Some(b"wOFF") => return Err(ReadError::unsupported("a WOFF font of version 1")),
        Some(_) => return Err(ReadError::corrupt("it does not start as a font")),
        None => return Err(ReadError::truncated("the font's header")),
    };
    for directory in directories {
        let start = usize::try_from(directory).unwrap_or(usize::MAX / 2);
        let tables =
            be16(bytes, start + 4).ok_or_else(|| ReadError::truncated("the table directory"))?;
        for table in 0..tables {
            let entry = start + 12 + table * 16;
            let (Some(offset), Some(length)) = (be32(bytes, entry + 8), be32(bytes, entry + 12))
            else {
                return Err(ReadError::truncated("the table directory"));
            };
            if offset + length > bytes.len() as u64 {
                let name = String::from_utf8_lossy(&bytes[entry..entry + 4]).into_owned();
                return Err(ReadError::truncated(format!(
                    "the table “{name}” reaches past the end"
                )));
            }
        }
    }
    Ok(())
}

/// The first face, with the tables that any use of it needs.
pub fn face(bytes: &[u8]) -> Result<Face<'_>, ReadError> {
    let file = FileRef::new(bytes).map_err(|error| ReadError::corrupt(error.to_string()))?;
    let (font, faces) = match file {
        FileRef::Font(font) => (font, 1),
        FileRef::Collection(collection) => {
            let font = collection
                .get(0)
                .map_err(|error| ReadError::corrupt(error.to_string()))?;
            (font, collection.len())
        }
    };
    let head = font
        .head()
        .map_err(|_| ReadError::corrupt("there is no usable “head” table"))?;
    font.maxp()
        .map_err(|_| ReadError::corrupt("there is no usable “maxp” table"))?;
    if !(16..=16384).contains(&head.units_per_em()) {
        return Err(ReadError::corrupt(format!(
            "{} units to the em",
            head.units_per_em()
        )));
    }
    Ok(Face { font, faces })
}
