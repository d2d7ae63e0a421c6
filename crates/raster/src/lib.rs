//! Pictures: read, describe, scale, animate. Bytes in, values out.
//!
//! Here live the readers of every image format of the library, the measures taken of a picture
//! (palette, perceptual hash, alpha) and the making of previews. What a file is, is decided by the
//! caller; where it is stored, too. Nothing here opens a file or a socket.
//!
//! Every entry keeps [`Limits`]: sides are checked in the header before anything is allocated. A
//! decoder that panics all the same is caught at this edge and becomes [`ReadError::Panicked`].
//!
//! Colour profiles (ICC, cICP) are not applied: pixels are taken as sRGB, which is what the game
//! engines do with them too. Linear formats (hdr, exr, BC6H) are tone-mapped.

mod animation;
mod aseprite;
mod blend;
mod blocks;
mod bounds;
mod cursor;
mod dds;
mod encode;
mod exr;
#[doc(hidden)]
pub mod fuzz;
mod jpeg;
mod library;
mod orient;
mod palette;
mod phash;
mod png;
mod psd;
mod scale;
mod sink;
mod survey;
mod svg;
mod svg_cost;
mod tiff;
mod tone;
mod webp;

pub use animation::{Animation, Frame};
pub use encode::{encode_png, encode_preview};
pub use palette::palette;
pub use phash::phash;
pub use scale::fit;

use gameforge_domain::{Format, ImageMetadata, Limits, Pixels, ReadError, Swatch};
use sink::{Collector, Sink};
use std::io::{Cursor, Read, Seek};
use survey::Survey;

/// A still and what is to be known of it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The facts, all of them taken from the pixels where pixels decide.
    pub metadata: ImageMetadata,
    /// The first frame, its longest side at most the one asked for. Raster pictures are never
    /// enlarged; vector pictures are drawn at the size asked for.
    pub preview: Pixels,
    /// Up to eight main colours, the largest share first. Pixels with alpha under 128 do not count.
    pub palette: Vec<Swatch>,
    /// Perceptual hash of 64 bits; none for a flat or invisible picture.
    pub phash: Option<u64>,
}

/// Reads a picture once and takes every measure on the way.
///
/// # Errors
/// [`ReadError`] when the bytes are empty, cut short, damaged, over a limit or of an unread variant.
pub fn read(
    format: Format,
    bytes: &[u8],
    preview_side: u32,
    limits: &Limits,
) -> Result<Picture, ReadError> {
    let side = preview_side.max(1);
    guarded(bytes, limits, || {
        if format == Format::Svg {
            return svg::read(bytes, side, limits);
        }
        let mut survey = Survey::new(side);
        let metadata = stream(format, bytes, limits, &mut survey)?;
        survey.finish(metadata)
    })
}

/// Reads the header only, as far as the format allows.
///
/// Two facts need the pixels and differ from [`read`]: `alpha` says here whether the file has an
/// alpha channel at all, and `palette_size` is 0.
///
/// # Errors
/// As [`read`]; damage in the pixel data is not seen.
pub fn probe(format: Format, bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    guarded(bytes, limits, || match format {
        Format::Png => png::probe(bytes, limits),
        Format::Jpeg => jpeg::probe(bytes, limits),
        Format::Webp => webp::probe(bytes, limits),
        Format::Gif | Format::Bmp | Format::Tga | Format::Tiff | Format::Hdr => {
            library::probe(format, bytes, limits)
        }
        Format::Exr => exr::probe(bytes, limits),
        Format::Dds => dds::probe(bytes, limits),
        Format::Svg => svg::probe(bytes, limits),
        Format::Psd => psd::probe(Cursor::new(bytes), bytes.len() as u64, limits),
        Format::Aseprite => aseprite::probe(bytes, limits),
        other => Err(not_a_picture(other)),
    })
}

/// Decodes the first frame at full size. Vector pictures are drawn at their own size.
///
/// # Errors
/// As [`read`].
pub fn decode(format: Format, bytes: &[u8], limits: &Limits) -> Result<Pixels, ReadError> {
    guarded(bytes, limits, || {
        if format == Format::Svg {
            return svg::decode(bytes, limits);
        }
        let mut collector = Collector::default();
        stream(format, bytes, limits, &mut collector)?;
        collector.finish()
    })
}

/// As [`read`], of a file of `len` bytes that is not held in memory: for PSD. [`Limits::file_bytes`] does not apply.
///
/// # Errors
/// As [`read`], those of the file itself, and `Unsupported` for all other formats.
pub fn read_from(
    format: Format,
    file: impl Read + Seek,
    len: u64,
    preview_side: u32,
    limits: &Limits,
) -> Result<Picture, ReadError> {
    let mut survey = Survey::new(preview_side.max(1));
    let metadata = stream_from(format, file, len, limits, &mut survey)?;
    ReadError::guard(|| survey.finish(metadata))
}

/// As [`decode`], of a file that is not held in memory; see [`read_from`].
///
/// # Errors
/// As [`read_from`].
pub fn decode_from(
    format: Format,
    file: impl Read + Seek,
    len: u64,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    let mut collector = Collector::default();
    stream_from(format, file, len, limits, &mut collector)?;
    ReadError::guard(|| collector.finish())
}

fn stream_from(
    format: Format,
    file: impl Read + Seek,
    len: u64,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    ReadError::guard(|| match format {
        _ if len == 0 => Err(ReadError::Empty),
        Format::Psd => psd::stream(file, len, limits, sink),
        other => Err(ReadError::unsupported(format!("{other} is read whole"))),
    })
}

/// Decodes every frame, composed on the whole canvas; a still gives one frame of 0 ms.
///
/// # Errors
/// As [`read`], and [`ReadError::TooLarge`] when all frames together do not fit into `limits.memory`.
pub fn animation(format: Format, bytes: &[u8], limits: &Limits) -> Result<Animation, ReadError> {
    guarded(bytes, limits, || match format {
        Format::Png => animation::apng(bytes, limits),
        Format::Gif => animation::gif(bytes, limits),
        Format::Webp => animation::webp(bytes, limits),
        Format::Aseprite => aseprite::animation(bytes, limits),
        _ => decode(format, bytes, limits).map(Animation::still),
    })
}

/// Decodes the first frame into `sink` and says what the file is.
fn stream(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    match format {
        Format::Png => png::stream(bytes, limits, sink),
        Format::Jpeg => jpeg::stream(bytes, limits, sink),
        Format::Webp => webp::stream(bytes, limits, sink),
        Format::Gif | Format::Bmp | Format::Tga | Format::Tiff | Format::Hdr => {
            library::stream(format, bytes, limits, sink)
        }
        Format::Exr => exr::stream(bytes, limits, sink),
        Format::Dds => dds::stream(bytes, limits, sink),
        Format::Psd => psd::stream(Cursor::new(bytes), bytes.len() as u64, limits, sink),
        Format::Aseprite => aseprite::stream(bytes, limits, sink),
        other => Err(not_a_picture(other)),
    }
}

fn guarded<T>(
    bytes: &[u8],
    limits: &Limits,
    work: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    bounds::file(bytes, limits)?;
    ReadError::guard(work)
}

fn not_a_picture(format: Format) -> ReadError {
    ReadError::unsupported(format!("{format} is not a picture format"))
}
