//! `backup` and `restore`: what they say while the work is done in `gameforge_cloud::backup`.

use anyhow::Result;
use gameforge_cloud::{App, backup};
use std::{path::Path, process::ExitCode};

/// Missing objects that are named one by one.
const NAMED: usize = 20;

/// Writes a backup.
///
/// # Errors
/// When the folder is not empty or cannot be written, or the database or storage is away.
pub async fn save(app: &App, folder: &Path) -> Result<()> {
    let manifest = backup::save(app, folder).await?;
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    println!(
        "{} tables with {rows} rows, and the list of {} objects, are in “{}”.",
        manifest.tables.len(),
        manifest.blobs.count,
        folder.display()
    );
    println!("The audit log's head is {}", manifest.audit_head);
    Ok(())
}

/// Puts a backup back.
///
/// # Errors
/// When the backup is not whole, the database is not empty, or something is away.
pub async fn restore(app: &App, folder: &Path) -> Result<ExitCode> {
    let restored = backup::restore(app, folder).await?;
    let rows: u64 = restored
        .manifest
        .tables
        .iter()
        .map(|table| table.rows)
        .sum();
    println!(
        "{rows} rows of {} were put back and counted.",
        restored.manifest.taken_at
    );
    for finding in &restored.findings {
        println!("Audit log: {finding}");
    }
    for key in restored.missing_blobs.iter().take(NAMED) {
        println!("The storage lacks the object “{key}”.");
    }
    if restored.missing_blobs.len() > NAMED {
        println!("… and {} more.", restored.missing_blobs.len() - NAMED);
    }
    let is_whole = restored.findings.is_empty() && restored.missing_blobs.is_empty();
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
