//! A place in a byte slice for the parsers written here. Reads past the end are [`ReadError::Truncated`].

use flate2::read::ZlibDecoder;
use gameforge_domain::ReadError;
use std::io::Read;

/// Reads forward through `bytes`; `what` names the thing being read for error messages.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    what: &'static str,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { bytes, what }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let (head, tail) = self
            .bytes
            .split_at_checked(count)
            .ok_or_else(|| ReadError::truncated(self.what))?;
        self.bytes = tail;
        Ok(head)
    }

    /// The next `count` bytes as a cursor of their own, under another name.
    pub(crate) fn part(&mut self, count: usize, what: &'static str) -> Result<Self, ReadError> {
        Ok(Cursor::new(self.take(count)?, what))
    }

    pub(crate) fn skip(&mut self, count: usize) -> Result<(), ReadError> {
        self.take(count).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (head, tail) = self
            .bytes
            .split_first_chunk::<N>()
            .ok_or_else(|| ReadError::truncated(self.what))?;
        self.bytes = tail;
        Ok(*head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, ReadError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16_le(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn i16_le(&mut self) -> Result<i16, ReadError> {
        self.array().map(i16::from_le_bytes)
    }

    pub(crate) fn u32_le(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u16_be(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32_be(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_be_bytes)
    }
}

/// Inflates a zlib stream that has to give `expected` bytes. More than that is never produced, and
/// memory grows with what really comes out, not with what the header promises.
pub(crate) fn inflate(
    packed: impl Read,
    expected: usize,
    what: &'static str,
) -> Result<Vec<u8>, ReadError> {
    let mut unpacked = Vec::new();
    ZlibDecoder::new(packed)
        .take(expected as u64)
        .read_to_end(&mut unpacked)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => ReadError::truncated(what),
            _ => ReadError::corrupt(format!("{what}: {error}")),
        })?;
    if unpacked.len() < expected {
        return Err(ReadError::corrupt(format!(
            "{what} unpacks to {} bytes of {expected}",
            unpacked.len()
        )));
    }
    Ok(unpacked)
}

/// Text of a file: invalid UTF-8 is replaced, control characters dropped, at most 256 characters kept.
pub(crate) fn name(bytes: &[u8]) -> String {
    clean(&String::from_utf8_lossy(bytes))
}

/// As [`name`], of decoded text.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(256).collect()
}
