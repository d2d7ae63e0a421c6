//! Builders, small files of every format, and fault injection for tests and the sample library.
//!
//! Everything is made by hand from the formats' specifications, without the decoders that the tests are
//! about; compressed formats that cannot be are fixtures of a few kilobytes made for this crate (CC0).
//! Tests may panic, so this crate does where a test's own setup is impossible.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test whose setup fails should stop there"
)]

pub mod archive;
pub mod bombs;
mod bytes;
pub mod faults;
pub mod image;
pub mod layered;
pub mod model;
mod project;
pub mod sound;
pub mod text;

pub use project::{PROJECT_DUPLICATES, PROJECT_FILES, game_project};

use gameforge_domain::Format;

/// Fixtures of compressed formats, by name.
pub mod fixture {
    /// 24 × 16, RGB.
    pub const JPEG: &[u8] = include_bytes!("../fixtures/picture.jpg");
    /// 24 × 16, lossless, the first four columns transparent.
    pub const WEBP: &[u8] = include_bytes!("../fixtures/picture.webp");
    /// 0.5 s of 440 Hz, one channel, 44.1 kHz, `LOOPSTART` and a title.
    pub const VORBIS: &[u8] = include_bytes!("../fixtures/tone.ogg");
    /// 0.5 s of 440 Hz in Opus.
    pub const OPUS: &[u8] = include_bytes!("../fixtures/tone-opus.ogg");
    /// 0.6 s of 440 Hz in Opus, 5.1: each channel but the one for the bass half as loud as the one before it, in the
    /// order left, right, centre, back left, back right.
    pub const OPUS_SURROUND: &[u8] = include_bytes!("../fixtures/tone-opus-surround.ogg");
    /// 0.5 s of 440 Hz, 22.05 kHz, with a LAME header and an ID3v2 tag.
    pub const MP3: &[u8] = include_bytes!("../fixtures/tone.mp3");
    /// The same at a variable rate and with nothing that says how long it is.
    pub const MP3_WITHOUT_XING: &[u8] = include_bytes!("../fixtures/tone-vbr-without-xing.mp3");
    /// 0.5 s of 440 Hz, 8 kHz, 16 bits, with a title.
    pub const FLAC: &[u8] = include_bytes!("../fixtures/tone.flac");
    /// 0.5 s of 440 Hz, 11.025 kHz, IMA ADPCM.
    pub const ADPCM: &[u8] = include_bytes!("../fixtures/tone-adpcm.wav");
    /// “Forge Test” Bold, a monospaced pixel font of 57 glyphs.
    pub const TTF: &[u8] = include_bytes!("../fixtures/forge-test.ttf");
    /// The same with PostScript outlines.
    pub const OTF: &[u8] = include_bytes!("../fixtures/forge-test.otf");
    /// The TrueType one, compressed.
    pub const WOFF2: &[u8] = include_bytes!("../fixtures/forge-test.woff2");
    /// 64 × 36, 0.5 s at 12 pictures a second, H.264 and AAC.
    pub const MP4: &[u8] = include_bytes!("../fixtures/film.mp4");
    /// The picture alone, in fragments, as streams are stored.
    pub const MP4_FRAGMENTED: &[u8] = include_bytes!("../fixtures/film-fragmented.mp4");
    /// 64 × 36, 0.5 s at 12 pictures a second, VP8 and Vorbis.
    pub const WEBM: &[u8] = include_bytes!("../fixtures/film.webm");
}

