//! A picture in memory.

/// Straight (not premultiplied) sRGB with alpha, eight bits a channel, rows top down.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Columns, at least one.
    pub width: u32,
    /// Rows, at least one.
    pub height: u32,
    /// `width * height * 4` bytes: R, G, B, A.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// Takes a buffer over; `None` when its length is not `width * height * 4` or a side is zero.
    #[must_use]
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        let expected = (width as usize)
            .checked_mul(height as usize)?
            .checked_mul(4)?;
        (expected > 0 && rgba.len() == expected).then_some(Self {
            width,
            height,
            rgba,
        })
    }
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({} × {})", self.width, self.height)
    }
}
