//! `cargo xtask screens`: a picture of every view and state of the real window, for anybody to look at.

use crate::{
    needs, postgres, project,
    step::{self, cargo},
    ui, window,
};
use anyhow::{Result, bail};

/// Builds the window, prepares a library, and writes the pictures.
///
/// # Errors
/// When something needed is missing, a build fails, or a view cannot be reached.
pub fn run(words: &[&str]) -> Result<()> {
    let folder = match words {
        [] => project::root().join("screens"),
        ["--out", folder] => std::path::absolute(folder)?,
        _ => bail!("`screens` knows --out DIR only."),
    };
    needs::packages(&[needs::BUILD, needs::TEST])?;
    ui::install()?;
    ui::build()?;
    let program = window::debug()?;
    // The views of the cloud are taken of a real one, on its own PostgreSQL.
    let postgres = postgres::programs()?;
    step::run(
        cargo(&["build", "--locked", "--package", "gameforge-cloud"]).env("SQLX_OFFLINE", "true"),
    )?;
    step::run(
        cargo(&[
            "run",
            "--locked",
            "--quiet",
            "--package",
            "gameforge-e2e",
            "--bin",
            "screens",
            "--",
        ])
        .arg(&folder)
        .env("GAMEFORGE_STUDIO_BINARY", program)
        .env("GAMEFORGE_POSTGRES", postgres),
    )
}
