//! Linear light to eight-bit sRGB, for the formats that go beyond white.

/// Where the log-average luminance is put: middle grey.
const KEY: f32 = 0.18;
/// Keeps the logarithm of black finite.
const DARK: f32 = 1e-4;
/// Steps of the table from linear to sRGB; the first steps are still finer than one of 255.
const STEPS: usize = 16_384;

/// Straight linear R, G, B, A to sRGB bytes. What never goes above 1 is only encoded, so that an
/// ordinary texture in a float format keeps its look. Else exposure by log-average luminance and
/// the extended curve of Reinhard et al. (“Photographic Tone Reproduction for Digital Images”, 2002),
/// white at the brightest of all but one in a thousand pixels. Not a number counts as black.
pub(crate) fn map(pixels: impl Iterator<Item = [f32; 4]> + Clone) -> Vec<u8> {
    let scene = Scene::measure(pixels.clone());
    let table = table();
    let mut bytes = Vec::with_capacity(pixels.size_hint().0.saturating_mul(4));
    for pixel in pixels {
        let [r, g, b, a] = pixel.map(finite);
        let gain = scene.gain(luminance(r, g, b));
        let encode = |value: f32| {
            table[((value * gain).clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as usize]
        };
        bytes.extend_from_slice(&[
            encode(r),
            encode(g),
            encode(b),
            (a.clamp(0.0, 1.0) * 255.0 + 0.5) as u8,
        ]);
    }
    bytes
}

/// What the curve needs to know of the whole picture.
struct Scene {
    /// None where nothing is brighter than white.
    curve: Option<Curve>,
}

struct Curve {
    exposure: f32,
    /// Square of the exposed luminance that becomes white.
    white: f32,
}

impl Scene {
    fn measure(pixels: impl Iterator<Item = [f32; 4]>) -> Self {
        let (mut brightest, mut logs, mut count) = (0.0_f32, 0.0_f64, 0_u64);
        // Luminance in half-stops from 2^-16 up, for the one-in-a-thousand bound.
        let mut stops = [0_u64; 96];
        for pixel in pixels {
            let [r, g, b, _] = pixel.map(finite);
            brightest = brightest.max(r).max(g).max(b);
            let light = luminance(r, g, b).max(DARK);
            logs += f64::from(light.ln());
            count += 1;
            stops[((light.log2() + 16.0) * 2.0).clamp(0.0, 95.0) as usize] += 1;
        }
        if brightest <= 1.0 || count == 0 {
            return Self { curve: None };
        }
        let exposure = KEY / ((logs / count as f64) as f32).exp();
        let mut above = 0;
        let top = stops.iter().rposition(|number| {
            above += number;
            above * 1000 > count
        });
        let white = exposure * ((top.unwrap_or(0) as f32 + 1.0) / 2.0 - 16.0).exp2();
        Self {
            curve: Some(Curve {
                exposure,
                white: white.max(1.0).powi(2),
            }),
        }
    }

    fn gain(&self, luminance: f32) -> f32 {
        let Some(curve) = &self.curve else { return 1.0 };
        let light = luminance * curve.exposure;
        curve.exposure * (1.0 + light / curve.white) / (1.0 + light)
    }
}

fn finite(value: f32) -> f32 {
    // Also turns infinity into the largest number, and what is not a number into zero.
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 65_504.0)
    }
}

fn luminance(r: f32, g: f32, b: f32) -> f32 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// The sRGB curve (IEC 61966-2-1) of a linear value from 0 to 1; what is beyond is cut.
pub(crate) fn encode(linear: f32) -> u8 {
    let encoded = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    (encoded * 255.0 + 0.5) as u8
}

/// [`encode`] over [`STEPS`] linear values from 0 to 1.
fn table() -> Vec<u8> {
    (0..STEPS)
        .map(|step| encode(step as f32 / (STEPS - 1) as f32))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_below_white_is_only_encoded() {
        let bytes = map([[0.0, 0.215_861, 1.0, 0.5]].into_iter());
        assert_eq!(bytes, [0, 128, 255, 128]);
    }

    #[test]
    fn bright_scenes_keep_order_and_broken_numbers_do_no_harm() {
        let scene: Vec<[f32; 4]> = [0.01, 0.2, 1.0, 8.0, 900.0].map(|v| [v, v, v, 1.0]).into();
        let bytes = map(scene.iter().copied());
        let greys: Vec<u8> = bytes.iter().copied().step_by(4).collect();
        assert!(greys.windows(2).all(|pair| pair[0] < pair[1]), "{greys:?}");
        assert!(greys[4] > 240 && greys[1] > 10);
        let odd = map([[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::NAN]; 3].into_iter());
        assert_eq!((odd[0], odd[2], odd[3]), (0, 0, 0));
        assert!(odd[1] > 0);
    }
}
