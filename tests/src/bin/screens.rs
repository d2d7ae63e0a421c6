//! `cargo xtask screens`: pictures of every view and state of the real window, and what in them keeps people out.

#![allow(clippy::print_stdout, reason = "it says what it wrote")]

use anyhow::{Context, Result, ensure};
use gameforge_e2e::{
    DevCloud, Stage, Studio,
    scenes::{Camera, furnish, gather},
};
use std::{collections::BTreeMap, path::PathBuf};

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
    let mut seen = Seen::default();
    for theme in ["dark", "light"] {
        let mut camera = Camera::new(&studio, &folder, theme).await?;
        camera.first_start().await?;
        camera.connect().await?;
        seen.add(camera);
    }
    furnish(&stage, &studio).await?;
    studio.close().await?;
    for theme in ["dark", "light"] {
        // A window each: in a long session WebKitWebDriver loses track of Shift.
        let studio = Studio::open(&stage).await?;
        let mut camera = Camera::new(&studio, &folder, theme).await?;
        camera.library().await?;
        seen.add(camera);
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
        seen.add(camera);
        studio.close().await?;
    }
    seen.tell()
}

/// What was seen in all windows.
#[derive(Default)]
struct Seen {
    pictures: Vec<PathBuf>,
    barriers: BTreeMap<String, String>,
}

impl Seen {
    fn add(&mut self, camera: Camera<'_>) {
        let (pictures, barriers) = camera.taken();
        self.pictures.extend(pictures);
        for (barrier, view) in barriers {
            self.barriers.entry(barrier).or_insert(view);
        }
    }

    fn tell(self) -> Result<()> {
        for picture in &self.pictures {
            println!("{}", picture.display());
        }
        println!("{} pictures.", self.pictures.len());
        for (barrier, view) in &self.barriers {
            println!("{view}: {barrier}");
        }
        ensure!(
            self.barriers.is_empty(),
            "{} barriers keep people out of the views",
            self.barriers.len()
        );
        Ok(())
    }
}
