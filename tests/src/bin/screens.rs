//! `cargo xtask screens`: pictures of every view and state of the real window.

#![allow(clippy::print_stdout, reason = "it says what it wrote")]

use anyhow::{Context, Result};
use gameforge_e2e::{
    DevCloud, Stage, Studio,
    scenes::{Camera, furnish, gather},
};
use std::path::PathBuf;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os()
        .nth(1)
        .context("name a folder for the pictures")?
        .into();
    std::fs::create_dir_all(&folder)?;
    let cloud = DevCloud::start(Vec::new())?;
    // With a keychain, so that the sign-in is still there in the next window.
    let stage = Stage::new()?
        .with_keychain()?
        .telling("GAMEFORGE_CLOUD_URL", &cloud.url);
    let studio = Studio::open(&stage).await?;
    let mut pictures = Vec::new();
    for theme in ["dark", "light"] {
        let mut camera = Camera::new(&studio, &folder, theme).await?;
        camera.first_start().await?;
        camera.connect().await?;
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
    let studio = Studio::open(&stage).await?;
    gather(&cloud, &stage, &studio).await?;
    studio.close().await?;
    for theme in ["dark", "light"] {
        let studio = Studio::open(&stage).await?;
        let mut camera = Camera::new(&studio, &folder, theme).await?;
        camera.cloud().await?;
        camera.small(&stage).await?;
        pictures.extend(camera.taken());
        studio.close().await?;
    }
    for picture in &pictures {
        println!("{}", picture.display());
    }
    println!("{} pictures.", pictures.len());
    Ok(())
}
