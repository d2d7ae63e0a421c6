//! `cargo xtask bench`: measures in release. The measurements need the whole engine, which the other chores should
//! not wait for; they are a package of their own, `crates/bench`.

use crate::{
    needs, postgres, project,
    step::{self, cargo},
};
use anyhow::Result;

/// Builds the measurements and hands the words over.
///
/// # Errors
/// When the build or a measurement fails.
pub fn run(words: &[&str]) -> Result<()> {
    if words.first() == Some(&"import") {
        // The peers of the import are measured in the same run.
        needs::packages(&[needs::BENCH])?;
    }
    if words.first() == Some(&"start") {
        super::run::build(true)?;
    }
    let mut more = Vec::new();
    if words.first() == Some(&"cloud") {
        let postgres = postgres::programs()?;
        println!("Building the cloud in release.");
        step::run(
            cargo(&[
                "build",
                "--release",
                "--locked",
                "--package",
                "gameforge-cloud",
            ])
            .env("SQLX_OFFLINE", "true"),
        )?;
        more.push("--postgres".into());
        more.push(postgres.into_os_string());
        more.push("--program".into());
        more.push(
            project::target()
                .join("release/gameforge-cloud")
                .into_os_string(),
        );
    }
    println!("Building the measurements in release; the first time takes some minutes.");
    let mut bench = cargo(&["run", "--release", "--locked", "--quiet", "--package"]);
    bench.args(["gameforge-bench", "--"]).args(words).args(more);
    step::run(&mut bench)
}
