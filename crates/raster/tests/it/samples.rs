//! Small valid files of every format: some drawn by other programs (fixtures), some built here byte by byte.

use flate2::{Compression, write::ZlibEncoder};
use gameforge_domain::Format;
use std::io::Write;

/// A valid file.
pub struct Sample {
    pub name: &'static str,
    pub format: Format,
    pub bytes: Vec<u8>,
}

macro_rules! fixtures {
    ($($format:ident $name:literal),+ $(,)?) => {
        [$(Sample { name: $name, format: Format::$format, bytes: include_bytes!(concat!("../fixtures/", $name)).to_vec() }),+]
    };
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut samples: Vec<Sample> = drawn().into();
    samples.extend([
        Sample {
            name: "animated.png",
            format: Format::Png,
            bytes: apng(),
        },
        Sample {
            name: "upright.jpg",
            format: Format::Jpeg,
            bytes: turned_jpeg(),
        },
        Sample {
            name: "masks.dds",
            format: Format::Dds,
            bytes: dds_masks(),
        },
        Sample {
            name: "bc7.dds",
            format: Format::Dds,
            bytes: dds_dx10(98, &BC7_RED),
        },
        Sample {
            name: "bc6h.dds",
            format: Format::Dds,
            bytes: dds_dx10(95, &[0x03; 16]),
        },
        Sample {
            name: "float.exr",
            format: Format::Exr,
            bytes: exr(9, 7),
        },
        Sample {
            name: "shapes.svg",
            format: Format::Svg,
            bytes: SVG.as_bytes().to_vec(),
        },
        Sample {
            name: "shapes.svgz",
            format: Format::Svg,
            bytes: gzip(SVG.as_bytes()),
        },
        Sample {
            name: "layers.aseprite",
            format: Format::Aseprite,
            bytes: aseprite(),
        },
        Sample {
            name: "tiles.aseprite",
            format: Format::Aseprite,
            bytes: tilemap(),
        },
        Sample {
            name: "alpha.psd",
            format: Format::Psd,
            bytes: psd_alpha(),
        },
    ]);
    samples
}

/// Drawn by ImageMagick: 24 × 16 pixels, red above to blue below, with a lime square of 8 × 8 at
/// (2, 3); the animations 12 × 10, red, lime, blue.
pub fn drawn() -> [Sample; 24] {
    fixtures![
        Png "interlaced.png",
        Png "indexed.png",
        Jpeg "progressive.jpg",
        Jpeg "cmyk.jpg",
        Webp "lossy.webp",
        Webp "lossless.webp",
        Webp "animated.webp",
        Gif "animated.gif",
        Tiff "lzw.tiff",
        Tiff "deep.tiff",
        Tiff "indexed.tiff",
        Tga "rle.tga",
        Bmp "indexed.bmp",
        Dds "dxt1.dds",
        Dds "dxt5.dds",
        Psd "layers.psd",
        Psd "cmyk.psd",
        Psd "large.psb",
        Psd "raw.psd",
        Psd "zip.psd",
        Psd "indexed.psd",
        Psd "grey16.psd",
        Hdr "light.hdr",
        Png "colour16.png",
    ]
}

/// By its name.
pub fn named(name: &str) -> Sample {
    all()
        .into_iter()
        .find(|sample| sample.name == name)
        .unwrap()
}

pub const SVG: &str = r##"<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY green "#00ff00">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20">
  <defs><g id="box"><rect width="10" height="10" fill="&green;"/></g>
  <linearGradient id="fade"><stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient></defs>
  <rect width="20" height="20" fill="url(#fade)"/><use xlink:href="#box" x="20"/>
</svg>"##;

/// A mode 6 block that is red all over: both endpoints 255, 0, 0, 255.
pub const BC7_RED: [u8; 16] = bc7_red();

const fn bc7_red() -> [u8; 16] {
    // Seven mode bits, then seven bits each of R0 R1 G0 G1 B0 B1 A0 A1, then two parity bits that
    // complete every channel. With parity 0 red is 254 and nothing else is touched.
    let mut bits: u128 = 1 << 6;
    bits |= 0x7f << 7;
    bits |= 0x7f << 14;
    bits |= 0x7f << 49;
    bits |= 0x7f << 56;
    bits.to_le_bytes()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Red for 100 ms, half-transparent blue for 250 ms, 6 × 4 pixels.
pub fn apng() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 6, 4);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_animated(2, 0).unwrap();
    encoder.set_frame_delay(1, 10).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[255, 0, 0, 255].repeat(24))
        .unwrap();
    writer.set_frame_delay(1, 4).unwrap();
    writer.set_blend_op(png::BlendOp::Source).unwrap();
    writer
        .write_image_data(&[0, 0, 255, 128].repeat(24))
        .unwrap();
    writer.finish().unwrap();
    bytes
}

