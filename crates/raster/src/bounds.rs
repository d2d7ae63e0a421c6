//! Checks against [`Limits`], made before anything is allocated.

use gameforge_domain::{Limits, ReadError};

/// The file itself: not empty, not over the size that is read at all.
pub(crate) fn file(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let found = bytes.len() as u64;
    if found > limits.file_bytes {
        return Err(ReadError::TooLarge {
            what: "the file",
            found,
            limit: limits.file_bytes,
        });
    }
    Ok(())
}

/// The canvas: returns its number of pixels. `bytes_per_pixel` is what the reader will hold for
/// each pixel at its peak.
pub(crate) fn canvas(
    width: u64,
    height: u64,
    bytes_per_pixel: u64,
    limits: &Limits,
) -> Result<usize, ReadError> {
    if width == 0 || height == 0 {
        return Err(ReadError::corrupt(format!(
            "the picture is {width} × {height} pixels"
        )));
    }
    let pixels = width.saturating_mul(height);
    if pixels > limits.pixels {
        return Err(ReadError::TooLarge {
            what: "width × height",
            found: pixels,
            limit: limits.pixels,
        });
    }
    memory(pixels.saturating_mul(bytes_per_pixel), limits)?;
    usize::try_from(pixels).map_err(|_| ReadError::TooLarge {
        what: "width × height",
        found: pixels,
        limit: usize::MAX as u64,
    })
}

/// What the reader will hold at its peak, in bytes.
pub(crate) fn memory(found: u64, limits: &Limits) -> Result<(), ReadError> {
    if found > limits.memory {
        return Err(ReadError::TooLarge {
            what: "the memory it takes",
            found,
            limit: limits.memory,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_checked_without_overflow() {
        let limits = Limits::STANDARD;
        assert_eq!(canvas(0, 5, 4, &limits).unwrap_err().code(), "corrupt");
        assert_eq!(
            canvas(u64::MAX, u64::MAX, 4, &limits).unwrap_err().code(),
            "too_large"
        );
        assert_eq!(
            canvas(100_000, 100_000, 4, &limits).unwrap_err().code(),
            "too_large"
        );
        assert_eq!(
            canvas(10_000, 10_000, 16, &limits).unwrap_err().code(),
            "too_large"
        );
        assert_eq!(canvas(640, 480, 16, &limits).unwrap(), 307_200);
    }
}
