//! `gameforge undo` and `redo`, and what a change says about itself.

use super::ended;
use crate::{failure::Trouble, output::Output};
use gameforge_domain::counted;
use gameforge_studio::Library;
use gameforge_wire::{EditDone, HistoryStep};
use std::process::ExitCode;

/// Tells what a change did. Things that could not be done make it a failure, after the rest was done.
pub fn told(done: &EditDone, output: &mut Output) -> Result<ExitCode, Trouble> {
    output.tell(done, |done| {
        let mut lines = done.problems.clone();
        lines.push(match &done.step {
            Some(step) => format!(
                "{} ({} changed)",
                step.label,
                counted(done.changed, "asset")
            ),
            None => "Nothing changed.".to_owned(),
        });
        lines.join("\n")
    })?;
    Ok(ended(done.problems.is_empty()))
}

/// Takes the last change back.
pub async fn undo(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    step(
        library.undo().await?,
        "There is nothing to take back.",
        output,
    )
}

/// Does it again.
pub async fn redo(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    step(
        library.redo().await?,
        "There is nothing to do again.",
        output,
    )
}

fn step(step: Option<HistoryStep>, none: &str, output: &mut Output) -> Result<ExitCode, Trouble> {
    let step = step.ok_or_else(|| Trouble::Nothing(none.to_owned()))?;
    output.tell(&step, |step| {
        let how = if step.undone {
            "Taken back"
        } else {
            "Done again"
        };
        format!("{how}: {}", step.label)
    })?;
    Ok(ExitCode::SUCCESS)
}
