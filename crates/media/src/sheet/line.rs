//! One line of a page: cells of a monospaced grid, each a character in an ink.

use gameforge_domain::Colour;

/// Cells across a page.
pub const COLUMNS: usize = 46;
/// Cells that a line may have before it is cut or broken: enough for a paragraph that fills a page.
const MOST: usize = COLUMNS * 16;

/// What a piece of text is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Most of the words.
    Text,
    /// Values, types, quoted things.
    Second,
    /// Headings, keys, keywords.
    Accent,
    /// Punctuation, comments: there, but not to be read first.
    Faint,
}

impl Ink {
    /// Every ink.
    #[cfg(test)]
    pub const ALL: [Self; 4] = [Self::Text, Self::Second, Self::Accent, Self::Faint];

    /// Its colour: at least 3 : 1 against `#101316` and against `#f0f2f4` (WCAG 2.2, contrast ratio).
    pub const fn colour(self) -> Colour {
        match self {
            Self::Text | Self::Faint => Colour {
                r: 0x78,
                g: 0x84,
                b: 0x92,
            },
            Self::Second => Colour {
                r: 0x4c,
                g: 0x8a,
                b: 0xc0,
            },
            Self::Accent => Colour {
                r: 0xc0,
                g: 0x74,
                b: 0x2c,
            },
        }
    }

    /// How much of the ink is put on, 0 to 1.
    pub const fn strength(self) -> f32 {
        match self {
            Self::Faint => 0.6,
            _ => 1.0,
        }
    }
}

/// A character on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub letter: char,
    pub ink: Ink,
}

/// Characters in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Without tabs and control characters.
    pub cells: Vec<Cell>,
    /// Set larger than the rest.
    pub title: bool,
    /// Columns that a thin upright rule runs through: the levels of a tree.
    pub rules: Vec<usize>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words. A tab becomes two blanks, any other white space one; control characters are left out, and so is
    /// what goes beyond [`MOST`].
    pub fn put(&mut self, ink: Ink, words: &str) -> &mut Self {
        for letter in words.chars().take(MOST) {
            let (letter, times) = match letter {
                '\t' => (' ', 2),
                letter if letter.is_whitespace() => (' ', 1),
                letter if letter.is_control() => continue,
                letter => (letter, 1),
            };
            let room = MOST.saturating_sub(self.cells.len()).min(times);
            self.cells
                .extend(std::iter::repeat_n(Cell { letter, ink }, room));
        }
        self
    }

    /// Adds words with every stretch of white space as one blank: for values that span lines.
    pub fn put_joined(&mut self, ink: Ink, words: &str) -> &mut Self {
        let mut after_blank = true;
        for letter in words.chars().take(MOST) {
            let blank = letter.is_whitespace();
            if blank && !after_blank {
                self.put(ink, " ");
            } else if !blank {
                self.put(ink, letter.encode_utf8(&mut [0; 4]));
            }
            after_blank = blank;
        }
        self
    }

    /// Adds blanks.
    pub fn skip(&mut self, columns: usize) -> &mut Self {
        for _ in 0..columns.min(COLUMNS) {
            self.put(Ink::Text, " ");
        }
        self
    }

    /// Columns that it takes.
    pub fn width(&self) -> usize {
        self.cells.iter().map(|cell| columns(cell.letter)).sum()
    }

    /// Whether there is nothing to see.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.letter == ' ')
    }

    /// Takes the blanks off its end.
    pub fn trim(&mut self) {
        while self.cells.last().is_some_and(|cell| cell.letter == ' ') {
            self.cells.pop();
        }
    }

    /// Breaks it at blanks into lines of at most `width` columns, later ones indented by `hang`.
    pub fn broken(self, width: usize, hang: usize) -> Vec<Self> {
        let blank = Self {
            title: self.title,
            rules: self.rules,
            ..Self::new()
        };
        let mut lines = Vec::new();
        let mut line = blank.clone();
        for word in self.cells.split_inclusive(|cell| cell.letter == ' ') {
            let seen = word.iter().filter(|cell| cell.letter != ' ');
            let wide: usize = seen.map(|cell| columns(cell.letter)).sum();
            if line.width() + wide > width && !line.is_blank() {
                line.trim();
                lines.push(std::mem::replace(&mut line, blank.clone()));
                line.skip(hang);
            }
            line.cells.extend_from_slice(word);
        }
        line.trim();
        lines.push(line);
        lines
    }
}

/// Columns that a character takes: none for marks that sit on another, two for the wide scripts and pictographs.
/// The ranges are the broad ones of Unicode's General_Category M and Cf and of East_Asian_Width W and F.
pub fn columns(letter: char) -> usize {
    match u32::from(letter) {
        0..0x300 => usize::from(letter != '\u{ad}'),
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x6d6..=0x6dc
        | 0x93a..=0x93c
        | 0x941..=0x948
        | 0x94d
        | 0xe31
        | 0xe34..=0xe3a
        | 0xe47..=0xe4e
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x206f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xfeff
        | 0x1f3fb..=0x1f3ff
        | 0xe0000..=0xe0fff => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &Line) -> String {
        line.cells.iter().map(|cell| cell.letter).collect()
    }

    /// WCAG 2.2, relative luminance and contrast ratio.
    fn contrast(a: Colour, b: Colour) -> f64 {
        let light = |colour: Colour| {
            let channel = |byte: u8| {
                let value = f64::from(byte) / 255.0;
                if value <= 0.040_45 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * channel(colour.r)
                + 0.7152 * channel(colour.g)
                + 0.0722 * channel(colour.b)
                + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_ink_is_read_on_dark_and_on_light() {
        for ink in Ink::ALL {
            for ground in ["#101316", "#f0f2f4"] {
                let ratio = contrast(ink.colour(), ground.parse().unwrap());
                assert!(ratio >= 3.0, "{ink:?} on {ground}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn tabs_controls_and_endless_words_are_tamed() {
        let mut line = Line::new();
        line.put(Ink::Text, "\ta\0\u{1b}[1m\u{2028}b\r");
        assert_eq!(plain(&line), "  a[1m b ");
        let mut line = Line::new();
        line.put(Ink::Text, &"x".repeat(10_000))
            .put(Ink::Text, "\t");
        assert_eq!(line.cells.len(), MOST);
        let mut line = Line::new();
        line.put_joined(Ink::Text, " {\n  \"a\":\t1 }");
        assert_eq!(plain(&line), "{ \"a\": 1 }");
    }

    #[test]
    fn lines_break_at_blanks_and_hang() {
        let mut line = Line::new();
        line.put(Ink::Text, "one two three incomprehensibly four");
        let broken: Vec<String> = line.broken(9, 2).iter().map(plain).collect();
        assert_eq!(
            broken,
            ["one two", "  three", "  incomprehensibly", "  four"]
        );
    }

    #[test]
    fn marks_take_no_column_and_pictographs_two() {
        assert_eq!(
            ['a', 'é', '\u{301}', '永', '🎮', '\u{feff}', 'ع'].map(columns),
            [1, 1, 0, 2, 2, 0, 1]
        );
    }
}
