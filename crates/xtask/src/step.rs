//! Running other programs as named steps, with the time that each took.

use anyhow::{Context, Result, bail};
use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::project;

/// A program to run in the project's root.
#[must_use]
pub fn command(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(project::root());
    command
}

/// The cargo that runs us. What cargo told us of our own package is taken from it: build scripts that look at those
/// variables (ring's does) would run again, and all that stands on them with them, after each command by hand.
#[must_use]
pub fn cargo(words: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = command(&cargo, words);
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a program to its end, its output on ours.
///
/// # Errors
/// When it cannot be started, or ends badly.
pub fn run(command: &mut Command) -> Result<()> {
    let said = spoken(command);
    let status = command
        .status()
        .with_context(|| format!("`{said}` could not be started"))?;
    if !status.success() {
        bail!("`{said}` failed ({status})");
    }
    Ok(())
}

/// Runs a program and gives what it printed.
///
/// # Errors
/// When it cannot be started, or ends badly.
pub fn output(command: &mut Command) -> Result<String> {
    let said = spoken(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{said}` could not be started"))?;
    if !output.status.success() {
        bail!("`{said}` failed ({})", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program is there.
#[must_use]
pub fn has(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| {
        let file = folder.join(program);
        file.is_file() || cfg!(windows) && file.with_extension("exe").is_file()
    })
}

fn spoken(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// The steps of a chore and how long each took.
#[derive(Debug, Default)]
pub struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Takes a step; says its name before, its seconds after.
    ///
    /// # Errors
    /// Those of the step, with its name.
    pub fn take(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n── {name}");
        let begun = Instant::now();
        let result = step();
        let took = begun.elapsed();
        self.done.push((name.to_owned(), took));
        match result {
            Ok(()) => {
                println!("   {name}: {:.1} s", took.as_secs_f64());
                Ok(())
            }
            Err(error) => {
                self.table(Some(name));
                Err(error.context(format!("The step “{name}” failed")))
            }
        }
    }

    /// Prints all steps with their times.
    pub fn table(&self, failed: Option<&str>) {
        let width = self.done.iter().map(|(name, _)| name.chars().count()).max();
        let width = width.unwrap_or(0).max(5);
        println!("\n{:<width$}  seconds", "step");
        for (name, took) in &self.done {
            let sign = if failed == Some(name.as_str()) {
                "  FAILED"
            } else {
                ""
            };
            println!("{name:<width$}  {:>7.1}{sign}", took.as_secs_f64());
        }
        let all: Duration = self.done.iter().map(|(_, took)| *took).sum();
        println!("{:<width$}  {:>7.1}", "all", all.as_secs_f64());
    }
}
