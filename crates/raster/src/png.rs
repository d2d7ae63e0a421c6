//! PNG and APNG: the chunks read here, the pixels by the `png` crate row by row.

use crate::{bounds, cursor::Cursor, sink::Sink};
use gameforge_domain::{ImageMetadata, Limits, ReadError};
use png::{BitDepth, ColorType, Decoder, DecodingError, Transformations};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What the chunks say.
pub(crate) struct Chunks {
    pub(crate) width: u32,
    pub(crate) height: u32,
    bits: u8,
    colour: u8,
    interlaced: bool,
    transparency: bool,
    /// Of an animation: the frames' durations in milliseconds.
    pub(crate) durations: Vec<u32>,
}

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    let chunks = chunks(bytes)?;
    bounds::canvas(u64::from(chunks.width), u64::from(chunks.height), 0, limits)?;
    chunks.metadata()
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let chunks = chunks(bytes)?;
    let metadata = chunks.metadata()?;
    bounds::canvas(
        u64::from(chunks.width),
        u64::from(chunks.height),
        if chunks.interlaced { 8 } else { 0 },
        limits,
    )?;
    let mut decoder = decoder(bytes, limits);
    let opaque = chunks.colour == 2 && !chunks.transparency;
    let mut transformations = Transformations::normalize_to_color8();
    if !opaque {
        transformations |= Transformations::ALPHA;
    }
    decoder.set_transformations(transformations);
    let mut reader = decoder.read_info().map_err(error)?;
    let (colour, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(ReadError::unsupported(format!("PNG with {depth:?} bits")));
    }
    sink.start(chunks.width, chunks.height, limits)?;
    let mut feed = Feed {
        colour,
        row: Vec::new(),
    };
    if chunks.interlaced {
        let size = reader
            .output_buffer_size()
            .ok_or_else(|| ReadError::corrupt("PNG rows"))?;
        let mut whole = vec![0; size];
        let frame = reader.next_frame(&mut whole).map_err(error)?;
        for row in whole
            .chunks_exact(frame.line_size.max(1))
            .take(chunks.height as usize)
        {
            feed.row(row, sink)?;
        }
    } else {
        for _ in 0..chunks.height {
            let row = reader
                .next_row()
                .map_err(error)?
                .ok_or_else(|| ReadError::truncated("PNG rows"))?;
            feed.row(row.data(), sink)?;
        }
    }
    // Reads on to IEND, so that a file cut off after its last row is noticed too.
    reader.finish().map_err(error)?;
    Ok(metadata)
}

fn decoder<'a>(bytes: &'a [u8], limits: &Limits) -> Decoder<std::io::Cursor<&'a [u8]>> {
    let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    let mut decoder =
        Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: memory });
    // Neither is used, and both may unpack to far more than they take in the file.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder
}

/// Brings rows to R, G, B or R, G, B, A.
struct Feed {
    colour: ColorType,
    row: Vec<u8>,
}

impl Feed {
    fn row(&mut self, row: &[u8], sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.row.clear();
        match self.colour {
            ColorType::Rgb => sink.rgb(row),
            ColorType::Rgba => sink.rgba(row),
            ColorType::Grayscale => {
                self.row.extend(row.iter().flat_map(|v| [*v, *v, *v]));
                sink.rgb(&self.row);
            }
            ColorType::GrayscaleAlpha => {
                self.row.extend(
                    row.as_chunks::<2>()
                        .0
                        .iter()
                        .flat_map(|[v, a]| [*v, *v, *v, *a]),
                );
                sink.rgba(&self.row);
            }
            ColorType::Indexed => {
                return Err(ReadError::unsupported("PNG palette that was not expanded"));
            }
        }
        Ok(())
    }
}

impl Chunks {
    pub(crate) fn metadata(&self) -> Result<ImageMetadata, ReadError> {
        let (model, alpha) = match self.colour {
            0 => ("grey", false),
            2 => ("rgb", false),
            3 => ("indexed", false),
            4 => ("grey", true),
            6 => ("rgb", true),
            other => return Err(ReadError::corrupt(format!("PNG colour type {other}"))),
        };
        Ok(ImageMetadata {
            width: self.width,
            height: self.height,
            alpha: alpha || self.transparency,
            bits: self.bits,
            colour_model: model.to_owned(),
            frames: u32::try_from(self.durations.len())
                .unwrap_or(u32::MAX)
                .max(1),
            // Summed as whole numbers: a sum of floating point over nothing is −0.
            duration: self
                .durations
                .iter()
                .map(|milliseconds| u64::from(*milliseconds))
                .sum::<u64>() as f64
                / 1000.0,
            ..ImageMetadata::default()
        })
    }

    /// The frame's duration from the fields of its `fcTL`.
    fn add_frame(&mut self, mut body: Cursor<'_>) -> Result<(), ReadError> {
        body.skip(20)?;
        let (count, unit) = (u32::from(body.u16_be()?), u32::from(body.u16_be()?));
        self.durations
            .push(count * 1000 / if unit == 0 { 100 } else { unit });
        Ok(())
    }
}

/// Walks over all chunks without unpacking any. Ends silently where the file does: only decoding
/// can tell what is missing.
pub(crate) fn chunks(bytes: &[u8]) -> Result<Chunks, ReadError> {
    let mut file = Cursor::new(bytes, "PNG header");
    if file.take(SIGNATURE.len())? != SIGNATURE {
        return Err(ReadError::corrupt("PNG signature"));
    }
    let length = file.u32_be()?;
    if file.take(4)? != b"IHDR" || length != 13 {
        return Err(ReadError::corrupt("PNG does not start with its header"));
    }
    let (width, height) = (file.u32_be()?, file.u32_be()?);
    let (bits, colour) = (file.u8()?, file.u8()?);
    file.skip(2)?;
    let interlaced = file.u8()? != 0;
    let mut found = Chunks {
        width,
        height,
        bits,
        colour,
        interlaced,
        transparency: false,
        durations: Vec::new(),
    };
    let mut animated = false;
    // The header's check sum is the decoder's matter.
    let mut next = file.skip(4);
    while next.is_ok() {
        let (Ok(length), Ok(name)) = (file.u32_be(), file.take(4)) else {
            break;
        };
        let Ok(body) = file.part(length as usize, "PNG chunk") else {
            break;
        };
        match name {
            b"tRNS" => found.transparency = true,
            b"acTL" => animated = true,
            b"fcTL" if animated => found.add_frame(body)?,
            b"IEND" => break,
            _ => {}
        }
        next = file.skip(4);
    }
    Ok(found)
}

fn error(error: DecodingError) -> ReadError {
    match error {
        DecodingError::IoError(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReadError::truncated("PNG data")
        }
        DecodingError::IoError(source) => ReadError::Io(source),
        DecodingError::LimitsExceeded => {
            ReadError::corrupt("PNG asks for more memory than it may have")
        }
        other => ReadError::corrupt(format!("PNG: {other}")),
    }
}
