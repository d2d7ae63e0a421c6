//! Long work: imports, scans, followed folders.

use crate::{
    clipboard,
    paths::meant,
    state::{Answer, Studio, answer},
};
use gameforge_domain::{JobId, WatchId};
use gameforge_wire::{ImportRequest, Job, JobReport, WatchedFolder};
use tauri::{State, WebviewWindow};

/// Brings files and folders in; returns when the job has begun.
#[tauri::command]
#[specta::specta]
pub async fn import_files(studio: State<'_, Studio>, request: ImportRequest) -> Answer<JobId> {
    let paths = request.paths.iter().map(|path| meant(path)).collect();
    answer(studio.library()?.import_paths(paths, request.copy).await)
}

/// Brings in what lies in the system's clipboard: files, or a picture. None when it holds neither.
#[tauri::command]
#[specta::specta]
pub async fn paste(
    window: WebviewWindow,
    studio: State<'_, Studio>,
    copy: bool,
) -> Answer<Option<JobId>> {
    clipboard::paste(&window, studio.library()?, copy).await
}

/// Jobs that run, and those that ended lately.
#[tauri::command]
#[specta::specta]
pub async fn jobs(studio: State<'_, Studio>) -> Answer<Vec<Job>> {
    answer(studio.library()?.jobs().await)
}

/// A job with its lines.
#[tauri::command]
#[specta::specta]
pub async fn job_report(studio: State<'_, Studio>, id: JobId) -> Answer<JobReport> {
    answer(studio.library()?.job_report(id).await)
}

/// Lets a job rest.
#[tauri::command]
#[specta::specta]
pub async fn job_pause(studio: State<'_, Studio>, id: JobId) -> Answer<()> {
    answer(studio.library()?.pause(id).await)
}

/// Lets it go on.
#[tauri::command]
#[specta::specta]
pub async fn job_resume(studio: State<'_, Studio>, id: JobId) -> Answer<()> {
    answer(studio.library()?.resume(id).await)
}

/// Ends it; what is in the library stays there.
#[tauri::command]
#[specta::specta]
pub async fn job_cancel(studio: State<'_, Studio>, id: JobId) -> Answer<()> {
    answer(studio.library()?.cancel(id).await)
}

/// Follows a folder from now on.
#[tauri::command]
#[specta::specta]
pub async fn watch_folder(
    studio: State<'_, Studio>,
    path: String,
    copy: bool,
) -> Answer<WatchedFolder> {
    answer(studio.library()?.watch_folder(&meant(&path), copy).await)
}

/// Follows it no longer; its assets stay.
#[tauri::command]
#[specta::specta]
pub async fn unwatch_folder(studio: State<'_, Studio>, id: WatchId) -> Answer<()> {
    answer(studio.library()?.unwatch_folder(id).await)
}

/// Goes through a followed folder now.
#[tauri::command]
#[specta::specta]
pub async fn rescan(studio: State<'_, Studio>, id: WatchId) -> Answer<JobId> {
    answer(studio.library()?.rescan(id).await)
}
