//! The layers' section: how many there are, what they are called, and where their channels lie.

use super::place::Place;
use crate::cursor::{clean, name};
use gameforge_domain::ReadError;
use std::io::{Read, Seek};

/// Names kept.
const MOST_NAMES: usize = 256;
/// Channels of one layer: colours, transparency, masks, spot colours.
const MOST_CHANNELS: u16 = 64;
/// UTF-16 units of a name that are looked at.
const LONGEST_NAME: usize = 512;

/// Blocks whose length takes 64 bits in psb.
const LONG_KEYS: [&[u8; 4]; 13] = [
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
    /// All records, bottom up, the hidden ones that end groups included.
    pub(super) records: Vec<Record>,
    /// Where the first record's channels begin.
    pub(super) channels_at: u64,
}

/// A rectangle on the canvas; it may lie beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) top: i32,
    pub(super) left: i32,
    pub(super) bottom: i32,
    pub(super) right: i32,
}

impl Area {
    fn read<R: Read + Seek>(place: &mut Place<'_, R>) -> Result<Self, ReadError> {
        Ok(Self {
            top: place.i32()?,
            left: place.i32()?,
            bottom: place.i32()?,
            right: place.i32()?,
        })
    }

    pub(super) fn columns(&self) -> usize {
        usize::try_from(i64::from(self.right) - i64::from(self.left)).unwrap_or(0)
    }

    pub(super) fn rows(&self) -> usize {
        usize::try_from(i64::from(self.bottom) - i64::from(self.top)).unwrap_or(0)
    }
}

/// What a record stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    #[default]
    Layer,
    /// The group's own record, above what is in it.
    Group,
    /// The hidden record below what is in a group.
    GroupEnd,
}

/// One layer, as far as drawing it goes.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) area: Area,
    /// Number (0 to 3 colours, −1 transparency, −2 mask) and length with the compression's word.
    pub(super) channels: Vec<(i16, u64)>,
    /// The blend mode's four letters.
    pub(super) blend: [u8; 4],
    pub(super) opacity: u8,
    /// Of the pixels without effects.
    pub(super) fill: u8,
    /// Shown only where the layer below it is.
    pub(super) clipped: bool,
    pub(super) hidden: bool,
    pub(super) role: Role,
    /// The mask's area and its value outside of it, where there is a mask that is switched on.
    pub(super) mask: Option<(Area, u8)>,
}

/// Reads “layer and mask information”, which may be empty.
pub(super) fn parse<R: Read + Seek>(
    mut section: Place<'_, R>,
    large: bool,
) -> Result<Layers, ReadError> {
    if section.left() == 0 {
        return Ok(Layers::default());
    }
    let length = section.length(large)?;
    if length > 0 {
        return records(section.part(length, 0, "PSD layer records")?, large);
    }
    // Documents of 16 and 32 bits keep their layers in a tagged block behind the global mask.
    let Ok(mask) = section.u32() else {
        return Ok(Layers::default());
    };
    section.skip(u64::from(mask))?;
    while let Ok((key, body)) = block(&mut section, large, 4) {
        if matches!(&key, b"Lr16" | b"Lr32" | b"Layr") && body.left() > 0 {
            return records(body, large);
        }
    }
    Ok(Layers::default())
}

fn records<R: Read + Seek>(mut section: Place<'_, R>, large: bool) -> Result<Layers, ReadError> {
    let count = section.i16()?;
    let mut layers = Layers {
        transparency: count < 0,
        ..Layers::default()
    };
    for _ in 0..count.unsigned_abs() {
        let (record, title) = record(&mut section, large)?;
        // The hidden layer that ends a group is not one that its author sees.
        if record.role != Role::GroupEnd {
            layers.count += 1;
            if layers.names.len() < MOST_NAMES {
                layers.names.push(title);
            }
        }
        layers.records.push(record);
    }
    layers.channels_at = section.at();
    Ok(layers)
}

fn record<R: Read + Seek>(
    section: &mut Place<'_, R>,
    large: bool,
) -> Result<(Record, String), ReadError> {
    let area = Area::read(section)?;
    let count = section.u16()?;
    if count > MOST_CHANNELS {
        return Err(ReadError::corrupt(format!(
            "a PSD layer with {count} channels"
        )));
    }
    let mut channels = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        channels.push((section.i16()?, section.length(large)?));
    }
    section.skip(4)?;
    let blend = section.array()?;
    let [opacity, clipping, flags, _] = section.array()?;
    let mut record = Record {
        area,
        channels,
        blend,
        opacity,
        fill: 255,
        clipped: clipping != 0,
        hidden: flags & 2 != 0,
        role: Role::Layer,
        mask: None,
    };
    let length = section.u32()?;
    let title = extra(
        section.part(u64::from(length), 0, "PSD layer")?,
        large,
        &mut record,
    )?;
    Ok((record, title))
}

/// What stands behind a layer's record; gives its name.
fn extra<R: Read + Seek>(
    mut extra: Place<'_, R>,
    large: bool,
    record: &mut Record,
) -> Result<String, ReadError> {
    let length = extra.u32()?;
    record.mask = mask(extra.part(u64::from(length), 0, "PSD layer mask")?);
    let length = extra.u32()?;
    extra.skip(u64::from(length))?;
    let length = usize::from(extra.u8()?);
    let mut title = name(extra.take(length)?);
    let padding = (4 - (length as u64 + 1) % 4) % 4;
    extra.skip(padding.min(extra.left()))?;
    while let Ok((key, mut body)) = block(&mut extra, large, 1) {
        match &key {
            b"luni" => {
                let length = body.u32()? as usize;
                let units = body.upto(length.min(LONGEST_NAME) * 2)?.as_chunks::<2>().0;
                let units = units.iter().map(|pair| u16::from_be_bytes(*pair));
                title = clean(
                    &char::decode_utf16(units)
                        .map(|c| c.unwrap_or('\u{fffd}'))
                        .collect::<String>(),
                );
            }
            b"lsct" => {
                record.role = match body.u32()? {
                    1 | 2 => Role::Group,
                    3 => Role::GroupEnd,
                    _ => Role::Layer,
                };
            }
            b"iOpa" => record.fill = body.u8().unwrap_or(255),
            _ => {}
        }
    }
    Ok(title)
}

/// A mask that is switched on; none also where it is too short to say so.
fn mask<R: Read + Seek>(mut mask: Place<'_, R>) -> Option<(Area, u8)> {
    let area = Area::read(&mut mask).ok()?;
    let [outside, flags] = mask.array().ok()?;
    (flags & 2 == 0).then_some((area, outside))
}

/// A tagged block: its key and its content, whose length is padded to `align`.
fn block<'p, R: Read + Seek>(
    section: &'p mut Place<'_, R>,
    large: bool,
    align: u64,
) -> Result<([u8; 4], Place<'p, R>), ReadError> {
    if !matches!(&section.array()?, b"8BIM" | b"8B64") {
        return Err(ReadError::corrupt("PSD block"));
    }
    let key = section.array()?;
    let length = section.length(large && LONG_KEYS.contains(&&key))?;
    let padding = (align - length % align) % align;
    Ok((key, section.part(length, padding, "PSD block")?))
}
