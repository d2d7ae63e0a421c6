//! Matroska and WebM (RFC 9559 over EBML, RFC 8794). Elements are an id, a length and a body, the first
//! two of variable width; the facts are in `Info` and `Tracks`, clusters of pictures are stepped over.

use super::{MOST_PARTS, Source, rounded};
use crate::bytes::{be32, be64, slice};
use gameforge_domain::{ReadError, VideoMetadata};
use std::io::{Read, Seek};

const EBML: u32 = 0x1a45_dfa3;
const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const DEFAULT_DURATION: u32 = 0x0023_e383;
const VIDEO: u32 = 0xe0;
const PIXEL_WIDTH: u32 = 0xb0;
const PIXEL_HEIGHT: u32 = 0xba;
const CLUSTER: u32 = 0x1f43_b675;
const TIMESTAMP: u32 = 0xe7;

/// An element's head: id, bytes of head, length of body (`None`: unknown, as live streams write).
struct Head {
    id: u32,
    head: u64,
    length: Option<u64>,
}

/// Reads a head from bytes that start with one; `None` where they are too few or not one.
fn head_of(bytes: &[u8]) -> Option<Head> {
    let first = *bytes.first()?;
    let id_width = first.leading_zeros() as usize + 1;
    if id_width > 4 {
        return None;
    }
    let id = slice(bytes, 0, id_width)?
        .iter()
        .fold(0u32, |id, byte| id << 8 | u32::from(*byte));
    let first = *bytes.get(id_width)?;
    let width = first.leading_zeros() as usize + 1;
    if width > 8 {
        return None;
    }
    let raw = slice(bytes, id_width, width)?
        .iter()
        .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let mask = (1u64 << (7 * width)) - 1;
    let length = (raw & mask != mask).then_some(raw & mask);
    Some(Head {
        id,
        head: (id_width + width) as u64,
        length,
    })
}

/// The elements of a body; stops at the first one that does not fit.
fn elements(body: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let head = head_of(rest)?;
        let inner = slice(
            rest,
            head.head as usize,
            usize::try_from(head.length?).ok()?,
        )?;
        rest = &rest[head.head as usize + inner.len()..];
        Some((head.id, inner))
    })
}

fn unsigned(body: &[u8]) -> Option<u64> {
    (body.len() <= 8).then(|| {
        body.iter()
            .fold(0u64, |value, byte| value << 8 | u64::from(*byte))
    })
}

fn float(body: &[u8]) -> Option<f64> {
    match body.len() {
        4 => be32(body, 0).map(|bits| f64::from(f32::from_bits(bits))),
        8 => be64(body, 0).map(f64::from_bits),
        _ => None,
    }
}

#[derive(Default)]
struct Facts {
    film: VideoMetadata,
    scale: Option<u64>,
    duration: Option<f64>,
    /// The last cluster's time, for streams that do not give a duration.
    latest: u64,
}

pub fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<VideoMetadata, ReadError> {
    let (bytes, length) = source.peek::<16>(0, "the EBML header")?;
    let head = match head_of(&bytes[..length]) {
        Some(head) if head.id == EBML => head,
        None if length < 12 => return Err(ReadError::truncated("the EBML header")),
        _ => {
            return Err(ReadError::corrupt(
                "it does not start as a Matroska or WebM film",
            ));
        }
    };
    let size = head
        .length
        .ok_or_else(|| ReadError::corrupt("an EBML header without a length"))?;
    let header = source.part(head.head, size, "the EBML header")?;
    let kind = elements(&header)
        .find(|(id, _)| *id == DOC_TYPE)
        .map(|(_, body)| body)
        .unwrap_or_default();
    if !kind.starts_with(b"webm") && !kind.starts_with(b"matroska") {
        return Err(ReadError::unsupported("an EBML file that is not a film"));
    }
    let at = head.head + size;
    let (bytes, length) = source.peek::<16>(at, "the segment")?;
    let segment = head_of(&bytes[..length]).ok_or_else(|| ReadError::truncated("the segment"))?;
    if segment.id != SEGMENT {
        return Err(ReadError::corrupt("no segment follows the EBML header"));
    }
    let from = at + segment.head;
    let end = match segment.length {
        Some(length) => match from.checked_add(length) {
            Some(end) if end <= source.len => end,
            _ => {
                return Err(ReadError::truncated(format!(
                    "its segment should have {length} bytes, {} are there",
                    source.len - from
                )));
            }
        },
        None => source.len,
    };
    describe(walk(source, from, end)?)
}

