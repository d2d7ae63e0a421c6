//! Searching: the index in memory, kept in step with the database. How it is loaded is in `load`, how it follows
//! in `follow`, what is asked of it in `ask`, completions in `complete`.

mod ask;
mod cards;
mod complete;
mod follow;
mod load;
mod newest;
mod results;

use crate::{Library, Result, store};
use gameforge_domain::CollectionId;
use gameforge_index::{CollectionNames, Index};
use parking_lot::{Mutex, RwLock};
use results::Results;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

pub(crate) use ask::{now, sort_of};
pub(crate) use cards::from_entry;

/// How far the index is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Being read or built.
    Loading,
    /// It answers.
    Ready,
    /// It could not be built; the words say why.
    Failed(String),
}

/// The index and what belongs to it.
pub(crate) struct Searcher {
    snapshot: PathBuf,
    library: Uuid,
    index: RwLock<Index>,
    stage: watch::Sender<Stage>,
    started: AtomicBool,
    /// Up to which number of the change log the index has everything.
    applied: watch::Sender<i64>,
    /// The stamp of the snapshot on disk; less than zero when there is none that is of use.
    saved: Mutex<i64>,
    /// One at a time changes the index or writes it down. Searches go on meanwhile: a thread that waits for the
    /// lock of `index` would hold up all that come after it.
    applying: tokio::sync::Mutex<()>,
    wake: Notify,
    changed: Notify,
    /// Commits of this process, to tell them from those of others.
    pub(crate) commits: AtomicU64,
    names: RwLock<Arc<Names>>,
    results: Mutex<Results>,
    /// Counts of smart folders by query, with the number of the change log at which they were taken.
    pub(crate) counts: Mutex<HashMap<String, (i64, u32)>>,
    /// The library's size in bytes, likewise.
    pub(crate) bytes: Mutex<Option<(i64, u64)>>,
}

/// Collections by name.
#[derive(Default)]
struct Names(HashMap<String, Vec<CollectionId>>);

impl CollectionNames for Names {
    fn by_name(&self, name: &str) -> Vec<CollectionId> {
        self.0
            .get(&name.to_lowercase())
            .cloned()
            .unwrap_or_default()
    }
}

impl Searcher {
    pub(crate) fn new(snapshot: PathBuf, library: Uuid) -> Self {
        Self {
            snapshot,
            library,
            index: RwLock::new(Index::new()),
            stage: watch::Sender::new(Stage::Loading),
            started: AtomicBool::new(false),
            applied: watch::Sender::new(0),
            saved: Mutex::new(-1),
            applying: tokio::sync::Mutex::new(()),
            wake: Notify::new(),
            changed: Notify::new(),
            commits: AtomicU64::new(0),
            names: RwLock::default(),
            results: Mutex::default(),
            counts: Mutex::default(),
            bytes: Mutex::default(),
        }
    }

    /// Whether the index answers.
    pub(crate) fn is_ready(&self) -> bool {
        *self.stage.borrow() == Stage::Ready
    }

    /// How many numbers of the change log the snapshot on disk is behind the index.
    fn unsaved(&self) -> i64 {
        self.applied() - (*self.saved.lock()).max(0)
    }

    /// Waits until the index has been read, or could not be.
    pub(crate) async fn loaded(&self) {
        // The sender is in `self`: it cannot be gone.
        let _ = self
            .stage
            .subscribe()
            .wait_for(|stage| *stage != Stage::Loading)
            .await;
    }

    /// Up to which number of the change log the index has everything.
    pub(crate) fn applied(&self) -> i64 {
        *self.applied.borrow()
    }
}

impl Library {
    /// Collections got other names, or there are other ones.
    pub(crate) async fn names_changed(&self) -> Result<()> {
        let mut names = Names::default();
        for it in store::collection::all(&mut *self.reader().await?).await? {
            names
                .0
                .entry(it.name.to_lowercase())
                .or_default()
                .push(it.id);
        }
        *self.0.searcher.names.write() = Arc::new(names);
        Ok(())
    }

    /// Runs a question on the index, on a thread that may take its time.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Index, &dyn CollectionNames) -> T + Send + 'static,
    ) -> Result<T> {
        self.ready().await?;
        let library = self.clone();
        Ok(tokio::task::spawn_blocking(move || {
            let searcher = &library.0.searcher;
            let names = Arc::clone(&searcher.names.read());
            let index = searcher.index.read();
            question(&index, names.as_ref())
        })
        .await?)
    }
}
