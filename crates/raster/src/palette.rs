//! A picture's main colours, and counting its colours.

use gameforge_domain::{Colour, Pixels, Swatch};
use std::collections::BTreeMap;

/// The most colours that a palette shows.
const MOST: usize = 8;
/// Colours closer than this in Oklab are shown as one (just noticeable is about 0.02).
const SAME: f32 = 0.045;
/// Rounds of moving the centres; more change nothing that can be seen.
const ROUNDS: usize = 8;
/// About so many pixels of each side are looked at.
const GRID: u32 = 96;

/// Up to eight main colours of a picture, the largest share first. Pixels with alpha under 128 do
/// not count; a picture without others has no palette. Colours are ones that really occur.
///
/// Weighted k-means in Oklab with the seeds of a farthest-first walk, so equal input gives equal output.
#[must_use]
pub fn palette(pixels: &Pixels) -> Vec<Swatch> {
    let (across, down) = (
        pixels.width.div_ceil(GRID) as usize,
        pixels.height.div_ceil(GRID) as usize,
    );
    let samples: Vec<[u8; 4]> = pixels
        .rgba
        .chunks_exact(pixels.width as usize * 4)
        .skip(down / 2)
        .step_by(down)
        .flat_map(|row| {
            row.as_chunks::<4>()
                .0
                .iter()
                .skip(across / 2)
                .step_by(across)
                .copied()
        })
        .collect();
    of_samples(&samples)
}

/// As [`palette`], of pixels already chosen.
pub(crate) fn of_samples(samples: &[[u8; 4]]) -> Vec<Swatch> {
    let bins = bins(samples);
    let total: f32 = bins.iter().map(|bin| bin.weight).sum();
    if bins.is_empty() {
        return Vec::new();
    }
    let centres = settle(&bins, seeds(&bins));
    let mut groups = vec![(0.0_f32, 0_usize); centres.len()];
    for (index, bin) in bins.iter().enumerate() {
        let (weight, heaviest) = &mut groups[nearest(&centres, bin.lab)];
        if *weight == 0.0 || worth(bin, &centres) > worth(&bins[*heaviest], &centres) {
            *heaviest = index;
        }
        *weight += bin.weight;
    }
    let mut swatches: Vec<Swatch> = groups
        .into_iter()
        .filter(|(weight, _)| *weight > 0.0)
        .map(|(weight, heaviest)| Swatch {
            colour: bins[heaviest].colour,
            share: weight / total,
        })
        .collect();
    swatches.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.colour.cmp(&b.colour)));
    merge(swatches)
}

struct Bin {
    colour: Colour,
    lab: [f32; 3],
    weight: f32,
}

/// Groups equal-looking samples: 32 steps a channel, each bin shown by its most frequent colour.
fn bins(samples: &[[u8; 4]]) -> Vec<Bin> {
    let mut counts: BTreeMap<[u8; 3], BTreeMap<[u8; 3], u32>> = BTreeMap::new();
    for [r, g, b, _] in samples.iter().filter(|pixel| pixel[3] >= 128) {
        *counts
            .entry([r >> 3, g >> 3, b >> 3])
            .or_default()
            .entry([*r, *g, *b])
            .or_default() += 1;
    }
    counts
        .into_values()
        .filter_map(|colours| {
            let weight: u32 = colours.values().sum();
            let ([r, g, b], _) = colours.into_iter().max_by_key(|(_, count)| *count)?;
            let colour = Colour { r, g, b };
            Some(Bin {
                colour,
                lab: colour.oklab(),
                weight: weight as f32,
            })
        })
        .collect()
}

/// The heaviest bin, then again and again the one that is farthest from all chosen, by weight.
fn seeds(bins: &[Bin]) -> Vec<[f32; 3]> {
    let mut chosen: Vec<[f32; 3]> = bins
        .iter()
        .max_by(|a, b| a.weight.total_cmp(&b.weight))
        .map(|bin| bin.lab)
        .into_iter()
        .collect();
    let mut gaps = vec![f32::INFINITY; bins.len()];
    while let (Some(last), true) = (chosen.last().copied(), chosen.len() < MOST) {
        for (gap, bin) in gaps.iter_mut().zip(bins) {
            *gap = gap.min(squared(last, bin.lab));
        }
        let pull = |index: &usize| gaps[*index] * bins[*index].weight.sqrt();
        let Some(next) = (0..bins.len()).max_by(|a, b| pull(a).total_cmp(&pull(b))) else {
            break;
        };
        if gaps[next] < SAME * SAME {
            break;
        }
        chosen.push(bins[next].lab);
    }
    chosen
}

fn settle(bins: &[Bin], mut centres: Vec<[f32; 3]>) -> Vec<[f32; 3]> {
    for _ in 0..ROUNDS {
        let mut sums = vec![([0.0_f32; 3], 0.0_f32); centres.len()];
        for bin in bins {
            let (sum, weight) = &mut sums[nearest(&centres, bin.lab)];
            for (axis, value) in sum.iter_mut().zip(bin.lab) {
                *axis += value * bin.weight;
            }
            *weight += bin.weight;
        }
        for (centre, (sum, weight)) in centres.iter_mut().zip(sums) {
            if weight > 0.0 {
                *centre = sum.map(|axis| axis / weight);
            }
        }
    }
    centres
}

