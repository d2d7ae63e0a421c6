//! Photoshop documents built by hand: without a merged picture, in rare depths and modes, and read without being held.

use crate::samples::all;
use gameforge_domain::{Format, Limits, Pixels};
use gameforge_raster::{decode, decode_from, read, read_from};
use std::io::Cursor;

/// One record with its channels.
struct Layer {
    /// Top, left, bottom, right.
    area: [i32; 4],
    /// Number and samples; run-length packed where `packed`.
    channels: Vec<(i16, Vec<u8>)>,
    packed: bool,
    blend: &'static [u8; 4],
    opacity: u8,
    clipped: bool,
    hidden: bool,
    /// Area, value outside.
    mask: Option<([i32; 4], u8)>,
    /// The word of `lsct`: 1 a group, 3 its end.
    section: Option<u32>,
}

impl Layer {
    /// A filled rectangle.
    fn of(area: [i32; 4], [r, g, b, a]: [u8; 4]) -> Self {
        let count = ((area[2] - area[0]) * (area[3] - area[1])) as usize;
        let channels = [(-1, a), (0, r), (1, g), (2, b)];
        Self {
            area,
            channels: channels.map(|(n, value)| (n, vec![value; count])).into(),
            packed: false,
            blend: b"norm",
            opacity: 255,
            clipped: false,
            hidden: false,
            mask: None,
            section: None,
        }
    }

    fn group(section: u32) -> Self {
        Self {
            section: Some(section),
            channels: Vec::new(),
            ..Self::of([0; 4], [0; 4])
        }
    }

    fn data(&self, number: i16, samples: &[u8]) -> Vec<u8> {
        let area = match (number, self.mask) {
            (-2, Some((area, _))) => area,
            _ => self.area,
        };
        let columns = (area[3] - area[1]) as usize;
        if !self.packed {
            return [&[0, 0], samples].concat();
        }
        let rows: Vec<Vec<u8>> = samples.chunks(columns).map(packed_row).collect();
        let lengths = rows.iter().flat_map(|row| (row.len() as u16).to_be_bytes());
        [0, 1]
            .into_iter()
            .chain(lengths)
            .chain(rows.concat())
            .collect()
    }

    fn record(&self) -> Vec<u8> {
        let area = |area: [i32; 4]| area.into_iter().flat_map(i32::to_be_bytes);
        let mut bytes: Vec<u8> = area(self.area).collect();
        bytes.extend((self.channels.len() as u16).to_be_bytes());
        for (number, samples) in &self.channels {
            bytes.extend(number.to_be_bytes());
            bytes.extend((self.data(*number, samples).len() as u32).to_be_bytes());
        }
        bytes.extend(b"8BIM");
        bytes.extend(self.blend);
        let flags = if self.hidden { 2 } else { 0 };
        bytes.extend([self.opacity, u8::from(self.clipped), flags, 0]);
        let mut extra = Vec::new();
        match self.mask {
            Some((place, outside)) => {
                extra.extend(20_u32.to_be_bytes());
                extra.extend(area(place));
                extra.extend([outside, 0, 0, 0]);
            }
            None => extra.extend([0; 4]),
        }
        extra.extend([0; 4]);
        extra.extend(b"\x01L\0\0");
        if let Some(section) = self.section {
            extra.extend(b"8BIMlsct\0\0\0\x04");
            extra.extend(section.to_be_bytes());
        }
        bytes.extend((extra.len() as u32).to_be_bytes());
        bytes.extend(extra);
        bytes
    }
}

/// A run where a row is of one value, else literals.
fn packed_row(row: &[u8]) -> Vec<u8> {
    if row.iter().all(|value| *value == row[0]) {
        return vec![(257 - row.len()) as u8, row[0]];
    }
    [&[(row.len() - 1) as u8], row].concat()
}

fn head(channels: u16, [width, height]: [u32; 2], depth: u16, mode: u16) -> Vec<u8> {
    let mut bytes = b"8BPS\0\x01\0\0\0\0\0\0".to_vec();
    bytes.extend(channels.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(depth.to_be_bytes());
    bytes.extend(mode.to_be_bytes());
    bytes.extend([0; 4]);
    bytes
}

/// Saved without “Maximise compatibility”: the version resource says so, and the merged picture is white.
fn unmerged(size: [u32; 2], layers: &[Layer]) -> Vec<u8> {
    let mut bytes = head(3, size, 8, 3);
    bytes.extend(20_u32.to_be_bytes());
    bytes.extend(b"8BIM\x04\x21\0\0\0\0\0\x08");
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 0]);
    let mut records = (layers.len() as i16).to_be_bytes().to_vec();
    records.extend(layers.iter().flat_map(Layer::record));
    for layer in layers {
        for (number, samples) in &layer.channels {
            records.extend(layer.data(*number, samples));
        }
    }
    bytes.extend((records.len() as u32 + 8).to_be_bytes());
    bytes.extend((records.len() as u32).to_be_bytes());
    bytes.extend(records);
    bytes.extend([0; 4]);
    bytes.extend([0, 0]);
    bytes.extend(vec![255; (size[0] * size[1] * 3) as usize]);
    bytes
}

fn pixels(bytes: &[u8]) -> Pixels {
    decode(Format::Psd, bytes, &Limits::STANDARD).unwrap()
}

fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
    let from = ((y * pixels.width + x) * 4) as usize;
    pixels.rgba[from..from + 4].try_into().unwrap()
}

