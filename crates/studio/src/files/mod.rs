//! Files on disk: finding them, telling them apart, reading them within limits, storing copies. What becomes of them
//! in the library is decided in `import`; nothing here knows the database.

pub(crate) mod examine;
pub(crate) mod memory;
pub(crate) mod objects;
mod paths;
pub(crate) mod problem;
pub(crate) mod stat;
pub(crate) mod walk;
pub(crate) mod workshop;

pub(crate) use paths::{folder_text, hex, name_text, path_bytes, path_from_bytes};

use crate::{
    Error, Library, Options, Result, import::Running, preview::Readings, store, view::Sheets,
    watch::Watcher,
};
use gameforge_domain::{JobId, Limits};
use memory::Memory;
use parking_lot::Mutex;
use std::{collections::HashMap, path::Path, sync::Arc, thread::available_parallelism};
use workshop::Workshop;

/// Resident memory of the program itself beside what an import holds, in MiB: database caches, buffers, code.
const OWN_MIB: u64 = 112;
/// However little an import is given, one ordinary file must fit.
const LEAST_MIB: u64 = 64;

/// What an open library keeps running for its files.
pub(crate) struct Files {
    /// Threads that hash and read.
    pub workshop: Arc<Workshop>,
    /// What they may hold at a time, together.
    pub memory: Arc<Memory>,
    /// Jobs that run in this process.
    pub jobs: Mutex<HashMap<JobId, Arc<Running>>>,
    /// Contents on their way through the readers.
    pub readings: Readings,
    /// Hints from the file system.
    pub watcher: Mutex<Option<Watcher>>,
    /// Animations laid out last.
    pub sheets: Sheets,
}

impl Files {
    /// Starts nothing yet.
    pub fn new(options: &Options) -> Self {
        let mib = u64::from(options.import_memory_mib)
            .saturating_sub(OWN_MIB)
            .max(LEAST_MIB);
        Self {
            workshop: Arc::new(Workshop::new(threads(options.import_threads))),
            memory: Arc::new(Memory::new(mib << 20)),
            jobs: Mutex::default(),
            readings: Readings::default(),
            watcher: Mutex::new(None),
            sheets: Sheets::default(),
        }
    }

    /// What one file may take: the standard caps, and never more than an import may hold in all.
    pub fn limits(&self) -> Limits {
        let all = self.memory.capacity();
        Limits {
            file_bytes: (all - all / 4).min(Limits::STANDARD.file_bytes),
            memory: all,
            ..Limits::STANDARD
        }
    }
}

/// As set, or one less than the machine has, so that the window stays quick.
fn threads(set: u32) -> usize {
    match set {
        0 => available_parallelism().map_or(1, |all| all.get().saturating_sub(1).max(1)),
        set => set as usize,
    }
}

impl Library {
    /// Starts what follows files in the background, as the options say.
    pub(crate) fn start_files(&self) {
        let options = self.options();
        let objects = objects::Objects::new(self.objects_dir());
        self.spawn_after_first_page(async move {
            if let Err(error) = tokio::task::spawn_blocking(move || objects.sweep()).await {
                tracing::warn!(%error, "unfinished copies were not looked for");
            }
        });
        if options.watch {
            let library = self.clone();
            self.spawn_after_first_page(async move { library.start_reading() });
            self.start_watching();
        }
        if options.resume_jobs {
            let library = self.clone();
            self.spawn_after_first_page(async move {
                if let Err(error) = library.resume_cut_off_jobs().await {
                    tracing::error!(%error, "unfinished jobs were not resumed");
                }
            });
        }
    }
}

/// A file's content in the library, before any asset has it.
pub(crate) struct TakenIn {
    /// `content.row`.
    pub content: i64,
    pub hash: [u8; 32],
    pub size: i64,
    pub mtime_ns: i64,
    pub modified_ms: i64,
    pub file_id: Option<Vec<u8>>,
}

impl Library {
    /// Hashes a file and makes sure that its content has a row. What it shows is read later.
    ///
    /// # Errors
    /// `Unreadable` with the reason.
    pub(crate) async fn take_in(&self, path: &Path) -> Result<TakenIn> {
        let file = path.to_owned();
        let examined = self
            .0
            .files
            .workshop
            .submit(workshop::Rank::Urgent, move || {
                examine::examine(&file, None)
            });
        let examined = examined.await.map_err(|_| Error::Closed)?;
        let examined = examined.map_err(|problem| {
            Error::invalid(format!("“{}”: {}", path.display(), problem.message))
        })?;
        let size = i64::try_from(examined.stat.size).unwrap_or(i64::MAX);
        let new = store::content::NewContent {
            hash: hex(examined.hash.as_bytes()),
            size,
            format: examined.format as u8,
            stored: 0,
            preview: store::content::preview::WAITING,
        };
        let mut tx = self.write_bulk().await?;
        let known = store::content::insert(&mut tx, &[new]).await?;
        tx.commit().await?;
        let content = known
            .first()
            .map(|known| known.row)
            .ok_or_else(|| Error::not_found("The content"))?;
        self.start_reading();
        Ok(TakenIn {
            content,
            hash: *examined.hash.as_bytes(),
            size,
            mtime_ns: examined.stat.mtime_ns,
            modified_ms: examined.stat.modified_ms(),
            file_id: examined.stat.file_id,
        })
    }
}
