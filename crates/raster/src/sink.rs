//! Where decoded rows go: into a survey that shrinks them at once, or into a whole picture.

use crate::{bounds, orient::Orientation};
use gameforge_domain::{Limits, Pixels, ReadError};

/// Takes a picture row by row, top down. `start` comes first and once; then either exactly
/// `height` rows of either kind, or one `whole`.
pub(crate) trait Sink {
    /// The canvas that will come. Errors when this sink cannot hold it.
    fn start(&mut self, width: u32, height: u32, limits: &Limits) -> Result<(), ReadError>;
    /// A row of `width * 3` bytes: R, G, B.
    fn rgb(&mut self, row: &[u8]);
    /// A row of `width * 4` bytes: R, G, B, A, straight.
    fn rgba(&mut self, row: &[u8]);
    /// The picture lies on its side: how to set it upright. May come at any time.
    fn orient(&mut self, orientation: Orientation);
    /// All rows at once, from a decoder that only makes whole pictures.
    fn whole(&mut self, pixels: Pixels);
}

/// Hands a finished picture over.
pub(crate) fn whole(sink: &mut dyn Sink, pixels: Pixels, limits: &Limits) -> Result<(), ReadError> {
    sink.start(pixels.width, pixels.height, limits)?;
    sink.whole(pixels);
    Ok(())
}

/// Keeps the picture as it is.
#[derive(Default)]
pub(crate) struct Collector {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
    orientation: Orientation,
}

impl Collector {
    /// The picture; an error when rows are missing.
    pub(crate) fn finish(self) -> Result<Pixels, ReadError> {
        Pixels::new(self.width, self.height, self.rgba)
            .map(|pixels| self.orientation.apply(pixels))
            .ok_or_else(|| ReadError::truncated("rows of the picture"))
    }
}

impl Sink for Collector {
    fn start(&mut self, width: u32, height: u32, limits: &Limits) -> Result<(), ReadError> {
        bounds::canvas(u64::from(width), u64::from(height), 4, limits)?;
        (self.width, self.height) = (width, height);
        Ok(())
    }

    fn rgb(&mut self, row: &[u8]) {
        self.rgba
            .extend(row.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]));
    }

    fn rgba(&mut self, row: &[u8]) {
        self.rgba.extend_from_slice(row);
    }

    fn orient(&mut self, orientation: Orientation) {
        self.orientation = orientation;
    }

    fn whole(&mut self, pixels: Pixels) {
        self.rgba = pixels.rgba;
    }
}
