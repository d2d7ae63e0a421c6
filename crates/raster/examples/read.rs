//! Times reading of pictures and writing of their previews: `read [--out DIR] [--frames] [--side N] FILE…`.
//! With `--frames` every frame is written at full size.
//! The format is taken from each name, which is enough for trying things out.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use gameforge_domain::{Format, Limits};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut out, mut side, mut files, mut quiet, mut frames) =
        (None, 320, Vec::new(), false, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--out" => out = arguments.next().map(PathBuf::from),
            "--side" => {
                side = arguments
                    .next()
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(side)
            }
            "--quiet" => quiet = true,
            "--frames" => frames = true,
            _ => files.push(PathBuf::from(argument)),
        }
    }
    let start = Instant::now();
    for path in &files {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        let Some(format) = Format::from_extension(ending) else {
            continue;
        };
        let bytes = std::fs::read(path)?;
        if let (true, Some(folder)) = (frames, &out) {
            let animation = gameforge_raster::animation(format, &bytes, &Limits::STANDARD)?;
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            for (index, frame) in animation.frames.iter().enumerate() {
                let png = gameforge_raster::encode_png(&frame.pixels)?;
                std::fs::write(folder.join(format!("{stem}_{:02}.png", index + 1)), png)?;
            }
            continue;
        }
        let begun = Instant::now();
        let picture = gameforge_raster::read(format, &bytes, side, &Limits::STANDARD);
        let spent = begun.elapsed();
        match picture {
            Err(error) => println!("{} {}: {error}", path.display(), error.code()),
            Ok(picture) => {
                let (preview, mime) = gameforge_raster::encode_preview(&picture.preview)?;
                let all = begun.elapsed();
                if let Some(folder) = &out {
                    let name: String = path
                        .to_string_lossy()
                        .chars()
                        .map(|c| if c.is_alphanumeric() { c } else { '_' })
                        .collect();
                    let ending = if mime == "image/png" { "png" } else { "jpg" };
                    std::fs::write(folder.join(format!("{name}.{ending}")), preview)?;
                }
                if !quiet {
                    let colours: Vec<String> = picture
                        .palette
                        .iter()
                        .map(|swatch| swatch.colour.to_string())
                        .collect();
                    println!(
                        "{} {spent:.1?} (+{:.1?}) {:?} {colours:?}",
                        path.display(),
                        all - spent,
                        picture.metadata
                    );
                }
            }
        }
    }
    println!("{} files in {:.1?}", files.len(), start.elapsed());
    Ok(())
}
