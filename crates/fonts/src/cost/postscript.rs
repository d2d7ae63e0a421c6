//! PostScript outlines: charstrings are followed through their calls with a counter and no geometry.

use super::{be16, charge, number};

/// Calls nest no deeper in the drawing libraries.
const DEEPEST: u32 = 11;

/// A PostScript font's charstrings and subroutines (Adobe Technical Notes 5176 and 5177; CFF2 by the
/// OpenType specification).
pub struct Programs<'a> {
    glyphs: Index<'a>,
    global: Index<'a>,
    /// Local subroutines of each font dictionary.
    local: Vec<Index<'a>>,
    /// Table offset of the choice of font dictionary by glyph.
    select: Option<&'a [u8]>,
    second: bool,
}

/// An INDEX: objects by number.
#[derive(Clone, Copy, Default)]
struct Index<'a> {
    count: usize,
    width: usize,
    offsets: &'a [u8],
    /// Starts one byte before the first object, as its offsets count.
    objects: &'a [u8],
    length: usize,
}

impl<'a> Index<'a> {
    fn read(bytes: &'a [u8], at: usize, second: bool) -> Option<Self> {
        let head = if second { 4 } else { 2 };
        let count = number(bytes, at, head)?;
        if count == 0 {
            return Some(Self {
                length: head,
                ..Self::default()
            });
        }
        let width = usize::from(*bytes.get(at + head)?);
        if !(1..=4).contains(&width) {
            return None;
        }
        let size = count.checked_add(1)?.checked_mul(width)?;
        let start = at + head + 1;
        let offsets = bytes.get(start..start.checked_add(size)?)?;
        let objects = bytes.get(start + size - 1..)?;
        let length = head + 1 + size - 1 + number(offsets, count * width, width)?;
        Some(Self {
            count,
            width,
            offsets,
            objects,
            length,
        })
    }

    fn get(&self, at: usize) -> Option<&'a [u8]> {
        if at >= self.count {
            return None;
        }
        let from = number(self.offsets, at * self.width, self.width)?;
        let to = number(self.offsets, (at + 1) * self.width, self.width)?;
        self.objects.get(from..to)
    }
}

/// The operands of one operator in a DICT.
fn operands(dict: &[u8], wanted: u16) -> Option<Vec<i64>> {
    let mut stack = Vec::new();
    let mut at = 0;
    while let Some(byte) = dict.get(at).copied() {
        at += 1;
        match byte {
            0..=24 => {
                let operator = if byte == 12 {
                    at += 1;
                    0x0c00 | u16::from(*dict.get(at - 1)?)
                } else {
                    u16::from(byte)
                };
                if operator == wanted {
                    return Some(stack);
                }
                stack.clear();
            }
            28 => {
                stack.push(i64::from(be16(dict, at)? as i16));
                at += 2;
            }
            29 => {
                stack.push(i64::from(number(dict, at, 4)? as u32 as i32));
                at += 4;
            }
            30 => {
                // A real number, in half bytes up to an F; no offset is one.
                while dict
                    .get(at)
                    .is_some_and(|byte| byte & 15 != 15 && byte >> 4 != 15)
                {
                    at += 1;
                }
                at += 1;
                stack.push(0);
            }
            32..=246 => stack.push(i64::from(byte) - 139),
            247..=250 => {
                stack.push((i64::from(byte) - 247) * 256 + i64::from(*dict.get(at)?) + 108);
                at += 1;
            }
            251..=254 => {
                stack.push(-(i64::from(byte) - 251) * 256 - i64::from(*dict.get(at)?) - 108);
                at += 1;
            }
            _ => {}
        }
        if stack.len() > 513 {
            return None;
        }
    }
    None
}

fn offset(dict: &[u8], operator: u16) -> Option<usize> {
    usize::try_from(*operands(dict, operator)?.last()?).ok()
}

impl<'a> Programs<'a> {
    pub fn read(cff: &'a [u8], second: bool) -> Option<Self> {
        let head = usize::from(*cff.get(2)?);
        let (top, global) = if second {
            let length = usize::from(be16(cff, 3)?);
            (
                cff.get(head..head + length)?,
                Index::read(cff, head + length, true)?,
            )
        } else {
            let names = Index::read(cff, head, false)?;
            let tops = Index::read(cff, head + names.length, false)?;
            let strings = Index::read(cff, head + names.length + tops.length, false)?;
            (
                tops.get(0)?,
                Index::read(
                    cff,
                    head + names.length + tops.length + strings.length,
                    false,
                )?,
            )
        };
        let glyphs = Index::read(cff, offset(top, 17)?, second)?;
        let fonts = offset(top, 0x0c24).and_then(|at| Index::read(cff, at, second));
        let local = match fonts {
            Some(fonts) => (0..fonts.count.min(65_536))
                .map(|font| {
                    fonts
                        .get(font)
                        .and_then(|dict| subroutines(cff, dict, second))
                        .unwrap_or_default()
                })
                .collect(),
            None => vec![subroutines(cff, top, second).unwrap_or_default()],
        };
        Some(Self {
            glyphs,
            global,
            local,
            select: offset(top, 0x0c25).and_then(|at| cff.get(at..)),
            second,
        })
    }

