//! Pictures on surfaces: decoding with caps, mip levels, filtered look-ups in linear light.
//! All that knows a picture codec is [`decode`].

use crate::scene::Budget;
use gameforge_domain::{Format, Limits, Pixels, ReadError};
use std::sync::LazyLock;

/// The longest side that is kept; a preview never shows more.
const MOST_SIDE: u32 = 1024;

/// sRGB byte to linear light, IEC 61966-2-1.
static LINEAR: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| srgb_to_linear(byte as f32 / 255.0)));

/// One channel of sRGB, 0 to 1, as linear light.
pub fn srgb_to_linear(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// One channel of linear light, 0 to 1, as sRGB.
pub fn linear_to_srgb(value: f32) -> f32 {
    if value <= 0.003_130_8 {
        value * 12.92
    } else {
        1.055 * value.powf(1.0 / 2.4) - 0.055
    }
}

/// How many steps the table below has.
const STEPS: usize = 4096;

/// [`linear_to_srgb`] at equal steps; the power is too slow for every texel and pixel.
static ENCODED: LazyLock<Vec<f32>> = LazyLock::new(|| {
    (0..=STEPS + 1)
        .map(|step| linear_to_srgb(step as f32 / STEPS as f32) * 255.0)
        .collect()
});

/// Linear light, 0 to 1, as an sRGB byte.
pub fn encode(value: f32) -> u8 {
    let place = value.clamp(0.0, 1.0) * STEPS as f32;
    let step = place as usize;
    let (low, high) = (ENCODED[step], ENCODED[step + 1]);
    (low + (high - low) * (place - step as f32) + 0.5) as u8
}

/// What happens beyond a picture's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wrap {
    /// It starts again.
    #[default]
    Repeat,
    /// It is mirrored.
    Mirror,
    /// The edge goes on.
    Clamp,
}

impl Wrap {
    fn apply(self, index: i64, size: i64) -> usize {
        let index = match self {
            Self::Repeat => index.rem_euclid(size),
            Self::Clamp => index.clamp(0, size - 1),
            Self::Mirror => {
                let index = index.rem_euclid(2 * size);
                if index < size {
                    index
                } else {
                    2 * size - 1 - index
                }
            }
        };
        index as usize
    }
}

/// How a picture is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sampling {
    /// Beyond the left and right edges.
    pub u: Wrap,
    /// Beyond the top and bottom edges.
    pub v: Wrap,
    /// Hard texels instead of soft ones where the picture is magnified (pixel art).
    pub hard: bool,
}

#[derive(Debug)]
struct Level {
    width: u32,
    height: u32,
    /// sRGB with straight alpha.
    texels: Vec<[u8; 4]>,
}

/// A picture with its mip levels, finest first; never empty.
#[derive(Debug)]
pub struct Texture {
    levels: Vec<Level>,
    sampling: Sampling,
}

