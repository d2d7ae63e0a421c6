//! A page: its lines, and how they become pixels.

use super::face::{ADVANCE, Letters, X_HEIGHT};
use super::line::{COLUMNS, Cell, Ink, Line, columns};
use gameforge_domain::Pixels;

/// Lines of a page.
pub const ROWS: usize = 15;
/// The margin on every side, in parts of the page's width.
const MARGIN: f32 = 12.0 / 320.0;
/// A title's size over that of other lines.
const TITLE: f32 = 1.5;
/// How much larger the few words of a short page are set, and which pages are short: columns and lines.
const SHORT: (f32, usize, usize) = (1.5, 30, 9);
/// Columns over which a line that goes on fades out.
const FADE: usize = 6;
/// The sides that pages are drawn at, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 32..=2048;

/// The first lines of something.
#[derive(Debug, Default)]
pub struct Page {
    lines: Vec<Line>,
    /// There is more than the lines show.
    more: bool,
}

impl Page {
    /// An empty page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether further lines would be left out.
    pub fn is_full(&self) -> bool {
        self.more
    }

    /// Whether it has no line yet.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a line. Of blank ones only single ones between others are kept.
    pub fn push(&mut self, line: Line) {
        if line.is_blank() && self.lines.last().is_none_or(Line::is_blank) {
            return;
        }
        if self.lines.len() < ROWS {
            self.lines.push(line);
        } else if !line.is_blank() {
            self.more = true;
        }
    }

    /// Adds a line that is broken where it is too long for the page.
    pub fn push_broken(&mut self, line: Line, hang: usize) {
        let width = if line.title {
            (COLUMNS as f32 / TITLE) as usize
        } else {
            COLUMNS
        };
        for line in line.broken(width, hang) {
            self.push(line);
        }
    }

    /// Its lines as plain text, for tests.
    #[cfg(test)]
    pub fn words(&self) -> Vec<String> {
        let plain = |line: &Line| {
            line.cells
                .iter()
                .map(|cell| cell.letter)
                .collect::<String>()
        };
        self.lines
            .iter()
            .map(|line| plain(line).trim_end().to_owned())
            .collect()
    }

    /// The ink of the first letter of the first occurrence of `word`, for tests.
    #[cfg(test)]
    pub fn ink_of(&self, word: &str) -> Option<Ink> {
        self.lines.iter().find_map(|line| {
            let letters: Vec<char> = line.cells.iter().map(|cell| cell.letter).collect();
            let wanted: Vec<char> = word.chars().collect();
            let at = letters
                .windows(wanted.len())
                .position(|part| part == wanted)?;
            Some(line.cells[at].ink)
        })
    }

    /// The size of its words over that of a full page.
    fn zoom(&self) -> f32 {
        let (zoom, columns, lines) = SHORT;
        let is_short = self.lines.len() <= lines
            && self
                .lines
                .iter()
                .all(|line| line.width() <= columns && !line.title);
        if is_short { zoom } else { 1.0 }
    }

    /// Draws it four to three, `side` pixels wide; none where nothing is to be seen.
    pub fn draw(&self, side: u32) -> Option<Pixels> {
        if self.lines.iter().all(Line::is_blank) {
            return None;
        }
        let width = side.clamp(*SIDES.start(), *SIDES.end());
        let mut sheet = Sheet::new(width, width * 3 / 4);
        let zoom = self.zoom();
        let body = sheet.inner_width() / COLUMNS as f32 / ADVANCE * zoom;
        let row = sheet.inner_height() / ROWS as f32 * zoom;
        let mut letters = [Letters::new(body), Letters::new(body * TITLE)];
        let mut top = sheet.margin();
        let bottom = top + sheet.inner_height();
        for (number, line) in self.lines.iter().enumerate() {
            let scale = if line.title { TITLE } else { 1.0 };
            let height = row * if line.title { TITLE * 0.95 } else { 1.0 };
            if top + height > bottom + 0.5 {
                break;
            }
            // Whatever goes on below leaves softly.
            let goes_on = self.more || self.lines.len() > number + 1;
            let left = (bottom - top - height) / row;
            let strength = if goes_on && left < 1.5 {
                0.35 + 0.4 * left.clamp(0.0, 1.0)
            } else {
                1.0
            };
            let place = Place {
                top,
                height,
                size: body * scale,
                strength,
            };
            sheet.rules(line, &place);
            sheet.line(line, &place, &mut letters[usize::from(line.title)]);
            top += height;
        }
        Pixels::new(sheet.width, sheet.height, sheet.rgba)
    }
}

