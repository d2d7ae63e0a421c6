//! `cargo xtask fuzz`: feeds broken files to everything that reads them. The stored corpus is also run by the
//! ordinary tests; this looks for new trouble.

use crate::{
    project,
    step::{self, command},
};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Seconds a target, unless asked otherwise.
const SECONDS: u32 = 30;

/// What to run.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    targets: Vec<String>,
    seconds: u32,
}

/// Runs one target or all of them; one that finds something does not keep the others from their turn.
///
/// # Errors
/// When a nightly compiler or cargo-fuzz is missing, when the targets do not compile, or when one finds something.
pub fn run(words: &[&str]) -> Result<()> {
    let Run { targets, seconds } = asked(words, targets()?)?;
    let toolchains = step::has("rustup")
        .then(|| step::output(&mut command("rustup", &["toolchain", "list"])))
        .transpose()?;
    if let Some(words) = lacking(toolchains.as_deref(), step::has("cargo-fuzz")) {
        bail!(words);
    }
    println!("\n── building the targets (some minutes at the first time)");
    step::run(&mut cargo_fuzz("build"))?;
    let mut found = Vec::new();
    for target in targets {
        println!("\n── {target}, {seconds} s");
        if let Err(error) = feed(&target, seconds) {
            println!("{error:#}");
            found.push(target);
        }
    }
    let Some(first) = found.first() else {
        return Ok(());
    };
    bail!(
        "Found something in: {}. What was fed lies in fuzz/artifacts/<target>; run one again with\n  \
         rustup run nightly cargo fuzz run {first} fuzz/artifacts/{first}/<file>\n\
         and keep it, mended, in fuzz/corpus/<target>.",
        found.join(", ")
    )
}

/// The words after the chore's name.
fn asked(words: &[&str], known: Vec<String>) -> Result<Run> {
    let mut run = Run {
        targets: Vec::new(),
        seconds: SECONDS,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--seconds" => {
                let number = words.next().context("--seconds needs a number after it")?;
                run.seconds = number
                    .parse()
                    .with_context(|| format!("“{number}” is no number"))?;
            }
            target if known.iter().any(|other| other == target) => {
                run.targets.push(target.to_owned());
            }
            other => bail!(
                "There is no fuzz target “{other}”. There are: {}.",
                known.join(", ")
            ),
        }
    }
    if run.targets.is_empty() {
        run.targets = known;
    }
    Ok(run)
}

/// What is not there, and how to get it. `toolchains` is rustup's list, none without rustup.
fn lacking(toolchains: Option<&str>, cargo_fuzz: bool) -> Option<String> {
    let mut steps = Vec::new();
    if toolchains.is_none() {
        steps.push("install rustup: https://rustup.rs");
    }
    let nightly = |list: &str| list.lines().any(|line| line.starts_with("nightly"));
    if !toolchains.is_some_and(nightly) {
        steps.push("rustup toolchain install nightly --profile minimal");
    }
    if !cargo_fuzz {
        steps.push("cargo install cargo-fuzz --locked");
    }
    if steps.is_empty() {
        return None;
    }
    Some(format!(
        "Fuzzing needs a nightly compiler and cargo-fuzz, and something of it is missing. Do this, then try again:\n  {}",
        steps.join("\n  ")
    ))
}

/// rustup's own cargo picks the compiler by its first word.
fn cargo_fuzz(verb: &str) -> Command {
    let mut cargo = command("rustup", &["run", "nightly", "cargo", "fuzz", verb]);
    cargo.env_remove("CARGO");
    cargo
}

fn feed(target: &str, seconds: u32) -> Result<()> {
    // What the run itself finds worth keeping goes to the first folder, beside the build; the stored corpus is read.
    let kept = project::root().join("fuzz/target/corpus").join(target);
    std::fs::create_dir_all(&kept).with_context(|| kept.display().to_string())?;
    let stored = project::root().join("fuzz/corpus").join(target);
    let mut fuzz = cargo_fuzz("run");
    fuzz.arg(target).arg(&kept);
    if stored.is_dir() {
        fuzz.arg(&stored);
    }
    let limit = format!("-max_total_time={seconds}");
    step::run(fuzz.args(["--", &limit, "-rss_limit_mb=1536", "-timeout=20"]))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        vec!["mesh".to_owned(), "raster".to_owned()]
    }

    #[test]
    fn one_target_or_all_for_some_seconds() {
        let all = asked(&[], known()).unwrap();
        assert_eq!((all.targets, all.seconds), (known(), SECONDS));
        let one = asked(&["mesh", "--seconds", "5"], known()).unwrap();
        assert_eq!((one.targets, one.seconds), (vec!["mesh".to_owned()], 5));
        let error = asked(&["meshes"], known()).unwrap_err().to_string();
        assert!(error.contains("mesh, raster"), "{error}");
        assert!(asked(&["--seconds"], known()).is_err());
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_to_it() {
        assert_eq!(
            lacking(Some("stable (default)\nnightly-x86_64"), true),
            None
        );
        let words = lacking(Some("stable (default)"), true).unwrap();
        assert!(words.contains("toolchain install nightly"), "{words}");
        assert!(!words.contains("cargo install"), "{words}");
        let words = lacking(None, false).unwrap();
        for part in [
            "rustup.rs",
            "toolchain install nightly",
            "cargo install cargo-fuzz",
        ] {
            assert!(words.contains(part), "{words}");
        }
    }

    #[test]
    fn every_target_is_in_the_manifest_and_has_a_corpus() {
        let manifest = std::fs::read_to_string(project::root().join("fuzz/Cargo.toml")).unwrap();
        let targets = targets().unwrap();
        assert!(targets.len() >= 6, "{targets:?}");
        for target in targets {
            assert!(
                manifest.contains(&format!("name = \"{target}\"")),
                "{target}"
            );
            assert!(
                project::root().join("fuzz/corpus").join(&target).is_dir(),
                "{target}"
            );
        }
    }
}
