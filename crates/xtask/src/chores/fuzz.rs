//! `cargo xtask fuzz`: feeds broken files to everything that reads them. The stored corpus is also run by the
//! ordinary tests; this looks for new trouble.

use crate::{
    project,
    step::{self, command},
};
use anyhow::{Context, Result, bail};

/// Seconds a target, unless asked otherwise.
const SECONDS: u32 = 30;

/// Runs one target or all of them.
///
/// # Errors
/// When a nightly compiler or cargo-fuzz is missing, or a target finds something.
pub fn run(words: &[&str]) -> Result<()> {
    let mut seconds = SECONDS;
    let mut only = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--seconds" => {
                let number = words.next().context("--seconds needs a number after it")?;
                seconds = number
                    .parse()
                    .with_context(|| format!("“{number}” is no number"))?;
            }
            target => only = Some(target.to_owned()),
        }
    }
    let nightly = step::output(&mut command("rustup", &["toolchain", "list"]))
        .is_ok_and(|list| list.lines().any(|line| line.starts_with("nightly")));
    if !nightly || !step::has("cargo-fuzz") {
        bail!(
            "Fuzzing needs a nightly compiler and cargo-fuzz:\n  \
             rustup toolchain install nightly\n  cargo install cargo-fuzz --locked"
        );
    }
    let targets = match only {
        Some(target) => vec![target],
        None => targets()?,
    };
    for target in targets {
        println!("\n── {target}, {seconds} s");
        let limit = format!("-max_total_time={seconds}");
        // What the run itself finds worth keeping goes to the first folder, beside the build; the stored corpus is read.
        let found = project::root().join("fuzz/target/corpus").join(&target);
        std::fs::create_dir_all(&found).with_context(|| found.display().to_string())?;
        let stored = project::root().join("fuzz/corpus").join(&target);
        // rustup's own cargo picks the compiler by its first word.
        let mut fuzz = command(
            "rustup",
            &["run", "nightly", "cargo", "fuzz", "run", &target],
        );
        fuzz.arg(&found);
        if stored.is_dir() {
            fuzz.arg(&stored);
        }
        step::run(
            fuzz.args(["--", &limit, "-rss_limit_mb=1536", "-timeout=20"])
                .env_remove("CARGO"),
        )?;
    }
    Ok(())
}

fn targets() -> Result<Vec<String>> {
    let folder = project::root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if let Some(name) = path
            .file_stem()
            .filter(|_| path.extension().is_some_and(|e| e == "rs"))
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
