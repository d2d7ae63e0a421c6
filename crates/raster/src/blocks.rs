//! Block-compressed texture data (BC1 to BC7) to rows of pixels.

use crate::tone;
use gameforge_domain::{Limits, ReadError};

/// A block compression, by its Direct3D name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Bc1,
    Bc2,
    Bc3,
    Bc4 { signed: bool },
    Bc5 { signed: bool },
    Bc6h { signed: bool },
    Bc7,
}

impl Compression {
    /// As in metadata.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bc1 => "bc1",
            Self::Bc2 => "bc2",
            Self::Bc3 => "bc3",
            Self::Bc4 { .. } => "bc4",
            Self::Bc5 { .. } => "bc5",
            Self::Bc6h { .. } => "bc6h",
            Self::Bc7 => "bc7",
        }
    }

    /// Bytes in the file for 4 × 4 pixels.
    pub(crate) fn block_bytes(self) -> usize {
        match self {
            Self::Bc1 | Self::Bc4 { .. } => 8,
            _ => 16,
        }
    }

    /// Bytes held for each pixel while decoding.
    pub(crate) fn peak(self) -> u64 {
        if matches!(self, Self::Bc6h { .. }) {
            20
        } else {
            4
        }
    }
}

/// Decodes a `width × height` surface to straight RGBA.
pub(crate) fn decode(
    compression: Compression,
    data: &[u8],
    width: usize,
    height: usize,
    limits: &Limits,
) -> Result<Vec<u8>, ReadError> {
    let (across, down) = (width.div_ceil(4), height.div_ceil(4));
    let size = across * down * compression.block_bytes();
    let data = data
        .get(..size)
        .ok_or_else(|| ReadError::truncated(format!("{} blocks", compression.name())))?;
    crate::bounds::memory(width as u64 * height as u64 * compression.peak(), limits)?;
    if let Compression::Bc6h { signed } = compression {
        let linear = surface(data, 16, width, height, [0.0, 0.0, 0.0, 1.0], |block| {
            half_block(block, signed)
        });
        return Ok(tone::map(linear.iter().copied()));
    }
    let pixels = surface(
        data,
        compression.block_bytes(),
        width,
        height,
        [0; 4],
        |block| byte_block(compression, block),
    );
    Ok(pixels.into_flattened())
}

/// Puts blocks of 4 × 4 pixels in their places, cutting what lies over the edge.
fn surface<T: Copy>(
    data: &[u8],
    block_bytes: usize,
    width: usize,
    height: usize,
    empty: [T; 4],
    decode: impl Fn(&[u8]) -> [[T; 4]; 16],
) -> Vec<[T; 4]> {
    let mut pixels = vec![empty; width * height];
    let across = width.div_ceil(4);
    for (index, block) in data.chunks_exact(block_bytes).enumerate() {
        let (left, top) = (index % across * 4, index / across * 4);
        let columns = (width - left).min(4);
        let decoded = decode(block);
        for (row, source) in decoded
            .chunks_exact(4)
            .take(height.saturating_sub(top))
            .enumerate()
        {
            let start = (top + row) * width + left;
            pixels[start..start + columns].copy_from_slice(&source[..columns]);
        }
    }
    pixels
}

fn byte_block(compression: Compression, block: &[u8]) -> [[u8; 4]; 16] {
    let mut flat = [0_u8; 64];
    match compression {
        Compression::Bc1 => bcdec_rs::bc1(block, &mut flat, 16),
        Compression::Bc2 => bcdec_rs::bc2(block, &mut flat, 16),
        Compression::Bc3 => bcdec_rs::bc3(block, &mut flat, 16),
        Compression::Bc7 | Compression::Bc6h { .. } => bcdec_rs::bc7(block, &mut flat, 16),
        Compression::Bc4 { signed } => {
            let mut grey = [0_u8; 16];
            bcdec_rs::bc4(block, &mut grey, 4, signed);
            return grey.map(|value| {
                let value = unsigned(value, signed);
                [value, value, value, 255]
            });
        }
        Compression::Bc5 { signed } => {
            let mut pairs = [0_u8; 32];
            bcdec_rs::bc5(block, &mut pairs, 8, signed);
            let mut pixels = [[0; 4]; 16];
            for (pixel, [x, y]) in pixels.iter_mut().zip(pairs.as_chunks::<2>().0) {
                *pixel = normal(unsigned(*x, signed), unsigned(*y, signed));
            }
            return pixels;
        }
    }
    let mut pixels = [[0; 4]; 16];
    pixels.copy_from_slice(flat.as_chunks::<4>().0);
    pixels
}

/// Signed values lie around zero; shown around middle grey.
fn unsigned(value: u8, signed: bool) -> u8 {
    if signed {
        value.wrapping_add(128)
    } else {
        value
    }
}

/// BC5 is the format of normal maps: the third axis follows from the length being one.
fn normal(x: u8, y: u8) -> [u8; 4] {
    let axis = |value: u8| f32::from(value) / 127.5 - 1.0;
    let z = (1.0 - axis(x).powi(2) - axis(y).powi(2)).max(0.0).sqrt();
    [x, y, ((z + 1.0) * 127.5 + 0.5) as u8, 255]
}

fn half_block(block: &[u8], signed: bool) -> [[f32; 4]; 16] {
    let mut flat = [0.0_f32; 48];
    bcdec_rs::bc6h_float(block, &mut flat, 12, signed);
    let mut pixels = [[0.0, 0.0, 0.0, 1.0]; 16];
    for (pixel, colour) in pixels.iter_mut().zip(flat.as_chunks::<3>().0) {
        pixel[..3].copy_from_slice(colour);
    }
    pixels
}
