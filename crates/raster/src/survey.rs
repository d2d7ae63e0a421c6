//! One pass over a picture's rows: is anything not opaque, which colours are there, and a picture
//! shrunk by a whole factor from which preview and hash are made. A full-size copy is never held.

use crate::{Picture, orient::Orientation, palette, phash, scale, sink::Sink};
use gameforge_domain::{ImageMetadata, Limits, Pixels, ReadError};

/// A shrink by boxes leaves this many times the preview's side for the final, better filter.
const SPARE: u32 = 2;
/// Sums of at most 256 × 256 samples of 255 × 255 fit into 32 bits.
const MOST_BOX: u32 = 256;
/// The palette looks at about this many columns and rows.
const GRID: u32 = 96;

/// Collects what [`crate::read`] wants to know of a picture.
pub(crate) struct Survey {
    side: u32,
    width: u32,
    height: u32,
    /// Source rows and columns to one shrunk pixel.
    factor: u32,
    row: u32,
    translucent: bool,
    colours: palette::Distinct,
    samples: Vec<[u8; 4]>,
    /// Straight RGBA, `ceil(width / factor)` columns.
    shrunk: Vec<u8>,
    /// For each shrunk column the sums of r·a, g·a, b·a and a.
    sums: Vec<[u32; 4]>,
    orientation: Orientation,
}

impl Survey {
    /// For a preview with the longest side `side`.
    pub(crate) fn new(side: u32) -> Self {
        Self {
            side,
            width: 0,
            height: 0,
            factor: 1,
            row: 0,
            translucent: false,
            colours: palette::Distinct::default(),
            samples: Vec::new(),
            shrunk: Vec::new(),
            sums: Vec::new(),
            orientation: Orientation::default(),
        }
    }

    /// The preview and all measures. `metadata` comes from the header, with the sides as stored.
    pub(crate) fn finish(self, mut metadata: ImageMetadata) -> Result<Picture, ReadError> {
        let columns = self.width.div_ceil(self.factor);
        let rows = self.height.div_ceil(self.factor);
        let shrunk = Pixels::new(columns, rows, self.shrunk)
            .ok_or_else(|| ReadError::truncated("rows of the picture"))?;
        let preview = if self.factor == 1 {
            scale::shrink(shrunk, self.side)
        } else {
            let part = (
                f64::from(self.width) / f64::from(self.factor),
                f64::from(self.height) / f64::from(self.factor),
            );
            let (width, height) = scale::inside(self.width, self.height, self.side);
            scale::resample(&shrunk, part, width, height)
        };
        let preview = self.orientation.apply(preview);
        metadata.alpha = self.translucent;
        metadata.palette_size = self.colours.count();
        let phash = phash::phash(&preview);
        Ok(Picture {
            metadata,
            palette: palette::of_samples(&self.samples),
            phash,
            preview,
        })
    }

    /// Takes one row: `pixel` turns a chunk of the row into R, G, B, A.
    #[inline]
    fn take<const CHANNELS: usize>(
        &mut self,
        row: &[u8],
        opaque: bool,
        pixel: impl Fn(&[u8; CHANNELS]) -> [u8; 4],
    ) {
        if self.row >= self.height {
            return;
        }
        let (chunks, _) = row.as_chunks::<CHANNELS>();
        self.translucent |= !opaque;
        self.colours.add_all(chunks.iter().map(&pixel));
        self.sample(chunks, &pixel);
        if self.factor == 1 {
            self.shrunk.extend(chunks.iter().flat_map(pixel));
            self.row += 1;
            return;
        }
        let factor = self.factor as usize;
        for (sum, group) in self.sums.iter_mut().zip(chunks.chunks(factor)) {
            let mut part = [0_u32; 4];
            if opaque {
                for [r, g, b, _] in group.iter().map(&pixel) {
                    part[0] += u32::from(r);
                    part[1] += u32::from(g);
                    part[2] += u32::from(b);
                }
                part = [
                    part[0] * 255,
                    part[1] * 255,
                    part[2] * 255,
                    group.len() as u32 * 255,
                ];
            } else {
                for [r, g, b, a] in group.iter().map(&pixel) {
                    let a = u32::from(a);
                    part[0] += u32::from(r) * a;
                    part[1] += u32::from(g) * a;
                    part[2] += u32::from(b) * a;
                    part[3] += a;
                }
            }
            for (total, more) in sum.iter_mut().zip(part) {
                *total += more;
            }
        }
        self.row += 1;
        if self.row.is_multiple_of(self.factor) || self.row == self.height {
            self.flush();
        }
    }

    fn sample<const CHANNELS: usize>(
        &mut self,
        row: &[[u8; CHANNELS]],
        pixel: impl Fn(&[u8; CHANNELS]) -> [u8; 4],
    ) {
        let (across, down) = (self.width.div_ceil(GRID), self.height.div_ceil(GRID));
        if self.row % down == down / 2 {
            self.samples.extend(
                row.iter()
                    .skip(across as usize / 2)
                    .step_by(across as usize)
                    .map(pixel),
            );
        }
    }

    /// Turns the sums of finished boxes into a row of shrunk pixels.
    fn flush(&mut self) {
        let rows = (self.row - 1) % self.factor + 1;
        let last = self.sums.len().saturating_sub(1);
        let last_columns = self.width - last as u32 * self.factor;
        for (column, sum) in self.sums.iter_mut().enumerate() {
            let count = rows
                * if column == last {
                    last_columns
                } else {
                    self.factor
                };
            let [r, g, b, a] = std::mem::take(sum);
            let half = a / 2;
            // Where nothing is visible there is no colour.
            let straight = |colour: u32| (colour + half).checked_div(a).unwrap_or(0) as u8;
            self.shrunk.extend_from_slice(&[
                straight(r),
                straight(g),
                straight(b),
                ((a + count / 2) / count) as u8,
            ]);
        }
    }
}

impl Sink for Survey {
    fn start(&mut self, width: u32, height: u32, limits: &Limits) -> Result<(), ReadError> {
        let spare = self.side.saturating_mul(SPARE);
        self.factor = (width.max(height) / spare).clamp(1, MOST_BOX);
        (self.width, self.height) = (width, height);
        let (columns, rows) = (width.div_ceil(self.factor), height.div_ceil(self.factor));
        crate::bounds::canvas(u64::from(columns), u64::from(rows), 4, limits)?;
        self.sums = vec![
            [0; 4];
            if self.factor == 1 {
                0
            } else {
                columns as usize
            }
        ];
        Ok(())
    }

    fn rgb(&mut self, row: &[u8]) {
        self.take::<3>(row, true, |p| [p[0], p[1], p[2], 255]);
    }

    fn rgba(&mut self, row: &[u8]) {
        let opaque = row.chunks_exact(4).fold(255, |least, p| least & p[3]) == 255;
        self.take::<4>(row, opaque, |p| *p);
    }

    fn orient(&mut self, orientation: Orientation) {
        self.orientation = orientation;
    }

    fn whole(&mut self, pixels: Pixels) {
        let stride = pixels.width as usize * 4;
        for row in pixels.rgba.chunks_exact(stride) {
            self.rgba(row);
        }
    }
}
