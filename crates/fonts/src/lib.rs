//! Typefaces: read, describe, draw a specimen. Bytes in, values out.
//!
//! TrueType, OpenType and their collections are parsed by `skrifa`, text is shaped by `harfrust` (so that
//! Arabic joins, marks attach and pairs are kerned) and filled by `tiny-skia`; WOFF2 is unpacked by `wuff`.
//! None of them bounds the work that a hostile outline can ask for; [`cost`] does, before one is drawn.
//!
//! All pictures are masks: one colour (the ink) with the letter in the alpha channel. A single stored
//! file therefore serves dark and light themes, the window tints it (`mask-image`) or picks the ink. Only
//! coloured bitmaps (emoji) keep their colours.

mod container;
mod cost;
mod draw;
mod facts;
mod layout;
mod scripts;
mod strikes;

use gameforge_domain::{Colour, FontMetadata, Format, Limits, Pixels, ReadError};

/// A font with its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Typeface {
    /// What the font says; of a collection its first face.
    pub metadata: FontMetadata,
    /// A square with “Ag”, or with letters of the font's own script, or with nine of its icons.
    pub preview: Pixels,
}

/// Reads a font and draws its preview, `side` pixels square, in `ink` on a transparent ground.
///
/// # Errors
/// Any [`ReadError`]; `Unsupported` for a font that holds neither outlines nor bitmaps, which [`probe`]
/// still describes.
pub fn read(
    format: Format,
    bytes: &[u8],
    side: u32,
    ink: Colour,
    limits: &Limits,
) -> Result<Typeface, ReadError> {
    ReadError::guard(|| {
        let plain = container::plain(format, bytes, limits)?;
        let face = container::face(&plain)?;
        let metadata = facts::describe(&face);
        let preview = draw::preview(&face, &metadata.scripts, side, ink, limits)?;
        Ok(Typeface { metadata, preview })
    })
}

/// Describes a font without drawing it.
///
/// # Errors
/// Any [`ReadError`].
pub fn probe(format: Format, bytes: &[u8], limits: &Limits) -> Result<FontMetadata, ReadError> {
    ReadError::guard(|| {
        let plain = container::plain(format, bytes, limits)?;
        Ok(facts::describe(&container::face(&plain)?))
    })
}

/// Sets a text in the font: `width` pixels wide, as high as its lines need, `ink` on a transparent ground.
///
/// Lines break at white space and between ideographs. Text beyond 4,000 characters and lines beyond
/// 16,384 pixels of height are left out. `size_px` is the em, clamped to 4..=400; `width` to 16..=8192.
///
/// # Errors
/// Any [`ReadError`].
pub fn specimen(
    format: Format,
    bytes: &[u8],
    text: &str,
    size_px: f32,
    width: u32,
    ink: Colour,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    ReadError::guard(|| {
        let plain = container::plain(format, bytes, limits)?;
        let face = container::face(&plain)?;
        draw::specimen(&face, text, size_px, width, ink, limits)
    })
}

/// The font as a plain TrueType or OpenType file, for programs that do not read WOFF2.
///
/// # Errors
/// Any [`ReadError`].
pub fn to_sfnt(format: Format, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ReadError> {
    ReadError::guard(|| {
        let plain = container::plain(format, bytes, limits)?;
        container::face(&plain)?;
        Ok(plain.into_owned())
    })
}

/// One round of fuzzing: the file is read, described, drawn and set.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8]) {
    let limits = Limits {
        memory: 64 << 20,
        ..Limits::STANDARD
    };
    let ink = Colour {
        r: 255,
        g: 255,
        b: 255,
    };
    let format = if bytes.starts_with(b"wOF2") {
        Format::Woff2
    } else {
        Format::Ttf
    };
    let loud = |error: &ReadError| {
        if let ReadError::Panicked { what } = error {
            // A fuzzer must see what a user is spared. `wuff` is known to stop on some damaged tables.
            assert!(format == Format::Woff2, "a font reader panicked: {what}");
        }
    };
    match read(format, bytes, 64, ink, &limits) {
        Ok(typeface) => assert_eq!(typeface.preview.rgba.len(), 64 * 64 * 4),
        Err(error) => loud(&error),
    }
    if let Err(error) = specimen(
        format,
        bytes,
        "Hamburgefonts àéß قلم 永あ\nAV To",
        24.0,
        200,
        ink,
        &limits,
    ) {
        loud(&error);
    }
}
