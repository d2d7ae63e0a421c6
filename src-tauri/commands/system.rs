//! The machine around the library: settings, dialogs, other programs.

use crate::{
    drag,
    state::{Answer, Studio, answer},
    window,
};
use gameforge_domain::AssetId;
use gameforge_wire::{Finding, Settings};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;

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
pub async fn pick_files(app: AppHandle) -> Vec<String> {
    let picked = app
        .dialog()
        .file()
        .set_title("Import files")
        .blocking_pick_files();
    picked
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Asks for a folder.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder(app: AppHandle) -> Option<String> {
    let picked = app
        .dialog()
        .file()
        .set_title("Choose a folder")
        .blocking_pick_folder();
    picked.map(|path| path.to_string())
}

/// Asks for the folder of a library, old or new.
#[tauri::command]
#[specta::specta]
pub async fn pick_library(app: AppHandle) -> Option<String> {
    let dialog = app
        .dialog()
        .file()
        .set_title("Choose or create a library’s folder");
    let picked = dialog
        .set_can_create_directories(true)
        .blocking_pick_folder();
    picked.map(|path| path.to_string())
}

/// Begins to drag the assets' files out of the window; the button must still be down.
#[tauri::command]
#[specta::specta]
pub async fn start_drag(
    window: WebviewWindow,
    studio: State<'_, Studio>,
    handout: State<'_, drag::Handout>,
    ids: Vec<AssetId>,
) -> Answer<()> {
    let library = studio.library()?;
    drag::begin(&window, handout.files(&library, &ids).await?)
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
    window::reveal(path.as_ref())
}

/// Opens an asset in the program that the system has for it.
#[tauri::command]
#[specta::specta]
pub async fn open_external(studio: State<'_, Studio>, id: AssetId) -> Answer<()> {
    let file = answer(studio.library()?.content(id).await)?;
    window::open_external(&file.path)
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
