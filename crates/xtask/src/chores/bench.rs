//! `cargo xtask bench`: measures in release. The measurements need the whole engine, which the other chores should
//! not wait for; they are a package of their own, `crates/bench`.

use crate::{
    needs,
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
    println!("Building the measurements in release; the first time takes some minutes.");
    let mut bench = cargo(&["run", "--release", "--locked", "--quiet", "--package"]);
    bench.args(["gameforge-bench", "--"]).args(words);
    step::run(&mut bench)
}