impl Texture {
    /// Decodes a picture file and keeps at most 1,024 pixels a side.
    ///
    /// # Errors
    /// As the decoder says; `TooLarge` over the limits' pixels or the budget's memory.
    pub fn decode(
        bytes: &[u8],
        sampling: Sampling,
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<Self, ReadError> {
        let finest = decode(bytes, limits, budget)?;
        let mut levels = vec![finest];
        while let Some(last) = levels
            .last()
            .filter(|last| last.width > 1 || last.height > 1)
        {
            let next = last.halved();
            if last.width.max(last.height) > MOST_SIDE {
                levels.clear();
            }
            levels.push(next);
        }
        let kept = levels
            .iter()
            .map(|level| level.texels.len() as u64 * 4)
            .sum();
        budget.take(kept)?;
        Ok(Self { levels, sampling })
    }

    /// Texels along the longer side of the finest level.
    pub fn side(&self) -> f32 {
        self.levels[0].width.max(self.levels[0].height) as f32
    }

    /// The colour at `uv`, linear with straight alpha. `span` is the part of the picture that the asking pixel covers
    /// along one axis, which picks the mip level. With `opaque` the picture's alpha is ignored and 1.
    pub fn sample(&self, uv: [f32; 2], span: f32, opaque: bool) -> [f32; 4] {
        let wanted = (span * self.side()).max(1.0).log2();
        let index = (wanted.round() as usize).min(self.levels.len() - 1);
        self.filtered(
            &self.levels[index],
            uv,
            opaque,
            self.sampling.hard && index == 0,
            |byte| LINEAR[byte as usize],
        )
    }

    /// The stored numbers at `uv`, 0 to 1, for pictures that hold facts instead of colours.
    pub fn numbers(&self, uv: [f32; 2], span: f32) -> [f32; 4] {
        let index =
            ((span * self.side()).max(1.0).log2().round() as usize).min(self.levels.len() - 1);
        self.filtered(&self.levels[index], uv, true, false, |byte| {
            f32::from(byte) / 255.0
        })
    }

    fn filtered(
        &self,
        level: &Level,
        uv: [f32; 2],
        opaque: bool,
        hard: bool,
        value: impl Fn(u8) -> f32,
    ) -> [f32; 4] {
        let uv = uv.map(|c| {
            if c.is_finite() {
                c.clamp(-1e6, 1e6)
            } else {
                0.0
            }
        });
        let shift = if hard { 0.0 } else { 0.5 };
        let x = uv[0] * level.width as f32 - shift;
        let y = uv[1] * level.height as f32 - shift;
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = if hard {
            (0.0, 0.0)
        } else {
            (x - left, y - top)
        };
        let columns = [0, 1].map(|step| {
            self.sampling
                .u
                .apply(left as i64 + step, i64::from(level.width))
        });
        let rows = [0, 1].map(|step| {
            self.sampling
                .v
                .apply(top as i64 + step, i64::from(level.height))
        });
        let mut sum = [0.0f32; 3];
        let (mut alpha, mut weights) = (0.0, 0.0);
        for (row, wy) in [(rows[0], 1.0 - fy), (rows[1], fy)] {
            for (column, wx) in [(columns[0], 1.0 - fx), (columns[1], fx)] {
                let texel = level.texels[row * level.width as usize + column];
                let part = wx * wy;
                // Invisible texels must not bleed their colour into visible ones.
                let weight = if opaque {
                    part
                } else {
                    part * (f32::from(texel[3]) / 255.0)
                };
                for channel in 0..3 {
                    sum[channel] += value(texel[channel]) * weight;
                }
                alpha += f32::from(texel[3]) / 255.0 * part;
                weights += weight;
            }
        }
        let inverse = if weights > 0.0 { 1.0 / weights } else { 0.0 };
        [
            sum[0] * inverse,
            sum[1] * inverse,
            sum[2] * inverse,
            if opaque { 1.0 } else { alpha },
        ]
    }
}

impl Level {
    /// Half the size by averaging in linear light, colours weighted by alpha.
    fn halved(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let mut texels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0.0f32; 4];
                let mut weights = 0.0f32;
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let column = (x * 2 + dx).min(self.width - 1) as usize;
                    let row = (y * 2 + dy).min(self.height - 1) as usize;
                    let texel = self.texels[row * self.width as usize + column];
                    // A trace of weight keeps the colour of wholly invisible areas, which opaque surfaces show.
                    let weight = f32::from(texel[3]) + 1.0 / 64.0;
                    for channel in 0..3 {
                        sum[channel] += LINEAR[texel[channel] as usize] * weight;
                    }
                    sum[3] += f32::from(texel[3]);
                    weights += weight;
                }
                let byte = |channel: usize| encode(sum[channel] / weights);
                texels.push([byte(0), byte(1), byte(2), (sum[3] / 4.0 + 0.5) as u8]);
            }
        }
        Self {
            width,
            height,
            texels,
        }
    }
}

/// Which picture format the bytes are, by their first ones. Names are of no help: embedded pictures have none, and
/// endings are often wrong. TGA has no mark; it is what is left.
fn format_of(bytes: &[u8]) -> Format {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Format::Png,
        [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
        [b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..] if rest.starts_with(b"WEBP") => {
            Format::Webp
        }
        [b'D', b'D', b'S', b' ', ..] => Format::Dds,
        [b'G', b'I', b'F', b'8', ..] => Format::Gif,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Format::Tiff,
        [0x76, 0x2f, 0x31, 0x01, ..] => Format::Exr,
        [b'#', b'?', ..] => Format::Hdr,
        [b'8', b'B', b'P', b'S', ..] => Format::Psd,
        [b'B', b'M', ..] => Format::Bmp,
        _ => Format::Tga,
    }
}

/// Decodes with the size known and checked before any pixel is allocated.
fn decode(bytes: &[u8], limits: &Limits, budget: &Budget) -> Result<Level, ReadError> {
    let format = format_of(bytes);
    let limits = Limits {
        memory: budget.memory_left(),
        ..*limits
    };
    let header = gameforge_raster::probe(format, bytes, &limits)?;
    let pixels = u64::from(header.width) * u64::from(header.height);
    // The decoder checks what it holds itself; this is its picture, and the texels made of it beside it.
    let needed = pixels.saturating_mul(8);
    if needed > limits.memory {
        return Err(ReadError::TooLarge {
            what: "a texture's memory",
            found: needed,
            limit: limits.memory,
        });
    }
    let picture = gameforge_raster::decode(format, bytes, &limits)?;
    Ok(Level {
        width: picture.width,
        height: picture.height,
        texels: picture.rgba.as_chunks::<4>().0.to_vec(),
    })
}

