//! Text to placed glyphs: lines are broken, runs ordered by the Unicode bidirectional algorithm (UAX 9) and
//! shaped. Draws nothing.

use harfrust::{Direction, ShapeOptions, Shaper, UnicodeBuffer};
use std::ops::Range;
use unicode_bidi::{BidiInfo, ParagraphInfo};
use unicode_script::{Script, UnicodeScript};

/// A glyph and where its origin goes, in font units from the line's start, y up.
pub struct Placed {
    pub glyph: u32,
    pub x: f32,
    pub y: f32,
}

/// One line from left to right.
pub struct Line {
    pub glyphs: Vec<Placed>,
    /// In font units.
    pub width: f32,
    /// Whether it starts at the right.
    pub rtl: bool,
}

/// Lines no wider than `width` font units, except where one piece alone is wider; at most `most` lines.
pub fn lines(shaper: &Shaper<'_>, text: &str, width: f32, most: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let paragraph = paragraph.trim_end_matches('\r');
        let bidi = BidiInfo::new(paragraph, None);
        let Some(info) = bidi.paragraphs.first() else {
            lines.push(Line {
                glyphs: Vec::new(),
                width: 0.0,
                rtl: false,
            });
            continue;
        };
        // A carriage return or a Unicode separator inside starts a second paragraph; it is set as one.
        let whole = ParagraphInfo {
            range: 0..paragraph.len(),
            level: info.level,
        };
        for range in broken(shaper, paragraph, width) {
            if lines.len() >= most {
                return lines;
            }
            lines.push(set(shaper, paragraph, &bidi, &whole, range));
        }
    }
    lines.truncate(most);
    lines
}

/// Greedy line breaking by the widths of pieces shaped alone.
fn broken(shaper: &Shaper<'_>, text: &str, width: f32) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut end, mut used) = (0, 0, 0.0);
    for piece in pieces(text) {
        let word = text[piece.clone()].trim_end();
        let ink = measure(shaper, word);
        if used + ink > width && end > start {
            found.push(start..end);
            (start, used) = (piece.start, 0.0);
        }
        if ink > width && piece.start == start {
            // One piece wider than the line is cut between letters.
            let cut = cut_long(shaper, text, piece.clone(), width);
            let last = cut.len() - 1;
            found.extend(cut[..last].iter().cloned());
            start = cut[last].start;
            used = measure(shaper, &text[cut[last].clone()]);
        } else {
            used += measure(shaper, &text[piece.clone()]);
        }
        end = piece.end;
    }
    found.push(start..text.len());
    found
}

fn cut_long(shaper: &Shaper<'_>, text: &str, piece: Range<usize>, width: f32) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut used) = (piece.start, 0.0);
    for (offset, letter) in text[piece.clone()].char_indices() {
        let at = piece.start + offset;
        let advance = measure(shaper, letter.encode_utf8(&mut [0; 4]));
        if used + advance > width && at > start {
            parts.push(start..at);
            (start, used) = (at, 0.0);
        }
        used += advance;
    }
    parts.push(start..piece.end);
    parts
}

/// Pieces between which a line may break: after white space, and around ideographs and kana.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, letter) in text.char_indices() {
        let free = |letter: char| matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
        if let Some(before) = before
            && !letter.is_whitespace()
            && (char::is_whitespace(before) || free(before) || free(letter))
        {
            found.push(start..at);
            start = at;
        }
        before = Some(letter);
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

fn set(
    shaper: &Shaper<'_>,
    text: &str,
    bidi: &BidiInfo<'_>,
    whole: &ParagraphInfo,
    range: Range<usize>,
) -> Line {
    let rtl = whole.level.is_rtl();
    let mut line = Line {
        glyphs: Vec::new(),
        width: 0.0,
        rtl,
    };
    let end = range.start + text[range.clone()].trim_end().len();
    if end == range.start {
        return line;
    }
    let (levels, runs) = bidi.visual_runs(whole, range.start..end);
    for run in runs {
        let backwards = levels[run.start].is_rtl();
        let direction = if backwards {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        };
        let mut parts = of_one_script(text, run);
        if backwards {
            parts.reverse();
        }
        for part in parts {
            let (glyphs, width) = shape(shaper, &text[part], Some(direction));
            let start = line.width;
            line.glyphs.extend(glyphs.into_iter().map(|placed| Placed {
                x: placed.x + start,
                ..placed
            }));
            line.width += width;
        }
    }
    line
}

/// Cuts a run where its script changes, since a shaper knows the rules of one script at a time. Letters
/// of no script of their own (digits, spaces, marks) stay with what is before them.
fn of_one_script(text: &str, run: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut current) = (run.start, None);
    for (offset, letter) in text[run.clone()].char_indices() {
        let script = letter.script();
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        if current.is_some_and(|current| current != script) {
            found.push(start..run.start + offset);
            start = run.start + offset;
        }
        current = Some(script);
    }
    found.push(start..run.end);
    found
}

/// How wide a text is on one line.
fn measure(shaper: &Shaper<'_>, text: &str) -> f32 {
    of_one_script(text, 0..text.len())
        .into_iter()
        .map(|part| shape(shaper, &text[part], None).1)
        .sum()
}

/// One run of one direction and script: its glyphs and its width.
fn shape(shaper: &Shaper<'_>, text: &str, direction: Option<Direction>) -> (Vec<Placed>, f32) {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    if let Some(direction) = direction {
        buffer.set_direction(direction);
    }
    let shaped = shaper.shape(buffer, ShapeOptions::new());
    let mut x = 0.0;
    let glyphs = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, position)| {
            let placed = Placed {
                glyph: info.glyph_id,
                x: x + position.x_offset as f32,
                y: position.y_offset as f32,
            };
            x += position.x_advance as f32;
            placed
        })
        .collect();
    (glyphs, x.max(0.0))
}