/// Stored 16 × 32, red above and blue below, with the EXIF word “turn right”: shown 32 × 16 with red at the right.
pub fn turned_jpeg() -> Vec<u8> {
    let rgb: Vec<u8> = (0..16 * 32)
        .flat_map(|n| {
            if n < 16 * 16 {
                [255, 0, 0]
            } else {
                [0, 0, 255]
            }
        })
        .collect();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 95);
    encoder
        .encode(&rgb, 16, 32, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let exif = b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut segment = vec![0xff, 0xe1];
    segment.extend((exif.len() as u16 + 2).to_be_bytes());
    segment.extend(exif);
    bytes.splice(2..2, segment);
    bytes
}

fn dds_header(
    width: u32,
    height: u32,
    mipmaps: u32,
    pixel_format: [u32; 8],
    four_cc: &[u8; 4],
) -> Vec<u8> {
    let mut bytes = b"DDS ".to_vec();
    let mut words = vec![124, 0x2_1007, height, width, 0, 0, mipmaps];
    words.extend([0; 11]);
    words.extend(pixel_format);
    words.extend([0x1000, 0, 0, 0, 0]);
    bytes.extend(words.iter().flat_map(|word: &u32| word.to_le_bytes()));
    bytes[84..88].copy_from_slice(four_cc);
    bytes
}

/// 3 × 2 pixels of 16 bits, 5-6-5: red, green, blue, white, black, grey.
pub fn dds_masks() -> Vec<u8> {
    let mut bytes = dds_header(3, 2, 2, [32, 0x40, 0, 16, 0xf800, 0x7e0, 0x1f, 0], &[0; 4]);
    for word in [0xf800_u16, 0x07e0, 0x001f, 0xffff, 0, 0x8410, 0x1234] {
        bytes.extend(word.to_le_bytes());
    }
    bytes
}

/// 6 × 5 pixels of one repeated block.
pub fn dds_dx10(format: u32, block: &[u8; 16]) -> Vec<u8> {
    let mut bytes = dds_header(6, 5, 0, [32, 4, 0, 0, 0, 0, 0, 0], b"DX10");
    bytes.extend(
        [format, 3, 0, 1, 0]
            .iter()
            .flat_map(|word| word.to_le_bytes()),
    );
    bytes.extend(block.repeat(4));
    bytes
}

/// Linear 0.25 grey everywhere, red 4 in the corner.
pub fn exr(width: usize, height: usize) -> Vec<u8> {
    use exr::prelude::{Image, SpecificChannels, WritableImage};
    let colour = |place: exr::math::Vec2<usize>| {
        if place.0 + place.1 == 0 {
            (4.0, 0.0, 0.0)
        } else {
            (0.25, 0.25, 0.25)
        }
    };
    let channels = SpecificChannels::rgb(|place| {
        let (r, g, b) = colour(place);
        (r as f32, g as f32, b as f32)
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    Image::from_channels((width, height), channels)
        .write()
        .non_parallel()
        .to_buffered(&mut bytes)
        .unwrap();
    bytes.into_inner()
}

/// 2 × 1 pixels: half-transparent red merged onto white, and nothing. One layer called “Glow”.
pub fn psd_alpha() -> Vec<u8> {
    let mut bytes = b"8BPS\0\x01\0\0\0\0\0\0\0\x04".to_vec();
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 2, 0, 8, 0, 3]);
    bytes.extend([0; 8]);
    let mut layer = vec![0xff, 0xff];
    layer.extend([0; 16]);
    layer.extend([0, 0]);
    layer.extend(b"8BIMnorm\xff\0\0\0");
    let mut extra = [0_u8; 8].to_vec();
    extra.extend(b"\x04Glow\0\0\0");
    extra.extend(b"8BIMluni\0\0\0\x0c\0\0\0\x04\0G\0l\0\xf6\0w");
    layer.extend((extra.len() as u32).to_be_bytes());
    layer.extend(extra);
    bytes.extend((layer.len() as u32 + 4).to_be_bytes());
    bytes.extend((layer.len() as u32).to_be_bytes());
    bytes.extend(layer);
    bytes.extend([0, 0]);
    bytes.extend([255, 255, 127, 255, 127, 255, 128, 0]);
    bytes
}

fn chunk(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32 + 6).to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend(body);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u16).to_le_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

fn layer(flags: u16, kind: u16, level: u16, mode: u16, opacity: u8, name: &str) -> Vec<u8> {
    let mut body: Vec<u8> = [flags, kind, level, 0, 0, mode]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    body.extend([opacity, 0, 0, 0]);
    body.extend(text(name));
    if kind == 2 {
        body.extend(0_u32.to_le_bytes());
    }
    chunk(0x2004, &body)
}

fn cel(layer: u16, x: i16, y: i16, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut body = layer.to_le_bytes().to_vec();
    body.extend([x.to_le_bytes(), y.to_le_bytes()].concat());
    body.push(255);
    body.extend(kind.to_le_bytes());
    body.extend([0; 7]);
    body.extend(content);
    chunk(0x2005, &body)
}

