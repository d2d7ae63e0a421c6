//! Frames of animated pictures, each composed on the whole canvas.

use crate::{bounds, library, png, webp};
use gameforge_domain::{Format, Limits, Pixels, ReadError};
use image::{AnimationDecoder, Frames, ImageDecoder, codecs, codecs::png::PngDecoder};
use std::io::Cursor;

/// One picture of an animation.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The whole canvas.
    pub pixels: Pixels,
    /// How long it is shown, in milliseconds; 0 for a still.
    pub duration_ms: u32,
}

/// All pictures of an animation, in order.
#[derive(Debug, Clone)]
pub struct Animation {
    /// Columns of the canvas.
    pub width: u32,
    /// Rows of the canvas.
    pub height: u32,
    /// At least one.
    pub frames: Vec<Frame>,
}

impl Animation {
    /// A still as an animation of one frame.
    #[must_use]
    pub fn still(pixels: Pixels) -> Self {
        Self {
            width: pixels.width,
            height: pixels.height,
            frames: vec![Frame {
                pixels,
                duration_ms: 0,
            }],
        }
    }
}

/// Adds frames up against the memory limit.
pub(crate) struct Reel {
    width: u32,
    height: u32,
    frames: Vec<Frame>,
    memory: u64,
}

impl Reel {
    /// A frame counts at least this much, so that a file of a million tiny ones ends too.
    const LEAST: u64 = 1024;

    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            frames: Vec::new(),
            memory: 0,
        }
    }

    /// Room for one frame more, to be asked before it is made.
    pub(crate) fn room(&mut self, limits: &Limits) -> Result<(), ReadError> {
        let frame = u64::from(self.width) * u64::from(self.height) * 4;
        self.memory += frame.max(Self::LEAST);
        bounds::memory(self.memory, limits)
    }

    pub(crate) fn push(&mut self, pixels: Pixels, duration_ms: u32) {
        self.frames.push(Frame {
            pixels,
            duration_ms,
        });
    }

    pub(crate) fn finish(self) -> Result<Animation, ReadError> {
        if self.frames.is_empty() {
            return Err(ReadError::corrupt("an animation without a picture"));
        }
        Ok(Animation {
            width: self.width,
            height: self.height,
            frames: self.frames,
        })
    }
}

pub(crate) fn apng(bytes: &[u8], limits: &Limits) -> Result<Animation, ReadError> {
    let chunks = png::chunks(bytes)?;
    bounds::canvas(
        u64::from(chunks.width),
        u64::from(chunks.height),
        12,
        limits,
    )?;
    if chunks.durations.is_empty() {
        return crate::decode(Format::Png, bytes, limits).map(Animation::still);
    }
    let wrong = |cause| library::error(Format::Png, cause);
    let mut decoder = PngDecoder::with_limits(Cursor::new(bytes), caps(limits)).map_err(wrong)?;
    decoder.set_limits(caps(limits)).map_err(wrong)?;
    let frames = decoder.apng().map_err(wrong)?.into_frames();
    collect(Format::Png, frames, chunks.width, chunks.height, limits)
}

pub(crate) fn gif(bytes: &[u8], limits: &Limits) -> Result<Animation, ReadError> {
    // Opened once more by its own type, since only that can give frames; this one checks the canvas.
    library::open(Format::Gif, bytes, limits)?;
    let wrong = |cause| library::error(Format::Gif, cause);
    let mut decoder = codecs::gif::GifDecoder::new(Cursor::new(bytes)).map_err(wrong)?;
    decoder.set_limits(caps(limits)).map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    collect(Format::Gif, decoder.into_frames(), width, height, limits)
}

pub(crate) fn webp(bytes: &[u8], limits: &Limits) -> Result<Animation, ReadError> {
    let mut decoder = webp::open(bytes, limits)?;
    if !decoder.is_animated() {
        return crate::decode(Format::Webp, bytes, limits).map(Animation::still);
    }
    let (width, height) = decoder.dimensions();
    let size = decoder
        .output_buffer_size()
        .ok_or_else(|| ReadError::corrupt("WebP canvas"))?;
    let mut canvas = vec![0; size];
    let mut reel = Reel::new(width, height);
    for _ in 0..decoder.num_frames() {
        reel.room(limits)?;
        let duration = decoder.read_frame(&mut canvas).map_err(webp::error)?;
        let rgba = if decoder.has_alpha() {
            canvas.clone()
        } else {
            canvas
                .as_chunks::<3>()
                .0
                .iter()
                .flat_map(|[r, g, b]| [*r, *g, *b, 255])
                .collect()
        };
        reel.push(
            Pixels::new(width, height, rgba).ok_or_else(|| ReadError::corrupt("WebP canvas"))?,
            duration,
        );
    }
    reel.finish()
}

fn collect(
    format: Format,
    frames: Frames<'_>,
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<Animation, ReadError> {
    let mut reel = Reel::new(width, height);
    for frame in frames {
        reel.room(limits)?;
        let frame = frame.map_err(|cause| library::error(format, cause))?;
        let (milliseconds, parts) = frame.delay().numer_denom_ms();
        let (columns, rows) = frame.buffer().dimensions();
        let pixels = Pixels::new(columns, rows, frame.into_buffer().into_raw())
            .ok_or_else(|| ReadError::corrupt(format!("{format} frame")))?;
        reel.push(pixels, milliseconds / parts.max(1));
    }
    reel.finish()
}

fn caps(limits: &Limits) -> image::Limits {
    let mut caps = image::Limits::no_limits();
    caps.max_alloc = Some(limits.memory);
    caps
}
