//! Small files that ask for enormous work or memory.

use crate::bytes::{Writer, crc32, zlib_stored};
use crate::image::png_chunk;
use std::fmt::Write as _;

/// A PNG whose header says 100,000 × 100,000, with almost no pixels behind it.
#[must_use]
pub fn huge_png() -> Vec<u8> {
    let mut out = Writer(b"\x89PNG\r\n\x1a\n".to_vec());
    let mut header = Writer::default();
    header.be32(100_000).be32(100_000).raw([8, 6, 0, 0, 0]);
    png_chunk(&mut out, b"IHDR", &header.0);
    png_chunk(&mut out, b"IDAT", &zlib_stored(&[0; 64]));
    png_chunk(&mut out, b"IEND", &[]);
    out.0
}

/// An SVG of groups in groups.
#[must_use]
pub fn nested_svg(depth: usize) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">{}<rect width="5" height="5"/>{}</svg>"#,
        "<g>".repeat(depth),
        "</g>".repeat(depth)
    )
}

/// An SVG whose entities multiply by ten, nine times (“billion laughs”).
#[must_use]
pub fn laughing_svg() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE svg [\n<!ENTITY l0 \"ha\">\n");
    for level in 1..10 {
        let before = format!("&l{};", level - 1).repeat(10);
        let _ = writeln!(text, "<!ENTITY l{level} \"{before}\">");
    }
    text.push_str("]>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><text>&l9;</text></svg>\n");
    text
}

/// An SVG in which each group is used twice by the next, forty times over.
#[must_use]
pub fn multiplying_svg() -> String {
    let mut text = String::from(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><defs><g id="a0"><rect width="1" height="1"/></g>"#,
    );
    for level in 1..40 {
        let _ = write!(
            text,
            r##"<g id="a{level}"><use href="#a{0}"/><use href="#a{0}"/></g>"##,
            level - 1
        );
    }
    text.push_str(r##"</defs><use href="#a39"/></svg>"##);
    text
}

/// An SVG that asks for files and for the network.
#[must_use]
pub fn reaching_svg() -> String {
    r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10">
<image href="file:///etc/passwd" width="5" height="5"/><image xlink:href="../../secret.png" width="5" height="5"/>
<image href="http://127.0.0.1:9/pixel.png" width="5" height="5"/></svg>
"#
    .to_owned()
}

/// A glTF that asks for a buffer outside its folder.
#[must_use]
pub fn reaching_gltf() -> String {
    r#"{"asset":{"version":"2.0"},"buffers":[{"uri":"../../../../etc/passwd","byteLength":16}]}"#
        .to_owned()
}

/// JSON of arrays in arrays.
#[must_use]
pub fn nested_json(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// A ZIP with one deflated entry of about `megabytes` zeros in a thousandth of the size.
#[must_use]
pub fn zip_of_zeros(megabytes: usize) -> Vec<u8> {
    let size = megabytes << 20;
    // Fixed Huffman codes (RFC 1951, 3.2.6): a literal zero, then “258 bytes, one back” again and again.
    let mut bits = Bits::default();
    bits.low(0b1, 1);
    bits.low(0b01, 2);
    bits.high(0x30, 8);
    let repeats = (size - 1) / 258;
    for _ in 0..repeats {
        bits.high(0b1100_0101, 8);
        bits.high(0, 5);
    }
    for _ in 0..(size - 1) % 258 {
        bits.high(0x30, 8);
    }
    bits.high(0, 7);
    let body = bits.finish();
    let crc = crc32(&vec![0; size]);
    let mut out = Writer::default();
    let facts = |out: &mut Writer| {
        out.le16(20)
            .le16(0)
            .le16(8)
            .le16(0)
            .le16(0x21)
            .le32(crc)
            .le32(body.len() as u32)
            .le32(size as u32)
            .le16(5)
            .le16(0);
    };
    out.raw(b"PK\x03\x04");
    facts(&mut out);
    out.raw(b"zeros").raw(&body);
    let start = out.0.len() as u32;
    out.raw(b"PK\x01\x02").le16(20);
    facts(&mut out);
    out.zeros(10).le32(0).raw(b"zeros");
    let length = out.0.len() as u32 - start;
    out.raw(b"PK\x05\x06")
        .zeros(4)
        .le16(1)
        .le16(1)
        .le32(length)
        .le32(start)
        .le16(0);
    out.0
}

/// Bits in deflate's order: from the low end of each byte.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// A number, lowest bit first.
    fn low(&mut self, value: u32, count: u32) {
        for at in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> at & 1) as u8) << (self.used % 8);
            }
            self.used += 1;
        }
    }
    /// A Huffman code, highest bit first.
    fn high(&mut self, value: u32, count: u32) {
        self.low(value.reverse_bits() >> (32 - count), count);
    }
    fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// An OpenType font whose letters “A” and “g” call subroutines that call subroutines, a hundred times each and
/// eight deep.
pub const SUBROUTINE_FONT: &[u8] = include_bytes!("../fixtures/subroutine-bomb.otf");
