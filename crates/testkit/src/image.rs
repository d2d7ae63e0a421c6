//! Pictures without compression, and an SVG.

use crate::bytes::{Writer, crc32, zlib_stored};

/// Adds a PNG chunk with its checksum.
pub(crate) fn png_chunk(out: &mut Writer, kind: &[u8; 4], body: &[u8]) {
    let mut checked = kind.to_vec();
    checked.extend_from_slice(body);
    out.be32(body.len() as u32)
        .raw(&checked)
        .be32(crc32(&checked));
}

/// An RGBA PNG, eight bits a channel.
#[must_use]
pub fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut out = Writer(b"\x89PNG\r\n\x1a\n".to_vec());
    let mut header = Writer::default();
    header.be32(width).be32(height).raw([8, 6, 0, 0, 0]);
    png_chunk(&mut out, b"IHDR", &header.0);
    let mut rows = Vec::new();
    for y in 0..height {
        rows.push(0);
        rows.extend((0..width).flat_map(|x| pixel(x, y)));
    }
    png_chunk(&mut out, b"IDAT", &zlib_stored(&rows));
    png_chunk(&mut out, b"IEND", &[]);
    out.0
}

/// A PNG of one colour.
#[must_use]
pub fn plain_png(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
    png(width, height, |_, _| colour)
}

/// An animated GIF of 128 colours; frame by frame a lighter stripe moves to the right. Ten frames a second.
#[must_use]
pub fn gif(width: u16, height: u16, frames: u16) -> Vec<u8> {
    let mut out = Writer(b"GIF89a".to_vec());
    out.le16(width).le16(height).raw([0xf6, 0, 0]);
    for step in 0..128u8 {
        out.raw([step * 2, 60, 255 - step * 2]);
    }
    out.raw(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00");
    for frame in 0..frames {
        out.raw([0x21, 0xf9, 4, 0]).le16(10).raw([0, 0]);
        out.u8(0x2c)
            .le16(0)
            .le16(0)
            .le16(width)
            .le16(height)
            .raw([0, 7]);
        // With clear codes often enough LZW codes stay eight bits wide, so a byte is a pixel.
        let pixels: Vec<u8> = (0..height)
            .flat_map(|_| (0..width).map(move |x| if x == frame { 127 } else { 10 }))
            .collect();
        let mut codes = Vec::new();
        for run in pixels.chunks(100) {
            codes.push(128);
            codes.extend_from_slice(run);
        }
        codes.push(129);
        for block in codes.chunks(255) {
            out.u8(block.len() as u8).raw(block);
        }
        out.u8(0);
    }
    out.u8(0x3b);
    out.0
}

/// A BMP of 24 bits, a gradient.
#[must_use]
pub fn bmp(width: u32, height: u32) -> Vec<u8> {
    let stride = (width * 3).next_multiple_of(4);
    let mut out = Writer(b"BM".to_vec());
    out.le32(54 + stride * height).le32(0).le32(54);
    out.le32(40)
        .le32(width)
        .le32(height)
        .le16(1)
        .le16(24)
        .le32(0)
        .le32(stride * height)
        .zeros(16);
    for y in 0..height {
        for x in 0..width {
            out.raw([(x * 9) as u8, (y * 9) as u8, 200]);
        }
        out.zeros((stride - width * 3) as usize);
    }
    out.0
}

/// A TGA of 32 bits, top down, half of it transparent, with the version 2 footer.
#[must_use]
pub fn tga(width: u16, height: u16) -> Vec<u8> {
    let mut out = Writer(vec![0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.le16(width).le16(height).raw([32, 0x28]);
    for _ in 0..height {
        for x in 0..width {
            out.raw([40, 120, 220, if x < width / 2 { 0 } else { 255 }]);
        }
    }
    out.zeros(8).raw(b"TRUEVISION-XFILE.\0");
    out.0
}

/// A little-endian RGB TIFF in one strip.
#[must_use]
pub fn tiff(width: u32, height: u32) -> Vec<u8> {
    let size = width * height * 3;
    let mut out = Writer(b"II\x2a\0".to_vec());
    out.le32(8 + size);
    for y in 0..height {
        for x in 0..width {
            out.raw([(x * 20) as u8, (y * 20) as u8, 90]);
        }
    }
    let entries: [(u16, u16, u32, u32); 9] = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, 8 + size + 2 + 9 * 12 + 4),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 8),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 1, size),
    ];
    out.le16(9);
    for (tag, kind, count, value) in entries {
        out.le16(tag).le16(kind).le32(count).le32(value);
    }
    out.le32(0).le16(8).le16(8).le16(8);
    out.0
}

