//! The measurements. They stand on the whole engine and are only compiled with the feature `bench`, in release, so
//! that the other chores do not wait for it. Each prints one line of JSON a figure.

use anyhow::{Result, bail};

/// A measurement: its name, what it measures and its options, and what does it.
type Measurement = (&'static str, &'static str, fn(&[&str]) -> Result<()>);

const MEASUREMENTS: &[Measurement] = &[];

/// Runs the measurement that the first word names; without words it lists them.
///
/// # Errors
/// Those of the measurement; when there is none of that name.
pub fn run(words: &[&str]) -> Result<()> {
    let Some((name, rest)) = words.split_first() else {
        for (name, what, _) in MEASUREMENTS {
            println!("cargo xtask bench {name}  {what}");
        }
        return Ok(());
    };
    match MEASUREMENTS.iter().find(|(known, _, _)| known == name) {
        Some((_, _, measure)) => measure(rest),
        None => bail!("There is no measurement “{name}”; `cargo xtask bench` lists them."),
    }
}
