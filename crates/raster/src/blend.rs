//! Blend modes: those of Aseprite, and the ones among Photoshop's that are the same, with Aseprite's integer arithmetic
//! so that its results agree to the last bit.
//!
//! The separable modes and the non-separable ones are those of the W3C “Compositing and Blending
//! Level 1”; how they mix over a transparent backdrop is Aseprite's own.

use gameforge_domain::ReadError;

/// How a layer lies over what is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Normal,
    Multiply,
    Screen,
    Overlay,
    Darken,
    Lighten,
    ColourDodge,
    ColourBurn,
    HardLight,
    SoftLight,
    Difference,
    Exclusion,
    Hue,
    Saturation,
    Colour,
    Luminosity,
    Addition,
    Subtract,
    Divide,
}

impl Mode {
    pub(crate) fn from_number(number: u16) -> Result<Self, ReadError> {
        Ok(match number {
            0 => Self::Normal,
            1 => Self::Multiply,
            2 => Self::Screen,
            3 => Self::Overlay,
            4 => Self::Darken,
            5 => Self::Lighten,
            6 => Self::ColourDodge,
            7 => Self::ColourBurn,
            8 => Self::HardLight,
            9 => Self::SoftLight,
            10 => Self::Difference,
            11 => Self::Exclusion,
            12 => Self::Hue,
            13 => Self::Saturation,
            14 => Self::Colour,
            15 => Self::Luminosity,
            16 => Self::Addition,
            17 => Self::Subtract,
            18 => Self::Divide,
            other => {
                return Err(ReadError::unsupported(format!(
                    "Aseprite blend mode {other}"
                )));
            }
        })
    }

    /// `source` over `backdrop`, both straight RGBA.
    pub(crate) fn over(self, backdrop: [u8; 4], source: [u8; 4], opacity: u8) -> [u8; 4] {
        if self == Self::Normal {
            return normal(backdrop, source, opacity);
        }
        if backdrop[3] == 0 || source[3] == 0 {
            return normal(backdrop, source, opacity);
        }
        let [r, g, b] = self.colour(
            [backdrop[0], backdrop[1], backdrop[2]],
            [source[0], source[1], source[2]],
        );
        let plain = normal(backdrop, source, opacity);
        let blended = normal(backdrop, [r, g, b, source[3]], opacity);
        // The more is below, the more of the blended colour shows.
        let mixed = merge(plain, blended, backdrop[3]);
        let both = times(backdrop[3].into(), times(source[3].into(), opacity.into()));
        merge(mixed, blended, both as u8)
    }

    /// The blended colour over an opaque backdrop.
    fn colour(self, backdrop: [u8; 3], source: [u8; 3]) -> [u8; 3] {
        match self {
            Self::Hue => lit(
                saturated(real(source), saturation(real(backdrop))),
                luminosity(real(backdrop)),
            ),
            Self::Saturation => lit(
                saturated(real(backdrop), saturation(real(source))),
                luminosity(real(backdrop)),
            ),
            Self::Colour => lit(real(source), luminosity(real(backdrop))),
            Self::Luminosity => lit(real(backdrop), luminosity(real(source))),
            _ => [0, 1, 2].map(|i| {
                self.channel(backdrop[i].into(), source[i].into())
                    .clamp(0, 255) as u8
            }),
        }
    }

    fn channel(self, b: i32, s: i32) -> i32 {
        match self {
            Self::Multiply => times(b, s),
            Self::Screen => b + s - times(b, s),
            Self::Overlay => Self::HardLight.channel(s, b),
            Self::Darken => b.min(s),
            Self::Lighten => b.max(s),
            Self::ColourDodge if b == 0 => 0,
            Self::ColourDodge => {
                if b >= 255 - s {
                    255
                } else {
                    part(b, 255 - s)
                }
            }
            Self::ColourBurn if b == 255 => 255,
            Self::ColourBurn => {
                if 255 - b >= s {
                    0
                } else {
                    255 - part(255 - b, s)
                }
            }
            Self::HardLight if s < 128 => times(b, s << 1),
            Self::HardLight => Self::Screen.channel(b, (s << 1) - 255),
            Self::SoftLight => soft_light(f64::from(b) / 255.0, f64::from(s) / 255.0),
            Self::Difference => (b - s).abs(),
            Self::Exclusion => b + s - 2 * times(b, s),
            Self::Addition => b + s,
            Self::Subtract => b - s,
            Self::Divide if b == 0 => 0,
            Self::Divide => {
                if b >= s {
                    255
                } else {
                    part(b, s)
                }
            }
            Self::Normal | Self::Hue | Self::Saturation | Self::Colour | Self::Luminosity => s,
        }
    }
}

/// a · b / 255, rounded; also for negative `a`.
fn times(a: i32, b: i32) -> i32 {
    let product = a * b + 0x80;
    ((product >> 8) + product) >> 8
}

