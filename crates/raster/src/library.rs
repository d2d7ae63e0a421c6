//! The formats read by the `image` crate: gif, bmp, tga, tiff and hdr.

use crate::{bounds, sink, sink::Sink, tiff, tone};
use gameforge_domain::{Format, ImageMetadata, Limits, Pixels, ReadError};
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageError,
    codecs::{
        bmp::BmpDecoder, gif::GifDecoder, hdr::HdrDecoder, tga::TgaDecoder, tiff::TiffDecoder,
    },
    error::LimitErrorKind,
};
use std::io::Cursor;

pub(crate) fn probe(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<ImageMetadata, ReadError> {
    if format == Format::Tiff
        && let Some(indexed) = tiff::Indexed::find(bytes)
    {
        let decoder = open(format, &indexed.as_grey, limits)?;
        let described = describe(format, bytes, decoder.as_ref());
        return Ok(ImageMetadata {
            colour_model: "indexed".to_owned(),
            ..described
        });
    }
    let decoder = open(format, bytes, limits)?;
    let mut metadata = describe(format, bytes, decoder.as_ref());
    if format == Format::Tiff {
        metadata.layers = Some(tiff::pages(bytes))
            .filter(|pages| *pages > 1)
            .unwrap_or(0);
    }
    if format == Format::Gif {
        gif_frames(bytes, limits, metadata)
    } else {
        Ok(metadata)
    }
}

pub(crate) fn stream(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let metadata = probe(format, bytes, limits)?;
    let indexed = if format == Format::Tiff {
        tiff::Indexed::find(bytes)
    } else {
        None
    };
    let file = indexed.as_ref().map_or(bytes, |indexed| &indexed.as_grey);
    let mut pixels = render(format, open(format, file, limits)?)?;
    if let Some(indexed) = indexed {
        indexed.colour(&mut pixels.rgba);
    }
    sink::whole(sink, pixels, limits)?;
    Ok(metadata)
}

/// A decoder whose canvas is within the limits.
pub(crate) fn open<'a>(
    format: Format,
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Box<dyn ImageDecoder + 'a>, ReadError> {
    let file = Cursor::new(bytes);
    let wrong = |cause| error(format, cause);
    let mut decoder: Box<dyn ImageDecoder + 'a> = match format {
        Format::Bmp => {
            bmp_canvas(bytes, limits)?;
            Box::new(BmpDecoder::new(file).map_err(wrong)?)
        }
        Format::Tga => {
            tga_canvas(bytes, limits)?;
            Box::new(TgaDecoder::new(file).map_err(wrong)?)
        }
        Format::Tiff => Box::new(TiffDecoder::new(file).map_err(wrong)?),
        Format::Hdr => Box::new(HdrDecoder::new(file).map_err(wrong)?),
        Format::Gif => Box::new(GifDecoder::new(file).map_err(wrong)?),
        other => return Err(ReadError::unsupported(format!("{other} is not read here"))),
    };
    let (width, height) = decoder.dimensions();
    // The decoder's own picture and its conversion to eight bits.
    let peak = u64::from(decoder.color_type().bytes_per_pixel()) + 4;
    bounds::canvas(u64::from(width), u64::from(height), peak, limits)?;
    let mut caps = image::Limits::no_limits();
    caps.max_alloc = Some(limits.memory);
    decoder.set_limits(caps).map_err(wrong)?;
    Ok(decoder)
}

/// The number at `at`, little end first.
fn number<const N: usize>(
    bytes: &[u8],
    at: usize,
    what: &'static str,
) -> Result<[u8; N], ReadError> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk::<N>())
        .copied()
        .ok_or_else(|| ReadError::truncated(what))
}

/// The decoders read colour maps before they can be asked for the sides, so those are read here first.
fn tga_canvas(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let side = |at| number(bytes, at, "TGA header").map(|pair| u64::from(u16::from_le_bytes(pair)));
    bounds::canvas(side(12)?, side(14)?, 4, limits).map(drop)
}

fn bmp_canvas(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let what = "BMP header";
    let (width, height) = if number(bytes, 14, what).map(u32::from_le_bytes)? == 12 {
        let side = |at| number(bytes, at, what).map(|pair| u64::from(u16::from_le_bytes(pair)));
        (side(18)?, side(20)?)
    } else {
        // A negative height means rows top down.
        let side = |at| {
            number(bytes, at, what).map(|four| u64::from(i32::from_le_bytes(four).unsigned_abs()))
        };
        (side(18)?, side(22)?)
    };
    bounds::canvas(width, height, 4, limits).map(drop)
}

