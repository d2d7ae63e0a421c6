//! `cargo xtask screens`: pictures of every view and state of the real window.

#![allow(clippy::print_stdout, reason = "it says what it wrote")]

use anyhow::{Context, Result};
use gameforge_e2e::{
    Stage, Studio,
    scenes::{Camera, furnish},
};
use std::path::PathBuf;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os()
        .nth(1)
        .context("name a folder for the pictures")?
        .into();
    std::fs::create_dir_all(&folder)?;
    let stage = Stage::new()?;
    let studio = Studio::open(&stage).await?;
    let mut pictures = Vec::new();
    for theme in ["dark", "light"] {
        let mut camera = Camera::new(&studio, &folder, theme).await?;
        camera.first_start().await?;
        pictures.extend(camera.taken());
    }
    furnish(&stage, &studio).await?;
    studio.close().await?;
    for theme in ["dark", "light"] {
        // A window each: in a long session WebKitWebDriver loses track of Shift.
        let studio = Studio::open(&stage).await?;
        let mut camera = Camera::new(&studio, &folder, theme).await?;
        camera.library().await?;
        pictures.extend(camera.taken());
        studio.close().await?;
    }
    for picture in &pictures {
        println!("{}", picture.display());
    }
    println!("{} pictures.", pictures.len());
    Ok(())
}
