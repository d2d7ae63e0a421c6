//! Colours as numbers, and how much of a picture they cover.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// An opaque sRGB colour, written `#rrggbb` in queries and JSON.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(into = "String", try_from = "String")]
#[specta(type = String)]
pub struct Colour {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

/// One of a picture's main colours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
pub struct Swatch {
    /// The colour.
    pub colour: Colour,
    /// The part of the visible pixels that it stands for, 0 to 1.
    pub share: f32,
}

/// The text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a colour; write it as #rrggbb or #rgb")]
pub struct ParseColourError(pub String);

impl Colour {
    /// Position in Oklab (Björn Ottosson, “A perceptual color space for image processing”, 2020):
    /// L in 0..1, a and b about ±0.4. Euclidean distance there is close to what an eye sees.
    #[must_use]
    pub fn oklab(self) -> [f32; 3] {
        let linear = |channel: u8| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let (r, g, b) = (linear(self.r), linear(self.g), linear(self.b));
        let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        [
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ]
    }

    /// Distance to another colour in Oklab: 0 for the same, about 0.02 for just noticeable, 1 for black to white.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        let (a, b) = (self.oklab(), other.oklab());
        ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

impl FromStr for Colour {
    type Err = ParseColourError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseColourError(text.to_owned());
        let digits = text.strip_prefix('#').unwrap_or(text);
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let full: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return Err(wrong()),
        };
        let number = u32::from_str_radix(&full, 16).map_err(|_| wrong())?;
        let [_, r, g, b] = number.to_be_bytes();
        Ok(Self { r, g, b })
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl TryFrom<String> for Colour {
    type Error = ParseColourError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_forms_are_the_same_colour() {
        assert_eq!("#f80".parse::<Colour>(), "ff8800".parse::<Colour>());
        assert!("#ff88zz".parse::<Colour>().is_err());
        assert!("#ff88".parse::<Colour>().is_err());
    }

    #[test]
    fn oklab_runs_from_black_to_white() {
        let black = Colour { r: 0, g: 0, b: 0 };
        let white = Colour {
            r: 255,
            g: 255,
            b: 255,
        };
        assert!((black.distance(white) - 1.0).abs() < 1e-3);
    }
}
