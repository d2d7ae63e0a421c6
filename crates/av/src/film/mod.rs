//! Films by their container alone: ISO base media (MP4, MOV) and Matroska (WebM). Reads what it needs
//! through `Read + Seek` and steps over the pictures, so a film can be larger than memory.

mod matroska;
mod mp4;

use gameforge_domain::{Format, Limits, ReadError, VideoMetadata};
use std::io::{ErrorKind, Read, Seek, SeekFrom};

/// Boxes and elements read whole are never larger than this, whatever the file says.
const LARGEST_PART: u64 = 16 << 20;
/// More parts than this on one level are not a film.
const MOST_PARTS: u32 = 1_000_000;

/// Size, length, frame rate and codecs of a film of `len` bytes.
///
/// # Errors
/// Any [`ReadError`]; a file that is shorter than its own container says is `Truncated`, one without a
/// picture is `Unsupported`.
pub fn film<R: Read + Seek>(
    format: Format,
    reader: R,
    len: u64,
    limits: &Limits,
) -> Result<VideoMetadata, ReadError> {
    if len == 0 {
        return Err(ReadError::Empty);
    }
    let mut source = Source {
        reader,
        len,
        largest: LARGEST_PART.min(limits.memory),
    };
    ReadError::guard(|| match format {
        Format::Mp4 => mp4::read(&mut source),
        Format::Webm => matroska::read(&mut source),
        other => Err(ReadError::unsupported(format!("{other} is not a film"))),
    })
}

/// A file of a known length, read in pieces.
struct Source<R> {
    reader: R,
    len: u64,
    largest: u64,
}

impl<R: Read + Seek> Source<R> {
    /// Exactly `length` bytes from `at`.
    fn part(&mut self, at: u64, length: u64, what: &'static str) -> Result<Vec<u8>, ReadError> {
        if length > self.largest {
            return Err(ReadError::TooLarge {
                what,
                found: length,
                limit: self.largest,
            });
        }
        if at.checked_add(length).is_none_or(|end| end > self.len) {
            return Err(ReadError::truncated(what));
        }
        let mut bytes = vec![0; length as usize];
        self.fill(at, &mut bytes, what)?;
        Ok(bytes)
    }

    /// Up to `N` bytes from `at`, fewer only at the end; the rest stays zero.
    fn peek<const N: usize>(
        &mut self,
        at: u64,
        what: &'static str,
    ) -> Result<([u8; N], usize), ReadError> {
        let mut bytes = [0; N];
        let length = self.len.saturating_sub(at).min(N as u64) as usize;
        self.fill(at, &mut bytes[..length], what)?;
        Ok((bytes, length))
    }

    fn fill(&mut self, at: u64, into: &mut [u8], what: &'static str) -> Result<(), ReadError> {
        self.reader.seek(SeekFrom::Start(at))?;
        self.reader
            .read_exact(into)
            .map_err(|error| match error.kind() {
                // The file became shorter while it was read.
                ErrorKind::UnexpectedEof => ReadError::truncated(what),
                _ => ReadError::Io(error),
            })
    }
}

/// Pictures a second to three places, so that 30000/1001 reads 29.97.
fn rounded(rate: f64) -> f64 {
    if rate.is_finite() && (0.0..=100_000.0).contains(&rate) {
        (rate * 1000.0).round() / 1000.0
    } else {
        0.0
    }
}
