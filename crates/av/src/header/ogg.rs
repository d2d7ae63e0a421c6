//! Ogg (RFC 3533): pages are walked from first to last, which gives the length by the granule positions,
//! the codec by the first packet and the labels by the second one.

use super::Header;
use crate::bytes::{be32, le16, le32, le64};
use crate::labels;
use gameforge_bytes::Window;
use gameforge_domain::{AudioMetadata, ReadError};
use std::io::{Read, Seek};

/// Comment packets longer than this (they can carry pictures) are read up to here.
const LONGEST_PACKET: usize = 1 << 20;
/// Streams in one file, one after the other or side by side.
const MOST_STREAMS: usize = 1000;
/// “No packet ends on this page.”
const NO_POSITION: u64 = u64::MAX;

pub struct Page {
    /// The first one of its stream.
    pub first: bool,
    /// It begins with the rest of a packet.
    pub continued: bool,
    position: u64,
    pub serial: u32,
    /// Lengths of the packets' parts; one of 255 is not a packet's last.
    pub lacing: Vec<u8>,
    pub body: Vec<u8>,
    length: u64,
}

/// Goes from page to page. What lies between two pages is passed over.
#[derive(Default)]
pub struct Pages {
    at: u64,
}

impl Pages {
    pub fn next(&mut self, file: &mut Window<impl Read + Seek>) -> Result<Option<Page>, ReadError> {
        while self.at < file.size() {
            if let Some(page) = page_at(file, self.at)? {
                self.at += page.length;
                return Ok(Some(page));
            }
            if self.at == 0 {
                return Err(not_ogg(file.upto(0, 4)?));
            }
            match next_page(file, self.at + 1)? {
                Some(next) => self.at = next,
                None => break,
            }
        }
        Ok(None)
    }
}

fn page_at(file: &mut Window<impl Read + Seek>, at: u64) -> Result<Option<Page>, ReadError> {
    let cut = || ReadError::truncated("a page of the Ogg stream");
    if file.array(at)? != Some(*b"OggS") {
        return Ok(None);
    }
    let header: [u8; 27] = file.array(at)?.ok_or_else(cut)?;
    let entries = usize::from(header[26]);
    let lacing = file.exactly(at + 27, entries)?.ok_or_else(cut)?.to_vec();
    let size = lacing.iter().map(|length| usize::from(*length)).sum();
    let start = at + 27 + entries as u64;
    let body = file.exactly(start, size)?.ok_or_else(cut)?.to_vec();
    Ok(Some(Page {
        first: header[5] & 2 != 0,
        continued: header[5] & 1 != 0,
        position: le64(&header, 6).unwrap_or(NO_POSITION),
        serial: le32(&header, 14).unwrap_or(0),
        lacing,
        body,
        length: (27 + entries + size) as u64,
    }))
}

/// One logical stream of sound, several of which can be chained in one file.
pub struct Stream {
    pub serial: u32,
    pub metadata: AudioMetadata,
    /// Sample frames at the start that are not played.
    pub skip: u64,
    /// Where its last page ends, in sample frames.
    last: u64,
    /// The first two packets, gathered over pages.
    pub packets: Vec<Vec<u8>>,
}

impl Stream {
    /// Takes the page's packets until the second one is whole.
    fn gather(&mut self, page: &Page) {
        let mut at = 0;
        for length in &page.lacing {
            if self.packets.len() > 2 {
                return;
            }
            let part = &page.body[at..at + usize::from(*length)];
            at += usize::from(*length);
            if let Some(open) = self.packets.last_mut()
                && open.len() < LONGEST_PACKET
            {
                open.extend_from_slice(part);
            }
            if *length < 255 {
                self.packets.push(Vec::new());
            }
        }
    }

    /// Sample frames that are played.
    pub const fn frames(&self) -> u64 {
        self.last.saturating_sub(self.skip)
    }

    fn labels(&self) -> labels::Labels {
        let comment = self.packets.get(1).map_or(&[][..], Vec::as_slice);
        let prefix = match self.metadata.codec.as_str() {
            "vorbis" => 7,
            "opus" => 8,
            _ => 4,
        };
        labels::vorbis_comment(comment.get(prefix..).unwrap_or_default())
    }
}

