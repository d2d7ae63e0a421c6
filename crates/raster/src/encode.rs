//! Writing previews and exports. Equal pixels always give equal bytes.

use crate::scale;
use gameforge_domain::{Pixels, ReadError};

/// Where artefacts are hardly seen at preview size.
const QUALITY: u8 = 85;

/// A preview file, small and fast to write: JPEG where all pixels are opaque, else PNG. Returns the
/// bytes and their media type.
///
/// # Errors
/// [`ReadError::TooLarge`] for a JPEG side over 65,535; [`ReadError::Corrupt`] when the encoder refuses.
pub fn encode_preview(pixels: &Pixels) -> Result<(Vec<u8>, &'static str), ReadError> {
    if scale::is_opaque(pixels) {
        jpeg(pixels).map(|bytes| (bytes, "image/jpeg"))
    } else {
        encode_png(pixels).map(|bytes| (bytes, "image/png"))
    }
}

fn jpeg(pixels: &Pixels) -> Result<Vec<u8>, ReadError> {
    let side = |length: u32| {
        u16::try_from(length).map_err(|_| ReadError::TooLarge {
            what: "a side of a preview",
            found: u64::from(length),
            limit: u64::from(u16::MAX),
        })
    };
    let (width, height) = (side(pixels.width)?, side(pixels.height)?);
    let mut bytes = Vec::with_capacity(pixels.rgba.len() / 16 + 1024);
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, QUALITY);
    encoder
        .encode(&pixels.rgba, width, height, jpeg_encoder::ColorType::Rgba)
        .map_err(|error| {
            ReadError::corrupt(format!("the preview could not be written: {error}"))
        })?;
    Ok(bytes)
}

/// The picture as a PNG, RGB where all pixels are opaque, else RGBA.
///
/// # Errors
/// [`ReadError::Corrupt`] when the encoder refuses.
pub fn encode_png(pixels: &Pixels) -> Result<Vec<u8>, ReadError> {
    let wrong = |error: png::EncodingError| {
        ReadError::corrupt(format!("the PNG could not be written: {error}"))
    };
    let mut bytes = Vec::with_capacity(pixels.rgba.len() / 4 + 1024);
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let opaque = scale::is_opaque(pixels);
    encoder.set_color(if opaque {
        png::ColorType::Rgb
    } else {
        png::ColorType::Rgba
    });
    let mut writer = encoder.write_header().map_err(wrong)?;
    if opaque {
        let rgb: Vec<u8> = pixels
            .rgba
            .as_chunks::<4>()
            .0
            .iter()
            .flat_map(|p| [p[0], p[1], p[2]])
            .collect();
        writer.write_image_data(&rgb).map_err(wrong)?;
    } else {
        writer.write_image_data(&pixels.rgba).map_err(wrong)?;
    }
    writer.finish().map_err(wrong)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_domain::{Format, Limits};

    #[test]
    fn png_is_lossless_with_and_without_alpha() {
        for alpha in [255, 90] {
            let rgba = (0..35_u8)
                .flat_map(|n| [n * 7, 255 - n, n, if n % 3 == 0 { alpha } else { 255 }])
                .collect();
            let pixels = Pixels::new(7, 5, rgba).unwrap();
            let bytes = encode_png(&pixels).unwrap();
            assert_eq!(
                crate::decode(Format::Png, &bytes, &Limits::STANDARD).unwrap(),
                pixels
            );
        }
    }

    #[test]
    fn the_preview_keeps_what_it_shows() {
        let pixels = Pixels::new(40, 30, [180, 90, 30, 255].repeat(1200)).unwrap();
        let (bytes, mime) = encode_preview(&pixels).unwrap();
        assert_eq!(mime, "image/jpeg");
        assert_eq!(
            encode_preview(&pixels).unwrap().0,
            bytes,
            "equal pixels give equal bytes"
        );
        let back = crate::decode(Format::Jpeg, &bytes, &Limits::STANDARD).unwrap();
        assert_eq!((back.width, back.height), (40, 30));
        assert!(
            back.rgba
                .iter()
                .zip(&pixels.rgba)
                .all(|(a, b)| a.abs_diff(*b) <= 4)
        );

        let glass = Pixels::new(4, 4, [180, 90, 30, 128].repeat(16)).unwrap();
        let (bytes, mime) = encode_preview(&glass).unwrap();
        assert_eq!(mime, "image/png");
        assert_eq!(
            crate::decode(Format::Png, &bytes, &Limits::STANDARD).unwrap(),
            glass
        );
    }
}
