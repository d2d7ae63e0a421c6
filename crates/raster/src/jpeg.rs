//! JPEG: markers read here, pixels by `zune-jpeg`.

use crate::{bounds, cursor::Cursor, orient::Orientation, sink::Sink};
use gameforge_domain::{ImageMetadata, Limits, ReadError};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::{JpegDecoder, errors::DecodeErrors};

/// Passes over a progressive file; ordinary encoders write about ten.
const MOST_SCANS: usize = 100;

/// What the markers before the first scan say.
struct Markers {
    width: u32,
    height: u32,
    bits: u8,
    components: u8,
    progressive: bool,
    orientation: Orientation,
    /// The first scan and all after it.
    scans: usize,
}

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    let markers = markers(bytes)?;
    bounds::canvas(
        u64::from(markers.width),
        u64::from(markers.height),
        0,
        limits,
    )?;
    Ok(markers.metadata())
}

pub(crate) fn stream(
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<ImageMetadata, ReadError> {
    let markers = markers(bytes)?;
    let (width, height) = (markers.width as usize, markers.height as usize);
    // A progressive file keeps all its 16-bit coefficients until the last scan.
    let peak = 3 + if markers.progressive {
        2 * u64::from(markers.components)
    } else {
        0
    };
    bounds::canvas(
        u64::from(markers.width),
        u64::from(markers.height),
        peak,
        limits,
    )?;
    // Inside a scan every 0xFF is followed by 0x00 or a restart, so this can only be the end mark.
    // The decoder would fill the missing rest with grey.
    if bytes
        .get(markers.scans..)
        .is_none_or(|scans| memchr::memmem::rfind(scans, b"\xff\xd9").is_none())
    {
        return Err(ReadError::truncated("JPEG scan without its end mark"));
    }
    let options = DecoderOptions::new_fast()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(width)
        .set_max_height(height)
        .jpeg_set_max_scans(MOST_SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder.decode().map_err(error)?;
    if decoder.dimensions() != Some((width, height)) || rgb.len() != width * height * 3 {
        return Err(ReadError::corrupt("JPEG rows do not match its header"));
    }
    sink.start(markers.width, markers.height, limits)?;
    sink.orient(markers.orientation);
    for row in rgb.chunks_exact(width * 3) {
        sink.rgb(row);
    }
    Ok(markers.metadata())
}

impl Markers {
    fn metadata(&self) -> ImageMetadata {
        let (width, height) = if self.orientation.swaps_sides() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        let model = match self.components {
            1 => "grey",
            4 => "cmyk",
            _ => "rgb",
        };
        ImageMetadata {
            width,
            height,
            bits: self.bits,
            colour_model: model.to_owned(),
            frames: 1,
            ..ImageMetadata::default()
        }
    }
}

/// Reads the segments up to the first scan (ITU-T T.81, annex B).
fn markers(bytes: &[u8]) -> Result<Markers, ReadError> {
    let mut file = Cursor::new(bytes, "JPEG header");
    if file.take(2)? != b"\xff\xd8" {
        return Err(ReadError::corrupt("JPEG start mark"));
    }
    let mut frame = None;
    let mut orientation = Orientation::default();
    loop {
        // Any number of fill bytes may come between segments.
        while file.u8()? != 0xff {}
        let mut marker = file.u8()?;
        while marker == 0xff {
            marker = file.u8()?;
        }
        if matches!(marker, 0 | 1 | 0xd0..=0xd8) {
            continue;
        }
        if marker == 0xd9 {
            return Err(ReadError::corrupt("JPEG without a picture"));
        }
        let length = file
            .u16_be()?
            .checked_sub(2)
            .ok_or_else(|| ReadError::corrupt("JPEG segment of no length"))?;
        let mut segment = file.part(usize::from(length), "JPEG segment")?;
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let bits = segment.u8()?;
                let (height, width) = (u32::from(segment.u16_be()?), u32::from(segment.u16_be()?));
                frame = Some((
                    width,
                    height,
                    bits,
                    segment.u8()?,
                    matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
                ));
            }
            0xe1 => {
                if let Some(exif) = segment.rest().strip_prefix(b"Exif\0\0") {
                    orientation = Orientation::from_exif(exif);
                }
            }
            0xda => {
                let (width, height, bits, components, progressive) =
                    frame.ok_or_else(|| ReadError::corrupt("JPEG scan before its frame header"))?;
                let scans = bytes.len() - file.rest().len();
                return Ok(Markers {
                    width,
                    height,
                    bits,
                    components,
                    progressive,
                    orientation,
                    scans,
                });
            }
            _ => {}
        }
    }
}

fn error(error: DecodeErrors) -> ReadError {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            ReadError::truncated("JPEG scan")
        }
        DecodeErrors::Unsupported(scheme) => ReadError::unsupported(format!("JPEG: {scheme:?}")),
        other => ReadError::corrupt(format!("JPEG: {other:?}")),
    }
}
