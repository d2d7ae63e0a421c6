//! Dragging: assets out of the window into another program, as real files with the assets' names; and what the system
//! says of files that are dragged over it.

use crate::state::{Answer, answer};
use gameforge_domain::AssetId;
use gameforge_studio::Library;
use gameforge_wire::{ErrorCode, Failure, Targets};
use parking_lot::Mutex;
use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};
use tauri::WebviewWindow;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// What is handed to other programs.
///
/// Assets whose bytes lie in the library's own folder under their hash are copied for it: another program wants a file
/// with a name, and must not write into the library. The copies are kept until the Studio ends, since nobody tells
/// when the other program has read them.
#[derive(Default)]
pub struct Handout {
    copies: Mutex<Vec<TempDir>>,
}

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
                "There is no file to hand over.",
            ));
        }
        Ok(files)
    }

    /// Removes the copies. Called at the end of the program, which is not waited for by what lives in it.
    pub fn clear(&self) {
        self.copies.lock().clear();
    }

    async fn copies(&self, library: &Library, ids: Vec<AssetId>) -> Answer<Vec<PathBuf>> {
        let folder = tempfile::Builder::new().prefix("gameforge-").tempdir();
        let folder = folder.map_err(|error| failed(&error))?;
        answer(library.export(Targets::Ids { ids }, folder.path()).await)?;
        let entries = std::fs::read_dir(folder.path()).map_err(|error| failed(&error))?;
        let files = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut files: Vec<PathBuf> = files
            .collect::<Result<_, _>>()
            .map_err(|error| failed(&error))?;
        files.sort();
        self.copies.lock().push(folder);
        Ok(files)
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Failure {
    tracing::warn!(error, "hand over");
    Failure::new(
        ErrorCode::Internal,
        format!("The files could not be handed over: {error}."),
    )
}

/// Drags files out of the window; returns when they were dropped somewhere, or nowhere. On Linux that may be minutes
/// later, where the other program never says that it has taken them.
///
/// # Errors
/// `internal` when the system refuses.
pub async fn carry(window: &WebviewWindow, offered: &Offered, files: Vec<PathBuf>) -> Answer<()> {
    let (end, ended) = oneshot::channel();
    // There the system tells of each drag whose it is.
    let untold = cfg!(not(target_os = "linux"));
    if untold {
        offered.set_own(true);
    }
    let begun = begin(window, files, end);
    if begun.is_ok() {
        // A drag that could not begin has ended, too.
        let _ = ended.await;
    }
    if untold {
        offered.set_own(false);
    }
    begun
}

#[cfg(target_os = "linux")]
fn begin(window: &WebviewWindow, files: Vec<PathBuf>, end: oneshot::Sender<()>) -> Answer<()> {
    let on_window = window.clone();
    let begun = window.run_on_main_thread(move || {
        match on_window.gtk_window() {
            Ok(window) => linux::begin(&window, &files, end),
            Err(error) => tracing::warn!(%error, "drag"),
        };
    });
    begun.map_err(|error| failed(&error))
}

#[cfg(not(target_os = "linux"))]
fn begin(window: &WebviewWindow, files: Vec<PathBuf>, end: oneshot::Sender<()>) -> Answer<()> {
    let on_window = window.clone();
    let begun = window.run_on_main_thread(move || {
        let item = ::drag::DragItem::Files(files);
        let icon = ::drag::Image::Raw(include_bytes!("../icons/32x32.png").to_vec());
        let end = Mutex::new(Some(end));
        let dropped = move |_, _| {
            // Nobody waits any more when the page is gone.
            let _ = end.lock().take().map(|end| end.send(()));
        };
        let begun = ::drag::start_drag(&on_window, item, icon, dropped, Default::default());
        if let Err(error) = begun {
            tracing::warn!(%error, "drag");
        }
    });
    begun.map_err(|error| failed(&error))
}

/// The files that are dragged over the window, as their program names them. The window system's layer turns names that
/// are not UTF-8 into others; here they are as they were.
#[derive(Default)]
pub struct Offered {
    paths: Mutex<Option<Vec<PathBuf>>>,
    own: AtomicBool,
}

impl Offered {
    /// The true names behind what was told.
    pub fn named(&self, told: &[PathBuf]) -> Vec<PathBuf> {
        self.paths.lock().clone().unwrap_or_else(|| told.to_owned())
    }

    /// Whether the window itself drags them, on their way out: then they are no news.
    pub fn is_own(&self) -> bool {
        self.own.load(Ordering::Acquire)
    }

    fn set_own(&self, own: bool) {
        self.own.store(own, Ordering::Release);
    }
}

/// Begins to note what is dragged over the window.
///
/// # Errors
/// When the window has no page.
#[cfg(target_os = "linux")]
pub fn follow(window: &WebviewWindow) -> tauri::Result<()> {
    use crate::paths::local;
    use gtk::prelude::*;
    use tauri::Manager;
    let app = window.app_handle().clone();
    window.with_webview(move |page| {
        // This comes after the window system's own and before the news of it, which waits for the event loop.
        page.inner()
            .connect_drag_data_received(move |_, context, _, _, data, _, _| {
                let offered = app.state::<Offered>();
                offered.set_own(context.drag_get_source_widget().is_some());
                let addresses = data.uris();
                if !addresses.is_empty() {
                    let paths = local(addresses.iter().map(gtk::glib::GString::as_str));
                    *offered.paths.lock() = Some(paths);
                }
            });
    })
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
        cell::{Cell, RefCell},
        path::{Path, PathBuf},
        rc::Rc,
    };
    use tokio::sync::oneshot::Sender;

    pub fn begin(window: &gtk::ApplicationWindow, files: &[PathBuf], end: Sender<()>) {
        let addresses: Vec<String> = files.iter().filter_map(|file| address(file)).collect();
        let handlers: Rc<RefCell<Vec<SignalHandlerId>>> = Rc::default();

        let given = window.connect_drag_data_get(move |_, _, data, _, _| {
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            data.set_uris(&addresses);
        });
        let end = Cell::new(Some(end));
        let ended = window.connect_drag_end({
            let handlers = Rc::clone(&handlers);
            move |window, _| {
                for handler in handlers.borrow_mut().drain(..) {
                    window.disconnect(handler);
                }
                if let Some(end) = end.take() {
                    // Whoever waits may be gone with the page.
                    let _ = end.send(());
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
                // With the handlers goes the one that waits for the end.
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
