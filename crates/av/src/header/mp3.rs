//! MPEG audio layer III: every frame header is visited, so that the length is exact with and without a
//! Xing, Info or VBRI header. Tags: ID3v2 at the start, ID3v1 at the end.

use super::Header;
use crate::bytes::{be32, slice};
use crate::labels;
use gameforge_bytes::Window;
use gameforge_domain::{AudioMetadata, ReadError};
use std::io::{Read, Seek};

/// Longer tags (they can carry pictures) are read up to here.
const LONGEST_TAG: usize = 16 << 20;

/// Kilobits a second by index, MPEG 1 and MPEG 2/2.5 (ISO 11172-3 and 13818-3, layer III).
const RATES_1: [u32; 15] = [
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
];
const RATES_2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

#[derive(Clone, Copy)]
struct Frame {
    rate: u32,
    channels: u32,
    samples: u64,
    length: u64,
    /// Bytes of side data after the header.
    side: usize,
}

enum Word {
    Frame(Frame),
    OtherLayer,
    None,
}

fn frame_at(file: &mut Window<impl Read + Seek>, at: u64) -> Result<Word, ReadError> {
    let word = file.array(at)?.map(u32::from_be_bytes);
    Ok(word.map_or(Word::None, frame_of))
}

/// What a word of the file is.
fn frame_of(word: u32) -> Word {
    if word >> 21 != 0x7ff {
        return Word::None;
    }
    let (version, layer) = (word >> 19 & 3, word >> 17 & 3);
    let (bitrate, rate) = ((word >> 12 & 15) as usize, (word >> 10 & 3) as usize);
    if version == 1 || layer == 0 || rate == 3 || bitrate == 15 || bitrate == 0 || word & 3 == 2 {
        return Word::None;
    }
    if layer != 1 {
        return Word::OtherLayer;
    }
    let first = version == 3;
    let kilobits = if first {
        RATES_1[bitrate]
    } else {
        RATES_2[bitrate]
    };
    let rate = [44_100, 48_000, 32_000][rate]
        >> match version {
            3 => 0,
            2 => 1,
            _ => 2,
        };
    let channels = if word >> 6 & 3 == 3 { 1 } else { 2 };
    let samples: u32 = if first { 1152 } else { 576 };
    let length = samples / 8 * kilobits * 1000 / rate + (word >> 9 & 1);
    let side = match (first, channels) {
        (true, 2) => 32,
        (true, _) | (false, 2) => 17,
        _ => 9,
    };
    Word::Frame(Frame {
        rate,
        channels,
        samples: u64::from(samples),
        length: u64::from(length),
        side,
    })
}

/// What an encoder wrote into a first, silent frame.
#[derive(Default)]
struct Announced {
    frames: Option<u64>,
    /// Sample frames of encoder delay and of padding at the end.
    delay: u64,
    padding: u64,
}

fn announced(body: &[u8], frame: Frame) -> Option<Announced> {
    if slice(body, 36, 4) == Some(b"VBRI") {
        return Some(Announced {
            frames: be32(body, 36 + 14).map(u64::from),
            ..Announced::default()
        });
    }
    let start = 4 + frame.side;
    if !matches!(slice(body, start, 4), Some(b"Xing" | b"Info")) {
        return None;
    }
    let flags = be32(body, start + 4).unwrap_or(0);
    let mut next = start + 8;
    let mut found = Announced::default();
    if flags & 1 != 0 {
        found.frames = be32(body, next).map(u64::from);
        next += 4;
    }
    next += if flags & 2 != 0 { 4 } else { 0 }
        + if flags & 4 != 0 { 100 } else { 0 }
        + if flags & 8 != 0 { 4 } else { 0 };
    // LAME's extension: 12 bits of delay and 12 of padding, 21 bytes in.
    if matches!(slice(body, next, 4), Some(b"LAME" | b"Lavf" | b"Lavc"))
        && let Some(&[a, b, c]) = slice(body, next + 21, 3)
    {
        found.delay = u64::from(a) << 4 | u64::from(b) >> 4;
        found.padding = u64::from(b & 15) << 8 | u64::from(c);
    }
    Some(found)
}

/// The first place at or after `from` where two frames follow each other, or one ends the file.
fn first_frame(
    file: &mut Window<impl Read + Seek>,
    from: u64,
    end: u64,
) -> Result<Option<(u64, Frame)>, ReadError> {
    for at in from..end.saturating_sub(3) {
        let Word::Frame(frame) = frame_at(file, at)? else {
            continue;
        };
        let next = at + frame.length;
        let followed = match frame_at(file, next)? {
            Word::Frame(other) => other.rate == frame.rate && other.channels == frame.channels,
            _ => next >= end,
        };
        if followed {
            return Ok(Some((at, frame)));
        }
    }
    Ok(None)
}

