//! Photoshop documents (psd and psb): the merged picture and the layers' names, read from an open file without holding
//! it. A document that was saved without its merged picture is composed of its layers.
//!
//! After “Adobe Photoshop File Formats Specification” (2019).

mod colour;
mod compose;
mod layers;
mod merged;
mod place;
mod planes;

use crate::{bounds, sink, sink::Sink};
use gameforge_bytes::Window;
use gameforge_domain::{ImageMetadata, Limits, ReadError};
use layers::Layers;
use place::Place;
use std::cell::RefCell;
use std::io::{Read, Seek};

/// Resource: version info, which tells whether the merged picture is real.
const VERSION_INFO: u16 = 1057;

/// How channels make a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bitmap,
    Grey,
    Indexed,
    Rgb,
    Cmyk,
    Lab,
    Other(u16),
}

impl Mode {
    fn from_number(number: u16) -> Self {
        match number {
            0 => Self::Bitmap,
            // A duotone's single plate looks right as grey.
            1 | 8 => Self::Grey,
            2 => Self::Indexed,
            3 => Self::Rgb,
            4 => Self::Cmyk,
            9 => Self::Lab,
            other => Self::Other(other),
        }
    }

    /// Channels that make the colour, without alpha.
    fn colours(self) -> usize {
        match self {
            Self::Bitmap | Self::Grey | Self::Indexed => 1,
            Self::Rgb | Self::Lab | Self::Other(_) => 3,
            Self::Cmyk => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bitmap | Self::Grey => "grey",
            Self::Indexed => "indexed",
            Self::Rgb => "rgb",
            Self::Cmyk => "cmyk",
            Self::Other(7) => "multichannel",
            Self::Lab => "lab",
            Self::Other(_) => "other",
        }
    }
}

/// Everything but the pixels.
struct Document {
    /// Lengths are 64 bits in many places (psb).
    large: bool,
    channels: u16,
    width: u32,
    height: u32,
    depth: u16,
    mode: Mode,
    /// 256 reds, 256 greens, 256 blues of an indexed document.
    table: Vec<u8>,
    /// Whether the merged picture was really saved.
    merged: bool,
    layers: Layers,
    /// Where the merged picture begins: its compression and all after.
    pixels_at: u64,
}

pub(crate) fn probe(
    file: impl Read + Seek,
    len: u64,
    limits: &Limits,
) -> Result<ImageMetadata, ReadError> {
    let document = Document::parse(&mut Window::new(file, len))?;
    bounds::canvas(
        u64::from(document.width),
        u64::from(document.height),
        0,
        limits,
    )?;
    Ok(document.metadata())
}

pub(crate) fn stream(
    file: impl Read + Seek,
    len: u64,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let mut window = Window::new(file, len);
    let document = Document::parse(&mut window)?;
    merged::check(&document, limits)?;
    if let Mode::Other(_) = document.mode {
        return Err(ReadError::unsupported(format!(
            "PSD in the colour mode “{}”",
            document.mode.name()
        )));
    }
    let file = RefCell::new(window.into_inner());
    if document.merged {
        merged::stream(&document, &file, len, limits, sink)?;
    } else {
        let picture = compose::picture(&document, &file, len, limits)?;
        sink::whole(sink, picture, limits)?;
    }
    Ok(document.metadata())
}

impl Document {
    fn parse(window: &mut Window<impl Read + Seek>) -> Result<Self, ReadError> {
        let mut file = Place::new(window, "PSD header");
        if &file.array()? != b"8BPS" {
            return Err(ReadError::corrupt("PSD signature"));
        }
        let large = match file.u16()? {
            1 => false,
            2 => true,
            other => return Err(ReadError::unsupported(format!("PSD version {other}"))),
        };
        file.skip(6)?;
        let channels = file.u16()?;
        let (height, width) = (file.u32()?, file.u32()?);
        let depth = file.u16()?;
        let mode = Mode::from_number(file.u16()?);
        if !(1..=56).contains(&channels) || !matches!(depth, 1 | 8 | 16 | 32) {
            return Err(ReadError::corrupt(format!(
                "PSD with {channels} channels of {depth} bits"
            )));
        }
        let length = file.u32()?;
        let mut table = file.part(u64::from(length), 0, "PSD colour table")?;
        let table = table.upto(768)?.to_vec();
        let length = file.u32()?;
        let merged = has_merged(file.part(u64::from(length), 0, "PSD resources")?);
        let length = file.length(large)?;
        let layers = layers::parse(file.part(length, 0, "PSD layers")?, large)?;
        Ok(Self {
            large,
            channels,
            width,
            height,
            depth,
            mode,
            table,
            merged,
            layers,
            pixels_at: file.at(),
        })
    }

    fn metadata(&self) -> ImageMetadata {
        ImageMetadata {
            width: self.width,
            height: self.height,
            alpha: self.alpha(),
            bits: self.depth as u8,
            colour_model: self.mode.name().to_owned(),
            frames: 1,
            layers: self.layers.count,
            layer_names: self.layers.names.clone(),
            ..ImageMetadata::default()
        }
    }

    /// Whether the channel after the colours is the merged picture's transparency. Others are
    /// saved selections.
    fn alpha(&self) -> bool {
        self.layers.transparency && usize::from(self.channels) > self.mode.colours()
    }
}

/// Searches the resources for the version info; a document without it is taken at its word.
fn has_merged<R: Read + Seek>(mut resources: Place<'_, R>) -> bool {
    let mut next = || -> Result<Option<bool>, ReadError> {
        if &resources.array()? != b"8BIM" {
            return Err(ReadError::corrupt("PSD resource"));
        }
        let id = resources.u16()?;
        let name = u64::from(resources.u8()?);
        resources.skip(name + (name + 1) % 2)?;
        let length = u64::from(resources.u32()?);
        // The last resource may lack its padding.
        let mut body = resources.part(length, length % 2, "PSD resource")?;
        if id != VERSION_INFO {
            return Ok(None);
        }
        body.skip(4)?;
        body.u8().map(|flag| Some(flag != 0))
    };
    loop {
        match next() {
            Ok(Some(merged)) => return merged,
            Ok(None) => {}
            Err(_) => return true,
        }
    }
}
