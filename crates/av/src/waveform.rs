//! Draws the outline of a sound as a row of bars.

use crate::peaks::Peaks;
use gameforge_domain::{Colour, Pixels};

/// Violet with a contrast of at least 3:1 against both the dark (`#101316`) and the light (`#f0f2f4`)
/// background, since one picture serves both themes.
pub const WAVEFORM_COLOUR: Colour = Colour {
    r: 0x8f,
    g: 0x6f,
    b: 0xf5,
};

/// About how many bars a picture has, whatever its width.
const BARS: u32 = 44;
/// The narrowest bar, in pixels; the gap is as wide.
const NARROWEST: u32 = 2;
/// Very quiet sounds are not blown up further than this, so that they still look quiet.
const MOST_GAIN: f32 = 8.0;

/// Draws calm rounded bars on a transparent ground, each as high as its part of the sound is loud.
///
/// The loudest part fills the height, up to a gain of eight: the picture shows the shape of a sound,
/// the number in LUFS its level. An empty outline gives a row of dots. Sides of zero count as one.
#[must_use]
pub fn waveform(peaks: &Peaks, width: u32, height: u32, colour: Colour) -> Pixels {
    let (width, height) = (width.clamp(1, 8192), height.clamp(1, 8192));
    let thickness = ((width + BARS) / (BARS * 2)).max(NARROWEST);
    let step = thickness * 2;
    let count = ((width + thickness) / step).max(1);
    let margin = (width as f32 - (count * step - thickness) as f32) / 2.0;
    let bars = heights(&peaks.buckets, count as usize);
    let loudest = bars.iter().copied().fold(0.0f32, f32::max);
    let gain = if loudest > 0.0 {
        (1.0 / loudest).min(MOST_GAIN)
    } else {
        0.0
    };

    let mut rgba = vec![0u8; width as usize * height as usize * 4];
    let radius = thickness as f32 / 2.0;
    let middle = height as f32 / 2.0;
    let reach = (middle * 0.9 - radius).max(0.0);
    for (place, bar) in bars.iter().enumerate() {
        let centre = margin + place as f32 * step as f32 + radius;
        let half = bar * gain * reach;
        let left = (centre - radius - 1.0).floor().max(0.0) as u32;
        let right = ((centre + radius + 1.0).ceil() as u32).min(width);
        let top = (middle - half - radius - 1.0).floor().max(0.0) as u32;
        let bottom = ((middle + half + radius + 1.0).ceil() as u32).min(height);
        for y in top..bottom {
            for x in left..right {
                // The distance to a capsule gives the pixel's coverage.
                let dx = x as f32 + 0.5 - centre;
                let dy = ((y as f32 + 0.5 - middle).abs() - half).max(0.0);
                let coverage = (radius + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0);
                let alpha = (coverage * 255.0).round() as u8;
                let at = (y as usize * width as usize + x as usize) * 4;
                if alpha > rgba[at + 3] {
                    rgba[at..at + 4].copy_from_slice(&[colour.r, colour.g, colour.b, alpha]);
                }
            }
        }
    }
    Pixels {
        width,
        height,
        rgba,
    }
}

/// One number of 0 to 1 for each bar: a third the highest and two thirds the mean excursion of its stretch,
/// which keeps hits visible and does not turn music into a block.
fn heights(buckets: &[(i8, i8)], count: usize) -> Vec<f32> {
    (0..count)
        .map(|bar| {
            let from = bar * buckets.len() / count;
            let to = ((bar + 1) * buckets.len() / count)
                .max(from + 1)
                .min(buckets.len());
            let stretch = buckets.get(from..to).unwrap_or_default();
            if stretch.is_empty() {
                return 0.0;
            }
            let reach = |bucket: &(i8, i8)| {
                f32::from(bucket.0.unsigned_abs().max(bucket.1.unsigned_abs())) / 127.0
            };
            let highest = stretch.iter().map(reach).fold(0.0, f32::max);
            let mean = stretch.iter().map(reach).sum::<f32>() / stretch.len() as f32;
            ((highest + 2.0 * mean) / 3.0).min(1.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(pixels: &Pixels, columns: std::ops::Range<u32>) -> u64 {
        (0..pixels.height)
            .flat_map(|y| columns.clone().map(move |x| (x, y)))
            .map(|(x, y)| u64::from(pixels.rgba[((y * pixels.width + x) * 4 + 3) as usize]))
            .sum()
    }

    #[test]
    fn the_loud_half_has_more_ink_and_the_picture_is_symmetrical() {
        let buckets = (0..2000)
            .map(|at| if at < 1000 { (-10, 10) } else { (-100, 100) })
            .collect();
        let pixels = waveform(&Peaks { buckets }, 256, 128, WAVEFORM_COLOUR);
        assert!(ink(&pixels, 128..256) > 5 * ink(&pixels, 0..128));
        for y in 0..64 {
            for x in 0..256 {
                let at = |row: u32| pixels.rgba[((row * 256 + x) * 4 + 3) as usize];
                assert_eq!(at(y), at(127 - y), "row {y} mirrors");
            }
        }
    }

    #[test]
    fn silence_and_nothing_are_dots_and_any_size_is_drawn() {
        for (width, height) in [(0, 0), (1, 1), (3, 200), (300, 2), (64, 64)] {
            let pixels = waveform(&Peaks::default(), width, height, WAVEFORM_COLOUR);
            assert_eq!(
                pixels.rgba.len(),
                (pixels.width * pixels.height * 4) as usize
            );
        }
        let pixels = waveform(
            &Peaks {
                buckets: vec![(0, 0); 50],
            },
            64,
            64,
            WAVEFORM_COLOUR,
        );
        assert!(
            ink(&pixels, 0..64) > 0,
            "silence is a dotted line, not an empty picture"
        );
    }

    #[test]
    fn the_colour_stands_out_on_both_themes() {
        let luminance = |colour: Colour| {
            let linear = |channel: u8| {
                let value = f64::from(channel) / 255.0;
                if value <= 0.040_45 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)
        };
        for ground in ["#101316", "#f0f2f4"] {
            let (a, b) = (
                luminance(WAVEFORM_COLOUR),
                luminance(ground.parse().unwrap()),
            );
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 3.0, "{contrast} on {ground}");
        }
    }
}
