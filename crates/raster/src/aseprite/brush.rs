//! Unpacked pixels onto the canvas: colours, modes, mirrored tiles.

use super::document::{Depth, Document, TileMasks};
use crate::blend::Mode;

/// Unpacked pixels of a cel, in the document's depth.
pub(super) struct Raw<'b> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) bytes: &'b [u8],
}

/// How a cel's pixels become colours and go onto the canvas.
pub(super) struct Brush<'b> {
    pub(super) depth: Depth,
    pub(super) palette: &'b [[u8; 4]],
    /// The index that is not drawn; none on a background.
    pub(super) transparent: Option<u8>,
    pub(super) mode: Mode,
    pub(super) opacity: u8,
}

impl Brush<'_> {
    /// Draws the part of a cel at `x`, `y` that lies on the canvas.
    pub(super) fn draw(
        &self,
        raw: &Raw<'_>,
        x: i64,
        y: i64,
        document: &Document<'_>,
        canvas: &mut [u8],
    ) {
        let (width, height) = (i64::from(document.width), i64::from(document.height));
        let first_column = (-x).clamp(0, raw.width as i64) as usize;
        let last_column = (width - x).clamp(0, raw.width as i64) as usize;
        let first_row = (-y).clamp(0, raw.height as i64) as usize;
        let last_row = (height - y).clamp(0, raw.height as i64) as usize;
        if first_column >= last_column {
            return;
        }
        let depth = self.depth.bytes();
        for row in first_row..last_row {
            let start = (row * raw.width + first_column) * depth;
            let source = &raw.bytes[start..start + (last_column - first_column) * depth];
            let at = ((y + row as i64) * width + x + first_column as i64) as usize;
            let target = canvas.as_chunks_mut::<4>().0[at..].iter_mut();
            for (below, stored) in target.zip(source.chunks_exact(depth)) {
                *below = self.mode.over(*below, self.colour(stored), self.opacity);
            }
        }
    }

    fn colour(&self, stored: &[u8]) -> [u8; 4] {
        match (self.depth, stored) {
            (Depth::Rgba, [r, g, b, a]) => [*r, *g, *b, *a],
            (Depth::Grey, [v, a]) => [*v, *v, *v, *a],
            (Depth::Indexed, [index]) if self.transparent != Some(*index) => self
                .palette
                .get(usize::from(*index))
                .copied()
                .unwrap_or_default(),
            _ => [0; 4],
        }
    }
}

/// A tile mirrored or transposed as its number says; none where it lies as it is.
pub(super) fn turned(
    bytes: &[u8],
    width: usize,
    height: usize,
    depth: usize,
    number: u32,
    masks: TileMasks,
) -> Option<Vec<u8>> {
    let flip_x = number & masks.flip_x != 0;
    let flip_y = number & masks.flip_y != 0;
    // Only square tiles can be transposed in place.
    let diagonal = number & masks.diagonal != 0 && width == height;
    if !(flip_x || flip_y || diagonal) {
        return None;
    }
    let mut turned = Vec::with_capacity(bytes.len());
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (
                if flip_x { width - 1 - column } else { column },
                if flip_y { height - 1 - row } else { row },
            );
            let (x, y) = if diagonal { (y, x) } else { (x, y) };
            let start = (y * width + x) * depth;
            turned.extend_from_slice(&bytes[start..start + depth]);
        }
    }
    Some(turned)
}
