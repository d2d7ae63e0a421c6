//! What is measured of a sound while its samples go by.

use crate::{Peaks, peaks::Outline};
use ebur128::{EbuR128, Mode};
use gameforge_domain::{Limits, ReadError};

/// Measures as samples go by: EBU R 128 loudness (ITU-R BS.1770 gating), the highest sample, the outline.
pub struct Meter {
    channels: u32,
    loudness: Option<EbuR128>,
    highest: f32,
    /// Sample frames so far.
    pub frames: u64,
    outline: Outline,
}

impl Meter {
    pub fn new(channels: u32, rate: u32) -> Self {
        Self {
            channels,
            // The histogram keeps the memory of gating blocks constant. Odd rates and channel counts
            // beyond the standard have no loudness.
            loudness: (1..=32)
                .contains(&channels)
                .then(|| EbuR128::new(channels, rate, Mode::I | Mode::HISTOGRAM).ok())
                .flatten(),
            highest: 0.0,
            frames: 0,
            outline: Outline::new(),
        }
    }

    /// Takes interleaved sample frames in.
    ///
    /// # Errors
    /// `TooLarge` beyond [`Limits::sample_frames`].
    pub fn add(
        &mut self,
        channels: usize,
        samples: &mut [f32],
        limits: &Limits,
    ) -> Result<(), ReadError> {
        if channels == 0 || samples.is_empty() {
            return Ok(());
        }
        self.frames += (samples.len() / channels) as u64;
        if self.frames > limits.sample_frames {
            let (found, limit) = (self.frames, limits.sample_frames);
            return Err(ReadError::TooLarge {
                what: "number of sample frames",
                found,
                limit,
            });
        }
        for frame in samples.chunks_exact_mut(channels) {
            let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
            for sample in frame {
                // Float files can hold what is not a number; it plays as nothing.
                if !sample.is_finite() {
                    *sample = 0.0;
                }
                low = low.min(*sample);
                high = high.max(*sample);
            }
            self.highest = self.highest.max(high).max(-low);
            self.outline.push(low, high);
        }
        if channels != self.channels as usize {
            // A chained stream changed its layout: one measure over both would be wrong.
            self.loudness = None;
        }
        if let Some(loudness) = &mut self.loudness
            && loudness.add_frames_f32(samples).is_err()
        {
            self.loudness = None;
        }
        Ok(())
    }

    /// Loudness in LUFS, the highest sample in dBFS, the outline.
    pub fn finish(self) -> (Option<f64>, Option<f64>, Peaks) {
        let loudness = self
            .loudness
            .and_then(|meter| meter.loudness_global().ok())
            .filter(|value| value.is_finite());
        let peak = (self.highest > 0.0).then(|| 20.0 * f64::from(self.highest).log10());
        (loudness, peak, self.outline.finish())
    }
}