#[test]
fn layers_make_the_picture_where_there_is_no_merged_one() {
    let red = Layer::of([0, 0, 4, 4], [255, 0, 0, 255]);
    // Reaches beyond the canvas on two sides.
    let green = Layer {
        packed: true,
        ..Layer::of([2, 2, 9, 9], [0, 255, 0, 255])
    };
    let invisible = Layer {
        hidden: true,
        ..Layer::of([0, 0, 4, 4], [0, 0, 255, 255])
    };
    let picture = pixels(&unmerged([6, 5], &[red, green, invisible]));
    assert_eq!(at(&picture, 0, 0), [255, 0, 0, 255]);
    assert_eq!(at(&picture, 3, 3), [0, 255, 0, 255]);
    assert_eq!(at(&picture, 5, 4), [0, 255, 0, 255]);
    assert_eq!(at(&picture, 5, 0), [0; 4], "nothing lies there");
}

#[test]
fn opacity_blending_masks_and_clipping_are_kept() {
    let ground = Layer::of([0, 0, 2, 2], [200, 100, 50, 255]);
    let half = Layer {
        opacity: 128,
        ..Layer::of([0, 0, 1, 1], [0, 0, 0, 255])
    };
    let multiplied = Layer {
        blend: b"mul ",
        ..Layer::of([0, 1, 1, 2], [128, 128, 128, 255])
    };
    let mut masked = Layer::of([1, 0, 2, 2], [255, 255, 255, 255]);
    masked.mask = Some(([1, 0, 2, 1], 0));
    masked.channels.push((-2, vec![255]));
    let base = Layer::of([0, 2, 1, 3], [10, 10, 10, 255]);
    let clipped = Layer {
        clipped: true,
        ..Layer::of([0, 2, 2, 3], [0, 0, 250, 255])
    };
    let layers = [ground, half, multiplied, masked, base, clipped];
    let picture = pixels(&unmerged([3, 2], &layers));
    assert_eq!(at(&picture, 0, 0), [100, 50, 25, 255], "half black");
    assert_eq!(at(&picture, 1, 0), [100, 50, 25, 255], "times a half");
    assert_eq!(at(&picture, 0, 1), [255; 4], "inside the mask");
    assert_eq!(at(&picture, 1, 1), [200, 100, 50, 255], "outside the mask");
    assert_eq!(at(&picture, 2, 0), [0, 0, 250, 255], "on its base");
    assert_eq!(at(&picture, 2, 1), [0; 4], "beside its base");
}

#[test]
fn a_hidden_group_hides_what_is_in_it_and_nothing_else() {
    let group = |hidden| {
        [
            Layer::group(3),
            Layer::of([0, 0, 1, 1], [1, 2, 3, 255]),
            Layer {
                hidden,
                ..Layer::group(1)
            },
            Layer::of([0, 1, 1, 2], [4, 5, 6, 255]),
        ]
    };
    let shown = pixels(&unmerged([2, 1], &group(false)));
    assert_eq!(shown.rgba, [1, 2, 3, 255, 4, 5, 6, 255]);
    let hidden = pixels(&unmerged([2, 1], &group(true)));
    assert_eq!(hidden.rgba, [0, 0, 0, 0, 4, 5, 6, 255]);
    let facts = read(
        Format::Psd,
        &unmerged([2, 1], &group(false)),
        8,
        &Limits::STANDARD,
    );
    assert_eq!(facts.unwrap().metadata.layers, 3, "the group's end is none");
}

#[test]
fn documents_without_any_picture_and_endless_layers_are_refused() {
    let code =
        |bytes: &[u8], limits: &Limits| decode(Format::Psd, bytes, limits).unwrap_err().code();
    assert_eq!(
        code(&unmerged([2, 2], &[]), &Limits::STANDARD),
        "unsupported"
    );
    let many: Vec<Layer> = (0..50).map(|_| Layer::of([0, 0, 8, 8], [1; 4])).collect();
    let small = Limits {
        pixels: 64,
        ..Limits::STANDARD
    };
    assert_eq!(code(&unmerged([8, 8], &many), &small), "too_large");
    let whole = unmerged([8, 8], &many[..3]);
    assert_eq!(code(&whole[..300], &Limits::STANDARD), "truncated");
}

#[test]
fn floating_point_and_lab_documents_are_read() {
    let mut bytes = head(1, [3, 1], 32, 1);
    bytes.extend([0; 8]);
    bytes.extend([0, 0]);
    bytes.extend(
        [0.0f32, 0.215_861, 9.0]
            .into_iter()
            .flat_map(f32::to_be_bytes),
    );
    assert_eq!(
        pixels(&bytes).rgba,
        [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]
    );
    let mut bytes = head(3, [2, 1], 8, 9);
    bytes.extend([0; 8]);
    bytes.extend([0, 0, 255, 0, 128, 128, 128, 128]);
    assert_eq!(pixels(&bytes).rgba, [255, 255, 255, 255, 0, 0, 0, 255]);
}

#[test]
fn a_document_reads_the_same_held_and_from_a_file() {
    let documents = all()
        .into_iter()
        .filter(|sample| sample.format == Format::Psd);
    let mut count = 0;
    for sample in documents {
        let (bytes, len) = (&sample.bytes, sample.bytes.len() as u64);
        let none_held = Limits {
            file_bytes: 16,
            ..Limits::STANDARD
        };
        let held = read(Format::Psd, bytes, 9, &Limits::STANDARD).unwrap();
        let found = read_from(Format::Psd, Cursor::new(bytes), len, 9, &none_held).unwrap();
        assert_eq!(found.metadata, held.metadata, "{}", sample.name);
        assert_eq!(found.preview, held.preview, "{}", sample.name);
        let full = decode_from(Format::Psd, Cursor::new(bytes), len, &none_held).unwrap();
        assert_eq!(full, pixels(bytes), "{}", sample.name);
        count += 1;
    }
    assert!(count > 5);
}
