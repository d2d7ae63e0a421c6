//! Main colours, four bytes each, and how near they are to a colour asked for.

use crate::bits::Bits;
use gameforge_domain::{Colour, Swatch, query::ColourFilter};

/// Swatches kept of each asset.
pub(crate) const KEPT: usize = 5;

/// A twentieth of the picture: less is no answer to a search by colour.
const LEAST_SHARE: u8 = 13;

/// L, a, b in 256 steps over 0..1 and ±0.4, and the share in 255ths; a share of 0 is no swatch.
pub(crate) type Palette = [[u8; 4]; KEPT];

/// Steps of lightness in a unit of Oklab distance. Steps of a and b are 255 / 0.8 to the unit.
const STEPS: f32 = 255.0;
const STEPS_AB: f32 = 255.0 / 0.8;

/// The five swatches of the largest shares, largest first.
pub(crate) fn palette(swatches: &[Swatch]) -> Palette {
    let mut sorted: Vec<&Swatch> = swatches
        .iter()
        .filter(|swatch| swatch.share > 0.0)
        .collect();
    sorted.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut palette = Palette::default();
    for (kept, swatch) in palette.iter_mut().zip(sorted) {
        let [l, a, b] = quantised(swatch.colour);
        *kept = [
            l,
            a,
            b,
            (swatch.share.min(1.0) * 255.0).round().max(1.0) as u8,
        ];
    }
    palette
}

fn quantised(colour: Colour) -> [u8; 3] {
    let [l, a, b] = colour.oklab();
    // Casting saturates, which is right for the few colours at the rim.
    [
        (l * STEPS).round() as u8,
        ((a + 0.4) * STEPS_AB).round() as u8,
        ((b + 0.4) * STEPS_AB).round() as u8,
    ]
}

/// The score of what has no swatch that is near enough.
const FAR: u16 = u16::MAX;

/// What has a colour.
#[derive(Debug, Default)]
pub(crate) struct Coloured {
    pub slots: Bits,
    /// By slot: how far its nearest swatch is.
    scores: Vec<u16>,
}

impl Coloured {
    /// `hits`, which must be among `slots`, nearest first, then by slot: a counting sort, since a common colour matches hundreds of
    /// thousands.
    pub(crate) fn ordered(&self, hits: &Bits) -> Vec<u32> {
        let mut starts = vec![0usize; usize::from(FAR) + 2];
        hits.each(|slot| starts[usize::from(self.scores[slot as usize]) + 1] += 1);
        for score in 1..starts.len() {
            starts[score] += starts[score - 1];
        }
        let mut slots = vec![0; starts.last().copied().unwrap_or(0)];
        hits.each(|slot| {
            let place = &mut starts[usize::from(self.scores[slot as usize])];
            slots[*place] = slot;
            *place += 1;
        });
        slots
    }
}

/// A colour filter ready to be compared with many palettes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    colour: [i32; 3],
    /// The greatest squared distance, in the scaled units of `colour`.
    most: i32,
}

impl Target {
    pub(crate) fn new(filter: &ColourFilter) -> Self {
        let [l, a, b] = quantised(filter.colour).map(i32::from);
        // One step of lightness is 1/255; the rounding of both colours may add one step.
        let reach = f32::from(filter.tolerance) / 1000.0 * STEPS * 5.0 + 4.0;
        Self {
            colour: [l, a, b],
            most: (reach * reach) as i32,
        }
    }

    /// Squared distance in fifths of a step of lightness: a step of a or b is 0.8 of one of lightness.
    #[inline]
    fn squared(self, swatch: [u8; 4]) -> i32 {
        let [l, a, b] = self.colour;
        let (l, a, b) = (
            (i32::from(swatch[0]) - l) * 5,
            (i32::from(swatch[1]) - a) * 4,
            (i32::from(swatch[2]) - b) * 4,
        );
        l * l + a * a + b * b
    }

