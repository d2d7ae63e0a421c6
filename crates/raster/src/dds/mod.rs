//! DirectDraw surfaces: block-compressed and plain textures, the first picture of the file.

mod layout;

use crate::{
    blocks::{self, Compression},
    bounds,
    cursor::Cursor,
    sink,
    sink::Sink,
};
use gameforge_domain::{ImageMetadata, Limits, Pixels, ReadError};
use layout::{FOUR_CC, Layout, by_code, dxgi, plain};

const MIPMAP_COUNT: u32 = 0x2_0000;

struct Header {
    width: u32,
    height: u32,
    mipmaps: u32,
    layout: Layout,
}

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    let (header, _) = header(bytes)?;
    bounds::canvas(u64::from(header.width), u64::from(header.height), 0, limits)?;
    Ok(header.metadata())
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let (header, data) = header(bytes)?;
    let pixels = bounds::canvas(u64::from(header.width), u64::from(header.height), 4, limits)?;
    let rgba = header.decode(data, pixels, limits)?;
    let picture = Pixels::new(header.width, header.height, rgba)
        .ok_or_else(|| ReadError::truncated("DDS rows"))?;
    sink::whole(sink, picture, limits)?;
    Ok(header.metadata())
}

/// The header (with the DX10 part where there is one) and all after it.
fn header(bytes: &[u8]) -> Result<(Header, &[u8]), ReadError> {
    let mut file = Cursor::new(bytes, "DDS header");
    if file.take(4)? != b"DDS " || file.u32_le()? != 124 {
        return Err(ReadError::corrupt("DDS signature"));
    }
    let flags = file.u32_le()?;
    let (height, width) = (file.u32_le()?, file.u32_le()?);
    file.skip(8)?;
    let mipmaps = file.u32_le()?;
    file.skip(44 + 4)?;
    let format = file.u32_le()?;
    let four_cc = file.take(4)?;
    let bits = file.u32_le()?;
    let masks = [
        file.u32_le()?,
        file.u32_le()?,
        file.u32_le()?,
        file.u32_le()?,
    ];
    file.skip(20)?;
    let layout = if format & FOUR_CC == 0 {
        plain(format, bits, masks)?
    } else if four_cc == b"DX10" {
        let number = file.u32_le()?;
        file.skip(16)?;
        dxgi(number)?
    } else {
        by_code(four_cc)?
    };
    let mipmaps = if flags & MIPMAP_COUNT == 0 {
        1
    } else {
        mipmaps.clamp(1, 32)
    };
    Ok((
        Header {
            width,
            height,
            mipmaps,
            layout,
        },
        file.rest(),
    ))
}

impl Header {
    fn metadata(&self) -> ImageMetadata {
        let (bits, model, alpha) = match &self.layout {
            Layout::Blocks(compression) => {
                let alpha = matches!(
                    compression,
                    Compression::Bc1 | Compression::Bc2 | Compression::Bc3 | Compression::Bc7
                );
                (
                    if matches!(compression, Compression::Bc6h { .. }) {
                        16
                    } else {
                        8
                    },
                    compression.name(),
                    alpha,
                )
            }
            Layout::Masks { masks, grey, .. } => {
                let deepest = masks
                    .iter()
                    .map(|mask| mask.count_ones())
                    .max()
                    .unwrap_or(8);
                (
                    if deepest > 8 { 16 } else { 8 },
                    if *grey { "grey" } else { "rgb" },
                    masks[3] != 0,
                )
            }
            Layout::Palette => (8, "indexed", false),
            Layout::Floats { channels, wide } => {
                (if *wide { 32 } else { 16 }, "hdr", *channels == 4)
            }
            Layout::Words => (16, "rgb", true),
        };
        ImageMetadata {
            width: self.width,
            height: self.height,
            alpha,
            bits,
            colour_model: model.to_owned(),
            frames: 1,
            mipmaps: self.mipmaps,
            ..ImageMetadata::default()
        }
    }

    fn decode(&self, data: &[u8], pixels: usize, limits: &Limits) -> Result<Vec<u8>, ReadError> {
        let first = |bytes: usize| {
            pixels
                .checked_mul(bytes)
                .and_then(|size| data.get(..size))
                .ok_or_else(|| ReadError::truncated("DDS rows"))
        };
        match &self.layout {
            Layout::Blocks(compression) => blocks::decode(
                *compression,
                data,
                self.width as usize,
                self.height as usize,
                limits,
            ),
            Layout::Masks { bytes, masks, grey } => {
                Ok(masked(first(*bytes)?, *bytes, *masks, *grey))
            }
            Layout::Palette => {
                let (table, indices) = data
                    .split_at_checked(1024)
                    .and_then(|(table, rest)| Some((table.as_chunks::<4>().0, rest.get(..pixels)?)))
                    .ok_or_else(|| ReadError::truncated("DDS colour table"))?;
                Ok(indices
                    .iter()
                    .flat_map(|index| table[usize::from(*index)])
                    .collect())
            }
            Layout::Words => Ok(first(8)?
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[_, high]| *high)
                .collect()),
            Layout::Floats { channels, wide } => {
                let size = channels * if *wide { 4 } else { 2 };
                bounds::memory(pixels as u64 * 4, limits)?;
                Ok(crate::tone::map(
                    first(size)?
                        .chunks_exact(size)
                        .map(|pixel| floats(pixel, *channels, *wide)),
                ))
            }
        }
    }
}

fn masked(data: &[u8], bytes: usize, masks: [u32; 4], grey: bool) -> Vec<u8> {
    let channels = masks.map(Channel::new);
    data.chunks_exact(bytes)
        .flat_map(|word| {
            let word = word
                .iter()
                .rev()
                .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
            let [r, g, b, a] = &channels;
            let red = r.value(word, 0);
            let (green, blue) = if grey {
                (red, red)
            } else {
                (g.value(word, 0), b.value(word, 0))
            };
            [red, green, blue, a.value(word, 255)]
        })
        .collect()
}

/// A run of bits in a word, spread to 0 to 255.
struct Channel {
    mask: u32,
    shift: u32,
    most: u32,
}

impl Channel {
    fn new(mask: u32) -> Self {
        let shift = if mask == 0 { 0 } else { mask.trailing_zeros() };
        Self {
            mask,
            shift,
            most: mask >> shift,
        }
    }

    fn value(&self, word: u32, missing: u8) -> u8 {
        if self.most == 0 {
            return missing;
        }
        let value = u64::from((word & self.mask) >> self.shift);
        // A mask with holes may not use all its values; it can never exceed `most`.
        ((value * 255 + u64::from(self.most) / 2) / u64::from(self.most)) as u8
    }
}

fn floats(pixel: &[u8], channels: usize, wide: bool) -> [f32; 4] {
    let mut values = [0.0, 0.0, 0.0, 1.0];
    if wide {
        for (value, four) in values.iter_mut().zip(pixel.as_chunks::<4>().0) {
            *value = f32::from_le_bytes(*four);
        }
    } else {
        for (value, two) in values.iter_mut().zip(pixel.as_chunks::<2>().0) {
            *value = exr::prelude::f16::from_le_bytes(*two).to_f32();
        }
    }
    if channels == 1 {
        (values[1], values[2]) = (values[0], values[0]);
    }
    values
}
