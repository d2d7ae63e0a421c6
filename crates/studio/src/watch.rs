//! Following folders. The system's notices are hints only: what has happened is found out by going through the folder
//! that they come from, once it has been quiet for a moment.

use crate::library::stopped;
use crate::{
    Error, Library, Result,
    files::{path_bytes, path_from_bytes},
    import::{Task, presence},
    store::{self, watched_folder::Watched},
};
use gameforge_domain::{JobId, WatchId};
use gameforge_wire::WatchedFolder;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// No notice for so long, and a folder is gone through: programs write in several steps.
const QUIET: Duration = Duration::from_millis(400);
/// However restless a folder is, it is gone through this often.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often folders are gone through that the system gives no notices of.
const WITHOUT_NOTICES: Duration = Duration::from_secs(60);

/// Where something may have changed, by watched folder: the lowest folder that holds all of it.
#[derive(Default)]
struct Hints {
    roots: Mutex<HashMap<WatchId, PathBuf>>,
    restless: Mutex<HashMap<WatchId, PathBuf>>,
    /// The library's own folder: what the engine writes there is no news.
    own: PathBuf,
    count: AtomicU64,
    wake: Notify,
}

/// The system's notices for an open library.
pub(crate) struct Watcher {
    system: RecommendedWatcher,
    hints: Arc<Hints>,
    without_notices: HashSet<WatchId>,
}

impl Hints {
    fn take(&self, event: &notify::Result<notify::Event>) {
        match event {
            Ok(event) if event.need_rescan() => self.all(),
            Ok(event) if is_news(event.kind) => {
                for path in event
                    .paths
                    .iter()
                    .filter(|path| !path.starts_with(&self.own))
                {
                    self.changed(path);
                }
            }
            Ok(_) => {}
            // Notices were lost.
            Err(error) => {
                tracing::warn!(%error, "notices of changed files were lost; all watched folders are gone through");
                self.all();
            }
        }
    }

    fn all(&self) {
        let roots = self.roots.lock().clone();
        for (id, root) in roots {
            self.at(id, &root);
        }
    }

    fn changed(&self, path: &Path) {
        let roots = self.roots.lock().clone();
        for (id, root) in roots.iter().filter(|(_, root)| path.starts_with(root)) {
            let folder = path
                .parent()
                .filter(|folder| folder.starts_with(root))
                .unwrap_or(root);
            self.at(*id, folder);
        }
    }

    fn at(&self, id: WatchId, folder: &Path) {
        let mut restless = self.restless.lock();
        let held = restless.entry(id).or_insert_with(|| folder.to_owned());
        *held = common(held, folder);
        drop(restless);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_one();
    }
}

/// The lowest folder that holds both.
fn common(a: &Path, b: &Path) -> PathBuf {
    a.components()
        .zip(b.components())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect()
}

/// Reading is no news, and the engine itself reads all the time.
const fn is_news(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Access(_)
            | EventKind::Modify(ModifyKind::Metadata(
                notify::event::MetadataKind::AccessTime
            ))
    )
}

impl Watcher {
    fn new(own: &Path) -> notify::Result<Self> {
        let hints = Arc::new(Hints {
            own: own.to_owned(),
            ..Hints::default()
        });
        let taken = Arc::clone(&hints);
        let system = notify::recommended_watcher(move |event| taken.take(&event))?;
        Ok(Self {
            system,
            hints,
            without_notices: HashSet::new(),
        })
    }

    fn follow(&mut self, watched: &Watched) {
        let path = path_from_bytes(&watched.path);
        if let Err(error) = self.system.watch(&path, RecursiveMode::Recursive) {
            tracing::warn!(path = %path.display(), %error, "the system gives no notices of this folder; it is gone through every minute");
            self.without_notices.insert(watched.id);
        } else {
            self.without_notices.remove(&watched.id);
        }
        self.hints.roots.lock().insert(watched.id, path.clone());
        // Whatever happened while nobody looked.
        self.hints.at(watched.id, &path);
    }

