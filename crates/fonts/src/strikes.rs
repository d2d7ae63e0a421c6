//! Letters that are pictures: the bitmap strikes of fonts without outlines (`EBDT`, `CBDT`, `sbix`). Those of one bit or
//! of greys are drawn in the ink; coloured ones keep their colours.

use crate::container::Face;
use crate::draw::spread;
use crate::layout::{self, Placed};
use crate::scripts;
use gameforge_domain::{Colour, Format, Limits, Pixels, ReadError};
use gameforge_raster as raster;
use harfrust::ShaperData;
use skrifa::bitmap::{BitmapData, BitmapGlyph, BitmapStrike, MaskData, Origin};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::collections::HashMap;

/// The largest letter, in pixels.
const MOST_PIXELS: u64 = 1 << 20;
/// All letters of one picture together, in pixels: fonts of emoji have letters of 160 × 160.
const MOST_TOGETHER: u64 = 64 << 20;

/// A letter's picture with its upper left corner as seen from the letter's origin, y down, in the strike's pixels.
struct Stamp {
    pixels: Pixels,
    x: i64,
    y: i64,
}

/// One strike, each letter of which is unpacked once.
struct Stamps<'a> {
    strike: BitmapStrike<'a>,
    /// The strike's pixels to the em.
    size: f32,
    /// Pixels to a font unit.
    scale: f32,
    ink: Colour,
    limits: Limits,
    drawn: HashMap<u32, Option<Stamp>>,
    left: u64,
}

