//! A Blender file's bytes whether plain, gzip (before 3.0) or Zstandard (since), with a cap on how many.

use flate2::read::MultiGzDecoder;
use gameforge_domain::ReadError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{self, Read};

/// Blender's frames use small windows; a larger one is an attempt to take memory.
const MOST_WINDOW: u64 = 64 << 20;

/// The unpacked bytes, which fail with [`Exhausted`] past the cap.
pub struct Unpacked<'a> {
    inner: Box<dyn Read + 'a>,
    left: u64,
    cap: u64,
}

/// The file unpacks to more than the cap.
#[derive(Debug, thiserror::Error)]
#[error("the file unpacks to more than {0} bytes")]
struct Exhausted(u64);

impl<'a> Unpacked<'a> {
    /// # Errors
    /// `Corrupt` where the bytes are neither Blender's own nor packed in a known way.
    pub fn new(bytes: &'a [u8], cap: u64) -> Result<Self, ReadError> {
        let inner: Box<dyn Read + 'a> = match bytes {
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(bytes)),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(Frames {
                rest: bytes,
                current: None,
            }),
            [first, ..] if is_skippable(&[*first]) && bytes.get(..4).is_some_and(is_skippable) => {
                Box::new(Frames {
                    rest: bytes,
                    current: None,
                })
            }
            _ if bytes.starts_with(b"BLENDER") => Box::new(bytes),
            _ if b"BLENDER".starts_with(bytes) => {
                return Err(ReadError::truncated("the header of a Blender file"));
            }
            _ => {
                return Err(ReadError::corrupt(
                    "it does not start as a Blender file does",
                ));
            }
        };
        Ok(Self {
            inner,
            left: cap,
            cap,
        })
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = self.inner.read(into)?;
        self.left = self
            .left
            .checked_sub(size as u64)
            .ok_or_else(|| io::Error::other(Exhausted(self.cap)))?;
        Ok(size)
    }
}

/// What a failed read means for the file.
pub fn explain(error: io::Error) -> ReadError {
    if let Some(Exhausted(limit)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return ReadError::TooLarge {
            what: "the unpacked Blender file",
            found: limit.saturating_add(1),
            limit: *limit,
        };
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::truncated("a packed Blender file"),
        _ => ReadError::corrupt(format!("a packed Blender file: {error}")),
    }
}

/// Zstandard frames one after the other; Blender packs each megabyte by itself and adds an index that is skipped.
struct Frames<'a> {
    rest: &'a [u8],
    current: Option<StreamingDecoder<&'a [u8], FrameDecoder>>,
}

fn is_skippable(magic: &[u8]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18] | [0x50..=0x5f])
}

impl Read for Frames<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(decoder) = &mut self.current {
                let size = decoder.read(into)?;
                if size > 0 {
                    return Ok(size);
                }
                // The decoder has moved on through the slice that it was given.
                self.rest = decoder.get_ref();
                self.current = None;
            }
            match self.rest {
                [] => return Ok(0),
                [a, b, c, d, s0, s1, s2, s3, rest @ ..] if is_skippable(&[*a, *b, *c, *d]) => {
                    let size = u32::from_le_bytes([*s0, *s1, *s2, *s3]) as usize;
                    self.rest = rest.get(size..).ok_or(io::ErrorKind::UnexpectedEof)?;
                }
                frame => {
                    let decoder = StreamingDecoder::new_with_max_window_size(frame, MOST_WINDOW);
                    self.current =
                        Some(decoder.map_err(|error| io::Error::other(error.to_string()))?);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn unpacked(bytes: &[u8], cap: u64) -> Result<Vec<u8>, ReadError> {
        let mut all = Vec::new();
        Unpacked::new(bytes, cap)?
            .read_to_end(&mut all)
            .map_err(explain)?;
        Ok(all)
    }

    #[test]
    fn frames_follow_each_other_and_the_index_is_skipped() {
        let mut packed = compress_to_vec(&b"BLENDER-v400 first, "[..], CompressionLevel::Fastest);
        packed.extend(compress_to_vec(&b"second"[..], CompressionLevel::Fastest));
        packed.extend([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
        assert_eq!(
            unpacked(&packed, 1000).unwrap(),
            b"BLENDER-v400 first, second"
        );
        packed.pop();
        assert_eq!(unpacked(&packed, 1000).unwrap_err().code(), "truncated");
    }

    #[test]
    fn bombs_stop_at_the_cap() {
        let zeros = vec![0u8; 4 << 20];
        let packed = compress_to_vec(&zeros[..], CompressionLevel::Fastest);
        assert!(packed.len() < 10_000);
        assert_eq!(unpacked(&packed, 1 << 20).unwrap_err().code(), "too_large");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, &zeros).unwrap();
        assert_eq!(
            unpacked(&gzip.finish().unwrap(), 1 << 20)
                .unwrap_err()
                .code(),
            "too_large"
        );
    }
}