/// Where a line is drawn and how strongly.
struct Place {
    top: f32,
    height: f32,
    /// Em, in pixels.
    size: f32,
    strength: f32,
}

impl Place {
    /// The base line: x-heights stand in the middle of the row.
    fn base(&self) -> i32 {
        (self.top + self.height / 2.0 + self.size * 0.34).round() as i32
    }
}

struct Sheet {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Sheet {
    fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            rgba: vec![0; width as usize * height as usize * 4],
        }
    }

    fn margin(&self) -> f32 {
        self.width as f32 * MARGIN
    }

    fn inner_width(&self) -> f32 {
        self.width as f32 - 2.0 * self.margin()
    }

    fn inner_height(&self) -> f32 {
        self.height as f32 - 2.0 * self.margin()
    }

    /// Inks never lie over each other but at their edges: the stronger one stays.
    fn dot(&mut self, x: i32, y: i32, ink: Ink, cover: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = (y as usize * self.width as usize + x as usize) * 4;
        let alpha = (cover * ink.strength() * 255.0 + 0.5) as u8;
        if let Some(pixel) = self
            .rgba
            .get_mut(at..at + 4)
            .filter(|pixel| pixel[3] < alpha)
        {
            let colour = ink.colour();
            pixel.copy_from_slice(&[colour.r, colour.g, colour.b, alpha]);
        }
    }

    fn line(&mut self, line: &Line, place: &Place, letters: &mut Letters) {
        let advance = place.size * ADVANCE;
        let fits = (self.inner_width() / advance + 0.01) as usize;
        let cut = line.width() > fits;
        let mut column = 0;
        for cell in &line.cells {
            let wide = columns(cell.letter);
            if column + wide > fits {
                break;
            }
            let near_end = (fits - column) as f32 / FADE as f32;
            let strength = place.strength * if cut { near_end.min(1.0) } else { 1.0 };
            let x = self.margin() + column as f32 * advance;
            self.cell(*cell, x, wide as f32 * advance, place, strength, letters);
            column += wide;
        }
    }

    fn cell(
        &mut self,
        cell: Cell,
        x: f32,
        wide: f32,
        place: &Place,
        strength: f32,
        letters: &mut Letters,
    ) {
        if cell.letter == ' ' {
            return;
        }
        let base = place.base();
        match letters.get(cell.letter) {
            Some(stamp) => {
                let left = x.round() as i32 + stamp.left;
                for (at, cover) in stamp
                    .cover
                    .iter()
                    .enumerate()
                    .filter(|(_, cover)| **cover > 0)
                {
                    let (dx, dy) = (at as u32 % stamp.width, at as u32 / stamp.width);
                    let strength = f32::from(*cover) / 255.0 * strength;
                    self.dot(
                        left + dx as i32,
                        base + stamp.top + dy as i32,
                        cell.ink,
                        strength,
                    );
                }
            }
            None if wide > 0.0 => self.bar(cell.ink, x, wide, base, place.size, strength),
            None => {}
        }
    }

    /// In place of a letter that the face does not have.
    fn bar(&mut self, ink: Ink, x: f32, wide: f32, base: i32, size: f32, strength: f32) {
        let gap = size * 0.06;
        let (left, right) = ((x + gap).round() as i32, (x + wide - gap).round() as i32);
        let top = base - (size * X_HEIGHT).round().max(1.0) as i32;
        for y in top..base {
            for x in left..right.max(left + 1) {
                self.dot(x, y, ink, 0.4 * strength);
            }
        }
    }

    fn rules(&mut self, line: &Line, place: &Place) {
        let thick = (self.width as f32 / 320.0).round().max(1.0) as i32;
        for column in &line.rules {
            let x = self.margin() + (*column as f32 + 0.5) * place.size * ADVANCE;
            let (top, bottom) = (
                place.top.round() as i32,
                (place.top + place.height).round() as i32,
            );
            for y in top..bottom {
                for x in x as i32..x as i32 + thick {
                    self.dot(x, y, Ink::Faint, 0.45 * place.strength);
                }
            }
        }
    }
}
