//! The outline of a sound: its extremes over time. Pictures of it are drawn in `waveform`.

/// Lowest and highest sample of each stretch of a sound, over all channels.
///
/// At most [`Peaks::MOST`] stretches of equal length (the last may be shorter), whatever the sound's
/// length; a sample of ±1.0 is ±127.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peaks {
    /// Lowest and highest, in order of time.
    pub buckets: Vec<(i8, i8)>,
}

impl Peaks {
    /// The most stretches that an outline has; a longer sound has between half as many and this.
    pub const MOST: usize = 4096;
}

/// Gathers an outline without knowing how long the sound will be: when all buckets are used, neighbours
/// are merged and each stands for twice as many samples.
pub struct Outline {
    buckets: Vec<(f32, f32)>,
    frames_per_bucket: u64,
    open: (f32, f32),
    in_open: u64,
}

const NOTHING: (f32, f32) = (f32::INFINITY, f32::NEG_INFINITY);

impl Outline {
    pub fn new() -> Self {
        Self {
            buckets: Vec::with_capacity(Peaks::MOST),
            frames_per_bucket: 1,
            open: NOTHING,
            in_open: 0,
        }
    }

    /// Adds one sample frame by its extremes over the channels.
    pub fn push(&mut self, low: f32, high: f32) {
        self.open = (self.open.0.min(low), self.open.1.max(high));
        self.in_open += 1;
        if self.in_open == self.frames_per_bucket {
            if self.buckets.len() == Peaks::MOST {
                self.halve();
                // The open stretch now is half of a new, longer one.
                return;
            }
            self.close();
        }
    }

    fn close(&mut self) {
        self.buckets.push(self.open);
        self.open = NOTHING;
        self.in_open = 0;
    }

    fn halve(&mut self) {
        for place in 0..self.buckets.len() / 2 {
            let (a, b) = (self.buckets[place * 2], self.buckets[place * 2 + 1]);
            self.buckets[place] = (a.0.min(b.0), a.1.max(b.1));
        }
        self.buckets.truncate(self.buckets.len() / 2);
        self.frames_per_bucket *= 2;
    }

    pub fn finish(mut self) -> Peaks {
        if self.in_open > 0 {
            if self.buckets.len() == Peaks::MOST {
                self.halve();
            }
            self.close();
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "clamped to the range first"
        )]
        let quantised = |value: f32| (value.clamp(-1.0, 1.0) * 127.0).round() as i8;
        let buckets = self
            .buckets
            .iter()
            .map(|(low, high)| (quantised(*low), quantised(*high)))
            .collect();
        Peaks { buckets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_length_gives_a_bounded_outline_that_keeps_the_extremes(frames in 1usize..40_000, spike in 0usize..40_000) {
            let spike = spike % frames;
            let mut outline = Outline::new();
            for frame in 0..frames {
                let value = if frame == spike { 1.0 } else { 0.25 };
                outline.push(-value / 2.0, value);
            }
            let peaks = outline.finish();
            prop_assert!(peaks.buckets.len() <= Peaks::MOST);
            prop_assert!(peaks.buckets.len() >= frames.min(Peaks::MOST / 2));
            let place = peaks.buckets.iter().position(|bucket| bucket.1 == 127).expect("the spike is kept");
            let expected = spike as f64 / frames as f64;
            let found = place as f64 / peaks.buckets.len() as f64;
            prop_assert!((expected - found).abs() < 0.01, "the spike at {expected} was found at {found}");
            prop_assert_eq!(peaks.buckets.iter().filter(|bucket| bucket.1 == 127).count(), 1);
        }
    }
}
