//! Photoshop documents (psd and psb): the merged picture and the layers' names. Layers are not
//! composed; a file saved without its merged picture says so.
//!
//! After “Adobe Photoshop File Formats Specification” (2019).

mod layers;
mod merged;

use crate::{bounds, cursor::Cursor, sink, sink::Sink};
use gameforge_domain::{ImageMetadata, Limits, ReadError};
use layers::Layers;

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
            other => Self::Other(other),
        }
    }

    /// Channels that make the colour, without alpha.
    fn colours(self) -> usize {
        match self {
            Self::Bitmap | Self::Grey | Self::Indexed => 1,
            Self::Rgb | Self::Other(_) => 3,
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
            Self::Other(9) => "lab",
            Self::Other(_) => "other",
        }
    }
}

/// Everything but the pixels.
struct Document<'a> {
    /// Lengths are 64 bits in many places (psb).
    large: bool,
    channels: u16,
    width: u32,
    height: u32,
    depth: u16,
    mode: Mode,
    /// 256 reds, 256 greens, 256 blues of an indexed document.
    table: &'a [u8],
    /// Whether the merged picture was really saved.
    merged: bool,
    layers: Layers,
    /// The merged picture: its compression and all after.
    pixels: Cursor<'a>,
}

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    let document = Document::parse(bytes)?;
    bounds::canvas(
        u64::from(document.width),
        u64::from(document.height),
        0,
        limits,
    )?;
    Ok(document.metadata())
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let document = Document::parse(bytes)?;
    let pixels = merged::decode(&document, limits)?;
    sink::whole(sink, pixels, limits)?;
    Ok(document.metadata())
}

impl<'a> Document<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut file = Cursor::new(bytes, "PSD header");
        if file.take(4)? != b"8BPS" {
            return Err(ReadError::corrupt("PSD signature"));
        }
        let large = match file.u16_be()? {
            1 => false,
            2 => true,
            other => return Err(ReadError::unsupported(format!("PSD version {other}"))),
        };
        file.skip(6)?;
        let channels = file.u16_be()?;
        let (height, width) = (file.u32_be()?, file.u32_be()?);
        let depth = file.u16_be()?;
        let mode = Mode::from_number(file.u16_be()?);
        if !(1..=56).contains(&channels) || !matches!(depth, 1 | 8 | 16 | 32) {
            return Err(ReadError::corrupt(format!(
                "PSD with {channels} channels of {depth} bits"
            )));
        }
        let length = file.u32_be()?;
        let table = file.part(length as usize, "PSD colour table")?.rest();
        let length = file.u32_be()?;
        let merged = has_merged(file.part(length as usize, "PSD resources")?);
        let length = section_length(&mut file, large)?;
        let layers = layers::parse(file.part(length, "PSD layers")?, large)?;
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
            pixels: file,
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

/// A section's length: 32 bits, in psb 64.
fn section_length(file: &mut Cursor<'_>, large: bool) -> Result<usize, ReadError> {
    let length = if large {
        file.u64_be()?
    } else {
        u64::from(file.u32_be()?)
    };
    usize::try_from(length).map_err(|_| ReadError::truncated("PSD section"))
}

/// Searches the resources for the version info; a document without it is taken at its word.
fn has_merged(mut resources: Cursor<'_>) -> bool {
    let mut next = || -> Result<Option<bool>, ReadError> {
        if resources.take(4)? != b"8BIM" {
            return Err(ReadError::corrupt("PSD resource"));
        }
        let id = resources.u16_be()?;
        let name = usize::from(resources.u8()?);
        resources.skip(name + (name + 1) % 2)?;
        let length = resources.u32_be()? as usize;
        let mut body = resources.part(length, "PSD resource")?;
        // The last resource may lack its padding.
        let _ = resources.skip(length % 2);
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
