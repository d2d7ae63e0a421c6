//! Frames side by side in one picture.

use gameforge_domain::{AnimationTag, Limits, Pixels, ReadError};
use gameforge_media::raster::Animation;
use gameforge_wire::AnimationSheet;

/// The longest side that a browser's canvas takes everywhere.
const LONGEST: u32 = 16_384;

/// Lays frames out in a grid that is about as wide as it is high.
///
/// # Errors
/// [`ReadError::TooLarge`] when the sheet would be over the limits.
pub(super) fn lay_out(
    animation: Animation,
    tags: Vec<AnimationTag>,
    limits: &Limits,
) -> Result<(AnimationSheet, Pixels), ReadError> {
    let (width, height) = (animation.width, animation.height);
    let count = u32::try_from(animation.frames.len())
        .unwrap_or(u32::MAX)
        .max(1);
    let wanted = (f64::from(count) * f64::from(height) / f64::from(width.max(1)))
        .sqrt()
        .ceil() as u32;
    let columns = wanted.clamp(1, count).min((LONGEST / width.max(1)).max(1));
    let rows = count.div_ceil(columns);
    let pixels = u64::from(columns) * u64::from(width) * u64::from(rows) * u64::from(height);
    if pixels > limits.pixels || pixels * 4 > limits.memory {
        let limit = limits.pixels.min(limits.memory / 4);
        return Err(ReadError::TooLarge {
            what: "all frames together, in pixels,",
            found: pixels,
            limit,
        });
    }
    let (stride, mut rgba) = (
        (columns * width) as usize * 4,
        vec![0u8; pixels as usize * 4],
    );
    let row_bytes = width as usize * 4;
    let mut seconds = Vec::with_capacity(animation.frames.len());
    for (number, frame) in animation.frames.into_iter().enumerate() {
        let (column, row) = (number % columns as usize, number / columns as usize);
        for (y, line) in frame
            .pixels
            .rgba
            .chunks_exact(row_bytes)
            .take(height as usize)
            .enumerate()
        {
            let at = (row * height as usize + y) * stride + column * row_bytes;
            rgba[at..at + row_bytes].copy_from_slice(line);
        }
        seconds.push(f64::from(frame.duration_ms) / 1000.0);
    }
    let sheet = AnimationSheet {
        width,
        height,
        columns,
        frames: seconds,
        tags,
    };
    let picture = Pixels::new(columns * width, rows * height, rgba);
    picture
        .map(|picture| (sheet, picture))
        .ok_or_else(|| ReadError::corrupt("the animation has no pixels"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_media::raster::Frame;

    #[test]
    fn every_frame_is_where_the_sheet_says() {
        let frames = (0..5u8)
            .map(|n| Frame {
                pixels: Pixels::new(2, 3, vec![n + 1; 24]).unwrap(),
                duration_ms: 100 * u32::from(n),
            })
            .collect();
        let (sheet, pixels) = lay_out(
            Animation {
                width: 2,
                height: 3,
                frames,
            },
            Vec::new(),
            &Limits::STANDARD,
        )
        .unwrap();
        assert_eq!(sheet.frames, [0.0, 0.1, 0.2, 0.3, 0.4]);
        for n in 0..5u32 {
            let (x, y) = (n % sheet.columns * 2, n / sheet.columns * 3);
            assert_eq!(
                pixels.rgba[((y * pixels.width + x) * 4) as usize],
                n as u8 + 1,
                "frame {n}"
            );
        }
        let many = Animation {
            width: 20_000,
            height: 20_000,
            frames: vec![],
        };
        assert_eq!(
            lay_out(many, Vec::new(), &Limits::STANDARD)
                .unwrap_err()
                .code(),
            "too_large"
        );
    }
}
