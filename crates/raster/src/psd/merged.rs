//! The merged picture, row by row: nothing of it is held but the row, and what zip makes unpack as a whole.

use super::{
    Document, colour,
    planes::{self, Shape},
};
use crate::{bounds, sink::Sink};
use gameforge_domain::{Limits, ReadError};
use std::cell::RefCell;
use std::io::{Read, Seek};

pub(super) fn stream<R: Read + Seek>(
    document: &Document,
    file: &RefCell<R>,
    len: u64,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), ReadError> {
    let colours = document.mode.colours();
    let wanted = colours + usize::from(document.alpha());
    if usize::from(document.channels) < wanted {
        return Err(ReadError::corrupt(
            "PSD with too few channels for its colour mode",
        ));
    }
    let shape = Shape {
        columns: document.width as usize,
        rows: document.height as usize,
        depth: document.depth,
        large: document.large,
    };
    let stored = usize::from(document.channels);
    let mut planes = planes::open(
        file,
        document.pixels_at..len,
        shape,
        (stored, wanted),
        limits,
    )?;
    let alpha = planes.split_off(colours.min(planes.len())).pop();
    let mut alpha = alpha.map(planes::Plane::share);
    sink.start(document.width, document.height, limits)?;
    let mut rgba = Vec::new();
    for row in 0..shape.rows {
        let samples = planes.iter_mut().map(|plane| plane.row(row));
        let samples = samples.collect::<Result<Vec<_>, _>>()?;
        colour::row(document.mode, &document.table, &samples, &mut rgba)?;
        if let Some(alpha) = &mut alpha {
            let pixels = rgba.as_chunks_mut::<4>().0.iter_mut();
            for (pixel, alpha) in pixels.zip(alpha.row(row)?) {
                *pixel = colour::off_white(*pixel, *alpha);
            }
        }
        sink.rgba(&rgba);
    }
    Ok(())
}

/// Checks the canvas and what a row takes.
pub(super) fn check(document: &Document, limits: &Limits) -> Result<(), ReadError> {
    let (width, height) = (u64::from(document.width), u64::from(document.height));
    bounds::canvas(width, height, 0, limits)?;
    // A packed, a raw and an unpacked row of each plane, and the row of pixels.
    let planes = document.mode.colours() as u64 + 1;
    let sample = u64::from(document.depth.max(8)) / 8;
    bounds::memory(width * (planes * (3 * sample + 1) + 4), limits)
}
