//! OpenEXR: the first layer without deep data, tone-mapped.

use crate::{bounds, sink, sink::Sink, tone};
use exr::{
    error::Error,
    meta::{MetaData, attribute::SampleType, header::Header},
    prelude::{FlatSamples, ReadChannels, ReadLayers, read},
};
use gameforge_domain::{ImageMetadata, Limits, Pixels, ReadError};
use std::io::Cursor;

/// Layer names listed.
const MOST_NAMES: usize = 256;

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    let meta = MetaData::read_from_buffered(Cursor::new(bytes), false).map_err(error)?;
    let header = picture(&meta)?;
    check(header, 0, limits)?;
    Ok(describe(&meta, header))
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let meta = MetaData::read_from_buffered(Cursor::new(bytes), false).map_err(error)?;
    let header = picture(&meta)?;
    // All channels at their own size, and the result.
    let pixels = check(header, bytes_per_pixel(header) + 4, limits)?;
    let image = read()
        .no_deep_data()
        .largest_resolution_level()
        .all_channels()
        .first_valid_layer()
        .all_attributes()
        .non_parallel()
        .from_buffered(Cursor::new(bytes))
        .map_err(error)?;
    let layer = &image.layer_data;
    let (width, height) = (layer.size.width(), layer.size.height());
    if width.checked_mul(height) != Some(pixels) {
        return Err(ReadError::unsupported(
            "EXR whose first layers differ in size",
        ));
    }
    let channels: Vec<(String, &FlatSamples)> = layer
        .channel_data
        .list
        .iter()
        .filter(|channel| channel.sample_data.len() == pixels)
        .map(|channel| (channel.name.to_string(), &channel.sample_data))
        .collect();
    let rgba = shown(choose(&channels)?, pixels);
    let picture = Pixels::new(width as u32, height as u32, rgba)
        .ok_or_else(|| ReadError::corrupt("EXR rows"))?;
    sink::whole(sink, picture, limits)?;
    Ok(describe(&meta, header))
}

fn bytes_per_pixel(header: &Header) -> u64 {
    let channels = header.channels.list.iter();
    channels
        .map(|channel| {
            if channel.sample_type == SampleType::F16 {
                2
            } else {
                4
            }
        })
        .sum()
}

/// The light of red, green, blue and alpha as bytes to be shown.
fn shown([r, g, b, a]: Four<'_>, pixels: usize) -> Vec<u8> {
    let value = |samples: Option<&FlatSamples>, index: usize, missing: f32| {
        samples.map_or(missing, |samples| {
            samples.value_by_flat_index(index).to_f32()
        })
    };
    tone::map((0..pixels).map(|index| {
        // Colour is stored multiplied by alpha.
        let alpha = value(a, index, 1.0);
        let straight = |colour: f32| {
            if alpha > 0.0 && alpha < 1.0 {
                colour / alpha
            } else {
                colour
            }
        };
        [
            straight(value(r, index, 0.0)),
            straight(value(g, index, 0.0)),
            straight(value(b, index, 0.0)),
            alpha,
        ]
    }))
}

type Four<'a> = [Option<&'a FlatSamples>; 4];

/// Which channels show as red, green, blue and alpha: plain names first, then those of the first
/// layer inside the file (`diffuse.R`), else one channel as grey.
fn choose<'a>(channels: &[(String, &'a FlatSamples)]) -> Result<Four<'a>, ReadError> {
    let find = |name: &str| {
        channels
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, samples)| *samples)
    };
    let layers = channels
        .iter()
        .filter_map(|(name, _)| name.rsplit_once('.').map(|(layer, _)| format!("{layer}.")));
    for prefix in std::iter::once(String::new()).chain(layers) {
        let part = |letter: &str| find(&format!("{prefix}{letter}"));
        let (r, g, b) = (part("R"), part("G"), part("B"));
        if r.is_some() || g.is_some() || b.is_some() {
            return Ok([r, g, b, part("A")]);
        }
        if let Some(grey) = part("Y") {
            return Ok([Some(grey), Some(grey), Some(grey), part("A")]);
        }
    }
    let (_, only) = channels
        .first()
        .ok_or_else(|| ReadError::unsupported("EXR without a channel at full resolution"))?;
    Ok([Some(only), Some(only), Some(only), None])
}

fn picture(meta: &MetaData) -> Result<&Header, ReadError> {
    meta.headers
        .iter()
        .find(|header| !header.deep)
        .ok_or_else(|| ReadError::unsupported("EXR with deep data only"))
}

fn check(header: &Header, bytes_per_pixel: u64, limits: &Limits) -> Result<usize, ReadError> {
    let size = header.layer_size;
    bounds::canvas(
        size.width() as u64,
        size.height() as u64,
        bytes_per_pixel,
        limits,
    )
}

fn describe(meta: &MetaData, header: &Header) -> ImageMetadata {
    let half = header
        .channels
        .list
        .iter()
        .all(|channel| channel.sample_type == SampleType::F16);
    let names = meta
        .headers
        .iter()
        .filter_map(|header| header.own_attributes.layer_name.as_ref());
    let layers = if meta.headers.len() > 1 {
        meta.headers.len()
    } else {
        0
    };
    ImageMetadata {
        width: header.layer_size.width() as u32,
        height: header.layer_size.height() as u32,
        alpha: header
            .channels
            .list
            .iter()
            .any(|channel| channel.name.to_string() == "A"),
        bits: if half { 16 } else { 32 },
        colour_model: "hdr".to_owned(),
        frames: 1,
        layers: u32::try_from(layers).unwrap_or(u32::MAX),
        layer_names: if layers == 0 {
            Vec::new()
        } else {
            names
                .take(MOST_NAMES)
                .map(|name| crate::cursor::clean(&name.to_string()))
                .collect()
        },
        ..ImageMetadata::default()
    }
}

fn error(error: Error) -> ReadError {
    match error {
        Error::Io(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReadError::truncated("EXR data")
        }
        Error::Io(source) => ReadError::corrupt(format!("EXR: {source}")),
        Error::NotSupported(what) => ReadError::unsupported(format!("EXR: {what}")),
        other => ReadError::corrupt(format!("EXR: {other}")),
    }
}