fn walk<R: Read + Seek>(source: &mut Source<R>, from: u64, end: u64) -> Result<Facts, ReadError> {
    let mut facts = Facts::default();
    let (mut at, mut parts) = (from, 0u32);
    while at < end {
        parts += 1;
        if parts > MOST_PARTS {
            return Err(ReadError::corrupt(
                "it has more elements than a film can have",
            ));
        }
        let (bytes, length) = source.peek::<16>(at, "an element")?;
        let Some(head) = head_of(&bytes[..length]) else {
            return Err(match length < 12 {
                true => ReadError::truncated("an element of the film"),
                false => ReadError::corrupt("an element of the film has no valid head"),
            });
        };
        let body = at + head.head;
        match (head.id, head.length) {
            // A cluster of unknown length: its elements are walked as if they were beside it.
            (CLUSTER, None) => {
                at = body;
                continue;
            }
            (_, None) => return Err(ReadError::corrupt("an element of the film has no length")),
            (id, Some(length)) => {
                let next = body.checked_add(length).filter(|next| *next <= source.len);
                let Some(next) = next else {
                    return Err(ReadError::truncated("an element of the film"));
                };
                match id {
                    INFO => about(
                        &source.part(body, length, "the film's description, in bytes,")?,
                        &mut facts,
                    ),
                    TRACKS => tracks(
                        &source.part(body, length, "the film's tracks, in bytes,")?,
                        &mut facts,
                    ),
                    CLUSTER => {
                        let (start, count) = source.peek::<32>(body, "a cluster")?;
                        let time = elements(&start[..count])
                            .find(|(id, _)| *id == TIMESTAMP)
                            .and_then(|(_, body)| unsigned(body));
                        facts.latest = facts.latest.max(time.unwrap_or(0));
                    }
                    TIMESTAMP => {
                        facts.latest = facts
                            .latest
                            .max(unsigned(&source.part(body, length, "a time")?).unwrap_or(0))
                    }
                    _ => {}
                }
                at = next;
            }
        }
    }
    Ok(facts)
}

fn about(body: &[u8], facts: &mut Facts) {
    for (id, body) in elements(body) {
        match id {
            TIMESTAMP_SCALE => facts.scale = unsigned(body),
            DURATION => facts.duration = float(body),
            _ => {}
        }
    }
}

fn tracks(body: &[u8], facts: &mut Facts) {
    for (_, entry) in elements(body).filter(|(id, _)| *id == TRACK_ENTRY) {
        let (mut kind, mut codec, mut every, mut size) = (0, String::new(), 0, (0, 0));
        for (id, body) in elements(entry) {
            match id {
                TRACK_TYPE => kind = unsigned(body).unwrap_or(0),
                CODEC_ID => {
                    codec = codec_name(&String::from_utf8_lossy(body.get(..64).unwrap_or(body)))
                }
                DEFAULT_DURATION => every = unsigned(body).unwrap_or(0),
                VIDEO => {
                    for (id, body) in elements(body) {
                        let side = unsigned(body)
                            .and_then(|side| u32::try_from(side).ok())
                            .unwrap_or(0);
                        match id {
                            PIXEL_WIDTH => size.0 = side,
                            PIXEL_HEIGHT => size.1 = side,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        match kind {
            1 if facts.film.codec.is_empty() => {
                facts.film.codec = codec;
                (facts.film.width, facts.film.height) = size;
                facts.film.frame_rate = if every > 0 {
                    rounded(1e9 / every as f64)
                } else {
                    0.0
                };
            }
            2 if facts.film.audio_codec.is_empty() => facts.film.audio_codec = codec,
            _ => {}
        }
    }
}

fn describe(facts: Facts) -> Result<VideoMetadata, ReadError> {
    let mut film = facts.film;
    if film.codec.is_empty() {
        return Err(ReadError::unsupported("a film without a picture"));
    }
    if film.width == 0 || film.height == 0 {
        return Err(ReadError::corrupt("its picture has no size"));
    }
    // Ticks of a millisecond unless the file says otherwise, in nanoseconds.
    let tick = facts.scale.unwrap_or(1_000_000) as f64 / 1e9;
    let ticks = facts.duration.unwrap_or(facts.latest as f64);
    let duration = ticks * tick;
    film.duration = if duration.is_finite() && duration >= 0.0 {
        duration
    } else {
        0.0
    };
    Ok(film)
}

fn codec_name(id: &str) -> String {
    match id.trim_end_matches('\0') {
        "V_VP8" => "vp8",
        "V_VP9" => "vp9",
        "V_AV1" => "av1",
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "V_THEORA" => "theora",
        "V_MJPEG" => "mjpeg",
        "A_VORBIS" => "vorbis",
        "A_OPUS" => "opus",
        "A_MPEG/L3" => "mp3",
        "A_FLAC" => "flac",
        "A_AC3" => "ac3",
        "A_EAC3" => "eac3",
        id if id.starts_with("A_AAC") => "aac",
        id if id.starts_with("A_PCM") => "pcm",
        id => {
            return id
                .trim_start_matches("V_")
                .trim_start_matches("A_")
                .to_ascii_lowercase();
        }
    }
    .to_owned()
}