    fn leave(&mut self, id: WatchId) {
        self.without_notices.remove(&id);
        self.hints.restless.lock().remove(&id);
        if let Some(path) = self.hints.roots.lock().remove(&id) {
            // Not followed, or gone: either way there is nothing to leave.
            let _ = self.system.unwatch(&path);
        }
    }
}

impl Library {
    /// Starts following what the library follows, and looks once for all files that are kept in place.
    pub(crate) fn start_watching(&self) {
        let watcher = match Watcher::new(self.path()) {
            Ok(watcher) => watcher,
            Err(error) => {
                tracing::error!(%error, "the system gives no notices of changed files");
                return;
            }
        };
        let hints = Arc::clone(&watcher.hints);
        *self.0.files.watcher.lock() = Some(watcher);
        let library = self.clone();
        self.spawn_after_first_page(async move {
            if let Err(error) = library.follow_all().await {
                tracing::error!(%error, "the watched folders are not followed");
            }
            library.keep_following(&hints).await;
            // Also ends the system's notices.
            library.0.files.watcher.lock().take();
        });
    }

    async fn follow_all(&self) -> Result<()> {
        let watched = store::watched_folder::all(&mut *self.reader().await?).await?;
        if let Some(watcher) = self.0.files.watcher.lock().as_mut() {
            for watched in &watched {
                watcher.follow(watched);
            }
        }
        presence::reconcile(self, None).await?;
        Ok(())
    }

    async fn keep_following(&self, hints: &Hints) {
        let mut stopping = self.stopping();
        let mut minute = tokio::time::interval(WITHOUT_NOTICES);
        loop {
            tokio::select! {
                () = stopped(&mut stopping) => return,
                () = hints.wake.notified() => {}
                _ = minute.tick() => {
                    self.hint_where_no_notices_come();
                    continue;
                }
            }
            tokio::select! {
                () = stopped(&mut stopping) => return,
                () = until_quiet(hints) => {}
            }
            let restless = std::mem::take(&mut *hints.restless.lock());
            for (id, folder) in restless {
                if let Err(error) = self.scan_and_wait(id, folder).await {
                    tracing::warn!(%error, "a watched folder was not gone through");
                }
            }
            if *stopping.borrow() {
                return;
            }
        }
    }

    fn hint_where_no_notices_come(&self) {
        let watcher = self.0.files.watcher.lock();
        let Some(watcher) = watcher.as_ref() else {
            return;
        };
        let roots = watcher.hints.roots.lock().clone();
        for (id, root) in roots
            .iter()
            .filter(|(id, _)| watcher.without_notices.contains(id))
        {
            watcher.hints.at(*id, root);
        }
    }

    /// One scan at a time: the next one begins when this one has ended.
    async fn scan_and_wait(&self, id: WatchId, folder: PathBuf) -> Result<()> {
        let watched = store::watched_folder::all(&mut *self.reader().await?).await?;
        let Some(watched) = watched.into_iter().find(|watched| watched.id == id) else {
            return Ok(());
        };
        let root = path_from_bytes(&watched.path);
        // A part that is gone altogether is seen from above.
        let folder = folder
            .ancestors()
            .find(|part| part.is_dir() && part.starts_with(&root))
            .map_or(root, Path::to_owned);
        let job = self.start_job(scan(&watched, &folder)).await?;
        self.wait(job).await?;
        Ok(())
    }

    /// Follows a folder from now on: its files come in, in place or as copies, and what happens to them is noticed.
    ///
    /// # Errors
    /// `Invalid` for a path that is not absolute or no folder, or that holds the library; `ReadOnly`.
    pub async fn watch_folder(&self, path: &Path, copy: bool) -> Result<WatchedFolder> {
        if !path.is_absolute() || !path.is_dir() {
            return Err(Error::invalid(format!(
                "“{}” is not a folder that can be followed; choose another one",
                path.display()
            )));
        }
        let bytes = path_bytes(path);
        let mut tx = self.write_edit().await?;
        store::watched_folder::put(&mut tx, WatchId::from_uuid(Uuid::now_v7()), &bytes, copy)
            .await?;
        let watched = store::watched_folder::all(&mut tx).await?;
        tx.commit().await?;
        let watched = watched.into_iter().find(|watched| watched.path == bytes);
        let watched = watched.ok_or_else(|| Error::not_found("The watched folder"))?;
        self.places_changed();
        let followed = match self.0.files.watcher.lock().as_mut() {
            Some(watcher) => {
                watcher.follow(&watched);
                true
            }
            None => false,
        };
        if !followed {
            self.start_job(scan(&watched, path)).await?;
        }
        Ok(told(&watched))
    }

