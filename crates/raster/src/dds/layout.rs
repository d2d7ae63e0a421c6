//! How a surface's pixels lie, by the three ways in which headers say it: masks, a code of four letters, a number of
//! `DXGI_FORMAT`.

use crate::blocks::Compression;
use gameforge_domain::ReadError;

pub(super) const FOUR_CC: u32 = 0x4;
const ALPHA_PIXELS: u32 = 0x1;
const ALPHA_ONLY: u32 = 0x2;
const PALETTE: u32 = 0x20;
const LUMINANCE: u32 = 0x2_0000;

/// How the texture's bytes are to be read.
pub(super) enum Layout {
    Blocks(Compression),
    /// Little-endian words of `bytes`, each channel where its mask is (R, G, B, A).
    Masks {
        bytes: usize,
        masks: [u32; 4],
        grey: bool,
    },
    /// 256 colours of four bytes before the pixels.
    Palette,
    /// IEEE numbers: channels, and whether they have 32 bits and not 16.
    Floats {
        channels: usize,
        wide: bool,
    },
    /// 16 bits a channel, R, G, B, A.
    Words,
}

/// Numbers of 32 bits.
const fn singles(channels: usize) -> Layout {
    Layout::Floats {
        channels,
        wide: true,
    }
}

/// Numbers of 16 bits.
const fn halves(channels: usize) -> Layout {
    Layout::Floats {
        channels,
        wide: false,
    }
}

const fn grey(bytes: usize, mask: u32) -> Layout {
    Layout::Masks {
        bytes,
        masks: [mask, 0, 0, 0],
        grey: true,
    }
}

const fn words(bytes: usize, masks: [u32; 4]) -> Layout {
    Layout::Masks {
        bytes,
        masks,
        grey: false,
    }
}

/// By the flags, bits and masks of the old header.
pub(super) fn plain(format: u32, bits: u32, masks: [u32; 4]) -> Result<Layout, ReadError> {
    if format & PALETTE != 0 && bits == 8 {
        return Ok(Layout::Palette);
    }
    let bytes = match bits {
        8 => 1,
        16 => 2,
        24 => 3,
        32 => 4,
        other => {
            return Err(ReadError::unsupported(format!(
                "DDS with {other} bits a pixel"
            )));
        }
    };
    let [r, g, b, a] = masks;
    let a = if format & (ALPHA_PIXELS | ALPHA_ONLY) == 0 {
        0
    } else {
        a
    };
    Ok(Layout::Masks {
        bytes,
        masks: [r, g, b, a],
        grey: format & LUMINANCE != 0 || (g == 0 && b == 0),
    })
}

/// By a code of four letters, or a number of `D3DFORMAT` in its place.
pub(super) fn by_code(code: &[u8]) -> Result<Layout, ReadError> {
    Ok(match code {
        b"DXT1" => Layout::Blocks(Compression::Bc1),
        b"DXT2" | b"DXT3" => Layout::Blocks(Compression::Bc2),
        b"DXT4" | b"DXT5" | b"RXGB" => Layout::Blocks(Compression::Bc3),
        b"ATI1" | b"BC4U" => Layout::Blocks(Compression::Bc4 { signed: false }),
        b"BC4S" => Layout::Blocks(Compression::Bc4 { signed: true }),
        b"ATI2" | b"BC5U" => Layout::Blocks(Compression::Bc5 { signed: false }),
        b"BC5S" => Layout::Blocks(Compression::Bc5 { signed: true }),
        [36, 0, 0, 0] => Layout::Words,
        [111, 0, 0, 0] => halves(1),
        [112, 0, 0, 0] => halves(2),
        [113, 0, 0, 0] => halves(4),
        [114, 0, 0, 0] => singles(1),
        [115, 0, 0, 0] => singles(2),
        [116, 0, 0, 0] => singles(4),
        other => {
            return Err(ReadError::unsupported(format!(
                "DDS code “{}”",
                crate::cursor::name(other)
            )));
        }
    })
}

/// By the number of a `DXGI_FORMAT`.
pub(super) fn dxgi(number: u32) -> Result<Layout, ReadError> {
    Ok(match number {
        2 => singles(4),
        6 => singles(3),
        10 => halves(4),
        11 => Layout::Words,
        16 => singles(2),
        24 => words(4, [0x3ff, 0xffc00, 0x3ff0_0000, 0xc000_0000]),
        27..=29 => words(4, [0xff, 0xff00, 0xff_0000, 0xff00_0000]),
        34 => halves(2),
        41 => singles(1),
        49 => words(2, [0xff, 0xff00, 0, 0]),
        54 => halves(1),
        56 => grey(2, 0xffff),
        61 => grey(1, 0xff),
        65 => words(1, [0, 0, 0, 0xff]),
        70..=72 => Layout::Blocks(Compression::Bc1),
        73..=75 => Layout::Blocks(Compression::Bc2),
        76..=78 => Layout::Blocks(Compression::Bc3),
        79 | 80 => Layout::Blocks(Compression::Bc4 { signed: false }),
        81 => Layout::Blocks(Compression::Bc4 { signed: true }),
        82 | 83 => Layout::Blocks(Compression::Bc5 { signed: false }),
        84 => Layout::Blocks(Compression::Bc5 { signed: true }),
        85 => words(2, [0xf800, 0x7e0, 0x1f, 0]),
        86 => words(2, [0x7c00, 0x3e0, 0x1f, 0x8000]),
        87 | 90 | 91 => words(4, [0xff_0000, 0xff00, 0xff, 0xff00_0000]),
        88 | 92 | 93 => words(4, [0xff_0000, 0xff00, 0xff, 0]),
        94 | 95 => Layout::Blocks(Compression::Bc6h { signed: false }),
        96 => Layout::Blocks(Compression::Bc6h { signed: true }),
        97..=99 => Layout::Blocks(Compression::Bc7),
        115 => words(2, [0xf00, 0xf0, 0xf, 0xf000]),
        other => {
            return Err(ReadError::unsupported(format!(
                "DDS with DXGI format {other}"
            )));
        }
    })
}
