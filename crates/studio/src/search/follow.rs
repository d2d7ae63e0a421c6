//! Keeping the index in step: with this process's commits at once, with other programs' within half a second.

use super::Stage;
use crate::library::stopped;
use crate::{Library, Result, library::Inner, store};
use gameforge_allocator::give_back;
use gameforge_index::Index;
use gameforge_wire::Event;
use std::{
    sync::{Weak, atomic::Ordering},
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

/// Entries of the change log that are read at a time.
const READ: i64 = 4_000;
/// Assets that are applied under one lock, two milliseconds' work: a search waits for no more.
const APPLIED: usize = 64;
/// How often other programs' commits are looked for.
const POLL: Duration = Duration::from_millis(500);
/// News of changed assets are at least this far apart.
const APART: Duration = Duration::from_millis(100);
/// After so many changes and a quiet moment the snapshot is written.
const MANY: i64 = 20_000;
/// So many changes are not kept waiting for a quiet moment: the next start would have to catch up with them.
const TOO_MANY: i64 = 100_000;
/// How long nothing must have changed for a moment to be quiet.
const QUIET: Duration = Duration::from_secs(5);
/// So many emptied slots, and more than a third of all, are worth a new numbering.
const VACANT: usize = 50_000;

impl Library {
    /// Wakes the follower: committed changes are waiting.
    pub(crate) fn assets_changed(&self) {
        self.0.searcher.wake.notify_one();
    }

    /// Waits until the index has every change committed so far. Where no index was asked for yet, there is
    /// nothing to wait for: it will have them when it is read.
    pub(crate) async fn caught_up(&self) -> Result<()> {
        let searcher = &self.0.searcher;
        if !searcher.is_ready() || self.catch_up().await? {
            searcher.changed.notify_one();
        }
        Ok(())
    }

    /// Applies what is new in the change log. Gives whether there was something.
    pub(super) async fn catch_up(&self) -> Result<bool> {
        let searcher = &self.0.searcher;
        let _applying = searcher.applying.lock().await;
        let mut conn = self.reader().await?;
        let mut names = None;
        while let Some(page) = store::change::after(&mut conn, searcher.applied(), READ).await? {
            if page.first > searcher.applied() + 1 {
                // Shortened past what this index has: another program was at it for long.
                let (index, stamp) = self.build().await?;
                *searcher.index.write() = index;
                searcher.applied.send_replace(stamp);
                names = Some(store::entry::names(&mut conn).await?);
                continue;
            }
            let known = match names.take() {
                Some(known) => known,
                None => store::entry::names(&mut conn).await?,
            };
            let batch = store::entry::read(&mut conn, &page.rows).await?;
            let library = self.clone();
            names = Some(
                tokio::task::spawn_blocking(move || {
                    library.0.searcher.take_in(batch, &page.rows, &known)?;
                    Ok::<_, crate::Error>(known)
                })
                .await??,
            );
            searcher.applied.send_replace(page.last);
        }
        Ok(names.is_some())
    }

    /// Follows this process and others in the background, as long as somebody holds the library.
    pub(crate) fn start_following(&self) {
        let weak = std::sync::Arc::downgrade(&self.0);
        self.spawn(announce(weak.clone()));
        if self.options().watch {
            self.start_loading();
            self.spawn(follow(weak));
        }
    }
}

impl super::Searcher {
    fn take_in(
        &self,
        batch: store::entry::Batch,
        rows: &[i64],
        names: &store::entry::Names,
    ) -> Result<()> {
        let mut there: Vec<i64> = batch.rows().collect();
        there.sort_unstable();
        let gone: Vec<u32> = rows
            .iter()
            .filter(|row| there.binary_search(row).is_err())
            .filter_map(|row| u32::try_from(*row).ok())
            .collect();
        let mut entries = batch.entries(names)?;
        while !entries.is_empty() {
            let rest = entries.split_off(entries.len().min(APPLIED));
            self.index.write().apply(entries, &[]);
            entries = rest;
        }
        for gone in gone.chunks(APPLIED) {
            self.index.write().apply(Vec::new(), gone);
        }
        self.index.read().settle();
        // Every order was written anew, by a thread that may sleep now.
        give_back();
        Ok(())
    }

    /// Gives back the memory of removed assets, when that is much.
    fn compact(&self) {
        let pays = |index: &Index| index.vacant() > VACANT && index.vacant() * 2 > index.len();
        if pays(&self.index.read()) {
            self.index.write().compact();
        }
    }
}

/// Tells listeners that assets changed, at most ten times a second.
async fn announce(weak: Weak<Inner>) {
    loop {
        let Some(inner) = weak.upgrade() else { return };
        let mut stop = inner.stop.subscribe();
        let waited = tokio::time::timeout(POLL, inner.searcher.changed.notified());
        let heard = tokio::select! {
            heard = waited => heard.is_ok(),
            () = stopped(&mut stop) => return,
        };
        if heard {
            Library(inner).emit(Event::Changed);
            sleep(APART).await;
        }
    }
}

async fn follow(weak: Weak<Inner>) {
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = Seen::default();
    let mut last_change = Instant::now();
    loop {
        let Some(inner) = weak.upgrade() else { return };
        let mut stop = inner.stop.subscribe();
        tokio::select! {
            () = inner.searcher.wake.notified() => {}
            _ = ticks.tick() => {}
            () = stopped(&mut stop) => return,
        }
        let library = Library(inner);
        match library.look(&mut seen).await {
            Ok(changed) => {
                if changed {
                    last_change = Instant::now();
                }
                if last_change.elapsed() > QUIET {
                    library.tidy().await;
                } else if library.0.searcher.unsaved() > TOO_MANY {
                    library.save_in_passing().await;
                }
            }
            Err(error) => tracing::warn!(%error, "the search index could not follow the database"),
        }
    }
}

/// What the follower saw the last time it looked.
#[derive(Default)]
struct Seen {
    places: Option<i64>,
    commits: u64,
}

impl Library {
    /// Looks for what is new; gives whether assets changed.
    async fn look(&self, seen: &mut Seen) -> Result<bool> {
        let searcher = &self.0.searcher;
        if *searcher.stage.borrow() != Stage::Ready {
            return Ok(false);
        }
        let changed = self.catch_up().await?;
        if changed {
            searcher.changed.notify_one();
        }
        // Whether another program changed tags, collections and the like is not in the log.
        let commits = searcher.commits.load(Ordering::Acquire);
        let print = store::library::places_print(&mut *self.reader().await?).await?;
        let before = seen.places.replace(print);
        if before.is_some_and(|before| before != print) && commits == seen.commits {
            self.names_changed().await?;
            self.places_changed();
        }
        seen.commits = commits;
        Ok(changed)
    }

    async fn save_in_passing(&self) {
        if let Err(error) = self.save_snapshot().await {
            tracing::warn!(%error, "the search snapshot could not be written");
        }
    }

    /// Work for quiet moments.
    async fn tidy(&self) {
        let searcher = &self.0.searcher;
        if searcher.unsaved() > MANY {
            self.save_in_passing().await;
        }
        let _applying = searcher.applying.lock().await;
        let library = self.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || library.0.searcher.compact()).await
        {
            tracing::warn!(%error, "the search index could not be compacted");
        }
    }
}
