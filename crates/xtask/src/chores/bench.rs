//! `cargo xtask bench`: measures in release. The measurements are in `crate::bench` and need the whole engine, which
//! the other chores should not wait for: this builds xtask once more with them, and hands the words over.

use anyhow::Result;

/// Measures, in the xtask that can.
///
/// # Errors
/// Those of the measurement.
#[cfg(feature = "bench")]
pub fn run(words: &[&str]) -> Result<()> {
    crate::bench::run(words)
}

/// Builds the xtask that can measure, and hands the words over.
///
/// # Errors
/// When the build or a measurement fails.
#[cfg(not(feature = "bench"))]
pub fn run(words: &[&str]) -> Result<()> {
    use crate::{
        needs,
        step::{self, cargo},
    };
    if words.first() == Some(&"import") {
        // The peers of the import are measured in the same run.
        needs::packages(&[needs::BENCH])?;
    }
    if words.first() == Some(&"start") {
        super::run::build(true)?;
    }
    println!("Building the measurements in release; the first time takes some minutes.");
    let mut bench = cargo(&["run", "--release", "--locked", "--quiet", "--package", "xtask"]);
    bench.args(["--features", "bench", "--", "bench"]);
    step::run(bench.args(words))
}
