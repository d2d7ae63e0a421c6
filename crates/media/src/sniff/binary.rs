//! Formats known by magic numbers, and those known only by their arithmetic.

use super::Sample;
use flate2::read::GzDecoder;
use gameforge_domain::Format;
use std::io::Read;

/// Marks at the very start of a file that say everything.
const MARKS: [(&[u8], Format); 21] = [
    (b"\x89PNG", Format::Png),
    (b"\xff\xd8\xff", Format::Jpeg),
    (b"GIF8", Format::Gif),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II+\0", Format::Tiff),
    (b"MM\0+", Format::Tiff),
    (b"#?RADIANCE", Format::Hdr),
    (b"#?RGBE", Format::Hdr),
    (b"\x76\x2f\x31\x01", Format::Exr),
    (b"DDS ", Format::Dds),
    (b"8BPS", Format::Psd),
    (b"glTF", Format::Glb),
    (b"Kaydara FBX Binary", Format::Fbx),
    (b"BLENDER", Format::Blend),
    (b"fLaC", Format::Flac),
    (b"wOF2", Format::Woff2),
    (b"OTTO", Format::Otf),
    (b"RSRC", Format::GodotBinary),
    (b"RSCC", Format::GodotBinary),
    (b"PK\x05\x06", Format::Zip),
];

/// A format with a mark of its own, or a known foreign one as [`Format::Other`]; `None` where nothing was recognised.
pub fn by_mark(sample: &Sample<'_>) -> Option<Format> {
    let head = sample.head;
    if let Some((_, format)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(*format);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x07\x08") {
        return Some(Format::Zip);
    }
    match head {
        [b'R', b'I', b'F' | b'X', b'F' | b'X', ..]
        | [b'R', b'F', b'6', b'4', ..]
        | [b'B', b'W', b'6', b'4', ..] => Some(riff(sample)),
        [b'O', b'g', b'g', b'S', ..] => Some(ogg(head)),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some(matroska(head)),
        [0, 1, 0, 0, 0, tables, ..] if *tables > 0 && *tables < 128 => Some(Format::Ttf),
        [b't', b'r', b'u', b'e', 0, ..] | [b't', b'y', b'p', b'1', 0, ..] => Some(Format::Ttf),
        [b't', b't', b'c', b'f', ..] => Some(font_collection(head)),
        [b'B', b'M', ..] if is_bitmap(sample) => Some(Format::Bmp),
        [0x1f, 0x8b, ..] => Some(gzip(head)),
        // Zstandard: Blender compresses so. What is inside shows only to its own reader.
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(if sample.hint() == Some(Format::Blend) {
            Format::Blend
        } else {
            Format::Other
        }),
        [b'I', b'D', b'3', major, ..] if *major < 0x10 => Some(after_id3(head)),
        _ if head.get(4..6) == Some(&[0xe0, 0xa5]) && is_aseprite(head) => Some(Format::Aseprite),
        _ => iso_media(head),
    }
}

fn riff(sample: &Sample<'_>) -> Format {
    match (sample.head.get(8..12), sample.hint()) {
        (Some(b"WAVE"), _) => Format::Wav,
        (Some(b"WEBP"), _) => Format::Webp,
        // Cut off before it says what it holds.
        (None, Some(hint @ (Format::Wav | Format::Webp))) => hint,
        _ => Format::Other,
    }
}

/// The first packet of the first page names the codec. Sounds only: films in Ogg are not read.
fn ogg(head: &[u8]) -> Format {
    let segments = usize::from(head.get(26).copied().unwrap_or(0));
    let packet = head.get(27 + segments..).unwrap_or_default();
    let is_sound = [b"\x01vorbis".as_slice(), b"OpusHead", b"\x7fFLAC", b"Speex"]
        .iter()
        .any(|mark| {
            packet.starts_with(mark) || (packet.len() < mark.len() && mark.starts_with(packet))
        });
    if is_sound { Format::Ogg } else { Format::Other }
}

/// EBML is a general container; its document type is the text in element 0x4282.
fn matroska(head: &[u8]) -> Format {
    let start = &head[..head.len().min(4096)];
    let is = |word: &[u8]| start.windows(word.len()).any(|window| window == word);
    if is(b"webm") || is(b"matroska") || head.len() < 32 && !is(b"\x42\x82") {
        Format::Webm
    } else {
        Format::Other
    }
}

fn font_collection(head: &[u8]) -> Format {
    let first = head
        .get(12..16)
        .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
        .map(u32::from_be_bytes);
    let mark = first.and_then(|at| head.get(at as usize..)?.get(..4));
    if mark == Some(b"OTTO") {
        Format::Otf
    } else {
        Format::Ttf
    }
}

/// “BM” alone is too common a beginning of words: the size of the second header must be one that exists.
fn is_bitmap(sample: &Sample<'_>) -> bool {
    match sample
        .head
        .get(14..18)
        .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
        .map(u32::from_le_bytes)
    {
        Some(size) => matches!(size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124),
        None => sample.hint() == Some(Format::Bmp),
    }
}

