//! WebP, still and animated.

use crate::{bounds, sink::Sink};
use gameforge_domain::{ImageMetadata, Limits, ReadError};
use image_webp::{DecodingError, WebPDecoder};
use std::io::Cursor;

/// A decoder whose canvas is within the limits.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<WebPDecoder<Cursor<&'a [u8]>>, ReadError> {
    // The decoder calls what is missing at the end a broken bit stream; the container knows better.
    let promised = bytes
        .get(4..)
        .and_then(|rest| rest.first_chunk())
        .map(|size| u32::from_le_bytes(*size));
    if promised.is_none_or(|size| u64::from(size) + 8 > bytes.len() as u64) {
        return Err(ReadError::truncated("WebP data"));
    }
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(error)?;
    let (width, height) = decoder.dimensions();
    // The canvas, and as much again for the planes or the frame below.
    bounds::canvas(u64::from(width), u64::from(height), 8, limits)?;
    decoder.set_memory_limit(usize::try_from(limits.memory).unwrap_or(usize::MAX));
    Ok(decoder)
}

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    open(bytes, limits).map(|decoder| metadata(&decoder))
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let mut decoder = open(bytes, limits)?;
    let (width, height) = decoder.dimensions();
    let size = decoder
        .output_buffer_size()
        .ok_or_else(|| ReadError::corrupt("WebP canvas"))?;
    let mut pixels = vec![0; size];
    if decoder.is_animated() {
        decoder.read_frame(&mut pixels).map_err(error)?;
    } else {
        decoder.read_image(&mut pixels).map_err(error)?;
    }
    sink.start(width, height, limits)?;
    if decoder.has_alpha() {
        pixels
            .chunks_exact(width as usize * 4)
            .for_each(|row| sink.rgba(row));
    } else {
        pixels
            .chunks_exact(width as usize * 3)
            .for_each(|row| sink.rgb(row));
    }
    Ok(metadata(&decoder))
}

fn metadata(decoder: &WebPDecoder<Cursor<&[u8]>>) -> ImageMetadata {
    let (width, height) = decoder.dimensions();
    let animated = decoder.is_animated();
    ImageMetadata {
        width,
        height,
        alpha: decoder.has_alpha(),
        bits: 8,
        colour_model: "rgb".to_owned(),
        frames: if animated {
            decoder.num_frames().max(1)
        } else {
            1
        },
        duration: if animated {
            decoder.loop_duration() as f64 / 1000.0
        } else {
            0.0
        },
        ..ImageMetadata::default()
    }
}

pub(crate) fn error(error: DecodingError) -> ReadError {
    match error {
        DecodingError::IoError(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReadError::truncated("WebP data")
        }
        DecodingError::IoError(source) => ReadError::Io(source),
        DecodingError::MemoryLimitExceeded => {
            ReadError::corrupt("WebP asks for more memory than it may have")
        }
        other => ReadError::corrupt(format!("WebP: {other}")),
    }
}
