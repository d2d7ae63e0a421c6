//! The window itself: one per library, at its old place, and where the log goes.

use crate::{arguments::Chosen, state::Answer};
use gameforge_wire::{ErrorCode, Failure};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    time::Duration,
};
use tauri::{AppHandle, Manager, Wry, plugin::TauriPlugin};
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::EnvFilter;

/// A second start on the same library brings the first window to the front and ends.
///
/// Only Linux can tell libraries apart here; elsewhere a library that was named gets a window of its own.
pub fn one_per_library(library: &Chosen) -> Option<TauriPlugin<Wry>> {
    if library.named && !cfg!(target_os = "linux") {
        return None;
    }
    let mut folder = DefaultHasher::new();
    library
        .path
        .canonicalize()
        .unwrap_or_else(|_| library.path.clone())
        .hash(&mut folder);
    let plugin = tauri_plugin_single_instance::Builder::new()
        // A letter first: no part of a bus name may begin with a digit.
        .dbus_id(format!("com.gameforge.studio.l{:016x}", folder.finish()))
        .callback(|app, _arguments, _folder| bring_to_front(app))
        .build();
    Some(plugin)
}

/// How long the page may take to load before the window is shown without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Shows the window, once its page has loaded. Drawn before that, WebKitGTK's side of the window waits for the page's
/// process, and that one for it, until both give up after half a second: one start in four or five.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else {
        return;
    };
    if window.is_visible().unwrap_or(false) {
        return;
    }
    if let Err(error) = window.show() {
        tracing::error!(%error, "the window could not be shown");
    }
}

/// A page that does not load is a fault that has to be seen.
pub fn show_in_any_case(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        show(&app);
    });
}

/// Shows the window over the others.
pub fn bring_to_front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

/// Size, position and whether it fills the screen, as they were when the window was closed.
pub fn remembered_place() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}

/// Warnings and errors on standard error; `GAMEFORGE_LOG` asks for more, in the words of `RUST_LOG`.
pub fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_env("GAMEFORGE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A test may have set a log up before; then that one is used.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Shows a file or folder in the system's file manager.
///
/// # Errors
/// `not_found` when it is gone, `internal` when the system has no file manager to show it.
pub fn reveal(path: &Path) -> Answer<()> {
    there(path)?;
    tauri_plugin_opener::reveal_item_in_dir(path).map_err(|error| outside(path, &error))
}

/// Opens a file in the program that the system has for it.
///
/// # Errors
/// `not_found` when it is gone, `internal` when the system has no program for it.
pub fn open_external(path: &Path) -> Answer<()> {
    there(path)?;
    tauri_plugin_opener::open_path(path, None::<&str>).map_err(|error| outside(path, &error))
}

/// Opens a page in the system's browser. Only the web's own schemes: the address comes from outside.
///
/// # Errors
/// In words, when it is another scheme or the system has no browser.
pub fn browse(address: &str) -> Result<(), String> {
    if !address.starts_with("https://") && !address.starts_with("http://127.0.0.1:") {
        return Err(format!("“{address}” is not a page of the web"));
    }
    tauri_plugin_opener::open_url(address, None::<&str>).map_err(|error| error.to_string())
}

fn there(path: &Path) -> Answer<()> {
    if path.exists() {
        return Ok(());
    }
    Err(Failure::new(
        ErrorCode::NotFound,
        format!("“{}” is not there any more.", path.display()),
    ))
}

fn outside(path: &Path, error: &tauri_plugin_opener::Error) -> Failure {
    tracing::warn!(%error, path = %path.display(), "another program could not be asked");
    Failure::new(
        ErrorCode::Internal,
        format!(
            "The system found no program to show “{}” with ({error}).",
            path.display()
        ),
    )
}