/// The labels of both kinds of tag, and where the frames are.
fn tagged(
    file: &mut Window<impl Read + Seek>,
) -> Result<(labels::Labels, std::ops::Range<u64>), ReadError> {
    let tag = labels::id3v2_length(file.upto(0, 10)?);
    let mut end = file.size();
    if tag > end {
        return Err(ReadError::truncated("the ID3 tag"));
    }
    let length = usize::try_from(tag).map_or(LONGEST_TAG, |tag| tag.min(LONGEST_TAG));
    let mut found = labels::id3v2(file.upto(0, length)?);
    if let Some(at) = end.checked_sub(128) {
        let last = file.upto(at, 128)?;
        labels::id3v1(last, &mut found);
        if last.starts_with(b"TAG") {
            end = at;
        }
    }
    Ok((found, tag..end))
}

pub fn read(file: &mut Window<impl Read + Seek>) -> Result<Header, ReadError> {
    let (found, range) = tagged(file)?;
    let end = range.end;
    let Some((body, first)) = first_frame(file, range.start, end)? else {
        let other = matches!(frame_at(file, range.start)?, Word::OtherLayer);
        return Err(match other {
            true => ReadError::unsupported("MPEG audio of another layer than III"),
            false => ReadError::corrupt("no MPEG audio frames follow each other"),
        });
    };
    let header = announced(file.upto(body, first.length as usize)?, first);
    let mut at = if header.is_some() {
        body + first.length
    } else {
        body
    };
    let (mut frames, mut lost) = (0u64, 0u64);
    while at < end {
        match frame_at(file, at)? {
            Word::Frame(frame) if frame.rate == first.rate => {
                // A last frame that is cut does not play.
                frames += u64::from(at + frame.length <= end);
                at += frame.length;
            }
            _ => match first_frame(file, at + 1, end)? {
                Some((next, _)) => {
                    lost += next - at;
                    at = next;
                }
                None => break,
            },
        }
    }
    if lost * 2 > end - body {
        return Err(ReadError::corrupt("more than half of it is not MPEG audio"));
    }
    let header = header.unwrap_or_default();
    // Some encoders count the silent first frame, some do not.
    if let Some(promised) = header.frames.filter(|promised| frames + 1 < *promised) {
        return Err(ReadError::truncated(format!(
            "{frames} of {promised} MPEG frames are there"
        )));
    }
    let metadata = AudioMetadata {
        rate: first.rate,
        channels: first.channels,
        codec: "mp3".to_owned(),
        labels: found,
        ..AudioMetadata::default()
    };
    let total = (frames * first.samples).saturating_sub(header.delay + header.padding);
    Ok(Header {
        metadata,
        frames: Some(total),
        head: Vec::new(),
        body: body..file.size(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> Result<Header, ReadError> {
        super::read(&mut Window::new(Cursor::new(bytes), bytes.len() as u64))
    }

    /// 128 kbit/s, 44.1 kHz, stereo: 417 bytes a frame.
    fn frames(count: usize) -> Vec<u8> {
        let mut frame = vec![0u8; 417];
        frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
        frame.repeat(count)
    }

    #[test]
    fn frames_are_counted_without_a_xing_header() {
        let header = read(&frames(50)).unwrap();
        assert_eq!(header.frames, Some(50 * 1152));
        assert_eq!(
            (header.metadata.rate, header.metadata.channels),
            (44_100, 2)
        );
    }

    #[test]
    fn a_xing_header_is_not_sound_and_its_count_is_a_promise() {
        let mut bytes = frames(11);
        bytes[36..40].copy_from_slice(b"Xing");
        bytes[40..44].copy_from_slice(&1u32.to_be_bytes());
        bytes[44..48].copy_from_slice(&10u32.to_be_bytes());
        assert_eq!(read(&bytes).unwrap().frames, Some(10 * 1152));
        bytes.truncate(417 * 6);
        assert!(matches!(read(&bytes), Err(ReadError::Truncated { .. })));
    }

    #[test]
    fn rubbish_in_the_middle_is_stepped_over() {
        let mut bytes = frames(20);
        bytes.splice(417 * 5..417 * 5, [7u8; 100]);
        assert_eq!(read(&bytes).unwrap().frames, Some(20 * 1152));
    }

    #[test]
    fn layer_two_is_named() {
        let bytes = [0xff, 0xfd, 0x90, 0x00].repeat(40);
        assert!(matches!(read(&bytes), Err(ReadError::Unsupported { .. })));
    }
}
