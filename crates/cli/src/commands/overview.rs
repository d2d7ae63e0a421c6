//! `gameforge library` and `jobs`.

use crate::{failure::Trouble, output::Output, words};
use gameforge_domain::{counted, grouped};
use gameforge_studio::Library;
use gameforge_wire::{Job, LibrarySummary};
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Overview {
    path: String,
    id: String,
    read_only: bool,
    #[serde(flatten)]
    summary: LibrarySummary,
}

/// Says what is in the library.
pub async fn library(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    let overview = Overview {
        path: library.path().display().to_string(),
        id: library.id().to_string(),
        read_only: library.read_only(),
        summary: library.summary().await?,
    };
    output.tell(&overview, |overview| {
        let summary = &overview.summary;
        format!(
            "{}\n  {}, {}\n  {} missing, {} unreadable, {} untagged",
            overview.path,
            counted(summary.assets, "asset"),
            words::bytes(summary.bytes),
            grouped(summary.missing),
            grouped(summary.failed),
            grouped(summary.untagged),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Lists jobs.
pub async fn jobs(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    for job in library.jobs().await? {
        output.tell(&job, line)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(job: &Job) -> String {
    format!(
        "{}  {:?}  {} of {}  {}",
        job.id,
        job.state,
        grouped(job.done),
        counted(job.found, "file"),
        job.title
    )
}
