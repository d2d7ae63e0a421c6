//! Any file: which format is it, what does it say, what does it look like.
//!
//! [`sniff()`] decides by content. [`read`] hands the bytes to the reader of their kind and gives one [`Reading`] back,
//! whatever the kind. Texts, engine files and archives are read here; pictures, models, sounds and typefaces in crates
//! of their own. Opens no file but through [`Siblings`], knows no library and no database.

mod archive;
#[doc(hidden)]
pub mod fuzz;
mod godot;
mod json;
mod quoted;
mod sheet;
mod sniff;
mod text;
mod unity;

pub use gameforge_av as av;
pub use gameforge_fonts as fonts;
pub use gameforge_mesh as mesh;
pub use gameforge_mesh::{Folder, NoSiblings, Siblings};
pub use gameforge_raster as raster;
pub use sniff::{HEAD, Sample, TAIL, broken_promise, sniff};
pub use text::decoded;

use gameforge_domain::{Colour, Format, Kind, Limits, Metadata, Pixels, ReadError, Swatch};
use std::io::{Read, Seek};

/// Raised whenever the readers find more than before, so that a library can read its files again.
pub const READER: u32 = 4;

/// What a file says and looks like.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The facts.
    pub metadata: Metadata,
    /// A still, its longest side about the one asked for; none for formats that have no look.
    pub preview: Option<Pixels>,
    /// Main colours of a picture.
    pub palette: Vec<Swatch>,
    /// Perceptual hash of a picture that is not flat.
    pub phash: Option<u64>,
}

/// Ink of a font's preview: a grey that is read on the dark and on the light ground. Windows may tint it.
const LETTERS: Colour = Colour {
    r: 0x7d,
    g: 0x86,
    b: 0x8f,
};

/// How a reader wants its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appetite {
    /// All of them in memory: [`read`].
    Whole,
    /// A few, here and there, or all in order: [`read_seekable`].
    Seek,
    /// All of them in memory where that is cheap: [`read`]; else as they come: [`read_seekable`]. See [`too_much_to_hold`].
    Either,
    /// None: the format has no reader.
    Nothing,
}

/// How the reader of a format wants its bytes.
#[must_use]
pub const fn appetite(format: Format) -> Appetite {
    match format {
        Format::Mp4 | Format::Webm | Format::Zip | Format::GodotBinary => Appetite::Seek,
        Format::Plain | Format::Markdown | Format::Csv => Appetite::Seek,
        Format::Wav | Format::Ogg | Format::Mp3 | Format::Flac => Appetite::Either,
        Format::Psd | Format::Blend => Appetite::Either,
        // Of one that cannot be held only the description is read.
        Format::Glb => Appetite::Either,
        Format::Other => Appetite::Nothing,
        _ => Appetite::Whole,
    }
}

/// Whether a file of a format that can be read either way had better not be held: a few large ones would keep all others
/// waiting for memory. A .glb is held as long as that is allowed, since without its geometry there is no picture.
#[must_use]
pub const fn too_much_to_hold(format: Format, size: u64, limits: &Limits) -> bool {
    match format {
        Format::Glb => size > limits.file_bytes,
        _ => size > limits.file_bytes / 8,
    }
}

/// What a reader is to keep to.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Files that a model refers to.
    pub siblings: &'a dyn Siblings,
    /// Longest side of the preview, in pixels.
    pub side: u32,
    /// Caps.
    pub limits: &'a Limits,
}

/// Reads a file of a known format.
///
/// # Errors
/// [`ReadError`] in all its variants; a reader that panics gives [`ReadError::Panicked`].
pub fn read(format: Format, bytes: &[u8], request: &Request<'_>) -> Result<Reading, ReadError> {
    ReadError::guard(|| {
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        let size = bytes.len() as u64;
        if size > request.limits.file_bytes {
            return Err(too_long(size, request.limits));
        }
        match format.kind() {
            Kind::Image => picture(format, bytes, request),
            Kind::Model => model(format, bytes, request),
            Kind::Audio => sound(format, bytes, request),
            Kind::Font => typeface(format, bytes, request),
            Kind::Scene | Kind::Text | Kind::Video | Kind::Other => words(format, bytes, request),
        }
    })
}

/// Reads a file of which only parts are needed, or which is gone through in order: see [`appetite`].
///
/// # Errors
/// As [`read`].
pub fn read_seekable(
    format: Format,
    mut file: impl Read + Seek + Send + Sync,
    len: u64,
    request: &Request<'_>,
) -> Result<Reading, ReadError> {
    let (side, limits) = (request.side, request.limits);
    ReadError::guard(move || {
        if len == 0 {
            return Err(ReadError::Empty);
        }
        let metadata = match format {
            Format::Wav | Format::Ogg | Format::Mp3 | Format::Flac => {
                return gameforge_av::read_from(format, file, len, limits)
                    .map(|sound| heard(sound, side));
            }
            Format::Psd => {
                return gameforge_raster::read_from(format, file, len, side, limits).map(seen);
            }
            Format::Blend | Format::Glb => {
                return gameforge_mesh::read_from(format, file, len, side, limits).map(drawn);
            }
            Format::Mp4 | Format::Webm => {
                Metadata::Video(gameforge_av::film(format, file, len, limits)?)
            }
            Format::Zip => archive::check(&mut file, len).map(|()| Metadata::Other {})?,
            Format::GodotBinary => Metadata::Scene(godot::binary(&mut file, len)?),
            Format::Plain | Format::Markdown | Format::Csv => {
                return Ok(page(format, &text::read(&mut file)?, sheet::SIDE));
            }
            Format::Other => Metadata::Other {},
            other => return Err(ReadError::unsupported(format!("{other} is read whole"))),
        };
        Ok(facts(metadata))
    })
}

