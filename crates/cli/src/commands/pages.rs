//! `gameforge completions` and `manual`: what is made from the words of the command line itself. No library is opened.

use crate::{arguments::Arguments, failure::Trouble, output::Output};
use clap::CommandFactory;
use clap_complete::Shell;
use std::{fs, path::Path, process::ExitCode};

/// Prints a script for a shell.
pub fn completions(shell: Shell, output: &mut Output) -> Result<ExitCode, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gameforge", &mut script);
    let script = String::from_utf8_lossy(&script);
    output.tell(&script, |script| script.trim_end().to_owned())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes `gameforge.1`, and a page for each command.
pub fn manual(to: &Path) -> Result<ExitCode, Trouble> {
    fs::create_dir_all(to)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), to))
        .map_err(|source| Trouble::Write {
            path: to.to_owned(),
            source,
        })?;
    Ok(ExitCode::SUCCESS)
}