    /// How far a swatch that covers enough is: 0 for the colour itself all over, growing with the distance and with
    /// how little of the picture has the colour, to about 1,700; [`FAR`] when it is not within the tolerance. Without
    /// branches, which could not be foretold.
    fn score_of(self, swatch: [u8; 4]) -> u16 {
        let squared = self.squared(swatch);
        let distance = (squared as f32).sqrt() / (STEPS * 5.0);
        let score = distance + 0.1 * (1.0 - f32::from(swatch[3]) / 255.0);
        // All ones where it is too far.
        let far = (u16::from(squared <= self.most)).wrapping_sub(1);
        (score * 1000.0) as i32 as u16 | far
    }

    /// The score of a palette's nearest swatch: what [`near`](Self::near) finds, one palette at a time.
    #[cfg(test)]
    pub(crate) fn score(self, palette: &Palette) -> Option<u16> {
        palette
            .iter()
            .filter(|swatch| swatch[3] >= LEAST_SHARE)
            .map(|swatch| self.score_of(*swatch))
            .min()
            .filter(|score| *score != FAR)
    }

    /// The slots that have a swatch near enough, and how far the nearest one of each is. Byte comparisons, which
    /// compile to vector instructions, find the swatches in the box around the target; only those are scored.
    pub(crate) fn near(self, palettes: &Palettes) -> Coloured {
        let (low, span) = self.box_around();
        let mut words = Vec::with_capacity(palettes.blocks.len());
        let mut scores = Vec::with_capacity(palettes.blocks.len() * BLOCK);
        for block in &palettes.blocks {
            let mut best = [FAR; BLOCK];
            for rank in block {
                let mut inside = [1u8; BLOCK];
                for (channel, values) in rank.iter().enumerate() {
                    let (low, span) = (low[channel], span[channel]);
                    for (inside, value) in inside.iter_mut().zip(values) {
                        *inside &= u8::from(value.wrapping_sub(low) <= span);
                    }
                }
                let mut rest = crate::bits::pack(&inside);
                while rest != 0 {
                    let at = rest.trailing_zeros() as usize % BLOCK;
                    rest &= rest - 1;
                    best[at] = best[at].min(self.score_of(rank.map(|values| values[at])));
                }
            }
            words.push(crate::bits::pack(&best.map(|score| u8::from(score != FAR))));
            scores.extend_from_slice(&best);
        }
        Coloured {
            slots: Bits::from_words(words),
            scores,
        }
    }

    /// For each channel the least value that can be near, and how far the greatest lies above it.
    fn box_around(self) -> ([u8; 4], [u8; 4]) {
        let reach = (self.most as f32).sqrt();
        // The half sides of the box in steps of lightness and of a and b.
        let sides = [
            (reach / 5.0) as i32 + 1,
            (reach / 4.0) as i32 + 1,
            (reach / 4.0) as i32 + 1,
        ];
        let (mut low, mut span) = ([LEAST_SHARE; 4], [255 - LEAST_SHARE; 4]);
        for channel in 0..3 {
            let from = (self.colour[channel] - sides[channel]).max(0);
            let to = (self.colour[channel] + sides[channel]).min(255);
            (low[channel], span[channel]) = (from as u8, (to - from).max(0) as u8);
        }
        (low, span)
    }
}

/// Slots in a block of [`Palettes`].
const BLOCK: usize = 64;

/// The palettes of all slots, by block, then rank, then channel, so that a scan compares many at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Palettes {
    pub blocks: Vec<[[[u8; BLOCK]; 4]; KEPT]>,
    len: usize,
}

impl Palettes {
    pub(crate) fn push(&mut self, palette: Palette) {
        if self.len.is_multiple_of(BLOCK) {
            self.blocks.push([[[0; BLOCK]; 4]; KEPT]);
        }
        self.len += 1;
        self.set(self.len as u32 - 1, palette);
    }

    pub(crate) fn set(&mut self, slot: u32, palette: Palette) {
        let (block, at) = (
            &mut self.blocks[slot as usize / BLOCK],
            slot as usize % BLOCK,
        );
        for (rank, swatch) in block.iter_mut().zip(palette) {
            for (values, value) in rank.iter_mut().zip(swatch) {
                values[at] = value;
            }
        }
    }