/// The strike that suits `size` pixels to the em: the smallest that is not smaller, else the largest.
fn strike<'a>(font: &FontRef<'a>, size: f32) -> Option<BitmapStrike<'a>> {
    let suits = |ppem: f32| {
        if ppem >= size { (0, ppem) } else { (1, -ppem) }
    };
    font.bitmap_strikes()
        .iter()
        .filter(|strike| strike.ppem() >= 1.0)
        .min_by(|a, b| {
            let (a, b) = (suits(a.ppem()), suits(b.ppem()));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
}

/// Whether the font has strikes at all.
pub fn are_in(font: &FontRef<'_>) -> bool {
    strike(font, 1.0).is_some()
}

impl<'a> Stamps<'a> {
    fn new(face: &Face<'a>, size: f32, ink: Colour, limits: &Limits) -> Result<Self, ReadError> {
        let strike = strike(&face.font, size)
            .ok_or_else(|| ReadError::unsupported("a font without outlines and without bitmaps"))?;
        Ok(Self {
            size: strike.ppem(),
            scale: strike.ppem() / em(face),
            strike,
            ink,
            limits: Limits {
                pixels: MOST_PIXELS,
                ..*limits
            },
            drawn: HashMap::new(),
            left: MOST_TOGETHER.min(limits.memory / 8),
        })
    }

    /// None for a letter that the strike lacks or whose picture cannot be unpacked.
    fn get(&mut self, glyph: u32) -> Result<Option<&Stamp>, ReadError> {
        if !self.drawn.contains_key(&glyph) {
            let found = self.strike.get(GlyphId::new(glyph));
            if let Some(found) = &found {
                let pixels = u64::from(found.width) * u64::from(found.height);
                self.left = self.left.checked_sub(pixels.max(64)).ok_or({
                    ReadError::TooLarge {
                        what: "the letters' pictures, in pixels,",
                        found: MOST_TOGETHER.saturating_add(1),
                        limit: MOST_TOGETHER,
                    }
                })?;
            }
            let stamp = found.and_then(|found| self.unpacked(&found));
            self.drawn.insert(glyph, stamp);
        }
        Ok(self.drawn.get(&glyph).and_then(Option::as_ref))
    }

    fn unpacked(&self, glyph: &BitmapGlyph<'_>) -> Option<Stamp> {
        if u64::from(glyph.width) * u64::from(glyph.height) > MOST_PIXELS {
            return None;
        }
        let pixels = match &glyph.data {
            BitmapData::Png(bytes) => raster::decode(Format::Png, bytes, &self.limits).ok()?,
            BitmapData::Bgra(bytes) => {
                let pixels = bytes.as_chunks::<4>().0.iter().map(straight);
                let count = glyph.width as usize * glyph.height as usize;
                let rgba: Vec<u8> = pixels.take(count).flatten().collect();
                Pixels::new(glyph.width, glyph.height, rgba)?
            }
            BitmapData::Mask(mask) => self.masked(glyph.width, glyph.height, mask)?,
        };
        let x = glyph.bearing_x * self.scale + glyph.inner_bearing_x;
        let y = glyph.bearing_y * self.scale + glyph.inner_bearing_y;
        let above = match glyph.placement_origin {
            Origin::TopLeft => y,
            Origin::BottomLeft => y + pixels.height as f32,
        };
        Some(Stamp {
            pixels,
            x: x.round() as i64,
            y: -above.round() as i64,
        })
    }

    fn masked(&self, width: u32, height: u32, mask: &MaskData<'_>) -> Option<Pixels> {
        let bits = usize::from(mask.bpp);
        let (columns, rows) = (width as usize, height as usize);
        let length = if mask.is_packed {
            (columns * rows * bits).div_ceil(8)
        } else {
            (columns * bits).div_ceil(8) * rows
        };
        // What stands behind the last row is not to be taken for one more.
        let exact = MaskData {
            data: mask.data.get(..length)?,
            ..mask.clone()
        };
        let shares = exact.decode(width, height).ok()?;
        let Colour { r, g, b } = self.ink;
        let rgba = shares.iter().flat_map(|share| [r, g, b, *share]).collect();
        Pixels::new(width, height, rgba)
    }

    /// Letters in one picture as large as they need, at their places; none where there is nothing to see.
    fn joined(&mut self, glyphs: &[Placed]) -> Result<Option<Pixels>, ReadError> {
        let mut frame: Option<[i64; 4]> = None;
        for placed in glyphs {
            let (left, top) = self.place(placed);
            if let Some(stamp) = self.get(placed.glyph)? {
                let (x, y) = (left + stamp.x, top + stamp.y);
                let (right, bottom) = (
                    x + i64::from(stamp.pixels.width),
                    y + i64::from(stamp.pixels.height),
                );
                let [a, b, c, d] = frame.unwrap_or([x, y, right, bottom]);
                frame = Some([a.min(x), b.min(y), c.max(right), d.max(bottom)]);
            }
        }
        let Some([left, top, right, bottom]) = frame else {
            return Ok(None);
        };
        let side = |length: i64| u32::try_from(length).unwrap_or(u32::MAX);
        let mut picture = blank(side(right - left), side(bottom - top), &self.limits)?;
        self.lay(glyphs, (-left, -top), &mut picture)?;
        let seen = picture.rgba.as_chunks::<4>().0.iter().any(|p| p[3] > 0);
        Ok(seen.then_some(picture))
    }

    /// Where a letter's origin goes, in pixels, y down.
    fn place(&self, placed: &Placed) -> (i64, i64) {
        (
            (placed.x * self.scale).round() as i64,
            (-placed.y * self.scale).round() as i64,
        )
    }

    fn lay(
        &mut self,
        glyphs: &[Placed],
        origin: (i64, i64),
        picture: &mut Pixels,
    ) -> Result<(), ReadError> {
        for placed in glyphs {
            let (x, y) = self.place(placed);
            if let Some(stamp) = self.get(placed.glyph)? {
                over(
                    picture,
                    &stamp.pixels,
                    (origin.0 + x + stamp.x, origin.1 + y + stamp.y),
                );
            }
        }
        Ok(())
    }
}

fn em(face: &Face<'_>) -> f32 {
    let metrics = face.font.metrics(
        skrifa::instance::Size::unscaled(),
        skrifa::instance::LocationRef::default(),
    );
    f32::from(metrics.units_per_em.max(1))
}

/// Premultiplied blue, green, red, alpha to straight red, green, blue, alpha.
fn straight([b, g, r, a]: &[u8; 4]) -> [u8; 4] {
    let part = |value: u8| {
        (u16::from(value) * 255)
            .checked_div(u16::from(*a))
            .map_or(0, |whole| whole.min(255) as u8)
    };
    [part(*r), part(*g), part(*b), *a]
}

fn blank(width: u32, height: u32, limits: &Limits) -> Result<Pixels, ReadError> {
    let found = u64::from(width) * u64::from(height);
    let limit = (MOST_TOGETHER / 4).min(limits.memory / 8);
    if found == 0 || found > limit {
        return Err(ReadError::TooLarge {
            what: "width × height",
            found,
            limit,
        });
    }
    Ok(Pixels {
        width,
        height,
        rgba: vec![0; found as usize * 4],
    })
}

/// Lays one picture over another with its corner at a place, which may be beside it.
fn over(below: &mut Pixels, above: &Pixels, (left, top): (i64, i64)) {
    let width = i64::from(below.width);
    for (y, row) in (top..).zip(above.rgba.chunks_exact(above.width as usize * 4)) {
        if !(0..i64::from(below.height)).contains(&y) {
            continue;
        }
        for (x, pixel) in (left..).zip(row.as_chunks::<4>().0) {
            if !(0..width).contains(&x) {
                continue;
            }
            let at = (y * width + x) as usize;
            if let Some(place) = below.rgba.as_chunks_mut::<4>().0.get_mut(at)
                && pixel[3] >= place[3]
            {
                // Letters hardly ever lie on each other; where they do the denser one is seen.
                *place = *pixel;
            }
        }
    }
}

/// As `draw::preview`, of strikes.
pub fn preview(
    face: &Face<'_>,
    covered: &[String],
    side: u32,
    ink: Colour,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    let mut stamps = Stamps::new(face, side as f32 * 0.5, ink, limits)?;
    let mut square = blank(side, side, limits)?;
    let data = ShaperData::new(&face.font);
    let shaper = data.shaper(&face.font).build();
    for sample in scripts::samples(covered) {
        let lines = layout::lines(&shaper, sample, f32::INFINITY, 1);
        let glyphs: Vec<Placed> = lines.into_iter().flat_map(|line| line.glyphs).collect();
        if let Some(picture) = stamps.joined(&glyphs)? {
            centre(&mut square, &picture, (0, 0, side), 0.62);
            return Ok(square);
        }
    }
    let mut seen = Vec::new();
    for glyph in spread(&face.font) {
        let placed = Placed {
            glyph,
            x: 0.0,
            y: 0.0,
        };
        seen.extend(stamps.joined(&[placed])?);
        if seen.len() >= 9 {
            break;
        }
    }
    if seen.is_empty() {
        return Err(ReadError::unsupported("a font without visible bitmaps"));
    }
    let columns = (seen.len() as f64).sqrt() as u32;
    let cell = (side * 8 / 10 / columns).max(1);
    for (place, picture) in (0..columns * columns).zip(&seen) {
        let corner = |index: u32| side / 10 + index * cell;
        let (x, y) = (corner(place % columns), corner(place / columns));
        centre(&mut square, picture, (x, y, cell), 0.72);
    }
    Ok(square)
}

/// Fits a picture into the middle of a cell (corner, side) so that it takes at most `part` of it.
fn centre(square: &mut Pixels, picture: &Pixels, (x, y, cell): (u32, u32, u32), part: f32) {
    let fitted = raster::fit(picture, (cell as f32 * part) as u32);
    let middle =
        |from: u32, length: u32| i64::from(from) + (i64::from(cell) - i64::from(length)) / 2;
    let place = (middle(x, fitted.width), middle(y, fitted.height));
    over(square, &fitted, place);
}

/// As `draw::specimen`, of strikes: `size` is kept as nearly as whole enlargements of the letters' pixels allow.
pub fn specimen(
    face: &Face<'_>,
    text: &str,
    size: f32,
    width: u32,
    ink: Colour,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    let mut stamps = Stamps::new(face, size, ink, limits)?;
    let enlarged = (size / stamps.size).floor().max(1.0);
    let zoom = if stamps.size > size {
        size / stamps.size
    } else {
        enlarged
    };
    let columns = (width as f32 / zoom).ceil().max(1.0);
    let (ascent, line) = (stamps.size * 0.95, (stamps.size * 1.3).ceil());
    let most = (crate::draw::HIGHEST as f32 / (line * zoom))
        .floor()
        .max(1.0) as usize;
    let data = ShaperData::new(&face.font);
    let shaper = data.shaper(&face.font).build();
    let lines = layout::lines(&shaper, text, columns / stamps.scale, most);
    let rows = (line * lines.len().max(1) as f32) as u32;
    let mut page = blank(columns as u32, rows, limits)?;
    for (row, set) in lines.iter().enumerate() {
        let x = if set.rtl {
            columns - set.width * stamps.scale
        } else {
            0.0
        };
        let y = (row as f32 * line + ascent).round();
        stamps.lay(&set.glyphs, (x.round() as i64, y as i64), &mut page)?;
    }
    let height = ((rows as f32 * zoom) as u32).max(1);
    let mut sheet = blank(width, height, limits)?;
    if zoom < 1.0 {
        let longest = page.width.max(page.height) as f32 * zoom;
        over(&mut sheet, &raster::fit(&page, longest as u32), (0, 0));
    } else {
        let zoom = enlarged as usize;
        let source = page.rgba.as_chunks::<4>().0;
        for (at, pixel) in sheet.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let (x, y) = (at % width as usize / zoom, at / width as usize / zoom);
            if let Some(found) = source.get(y * page.width as usize + x) {
                *pixel = *found;
            }
        }
    }
    Ok(sheet)
}
