//! The bundled typeface, JetBrains Mono (SIL Open Font License 1.1, see `fonts/`), and its letters as small masks.
//! Latin, Greek and Cyrillic; no hinting, no ligatures.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::sync::LazyLock;
use tiny_skia::{FillRule, Mask, PathBuilder, Transform};

/// Width of every letter, in ems.
pub const ADVANCE: f32 = 0.6;
/// Height of a lower-case letter without an ascender, in ems.
pub const X_HEIGHT: f32 = 0.55;

/// None only if the bundled file were damaged: pages then show bars in place of letters.
static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::new(include_bytes!("../../fonts/JetBrainsMono-Regular.ttf")).ok());

/// A letter's mask with its place beside the pen.
pub struct Stamp {
    /// From the pen to the mask's left side, in pixels.
    pub left: i32,
    /// From the base line to the mask's top, in pixels, downwards.
    pub top: i32,
    /// Columns of the mask.
    pub width: u32,
    /// Coverage, row by row.
    pub cover: Vec<u8>,
}

/// Letters of one size, each filled once.
pub struct Letters {
    size: f32,
    stamps: HashMap<char, Option<Stamp>>,
}

impl Letters {
    /// Letters whose em is `size` pixels.
    pub fn new(size: f32) -> Self {
        Self {
            size,
            stamps: HashMap::new(),
        }
    }

    /// The letter's mask; none where the face has no such letter.
    pub fn get(&mut self, letter: char) -> Option<&Stamp> {
        let size = self.size;
        self.stamps
            .entry(letter)
            .or_insert_with(|| stamp(letter, size))
            .as_ref()
    }
}

/// Takes outlines in pixels, y up.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, -y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, -y);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, -cy, x, -y);
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.cubic_to(ax, -ay, bx, -by, x, -y);
    }
    fn close(&mut self) {
        self.0.close();
    }
}

fn stamp(letter: char, size: f32) -> Option<Stamp> {
    let font = FONT.as_ref()?;
    let glyph = font.charmap().map(letter)?;
    let outline = font.outline_glyphs().get(glyph)?;
    let mut pen = Pen(PathBuilder::new());
    let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
    outline.draw(settings, &mut pen).ok()?;
    let path = pen.0.finish()?;
    let bounds = path.bounds();
    let (left, top) = (bounds.left().floor(), bounds.top().floor());
    let side = |from: f32, to: f32| (to - from).ceil().max(1.0) as u32;
    let mut mask = Mask::new(side(left, bounds.right()), side(top, bounds.bottom()))?;
    mask.fill_path(
        &path,
        FillRule::Winding,
        true,
        Transform::from_translate(-left, -top),
    );
    Some(Stamp {
        left: left as i32,
        top: top as i32,
        width: mask.width(),
        cover: mask.data().iter().map(|cover| sturdy(*cover)).collect(),
    })
}

/// Thin strokes at a few pixels of size would come out paler than their ink.
fn sturdy(cover: u8) -> u8 {
    let rest = 1.0 - f32::from(cover) / 255.0;
    ((1.0 - rest.powf(1.6)) * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_sit_on_the_line_and_within_their_cell() {
        let mut letters = Letters::new(20.0);
        for letter in ['n', 'M', 'é', 'Ж', 'λ', '0', '{'] {
            let stamp = letters
                .get(letter)
                .unwrap_or_else(|| panic!("{letter} is missing"));
            let height = stamp.cover.len() as i32 / stamp.width as i32;
            assert!(
                stamp.left >= -1 && stamp.left + stamp.width as i32 <= 14,
                "{letter} is too wide"
            );
            assert!(stamp.top < 0 && stamp.top + height >= -1, "{letter} floats");
            assert!(stamp.cover.contains(&255), "{letter} is pale");
        }
        let x = letters.get('x').unwrap();
        assert!((x.top as f32 + 20.0 * X_HEIGHT).abs() <= 1.0);
        for letter in ['永', '🎮', 'ع', '\u{10fffd}'] {
            assert!(letters.get(letter).is_none(), "{letter}");
        }
    }

    #[test]
    fn the_font_is_small_and_its_licence_is_beside_it() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        let font = std::fs::metadata(folder.join("JetBrainsMono-Regular.ttf")).unwrap();
        assert!(font.len() <= 120 << 10);
        let licence = std::fs::read_to_string(folder.join("JetBrainsMono-OFL.txt")).unwrap();
        assert!(licence.contains("SIL Open Font License, Version 1.1"));
    }
}
