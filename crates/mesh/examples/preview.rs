//! Draws models into PNG files and says how long each took:
//! `cargo run -p gameforge-mesh --example preview -- OUT_FOLDER SIDE MODEL…`
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use gameforge_domain::{Format, Limits};
use gameforge_mesh::{Folder, read};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(side)) = (arguments.next(), arguments.next()) else {
        return Err("usage: preview OUT_FOLDER SIDE MODEL…".into());
    };
    let side: u32 = side.parse()?;
    for (number, path) in arguments.enumerate() {
        let path = Path::new(&path);
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let format = Format::from_extension(&ending).ok_or("not a model's ending")?;
        let bytes = std::fs::read(path)?;
        let siblings = Folder::new(path.parent().unwrap_or(Path::new(".")));
        let start = Instant::now();
        let model = read(format, &bytes, &siblings, side, &Limits::STANDARD);
        let time = start.elapsed().as_secs_f64() * 1000.0;
        match model {
            Ok(model) => {
                println!("{time:7.1} ms  {}  {:?}", path.display(), model.metadata);
                if let Some(why) = model.undrawn {
                    println!("            not drawn: {why}");
                }
                if let Some(picture) = model.preview {
                    let name = path.file_stem().unwrap_or_default().to_string_lossy();
                    let out = Path::new(&folder).join(format!("{number:03}-{name}-{ending}.png"));
                    std::fs::write(out, gameforge_raster::encode_png(&picture)?)?;
                }
            }
            Err(error) => println!(
                "{time:7.1} ms  {}  {} {error}",
                path.display(),
                error.code()
            ),
        }
    }
    Ok(())
}
