//! `gameforge import`.

use crate::{arguments::Import, failure::Trouble, output::Output, words};
use gameforge_domain::{JobId, counted, grouped};
use gameforge_studio::Library;
use gameforge_wire::{Event, ImportRequest, Job, JobIssue, JobReport, JobState};
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::sync::broadcast::error::RecvError;

/// The last line of an import.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    job: JobId,
    state: JobState,
    imported: u32,
    duplicates: u32,
    unchanged: u32,
    moved: u32,
    updated: u32,
    skipped: u32,
    failed: &'a [JobIssue],
    /// More than `failed` lists when there are very many.
    failed_count: u32,
}

/// Brings files in and waits until it is done.
pub async fn run(
    library: &Library,
    import: &Import,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let paths = import.paths.iter().map(|path| text(path));
    let request = ImportRequest {
        paths: paths.collect::<Result<_, _>>()?,
        copy: import.copy,
    };
    let mut events = library.events();
    let job = library.import(request).await?;
    let ended = library.wait(job);
    tokio::pin!(ended);
    let mut listening = true;
    let report = loop {
        tokio::select! {
            report = &mut ended => break report?,
            event = events.recv(), if listening => match event {
                Ok(Event::Job { job: now }) if now.id == job => output.progress(&line(&now)),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => listening = false,
            },
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                // What was brought in stays; the report then says so.
                library.cancel(job).await?;
            }
        }
    };
    output.progress("");
    if let Some(failure) = report.job.failure {
        return Err(Trouble::Job(failure));
    }
    tell(&report, output)?;
    Ok(super::ended(report.job.state == JobState::Done))
}

fn text(path: &Path) -> Result<String, Trouble> {
    let path: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.into_os_string()
        .into_string()
        .map_err(|path| Trouble::NotUtf8(path.into()))
}

fn line(job: &Job) -> String {
    let of = if job.walked { "" } else { " so far" };
    format!(
        "{} of {}{of}, {}",
        grouped(job.done),
        counted(job.found, "file"),
        words::bytes(job.bytes)
    )
}

fn tell(report: &JobReport, output: &mut Output) -> Result<(), Trouble> {
    let counts = report.job.counts;
    let outcome = Outcome {
        job: report.job.id,
        state: report.job.state,
        imported: counts.imported,
        duplicates: counts.duplicates,
        unchanged: counts.unchanged,
        moved: counts.moved,
        updated: counts.updated,
        skipped: counts.skipped,
        failed: &report.failed,
        failed_count: counts.failed,
    };
    output.tell(&outcome, |outcome| {
        let mut lines: Vec<String> = outcome.failed.iter().map(words::issue).collect();
        let counts = [
            (outcome.imported, "imported"),
            (outcome.duplicates, "already there"),
            (outcome.unchanged, "unchanged"),
            (outcome.moved, "moved"),
            (outcome.updated, "updated"),
            (outcome.skipped, "skipped"),
            (outcome.failed_count, "failed"),
        ];
        let counts = counts
            .iter()
            .filter(|(count, what)| *count > 0 || *what == "imported");
        let counts = counts.map(|(count, what)| format!("{} {what}", grouped(*count)));
        lines.push(counts.collect::<Vec<_>>().join(", "));
        lines.join("\n")
    })?;
    Ok(())
}
