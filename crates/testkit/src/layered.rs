//! Pictures with layers: PSD and Aseprite.

use crate::bytes::Writer;

/// An RGB PSD with one raw layer called “Hero” and the merged picture.
#[must_use]
pub fn psd(width: u32, height: u32) -> Vec<u8> {
    let area = (width * height) as usize;
    let mut out = Writer(b"8BPS\0\x01\0\0\0\0\0\0".to_vec());
    out.be16(3)
        .be32(height)
        .be32(width)
        .be16(8)
        .be16(3)
        .be32(0)
        .be32(0);
    let mut layer = Writer::default();
    layer
        .be16(1)
        .be32(0)
        .be32(0)
        .be32(height)
        .be32(width)
        .be16(3);
    for channel in 0..3 {
        layer.be16(channel).be32(area as u32 + 2);
    }
    layer
        .raw(b"8BIMnorm")
        .raw([255, 0, 0, 0])
        .be32(16)
        .be32(0)
        .be32(0)
        .raw(b"\x04Hero\0\0\0");
    for value in [220u8, 90, 40] {
        layer.be16(0).raw(vec![value; area]);
    }
    layer.pad(2, 0);
    out.be32(layer.0.len() as u32 + 8)
        .be32(layer.0.len() as u32)
        .raw(&layer.0)
        .be32(0);
    out.be16(0);
    for value in [220u8, 90, 40] {
        out.raw(vec![value; area]);
    }
    out.0
}

fn ase_chunk(out: &mut Writer, kind: u16, body: &Writer) {
    out.le32(body.0.len() as u32 + 6).le16(kind).raw(&body.0);
}

fn ase_text(out: &mut Writer, text: &str) {
    out.le16(text.len() as u16).raw(text);
}

fn ase_layer() -> Writer {
    let mut layer = Writer::default();
    layer
        .le16(3)
        .le16(0)
        .le16(0)
        .le16(0)
        .le16(0)
        .le16(0)
        .u8(255)
        .zeros(3);
    ase_text(&mut layer, "Body");
    layer
}

fn ase_tags() -> Writer {
    let mut tags = Writer::default();
    tags.le16(2).zeros(8);
    for (name, from, to, direction) in [("idle", 0, 0, 0), ("walk", 0, 1, 2)] {
        tags.le16(from)
            .le16(to)
            .u8(direction)
            .zeros(8)
            .raw([0, 200, 100, 0]);
        ase_text(&mut tags, name);
    }
    tags
}

/// A green block that moves by a pixel a frame.
fn ase_cel(frame: u16, width: u16, height: u16) -> Writer {
    let mut cel = Writer::default();
    cel.le16(0)
        .le16(0)
        .le16(0)
        .u8(255)
        .le16(0)
        .le16(0)
        .zeros(5)
        .le16(width)
        .le16(height);
    for y in 0..height {
        for x in 0..width {
            let inside = x > 2 + frame && y > 2 && x + 2 < width && y + 2 < height;
            cel.raw(if inside { [90, 200, 120, 255] } else { [0; 4] });
        }
    }
    cel
}

/// An RGBA Aseprite file: two frames of 100 ms, layer “Body”, tags “idle” (0 to 0) and “walk” (0 to 1, ping-pong).
#[must_use]
pub fn aseprite(width: u16, height: u16) -> Vec<u8> {
    let mut frames = Writer::default();
    for frame in 0..2u16 {
        let mut chunks = Writer::default();
        let mut count = 1;
        if frame == 0 {
            ase_chunk(&mut chunks, 0x2004, &ase_layer());
            ase_chunk(&mut chunks, 0x2018, &ase_tags());
            count = 3;
        }
        ase_chunk(&mut chunks, 0x2005, &ase_cel(frame, width, height));
        frames
            .le32(chunks.0.len() as u32 + 16)
            .le16(0xf1fa)
            .le16(count)
            .le16(100)
            .zeros(2)
            .le32(u32::from(count))
            .raw(&chunks.0);
    }
    let mut out = Writer::default();
    out.le32(frames.0.len() as u32 + 128)
        .le16(0xa5e0)
        .le16(2)
        .le16(width)
        .le16(height)
        .le16(32)
        .le32(1)
        .le16(100);
    out.zeros(8)
        .u8(0)
        .zeros(3)
        .le16(0)
        .raw([1, 1])
        .zeros(92)
        .raw(&frames.0);
    out.0
}
