//! A place in a document that is not held in memory. Reads past the end of its part are [`ReadError::Truncated`].

use gameforge_bytes::Window;
use gameforge_domain::ReadError;
use std::io::{Read, Seek};

/// Reads forward through a part of the file; `what` names the thing being read for error messages.
pub(super) struct Place<'a, R> {
    file: &'a mut Window<R>,
    at: u64,
    end: u64,
    what: &'static str,
}

impl<'a, R: Read + Seek> Place<'a, R> {
    /// The whole file.
    pub(super) fn new(file: &'a mut Window<R>, what: &'static str) -> Self {
        let end = file.size();
        Self {
            file,
            at: 0,
            end,
            what,
        }
    }

    /// Where in the file this is.
    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    /// Bytes that are left of the part.
    pub(super) const fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    fn cut(&self) -> ReadError {
        ReadError::truncated(self.what)
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&[u8], ReadError> {
        let (from, cut) = (self.at, self.cut());
        self.skip(count as u64)?;
        self.file.exactly(from, count)?.ok_or(cut)
    }

    /// The next bytes, at most `count` of them.
    pub(super) fn upto(&mut self, count: usize) -> Result<&[u8], ReadError> {
        self.take(usize::try_from(self.left()).map_or(count, |left| left.min(count)))
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), ReadError> {
        if count > self.left() {
            return Err(self.cut());
        }
        self.at += count;
        Ok(())
    }

    /// The next `count` bytes as a place of their own, under another name, and `padding` bytes left out behind them,
    /// as far as they are there.
    pub(super) fn part(
        &mut self,
        count: u64,
        padding: u64,
        what: &'static str,
    ) -> Result<Place<'_, R>, ReadError> {
        let at = self.at;
        self.skip(count)?;
        self.at += padding.min(self.left());
        Ok(Place {
            file: self.file,
            at,
            end: at + count,
            what,
        })
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let cut = self.cut();
        self.take(N)?.try_into().map_err(|_| cut)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ReadError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn i16(&mut self) -> Result<i16, ReadError> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, ReadError> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, ReadError> {
        self.array().map(u64::from_be_bytes)
    }

    /// A length: 32 bits, in many places of a psb 64.
    pub(super) fn length(&mut self, large: bool) -> Result<u64, ReadError> {
        if large {
            self.u64()
        } else {
            self.u32().map(u64::from)
        }
    }
}
