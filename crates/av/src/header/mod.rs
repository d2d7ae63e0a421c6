//! What a sound's container says before a sample is decoded: layout, exact length, labels, loop marks,
//! and whether all of the file is there. One module a container.

mod flac;
mod mp3;
pub mod ogg;
mod wav;

use gameforge_bytes::Window;
use gameforge_domain::{AudioMetadata, Format, ReadError};
use std::io::{Read, Seek};

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
    pub body: std::ops::Range<u64>,
}

/// Walks the container.
pub fn read(format: Format, file: &mut Window<impl Read + Seek>) -> Result<Header, ReadError> {
    if file.size() == 0 {
        return Err(ReadError::Empty);
    }
    let mut header = match format {
        Format::Wav => wav::read(file),
        Format::Ogg => ogg::read(file),
        Format::Mp3 => mp3::read(file),
        Format::Flac => flac::read(file),
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
