//! Pictures made for measuring an import: textures with detail, some of them photographs' size.

use anyhow::Result;
use image::{ImageBuffer, Rgb, Rgba};
use std::path::Path;

/// Writes `count` pictures of mixed sizes below a folder, half PNG with alpha, half JPEG. The same `salt` gives the same
/// pictures; a library that has seen some needs another one, or it only finds duplicates.
pub fn write(folder: &Path, count: u32, salt: u32) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for number in 0..count {
        let side = [64, 256, 512, 1024, 2048][(number % 5) as usize];
        let seed = (number ^ salt.rotate_left(16)).wrapping_mul(0x9e37_79b9);
        let value = move |x: u32, y: u32, channel: u32| {
            let wave = ((x / 7 + seed % 65_521) ^ (y / 5 + channel * 13))
                .wrapping_mul(2_654_435_761)
                >> 24;
            ((x * 255 / side)
                .wrapping_add(wave / 3)
                .wrapping_add(y * channel * 40 / side)
                % 256) as u8
        };
        if number % 2 == 0 {
            let picture = ImageBuffer::from_fn(side, side, |x, y| {
                let alpha = if (x / 16 + y / 16) % 3 == 0 { 0 } else { 255 };
                Rgba([value(x, y, 0), value(x, y, 1), value(x, y, 2), alpha])
            });
            picture.save(folder.join(format!("texture_{number:04}.png")))?;
        } else {
            let picture = ImageBuffer::from_fn(side, side, |x, y| {
                Rgb([value(x, y, 0), value(x, y, 1), value(x, y, 2)])
            });
            picture.save(folder.join(format!("photo_{number:04}.jpg")))?;
        }
    }
    Ok(())
}