    pub(crate) fn get(&self, slot: u32) -> Palette {
        let (block, at) = (&self.blocks[slot as usize / BLOCK], slot as usize % BLOCK);
        let mut palette = Palette::default();
        for (rank, swatch) in block.iter().zip(&mut palette) {
            for (values, value) in rank.iter().zip(swatch) {
                *value = values[at];
            }
        }
        palette
    }

    /// From a snapshot; `None` when there are not as many blocks as so many slots take, or the rest of the last
    /// one is not empty.
    pub(crate) fn from_blocks(blocks: Vec<[[[u8; BLOCK]; 4]; KEPT]>, len: usize) -> Option<Self> {
        let used = len % BLOCK;
        let rest = blocks.last().filter(|_| used > 0);
        let empty = rest.is_none_or(|block| {
            block
                .iter()
                .flatten()
                .all(|values| values[used..].iter().all(|value| *value == 0))
        });
        (blocks.len() == len.div_ceil(BLOCK) && empty).then_some(Self { blocks, len })
    }
}

/// The key for ordering by colour: hues round the circle in 64 steps, dark before light, greys after all hues,
/// and what has no colour last.
pub(crate) fn hue_key(palette: &Palette) -> u64 {
    let [l, a, b, share] = palette[0];
    if share == 0 {
        return u64::MAX;
    }
    let (x, y) = (
        (f32::from(a) / STEPS_AB) - 0.4,
        (f32::from(b) / STEPS_AB) - 0.4,
    );
    if x.hypot(y) < 0.03 {
        return 1 << 16 | u64::from(l);
    }
    let turn = (y.atan2(x) / std::f32::consts::TAU).rem_euclid(1.0);
    ((turn * 64.0) as u64) << 8 | u64::from(l)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swatch(text: &str, share: f32) -> Swatch {
        Swatch {
            colour: text.parse().unwrap(),
            share,
        }
    }

    fn score(swatches: &[Swatch], colour: &str, tolerance: u16) -> Option<u16> {
        let target = Target::new(&ColourFilter {
            colour: colour.parse().unwrap(),
            tolerance,
        });
        let palette = palette(swatches);
        let mut palettes = Palettes::default();
        palettes.push(Palette::default());
        palettes.push(palette);
        assert_eq!(palettes.get(1), palette);
        let score = target.score(&palette);
        let near = target.near(&palettes);
        assert_eq!(near.ordered(&near.slots), Vec::from_iter(score.map(|_| 1)));
        assert_eq!(near.scores[1], score.unwrap_or(FAR));
        score
    }

    #[test]
    fn distance_follows_oklab_within_the_rounding() {
        for text in ["#ff8800", "#000000", "#ffffff", "#123456", "#00ff00"] {
            for other in ["#ff7700", "#222222", "#eeeeee", "#1971c2", "#2f9e44"] {
                let (a, b): (Colour, Colour) = (text.parse().unwrap(), other.parse().unwrap());
                let exact = a.distance(b);
                let found =
                    score(&[swatch(text, 1.0)], other, 1000).map(|score| f32::from(score) / 1000.0);
                assert!(
                    found.is_none_or(|found| (found - exact).abs() < 0.008),
                    "{text} {other}: {found:?} {exact}"
                );
            }
        }
    }

    #[test]
    fn more_of_a_colour_is_nearer_and_a_speck_is_none() {
        let much = score(&[swatch("#f00", 0.9), swatch("#00f", 0.1)], "#f00", 100);
        let little = score(&[swatch("#00f", 0.9), swatch("#f00", 0.1)], "#f00", 100);
        assert!(much.is_some() && much < little);
        assert_eq!(
            score(&[swatch("#00f", 0.97), swatch("#f00", 0.03)], "#f00", 100),
            None
        );
        assert_eq!(score(&[], "#f00", 1000), None);
    }
}
