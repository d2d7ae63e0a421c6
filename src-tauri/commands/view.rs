//! Looking at assets.

use crate::{
    paths::meant,
    state::{Answer, Studio, answer},
};
use gameforge_domain::AssetId;
use gameforge_wire::{
    AnimationSheet, AssetDetail, ExportDone, SelectionSummary, Targets, VerifyReport,
};
use tauri::State;

/// Everything about one asset.
#[tauri::command]
#[specta::specta]
pub async fn asset(studio: State<'_, Studio>, id: AssetId) -> Answer<AssetDetail> {
    answer(studio.library()?.asset(id).await)
}

/// What many assets have in common.
#[tauri::command]
#[specta::specta]
pub async fn selection(studio: State<'_, Studio>, targets: Targets) -> Answer<SelectionSummary> {
    answer(studio.library()?.selection(targets).await)
}

/// Which assets are on screen: their previews are made first.
#[tauri::command]
#[specta::specta]
pub async fn visible(studio: State<'_, Studio>, ids: Vec<AssetId>) -> Answer<()> {
    studio.library()?.visible(ids);
    Ok(())
}

/// Lowest and highest sample of each stretch of a sound, -128 to 127.
#[tauri::command]
#[specta::specta]
pub async fn peaks(studio: State<'_, Studio>, id: AssetId) -> Answer<Vec<(i8, i8)>> {
    answer(studio.library()?.peaks(id).await)
}

/// The frames of an animation; their picture is `pixels://localhost/<id>/sheet`.
#[tauri::command]
#[specta::specta]
pub async fn animation(studio: State<'_, Studio>, id: AssetId) -> Answer<AnimationSheet> {
    let (sheet, _png) = answer(studio.library()?.animation(id).await)?;
    Ok(sheet)
}

/// The words of a text, cut after `limit` bytes.
#[tauri::command]
#[specta::specta]
pub async fn text(studio: State<'_, Studio>, id: AssetId, limit: u32) -> Answer<String> {
    answer(studio.library()?.text(id, limit.into()).await)
}

/// Writes the assets' files into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_to(
    studio: State<'_, Studio>,
    targets: Targets,
    to: String,
) -> Answer<ExportDone> {
    answer(studio.library()?.export(targets, &meant(&to)).await)
}

/// Checks the database and every stored content.
#[tauri::command]
#[specta::specta]
pub async fn verify(studio: State<'_, Studio>) -> Answer<VerifyReport> {
    answer(studio.library()?.verify(|_done, _of| {}).await)
}