/// 255 · a / b, rounded.
fn part(a: i32, b: i32) -> i32 {
    (a * 255 + b / 2) / b
}

fn normal(backdrop: [u8; 4], source: [u8; 4], opacity: u8) -> [u8; 4] {
    if backdrop[3] == 0 {
        return [
            source[0],
            source[1],
            source[2],
            times(source[3].into(), opacity.into()) as u8,
        ];
    }
    if source[3] == 0 {
        return backdrop;
    }
    let (below, above) = (
        i32::from(backdrop[3]),
        times(source[3].into(), opacity.into()),
    );
    let alpha = above + below - times(below, above);
    if alpha == 0 {
        return [0; 4];
    }
    let mix = |i: usize| {
        let (b, s) = (i32::from(backdrop[i]), i32::from(source[i]));
        (b + (s - b) * above / alpha) as u8
    };
    [mix(0), mix(1), mix(2), alpha as u8]
}

/// Between two pixels by `amount` of 255.
fn merge(from: [u8; 4], to: [u8; 4], amount: u8) -> [u8; 4] {
    let between =
        |i: usize| i32::from(from[i]) + times(i32::from(to[i]) - i32::from(from[i]), amount.into());
    let alpha = between(3);
    if alpha == 0 {
        return [0; 4];
    }
    let colour = |i: usize| {
        if from[3] == 0 {
            to[i]
        } else if to[3] == 0 {
            from[i]
        } else {
            between(i) as u8
        }
    };
    [colour(0), colour(1), colour(2), alpha as u8]
}

fn soft_light(b: f64, s: f64) -> i32 {
    let root = if b <= 0.25 {
        ((16.0 * b - 12.0) * b + 4.0) * b
    } else {
        b.sqrt()
    };
    let result = if s <= 0.5 {
        b - (1.0 - 2.0 * s) * b * (1.0 - b)
    } else {
        b + (2.0 * s - 1.0) * (root - b)
    };
    (result * 255.0 + 0.5) as i32
}

fn real(colour: [u8; 3]) -> [f64; 3] {
    colour.map(|value| f64::from(value) / 255.0)
}

fn luminosity([r, g, b]: [f64; 3]) -> f64 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn saturation([r, g, b]: [f64; 3]) -> f64 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// The colour with another saturation: the least channel at zero, the greatest at `wanted`.
fn saturated(colour: [f64; 3], wanted: f64) -> [f64; 3] {
    let [r, g, b] = colour;
    let (least, span) = (r.min(g).min(b), saturation(colour));
    if span <= 0.0 {
        [0.0; 3]
    } else {
        colour.map(|value| (value - least) * wanted / span)
    }
}

/// The colour with another luminosity, pulled back into range towards grey.
fn lit(colour: [f64; 3], wanted: f64) -> [u8; 3] {
    let shift = wanted - luminosity(colour);
    let mut colour = colour.map(|value| value + shift);
    let light = luminosity(colour);
    let [r, g, b] = colour;
    let (least, most) = (r.min(g).min(b), r.max(g).max(b));
    if least < 0.0 {
        colour = colour.map(|value| light + (value - light) * light / (light - least));
    }
    if most > 1.0 {
        colour = colour.map(|value| light + (value - light) * (1.0 - light) / (most - light));
    }
    colour.map(|value| (value * 255.0).clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_colours_blend_by_the_formulas() {
        let over = |mode: Mode| mode.over([200, 100, 50, 255], [100, 200, 0, 255], 255);
        assert_eq!(over(Mode::Normal), [100, 200, 0, 255]);
        assert_eq!(over(Mode::Multiply), [78, 78, 0, 255]);
        assert_eq!(over(Mode::Screen), [222, 222, 50, 255]);
        assert_eq!(over(Mode::Difference), [100, 100, 50, 255]);
        assert_eq!(over(Mode::Addition), [255, 255, 50, 255]);
        assert_eq!(over(Mode::Subtract), [100, 0, 50, 255]);
        assert_eq!(over(Mode::Darken), [100, 100, 0, 255]);
        assert_eq!(over(Mode::Divide), [255, 128, 255, 255]);
    }

    #[test]
    fn nothing_below_shows_the_layer_and_nothing_above_the_backdrop() {
        for number in 0..=18 {
            let mode = Mode::from_number(number).unwrap();
            assert_eq!(
                mode.over([9, 9, 9, 0], [1, 2, 3, 200], 128),
                [1, 2, 3, 100],
                "{mode:?}"
            );
            assert_eq!(
                mode.over([1, 2, 3, 77], [9, 9, 9, 0], 255),
                [1, 2, 3, 77],
                "{mode:?}"
            );
        }
        assert!(Mode::from_number(19).is_err());
    }
}
