//! The machine around the library: settings, dialogs, other programs.

use crate::{
    dialogs::{self, Wanted},
    drag::{self, Handout, Offered},
    paths,
    state::{Answer, Studio, answer},
    window,
};
use gameforge_domain::AssetId;
use gameforge_wire::{Finding, Settings};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State, WebviewWindow};

/// The settings of the Studio on this machine.
#[tauri::command]
#[specta::specta]
pub async fn settings(studio: State<'_, Studio>) -> Answer<Settings> {
    Ok(studio.config.settings())
}

/// Keeps them.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(studio: State<'_, Studio>, settings: Settings) -> Answer<()> {
    answer(studio.config.save_settings(&settings))
}

/// Asks for files; empty when the person thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn pick_files(window: WebviewWindow) -> Vec<String> {
    let picked = dialogs::ask(&window, Wanted::Files).await;
    picked.iter().map(|path| paths::told(path)).collect()
}

/// Asks for a folder.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder(window: WebviewWindow) -> Option<String> {
    let picked = dialogs::ask(&window, Wanted::Folder).await;
    picked.first().map(|path| paths::told(path))
}

/// Asks for the folder of a library, old or new.
#[tauri::command]
#[specta::specta]
pub async fn pick_library(window: WebviewWindow) -> Option<String> {
    let picked = dialogs::ask(&window, Wanted::Library).await;
    picked.first().map(|path| paths::told(path))
}

/// Drags the assets' files out of the window; the button must still be down. Answers when the drag has ended.
#[tauri::command]
#[specta::specta]
pub async fn start_drag(
    window: WebviewWindow,
    studio: State<'_, Studio>,
    handout: State<'_, Handout>,
    offered: State<'_, Offered>,
    ids: Vec<AssetId>,
) -> Answer<()> {
    let files = handout.files(&studio.library()?, &ids).await?;
    drag::carry(&window, &offered, files).await
}

/// Shows an asset's file in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn reveal(studio: State<'_, Studio>, id: AssetId) -> Answer<()> {
    let file = answer(studio.library()?.content(id).await)?;
    window::reveal(&file.path)
}

/// Shows a file or folder in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn reveal_path(path: String) -> Answer<()> {
    window::reveal(&paths::meant(&path))
}

/// Opens an asset in the program that the system has for it.
#[tauri::command]
#[specta::specta]
pub async fn open_external(
    studio: State<'_, Studio>,
    handout: State<'_, Handout>,
    id: AssetId,
) -> Answer<()> {
    let files = handout.files(&studio.library()?, &[id]).await?;
    files
        .iter()
        .try_for_each(|file| window::open_external(file))
}

/// What this machine lacks.
#[tauri::command]
#[specta::specta]
pub async fn doctor() -> Vec<Finding> {
    gameforge_studio::doctor()
}

/// What the “About” view tells.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    /// “GameForge Studio”.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where settings are kept.
    pub config_folder: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
}

/// Which program this is.
#[tauri::command]
#[specta::specta]
pub fn app_info(app: AppHandle, studio: State<'_, Studio>) -> AppInfo {
    AppInfo {
        name: "GameForge Studio".to_owned(),
        version: app.package_info().version.to_string(),
        config_folder: studio.config.folder().display().to_string(),
        platform: std::env::consts::OS.to_owned(),
    }
}

/// The window says that its first page is painted: from here on somebody can work. `cargo xtask bench start` waits
/// for this line of the log.
#[tauri::command]
#[specta::specta]
pub fn painted() {
    tracing::info!("the window is usable");
}