/// The outline of a sound: lowest and highest sample of each of at most 4,096 stretches, ±127.
///
/// # Errors
/// As [`read`].
pub fn peaks(
    format: Format,
    file: impl Read + Seek + Send + Sync,
    len: u64,
    limits: &Limits,
) -> Result<Vec<(i8, i8)>, ReadError> {
    ReadError::guard(|| {
        gameforge_av::read_from(format, file, len, limits).map(|sound| sound.peaks.buckets)
    })
}

/// Memory that reading is likely to need at its height beside the file's own bytes. A guess for planning; the caps are
/// kept by [`Limits::memory`].
#[must_use]
pub fn likely_memory(format: Format, size: u64) -> u64 {
    const MIB: u64 = 1 << 20;
    match format.kind() {
        Kind::Image => (size * 6).clamp(24 * MIB, 160 * MIB),
        Kind::Model => (size * 5).clamp(32 * MIB, 160 * MIB),
        Kind::Font => (size * 3).clamp(8 * MIB, 64 * MIB),
        Kind::Audio | Kind::Scene | Kind::Text | Kind::Video | Kind::Other => 8 * MIB,
    }
}

fn picture(format: Format, bytes: &[u8], request: &Request<'_>) -> Result<Reading, ReadError> {
    gameforge_raster::read(format, bytes, request.side, request.limits).map(seen)
}

fn seen(picture: gameforge_raster::Picture) -> Reading {
    Reading {
        metadata: Metadata::Image(picture.metadata),
        preview: Some(picture.preview),
        palette: picture.palette,
        phash: picture.phash,
    }
}

fn model(format: Format, bytes: &[u8], request: &Request<'_>) -> Result<Reading, ReadError> {
    let (siblings, limits) = (request.siblings, request.limits);
    gameforge_mesh::read(format, bytes, siblings, request.side, limits).map(drawn)
}

fn drawn(model: gameforge_mesh::Model) -> Reading {
    Reading {
        preview: model.preview,
        ..facts(Metadata::Model(model.metadata))
    }
}

fn sound(format: Format, bytes: &[u8], request: &Request<'_>) -> Result<Reading, ReadError> {
    gameforge_av::read(format, bytes, request.limits).map(|sound| heard(sound, request.side))
}

/// The waveform is twice as wide as it is high: a cell shows it whole, an inspector fills its width.
fn heard(sound: gameforge_av::Sound, side: u32) -> Reading {
    let width = side.max(640);
    let preview = (!sound.peaks.buckets.is_empty()).then(|| {
        gameforge_av::waveform(
            &sound.peaks,
            width,
            width * 3 / 8,
            gameforge_av::WAVEFORM_COLOUR,
        )
    });
    Reading {
        preview,
        ..facts(Metadata::Audio(sound.metadata))
    }
}

fn typeface(format: Format, bytes: &[u8], request: &Request<'_>) -> Result<Reading, ReadError> {
    let typeface = gameforge_fonts::read(format, bytes, request.side, LETTERS, request.limits)?;
    Ok(Reading {
        preview: Some(typeface.preview),
        ..facts(Metadata::Font(typeface.metadata))
    })
}

/// A text's facts with a page of its beginning.
fn page(format: Format, text: &text::Text, side: u32) -> Reading {
    Reading {
        preview: sheet::text(format, &text.beginning, side),
        ..facts(Metadata::Text(text.metadata.clone()))
    }
}

fn words(format: Format, bytes: &[u8], request: &Request<'_>) -> Result<Reading, ReadError> {
    let side = request.side;
    let engine = |(metadata, preview)| Reading {
        preview,
        ..facts(Metadata::Scene(metadata))
    };
    let outlined = |read: godot::Reader,
                    visit: fn(&mut sheet::godot::Outline, quoted::Piece<'_>)| {
        let mut outline = sheet::godot::Outline::default();
        let metadata = read(&text::decoded(bytes), &mut |piece| {
            visit(&mut outline, piece)
        })?;
        Ok(engine((metadata, outline.draw(side))))
    };
    match format {
        Format::Json => {
            json::check(bytes, request.limits)?;
            Ok(page(format, &text::read(&mut &*bytes)?, side))
        }
        Format::Plain | Format::Markdown | Format::Csv => {
            Ok(page(format, &text::read(&mut &*bytes)?, side))
        }
        Format::GodotScene => outlined(godot::scene, sheet::godot::Outline::node),
        Format::GodotResource => outlined(godot::scene, sheet::godot::Outline::entry),
        Format::GodotProject => outlined(godot::project, sheet::godot::Outline::entry),
        Format::GodotImport => outlined(godot::import, sheet::godot::Outline::entry),
        Format::UnityMeta => {
            let text = text::decoded(bytes);
            Ok(engine((
                unity::meta(&text)?,
                sheet::unity::meta(&text, side),
            )))
        }
        Format::UnityScene => {
            let text = text::decoded(bytes);
            Ok(engine((
                unity::scene(&text)?,
                sheet::unity::scene(&text, side),
            )))
        }
        other => read_seekable(
            other,
            std::io::Cursor::new(bytes),
            bytes.len() as u64,
            request,
        ),
    }
}

const fn facts(metadata: Metadata) -> Reading {
    Reading {
        metadata,
        preview: None,
        palette: Vec::new(),
        phash: None,
    }
}

/// A file over [`Limits::file_bytes`].
#[must_use]
pub const fn too_long(size: u64, limits: &Limits) -> ReadError {
    ReadError::TooLarge {
        what: "the file's length in bytes",
        found: size,
        limit: limits.file_bytes,
    }
}

#[cfg(test)]
mod tests;
