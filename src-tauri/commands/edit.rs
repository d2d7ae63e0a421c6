//! Changing what people say about assets, and taking it back.

use crate::state::{Answer, Studio, answer};
use gameforge_wire::{Edit, EditDone, HistoryStep, RenamePreview, Targets};
use tauri::State;

/// Makes a change.
#[tauri::command]
#[specta::specta]
pub async fn edit(studio: State<'_, Studio>, edit: Edit) -> Answer<EditDone> {
    answer(studio.library()?.edit(edit).await)
}

/// Takes the last step back.
#[tauri::command]
#[specta::specta]
pub async fn undo(studio: State<'_, Studio>) -> Answer<Option<HistoryStep>> {
    answer(studio.library()?.undo().await)
}

/// Does the last step that was taken back again.
#[tauri::command]
#[specta::specta]
pub async fn redo(studio: State<'_, Studio>) -> Answer<Option<HistoryStep>> {
    answer(studio.library()?.redo().await)
}

/// The last steps, newest first.
#[tauri::command]
#[specta::specta]
pub async fn history(studio: State<'_, Studio>, limit: u32) -> Answer<Vec<HistoryStep>> {
    answer(studio.library()?.history(limit).await)
}

/// What a batch rename would do.
#[tauri::command]
#[specta::specta]
pub async fn rename_preview(
    studio: State<'_, Studio>,
    targets: Targets,
    pattern: String,
    find: String,
    replace: String,
) -> Answer<RenamePreview> {
    let library = studio.library()?;
    answer(
        library
            .rename_preview(targets, &pattern, &find, &replace)
            .await,
    )
}
