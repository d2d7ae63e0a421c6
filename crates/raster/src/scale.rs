//! Making pictures smaller (and pixel art larger).

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use gameforge_domain::Pixels;

/// At most this many colours make a small picture pixel art.
const PIXEL_ART_COLOURS: u32 = 256;
/// Pixel art is at most this long on its longer side.
const PIXEL_ART_SIDE: u32 = 256;

/// Fits a picture into a square of `side`. Larger ones are shrunk (Lanczos, alpha taken into
/// account). Smaller ones stay as they are, except pixel art (at most 256 pixels a side and 256
/// colours), which is enlarged by the largest whole factor that fits, without smoothing.
#[must_use]
pub fn fit(pixels: &Pixels, side: u32) -> Pixels {
    let side = side.max(1);
    let longest = pixels.width.max(pixels.height);
    if longest > side {
        let (width, height) = inside(pixels.width, pixels.height, side);
        return resample(
            pixels,
            (f64::from(pixels.width), f64::from(pixels.height)),
            width,
            height,
        );
    }
    let factor = side / longest;
    if factor > 1 && longest <= PIXEL_ART_SIDE && is_pixel_art(pixels) {
        return repeat(pixels, factor);
    }
    pixels.clone()
}

/// As [`fit`], never enlarging, without a copy where nothing has to be done.
pub(crate) fn shrink(pixels: Pixels, side: u32) -> Pixels {
    if pixels.width.max(pixels.height) <= side {
        pixels
    } else {
        fit(&pixels, side)
    }
}

/// The sides of a `width × height` picture when its longer side becomes `side`; never zero.
pub(crate) fn inside(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    let scaled = |length: u32| {
        ((u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest)).max(1)
    };
    // Neither can exceed `side`, which is 32 bits.
    (scaled(width) as u32, scaled(height) as u32)
}

/// Resamples the upper left `part` (columns, rows) of a picture to `width × height`.
pub(crate) fn resample(pixels: &Pixels, part: (f64, f64), width: u32, height: u32) -> Pixels {
    resample_by(pixels, part, width, height, FilterType::Lanczos3)
}

/// As [`resample`], with a filter of choice.
pub(crate) fn resample_by(
    pixels: &Pixels,
    part: (f64, f64),
    width: u32,
    height: u32,
    filter: FilterType,
) -> Pixels {
    let opaque = is_opaque(pixels);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .crop(
            0.0,
            0.0,
            part.0.min(f64::from(pixels.width)),
            part.1.min(f64::from(pixels.height)),
        )
        .use_alpha(!opaque);
    let mut target = Image::new(width.max(1), height.max(1), PixelType::U8x4);
    let done = ImageRef::new(pixels.width, pixels.height, &pixels.rgba, PixelType::U8x4).is_ok_and(
        |source| {
            Resizer::new()
                .resize(&source, &mut target, &options)
                .is_ok()
        },
    );
    // Sizes and pixel types agree by construction, so this is the rule without exception.
    debug_assert!(done, "a picture of the right size is always resampled");
    Pixels {
        width: width.max(1),
        height: height.max(1),
        rgba: target.into_vec(),
    }
}

/// Whether every alpha is 255.
pub(crate) fn is_opaque(pixels: &Pixels) -> bool {
    pixels
        .rgba
        .as_chunks::<4>()
        .0
        .iter()
        .fold(255, |least, p| least & p[3])
        == 255
}

fn is_pixel_art(pixels: &Pixels) -> bool {
    let mut colours = crate::palette::Distinct::default();
    colours.add_all(pixels.rgba.as_chunks::<4>().0.iter().copied());
    (1..=PIXEL_ART_COLOURS).contains(&colours.count())
}

fn repeat(pixels: &Pixels, factor: u32) -> Pixels {
    let times = factor as usize;
    let mut rgba = Vec::with_capacity(pixels.rgba.len() * times * times);
    for row in pixels.rgba.chunks_exact(pixels.width as usize * 4) {
        let start = rgba.len();
        for pixel in row.as_chunks::<4>().0 {
            for _ in 0..times {
                rgba.extend_from_slice(pixel);
            }
        }
        let end = rgba.len();
        for _ in 1..times {
            rgba.extend_from_within(start..end);
        }
    }
    Pixels {
        width: pixels.width * factor,
        height: pixels.height * factor,
        rgba,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, colour: [u8; 4]) -> Pixels {
        Pixels::new(width, height, colour.repeat((width * height) as usize)).unwrap()
    }

    #[test]
    fn sides_keep_their_ratio_and_never_vanish() {
        assert_eq!(inside(4000, 3000, 320), (320, 240));
        assert_eq!(inside(3, 4000, 100), (1, 100));
        assert_eq!(inside(u32::MAX, u32::MAX, u32::MAX), (u32::MAX, u32::MAX));
    }

    #[test]
    fn shrinking_keeps_a_flat_colour_and_ignores_colour_under_no_alpha() {
        let flat = fit(&plain(333, 77, [200, 100, 50, 255]), 64);
        assert_eq!((flat.width, flat.height), (64, 15));
        assert!(
            flat.rgba
                .as_chunks::<4>()
                .0
                .iter()
                .all(|p| *p == [200, 100, 50, 255])
        );

        // Invisible green beside red: no green may bleed into the edge.
        let rgba = (0..128 * 128)
            .flat_map(|n| {
                if n % 128 < 61 {
                    [255, 0, 0, 255]
                } else {
                    [0, 255, 0, 0]
                }
            })
            .collect();
        let half = fit(&Pixels::new(128, 128, rgba).unwrap(), 32);
        assert!(
            half.rgba
                .as_chunks::<4>()
                .0
                .iter()
                .all(|p| p[3] == 0 || (p[0] == 255 && p[1] == 0))
        );
    }

    #[test]
    fn pixel_art_grows_by_whole_factors_only() {
        let mut art = plain(10, 10, [0, 0, 0, 255]);
        art.rgba[0] = 255;
        let large = fit(&art, 35);
        assert_eq!((large.width, large.height), (30, 30));
        assert_eq!(
            large
                .rgba
                .as_chunks::<4>()
                .0
                .iter()
                .filter(|p| p[0] == 255)
                .count(),
            9
        );
        let noise = (0..400_u32)
            .flat_map(|n| (n.wrapping_mul(2_654_435_761) | 0xff).to_be_bytes())
            .collect();
        let photo = Pixels::new(20, 20, noise).unwrap();
        assert_eq!(fit(&photo, 100), photo);
    }
}
