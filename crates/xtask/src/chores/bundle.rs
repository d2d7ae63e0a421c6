//! `cargo xtask bundle`: a package to install. On Debian and Ubuntu it is made here, by the system's own tools; on
//! macOS and Windows by Tauri's bundler.
//!
//! Tauri's .deb is not used: it takes the package's name from the window's title, guesses what the programs need
//! instead of looking, and has no place for manual pages.

mod deb;
mod notices;

use super::run;
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
/// When the build or the bundler fails, or the package is not what it should be.
pub fn run() -> Result<()> {
    match std::env::consts::OS {
        "linux" if step::has("dpkg-deb") => debian(),
        "linux" => {
            bail!("Packages for Linux are made on Debian or Ubuntu: `dpkg-deb` is not there.")
        }
        "macos" => by_tauri("app"),
        "windows" => by_tauri("nsis"),
        other => {
            bail!("There is no kind of package for {other} yet; Linux, macOS and Windows have one.")
        }
    }
}

fn debian() -> Result<()> {
    needs::packages(&[needs::BUILD])?;
    let window = run::build(true)?;
    let package = deb::make(&deb::Programs {
        window,
        command_line: command_line()?,
    })?;
    deb::check(&package)?;
    println!(
        "Made {0}; install it with: sudo apt install {0}",
        package.display()
    );
    Ok(())
}

/// The command line goes into the package beside the window.
fn command_line() -> Result<PathBuf> {
    step::run(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "gameforge-cli",
    ]))?;
    let program = project::target().join("release/gameforge");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

fn by_tauri(kind: &str) -> Result<()> {
    ui::install()?;
    println!("Building in release; the first time takes about 8 minutes on two cores.");
    command_line()?;
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

/// Installs the bundler below `target` when it is not there, and gives its program. It is not among the front end's
/// packages: it has a binary for each system, and `npm ci` refuses a lock file where the registry at hand lacks one.
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
