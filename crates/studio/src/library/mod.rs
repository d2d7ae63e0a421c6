//! An open library: its connections, its writer's turn, its news. How it is opened is in `open`;
//! what can be done with it is in the modules beside this one, each with its own `impl Library`.

mod activity;
mod backup;
mod connections;
mod open;

use crate::{Error, Result, files::Files, search::Searcher, store};
use activity::Activity;
use gameforge_wire::Event;
use parking_lot::Mutex;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction, pool::PoolConnection};
use std::{
    future::Future,
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};
use tokio::{
    sync::{OwnedMutexGuard, broadcast, watch},
    task::JoinSet,
};
use uuid::Uuid;

/// How to open a library.
#[derive(Debug, Clone)]
pub struct Options {
    /// Make a library where there is none. Without it, such a folder is refused.
    pub create: bool,
    /// Threads that an import may use; 0 for one less than the machine has.
    pub import_threads: u32,
    /// Memory that an import may use, in MiB.
    pub import_memory_mib: u32,
    /// Follow the watched folders and the library's other users (a window), or answer and leave (a command).
    pub watch: bool,
    /// Go on with jobs that were cut off.
    pub resume_jobs: bool,
    /// Open without the right to write, whatever the disk would allow.
    pub read_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            create: false,
            import_threads: 0,
            import_memory_mib: 400,
            watch: true,
            resume_jobs: true,
            read_only: false,
        }
    }
}

/// An open library. Clones share it.
#[derive(Clone)]
pub struct Library(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    path: PathBuf,
    id: Uuid,
    read_only: bool,
    options: Options,
    readers: SqlitePool,
    /// One connection each; `turn` makes sure that only one of them writes at a time. None when read-only.
    writers: Option<Writers>,
    turn: Arc<tokio::sync::Mutex<()>>,
    events: broadcast::Sender<Event>,
    pub(crate) stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
    pub(crate) searcher: Searcher,
    pub(crate) files: Files,
    pub(crate) activity: Activity,
    /// Held through an edit, its effects on disk included, so that undo never meets a half-done one.
    pub(crate) editing: tokio::sync::Mutex<()>,
}

struct Writers {
    /// `synchronous=FULL`: what was acknowledged survives a power cut.
    edit: SqlitePool,
    /// `synchronous=NORMAL`: the last moments before a power cut may be lost, never the database's soundness.
    bulk: SqlitePool,
}

/// A transaction with the writer's turn. Dropped without [`commit`](Self::commit), it is rolled back.
pub(crate) struct Write {
    library: Arc<Inner>,
    // Before the turn, so that the roll-back is under way when the next writer comes.
    transaction: Transaction<'static, Sqlite>,
    _turn: OwnedMutexGuard<()>,
}

impl Write {
    /// Makes it last, and gives the turn to the next.
    pub(crate) async fn commit(self) -> Result<()> {
        self.transaction.commit().await?;
        self.library.searcher.commits.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}

impl Deref for Write {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

impl Library {
    /// The library's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether nothing can be written.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.0.read_only
    }

    /// The library's own id, made when it was created.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// News from now on. A listener that falls more than 1,024 behind loses the oldest and is told so.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Writes the search snapshot, stops background work, and folds the log into the database file.
    /// Edits that were acknowledged are safe without this, too.
    ///
    /// # Errors
    /// When the snapshot or the checkpoint cannot be written; nothing of the user's is lost then.
    pub async fn close(self) -> Result<()> {
        self.0.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.0.tasks.lock());
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::warn!(%error, "a background task ended badly");
            }
        }
        let saved = self.save_snapshot().await;
        if let Some(writers) = &self.0.writers {
            let turn = self.0.turn.lock().await;
            store::library::checkpoint(&mut *writers.edit.acquire().await?).await?;
            drop(turn);
            writers.bulk.close().await;
            writers.edit.close().await;
        }
        self.0.readers.close().await;
        saved
    }

    /// Says something to everybody who listens. Nobody listening is fine.
    pub(crate) fn emit(&self, event: Event) {
        let _ = self.0.events.send(event);
    }

    /// Tags, collections, smart folders or watched folders are no longer as they were.
    pub(crate) fn places_changed(&self) {
        self.emit(Event::Places);
    }

    /// Now, in Unix milliseconds.
    #[allow(
        clippy::unused_self,
        reason = "callers have a library and need no second source of time"
    )]
    pub(crate) fn now_ms(&self) -> i64 {
        chrono::Utc::now().timestamp_millis()
    }

    /// How it was opened.
    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// Where copied content lies: `ab/cdef…` by hash.
    pub(crate) fn objects_dir(&self) -> PathBuf {
        self.0.path.join("objects")
    }

    /// Where previews lie: `ab/cdef….png` by hash.
    pub(crate) fn previews_dir(&self) -> PathBuf {
        self.0.path.join("previews")
    }

    /// A connection for reading. Never waits for a write.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Sqlite>> {
        self.0.readers.acquire().await.map_err(closed)
    }

    /// A transaction for what a person does: durable once committed.
    pub(crate) async fn write_edit(&self) -> Result<Write> {
        self.0.activity.noted();
        self.write(|writers| &writers.edit).await
    }

    /// A transaction for much at once: sound after a power cut, but its last moments may be missing.
    pub(crate) async fn write_bulk(&self) -> Result<Write> {
        self.write(|writers| &writers.bulk).await
    }

    async fn write(&self, which: fn(&Writers) -> &SqlitePool) -> Result<Write> {
        let writers = self.0.writers.as_ref().ok_or_else(|| Error::ReadOnly {
            path: self.0.path.clone(),
        })?;
        let turn = Arc::clone(&self.0.turn).lock_owned().await;
        let transaction = which(writers)
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(closed)?;
        Ok(Write {
            library: Arc::clone(&self.0),
            transaction,
            _turn: turn,
        })
    }

    /// Turns true when the library is being closed. Every background loop listens to it.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stop.subscribe()
    }

    /// Starts work in the background that `close` waits for. It must end soon after `stopping` turns true.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }
}

fn closed(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::PoolClosed => Error::Closed,
        other => Error::Sql(other),
    }
}

/// Ends once the library is being closed, also where that began before anybody waited.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The sender goes only with the library itself: then it is closed as well.
    let _closed = stopping.wait_for(|stopping| *stopping).await.is_err();
}
