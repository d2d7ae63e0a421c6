//! Planes of samples, one row at a time: raw, run-length or zip, to eight bits a sample.

use crate::{bounds, cursor::inflate, tone};
use gameforge_bytes::{Part, Shared, Window};
use gameforge_domain::{Limits, ReadError};
use std::cell::RefCell;
use std::io::{Read, Seek};

/// How the samples of a plane lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Bits a sample: 1, 8, 16 or 32.
    pub(super) depth: u16,
    /// Lengths of rows take 32 bits (psb).
    pub(super) large: bool,
}

impl Shape {
    pub(super) const fn row_bytes(&self) -> usize {
        match self.depth {
            1 => self.columns.div_ceil(8),
            depth => self.columns.saturating_mul(depth as usize / 8),
        }
    }

    const fn plane_bytes(&self) -> u64 {
        (self.row_bytes() as u64).saturating_mul(self.rows as u64)
    }

    const fn entry(&self) -> u64 {
        if self.large { 4 } else { 2 }
    }
}

enum Packing<'a, R> {
    Raw(Window<Shared<'a, R>>),
    RunLength {
        data: Window<Shared<'a, R>>,
        /// The table of the rows' lengths.
        lengths: Window<Shared<'a, R>>,
        lengths_at: u64,
        /// Where the row begins that comes next.
        next_at: u64,
    },
    /// Unpacked as a whole, since zip has no rows.
    Held(Vec<u8>),
}

/// One plane of samples. Rows are asked for from first to last; some may be left out.
pub(super) struct Plane<'a, R> {
    shape: Shape,
    packing: Packing<'a, R>,
    /// Where a raw plane begins.
    start: u64,
    /// Whether 32 bits are light, which a curve makes a colour, or a share such as alpha.
    light: bool,
    next: usize,
    packed: Vec<u8>,
    samples: Vec<u8>,
}

/// The first `wanted` of `stored` planes that lie one behind the other after a word that names their compression:
/// in a merged picture all channels, in a layer one.
pub(super) fn open<'a, R: Read + Seek>(
    file: &'a RefCell<R>,
    place: std::ops::Range<u64>,
    shape: Shape,
    (stored, wanted): (usize, usize),
    limits: &Limits,
) -> Result<Vec<Plane<'a, R>>, ReadError> {
    let mut start = Window::new(Shared::new(file), place.end);
    let compression = start.array(place.start)?.map(u16::from_be_bytes);
    let body = place.start + 2..place.end;
    match compression.ok_or_else(|| ReadError::truncated("PSD header"))? {
        0 => Ok(raw(file, body, shape, wanted)),
        1 => run_length(file, body, shape, (stored, wanted)),
        2 => zipped(file, body, shape, wanted, limits, |_| Ok(())),
        3 => zipped(file, body, shape, wanted, limits, |row| {
            undo_differences(row, shape.depth)
        }),
        other => Err(ReadError::unsupported(format!("PSD compression {other}"))),
    }
}

fn raw<'a, R: Read + Seek>(
    file: &'a RefCell<R>,
    body: std::ops::Range<u64>,
    shape: Shape,
    wanted: usize,
) -> Vec<Plane<'a, R>> {
    let size = shape.plane_bytes();
    (0..wanted as u64)
        .map(|index| {
            let start = body.start.saturating_add(size.saturating_mul(index));
            let packing = Packing::Raw(Window::new(Shared::new(file), body.end));
            Plane::new(shape, packing, start)
        })
        .collect()
}

/// The table of all stored planes' lengths of rows comes first, then their rows.
fn run_length<'a, R: Read + Seek>(
    file: &'a RefCell<R>,
    body: std::ops::Range<u64>,
    shape: Shape,
    (stored, wanted): (usize, usize),
) -> Result<Vec<Plane<'a, R>>, ReadError> {
    let window = || Window::new(Shared::new(file), body.end);
    let table = shape.entry() * shape.rows as u64;
    let mut next_at = body.start + table * stored as u64;
    let mut planes = Vec::with_capacity(wanted);
    for index in 0..wanted as u64 {
        let mut lengths = window();
        let (lengths_at, data_at) = (body.start + table * index, next_at);
        if index + 1 < wanted as u64 {
            for row in 0..shape.rows {
                next_at += row_length(&mut lengths, lengths_at, row, shape)?;
            }
        }
        let packing = Packing::RunLength {
            data: window(),
            lengths,
            lengths_at,
            next_at: data_at,
        };
        planes.push(Plane::new(shape, packing, data_at));
    }
    Ok(planes)
}

/// All planes are one zip stream; `restore` is run on each of its rows.
fn zipped<'a, R: Read + Seek>(
    file: &'a RefCell<R>,
    body: std::ops::Range<u64>,
    shape: Shape,
    wanted: usize,
    limits: &Limits,
    restore: impl Fn(&mut [u8]) -> Result<(), ReadError>,
) -> Result<Vec<Plane<'a, R>>, ReadError> {
    let size = shape.plane_bytes();
    let all = size.saturating_mul(wanted as u64);
    bounds::memory(all, limits)?;
    let packed = Part::new(Vec::new(), Shared::new(file), body);
    let mut held = inflate(packed, all as usize, "PSD pixels")?;
    held.chunks_exact_mut(shape.row_bytes().max(1))
        .try_for_each(restore)?;
    let mut planes = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let rest = held.split_off((size as usize).min(held.len()));
        let packing = Packing::Held(std::mem::replace(&mut held, rest));
        planes.push(Plane::new(shape, packing, 0));
    }
    Ok(planes)
}