/// A small valid file of a format.
#[must_use]
pub fn sample(format: Format) -> Vec<u8> {
    match format {
        Format::Png => image::png(24, 16, |x, y| {
            [x as u8 * 10, y as u8 * 15, 120, if x > 3 { 255 } else { 0 }]
        }),
        Format::Jpeg => fixture::JPEG.to_vec(),
        Format::Webp => fixture::WEBP.to_vec(),
        Format::Gif => image::gif(12, 8, 3),
        Format::Bmp => image::bmp(12, 8),
        Format::Tga => image::tga(12, 8),
        Format::Tiff => image::tiff(12, 8),
        Format::Hdr => image::hdr(6, 4),
        Format::Exr => image::exr(6, 4),
        Format::Dds => image::dds(16, 16),
        Format::Svg => image::svg(64, 48).into_bytes(),
        Format::Psd => layered::psd(16, 12),
        Format::Aseprite => layered::aseprite(16, 12),
        Format::Glb => model::glb([0.8, 0.3, 0.2]),
        Format::Gltf => model::gltf([0.2, 0.6, 0.9]).into_bytes(),
        Format::Obj => model::obj().into_bytes(),
        Format::Fbx => model::fbx(),
        Format::Stl => model::stl(),
        Format::Dae => model::dae().into_bytes(),
        Format::Blend => model::blend(),
        Format::Wav => sound::wav(&sound::tone(1000.0, 0.5, 44_100, 0.5), 44_100),
        Format::Ogg => fixture::VORBIS.to_vec(),
        Format::Mp3 => fixture::MP3.to_vec(),
        Format::Flac => fixture::FLAC.to_vec(),
        Format::Ttf => fixture::TTF.to_vec(),
        Format::Otf => fixture::OTF.to_vec(),
        Format::Woff2 => fixture::WOFF2.to_vec(),
        Format::Mp4 => fixture::MP4.to_vec(),
        Format::Webm => fixture::WEBM.to_vec(),
        Format::GodotScene => text::GODOT_SCENE.into(),
        Format::GodotResource => text::GODOT_RESOURCE.into(),
        Format::GodotProject => text::GODOT_PROJECT.into(),
        Format::GodotImport => text::GODOT_IMPORT.into(),
        Format::GodotBinary => text::godot_binary(),
        Format::UnityMeta => text::UNITY_META.into(),
        Format::UnityScene => text::UNITY_SCENE.into(),
        Format::Plain => "extends Node2D\n\nfunc _ready():\n\tprint(\"hello\")\n".into(),
        Format::Markdown => "# A small game\n\nWith *two* levels.\n".into(),
        Format::Json => "{\"level\": 1, \"enemies\": [\"slime\", \"bat\"]}\n".into(),
        Format::Csv => "name,damage\nsword,5\nbow,3\n".into(),
        Format::Zip => archive::zip(&[
            ("readme.txt", b"stored"),
            ("art/coin.png", &image::plain_png(8, 8, [240, 200, 60, 255])),
        ]),
        Format::Other => vec![0x00, 0x9f, 0x92, 0x96, 0xff, 0x01, 0x02, 0x80],
    }
}

/// The first `part` (0 to 1) of a file.
#[must_use]
pub fn truncated(bytes: &[u8], part: f64) -> Vec<u8> {
    bytes[..(bytes.len() as f64 * part.clamp(0.0, 1.0)) as usize].to_vec()
}

/// A copy with a few bytes changed, always the same ones for a seed.
#[must_use]
pub fn mutated(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        // xorshift64* (Vigna, “An experimental exploration of Marsaglia's xorshift generators”, 2016).
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    };
    if copy.is_empty() {
        return copy;
    }
    for _ in 0..1 + next() % 8 {
        let at = (next() % copy.len() as u64) as usize;
        match next() % 5 {
            0 => copy[at] = next() as u8,
            1 => copy[at] ^= 1 << (next() % 8),
            2 => copy[at] = [0, 0xff, 0x7f, 0x80][(next() % 4) as usize],
            3 => {
                let to = (at + 1 + (next() % 16) as usize).min(copy.len());
                copy.drain(at..to);
                if copy.is_empty() {
                    return copy;
                }
            }
            _ => copy.insert(at, next() as u8),
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_small_sample_that_starts_as_it_should() {
        for format in Format::ALL {
            let bytes = sample(*format);
            assert!(
                !bytes.is_empty() && bytes.len() < 100_000,
                "{format}: {} bytes",
                bytes.len()
            );
        }
        for (format, start) in [
            (Format::Png, &b"\x89PNG"[..]),
            (Format::Gif, b"GIF89a"),
            (Format::Bmp, b"BM"),
            (Format::Psd, b"8BPS"),
            (Format::Glb, b"glTF"),
            (Format::Wav, b"RIFF"),
            (Format::Flac, b"fLaC"),
            (Format::Ogg, b"OggS"),
            (Format::Exr, &[0x76, 0x2f, 0x31, 0x01]),
            (Format::Dds, b"DDS "),
            (Format::Blend, b"BLENDER"),
            (Format::Fbx, b"Kaydara FBX Binary"),
            (Format::Zip, b"PK\x03\x04"),
            (Format::Woff2, b"wOF2"),
        ] {
            assert!(sample(format).starts_with(start), "{format}");
        }
    }

    #[test]
    fn mutations_repeat_and_differ() {
        let bytes = sample(Format::Png);
        assert_eq!(mutated(&bytes, 7), mutated(&bytes, 7));
        assert!(
            (1..50)
                .filter(|seed| mutated(&bytes, *seed) != bytes)
                .count()
                > 45
        );
    }
}
