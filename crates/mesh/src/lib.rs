//! Models: read, describe, draw without a window. Bytes in, values out.
//!
//! glTF (.glb, .gltf), OBJ, FBX, STL, COLLADA and Blender files. Every reader gets bytes and a [`Siblings`] through which
//! it may ask for the files beside a model; only [`Folder`] opens any, and only below one folder. The picture is drawn
//! on the processor.

mod blend;
mod dae;
mod fbx;
mod folder;
mod gltf;
mod math;
mod mtl;
mod normals;
mod obj;
mod polygon;
mod render;
mod scene;
mod siblings;
mod source;
mod stl;
mod texture;

pub use folder::Folder;
pub use render::View;
pub use siblings::{NoSiblings, Siblings};

use gameforge_domain::{Format, Kind, Limits, ModelMetadata, Pixels, ReadError};
use source::{Drawing, Opened, Source};
use std::io::{Cursor, Read, Seek};

/// A model's facts with its picture.
#[derive(Debug)]
pub struct Model {
    /// What the file says about itself.
    pub metadata: ModelMetadata,
    /// `side` × `side` on a transparent background; for Blender files the picture inside, at most that large. None where
    /// there is nothing to show.
    pub preview: Option<Pixels>,
    /// Why there is no preview, where there is none.
    pub undrawn: Option<ReadError>,
}

/// Reads a model and draws it from the default [`View`], from higher above where it lies flat. `preview_side` is in pixels, at most 2,048.
///
/// A texture that is missing is listed in the metadata and its surface drawn plain. A model that can be described but
/// not drawn (Draco, over the limits, a Blender file without a picture) comes without a preview and with the reason.
///
/// # Errors
/// As the bytes deserve; `Io` with `NotFound` where a file that holds geometry is not beside the model; `Unsupported` for
/// formats that are no models.
pub fn read(
    format: Format,
    bytes: &[u8],
    siblings: &dyn Siblings,
    preview_side: u32,
    limits: &Limits,
) -> Result<Model, ReadError> {
    ReadError::guard(|| {
        let mut source = Source::new(siblings, limits, true);
        let opened = open(format, bytes, &mut source)?;
        Ok(model(opened, preview_side, &mut source))
    })
}

/// As [`read`], of a file of `len` bytes that is not held in memory: of a Blender file all, of a .glb the facts.
/// [`Limits::file_bytes`] does not apply.
///
/// # Errors
/// As [`read`], those of the file itself, and `Unsupported` for all other formats.
pub fn read_from(
    format: Format,
    file: impl Read + Seek,
    len: u64,
    preview_side: u32,
    limits: &Limits,
) -> Result<Model, ReadError> {
    ReadError::guard(|| {
        let mut source = Source::new(&NoSiblings, limits, true);
        let opened = match format {
            _ if len == 0 => return Err(ReadError::Empty),
            Format::Blend => blend::open(file, len, &mut source),
            Format::Glb => gltf::open_large(file, len, &mut source),
            other => return Err(ReadError::unsupported(format!("{other} is read whole"))),
        }?;
        Ok(model(opened, preview_side, &mut source))
    })
}

fn model(opened: Opened, preview_side: u32, source: &mut Source) -> Model {
    let (preview, undrawn) = match show(opened.drawing, preview_side, None, source) {
        Ok(picture) => (Some(picture), None),
        Err(why) => (None, Some(why)),
    };
    Model {
        metadata: opened.metadata,
        preview,
        undrawn,
    }
}

/// Reads a model's facts only.
///
/// # Errors
/// As [`read`].
pub fn probe(
    format: Format,
    bytes: &[u8],
    siblings: &dyn Siblings,
    limits: &Limits,
) -> Result<ModelMetadata, ReadError> {
    ReadError::guard(|| {
        Ok(open(format, bytes, &mut Source::new(siblings, limits, false))?.metadata)
    })
}

/// Draws a model from any side; `side` in pixels, at most 2,048. Blender files show the picture inside whatever the view.
///
/// # Errors
/// As [`read`]; also where there is nothing to draw.
pub fn render(
    format: Format,
    bytes: &[u8],
    siblings: &dyn Siblings,
    side: u32,
    view: View,
    limits: &Limits,
) -> Result<Pixels, ReadError> {
    ReadError::guard(|| {
        let mut source = Source::new(siblings, limits, true);
        let opened = open(format, bytes, &mut source)?;
        show(opened.drawing, side, Some(view), &mut source)
    })
}

fn open(format: Format, bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    let size = bytes.len() as u64;
    if size > source.limits.file_bytes {
        return Err(ReadError::TooLarge {
            what: "the file",
            found: size,
            limit: source.limits.file_bytes,
        });
    }
    if format.kind() == Kind::Model && bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    match format {
        Format::Glb => gltf::open_binary(bytes, source),
        Format::Gltf => gltf::open_text(bytes, source),
        Format::Obj => obj::open(bytes, source),
        Format::Fbx => fbx::open(bytes, source),
        Format::Stl => stl::open(bytes, source),
        Format::Dae => dae::open(bytes, source),
        Format::Blend => blend::open(Cursor::new(bytes), size, source),
        other => Err(ReadError::unsupported(format!("{other} is not a model"))),
    }
}

fn show(
    drawing: Drawing,
    side: u32,
    view: Option<View>,
    source: &mut Source,
) -> Result<Pixels, ReadError> {
    match drawing {
        Drawing::Scene(mut scene) => {
            render::leave_out_scenery(&mut scene);
            let view = view.unwrap_or_else(|| View::of(&scene));
            render::draw(&scene, side, view, &mut source.budget)
        }
        Drawing::Picture(picture) => Ok(texture::fitted(picture, side)),
        Drawing::Nothing(why) => Err(why),
    }
}

/// Reads arbitrary bytes as every format, within small limits. A panic of a reader is passed on, for fuzzers to see.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8]) {
    /// Answers every reference with the file's own bytes.
    struct Echo<'a>(&'a [u8]);
    impl Siblings for Echo<'_> {
        fn read(&self, relative: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
            siblings::parse_reference(relative)?;
            let size = usize::try_from(limit)
                .unwrap_or(usize::MAX)
                .min(self.0.len());
            Ok(self.0[..size].to_vec())
        }
    }
    let limits = Limits {
        memory: 32 << 20,
        vertices: 50_000,
        pixels: 1 << 20,
        depth: 64,
        ..Limits::STANDARD
    };
    for format in Format::ALL
        .iter()
        .filter(|format| format.kind() == Kind::Model)
    {
        let echo = Echo(bytes);
        let mut source = Source::new(&echo, &limits, true);
        if let Ok(opened) = open(*format, bytes, &mut source)
            && let Ok(picture) = show(opened.drawing, 24, None, &mut source)
        {
            assert_eq!(
                picture.rgba.len() as u64,
                u64::from(picture.width) * u64::from(picture.height) * 4
            );
        }
    }
}

#[cfg(test)]
mod tests;