    pub fn run(&self, glyph: u32, left: &mut u64) -> Option<()> {
        let Some(program) = self.glyphs.get(glyph as usize) else {
            return Some(());
        };
        let font = self
            .select
            .map_or(Some(0), |select| self.font_of(select, glyph as usize))
            .unwrap_or(0);
        let local = self.local.get(font).copied().unwrap_or_default();
        let mut machine = Machine {
            programs: self,
            local,
            stack: Vec::new(),
            stems: 0,
        };
        machine.run(program, 0, left).map(|_| ())
    }

    /// FDSelect, formats 0, 3 and 4.
    fn font_of(&self, select: &[u8], glyph: usize) -> Option<usize> {
        match select.first()? {
            0 => select.get(1 + glyph).map(|font| usize::from(*font)),
            3 => {
                let count = number(select, 1, 2)?;
                let range = (0..count)
                    .take_while(|range| {
                        number(select, 3 + range * 3, 2).is_some_and(|first| first <= glyph)
                    })
                    .last()?;
                select.get(3 + range * 3 + 2).map(|font| usize::from(*font))
            }
            4 => {
                let count = number(select, 1, 4)?;
                let range = (0..count)
                    .take_while(|range| {
                        number(select, 5 + range * 6, 4).is_some_and(|first| first <= glyph)
                    })
                    .last()?;
                number(select, 5 + range * 6 + 4, 2)
            }
            _ => None,
        }
    }
}

fn subroutines<'a>(cff: &'a [u8], dict: &[u8], second: bool) -> Option<Index<'a>> {
    let private = operands(dict, 18)?;
    let (size, start) = (
        usize::try_from(*private.first()?).ok()?,
        usize::try_from(*private.get(1)?).ok()?,
    );
    let body = cff.get(start..start.checked_add(size)?)?;
    Index::read(cff, start.checked_add(offset(body, 19)?)?, second)
}

/// Follows a charstring as far as calls, stems and lengths of operands go; no point is computed.
struct Machine<'a, 'b> {
    programs: &'b Programs<'a>,
    local: Index<'a>,
    stack: Vec<i32>,
    stems: usize,
}

/// Whether the caller goes on.
enum Then {
    Return,
    End,
}

impl<'a> Machine<'a, '_> {
    fn run(&mut self, program: &'a [u8], depth: u32, left: &mut u64) -> Option<Then> {
        let mut at = 0;
        while let Some(byte) = program.get(at).copied() {
            charge(left, 1)?;
            at += 1;
            match byte {
                28 => {
                    self.push(be16(program, at).map_or(0, |value| i32::from(value as i16)));
                    at += 2;
                }
                32..=246 => self.push(i32::from(byte) - 139),
                247..=254 => {
                    let low = i32::from(program.get(at).copied().unwrap_or(0));
                    let high = i32::from(byte);
                    self.push(if byte < 251 {
                        (high - 247) * 256 + low + 108
                    } else {
                        -(high - 251) * 256 - low - 108
                    });
                    at += 1;
                }
                255 => {
                    // 16.16 fixed; a subroutine number is its whole part.
                    self.push(be16(program, at).map_or(0, |value| i32::from(value as i16)));
                    at += 4;
                }
                10 | 29 => {
                    let index = if byte == 10 {
                        self.local
                    } else {
                        self.programs.global
                    };
                    if let Then::End = self.call(index, depth, left)? {
                        return Some(Then::End);
                    }
                }
                11 => return Some(Then::Return),
                14 if !self.programs.second => return Some(Then::End),
                1 | 3 | 18 | 23 => self.count_stems(),
                19 | 20 => {
                    self.count_stems();
                    at += self.stems.div_ceil(8);
                }
                12 => {
                    at += 1;
                    self.stack.clear();
                }
                // CFF2's `blend` leaves the default values, which are below the deltas; how many only the
                // variation store knows. The numbers stay, which keeps any call's number on top.
                16 if self.programs.second => {}
                _ => self.stack.clear(),
            }
        }
        Some(Then::Return)
    }

    fn call(&mut self, index: Index<'a>, depth: u32, left: &mut u64) -> Option<Then> {
        let bias = match index.count {
            0..1240 => 107,
            1240..33_900 => 1131,
            _ => 32_768,
        };
        let number = self.stack.pop().unwrap_or(0).saturating_add(bias);
        match usize::try_from(number)
            .ok()
            .and_then(|number| index.get(number))
        {
            Some(program) if depth < DEEPEST => self.run(program, depth + 1, left),
            // A call too deep or to nowhere ends the drawing.
            _ => Some(Then::End),
        }
    }

    fn push(&mut self, value: i32) {
        if self.stack.len() < 513 {
            self.stack.push(value);
        }
    }

    fn count_stems(&mut self) {
        self.stems += self.stack.len() / 2;
        self.stack.clear();
    }
}
