//! Signals with known measures, and WAVE files of every layout around them.

use crate::bytes::Writer;

/// A sine of `seconds` with a peak of `amplitude`, as samples of −1 to 1.
#[must_use]
pub fn tone(hertz: f64, seconds: f64, rate: u32, amplitude: f64) -> Vec<f32> {
    let count = (seconds * f64::from(rate)).round() as usize;
    (0..count)
        .map(|at| {
            (amplitude * (std::f64::consts::TAU * hertz * at as f64 / f64::from(rate)).sin()) as f32
        })
        .collect()
}

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 24 bits.
    I24,
    /// Signed, 32 bits.
    I32,
    /// Float, 32 bits.
    F32,
}

/// A mono WAVE file of 16 bits.
#[must_use]
pub fn wav(samples: &[f32], rate: u32) -> Vec<u8> {
    wav_of(samples, rate, 1, Depth::I16, &[])
}

/// A WAVE file of interleaved samples, with further chunks (name and body) after the sound.
#[must_use]
pub fn wav_of(
    samples: &[f32],
    rate: u32,
    channels: u16,
    depth: Depth,
    chunks: &[(&[u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let bytes: u16 = match depth {
        Depth::U8 => 1,
        Depth::I16 => 2,
        Depth::I24 => 3,
        Depth::I32 | Depth::F32 => 4,
    };
    let mut sound = Writer::default();
    for sample in samples {
        let scaled = |bits: u32| {
            (f64::from(sample.clamp(-1.0, 1.0)) * (f64::from(1u32 << (bits - 1)) - 1.0)).round()
                as i32
        };
        match depth {
            Depth::U8 => sound.u8((scaled(8) + 128) as u8),
            Depth::I16 => sound.raw((scaled(16) as i16).to_le_bytes()),
            Depth::I24 => sound.raw(&scaled(24).to_le_bytes()[..3]),
            Depth::I32 => sound.raw(scaled(32).to_le_bytes()),
            Depth::F32 => sound.f32(*sample),
        };
    }
    let mut body = Writer(b"WAVEfmt ".to_vec());
    body.le32(16)
        .le16(if depth == Depth::F32 { 3 } else { 1 })
        .le16(channels)
        .le32(rate);
    body.le32(rate * u32::from(channels * bytes))
        .le16(channels * bytes)
        .le16(bytes * 8);
    body.raw(b"data")
        .le32(sound.0.len() as u32)
        .raw(&sound.0)
        .pad(2, 0);
    for (name, chunk) in chunks {
        body.raw(name).le32(chunk.len() as u32).raw(chunk).pad(2, 0);
    }
    let mut out = Writer(b"RIFF".to_vec());
    out.le32(body.0.len() as u32).raw(&body.0);
    out.0
}

/// The body of a `smpl` chunk with one loop.
#[must_use]
pub fn loop_chunk(from: u32, to: u32) -> Vec<u8> {
    let mut out = Writer::default();
    out.zeros(28)
        .le32(1)
        .le32(0)
        .le32(0)
        .le32(0)
        .le32(from)
        .le32(to)
        .le32(0)
        .le32(0);
    out.0
}

/// The body of a `LIST INFO` chunk.
#[must_use]
pub fn list_chunk(entries: &[(&[u8; 4], &str)]) -> Vec<u8> {
    let mut out = Writer(b"INFO".to_vec());
    for (name, text) in entries {
        out.raw(name)
            .le32(text.len() as u32 + 1)
            .raw(text)
            .u8(0)
            .pad(2, 0);
    }
    out.0
}