    /// Follows a folder no longer. Its assets stay.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn unwatch_folder(&self, id: WatchId) -> Result<()> {
        let mut tx = self.write_edit().await?;
        if !store::watched_folder::delete(&mut tx, id).await? {
            return Err(Error::not_found("The watched folder"));
        }
        tx.commit().await?;
        if let Some(watcher) = self.0.files.watcher.lock().as_mut() {
            watcher.leave(id);
        }
        self.places_changed();
        Ok(())
    }

    /// Goes through a watched folder now.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn rescan(&self, id: WatchId) -> Result<JobId> {
        let watched = store::watched_folder::all(&mut *self.reader().await?).await?;
        let watched = watched.into_iter().find(|watched| watched.id == id);
        let watched = watched.ok_or_else(|| Error::not_found("The watched folder"))?;
        self.start_job(scan(&watched, &path_from_bytes(&watched.path)))
            .await
    }
}

async fn until_quiet(hints: &Hints) {
    let begun = tokio::time::Instant::now();
    loop {
        let before = hints.count.load(Ordering::Relaxed);
        tokio::time::sleep(QUIET).await;
        if hints.count.load(Ordering::Relaxed) == before || begun.elapsed() > PATIENCE {
            return;
        }
    }
}

fn scan(watched: &Watched, folder: &Path) -> Task {
    Task::Scan {
        watch: watched.id,
        folder: folder.into(),
        copy: watched.copy,
    }
}

/// As a window shows it.
pub(crate) fn told(watched: &Watched) -> WatchedFolder {
    let path = path_from_bytes(&watched.path);
    WatchedFolder {
        id: watched.id,
        path: path.to_string_lossy().into_owned(),
        copy: watched.copy,
        present: path.is_dir(),
        scanned_ms: watched.scanned_ms.map(|at| at as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(root: &str) -> (Hints, WatchId) {
        let hints = Hints {
            own: PathBuf::from("/games/library"),
            ..Hints::default()
        };
        let id = WatchId::from_uuid(Uuid::now_v7());
        hints.roots.lock().insert(id, PathBuf::from(root));
        (hints, id)
    }

    #[test]
    fn hints_gather_in_the_lowest_common_folder() {
        let (hints, id) = hints("/games");
        hints.changed(Path::new("/games/hero/walk/1.png"));
        assert_eq!(hints.restless.lock()[&id], Path::new("/games/hero/walk"));
        hints.changed(Path::new("/games/hero/run/1.png"));
        assert_eq!(hints.restless.lock()[&id], Path::new("/games/hero"));
        hints.changed(Path::new("/elsewhere/x.png"));
        assert_eq!(hints.restless.lock()[&id], Path::new("/games/hero"));
        hints.changed(Path::new("/games"));
        assert_eq!(
            hints.restless.lock()[&id],
            Path::new("/games"),
            "never above the watched folder"
        );
    }

    #[test]
    fn the_librarys_own_writes_and_mere_reading_are_no_news() {
        let (hints, _) = hints("/games");
        let event = |kind, path: &str| Ok(notify::Event::new(kind).add_path(PathBuf::from(path)));
        hints.take(&event(
            EventKind::Modify(ModifyKind::Any),
            "/games/library/library.db-wal",
        ));
        hints.take(&event(
            EventKind::Access(notify::event::AccessKind::Any),
            "/games/a.png",
        ));
        assert!(hints.restless.lock().is_empty());
        hints.take(&event(
            EventKind::Create(notify::event::CreateKind::File),
            "/games/a.png",
        ));
        assert_eq!(hints.restless.lock().len(), 1);
    }
}
