//! What a sound's container says before a sample is decoded: layout, exact length, labels, loop marks,
//! and whether all of the file is there. One module a container.

mod flac;
mod mp3;
mod ogg;
mod wav;

use gameforge_domain::{AudioMetadata, Format, Limits, ReadError};

/// The container's word.
#[derive(Debug)]
pub struct Header {
    /// Without loudness and peak.
    pub metadata: AudioMetadata,
    /// Sample frames, where the container says or lets them be counted.
    pub frames: Option<u64>,
    /// What the decoder reads in place of the file's own head; empty where the file needs no help.
    pub head: Vec<u8>,
    /// The part of the file that the decoder reads.
    pub body: std::ops::Range<usize>,
}

/// Walks the container.
pub fn read(format: Format, bytes: &[u8], limits: &Limits) -> Result<Header, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let found = bytes.len() as u64;
    if found > limits.file_bytes {
        return Err(ReadError::TooLarge {
            what: "the file, in bytes,",
            found,
            limit: limits.file_bytes,
        });
    }
    let mut header = match format {
        Format::Wav => wav::read(bytes),
        Format::Ogg => ogg::read(bytes),
        Format::Mp3 => mp3::read(bytes),
        Format::Flac => flac::read(bytes),
        other => return Err(ReadError::unsupported(format!("{other} is not a sound"))),
    }?;
    if header.metadata.rate == 0 || header.metadata.channels == 0 {
        return Err(ReadError::corrupt(
            "it says that it has no channels or no sample rate",
        ));
    }
    header.metadata.duration = header.frames.unwrap_or(0) as f64 / f64::from(header.metadata.rate);
    header.metadata.loops |= crate::labels::mark_loop(&header.metadata.labels);
    Ok(header)
}
