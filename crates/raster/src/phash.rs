//! The perceptual hash by which look-alikes are found.

use crate::scale;
use fast_image_resize::FilterType;
use gameforge_domain::Pixels;

/// The picture is brought to this many grey pixels a side.
const SIDE: usize = 32;
/// Low frequencies kept on each axis.
const LOW: usize = 8;
/// Without at least this much grey contrast (standard deviation, 0 to 255) there is nothing to tell apart.
const FLAT: f32 = 1.0;

/// A wave weaker than this part of the strongest does not count as there.
const TRACE: f32 = 0.01;

/// 64 bits that stay almost the same when a picture is scaled, recoloured slightly or compressed
/// again; compare by the number of differing bits. None where the picture is flat or invisible.
///
/// The DCT hash of Christoph Zauner (“Implementation and Benchmarking of Perceptual Image Hash
/// Functions”, 2010): 32 × 32 grey, the 8 × 8 lowest frequencies without the first row and column,
/// one bit each for being over their median. Transparent pixels lie on middle grey, so that the
/// outline of a sprite counts and neither white nor black sprites vanish.
#[must_use]
pub fn phash(pixels: &Pixels) -> Option<u64> {
    let part = (f64::from(pixels.width), f64::from(pixels.height));
    let small = scale::resample_by(pixels, part, SIDE as u32, SIDE as u32, FilterType::Box);
    let grey: Vec<f32> = small.rgba.as_chunks::<4>().0.iter().map(grey).collect();
    let mean = grey.iter().sum::<f32>() / grey.len() as f32;
    let variance = grey.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / grey.len() as f32;
    if variance.sqrt() < FLAT {
        return None;
    }
    let waves = low_frequencies(&grey);
    let mut sorted = waves;
    sorted.sort_by(f32::total_cmp);
    // A symmetrical picture has nothing in half of its waves: what is next to nothing must not
    // become a bit by rounding.
    let trace = waves
        .iter()
        .fold(0.0_f32, |most, wave| most.max(wave.abs()))
        * TRACE;
    let median = f32::midpoint(sorted[31], sorted[32]) + trace;
    Some(
        waves
            .iter()
            .fold(0, |hash, wave| (hash << 1) | u64::from(*wave > median)),
    )
}

fn grey([r, g, b, a]: &[u8; 4]) -> f32 {
    let luma = 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b);
    let alpha = f32::from(*a) / 255.0;
    luma * alpha + 128.0 * (1.0 - alpha)
}

/// The two-dimensional DCT-II at the frequencies 1 to 8 on each axis, row by row.
fn low_frequencies(grey: &[f32]) -> [f32; LOW * LOW] {
    let cosine = |frequency: usize, place: usize| {
        let turn = std::f32::consts::PI * (2 * place + 1) as f32 * frequency as f32;
        (turn / (2 * SIDE) as f32).cos()
    };
    let mut table = [[0.0_f32; SIDE]; LOW];
    for (frequency, row) in table.iter_mut().enumerate() {
        for (place, value) in row.iter_mut().enumerate() {
            *value = cosine(frequency + 1, place);
        }
    }
    let mut across = [[0.0_f32; LOW]; SIDE];
    for (row, sums) in grey.chunks_exact(SIDE).zip(&mut across) {
        for (sum, waves) in sums.iter_mut().zip(&table) {
            *sum = row
                .iter()
                .zip(waves)
                .map(|(value, wave)| value * wave)
                .sum();
        }
    }
    let mut result = [0.0; LOW * LOW];
    for (index, value) in result.iter_mut().enumerate() {
        let (v, u) = (index / LOW, index % LOW);
        *value = across
            .iter()
            .zip(&table[v])
            .map(|(sums, wave)| sums[u] * wave)
            .sum();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A blob on a slope: enough shape for a hash.
    fn blob(side: u32, brightness: f32, mirrored: bool) -> Pixels {
        let rgba = (0..side * side)
            .flat_map(|n| {
                let x = (n % side) as f32 / side as f32;
                let (x, y) = (
                    if mirrored { 1.0 - x } else { x },
                    (n / side) as f32 / side as f32,
                );
                let inside = (x - 0.3).powi(2) + (y - 0.6).powi(2) < 0.05;
                let value = ((if inside {
                    200.0
                } else {
                    90.0 * x + 30.0 * (y * 9.0).sin()
                }) + brightness)
                    .clamp(0.0, 255.0);
                [value as u8, (value * 0.8) as u8, 60, 255]
            })
            .collect();
        Pixels::new(side, side, rgba).unwrap()
    }

    #[test]
    fn scaling_and_light_change_few_bits_mirroring_many() {
        let hash = |pixels: &Pixels| phash(pixels).unwrap();
        let base = hash(&blob(256, 40.0, false));
        assert!((base ^ hash(&blob(100, 40.0, false))).count_ones() <= 4);
        assert!((base ^ hash(&blob(256, 60.0, false))).count_ones() <= 6);
        assert!((base ^ hash(&blob(256, 40.0, true))).count_ones() >= 16);
    }

    #[test]
    fn flat_and_invisible_pictures_have_no_hash() {
        assert_eq!(
            phash(&Pixels::new(9, 4, [7, 7, 7, 255].repeat(36)).unwrap()),
            None
        );
        let hidden = (0..64_u8).flat_map(|n| [n * 4, 0, n, 0]).collect();
        assert_eq!(phash(&Pixels::new(8, 8, hidden).unwrap()), None);
    }

    #[test]
    fn a_white_shape_on_nothing_has_a_hash() {
        let rgba = (0..64_u8)
            .flat_map(|n| if n % 8 < 3 { [255; 4] } else { [0; 4] })
            .collect();
        assert!(phash(&Pixels::new(8, 8, rgba).unwrap()).is_some());
    }
}
