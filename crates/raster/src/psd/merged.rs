//! The merged picture: raw, run-length or zip, one plane after another, to straight RGBA.

use super::{Document, Mode};
use crate::{
    bounds,
    cursor::{Cursor, inflate},
};
use gameforge_domain::{Limits, Pixels, ReadError};

pub(super) fn decode(document: &Document<'_>, limits: &Limits) -> Result<Pixels, ReadError> {
    let (width, height) = (document.width, document.height);
    let planes = document.mode.colours() + usize::from(document.alpha());
    let peak = planes as u64 * u64::from(document.depth.max(8)) / 8 + 4;
    let pixels = bounds::canvas(u64::from(width), u64::from(height), peak, limits)?;
    if let Mode::Other(_) = document.mode {
        return Err(ReadError::unsupported(format!(
            "PSD in the colour mode “{}”",
            document.mode.name()
        )));
    }
    if document.depth == 32 {
        return Err(ReadError::unsupported("PSD with 32 bits a channel"));
    }
    if !document.merged {
        let hint = "PSD without its merged picture; save it with “Maximise compatibility”";
        return Err(ReadError::unsupported(hint));
    }
    if usize::from(document.channels) < planes {
        return Err(ReadError::corrupt(
            "PSD with too few channels for its colour mode",
        ));
    }
    let planes = Planes::new(document, planes)?.read(document.pixels.clone(), limits)?;
    let rgba = compose(document, &planes, pixels)?;
    Pixels::new(width, height, rgba).ok_or_else(|| ReadError::corrupt("PSD rows"))
}

/// How the planes lie in the file.
struct Planes {
    /// Planes that are read; the file may have more.
    wanted: usize,
    stored: usize,
    rows: usize,
    row_bytes: usize,
    depth: u16,
    columns: usize,
    large: bool,
}

impl Planes {
    fn new(document: &Document<'_>, wanted: usize) -> Result<Self, ReadError> {
        let columns = document.width as usize;
        let row_bytes = match document.depth {
            1 => columns.div_ceil(8),
            depth => columns * usize::from(depth / 8),
        };
        Ok(Self {
            wanted,
            stored: usize::from(document.channels),
            rows: document.height as usize,
            row_bytes,
            depth: document.depth,
            columns,
            large: document.large,
        })
    }

    /// The wanted planes, eight bits a pixel.
    fn read(&self, mut file: Cursor<'_>, limits: &Limits) -> Result<Vec<Vec<u8>>, ReadError> {
        let size = self.wanted * self.rows * self.row_bytes;
        let raw = match file.u16_be()? {
            0 => file
                .take(size)
                .map_err(|_| ReadError::truncated("PSD pixels"))?
                .to_vec(),
            1 => self.unpack(file)?,
            2 => inflate(file.rest(), size, "PSD pixels")?,
            3 => {
                bounds::memory(2 * size as u64, limits)?;
                let mut raw = inflate(file.rest(), size, "PSD pixels")?;
                raw.chunks_exact_mut(self.row_bytes)
                    .for_each(|row| self.undo_differences(row));
                raw
            }
            other => return Err(ReadError::unsupported(format!("PSD compression {other}"))),
        };
        Ok(raw
            .chunks_exact(self.rows * self.row_bytes)
            .map(|plane| self.to_bytes(plane))
            .collect())
    }

    /// Run-length rows (Apple's PackBits) behind a table of all rows' lengths.
    fn unpack(&self, mut file: Cursor<'_>) -> Result<Vec<u8>, ReadError> {
        let entry = if self.large { 4 } else { 2 };
        let mut lengths = file.part(self.stored * self.rows * entry, "PSD row lengths")?;
        let mut raw = Vec::new();
        for row in 1..=self.wanted * self.rows {
            let length = if self.large {
                lengths.u32_be()? as usize
            } else {
                usize::from(lengths.u16_be()?)
            };
            unpack_row(
                file.part(length, "PSD row")?,
                row * self.row_bytes,
                &mut raw,
            )?;
        }
        Ok(raw)
    }