/// How well a bin stands for its group: heavy, and not far from the centre.
fn worth(bin: &Bin, centres: &[[f32; 3]]) -> f32 {
    bin.weight / (0.001 + squared(centres[nearest(centres, bin.lab)], bin.lab))
}

fn nearest(centres: &[[f32; 3]], lab: [f32; 3]) -> usize {
    let mut best = (0, f32::INFINITY);
    for (index, centre) in centres.iter().enumerate() {
        let gap = squared(*centre, lab);
        if gap < best.1 {
            best = (index, gap);
        }
    }
    best.0
}

fn squared(a: [f32; 3], b: [f32; 3]) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)
}

/// Joins colours that look alike into the one with the larger share.
fn merge(swatches: Vec<Swatch>) -> Vec<Swatch> {
    let mut kept: Vec<Swatch> = Vec::new();
    for swatch in swatches {
        match kept
            .iter_mut()
            .find(|other| other.colour.distance(swatch.colour) < SAME)
        {
            Some(other) => other.share += swatch.share,
            None => kept.push(swatch),
        }
    }
    kept.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.colour.cmp(&b.colour)));
    kept
}

/// Counts distinct colours up to 256, then stops looking.
pub(crate) struct Distinct {
    /// Open addressing by a multiplicative hash; `None` is a free place.
    table: Vec<Option<u32>>,
    count: u32,
    last: Option<u32>,
}

impl Distinct {
    const PLACES: usize = 1024;
    const MOST: u32 = 256;

    /// The number of colours; 0 where there are more than 256. All invisible pixels are one colour.
    pub(crate) fn count(&self) -> u32 {
        if self.count > Self::MOST {
            0
        } else {
            self.count
        }
    }

    pub(crate) fn add_all(&mut self, pixels: impl Iterator<Item = [u8; 4]>) {
        if self.count > Self::MOST {
            return;
        }
        for pixel in pixels {
            let colour = if pixel[3] == 0 {
                0
            } else {
                u32::from_ne_bytes(pixel)
            };
            if self.last == Some(colour) {
                continue;
            }
            self.last = Some(colour);
            self.add(colour);
            if self.count > Self::MOST {
                return;
            }
        }
    }

    fn add(&mut self, colour: u32) {
        let mut place = (colour.wrapping_mul(2_654_435_769) >> 22) as usize;
        // At most 257 of 1,024 places are ever taken, so a free one is always found.
        while let Some(taken) = self.table[place] {
            if taken == colour {
                return;
            }
            place = (place + 1) % Self::PLACES;
        }
        self.table[place] = Some(colour);
        self.count += 1;
    }
}

impl Default for Distinct {
    fn default() -> Self {
        Self {
            table: vec![None; Self::PLACES],
            count: 0,
            last: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strip(colours: &[([u8; 4], usize)]) -> Pixels {
        let rgba: Vec<u8> = colours
            .iter()
            .flat_map(|(colour, count)| colour.repeat(*count))
            .collect();
        Pixels::new((rgba.len() / 4) as u32, 1, rgba).unwrap()
    }

    #[test]
    fn few_colours_come_back_exactly_and_by_share() {
        let found = palette(&strip(&[
            ([255, 0, 0, 255], 50),
            ([0, 0, 255, 255], 30),
            ([255, 255, 255, 255], 15),
            ([0, 255, 0, 20], 100),
        ]));
        let words: Vec<String> = found
            .iter()
            .map(|swatch| swatch.colour.to_string())
            .collect();
        assert_eq!(words, ["#ff0000", "#0000ff", "#ffffff"]);
        assert!(
            (found[0].share - 50.0 / 95.0).abs() < 0.02,
            "{}",
            found[0].share
        );
        assert!(palette(&strip(&[([9, 9, 9, 127], 4)])).is_empty());
    }

    #[test]
    fn colours_are_counted_up_to_256() {
        let grey = |count: u32| {
            let mut distinct = Distinct::default();
            distinct.add_all((0..count).map(|n| [n as u8, (n >> 8) as u8, 0, 255]));
            distinct.count()
        };
        assert_eq!((grey(1), grey(256), grey(257)), (1, 256, 0));
    }

    proptest! {
        #[test]
        fn shares_sum_to_one_and_colours_occur(
            colours in proptest::collection::vec((any::<[u8; 3]>(), 1_usize..20), 1..40)
        ) {
            let strip = strip(&colours.iter().map(|([r, g, b], n)| ([*r, *g, *b, 255], *n)).collect::<Vec<_>>());
            let found = palette(&strip);
            prop_assert!(!found.is_empty() && found.len() <= MOST);
            prop_assert!((found.iter().map(|swatch| swatch.share).sum::<f32>() - 1.0).abs() < 1e-3);
            for swatch in found {
                let Colour { r, g, b } = swatch.colour;
                prop_assert!(colours.iter().any(|(colour, _)| *colour == [r, g, b]));
            }
        }
    }
}
