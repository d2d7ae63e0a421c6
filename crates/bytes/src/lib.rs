//! The bytes of a file that is too large to hold: a [`Window`] that moves over it, a [`Part`] of it, and several views
//! of one file ([`Shared`]). Knows no format.
//!
//! Files are read by ordinary calls, never mapped: one that is cut short while it is read gives fewer bytes, and no
//! signal that ends the program.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Bytes read together.
const SPAN: usize = 64 << 10;
/// Bytes kept before the place that was asked for: parsers look a little ahead and come back.
const BEHIND: u64 = 8 << 10;

/// A file of which a stretch is held.
#[derive(Debug)]
pub struct Window<R> {
    file: R,
    len: u64,
    start: u64,
    held: Vec<u8>,
}

impl<R: Read + Seek> Window<R> {
    /// Over a file of `len` bytes.
    pub const fn new(file: R, len: u64) -> Self {
        Self {
            file,
            len,
            start: 0,
            held: Vec::new(),
        }
    }

    /// The file's length, in bytes.
    pub const fn size(&self) -> u64 {
        self.len
    }

    /// The file itself, for what reads it in its own order.
    pub fn into_inner(self) -> R {
        self.file
    }

    /// The bytes from `at` on, `most` of them, or fewer where the file ends before.
    ///
    /// # Errors
    /// As the file gives them.
    pub fn upto(&mut self, at: u64, most: usize) -> io::Result<&[u8]> {
        let most = usize::try_from(self.len.saturating_sub(at)).map_or(most, |rest| rest.min(most));
        if most == 0 {
            return Ok(&[]);
        }
        if !self.holds(at, most) {
            self.fill(at, most)?;
        }
        let from = usize::try_from(at - self.start).unwrap_or(usize::MAX);
        let held = self.held.get(from..).unwrap_or_default();
        Ok(held.get(..most).unwrap_or(held))
    }

    /// Exactly `length` bytes at `at`; none where the file ends before.
    ///
    /// # Errors
    /// As the file gives them.
    pub fn exactly(&mut self, at: u64, length: usize) -> io::Result<Option<&[u8]>> {
        let found = self.upto(at, length)?;
        Ok((found.len() == length).then_some(found))
    }

    /// `N` bytes at `at`; none where the file ends before.
    ///
    /// # Errors
    /// As the file gives them.
    pub fn array<const N: usize>(&mut self, at: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.upto(at, N)?.try_into().ok())
    }

    fn holds(&self, at: u64, length: usize) -> bool {
        at >= self.start && at + length as u64 <= self.start + self.held.len() as u64
    }

    fn fill(&mut self, at: u64, length: usize) -> io::Result<()> {
        self.start = at.saturating_sub(BEHIND);
        let wanted = (at - self.start) + length.max(SPAN) as u64;
        self.held.clear();
        self.file.seek(SeekFrom::Start(self.start))?;
        let mut rest = self.file.by_ref().take(wanted.min(self.len - self.start));
        rest.read_to_end(&mut self.held)?;
        Ok(())
    }
}

/// A stretch of a file as a file of its own, with a few bytes of one's own before it.
#[derive(Debug)]
pub struct Part<R> {
    head: Vec<u8>,
    file: R,
    from: u64,
    size: u64,
    at: u64,
}

impl<R: Read + Seek> Part<R> {
    /// `head`, then the bytes `range` of the file.
    pub const fn new(head: Vec<u8>, file: R, range: std::ops::Range<u64>) -> Self {
        Self {
            head,
            file,
            from: range.start,
            size: range.end.saturating_sub(range.start),
            at: 0,
        }
    }

    /// Bytes of head and stretch together.
    pub const fn size(&self) -> u64 {
        (self.head.len() as u64).saturating_add(self.size)
    }
}

impl<R: Read + Seek> Read for Part<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        if let Some(mut rest) = self.head.get(at..).filter(|rest| !rest.is_empty()) {
            let count = rest.read(into)?;
            self.at += count as u64;
            return Ok(count);
        }
        let inside = self.at.saturating_sub(self.head.len() as u64);
        let left = self.size.saturating_sub(inside);
        let most = usize::try_from(left).map_or(into.len(), |left| left.min(into.len()));
        if most == 0 {
            return Ok(0);
        }
        // Always, since another view of the same file may have read meanwhile.
        self.file
            .seek(SeekFrom::Start(self.from.saturating_add(inside)))?;
        let count = self.file.read(&mut into[..most])?;
        self.at += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Part<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.size().checked_add_signed(by),
        };
        self.at = target.ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// One file for several windows on one thread. Each of them seeks before it reads, so they do not disturb each other.
#[derive(Debug)]
pub struct Shared<'a, R>(&'a RefCell<R>);

impl<'a, R> Shared<'a, R> {
    /// One more view of the file.
    pub const fn new(file: &'a RefCell<R>) -> Self {
        Self(file)
    }
}

impl<R> Clone for Shared<'_, R> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<R: Read> Read for Shared<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0
            .try_borrow_mut()
            .map_err(io::Error::other)?
            .read(into)
    }
}

impl<R: Seek> Seek for Shared<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.try_borrow_mut().map_err(io::Error::other)?.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn bytes(length: usize) -> Vec<u8> {
        (0..length as u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect()
    }

    proptest! {
        #[test]
        fn a_window_gives_what_the_slice_gives(
            length in 0usize..200_000,
            asked in prop::collection::vec((0u64..220_000, 0usize..90_000), 1..30),
        ) {
            let all = bytes(length);
            let mut window = Window::new(Cursor::new(&all), length as u64);
            for (at, most) in asked {
                let from = (at as usize).min(length);
                let expected = &all[from..from.saturating_add(most).min(length)];
                prop_assert_eq!(window.upto(at, most).unwrap(), expected);
                let whole = (expected.len() == most).then_some(expected);
                prop_assert_eq!(window.exactly(at, most).unwrap(), whole);
            }
        }

        #[test]
        fn a_part_is_its_head_and_its_stretch(
            head in prop::collection::vec(any::<u8>(), 0..20),
            from in 0u64..500, length in 0u64..500, seek in 0u64..1100,
        ) {
            let all = bytes(1000);
            let file = RefCell::new(Cursor::new(&all));
            let mut part = Part::new(head.clone(), Shared::new(&file), from..from + length);
            let mut other = Window::new(Shared::new(&file), 1000);
            let expected = [&head[..], &all[from as usize..(from + length) as usize]].concat();
            let mut found = Vec::new();
            let mut piece = [0; 7];
            loop {
                let count = part.read(&mut piece).unwrap();
                if count == 0 { break; }
                found.extend_from_slice(&piece[..count]);
                // Another view of the same file reads somewhere else meanwhile.
                other.upto(seek % 1000, 3).unwrap();
            }
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(part.size(), expected.len() as u64);
            part.seek(SeekFrom::Start(seek)).unwrap();
            let mut rest = Vec::new();
            part.read_to_end(&mut rest).unwrap();
            prop_assert_eq!(&rest[..], expected.get(seek as usize..).unwrap_or_default());
        }
    }

    #[test]
    fn a_file_that_was_cut_meanwhile_gives_less() {
        let all = bytes(100);
        let mut window = Window::new(Cursor::new(&all), 5000);
        assert_eq!(window.upto(90, 50).unwrap(), &all[90..]);
        assert_eq!(window.exactly(90, 50).unwrap(), None);
        assert_eq!(window.upto(4000, 8).unwrap(), &[] as &[u8]);
        assert_eq!(window.array::<4>(20).unwrap(), all[20..24].try_into().ok());
    }
}
