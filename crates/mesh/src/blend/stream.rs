//! A Blender file's bytes whether plain, gzip (before 3.0) or Zstandard (since), with a cap on how many.

use flate2::read::MultiGzDecoder;
use gameforge_domain::ReadError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Blender's frames use small windows; a larger one is an attempt to take memory.
const MOST_WINDOW: u64 = 64 << 20;

/// The unpacked bytes, which fail with [`Exhausted`] past the cap.
pub struct Unpacked<R: Read> {
    inner: Inner<R>,
    left: u64,
    cap: u64,
}

enum Inner<R: Read> {
    Plain {
        file: BufReader<R>,
        /// Bytes that are left of the file.
        rest: u64,
    },
    Gzip(Box<MultiGzDecoder<R>>),
    Frames(Box<Frames<R>>),
}

/// The file unpacks to more than the cap.
#[derive(Debug, thiserror::Error)]
#[error("the file unpacks to more than {0} bytes")]
struct Exhausted(u64);

impl<R: Read + Seek> Unpacked<R> {
    /// # Errors
    /// `Corrupt` where the bytes are neither Blender's own nor packed in a known way.
    pub fn new(mut file: R, len: u64, cap: u64) -> Result<Self, ReadError> {
        let mut start = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.by_ref().take(7).read_to_end(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        let inner = match &start[..] {
            [0x1f, 0x8b, ..] => Inner::Gzip(Box::new(MultiGzDecoder::new(file))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Inner::Frames(Box::new(Frames::new(file))),
            [a, b, c, d, ..] if is_skippable([*a, *b, *c, *d]) => {
                Inner::Frames(Box::new(Frames::new(file)))
            }
            b"BLENDER" => Inner::Plain {
                file: BufReader::new(file),
                rest: len,
            },
            _ if b"BLENDER".starts_with(&start) => {
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

    /// Passes over `count` bytes, and gives how many there were. A plain file is not read for it.
    pub fn skip(&mut self, count: u64) -> io::Result<u64> {
        if let Inner::Plain { file, rest } = &mut self.inner {
            let there = count.min(*rest);
            file.seek_relative(i64::try_from(there).map_err(io::Error::other)?)?;
            *rest -= there;
            return Ok(there);
        }
        io::copy(&mut self.by_ref().take(count), &mut io::sink())
    }
}

impl<R: Read + Seek> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = match &mut self.inner {
            Inner::Plain { file, rest } => {
                let size = file.read(into)?;
                *rest = rest.saturating_sub(size as u64);
                size
            }
            Inner::Gzip(packed) => packed.read(into)?,
            Inner::Frames(frames) => frames.read(into)?,
        };
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
struct Frames<R: Read> {
    /// Between frames; none while one is read, and after an error.
    between: Option<BufReader<R>>,
    current: Option<StreamingDecoder<BufReader<R>, FrameDecoder>>,
}

const fn is_skippable(magic: [u8; 4]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

impl<R: Read + Seek> Frames<R> {
    fn new(file: R) -> Self {
        Self {
            between: Some(BufReader::new(file)),
            current: None,
        }
    }

    /// Begins the next frame; false at the end.
    fn next(&mut self) -> io::Result<bool> {
        let Some(mut file) = self.between.take() else {
            return Ok(false);
        };
        loop {
            let mut magic = Vec::new();
            file.by_ref().take(4).read_to_end(&mut magic)?;
            if magic.is_empty() {
                return Ok(false);
            }
            let magic: [u8; 4] = magic.try_into().map_err(|_| io::ErrorKind::UnexpectedEof)?;
            if !is_skippable(magic) {
                file.seek_relative(-4)?;
                let decoder = StreamingDecoder::new_with_max_window_size(file, MOST_WINDOW);
                self.current = Some(decoder.map_err(|error| io::Error::other(error.to_string()))?);
                return Ok(true);
            }
            let mut size = [0; 4];
            file.read_exact(&mut size)?;
            let size = u64::from(u32::from_le_bytes(size));
            if io::copy(&mut file.by_ref().take(size), &mut io::sink())? < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

impl<R: Read + Seek> Read for Frames<R> {
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
                // The decoder has read up to the end of its frame and not further.
                self.between = self.current.take().map(StreamingDecoder::into_inner);
            }
            if !self.next()? {
                return Ok(0);
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
        Unpacked::new(io::Cursor::new(bytes), bytes.len() as u64, cap)?
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
