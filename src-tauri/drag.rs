//! Dragging assets out of the window into another program, as real files with the assets' names.

use crate::state::{Answer, answer};
use gameforge_domain::AssetId;
use gameforge_studio::Library;
use gameforge_wire::{ErrorCode, Failure, Targets};
use parking_lot::Mutex;
use std::path::PathBuf;
use tauri::WebviewWindow;
use tempfile::TempDir;

/// Copies of assets whose bytes lie in the library's own folder under their hash: another program wants a file
/// with a name. They are kept until the Studio ends, since nobody tells when the other program has read them.
#[derive(Default)]
pub struct Handout(Mutex<Vec<TempDir>>);

impl Handout {
    /// The files to hand over, one for each asset.
    ///
    /// # Errors
    /// Those of the library; `not_found` when there is no file to hand over.
    pub async fn files(&self, library: &Library, ids: &[AssetId]) -> Answer<Vec<PathBuf>> {
        let mut files = Vec::with_capacity(ids.len());
        let mut stored = Vec::new();
        for &id in ids {
            let file = answer(library.content(id).await)?;
            if file.path.starts_with(library.path()) {
                stored.push(id);
            } else {
                files.push(file.path);
            }
        }
        if !stored.is_empty() {
            files.extend(self.copies(library, stored).await?);
        }
        if files.is_empty() {
            return Err(Failure::new(
                ErrorCode::NotFound,
                "There is no file to drag out.",
            ));
        }
        Ok(files)
    }

    async fn copies(&self, library: &Library, ids: Vec<AssetId>) -> Answer<Vec<PathBuf>> {
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        answer(library.export(Targets::Ids { ids }, folder.path()).await)?;
        let entries = std::fs::read_dir(folder.path()).map_err(|error| failed(&error))?;
        let files = entries.map(|entry| entry.map(|entry| entry.path()));
        let files = files
            .collect::<Result<_, _>>()
            .map_err(|error| failed(&error))?;
        self.0.lock().push(folder);
        Ok(files)
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Failure {
    tracing::warn!(error, "drag");
    Failure::new(
        ErrorCode::Internal,
        format!("The drag could not begin: {error}."),
    )
}

/// Begins the drag; it goes on by itself.
///
/// # Errors
/// `internal` when the system refuses.
#[cfg(target_os = "linux")]
pub fn begin(window: &WebviewWindow, files: Vec<PathBuf>) -> Answer<()> {
    let on_window = window.clone();
    let begun = window.run_on_main_thread(move || {
        match on_window.gtk_window() {
            Ok(window) => linux::begin(&window, &files),
            Err(error) => tracing::warn!(%error, "drag"),
        };
    });
    begun.map_err(|error| failed(&error))
}

/// Begins the drag; it goes on by itself.
///
/// # Errors
/// `internal` when the system refuses.
#[cfg(not(target_os = "linux"))]
pub fn begin(window: &WebviewWindow, files: Vec<PathBuf>) -> Answer<()> {
    let on_window = window.clone();
    let begun = window.run_on_main_thread(move || {
        let item = ::drag::DragItem::Files(files);
        let icon = ::drag::Image::Raw(include_bytes!("../icons/32x32.png").to_vec());
        let begun = ::drag::start_drag(&on_window, item, icon, |_, _| {}, Default::default());
        if let Err(error) = begun {
            tracing::warn!(%error, "drag");
        }
    });
    begun.map_err(|error| failed(&error))
}

/// GTK's own drag source. The `drag` crate is not used here: it takes its data away when the files are dropped,
/// before the other program has asked for them, and leaves `%` and `#` in addresses as they are.
#[cfg(target_os = "linux")]
mod linux {
    use gtk::{
        TargetList, gdk,
        glib::{self, SignalHandlerId},
        prelude::*,
    };
    use std::{
        cell::RefCell,
        path::{Path, PathBuf},
        rc::Rc,
    };

    pub fn begin(window: &gtk::ApplicationWindow, files: &[PathBuf]) {
        let addresses: Vec<String> = files.iter().filter_map(|file| address(file)).collect();
        let handlers: Rc<RefCell<Vec<SignalHandlerId>>> = Rc::default();

        let given = window.connect_drag_data_get(move |_, _, data, _, _| {
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            data.set_uris(&addresses);
        });
        let ended = window.connect_drag_end({
            let handlers = Rc::clone(&handlers);
            move |window, _| {
                for handler in handlers.borrow_mut().drain(..) {
                    window.disconnect(handler);
                }
            }
        });
        handlers.borrow_mut().extend([given, ended]);

        let targets = TargetList::new(&[]);
        targets.add_uri_targets(0);
        let context =
            window.drag_begin_with_coordinates(&targets, gdk::DragAction::COPY, 1, None, -1, -1);
        match context {
            Some(context) => context.drag_set_icon_name("text-x-generic", 0, 0),
            None => {
                for handler in handlers.borrow_mut().drain(..) {
                    window.disconnect(handler);
                }
                tracing::warn!("the system did not begin the drag");
            }
        }
    }

    fn address(file: &Path) -> Option<String> {
        match glib::filename_to_uri(file, None) {
            Ok(address) => Some(address.into()),
            Err(error) => {
                tracing::warn!(%error, file = %file.display(), "no address for a file");
                None
            }
        }
    }
}
