//! Which library is open. It is opened in the background, so that the window paints at once.

use crate::news::{self, StudioEvent};
use gameforge_studio::{Config, Error, Library, Options};
use gameforge_wire::{ErrorCode, Event, Failure, LibraryState};
use parking_lot::{Mutex, RwLock};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;

/// What a command gives back.
pub type Answer<T> = Result<T, Failure>;

/// Turns the engine's error into what the window gets. The log keeps the causes, the window gets words.
pub fn answer<T>(result: Result<T, Error>) -> Answer<T> {
    result.map_err(|error| {
        let failure = error.failure();
        if failure.code == ErrorCode::Internal {
            tracing::error!(error = &error as &dyn std::error::Error, "internal");
        }
        failure
    })
}

/// Everything that commands share.
pub struct Studio {
    /// Settings and known libraries of this machine.
    pub config: Arc<Config>,
    opened: RwLock<Opened>,
    /// One library is opened at a time, in the order in which they were asked for.
    opening: Mutex<Option<tauri::async_runtime::JoinHandle<()>>>,
}

enum Opened {
    Opening,
    Open(Library),
    Failed { path: PathBuf, failure: Failure },
}

impl Studio {
    /// With no library yet.
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            opened: RwLock::new(Opened::Opening),
            opening: Mutex::new(None),
        }
    }

    /// The open library.
    ///
    /// # Errors
    /// `no_library` while none is open.
    pub fn library(&self) -> Answer<Library> {
        match &*self.opened.read() {
            Opened::Open(library) => Ok(library.clone()),
            Opened::Opening => Err(Failure::new(
                ErrorCode::NoLibrary,
                "The library is still being opened; try again in a moment.",
            )),
            Opened::Failed { failure, .. } => Err(Failure::new(
                ErrorCode::NoLibrary,
                format!("No library is open: {}", failure.message),
            )),
        }
    }

    /// What the window shows about it.
    pub fn library_state(&self) -> LibraryState {
        match &*self.opened.read() {
            Opened::Opening => LibraryState::Opening,
            Opened::Open(library) => LibraryState::Open {
                path: library.path().display().to_string(),
                name: folder_name(library.path()),
                read_only: library.read_only(),
            },
            Opened::Failed { path, failure } => LibraryState::Failed {
                path: path.display().to_string(),
                failure: failure.clone(),
            },
        }
    }

    /// Closes the open library; afterwards none is open.
    pub async fn close(&self) {
        let was = std::mem::replace(&mut *self.opened.write(), Opened::Opening);
        if let Opened::Open(library) = was
            && let Err(error) = library.close().await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "close");
        }
    }

    fn options(&self, create: bool) -> Options {
        let settings = self.config.settings();
        Options {
            create,
            import_threads: settings.import_threads,
            import_memory_mib: settings.import_memory,
            watch: true,
            resume_jobs: true,
            read_only: false,
        }
    }
}

/// Opens the library in `path` in the background and tells the window as it goes.
pub fn open(app: AppHandle, path: PathBuf, create: bool) {
    let studio = app.state::<Studio>();
    let mut opening = studio.opening.lock();
    let before = opening.take();
    let app = app.clone();
    // On a thread of its own: opening holds borrowed paths across its waits, which the compiler cannot prove to be
    // `Send` for a spawned task.
    *opening = Some(tauri::async_runtime::spawn_blocking(move || {
        tauri::async_runtime::block_on(async {
            if let Some(before) = before {
                // A task that was cut off has left nothing to wait for.
                let _ = before.await;
            }
            replace(&app, path, create).await;
        });
    }));
}

async fn replace(app: &AppHandle, path: PathBuf, create: bool) {
    let studio = app.state::<Studio>();
    studio.close().await;
    tell_state(app);
    let opened = match Library::open(&path, studio.options(create)).await {
        Ok(library) => {
            if let Err(error) = studio.config.opened(library.path()) {
                tracing::warn!(%error, "the list of known libraries could not be written");
            }
            news::follow(app.clone(), library.events());
            window_title(app, &path);
            Opened::Open(library)
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, path = %path.display(), "open");
            Opened::Failed {
                failure: error.failure(),
                path,
            }
        }
    };
    *studio.opened.write() = opened;
    tell_state(app);
}

fn tell_state(app: &AppHandle) {
    let state = app.state::<Studio>().library_state();
    // There may be no window yet, or none any more: then nobody needs to hear it.
    let _ = StudioEvent(Event::Library { state }).emit(app);
}

fn window_title(app: &AppHandle, path: &Path) {
    if let Some(window) = app.get_webview_window("main") {
        // A title that cannot be set is not worth a word.
        let _ = window.set_title(&format!("{} – GameForge Studio", folder_name(path)));
    }
}

fn folder_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