fn row_length<R: Read + Seek>(
    lengths: &mut Window<R>,
    table: u64,
    row: usize,
    shape: Shape,
) -> Result<u64, ReadError> {
    let at = table + row as u64 * shape.entry();
    let length = if shape.large {
        lengths.array(at)?.map(u32::from_be_bytes)
    } else {
        lengths
            .array(at)?
            .map(|bytes| u32::from(u16::from_be_bytes(bytes)))
    };
    length
        .map(u64::from)
        .ok_or_else(|| ReadError::truncated("PSD row lengths"))
}

impl<'a, R: Read + Seek> Plane<'a, R> {
    const fn new(shape: Shape, packing: Packing<'a, R>, start: u64) -> Self {
        Self {
            shape,
            packing,
            start,
            light: true,
            next: 0,
            packed: Vec::new(),
            samples: Vec::new(),
        }
    }

    /// The samples are shares (alpha, a mask), not light.
    pub(super) fn share(mut self) -> Self {
        self.light = false;
        self
    }

    /// A row's samples, eight bits each.
    pub(super) fn row(&mut self, row: usize) -> Result<&[u8], ReadError> {
        let (bytes, shape) = (self.shape.row_bytes(), self.shape);
        self.packed.clear();
        match &mut self.packing {
            Packing::Raw(file) => {
                let at = self.start + (bytes as u64).saturating_mul(row as u64);
                let found = file.exactly(at, bytes)?;
                let found = found.ok_or_else(|| ReadError::truncated("PSD pixels"))?;
                self.packed.extend_from_slice(found);
            }
            Packing::RunLength {
                data,
                lengths,
                lengths_at,
                next_at,
            } => {
                for left_out in self.next..row {
                    *next_at += row_length(lengths, *lengths_at, left_out, shape)?;
                }
                let length = row_length(lengths, *lengths_at, row, shape)?;
                // A packed row is at most a little longer than a raw one.
                let most =
                    usize::try_from(length).map_or(usize::MAX, |all| all.min(bytes * 2 + 64));
                let found = data.exactly(*next_at, most)?;
                let found = found.ok_or_else(|| ReadError::truncated("PSD row"))?;
                unpack_row(found, bytes, &mut self.packed)?;
                *next_at += length;
            }
            Packing::Held(held) => {
                let found = held.get(row * bytes..).and_then(|rest| rest.get(..bytes));
                let found = found.ok_or_else(|| ReadError::truncated("PSD pixels"))?;
                self.packed.extend_from_slice(found);
            }
        }
        self.next = row + 1;
        to_bytes(&self.packed, shape, self.light, &mut self.samples);
        Ok(&self.samples)
    }
}

/// Unpacks one row of Apple's PackBits; it must fill `length` bytes.
fn unpack_row(packed: &[u8], length: usize, raw: &mut Vec<u8>) -> Result<(), ReadError> {
    let cut = || ReadError::truncated("PSD row");
    let mut packed = packed.iter();
    while raw.len() < length {
        let code = *packed.next().ok_or_else(cut)?;
        let room = length - raw.len();
        match code {
            128 => {}
            0..=127 => {
                let literal = packed.as_slice().get(..usize::from(code) + 1);
                let literal = literal.ok_or_else(cut)?;
                raw.extend_from_slice(&literal[..literal.len().min(room)]);
                packed = packed.as_slice()[literal.len()..].iter();
            }
            _ => {
                let count = (257 - usize::from(code)).min(room);
                raw.resize(raw.len() + count, *packed.next().ok_or_else(cut)?);
            }
        }
    }
    Ok(())
}

fn undo_differences(row: &mut [u8], depth: u16) -> Result<(), ReadError> {
    match depth {
        16 => {
            let mut sum = 0_u16;
            for pair in row.as_chunks_mut::<2>().0 {
                sum = sum.wrapping_add(u16::from_be_bytes(*pair));
                *pair = sum.to_be_bytes();
            }
        }
        32 => {
            // Differences of bytes, then the four bytes of each sample lie a quarter of the row apart.
            let mut sum = 0_u8;
            for byte in row.iter_mut() {
                sum = sum.wrapping_add(*byte);
                *byte = sum;
            }
            let spread = row.to_vec();
            let columns = row.len() / 4;
            for (column, sample) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                for (part, byte) in sample.iter_mut().enumerate() {
                    *byte = spread[part * columns + column];
                }
            }
        }
        8 => {
            let mut sum = 0_u8;
            for byte in row {
                sum = sum.wrapping_add(*byte);
                *byte = sum;
            }
        }
        _ => return Err(ReadError::corrupt("PSD bits as differences")),
    }
    Ok(())
}

fn to_bytes(row: &[u8], shape: Shape, light: bool, samples: &mut Vec<u8>) {
    samples.clear();
    match shape.depth {
        // A set bit is black.
        1 => samples.extend((0..shape.columns).map(|x| {
            if row[x / 8] & (0x80 >> (x % 8)) == 0 {
                255
            } else {
                0
            }
        })),
        16 => samples.extend(row.as_chunks::<2>().0.iter().map(|[high, _]| *high)),
        // Light itself, 1 being white.
        32 => {
            let values = row.as_chunks::<4>().0.iter();
            samples.extend(values.map(|bytes| f32::from_be_bytes(*bytes)).map(|value| {
                if light {
                    tone::encode(value)
                } else {
                    (value * 255.0 + 0.5) as u8
                }
            }));
        }
        _ => samples.extend_from_slice(row),
    }
}