fn render(format: Format, decoder: Box<dyn ImageDecoder + '_>) -> Result<Pixels, ReadError> {
    let (width, height) = decoder.dimensions();
    let rgba = match DynamicImage::from_decoder(decoder).map_err(|cause| error(format, cause))? {
        DynamicImage::ImageRgb32F(linear) => tone::map(
            linear
                .as_raw()
                .as_chunks::<3>()
                .0
                .iter()
                .map(|[r, g, b]| [*r, *g, *b, 1.0]),
        ),
        DynamicImage::ImageRgba32F(linear) => {
            tone::map(linear.as_raw().as_chunks::<4>().0.iter().copied())
        }
        picture => picture.into_rgba8().into_raw(),
    };
    Pixels::new(width, height, rgba).ok_or_else(|| ReadError::corrupt(format!("{format} rows")))
}

fn describe(format: Format, bytes: &[u8], decoder: &dyn ImageDecoder) -> ImageMetadata {
    let (width, height) = decoder.dimensions();
    let (bits, model) = match format {
        Format::Gif => (8, "indexed"),
        Format::Hdr => (32, "hdr"),
        Format::Bmp => bmp_model(bytes),
        Format::Tga => tga_model(bytes),
        _ => model(decoder.original_color_type()),
    };
    ImageMetadata {
        width,
        height,
        alpha: decoder.color_type().has_alpha(),
        bits,
        colour_model: model.to_owned(),
        frames: 1,
        ..ImageMetadata::default()
    }
}

fn model(colour: ExtendedColorType) -> (u8, &'static str) {
    use ExtendedColorType as C;
    let bits = u8::try_from(colour.bits_per_pixel() / u16::from(colour.channel_count()).max(1))
        .unwrap_or(32);
    let name = match colour {
        C::A8
        | C::L1
        | C::L2
        | C::L4
        | C::L8
        | C::L16
        | C::La1
        | C::La2
        | C::La4
        | C::La8
        | C::La16 => "grey",
        C::Rgb32F | C::Rgba32F => "hdr",
        C::Cmyk8 | C::Cmyk16 => "cmyk",
        _ => "rgb",
    };
    (bits, name)
}

/// Up to 256 colours by a table, else 5 or 8 bits a channel.
fn bmp_model(bytes: &[u8]) -> (u8, &'static str) {
    let at = if bytes.get(14) == Some(&12) { 24 } else { 28 };
    match bytes.get(at) {
        Some(bits @ 1..=8) => (*bits, "indexed"),
        Some(16) => (5, "rgb"),
        _ => (8, "rgb"),
    }
}

/// Image type 1 and 9 are by colour map, 3 and 11 grey.
fn tga_model(bytes: &[u8]) -> (u8, &'static str) {
    match (bytes.get(2), bytes.get(16)) {
        (Some(1 | 9), _) => (8, "indexed"),
        (Some(3 | 11), _) => (8, "grey"),
        (_, Some(15 | 16)) => (5, "rgb"),
        _ => (8, "rgb"),
    }
}

/// Counts frames and adds up their delays without decompressing any.
fn gif_frames(
    bytes: &[u8],
    limits: &Limits,
    mut metadata: ImageMetadata,
) -> Result<ImageMetadata, ReadError> {
    let mut options = gif::DecodeOptions::new();
    options.skip_frame_decoding(true);
    let memory = std::num::NonZeroU64::new(limits.memory).unwrap_or(std::num::NonZeroU64::MIN);
    options.set_memory_limit(gif::MemoryLimit::Bytes(memory));
    let wrong = |cause: gif::DecodingError| error(Format::Gif, gif_error(cause));
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(wrong)?;
    let (mut frames, mut hundredths) = (0_u32, 0_u64);
    while let Some(frame) = decoder.next_frame_info().map_err(wrong)? {
        frames += 1;
        hundredths += u64::from(frame.delay);
    }
    if frames == 0 {
        return Err(ReadError::corrupt("GIF without a picture"));
    }
    metadata.frames = frames;
    metadata.duration = if frames > 1 {
        hundredths as f64 / 100.0
    } else {
        0.0
    };
    metadata.alpha = true;
    Ok(metadata)
}

fn gif_error(cause: gif::DecodingError) -> ImageError {
    match cause {
        gif::DecodingError::Io(source) => ImageError::IoError(source),
        gif::DecodingError::UnexpectedEof => {
            ImageError::IoError(std::io::ErrorKind::UnexpectedEof.into())
        }
        other => ImageError::Decoding(image::error::DecodingError::new(
            image::error::ImageFormatHint::Exact(image::ImageFormat::Gif),
            other,
        )),
    }
}

/// The `image` crate's errors in our words.
pub(crate) fn error(format: Format, cause: ImageError) -> ReadError {
    match cause {
        ImageError::IoError(source) => match source.kind() {
            std::io::ErrorKind::UnexpectedEof => ReadError::truncated(format!("{format} data")),
            // The formats of this crate are read from memory: other errors come from the content.
            _ => ReadError::corrupt(format!("{format}: {source}")),
        },
        ImageError::Unsupported(variant) => ReadError::unsupported(variant.to_string()),
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::InsufficientMemory) => {
            ReadError::corrupt(format!("{format} asks for more memory than it may have"))
        }
        other => ReadError::corrupt(other.to_string()),
    }
}
