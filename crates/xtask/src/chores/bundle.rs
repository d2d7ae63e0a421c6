//! `cargo xtask bundle`: a package to install, made by Tauri's own bundler, which comes with the front end's packages.

use crate::{
    needs, project,
    step::{self, cargo},
    ui,
};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// Builds a package for this system: a .deb on Debian and Ubuntu, an .app on macOS, an installer on Windows.
///
/// # Errors
/// When the build or the bundler fails.
pub fn run() -> Result<()> {
    let kind = match std::env::consts::OS {
        "linux" => "deb",
        "macos" => "app",
        "windows" => "nsis",
        other => {
            bail!("There is no kind of package for {other} yet; Linux, macOS and Windows have one.")
        }
    };
    needs::packages(&[needs::BUILD])?;
    ui::install()?;
    println!("Building in release; the first time takes about 8 minutes on two cores.");
    // The command line goes into the package beside the window.
    step::run(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "gameforge-cli",
    ]))?;
    let tauri = project::root().join("ui/node_modules/.bin/tauri");
    let mut bundle = step::command(&tauri.to_string_lossy(), &["build", "--bundles", kind]);
    step::run(&mut bundle)?;
    for file in made(kind)? {
        println!("Made {}", file.display());
    }
    Ok(())
}

fn made(kind: &str) -> Result<Vec<PathBuf>> {
    let folder = project::target().join("release/bundle").join(kind);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|ending| ending == kind || ending == "exe")
        {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("The bundler made nothing in {}.", folder.display());
    }
    Ok(files)
}
