//! `gameforge export`.

use super::{ended, targets};
use crate::{arguments::Export, failure::Trouble, output::Output, words};
use gameforge_domain::counted;
use gameforge_studio::Library;
use std::process::ExitCode;

/// Writes files.
pub async fn run(
    library: &Library,
    export: Export,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let targets = targets(library, export.which).await?;
    let to = std::path::absolute(&export.to).unwrap_or(export.to);
    let done = library.export(targets, &to).await?;
    output.tell(&done, |done| {
        let problems = done.problems.iter();
        let mut lines: Vec<_> = problems.map(words::issue).collect();
        lines.push(format!(
            "{} written to “{}”",
            counted(done.written, "file"),
            to.display()
        ));
        lines.join("\n")
    })?;
    Ok(ended(done.problems.is_empty()))
}
