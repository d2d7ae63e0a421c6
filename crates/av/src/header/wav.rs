//! RIFF WAVE: `fmt `, `fact`, `data`, `smpl` and `LIST INFO` chunks (Microsoft and IBM, “Multimedia
//! Programming Interface and Data Specifications 1.0”, 1991).

use super::Header;
use crate::bytes::{le16, le32};
use crate::labels;
use gameforge_bytes::Window;
use gameforge_domain::{AudioMetadata, ReadError};
use std::io::{Read, Seek};
use std::ops::Range;

/// Programs that write to a pipe cannot know the length and put down a number near the largest.
const UNKNOWN_LENGTH: u32 = 0x7fff_0000;
/// Extensions of the layout are a few bytes; what is longer is not one.
const LONGEST_LAYOUT: usize = 64;
/// Longer lists of labels are read up to here.
const LONGEST_LIST: usize = 1 << 20;

#[derive(Default)]
struct Chunks {
    layout: Option<Vec<u8>>,
    fact: Option<u32>,
    /// Where the sound is.
    data: Option<Range<u64>>,
    loops: bool,
    labels: labels::Labels,
}

pub fn read(file: &mut Window<impl Read + Seek>) -> Result<Header, ReadError> {
    let start = file.upto(0, 12)?;
    match (start.get(..4), start.get(8..12)) {
        (Some(b"RIFF"), Some(b"WAVE")) => {}
        (Some(b"RIFF"), None) => return Err(ReadError::truncated("the RIFF header")),
        (Some(b"RF64" | b"RIFX"), _) => return Err(ReadError::unsupported("WAVE as RF64 or RIFX")),
        (None, _) => return Err(ReadError::truncated("the RIFF header")),
        _ => return Err(ReadError::corrupt("it does not start as a RIFF WAVE file")),
    }
    let chunks = walk(file)?;
    let layout = chunks
        .layout
        .ok_or_else(|| ReadError::truncated("no “fmt ” chunk"))?;
    let data = chunks
        .data
        .ok_or_else(|| ReadError::truncated("no “data” chunk"))?;
    let size = data.end - data.start;
    let mut header = describe(&layout, size, chunks.fact)?;
    header.head = clean_head(&layout, size);
    header.body = data;
    header.metadata.labels = chunks.labels;
    header.metadata.loops = chunks.loops;
    Ok(header)
}

fn walk(file: &mut Window<impl Read + Seek>) -> Result<Chunks, ReadError> {
    let mut chunks = Chunks::default();
    let (mut at, end) = (12u64, file.size());
    while let Some([a, b, c, d, length @ ..]) = file.array::<8>(at)? {
        let (id, length) = ([a, b, c, d], u32::from_le_bytes(length));
        let start = at + 8;
        let available = end - start;
        let short = u64::from(length) > available;
        let upto = |most: usize| most.min(length as usize);
        match &id {
            b"fmt " if !short => {
                chunks.layout = Some(file.upto(start, upto(LONGEST_LAYOUT))?.to_vec())
            }
            b"fact" => chunks.fact = le32(file.upto(start, upto(4))?, 0),
            b"smpl" => {
                chunks.loops = le32(file.upto(start, upto(32))?, 28).is_some_and(|count| count > 0)
            }
            b"LIST" => {
                if let Some(list) = file.upto(start, upto(LONGEST_LIST))?.strip_prefix(b"INFO") {
                    labels::riff_list(list, &mut chunks.labels);
                }
            }
            b"data" if length >= UNKNOWN_LENGTH && short => chunks.data = Some(start..end),
            b"data" if short => {
                let what = format!("the sound should have {length} bytes, {available} are there");
                return Err(ReadError::truncated(what));
            }
            b"data" => chunks.data = Some(start..start + u64::from(length)),
            b"fmt " => return Err(ReadError::truncated("the “fmt ” chunk")),
            _ => {}
        }
        // Chunks begin at even places.
        at = start + u64::from(length) + u64::from(length % 2);
    }
    Ok(chunks)
}

/// A head with nothing but layout and sound, and with sizes that are right. Many programs write a wrong
/// RIFF size or odd chunks, which the decoder's own walk would stop at.
fn clean_head(layout: &[u8], data: u64) -> Vec<u8> {
    let size = |length: u64| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let padding = layout.len() % 2;
    let whole = (4 + 8 + layout.len() + padding + 8) as u64 + data;
    [
        &b"RIFF"[..],
        &size(whole),
        b"WAVEfmt ",
        &size(layout.len() as u64),
        layout,
        &[0][..padding],
        b"data",
        &size(data),
    ]
    .concat()
}

fn describe(layout: &[u8], data: u64, fact: Option<u32>) -> Result<Header, ReadError> {
    let field =
        |at| le16(layout, at).ok_or_else(|| ReadError::corrupt("the “fmt ” chunk is too short"));
    let (mut tag, channels, align) = (field(0)?, u64::from(field(2)?), u64::from(field(12)?));
    let rate = le32(layout, 4).unwrap_or(0);
    let bits = u64::from(field(14)?);
    if tag == 0xfffe {
        // WAVE_FORMAT_EXTENSIBLE: the real tag starts the sub-format's GUID.
        tag = le16(layout, 24)
            .ok_or_else(|| ReadError::corrupt("the extensible “fmt ” chunk is too short"))?;
    }
    let (codec, depth, frames) = match tag {
        1 | 3 => {
            let frame = channels * bits.div_ceil(8);
            if frame == 0 || (align != 0 && align < frame) {
                return Err(ReadError::corrupt(
                    "sample size and block size do not fit together",
                ));
            }
            ("pcm", bits, data / if align == 0 { frame } else { align })
        }
        6 | 7 => (
            if tag == 6 { "alaw" } else { "mulaw" },
            8,
            data / channels.max(1),
        ),
        2 | 0x11 => {
            let samples = u64::from(le16(layout, 18).unwrap_or(0));
            if align == 0 || samples == 0 {
                return Err(ReadError::corrupt("an ADPCM sound without a block size"));
            }
            let whole = data.div_ceil(align) * samples;
            (
                "adpcm",
                bits,
                fact.map_or(whole, |fact| u64::from(fact).min(whole)),
            )
        }
        0x50 | 0x55 => return Err(ReadError::unsupported("MP3 inside a WAVE file")),
        other => return Err(ReadError::unsupported(format!("WAVE codec {other:#06x}"))),
    };
    let metadata = AudioMetadata {
        rate,
        channels: channels as u32,
        bits: depth as u32,
        codec: codec.to_owned(),
        ..AudioMetadata::default()
    };
    Ok(Header {
        metadata,
        frames: Some(frames),
        head: Vec::new(),
        body: 0..0,
    })
}
