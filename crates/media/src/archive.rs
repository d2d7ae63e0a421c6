//! ZIP archives: whether the directory at the end is there and within the file. Nothing is ever unpacked, so what an
//! archive would swell to does not matter.

use gameforge_domain::ReadError;
use std::io::{Read, Seek, SeekFrom};

/// Length of the record at the end without its comment, and the longest comment.
const END: u64 = 22;
const COMMENT: u64 = 65_535;

/// Looks for the end of the central directory (PKWARE APPNOTE 4.3.16) and checks where it points.
///
/// # Errors
/// `Truncated` where the directory is missing, `Corrupt` where it would lie outside the file.
pub fn check(file: &mut (impl Read + Seek), len: u64) -> Result<(), ReadError> {
    let from = len.saturating_sub(END + COMMENT);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.by_ref().take(END + COMMENT).read_to_end(&mut tail)?;
    let at = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
    let record = at.and_then(|at| {
        tail.get(at..at + END as usize)
            .map(|record| (at as u64 + from, record))
    });
    let Some((at, record)) = record else {
        return Err(ReadError::truncated(
            "the directory at the end of the archive is missing",
        ));
    };
    let number = |at: usize| {
        record.get(at..at + 4).map_or(0, |four| {
            u32::from_le_bytes([four[0], four[1], four[2], four[3]])
        })
    };
    let (size, start) = (u64::from(number(12)), u64::from(number(16)));
    // All ones say that the real numbers stand in a ZIP64 record.
    if start != u64::from(u32::MAX) && start + size > at {
        return Err(ReadError::corrupt(
            "the archive's directory lies outside of the file",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn code(bytes: &[u8]) -> &'static str {
        check(&mut Cursor::new(bytes), bytes.len() as u64)
            .map_or_else(|error| error.code(), |()| "ok")
    }

    #[test]
    fn the_directory_must_be_there_and_within() {
        let mut empty = b"PK\x05\x06".to_vec();
        empty.extend([0; 18]);
        assert_eq!(code(&empty), "ok");
        assert_eq!(code(b"PK\x03\x04 and nothing more"), "truncated");
        empty[16] = 200;
        assert_eq!(code(&empty), "corrupt");
        let with_comment = [&b"PK\x05\x06"[..], &[0; 16], &[5, 0], b"hello"].concat();
        assert_eq!(code(&with_comment), "ok");
    }
}
