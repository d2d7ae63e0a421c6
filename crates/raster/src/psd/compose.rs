//! The picture of a document that was saved without its merged one: the layers laid over each other. Effects,
//! adjustments, text that only Photoshop can set and vector masks are left out; blend modes that have no counterpart
//! here are laid over as they are. Groups pass their visibility and opacity on, as in “pass through”.

use super::{
    Document, colour,
    layers::{Area, Record, Role},
    planes::{self, Plane, Shape},
};
use crate::{blend::Mode, bounds};
use gameforge_domain::{Limits, Pixels, ReadError};
use std::cell::RefCell;
use std::io::{Read, Seek};

/// Layers may together have this many times the pixels of the largest canvas: what takes longer than some seconds to
/// lay over is refused.
const MOST_WORK: u64 = 10;

/// Lays the visible layers over each other.
///
/// # Errors
/// `TooLarge` over the limits, `Unsupported` where there is no layer, `Truncated` and `Corrupt` as the channels are.
pub(super) fn picture<R: Read + Seek>(
    document: &Document,
    file: &RefCell<R>,
    len: u64,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    let records = &document.layers.records;
    if !records.iter().any(|record| record.role == Role::Layer) {
        return Err(ReadError::unsupported(
            "PSD without its merged picture and without layers; save it with “Maximise compatibility”",
        ));
    }
    let (width, height) = (document.width, document.height);
    // Four bytes of colour, one for what a clipped layer lies on.
    let pixels = bounds::canvas(u64::from(width), u64::from(height), 5, limits)?;
    let mut canvas = Canvas {
        document,
        width: width as usize,
        height: height as usize,
        rgba: vec![0; pixels * 4],
        base: Vec::new(),
        clips: false,
        work: limits.pixels.saturating_mul(MOST_WORK),
    };
    let mut at = document.layers.channels_at;
    for (index, (record, opacity)) in records.iter().zip(opacities(records)).enumerate() {
        canvas.clips = records.get(index + 1).is_some_and(|next| next.clipped);
        canvas.lay(record, opacity, file, at..len, limits)?;
        at = record
            .channels
            .iter()
            .fold(at, |at, (_, length)| at.saturating_add(*length));
    }
    Pixels::new(width, height, canvas.rgba).ok_or_else(|| ReadError::corrupt("PSD canvas"))
}

/// How much of each layer shows through its own settings and those of the groups around it; 0 where it is hidden.
fn opacities(records: &[Record]) -> Vec<u8> {
    let times = |a: u8, b: u8| ((u16::from(a) * u16::from(b) + 127) / 255) as u8;
    let mut groups = vec![255_u8];
    let mut found = vec![0; records.len()];
    // From the top, since a group's own record stands above what is in it.
    for (record, slot) in records.iter().zip(&mut found).rev() {
        let around = groups.last().copied().unwrap_or(255);
        let own = if record.hidden {
            0
        } else {
            times(record.opacity, record.fill)
        };
        match record.role {
            Role::Layer => *slot = times(around, own),
            Role::Group => groups.push(times(around, own)),
            Role::GroupEnd if groups.len() > 1 => drop(groups.pop()),
            Role::GroupEnd => {}
        }
    }
    found
}

struct Canvas<'d> {
    document: &'d Document,
    width: usize,
    height: usize,
    rgba: Vec<u8>,
    /// Alpha of the last layer that is not clipped, where the next one is.
    base: Vec<u8>,
    /// Whether the layer above is clipped to this one.
    clips: bool,
    /// Pixels that may still be laid over.
    work: u64,
}

/// The channels of a layer that make its picture.
struct Channels<'a, R> {
    colours: Vec<Plane<'a, R>>,
    alpha: Option<Plane<'a, R>>,
    mask: Option<(Plane<'a, R>, Area, u8)>,
}

impl Canvas<'_> {
    fn lay<R: Read + Seek>(
        &mut self,
        record: &Record,
        opacity: u8,
        file: &RefCell<R>,
        place: std::ops::Range<u64>,
        limits: &Limits,
    ) -> Result<(), ReadError> {
        if !record.clipped {
            self.base.clear();
            if self.clips {
                self.base.resize(self.width * self.height, 0);
            }
        }
        let across = overlap(record.area.left, record.area.right, self.width);
        let down = overlap(record.area.top, record.area.bottom, self.height);
        // A hidden layer hides what is clipped to it.
        if opacity == 0 || across.is_empty() || down.is_empty() || record.role != Role::Layer {
            return Ok(());
        }
        let pixels = across.len() as u64 * down.len() as u64;
        self.work = self
            .work
            .checked_sub(pixels)
            .ok_or_else(|| ReadError::TooLarge {
                what: "the layers together, in pixels,",
                found: limits.pixels.saturating_mul(MOST_WORK).saturating_add(1),
                limit: limits.pixels.saturating_mul(MOST_WORK),
            })?;
        let Some(mut channels) = channels(self.document, record, file, place, limits)? else {
            return Ok(());
        };
        let mode = mode(record.blend);
        let mut row = Vec::new();
        for y in down {
            channels.row(self.document, record, y, &mut row)?;
            let left = i64::from(record.area.left);
            for x in across.clone() {
                let from = usize::try_from(x as i64 - left).unwrap_or(0) * 4;
                let Some([r, g, b, alpha]) = row.get(from..from + 4).and_then(<[u8]>::as_array)
                else {
                    continue;
                };
                let at = y * self.width + x;
                let alpha = self.clipped(record, at, *alpha);
                if alpha == 0 {
                    continue;
                }
                if let Some(below) = self.rgba.as_chunks_mut::<4>().0.get_mut(at) {
                    *below = mode.over(*below, [*r, *g, *b, alpha], opacity);
                }
            }
        }
        Ok(())
    }

    /// The alpha within what is below a clipped layer; that of another one is noted where the next is clipped.
    fn clipped(&mut self, record: &Record, at: usize, alpha: u8) -> u8 {
        match self.base.get_mut(at) {
            Some(base) if record.clipped => {
                ((u16::from(alpha) * u16::from(*base) + 127) / 255) as u8
            }
            Some(base) => {
                *base = alpha;
                alpha
            }
            None => alpha,
        }
    }
}

