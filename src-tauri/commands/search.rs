//! Finding assets.

use crate::state::{Answer, Studio, answer};
use gameforge_domain::AssetId;
use gameforge_wire::{Card, Completion, DuplicateGroup, ReviewKind, SearchRequest, SearchResult};
use tauri::State;

/// Runs a query.
#[tauri::command]
#[specta::specta]
pub async fn search(studio: State<'_, Studio>, request: SearchRequest) -> Answer<SearchResult> {
    answer(studio.library()?.search(request).await)
}

/// A stretch of what a search found.
#[tauri::command]
#[specta::specta]
pub async fn page(
    studio: State<'_, Studio>,
    handle: u32,
    offset: u32,
    limit: u32,
) -> Answer<Vec<Card>> {
    answer(studio.library()?.page(handle, offset, limit).await)
}

/// Where an asset is in what a search found.
#[tauri::command]
#[specta::specta]
pub async fn position(studio: State<'_, Studio>, handle: u32, id: AssetId) -> Answer<Option<u32>> {
    answer(studio.library()?.position(handle, id).await)
}

/// What could come next in the search field.
#[tauri::command]
#[specta::specta]
pub async fn complete(
    studio: State<'_, Studio>,
    text: String,
    cursor: u32,
) -> Answer<Vec<Completion>> {
    answer(studio.library()?.complete(&text, cursor).await)
}

/// Groups of assets that may be one, and how many groups there are.
#[tauri::command]
#[specta::specta]
pub async fn duplicates(
    studio: State<'_, Studio>,
    kind: ReviewKind,
    offset: u32,
    limit: u32,
) -> Answer<(Vec<DuplicateGroup>, u32)> {
    answer(studio.library()?.duplicates(kind, offset, limit).await)
}