pub fn read(file: &mut Window<impl Read + Seek>) -> Result<Header, ReadError> {
    let streams = streams(file)?;
    let Some(first) = streams.first() else {
        return Err(ReadError::corrupt("no stream starts in it"));
    };
    if first.packets.len() < 3 {
        return Err(ReadError::truncated("the header of the sound"));
    }
    let mut metadata = first.metadata.clone();
    metadata.labels = first.labels();
    let codec = metadata.codec.clone();
    let frames = streams
        .iter()
        .filter(|stream| stream.metadata.codec == codec)
        .fold(0u64, |sum, stream| sum.saturating_add(stream.frames()));
    // A position beyond 2⁴⁸ is centuries of sound.
    if frames >> 48 != 0 {
        return Err(ReadError::corrupt(
            "the position of its last page makes no sense",
        ));
    }
    Ok(Header {
        metadata,
        frames: Some(frames),
        head: Vec::new(),
        body: 0..file.size(),
    })
}

/// Every stream of sound in the file, in the order in which they start. Where there is none, why not.
pub fn streams(file: &mut Window<impl Read + Seek>) -> Result<Vec<Stream>, ReadError> {
    let mut streams: Vec<Stream> = Vec::new();
    let mut other = None;
    let mut pages = Pages::default();
    while let Some(page) = pages.next(file)? {
        if page.first {
            match identify(&page.body, page.serial) {
                Ok(_) if streams.len() == MOST_STREAMS => {
                    return Err(ReadError::corrupt("it has more streams than a sound has"));
                }
                Ok(stream) => streams.push(stream),
                Err(error) => other = Some(error),
            }
        }
        if let Some(stream) = streams
            .iter_mut()
            .rev()
            .find(|stream| stream.serial == page.serial)
        {
            stream.gather(&page);
            if page.position != NO_POSITION {
                stream.last = stream.last.max(page.position);
            }
        }
    }
    match other {
        Some(error) if streams.is_empty() => Err(error),
        _ => Ok(streams),
    }
}

fn not_ogg(start: &[u8]) -> ReadError {
    match b"OggS".starts_with(start) {
        true => ReadError::truncated("the first page"),
        false => ReadError::corrupt("it does not start as an Ogg file"),
    }
}

fn next_page(file: &mut Window<impl Read + Seek>, from: u64) -> Result<Option<u64>, ReadError> {
    /// Bytes looked at together.
    const STEP: usize = 32 << 10;
    let mut at = from;
    loop {
        let held = file.upto(at, STEP)?;
        if let Some(offset) = held.windows(4).position(|window| window == b"OggS") {
            return Ok(Some(at + offset as u64));
        }
        if held.len() < STEP {
            return Ok(None);
        }
        at += STEP as u64 - 3;
    }
}

fn identify(packet: &[u8], serial: u32) -> Result<Stream, ReadError> {
    let mut metadata = AudioMetadata::default();
    let mut skip = 0;
    if packet.starts_with(b"\x01vorbis") {
        metadata.codec = "vorbis".to_owned();
        metadata.channels = packet.get(11).copied().unwrap_or(0).into();
        metadata.rate = le32(packet, 12).unwrap_or(0);
    } else if packet.starts_with(b"OpusHead") {
        metadata.codec = "opus".to_owned();
        metadata.channels = packet.get(9).copied().unwrap_or(0).into();
        // Opus always counts and plays at 48 kHz (RFC 7845).
        metadata.rate = 48_000;
        skip = le16(packet, 10).unwrap_or(0).into();
    } else if packet.starts_with(b"\x7fFLAC")
        && be32(packet, 9) == Some(u32::from_be_bytes(*b"fLaC"))
    {
        let facts = super::flac::stream_facts(packet.get(17..).unwrap_or_default())?;
        metadata = facts.metadata;
    } else {
        let name = match packet {
            [0x80, b't', b'h', b'e', ..] => "a Theora film in an Ogg file",
            [b'S', b'p', b'e', b'e', b'x', ..] => "Speex in an Ogg file",
            _ => "an unknown codec in an Ogg file",
        };
        return Err(ReadError::unsupported(name));
    }
    Ok(Stream {
        serial,
        metadata,
        skip,
        last: 0,
        packets: vec![Vec::new()],
    })
}
