//! Aseprite documents: layers, frames, tags, slices, palettes, tilemaps, and composing frames.
//!
//! After “Aseprite File Format (.ase/.aseprite) Specifications”, as of Aseprite 1.3.

mod brush;
mod chunks;
mod compose;
mod document;

use crate::{
    animation::{Animation, Reel},
    bounds, sink,
    sink::Sink,
};
use compose::Composer;
use document::{Depth, Document};
use gameforge_domain::{ImageMetadata, Limits, ReadError};

/// Layer and slice names listed.
const MOST_NAMES: usize = 256;

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    let document = chunks::parse(bytes, limits)?;
    Ok(metadata(&document))
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let document = chunks::parse(bytes, limits)?;
    let pixels = Composer::new(&document, limits)?.frame(0)?;
    sink::whole(sink, pixels, limits)?;
    Ok(metadata(&document))
}

pub(crate) fn animation(bytes: &[u8], limits: &Limits) -> Result<Animation, ReadError> {
    let document = chunks::parse(bytes, limits)?;
    let mut composer = Composer::new(&document, limits)?;
    let mut reel = Reel::new(document.width, document.height);
    for (index, frame) in document.frames.iter().enumerate() {
        reel.room(limits)?;
        reel.push(composer.frame(index)?, u32::from(frame.duration));
    }
    if document.frames.len() == 1 {
        return composer.frame(0).map(Animation::still);
    }
    reel.finish()
}

fn metadata(document: &Document<'_>) -> ImageMetadata {
    let frames = document.frames.len();
    let milliseconds: u64 = document
        .frames
        .iter()
        .map(|frame| u64::from(frame.duration))
        .sum();
    let background = document
        .layers
        .first()
        .is_some_and(|layer| layer.background && layer.visible);
    ImageMetadata {
        width: document.width,
        height: document.height,
        alpha: !background,
        bits: 8,
        colour_model: match document.depth {
            Depth::Rgba => "rgb",
            Depth::Grey => "grey",
            Depth::Indexed => "indexed",
        }
        .to_owned(),
        frames: u32::try_from(frames).unwrap_or(u32::MAX),
        duration: if frames > 1 {
            milliseconds as f64 / 1000.0
        } else {
            0.0
        },
        layers: u32::try_from(document.layers.len()).unwrap_or(u32::MAX),
        layer_names: document
            .layers
            .iter()
            .take(MOST_NAMES)
            .map(|layer| layer.name.clone())
            .collect(),
        tags: document.tags.clone(),
        slices: document.slices.clone(),
        ..ImageMetadata::default()
    }
}

/// A cel or tile: at most as large as a canvas may be.
fn cel_size(width: u16, height: u32, bytes: usize, limits: &Limits) -> Result<usize, ReadError> {
    let pixels = bounds::canvas(
        u64::from(width),
        u64::from(height),
        bytes as u64 + 4,
        limits,
    )?;
    Ok(pixels * bytes)
}
