//! Placed glyphs to pixels: outlines become one path, the path a mask, the mask a picture in one ink.

use crate::container::Face;
use crate::cost::Budget;
use crate::layout::{self, Placed};
use crate::{scripts, strikes};
use gameforge_domain::{Colour, Limits, Pixels, ReadError};
use harfrust::ShaperData;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlineGlyphCollection, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::collections::HashMap;
use tiny_skia::{FillRule, Mask, Path, PathBuilder, Rect, Transform};

/// The longest text that is set, in characters.
const LONGEST_TEXT: usize = 4000;
/// The highest specimen, in pixels.
pub const HIGHEST: u32 = 16_384;
/// Glyphs looked at to find icons for a preview.
const ICONS_TRIED: usize = 400;

/// Takes outlines in font units, y up.
#[derive(Default)]
struct Pen {
    path: PathBuilder,
    /// A contour must begin with a move; damaged fonts may not.
    open: bool,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(x, y);
        self.open = true;
    }
    fn line_to(&mut self, x: f32, y: f32) {
        if self.open {
            self.path.line_to(x, y);
        }
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        if self.open {
            self.path.quad_to(cx, cy, x, y);
        }
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        if self.open {
            self.path.cubic_to(ax, ay, bx, by, x, y);
        }
    }
    fn close(&mut self) {
        if self.open {
            self.path.close();
        }
        self.open = false;
    }
}

/// A face's outlines, each drawn once.
struct Outlines<'a> {
    glyphs: OutlineGlyphCollection<'a>,
    budget: Budget<'a>,
    drawn: HashMap<u32, Option<Path>>,
}

impl<'a> Outlines<'a> {
    fn new(font: &FontRef<'a>) -> Self {
        Self {
            glyphs: font.outline_glyphs(),
            budget: Budget::new(font),
            drawn: HashMap::new(),
        }
    }

    /// The outline in font units; none for an empty or unreadable glyph.
    ///
    /// # Errors
    /// When the outlines ask for more work than any real font does.
    fn get(&mut self, glyph: u32) -> Result<Option<&Path>, ReadError> {
        if !self.drawn.contains_key(&glyph) {
            let whole = self.budget.spend(glyph)?;
            let mut pen = Pen::default();
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            let outline = self.glyphs.get(GlyphId::new(glyph)).filter(|_| whole);
            let drawn = outline.is_some_and(|outline| outline.draw(settings, &mut pen).is_ok());
            let path = if drawn { pen.path.finish() } else { None };
            self.drawn.insert(glyph, path);
        }
        Ok(self.drawn.get(&glyph).and_then(Option::as_ref))
    }

    /// Several glyphs as one path, moved to their places and scaled to pixels, y down, from a base point.
    fn join(
        &mut self,
        glyphs: &[Placed],
        scale: f32,
        x: f32,
        y: f32,
        into: &mut PathBuilder,
    ) -> Result<(), ReadError> {
        for placed in glyphs {
            if let Some(path) = self.get(placed.glyph)? {
                let place = Transform::from_row(
                    scale,
                    0.0,
                    0.0,
                    -scale,
                    x + placed.x * scale,
                    y - placed.y * scale,
                );
                if let Some(path) = path.clone().transform(place) {
                    into.push_path(&path);
                }
            }
        }
        Ok(())
    }
}

/// “Ag”, the font's own script, or a grid of nine icons.
pub fn preview(
    face: &Face<'_>,
    covered: &[String],
    side: u32,
    ink: Colour,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    let side = side.clamp(16, 4096);
    let mut outlines = Outlines::new(&face.font);
    if outlines.glyphs.format().is_none() {
        return strikes::preview(face, covered, side, ink, limits);
    }
    let data = ShaperData::new(&face.font);
    let shaper = data.shaper(&face.font).build();
    for sample in scripts::samples(covered) {
        let mut path = PathBuilder::new();
        for line in layout::lines(&shaper, sample, f32::INFINITY, 1) {
            outlines.join(&line.glyphs, 1.0, 0.0, 0.0, &mut path)?;
        }
        if let Some(path) = path.finish()
            && let Some(path) = fitted(
                &path,
                Rect::from_xywh(0.0, 0.0, side as f32, side as f32),
                0.62,
                0.48,
            )
        {
            return filled(&path, side, side, ink);
        }
    }
    match icons(&face.font, &mut outlines, side, ink) {
        // Some fonts of pictures have outlines with nothing in them.
        Err(ReadError::Unsupported { .. }) if strikes::are_in(&face.font) => {
            strikes::preview(face, covered, side, ink, limits)
        }
        drawn => drawn,
    }
}

/// Nine of the glyphs that have ink, spread over the font.
fn icons(
    font: &FontRef<'_>,
    outlines: &mut Outlines<'_>,
    side: u32,
    ink: Colour,
) -> Result<Pixels, ReadError> {
    let mut inked = Vec::new();
    for glyph in spread(font) {
        if outlines.get(glyph)?.is_some() {
            inked.push(glyph);
        }
    }
    if inked.is_empty() {
        return Err(ReadError::unsupported("a font without visible outlines"));
    }
    let columns = if inked.len() >= 9 {
        3
    } else if inked.len() >= 4 {
        2
    } else {
        1
    };
    let cell = side as f32 * 0.8 / columns as f32;
    let mut joined = PathBuilder::new();
    for place in 0..columns * columns {
        let glyph = inked[place * inked.len() / (columns * columns)];
        let (x, y) = ((place % columns) as f32, (place / columns) as f32);
        let frame = Rect::from_xywh(
            side as f32 * 0.1 + x * cell,
            side as f32 * 0.1 + y * cell,
            cell,
            cell,
        );
        let flipped = outlines
            .get(glyph)?
            .and_then(|path| path.clone().transform(Transform::from_scale(1.0, -1.0)));
        if let Some(path) = flipped.and_then(|path| fitted(&path, frame, 0.72, 0.72)) {
            joined.push_path(&path);
        }
    }
    let path = joined
        .finish()
        .ok_or_else(|| ReadError::unsupported("a font without visible outlines"))?;
    filled(&path, side, side, ink)
}