/// Two formats are read in gzip: SVG and old compressed Blender files.
fn gzip(head: &[u8]) -> Format {
    let mut start = [0u8; 4096];
    let mut filled = 0;
    let mut unpacked = GzDecoder::new(head);
    while filled < start.len() {
        match unpacked.read(&mut start[filled..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => filled += more,
        }
    }
    let start = &start[..filled];
    if start.starts_with(b"BLENDER") {
        return Format::Blend;
    }
    let inner = Sample {
        head: start,
        tail: &[],
        len: filled as u64,
        name: "",
    };
    match super::text::by_words(&inner) {
        Some(Format::Svg) => Format::Svg,
        _ => Format::Other,
    }
}

/// An ID3v2 tag may stand before MP3 frames and, though it should not, before FLAC.
fn after_id3(head: &[u8]) -> Format {
    let size = head.get(6..10).map_or(0, |bytes| {
        bytes
            .iter()
            .fold(0usize, |sum, byte| (sum << 7) | usize::from(byte & 0x7f))
    });
    let rest = head.get(10 + size..).unwrap_or_default();
    if rest.starts_with(b"fLaC") {
        Format::Flac
    } else {
        Format::Mp3
    }
}

/// The file header's mark, and where there are enough bytes the first frame's, too.
fn is_aseprite(head: &[u8]) -> bool {
    head.get(132..134).is_none_or(|mark| mark == [0xfa, 0xf1])
}

fn iso_media(head: &[u8]) -> Option<Format> {
    let brand = head.get(8..12);
    match head.get(4..8)? {
        b"ftyp" => Some(match brand {
            Some(
                b"avif" | b"avis" | b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"crx "
                | b"jp2 " | b"jxl ",
            ) => Format::Other,
            Some(b"M4A " | b"M4B " | b"M4P " | b"F4A " | b"F4B " | b"aax ") => Format::Other,
            _ => Format::Mp4,
        }),
        // QuickTime before it had brands.
        b"moov" | b"mdat" | b"wide" | b"pnot" => {
            let size = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
            (size == 1 || size >= 8).then_some(Format::Mp4)
        }
        _ => None,
    }
}

/// Formats without a mark: by arithmetic, and where that is weak by the name as well.
pub fn by_shape(sample: &Sample<'_>) -> Option<Format> {
    let ending = sample.hint();
    if sample
        .tail
        .windows(18)
        .any(|window| window == b"TRUEVISION-XFILE.\0")
    {
        return Some(Format::Tga);
    }
    if let Some(facets) = stl_facets(sample.head) {
        let expected = 84 + 50 * u64::from(facets);
        if facets > 0 && sample.len == expected || ending == Some(Format::Stl) {
            return Some(Format::Stl);
        }
    }
    if ending == Some(Format::Tga) && is_plausible_tga(sample.head) {
        return Some(Format::Tga);
    }
    mpeg_audio(sample.head, ending == Some(Format::Mp3)).then_some(Format::Mp3)
}

fn stl_facets(head: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(head.get(80..84)?.try_into().ok()?))
}

/// Header fields of Truevision's specification 2.0 within their ranges.
fn is_plausible_tga(head: &[u8]) -> bool {
    let Some(header) = head.get(..18) else {
        return head.len() >= 3 && matches!(head[2], 1..=3 | 9..=11);
    };
    let side = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    header[1] <= 1
        && matches!(header[2], 1..=3 | 9..=11)
        && matches!(header[16], 8 | 15 | 16 | 24 | 32)
        && side(12) > 0
        && side(14) > 0
}

/// Whether there is a frame of MPEG audio layer III, and after it another one where that is still in `head`.
/// Without a name that says so, the second frame must be there: eleven set bits alone occur everywhere.
fn mpeg_audio(head: &[u8], named: bool) -> bool {
    let Some(length) = mpeg_frame(head) else {
        return false;
    };
    match head.get(length..) {
        Some(next) if next.len() >= 4 => mpeg_frame(next).is_some(),
        _ => named,
    }
}

/// Length in bytes of the frame at the start; tables of ISO 11172-3 and 13818-3.
fn mpeg_frame(bytes: &[u8]) -> Option<usize> {
    const V1: [usize; 16] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
    ];
    const V2: [usize; 16] = [
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
    ];
    let header = bytes.get(..4)?;
    if header[0] != 0xff || header[1] & 0xe0 != 0xe0 || (header[1] >> 1) & 3 != 1 {
        return None;
    }
    let version = (header[1] >> 3) & 3;
    let base = [44_100, 48_000, 32_000].get(usize::from((header[2] >> 2) & 3))?;
    let (rates, per_frame, rate) = match version {
        3 => (V1, 144, *base),
        2 => (V2, 72, base / 2),
        0 => (V2, 72, base / 4),
        _ => return None,
    };
    let kilobits = rates[usize::from(header[2] >> 4)];
    let padding = usize::from((header[2] >> 1) & 1);
    (kilobits > 0).then_some(per_frame * kilobits * 1000 / rate + padding)
}
