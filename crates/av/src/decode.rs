//! Decodes a sound packet by packet and measures it on the way. What the container says comes in as a
//! header; this module adds what only the samples can tell.

use crate::{Sound, header::Header, meter::Meter};
use gameforge_bytes::Part;
use gameforge_domain::{Format, Limits, ReadError};
use std::io::{Read, Seek, SeekFrom};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::{FlacReader, MpaReader, OggReader, WavReader};

/// A file as the decoder wants it.
pub struct Body<R>(Part<R>);

impl<R: Read + Seek> Body<R> {
    pub const fn new(part: Part<R>) -> Self {
        Self(part)
    }
}

impl<R: Read + Seek> Read for Body<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(into)
    }
}

impl<R: Read + Seek> Seek for Body<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

impl<R: Read + Seek + Send + Sync> MediaSource for Body<R> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.0.size())
    }
}

/// Decodes all of a sound.
///
/// A lossy stream may have a few bad packets (one in ten), as players allow; PCM, ADPCM and FLAC none.
pub fn decode(
    format: Format,
    file: impl Read + Seek + Send + Sync,
    len: u64,
    header: Header,
    limits: &Limits,
) -> Result<Sound, ReadError> {
    let part = Part::new(header.head.clone(), file, header.body.clone());
    let mut reader = open(format, Body::new(part))?;
    let (mut decoder, mut track) = decoder_of(reader.as_ref())?;
    let mut meter = Meter::new(header.metadata.channels, header.metadata.rate);
    let lossy = matches!(header.metadata.codec.as_str(), "mp3" | "vorbis");
    let mut tally = Tally::default();
    let mut samples = Vec::new();
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                break;
            }
            Err(Error::ResetRequired) => {
                // A chained Ogg file: the next stream has its own setup.
                (decoder, track) = decoder_of(reader.as_ref())?;
                continue;
            }
            Err(error) => return Err(explained(error, "a packet of sound")),
        };
        tally.packets += 1;
        if tally.packets > len.saturating_add(16) {
            return Err(ReadError::corrupt("it has more packets than bytes"));
        }
        if packet.track_id != track {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(buffer) => {
                buffer.copy_to_vec_interleaved(&mut samples);
                meter.add(buffer.num_planes(), &mut samples, limits)?;
            }
            Err(Error::DecodeError(what)) if lossy => tally.bad(what),
            Err(Error::IoError(error))
                if lossy && error.kind() == std::io::ErrorKind::UnexpectedEof =>
            {
                tally.bad("a packet ends too early");
            }
            Err(Error::ResetRequired) => decoder.reset(),
            Err(error) => return Err(explained(error, "a packet of sound")),
        }
    }
    tally.verdict()?;
    finish(header, meter)
}

/// Packets, and those among them that cannot be decoded.
#[derive(Default)]
pub struct Tally {
    pub packets: u64,
    bad: u64,
    last: String,
}

impl Tally {
    pub fn bad(&mut self, why: impl Into<String>) {
        self.bad += 1;
        self.last = why.into();
    }

    /// One bad packet in ten is what players pass over.
    pub fn verdict(&self) -> Result<(), ReadError> {
        let Self { packets, bad, last } = self;
        if *bad > 2 && bad.saturating_mul(10) > *packets {
            return Err(ReadError::corrupt(format!(
                "{bad} of {packets} packets of sound cannot be decoded ({last})"
            )));
        }
        Ok(())
    }
}

/// The facts with what was measured.
pub fn finish(header: Header, meter: Meter) -> Result<Sound, ReadError> {
    let mut metadata = header.metadata;
    match header.frames {
        // Only for the lossless is the number of samples a promise to the sample.
        Some(promised)
            if matches!(metadata.codec.as_str(), "pcm" | "flac") && meter.frames < promised =>
        {
            let what = format!("{} of {promised} sample frames are there", meter.frames);
            return Err(ReadError::truncated(what));
        }
        Some(promised) if promised > 0 && meter.frames == 0 => {
            return Err(ReadError::corrupt("none of its sound can be decoded"));
        }
        Some(_) => {}
        None if metadata.rate > 0 => {
            metadata.duration = meter.frames as f64 / f64::from(metadata.rate)
        }
        None => {}
    }
    let (loudness, peak, peaks) = meter.finish();
    metadata.loudness = loudness;
    metadata.peak = peak;
    Ok(Sound { metadata, peaks })
}

fn open<'a, R: Read + Seek + Send + Sync + 'a>(
    format: Format,
    source: Body<R>,
) -> Result<Box<dyn FormatReader + 'a>, ReadError> {
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let options = FormatOptions::default();
    let opened: Result<Box<dyn FormatReader + 'a>, Error> = match format {
        Format::Wav => WavReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Format::Ogg => OggReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Format::Mp3 => MpaReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Format::Flac => FlacReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        other => return Err(ReadError::unsupported(format!("{other} is not a sound"))),
    };
    opened.map_err(|error| explained(error, "the header"))
}

fn decoder_of(reader: &dyn FormatReader) -> Result<(Box<dyn AudioDecoder>, u32), ReadError> {
    let track = reader
        .default_track(TrackType::Audio)
        .ok_or_else(|| ReadError::unsupported("no track of sound in a known codec"))?;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|parameters| parameters.audio())
        .ok_or_else(|| ReadError::unsupported("a track without codec parameters"))?;
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|error| explained(error, "the codec's setup"))?;
    Ok((decoder, track.id))
}

fn explained(error: Error, what: &str) -> ReadError {
    match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReadError::truncated(what)
        }
        Error::IoError(error) => ReadError::Io(error),
        Error::Unsupported(feature) => ReadError::unsupported(feature),
        other => ReadError::corrupt(format!("{what}: {other}")),
    }
}