    fn undo_differences(&self, row: &mut [u8]) {
        if self.depth == 16 {
            let mut sum = 0_u16;
            for pair in row.as_chunks_mut::<2>().0 {
                sum = sum.wrapping_add(u16::from_be_bytes(*pair));
                *pair = sum.to_be_bytes();
            }
        } else {
            let mut sum = 0_u8;
            for byte in row {
                sum = sum.wrapping_add(*byte);
                *byte = sum;
            }
        }
    }

    fn to_bytes(&self, plane: &[u8]) -> Vec<u8> {
        match self.depth {
            // A set bit is black.
            1 => plane
                .chunks_exact(self.row_bytes)
                .flat_map(|row| {
                    (0..self.columns).map(|x| {
                        if row[x / 8] & (0x80 >> (x % 8)) == 0 {
                            255
                        } else {
                            0
                        }
                    })
                })
                .collect(),
            16 => plane
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[high, _]| *high)
                .collect(),
            _ => plane.to_vec(),
        }
    }
}

/// Adds one row, up to the total length `end`; a row must fill its place and not more.
fn unpack_row(mut packed: Cursor<'_>, end: usize, raw: &mut Vec<u8>) -> Result<(), ReadError> {
    while raw.len() < end {
        let code = packed.u8()?;
        let room = end - raw.len();
        match code {
            128 => {}
            0..=127 => {
                let literal = packed.take(usize::from(code) + 1)?;
                raw.extend_from_slice(&literal[..literal.len().min(room)]);
            }
            _ => {
                let count = (257 - usize::from(code)).min(room);
                raw.resize(raw.len() + count, packed.u8()?);
            }
        }
    }
    Ok(())
}

fn compose(
    document: &Document<'_>,
    planes: &[Vec<u8>],
    pixels: usize,
) -> Result<Vec<u8>, ReadError> {
    let missing = || ReadError::corrupt("PSD planes");
    let plane = |index: usize| {
        planes
            .get(index)
            .filter(|plane| plane.len() == pixels)
            .ok_or_else(missing)
    };
    let colours = document.mode.colours();
    let first = plane(0)?;
    let mut rgba = Vec::with_capacity(pixels * 4);
    match document.mode {
        Mode::Indexed => {
            let table = document
                .table
                .get(..768)
                .ok_or_else(|| ReadError::corrupt("PSD colour table"))?;
            rgba.extend(
                first
                    .iter()
                    .map(|index| usize::from(*index))
                    .flat_map(|index| [table[index], table[256 + index], table[512 + index], 255]),
            );
        }
        Mode::Rgb => {
            let (green, blue) = (plane(1)?, plane(2)?);
            rgba.extend(
                first
                    .iter()
                    .zip(green)
                    .zip(blue)
                    .flat_map(|((r, g), b)| [*r, *g, *b, 255]),
            );
        }
        Mode::Cmyk => {
            // Stored as paper: 255 is no ink.
            let (magenta, yellow, black) = (plane(1)?, plane(2)?, plane(3)?);
            let ink =
                |colour: u8, key: u8| ((u16::from(colour) * u16::from(key) + 127) / 255) as u8;
            let all = first.iter().zip(magenta).zip(yellow).zip(black);
            rgba.extend(
                all.flat_map(|(((c, m), y), k)| [ink(*c, *k), ink(*m, *k), ink(*y, *k), 255]),
            );
        }
        Mode::Grey | Mode::Bitmap | Mode::Other(_) => {
            rgba.extend(first.iter().flat_map(|v| [*v, *v, *v, 255]))
        }
    }
    if document.alpha() {
        for (pixel, alpha) in rgba.as_chunks_mut::<4>().0.iter_mut().zip(plane(colours)?) {
            *pixel = off_white(*pixel, *alpha);
        }
    }
    Ok(rgba)
}

/// Photoshop merges transparent documents onto white; this takes the white off again.
fn off_white([r, g, b, _]: [u8; 4], alpha: u8) -> [u8; 4] {
    if alpha == 0 {
        return [0; 4];
    }
    let a = i32::from(alpha);
    let straight =
        |colour: u8| (((i32::from(colour) - (255 - a)) * 255 + a / 2) / a).clamp(0, 255) as u8;
    [straight(r), straight(g), straight(b), alpha]
}
