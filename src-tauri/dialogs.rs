//! The system's own dialogs for files and folders. What was chosen comes back as the system names it.

use std::path::PathBuf;
use tauri::WebviewWindow;

/// What a person is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Any number of files to bring in.
    Files,
    /// A folder.
    Folder,
    /// The folder of a library, which may be made in the dialog.
    Library,
}

impl Wanted {
    const fn title(self) -> &'static str {
        match self {
            Self::Files => "Import files",
            Self::Folder => "Choose a folder",
            Self::Library => "Choose or create a library’s folder",
        }
    }
}

/// Asks over the window, which waits; empty when the person thought better of it.
///
/// GTK by its own words: the dialog library that serves the other systems leaves names that are not UTF-8 out of the
/// answer, and does not tie its dialog to the window.
#[cfg(target_os = "linux")]
pub async fn ask(window: &WebviewWindow, wanted: Wanted) -> Vec<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let over = window.clone();
    let asked = window.run_on_main_thread(move || match over.gtk_window() {
        Ok(parent) => linux::show(&parent, wanted, tell),
        Err(error) => tracing::warn!(%error, "dialog"),
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "dialog");
    }
    // A window that closes under its dialog has chosen nothing.
    told.await.unwrap_or_default()
}

/// Asks; empty when the person thought better of it.
#[cfg(not(target_os = "linux"))]
pub async fn ask(window: &WebviewWindow, wanted: Wanted) -> Vec<PathBuf> {
    use tauri_plugin_dialog::DialogExt;
    let dialog = window.dialog().file().set_title(wanted.title());
    let dialog = dialog.set_parent(window);
    let picked = tauri::async_runtime::spawn_blocking(move || match wanted {
        Wanted::Files => dialog.blocking_pick_files().unwrap_or_default(),
        Wanted::Folder => dialog.blocking_pick_folder().into_iter().collect(),
        Wanted::Library => dialog
            .set_can_create_directories(true)
            .blocking_pick_folder()
            .into_iter()
            .collect(),
    });
    let picked = picked.await.unwrap_or_default();
    picked
        .into_iter()
        .filter_map(|path| path.into_path().ok())
        .collect()
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Wanted;
    use gtk::{FileChooserAction, FileChooserNative, ResponseType, prelude::*};
    use std::{cell::RefCell, path::PathBuf};
    use tokio::sync::oneshot::Sender;

    pub fn show(parent: &gtk::ApplicationWindow, wanted: Wanted, tell: Sender<Vec<PathBuf>>) {
        let action = match wanted {
            Wanted::Files => FileChooserAction::Open,
            Wanted::Folder | Wanted::Library => FileChooserAction::SelectFolder,
        };
        let title = Some(wanted.title());
        let dialog = FileChooserNative::new(title, Some(parent), action, None, None);
        dialog.set_modal(true);
        dialog.set_select_multiple(wanted == Wanted::Files);
        dialog.set_create_folders(wanted == Wanted::Library);
        // Nobody else keeps the dialog while it is shown; answered, it goes.
        let waiting = RefCell::new(Some((tell, dialog.clone())));
        dialog.connect_response(move |dialog, response| {
            let Some((tell, _kept)) = waiting.borrow_mut().take() else {
                return;
            };
            let chosen = match response {
                ResponseType::Accept => dialog.filenames(),
                _ => Vec::new(),
            };
            dialog.destroy();
            // Whoever asked may be gone with the page.
            let _ = tell.send(chosen);
        });
        dialog.show();
    }
}
