//! Sounds and films: read, describe, draw the waveform. Bytes or an open file in, values out.
//!
//! Every container's own structure is walked here ([`header`], [`film()`]): that is where lengths, tags and
//! loop marks come from and where a cut file is noticed. Samples are decoded by `symphonia`, those of Opus by
//! `opus-pure`, a packet at a time, so the memory in use does not grow with the length of a sound. Playing, editing and writing
//! sounds live elsewhere; pictures of films are not decoded at all.

mod bytes;
mod decode;
mod film;
mod header;
mod labels;
mod meter;
mod opus;
mod peaks;
mod waveform;

pub use film::film;
pub use peaks::Peaks;
pub use waveform::{WAVEFORM_COLOUR, waveform};

use gameforge_bytes::Window;
use gameforge_domain::{AudioMetadata, Format, Limits, ReadError};
use std::io::{Cursor, Read, Seek};

/// A sound with its outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// What the file says, with loudness and peak as measured.
    pub metadata: AudioMetadata,
    /// The outline. Empty where nothing was decoded, see [`read`].
    pub peaks: Peaks,
}

/// Reads a sound whole: facts, loudness, peak and outline.
///
/// Two kinds of sound come back with [`Peaks`] empty and without loudness and peak: those that are longer than
/// [`Limits::sample_frames`], and Opus whose channels are laid out as players do not know them.
///
/// # Errors
/// Any [`ReadError`]; a file that is shorter than its own container says is `Truncated`.
pub fn read(format: Format, bytes: &[u8], limits: &Limits) -> Result<Sound, ReadError> {
    not_over(bytes, limits)?;
    read_from(format, Cursor::new(bytes), bytes.len() as u64, limits)
}

/// As [`read`], of a file of `len` bytes that is not held in memory. [`Limits::file_bytes`] does not apply.
///
/// # Errors
/// As [`read`], and those of the file itself.
pub fn read_from(
    format: Format,
    file: impl Read + Seek + Send + Sync,
    len: u64,
    limits: &Limits,
) -> Result<Sound, ReadError> {
    ReadError::guard(move || {
        let mut window = Window::new(file, len);
        let header = header::read(format, &mut window)?;
        let too_long = header
            .frames
            .is_some_and(|frames| frames > limits.sample_frames);
        if too_long {
            return Ok(Sound {
                metadata: header.metadata,
                peaks: Peaks::default(),
            });
        }
        if header.metadata.codec == "opus" {
            return opus::decode(&mut window, header, limits);
        }
        decode::decode(format, window.into_inner(), len, header, limits)
    })
}

/// Reads only what the container says: no loudness, no peak, no sample is decoded.
///
/// The duration is exact for every format but a FLAC file that leaves its length out (then it is 0).
///
/// # Errors
/// Any [`ReadError`]; a file that is shorter than its own container says is `Truncated`.
pub fn probe(format: Format, bytes: &[u8], limits: &Limits) -> Result<AudioMetadata, ReadError> {
    not_over(bytes, limits)?;
    ReadError::guard(|| {
        let mut window = Window::new(Cursor::new(bytes), bytes.len() as u64);
        header::read(format, &mut window).map(|header| header.metadata)
    })
}

/// Refuses what is not to be held in memory.
fn not_over(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let found = bytes.len() as u64;
    if found > limits.file_bytes {
        return Err(ReadError::TooLarge {
            what: "the file, in bytes,",
            found,
            limit: limits.file_bytes,
        });
    }
    Ok(())
}

/// One round of fuzzing: the first byte chooses the format, the rest is the file.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else {
        return;
    };
    let limits = Limits {
        sample_frames: 2_000_000,
        memory: 64 << 20,
        ..Limits::STANDARD
    };
    match choice % 6 {
        0 => fuzz_sound(Format::Wav, rest, &limits),
        1 => fuzz_sound(Format::Ogg, rest, &limits),
        2 => fuzz_sound(Format::Mp3, rest, &limits),
        3 => fuzz_sound(Format::Flac, rest, &limits),
        other => {
            let format = if other == 4 {
                Format::Mp4
            } else {
                Format::Webm
            };
            if let Ok(metadata) = film(
                format,
                std::io::Cursor::new(rest),
                rest.len() as u64,
                &limits,
            ) {
                assert!(metadata.duration.is_finite() && metadata.frame_rate.is_finite());
            }
        }
    }
}

fn fuzz_sound(format: Format, bytes: &[u8], limits: &Limits) {
    match read(format, bytes, limits) {
        Ok(sound) => {
            assert!(sound.metadata.duration.is_finite() && sound.metadata.duration >= 0.0);
            assert!(sound.metadata.loudness.is_none_or(f64::is_finite));
            assert!(sound.metadata.peak.is_none_or(f64::is_finite));
            assert!(sound.peaks.buckets.len() <= Peaks::MOST);
        }
        Err(ReadError::Panicked { what }) => {
            // A fuzzer must see what a user is spared.
            assert!(what.is_empty(), "the reader of {format} panicked: {what}");
        }
        Err(_) => {}
    }
}