/// Glyphs to look for icons among: those of the font's letters, spread over them, else the first ones.
pub fn spread(font: &FontRef<'_>) -> impl Iterator<Item = u32> {
    let mut glyphs: Vec<u32> = font
        .charmap()
        .mappings()
        .take(4096)
        .map(|(_, glyph)| glyph.to_u32())
        .filter(|glyph| *glyph != 0)
        .collect();
    if glyphs.is_empty() {
        glyphs = (1..512).collect();
    }
    glyphs.dedup();
    let step = (glyphs.len() / ICONS_TRIED).max(1);
    glyphs.into_iter().step_by(step).take(ICONS_TRIED)
}

/// Scales and centres a path so that it takes at most these parts of the frame.
fn fitted(path: &Path, frame: Option<Rect>, across: f32, down: f32) -> Option<Path> {
    let (frame, bounds) = (frame?, path.bounds());
    let scale = (frame.width() * across / bounds.width().max(1.0))
        .min(frame.height() * down / bounds.height().max(1.0));
    let x = frame.x() + frame.width() / 2.0 - (bounds.x() + bounds.width() / 2.0) * scale;
    let y = frame.y() + frame.height() / 2.0 - (bounds.y() + bounds.height() / 2.0) * scale;
    path.clone()
        .transform(Transform::from_row(scale, 0.0, 0.0, scale, x, y))
}

/// Sets a text; see [`crate::specimen`].
pub fn specimen(
    face: &Face<'_>,
    text: &str,
    size: f32,
    width: u32,
    ink: Colour,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    let size = if size.is_finite() {
        size.clamp(4.0, 400.0)
    } else {
        32.0
    };
    let width = width.clamp(16, 8192);
    let mut outlines = Outlines::new(&face.font);
    let text: String = text.chars().take(LONGEST_TEXT).collect();
    if outlines.glyphs.format().is_none() {
        return strikes::specimen(face, &text, size, width, ink, limits);
    }
    let Measures {
        scale,
        ascent,
        line,
    } = Measures::of(face, size);
    let data = ShaperData::new(&face.font);
    let shaper = data.shaper(&face.font).build();
    let most = (HIGHEST as f32 / line).floor().max(1.0) as usize;
    let lines = layout::lines(&shaper, &text, width as f32 / scale, most);
    let height = ((lines.len().max(1) as f32 * line).ceil() as u32).clamp(1, HIGHEST);
    let found = u64::from(width) * u64::from(height);
    if found > limits.pixels || found * 5 > limits.memory {
        return Err(ReadError::TooLarge {
            what: "width × height",
            found,
            limit: limits.pixels.min(limits.memory / 5),
        });
    }
    let mut path = PathBuilder::new();
    for (row, set) in lines.iter().enumerate() {
        let x = if set.rtl {
            width as f32 - set.width * scale
        } else {
            0.0
        };
        let baseline = row as f32 * line + ascent;
        outlines.join(&set.glyphs, scale, x, baseline, &mut path)?;
    }
    match path.finish() {
        Some(path) => filled(&path, width, height, ink),
        None => Ok(Pixels {
            width,
            height,
            rgba: vec![0; found as usize * 4],
        }),
    }
}

/// How a face's lines are set at one size.
struct Measures {
    /// Pixels a font unit.
    scale: f32,
    /// From the top of a line to its baseline, in pixels.
    ascent: f32,
    /// From one baseline to the next, in pixels.
    line: f32,
}

impl Measures {
    /// Fonts can claim any ascent; a line is kept within half and three ems.
    fn of(face: &Face<'_>, size: f32) -> Self {
        let metrics = face.font.metrics(Size::unscaled(), LocationRef::default());
        let em = f32::from(metrics.units_per_em.max(1));
        let sane = |value: f32, least: f32, most: f32| {
            if value.is_finite() {
                value.clamp(least * em, most * em)
            } else {
                em
            }
        };
        let scale = size / em;
        let ascent = sane(metrics.ascent, 0.5, 2.0);
        let line = ascent + sane(-metrics.descent, 0.15, 1.0) + sane(metrics.leading, 0.0, 1.0);
        Self {
            scale,
            ascent: ascent * scale,
            line: line.max(1.15 * em) * scale,
        }
    }
}

fn filled(path: &Path, width: u32, height: u32, ink: Colour) -> Result<Pixels, ReadError> {
    let too_large = || ReadError::TooLarge {
        what: "width × height",
        found: u64::from(width) * u64::from(height),
        limit: u64::from(HIGHEST).pow(2),
    };
    let mut mask = Mask::new(width, height).ok_or_else(too_large)?;
    mask.fill_path(path, FillRule::Winding, true, Transform::identity());
    let rgba = mask
        .data()
        .iter()
        .flat_map(|alpha| [ink.r, ink.g, ink.b, *alpha])
        .collect();
    Pixels::new(width, height, rgba).ok_or_else(too_large)
}
