//! The program that opens the window, with the front end in it.

use crate::{
    project,
    step::{self, cargo},
};
use anyhow::Result;
use std::path::PathBuf;

/// The one for tests and pictures, without optimisation.
///
/// # Errors
/// When it does not compile.
pub fn debug() -> Result<PathBuf> {
    build(&[])?;
    Ok(program("debug"))
}

/// The one for people.
///
/// # Errors
/// When it does not compile.
pub fn release() -> Result<PathBuf> {
    build(&["--release"])?;
    Ok(program("release"))
}

/// Where it lies once it was built, with the profile `debug` or `release`.
#[must_use]
pub fn program(profile: &str) -> PathBuf {
    let program = project::target().join(profile).join("gameforge-studio");
    program.with_extension(std::env::consts::EXE_EXTENSION)
}

fn build(how: &[&str]) -> Result<()> {
    let mut build = cargo(&["build", "--locked", "--package", "gameforge-studio-app"]);
    step::run(build.args(how))
}