/// The part of `from..to` that lies on a canvas of this size.
fn overlap(from: i32, to: i32, size: usize) -> std::ops::Range<usize> {
    let on = |place: i32| usize::try_from(place).unwrap_or(0).min(size);
    on(from)..on(to)
}

/// None for a layer without pixels of its own: adjustments, fills.
fn channels<'a, R: Read + Seek>(
    document: &Document,
    record: &Record,
    file: &'a RefCell<R>,
    place: std::ops::Range<u64>,
    limits: &Limits,
) -> Result<Option<Channels<'a, R>>, ReadError> {
    let wanted = document.mode.colours();
    let mut colours: Vec<Option<Plane<'a, R>>> = (0..wanted).map(|_| None).collect();
    let (mut alpha, mut mask) = (None, None);
    let mut at = place.start;
    for (number, length) in &record.channels {
        let end = at.saturating_add(*length);
        if end > place.end {
            return Err(ReadError::truncated("PSD layer channels"));
        }
        let open = |area: Area| -> Result<Option<Plane<'a, R>>, ReadError> {
            let shape = Shape {
                columns: area.columns(),
                rows: area.rows(),
                depth: document.depth,
                large: document.large,
            };
            // What the rows of one plane take; a layer may be wider than its canvas.
            bounds::memory(shape.row_bytes() as u64 * 8, limits)?;
            Ok(planes::open(file, at..end, shape, (1, 1), limits)?.pop())
        };
        match (usize::try_from(*number), record.mask) {
            (Ok(colour), _) if colour < wanted => colours[colour] = open(record.area)?,
            (Err(_), _) if *number == -1 => alpha = open(record.area)?.map(Plane::share),
            (Err(_), Some((area, outside))) if *number == -2 && area.columns() > 0 => {
                mask = open(area)?.map(|plane| (plane.share(), area, outside));
            }
            _ => {}
        }
        at = end;
    }
    let colours: Option<Vec<_>> = colours.into_iter().collect();
    Ok(colours.map(|colours| Channels {
        colours,
        alpha,
        mask,
    }))
}

impl<R: Read + Seek> Channels<'_, R> {
    /// A row of the layer's own pixels, with transparency and mask in the alpha; `y` is on the canvas.
    fn row(
        &mut self,
        document: &Document,
        record: &Record,
        y: usize,
        rgba: &mut Vec<u8>,
    ) -> Result<(), ReadError> {
        let below = |top: i32| usize::try_from(y as i64 - i64::from(top)).ok();
        let Some(row) = below(record.area.top) else {
            return Ok(());
        };
        let samples = self.colours.iter_mut().map(|plane| plane.row(row));
        let samples = samples.collect::<Result<Vec<_>, _>>()?;
        colour::row(document.mode, &document.table, &samples, rgba)?;
        if let Some(alpha) = &mut self.alpha {
            let pixels = rgba.as_chunks_mut::<4>().0.iter_mut();
            for (pixel, alpha) in pixels.zip(alpha.row(row)?) {
                pixel[3] = *alpha;
            }
        }
        if let Some((plane, area, outside)) = &mut self.mask {
            let inside = below(area.top).filter(|row| *row < area.rows());
            let values = inside.map(|row| plane.row(row)).transpose()?;
            for (x, pixel) in rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let across = i64::from(record.area.left) + x as i64 - i64::from(area.left);
                let value = usize::try_from(across)
                    .ok()
                    .and_then(|x| values?.get(x).copied())
                    .unwrap_or(*outside);
                pixel[3] = ((u16::from(pixel[3]) * u16::from(value) + 127) / 255) as u8;
            }
        }
        Ok(())
    }
}

fn mode(letters: [u8; 4]) -> Mode {
    match &letters {
        b"mul " => Mode::Multiply,
        b"scrn" => Mode::Screen,
        b"over" => Mode::Overlay,
        b"dark" | b"dkCl" => Mode::Darken,
        b"lite" | b"lgCl" => Mode::Lighten,
        b"div " => Mode::ColourDodge,
        b"idiv" | b"lbrn" => Mode::ColourBurn,
        b"hLit" | b"vLit" | b"lLit" | b"pLit" | b"hMix" => Mode::HardLight,
        b"sLit" => Mode::SoftLight,
        b"diff" => Mode::Difference,
        b"smud" => Mode::Exclusion,
        b"hue " => Mode::Hue,
        b"sat " => Mode::Saturation,
        b"colr" => Mode::Colour,
        b"lum " => Mode::Luminosity,
        b"lddg" => Mode::Addition,
        b"fsub" => Mode::Subtract,
        b"fdiv" => Mode::Divide,
        _ => Mode::Normal,
    }
}
