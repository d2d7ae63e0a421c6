//! How much a reader may take from one file before it gives up with a clear word.

/// Caps that every reader keeps, so that one hostile file cannot take the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest file that is read whole into memory, in bytes.
    pub file_bytes: u64,
    /// The largest picture that is decoded, in pixels (width × height, one frame).
    pub pixels: u64,
    /// The most memory that one decode may hold at a time, in bytes.
    pub memory: u64,
    /// The most vertices that a model may have and still be drawn.
    pub vertices: u64,
    /// The most sample frames of a sound that are read for its waveform and loudness.
    pub sample_frames: u64,
    /// How deep nested structures (SVG groups, JSON, XML, scene nodes) may go.
    pub depth: u32,
}

impl Limits {
    /// For an ordinary import on a creator's machine.
    pub const STANDARD: Self = Self {
        file_bytes: 512 << 20,
        pixels: 100_000_000,
        memory: 512 << 20,
        vertices: 20_000_000,
        sample_frames: 3 * 3600 * 48_000,
        depth: 128,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}