pub fn packed(width: u16, height: u16, pixels: &[u8]) -> Vec<u8> {
    let mut content = [width.to_le_bytes(), height.to_le_bytes()].concat();
    content.extend(zlib(pixels));
    content
}

fn frame(duration: u16, chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    let mut bytes = (body.len() as u32 + 16).to_le_bytes().to_vec();
    bytes.extend(0xf1fa_u16.to_le_bytes());
    bytes.extend((chunks.len() as u16).to_le_bytes());
    bytes.extend(duration.to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend((chunks.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes
}

pub fn document(width: u16, height: u16, depth: u16, frames: &[Vec<u8>]) -> Vec<u8> {
    let body = frames.concat();
    let mut bytes = (body.len() as u32 + 128).to_le_bytes().to_vec();
    for word in [0xa5e0, frames.len() as u16, width, height, depth, 3, 0, 100] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.resize(128, 0);
    bytes.extend(body);
    bytes
}

/// 4 × 3, RGBA, two frames of 100 and 50 ms. “Base” is red all over; in the group “Over” (half
/// opaque) lies “Mark”, a green pixel at (1, 1) that the second frame links to; “Hidden” is not
/// seen. A tag “walk” and a slice “hit”.
pub fn aseprite() -> Vec<u8> {
    let mut tag = [1_u16.to_le_bytes(), [0, 0]].concat();
    tag.extend([0; 6]);
    tag.extend([0, 0, 1, 0, 2]);
    tag.extend([0; 12]);
    tag.extend(text("walk"));
    let mut slice = [0; 12].to_vec();
    slice.extend(text("hit"));
    let first = [
        layer(3, 0, 0, 0, 255, "Base"),
        layer(3, 1, 0, 0, 128, "Over"),
        layer(3, 0, 1, 0, 255, "Mark"),
        layer(2, 0, 0, 0, 255, "Hidden"),
        chunk(0x2018, &tag),
        chunk(0x2022, &slice),
        cel(0, 0, 0, 2, &packed(4, 3, &[255, 0, 0, 255].repeat(12))),
        cel(2, 1, 1, 0, &[1, 0, 1, 0, 0, 255, 0, 255]),
        cel(3, 0, 0, 2, &packed(4, 3, &[0, 0, 255, 255].repeat(12))),
    ];
    let second = [cel(2, 1, 1, 1, &[0, 0])];
    document(4, 3, 32, &[frame(100, &first), frame(50, &second)])
}

/// 4 × 2, indexed, a tilemap of two tiles of 2 × 2: a tile, and the same mirrored.
pub fn tilemap() -> Vec<u8> {
    let mut palette: Vec<u8> = [3_u32, 0, 2]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    palette.extend([0; 8]);
    for colour in [[0, 0, 0, 255], [10, 20, 30, 255], [200, 100, 50, 255]] {
        palette.extend([0, 0]);
        palette.extend(colour);
    }
    let mut set: Vec<u8> = [0_u32, 6, 2]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    set.extend([2, 0, 2, 0]);
    set.extend([0; 16]);
    set.extend(text("set"));
    let tiles = zlib(&[0, 0, 0, 0, 1, 2, 0, 2]);
    set.extend((tiles.len() as u32).to_le_bytes());
    set.extend(tiles);
    let mut map = [2_u16, 1, 32]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect::<Vec<u8>>();
    for mask in [0x1fff_ffff_u32, 0x8000_0000, 0x4000_0000, 0x2000_0000] {
        map.extend(mask.to_le_bytes());
    }
    map.extend([0; 10]);
    map.extend(zlib(&[1_u32, 0x8000_0001].map(u32::to_le_bytes).concat()));
    let chunks = [
        chunk(0x2019, &palette),
        layer(3, 2, 0, 0, 255, "Map"),
        chunk(0x2023, &set),
        cel(0, 0, 0, 3, &map),
    ];
    document(4, 2, 8, &[frame(0, &chunks)])
}

/// A first frame with `count` cels of one layer, all linked to one of 30 × 30 pixels in the second.
pub fn many_links(count: u16) -> Vec<u8> {
    let mut first = vec![layer(3, 0, 0, 0, 255, "Base")];
    first.extend((0..count).map(|_| cel(0, 0, 0, 1, &[1, 0])));
    let second = [cel(0, 0, 0, 2, &packed(30, 30, &[9; 3600]))];
    document(2, 2, 32, &[frame(10, &first), frame(10, &second)])
}

/// Writes every sample as a seed for fuzzing; run by hand when samples change:
/// `cargo test -p gameforge-raster --test it -- --ignored write_seeds`.
#[test]
#[ignore = "writes into the source tree"]
fn write_seeds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/raster");
    for sample in all() {
        let number = gameforge_raster::fuzz::FORMATS
            .iter()
            .position(|format| *format == sample.format)
            .unwrap();
        let mut bytes = vec![number as u8];
        bytes.extend(sample.bytes);
        std::fs::write(format!("{folder}/{}", sample.name), bytes).unwrap();
    }
}
