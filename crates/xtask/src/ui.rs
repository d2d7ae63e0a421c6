//! The front end's packages and its build, skipped when nothing changed since the last time.

use crate::{
    needs, project,
    step::{self, command},
};
use anyhow::{Context, Result};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

/// A script of the front end's `package.json`.
#[must_use]
pub fn npm(words: &[&str]) -> Command {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut npm = command(npm, words);
    npm.current_dir(folder());
    npm
}

/// Whether `package.json` has this script.
#[must_use]
pub fn has_script(name: &str) -> bool {
    fs::read_to_string(folder().join("package.json"))
        .is_ok_and(|text| text.contains(&format!("\"{name}\":")))
}

/// Installs the packages when the lock file is another one than the last time.
///
/// # Errors
/// When Node is missing or npm fails.
pub fn install() -> Result<()> {
    needs::node()?;
    let lock = folder().join("package-lock.json");
    let now = fingerprint(&[lock])?;
    let there = folder().join("node_modules").is_dir();
    if there && Stamp::named("npm").is(now) {
        println!("Front end packages: as before.");
        return Ok(());
    }
    println!("Front end packages: installing (some seconds).");
    step::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    Stamp::named("npm").set(now)
}

/// Builds the front end into `ui/dist` when something of it changed.
///
/// # Errors
/// When the build fails.
pub fn build() -> Result<()> {
    let now = fingerprint(&sources(&folder())?)?;
    let there = folder().join("dist/index.html").is_file();
    if there && Stamp::named("ui").is(now) {
        println!("Front end: as before.");
        return Ok(());
    }
    step::run(&mut npm(&["run", "build"]))?;
    Stamp::named("ui").set(now)
}

fn folder() -> PathBuf {
    project::root().join("ui")
}

/// Everything that the build reads.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if entry.file_type()?.is_dir() {
                let made = ["node_modules", "dist", "dist-demo", "tests", ".svelte-kit"];
                if !made.iter().any(|made| name == *made) {
                    folders.push(entry.path());
                }
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Of names and contents.
fn fingerprint(files: &[PathBuf]) -> Result<u64> {
    let mut fingerprint = DefaultHasher::new();
    for file in files {
        file.hash(&mut fingerprint);
        let bytes = fs::read(file).with_context(|| file.display().to_string())?;
        bytes.hash(&mut fingerprint);
    }
    Ok(fingerprint.finish())
}

/// What something looked like when it was last done.
struct Stamp(PathBuf);

impl Stamp {
    fn named(name: &str) -> Self {
        Self(project::stamps().join(format!("{name}.stamp")))
    }

    fn is(&self, fingerprint: u64) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|text| text == format!("{fingerprint:016x}"))
    }

    fn set(&self, fingerprint: u64) -> Result<()> {
        fs::create_dir_all(project::stamps())?;
        fs::write(&self.0, format!("{fingerprint:016x}"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_and_a_renamed_one_change_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("App.svelte");
        fs::write(&file, "one").unwrap();
        let print = || fingerprint(&sources(folder.path()).unwrap()).unwrap();
        let first = print();
        assert_eq!(print(), first);
        fs::write(&file, "two").unwrap();
        let second = print();
        assert_ne!(second, first);
        fs::rename(&file, folder.path().join("Main.svelte")).unwrap();
        assert_ne!(print(), second);
    }

    #[test]
    fn what_is_made_is_no_source() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("dist")).unwrap();
        fs::write(folder.path().join("dist/index.html"), "").unwrap();
        assert_eq!(sources(folder.path()).unwrap(), Vec::<PathBuf>::new());
    }
}
