//! Which library is open, and its places.

use crate::{
    paths::meant,
    state::{self, Answer, Studio, answer},
};
use gameforge_domain::JobId;
use gameforge_wire::{KnownLibrary, LibraryState, LibrarySummary};
use tauri::{AppHandle, State};

/// Which library is open, or why none is.
#[tauri::command]
#[specta::specta]
pub fn library_state(studio: State<'_, Studio>) -> LibraryState {
    studio.library_state()
}

/// Opens another library, or creates it. Returns at once; the state follows as an event.
#[tauri::command]
#[specta::specta]
pub fn library_open(app: AppHandle, path: String, create: bool) {
    state::open(app, meant(&path), create);
}

/// Libraries that were open before, the latest first.
#[tauri::command]
#[specta::specta]
pub async fn library_known(studio: State<'_, Studio>) -> Answer<Vec<KnownLibrary>> {
    Ok(studio.config.known())
}

/// The side bar.
#[tauri::command]
#[specta::specta]
pub async fn summary(studio: State<'_, Studio>) -> Answer<LibrarySummary> {
    answer(studio.library()?.summary().await)
}

/// Brings in the sample assets that come with the Studio.
#[tauri::command]
#[specta::specta]
pub async fn add_samples(studio: State<'_, Studio>) -> Answer<JobId> {
    answer(studio.library()?.add_samples().await)
}
