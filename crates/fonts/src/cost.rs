//! How much work an outline would be, counted before it is done.
//!
//! A TrueType glyph may be composed of glyphs that are composed in turn, and a PostScript outline may call
//! subroutines ten deep: a file of a few kilobytes can ask for years of drawing. Here the same structure is
//! walked with nothing but a counter, and a font that goes over it is refused.

mod postscript;

use gameforge_domain::ReadError;
use postscript::Programs;
use skrifa::FontRef;
use skrifa::raw::TableProvider;
use skrifa::raw::types::Tag;

/// Operations and points for all glyphs of one picture. A page of dense Han takes under a million.
const MOST: u64 = 8_000_000;

/// What is left to spend on one picture.
pub struct Budget<'a> {
    left: u64,
    kind: Outline<'a>,
}

enum Outline<'a> {
    TrueType {
        glyf: &'a [u8],
        loca: &'a [u8],
        long: bool,
    },
    PostScript(Box<Programs<'a>>),
    Unknown,
}

/// Composites nest no deeper there.
const DEEPEST_COMPOSITE: u32 = 64;

impl<'a> Budget<'a> {
    pub fn new(font: &FontRef<'a>) -> Self {
        let table = |tag: &[u8; 4]| font.table_data(Tag::new(tag)).map(|data| data.as_bytes());
        let kind = match (
            table(b"glyf"),
            table(b"loca"),
            table(b"CFF "),
            table(b"CFF2"),
        ) {
            (Some(glyf), Some(loca), ..) => Outline::TrueType {
                glyf,
                loca,
                long: font
                    .head()
                    .is_ok_and(|head| head.index_to_loc_format() != 0),
            },
            (.., Some(cff), _) => Programs::read(cff, false).map_or(Outline::Unknown, |programs| {
                Outline::PostScript(Box::new(programs))
            }),
            (.., Some(cff)) => Programs::read(cff, true).map_or(Outline::Unknown, |programs| {
                Outline::PostScript(Box::new(programs))
            }),
            _ => Outline::Unknown,
        };
        Self { left: MOST, kind }
    }

    /// Charges for one glyph, and says whether it can be drawn.
    ///
    /// # Errors
    /// When all of it is spent.
    pub fn spend(&mut self, glyph: u32) -> Result<bool, ReadError> {
        let done = match &self.kind {
            Outline::TrueType { glyf, loca, long } => {
                composite(glyf, loca, *long, glyph, 0, &mut self.left)
            }
            Outline::PostScript(programs) => programs.run(glyph, &mut self.left).map(|()| true),
            Outline::Unknown => Some(true),
        };
        done.ok_or(ReadError::TooLarge {
            what: "the work to draw its letters, in steps,",
            found: MOST + 1,
            limit: MOST,
        })
    }
}

fn charge(left: &mut u64, cost: u64) -> Option<()> {
    *left = left.checked_sub(cost)?;
    Some(())
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..at.checked_add(2)?)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
}

/// A big-endian number of one to four bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    Some(
        bytes
            .get(at..at.checked_add(width)?)?
            .iter()
            .fold(0usize, |value, byte| value << 8 | usize::from(*byte)),
    )
}

/// Walks a TrueType glyph and its components. `None` when the budget is spent; damage costs nothing here,
/// the drawing library meets it again and stops. `false` for what it does not stop at but panics: a glyph without
/// contours that has points all the same.
fn composite(
    glyf: &[u8],
    loca: &[u8],
    long: bool,
    glyph: u32,
    depth: u32,
    left: &mut u64,
) -> Option<bool> {
    charge(left, 1)?;
    let place = |glyph: usize| {
        if long {
            number(loca, glyph * 4, 4)
        } else {
            number(loca, glyph * 2, 2).map(|half| half * 2)
        }
    };
    let glyph = glyph as usize;
    let (Some(start), Some(end)) = (place(glyph), place(glyph + 1)) else {
        return Some(true);
    };
    let Some(body) = glyf.get(start..end) else {
        return Some(true);
    };
    let Some(contours) = be16(body, 0) else {
        return Some(true);
    };
    if contours < 0x8000 {
        let last = 10 + usize::from(contours).saturating_sub(1) * 2;
        charge(
            left,
            u64::from(be16(body, last).unwrap_or(0)) + u64::from(contours),
        )?;
        let instructions = usize::from(be16(body, 10).unwrap_or(0));
        return Some(contours > 0 || body.len() <= 12 + instructions);
    }
    if depth > DEEPEST_COMPOSITE {
        return Some(true);
    }
    let mut whole = true;
    let mut at = 10;
    while let (Some(flags), Some(part)) = (be16(body, at), be16(body, at + 2)) {
        whole &= composite(glyf, loca, long, part.into(), depth + 1, left)?;
        at += 4 + if flags & 1 != 0 { 4 } else { 2 };
        at += match flags & 0xc8 {
            0x08 => 2,
            0x40 => 4,
            0x80 => 8,
            _ => 0,
        };
        if flags & 0x20 == 0 {
            break;
        }
    }
    Some(whole)
}
