//! Reads files of any format, writes their previews as PNG and says how long each took:
//! `cargo run -p gameforge-media --example preview -- OUT_FOLDER SIDE FILE…`
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use gameforge_domain::Limits;
use gameforge_media::{Folder, Request, Sample, raster, read, sniff};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(side)) = (arguments.next(), arguments.next()) else {
        return Err("usage: preview OUT_FOLDER SIDE FILE…".into());
    };
    let side = side.parse()?;
    for (number, path) in arguments.enumerate() {
        let path = Path::new(&path);
        let bytes = std::fs::read(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let format = sniff(&Sample::of(&bytes, &name));
        let siblings = Folder::new(path.parent().unwrap_or(Path::new(".")));
        let limits = Limits::STANDARD;
        let request = Request {
            siblings: &siblings,
            side,
            limits: &limits,
        };
        let start = Instant::now();
        let reading = read(format, &bytes, &request);
        let time = start.elapsed().as_secs_f64() * 1000.0;
        match reading {
            Ok(reading) => {
                println!("{time:7.2} ms  {format:8} {}", path.display());
                if let Some(picture) = reading.preview {
                    let out = Path::new(&folder).join(format!("{number:03}-{name}.png"));
                    std::fs::write(out, raster::encode_png(&picture)?)?;
                }
            }
            Err(error) => println!("{time:7.2} ms  {format:8} {} {error}", path.display()),
        }
    }
    Ok(())
}
