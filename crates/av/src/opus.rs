//! Opus in Ogg (RFC 6716, RFC 7845), packet by packet. What is heard is what the pre-skip and the last position leave of
//! each stream.

use crate::decode::{Tally, finish};
use crate::header::{Header, ogg};
use crate::meter::Meter;
use crate::{Peaks, Sound};
use gameforge_bytes::Window;
use gameforge_domain::{Limits, ReadError};
use opus_pure::{ChannelLayout, OpusDecoder, OpusMSDecoder};
use std::io::{Read, Seek};

/// Opus is always decoded at this rate.
const RATE: i32 = 48_000;
/// 120 ms, the longest packet, in sample frames.
const LONGEST: usize = 5760;
/// Streams that are decoded at the same time.
const SIDE_BY_SIDE: usize = 8;
/// A packet of eight channels, each at its longest, is half of this.
const MOST_BYTES: usize = 1 << 20;

/// Decodes all of a sound. One whose channels are laid out in another way than players know is described only.
pub fn decode(
    file: &mut Window<impl Read + Seek>,
    header: Header,
    limits: &Limits,
) -> Result<Sound, ReadError> {
    let mut waiting = ogg::streams(file)?;
    waiting.retain(|stream| stream.metadata.codec == "opus");
    if waiting.iter().any(|stream| Layout::of(stream).is_none()) {
        return Ok(Sound {
            metadata: header.metadata,
            peaks: Peaks::default(),
        });
    }
    let mut waiting = waiting.into_iter();
    let mut playing: Vec<Playing> = Vec::new();
    let mut ear = Ear {
        meter: Meter::new(header.metadata.channels, header.metadata.rate),
        tally: Tally::default(),
        samples: Vec::new(),
        limits,
    };
    let mut pages = ogg::Pages::default();
    while let Some(page) = pages.next(file)? {
        if page.first && page.body.starts_with(b"OpusHead") {
            playing.retain(|stream| stream.serial != page.serial && stream.left > 0);
            // Each holds a decoder; more side by side than this nobody could hear.
            playing.truncate(SIDE_BY_SIDE - 1);
            playing.extend(waiting.next().as_ref().and_then(Playing::new));
        }
        let stream = playing
            .iter_mut()
            .find(|stream| stream.serial == page.serial);
        if let Some(stream) = stream {
            stream.hear(&page, &mut ear)?;
        }
    }
    ear.tally.verdict()?;
    finish(header, ear.meter)
}

/// What takes in the decoded sound.
struct Ear<'a> {
    meter: Meter,
    tally: Tally,
    samples: Vec<f32>,
    limits: &'a Limits,
}

/// A stream that is being decoded.
struct Playing {
    serial: u32,
    voice: Voice,
    channels: usize,
    /// What all samples are multiplied by.
    gain: f32,
    /// Packets of the header that are still to come.
    heads: u8,
    /// Sample frames still to be left out, then those still to be heard.
    skip: u64,
    left: u64,
    /// The packet that is being gathered.
    packet: Vec<u8>,
}

impl Playing {
    fn new(stream: &ogg::Stream) -> Option<Self> {
        let head = stream.packets.first()?;
        let gain = i16::from_le_bytes([*head.get(16)?, *head.get(17)?]);
        Some(Self {
            serial: stream.serial,
            voice: Voice::of(stream)?,
            channels: stream.metadata.channels as usize,
            // In 1/256 of a decibel (RFC 7845, 5.1).
            gain: 10f32.powf(f32::from(gain) / (20.0 * 256.0)),
            heads: 2,
            skip: stream.skip,
            left: stream.frames(),
            packet: Vec::new(),
        })
    }

    fn hear(&mut self, page: &ogg::Page, ear: &mut Ear<'_>) -> Result<(), ReadError> {
        // The rest of a packet whose beginning was lost, and a beginning whose rest was.
        let mut lost = page.continued && self.packet.is_empty();
        if !page.continued {
            self.packet.clear();
        }
        let mut at = 0;
        for length in &page.lacing {
            let part = &page.body[at..at + usize::from(*length)];
            at += usize::from(*length);
            if !lost {
                self.packet.extend_from_slice(part);
            }
            if self.packet.len() > MOST_BYTES {
                return Err(ReadError::corrupt("a packet is longer than Opus allows"));
            }
            if *length < 255 {
                if !lost {
                    self.whole(ear)?;
                }
                lost = false;
                self.packet.clear();
            }
        }
        Ok(())
    }

    /// A packet is complete.
    fn whole(&mut self, ear: &mut Ear<'_>) -> Result<(), ReadError> {
        if self.heads > 0 {
            self.heads -= 1;
            return Ok(());
        }
        ear.tally.packets += 1;
        ear.samples.resize(LONGEST * self.channels, 0.0);
        let frames = match self.voice.decode(&self.packet, &mut ear.samples) {
            Ok(frames) => frames.min(LONGEST) as u64,
            Err(why) => {
                ear.tally.bad(why);
                return Ok(());
            }
        };
        let from = self.skip.min(frames);
        self.skip -= from;
        let to = frames.min(from.saturating_add(self.left));
        self.left -= to - from;
        let heard = from as usize * self.channels..to as usize * self.channels;
        let samples = &mut ear.samples[heard];
        for sample in samples.iter_mut() {
            *sample *= self.gain;
        }
        ear.meter.add(self.channels, samples, ear.limits)
    }
}

/// How the channels of a stream lie in its packets.
enum Layout {
    /// One or two of them, as they are.
    Plain,
    /// Up to eight, in the order of Vorbis, in several streams of one or two.
    Surround,
}

impl Layout {
    /// What a stream's header says; none for a layout that players do not know.
    fn of(stream: &ogg::Stream) -> Option<Self> {
        let head = stream.packets.first()?;
        let channels = stream.metadata.channels as usize;
        match *head.get(18)? {
            0 if matches!(channels, 1 | 2) => Some(Self::Plain),
            1 => {
                let usual = ChannelLayout::surround(channels, 1).ok()?;
                let parts = [usual.nb_streams, usual.nb_coupled_streams];
                let stated = head.get(19..21)?.iter().map(|byte| usize::from(*byte));
                let mapping = head.get(21..21 + channels)?;
                (stated.eq(parts) && mapping == usual.mapping.as_slice()).then_some(Self::Surround)
            }
            _ => None,
        }
    }
}

enum Voice {
    Plain(Box<OpusDecoder>),
    Surround(Box<OpusMSDecoder>),
}

impl Voice {
    fn of(stream: &ogg::Stream) -> Option<Self> {
        let channels = stream.metadata.channels as usize;
        match Layout::of(stream)? {
            Layout::Plain => {
                let decoder = OpusDecoder::new(RATE, channels).ok()?;
                Some(Self::Plain(Box::new(decoder)))
            }
            Layout::Surround => {
                let decoder = OpusMSDecoder::new(RATE, channels, 1).ok()?;
                Some(Self::Surround(Box::new(decoder)))
            }
        }
    }

    /// Interleaved into `samples`, which have room for the longest packet. How many frames, or why none.
    fn decode(&mut self, packet: &[u8], samples: &mut [f32]) -> Result<usize, String> {
        if packet.is_empty() {
            return Err("a packet is empty".to_owned());
        }
        let decoded = match self {
            Self::Plain(decoder) => decoder.decode(packet, LONGEST, samples),
            Self::Surround(decoder) => decoder.decode(packet, LONGEST, samples),
        };
        decoded.map_err(|error| error.to_string())
    }
}
