//! `cargo xtask bundle`: a package to install, made by Tauri's own bundler.
//!
//! The bundler is not among the front end's packages: it has a binary for each system, and `npm ci` refuses a lock file
//! where the registry at hand lacks one of them. Only this chore needs it, so this chore installs it.

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
    let tauri = bundler()?;
    let mut bundle = step::command(&tauri.to_string_lossy(), &["build", "--bundles", kind]);
    step::run(&mut bundle)?;
    for file in made(kind)? {
        println!("Made {}", file.display());
    }
    Ok(())
}

/// The one that was tried with this project's Tauri.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// Installs the bundler below `target` when it is not there, and gives its program.
fn bundler() -> Result<PathBuf> {
    let folder = project::target().join("bundler");
    let program = folder.join("node_modules/.bin/tauri");
    if !program.exists() {
        std::fs::create_dir_all(&folder)?;
        let folder = folder.to_string_lossy();
        let words = [
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            &*folder,
            BUNDLER,
        ];
        step::run(&mut ui::npm(&words))?;
    }
    Ok(program)
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
