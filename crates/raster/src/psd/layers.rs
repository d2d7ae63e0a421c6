//! The layers' section: how many there are and what they are called.

use super::section_length;
use crate::cursor::{Cursor, clean, name};
use gameforge_domain::ReadError;

/// Names kept.
const MOST_NAMES: usize = 256;

/// Blocks whose length takes 64 bits in psb.
const LONG_KEYS: [&[u8]; 13] = [
    b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2",
    b"FEid", b"FXid", b"PxSD",
];

/// Of a document.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// Layers and groups.
    pub(super) count: u32,
    /// Bottom up.
    pub(super) names: Vec<String>,
    /// Whether the merged picture's first extra channel is its transparency.
    pub(super) transparency: bool,
}

/// Reads “layer and mask information”, which may be empty.
pub(super) fn parse(mut section: Cursor<'_>, large: bool) -> Result<Layers, ReadError> {
    if section.rest().is_empty() {
        return Ok(Layers::default());
    }
    let length = section_length(&mut section, large)?;
    if length > 0 {
        return records(section.part(length, "PSD layer records")?, large);
    }
    // Documents of 16 and 32 bits keep their layers in a tagged block behind the global mask.
    let Ok(mask) = section.u32_be() else {
        return Ok(Layers::default());
    };
    section.skip(mask as usize)?;
    while let Ok((key, body)) = block(&mut section, large, 4) {
        if matches!(key, b"Lr16" | b"Lr32" | b"Layr") && !body.rest().is_empty() {
            return records(body, large);
        }
    }
    Ok(Layers::default())
}

fn records(mut section: Cursor<'_>, large: bool) -> Result<Layers, ReadError> {
    let count = section.i16_be()?;
    let mut layers = Layers {
        transparency: count < 0,
        ..Layers::default()
    };
    for _ in 0..count.unsigned_abs() {
        section.skip(16)?;
        let channels = usize::from(section.u16_be()?);
        section.skip(channels * if large { 10 } else { 6 })?;
        section.skip(12)?;
        let length = section.u32_be()? as usize;
        let (title, divider) = extra(section.part(length, "PSD layer")?, large)?;
        // The hidden layer that ends a group is not one that its author sees.
        if divider {
            continue;
        }
        layers.count += 1;
        if layers.names.len() < MOST_NAMES {
            layers.names.push(title);
        }
    }
    Ok(layers)
}

/// A layer's name, and whether it only marks the end of a group.
fn extra(mut extra: Cursor<'_>, large: bool) -> Result<(String, bool), ReadError> {
    for _ in 0..2 {
        let length = extra.u32_be()? as usize;
        extra.skip(length)?;
    }
    let length = usize::from(extra.u8()?);
    let mut title = name(extra.take(length)?);
    let _ = extra.skip((4 - (length + 1) % 4) % 4);
    let mut divider = false;
    while let Ok((key, mut body)) = block(&mut extra, large, 1) {
        match key {
            b"luni" => {
                let length = body.u32_be()? as usize;
                let units = body
                    .rest()
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .take(length)
                    .map(|pair| u16::from_be_bytes(*pair));
                title = clean(
                    &char::decode_utf16(units)
                        .map(|c| c.unwrap_or('\u{fffd}'))
                        .collect::<String>(),
                );
            }
            b"lsct" => divider = body.u32_be()? == 3,
            _ => {}
        }
    }
    Ok((title, divider))
}

/// A tagged block: its key and its content, whose length is padded to `align`.
fn block<'a>(
    section: &mut Cursor<'a>,
    large: bool,
    align: usize,
) -> Result<(&'a [u8], Cursor<'a>), ReadError> {
    if !matches!(section.take(4)?, b"8BIM" | b"8B64") {
        return Err(ReadError::corrupt("PSD block"));
    }
    let key = section.take(4)?;
    let length = section_length(section, large && LONG_KEYS.contains(&key))?;
    let body = section.part(length, "PSD block")?;
    let _ = section.skip((align - length % align) % align);
    Ok((key, body))
}