/// A Radiance picture, flat pixels, brighter than white at the right.
#[must_use]
pub fn hdr(width: u32, height: u32) -> Vec<u8> {
    let mut out = Writer(
        format!("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n").into_bytes(),
    );
    for _ in 0..height {
        for x in 0..width {
            out.raw([200, 150, 100, 126 + x as u8]);
        }
    }
    out.0
}

/// An uncompressed OpenEXR of three float channels.
#[must_use]
pub fn exr(width: u32, height: u32) -> Vec<u8> {
    let mut out = Writer(vec![0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]);
    let mut attribute = |name: &str, kind: &str, body: &[u8]| {
        out.raw(name)
            .u8(0)
            .raw(kind)
            .u8(0)
            .le32(body.len() as u32)
            .raw(body);
    };
    let mut channels = Writer::default();
    for name in ["B", "G", "R"] {
        channels.raw(name).u8(0).le32(2).le32(0).le32(1).le32(1);
    }
    channels.u8(0);
    let mut window = Writer::default();
    window.le32(0).le32(0).le32(width - 1).le32(height - 1);
    attribute("channels", "chlist", &channels.0);
    attribute("compression", "compression", &[0]);
    attribute("dataWindow", "box2i", &window.0);
    attribute("displayWindow", "box2i", &window.0);
    attribute("lineOrder", "lineOrder", &[0]);
    attribute("pixelAspectRatio", "float", &1.0f32.to_le_bytes());
    attribute("screenWindowCenter", "v2f", &[0; 8]);
    attribute("screenWindowWidth", "float", &1.0f32.to_le_bytes());
    out.u8(0);
    let line = 8 + u64::from(width) * 12;
    let start = out.0.len() as u64 + u64::from(height) * 8;
    for y in 0..u64::from(height) {
        out.le64(start + y * line);
    }
    for y in 0..height {
        out.le32(y).le32(width * 12);
        for channel in 0..3 {
            for x in 0..width {
                out.f32((x + channel) as f32 * 0.3);
            }
        }
    }
    out.0
}

/// A DDS with one BC1 picture, red at the top and blue at the bottom.
#[must_use]
pub fn dds(width: u32, height: u32) -> Vec<u8> {
    let (columns, rows) = (width.div_ceil(4), height.div_ceil(4));
    let mut out = Writer(b"DDS ".to_vec());
    out.le32(124)
        .le32(0x0008_1007)
        .le32(height)
        .le32(width)
        .le32(columns * rows * 8)
        .le32(0)
        .le32(1)
        .zeros(44);
    out.le32(32).le32(4).raw(b"DXT1").zeros(20);
    out.le32(0x1000).zeros(16);
    for row in 0..rows {
        for _ in 0..columns {
            let colour: u16 = if row < rows / 2 { 0xf800 } else { 0x001f };
            out.le16(colour).le16(0).le32(0);
        }
    }
    out.0
}

/// An SVG with a shape, a gradient and no outside reference.
#[must_use]
pub fn svg(width: u32, height: u32) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 64 48">
  <defs><linearGradient id="g"><stop offset="0" stop-color="#ffb347"/><stop offset="1" stop-color="#ff5f6d"/></linearGradient></defs>
  <g><circle cx="32" cy="24" r="18" fill="url(#g)"/><path d="M24 24l6 6 12-12" stroke="#fff" stroke-width="4" fill="none"/></g>
</svg>
"##
    )
}