/// A picture no larger than `side` in either direction, its shape kept.
pub fn fitted(picture: Pixels, side: u32) -> Pixels {
    let side = side.max(1);
    if picture.width.max(picture.height) <= side {
        picture
    } else {
        gameforge_raster::fit(&picture, side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texture(width: u32, height: u32, texels: &[[u8; 4]], sampling: Sampling) -> Texture {
        let level = Level {
            width,
            height,
            texels: texels.to_vec(),
        };
        let mut levels = vec![level];
        while levels.last().unwrap().width > 1 || levels.last().unwrap().height > 1 {
            let next = levels.last().unwrap().halved();
            levels.push(next);
        }
        Texture { levels, sampling }
    }

    #[test]
    fn srgb_and_linear_are_inverses() {
        for byte in 0..=255u8 {
            let back = linear_to_srgb(srgb_to_linear(f32::from(byte) / 255.0)) * 255.0;
            assert!((back - f32::from(byte)).abs() < 0.01);
        }
    }

    #[test]
    fn the_table_agrees_with_the_formula() {
        for step in 0..=100_000u32 {
            let value = step as f32 / 100_000.0;
            let exact = linear_to_srgb(value) * 255.0;
            assert!((f32::from(encode(value)) - exact).abs() < 0.52, "{value}");
        }
        assert_eq!((encode(f32::NAN), encode(-1.0), encode(9.0)), (0, 0, 255));
    }

    #[test]
    fn the_middle_between_black_and_white_is_half_the_light() {
        let soft = texture(
            2,
            1,
            &[[0, 0, 0, 255], [255, 255, 255, 255]],
            Sampling::default(),
        );
        let middle = soft.sample([0.5, 0.5], 0.0, true);
        assert!((middle[0] - 0.5).abs() < 1e-3);
        let whole = soft.sample([0.5, 0.5], 1.0, true);
        assert!(
            (whole[0] - 0.5).abs() < 5e-3,
            "the coarsest level is the mean light, not the mean byte"
        );
    }

    #[test]
    fn edges_repeat_mirror_or_stop() {
        let row = [[255, 0, 0, 255], [0, 255, 0, 255]];
        let red = |wrap, u: f32| {
            let sampling = Sampling {
                u: wrap,
                v: wrap,
                hard: true,
            };
            texture(2, 1, &row, sampling).sample([u, 0.5], 0.0, true)[0] > 0.5
        };
        assert!(red(Wrap::Repeat, 1.25) && !red(Wrap::Repeat, -0.25));
        assert!(!red(Wrap::Mirror, 1.25) && red(Wrap::Mirror, -0.25));
        assert!(!red(Wrap::Clamp, 9.0) && red(Wrap::Clamp, -9.0));
    }

    #[test]
    fn invisible_texels_do_not_darken_their_neighbours() {
        let soft = texture(
            2,
            1,
            &[[255, 255, 255, 255], [0, 0, 0, 0]],
            Sampling::default(),
        );
        let middle = soft.sample([0.5, 0.5], 0.0, false);
        assert!(middle[0] > 0.99 && (middle[3] - 0.5).abs() < 1e-3);
    }

    #[test]
    fn textures_of_every_usual_format_are_decoded() {
        let limits = Limits::STANDARD;
        for format in [
            Format::Png,
            Format::Jpeg,
            Format::Webp,
            Format::Gif,
            Format::Bmp,
            Format::Tga,
            Format::Tiff,
            Format::Hdr,
            Format::Exr,
            Format::Dds,
            Format::Psd,
        ] {
            let bytes = gameforge_testkit::sample(format);
            assert_eq!(format_of(&bytes), format);
            let mut budget = Budget::new(&limits);
            let found = Texture::decode(&bytes, Sampling::default(), &limits, &mut budget)
                .unwrap_or_else(|error| panic!("{format}: {error}"));
            let whole = gameforge_raster::decode(format, &bytes, &limits).unwrap();
            assert_eq!(found.side(), whole.width.max(whole.height) as f32);
            assert_eq!(found.levels[0].texels.as_flattened(), whole.rgba);
            assert!(budget.memory_left() < limits.memory);
        }
    }

    #[test]
    fn a_texture_over_what_is_left_of_the_memory_is_not_decoded() {
        let bytes = gameforge_testkit::sample(Format::Dds);
        let limits = Limits {
            memory: 16 * 16 * 8 - 1,
            ..Limits::STANDARD
        };
        let mut budget = Budget::new(&limits);
        let error = Texture::decode(&bytes, Sampling::default(), &Limits::STANDARD, &mut budget)
            .unwrap_err();
        assert_eq!(error.code(), "too_large");
        for noise in [&b""[..], b"no picture at all, whatever it is called"] {
            assert!(
                Texture::decode(noise, Sampling::default(), &Limits::STANDARD, &mut budget)
                    .is_err()
            );
        }
    }

    #[test]
    fn strange_coordinates_are_harmless() {
        let soft = texture(2, 1, &[[1, 2, 3, 255]; 2], Sampling::default());
        for c in [f32::NAN, f32::INFINITY, -1e30] {
            assert!(soft.sample([c, c], 0.0, true).iter().all(|v| v.is_finite()));
        }
    }
}
