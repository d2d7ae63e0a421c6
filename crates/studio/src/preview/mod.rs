//! Reading what is in the library and making its pictures: what somebody looks at first, the rest as time allows.
//!
//! What waits is in the database (`content.preview = 0`), not in memory: nothing is lost when the program ends.

mod again;
mod pictures;
mod read;

pub(crate) use pictures::Pictures;
pub(crate) use read::{Source, load, load_streamed, sibling};

use crate::library::stopped;
use crate::{
    Error, Library, Result,
    files::{examine, hex, workshop::Rank},
    import::Outcome,
    store::{
        self,
        content::{ReadRow, ToRead, preview},
    },
};
use gameforge_domain::AssetId;
use gameforge_wire::{ErrorCode, Event, Failure, JobState};
use parking_lot::Mutex;
use read::{Finding, read};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Notify, mpsc};

/// Longest side of the stored previews, in pixels: a cell of the grid at twice the density.
pub(crate) const SIDE: u32 = 320;
/// Sides that are made on demand, and kept.
const LARGER: [u32; 2] = [640, 1024];
/// Results that are written together.
const BATCH: usize = 100;
/// How long results wait for company.
const TICK: Duration = Duration::from_millis(150);
/// Contents on their way for each thread: enough to keep it busy, few enough that what is on screen comes soon.
const EACH: usize = 6;
/// Assets on screen that are remembered.
const SEEN: usize = 500;

/// A picture for a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/png` or `image/jpeg`.
    pub mime: &'static str,
}

#[derive(Default)]
struct State {
    started: bool,
    /// What is on screen, newest first.
    seen: Vec<AssetId>,
    under_way: HashSet<i64>,
    /// What older readers read, and what is to be read again next.
    again: VecDeque<ToRead>,
    /// Why reading rests: until somebody asks for it again.
    trouble: Option<Failure>,
}

/// What is on its way through the readers.
#[derive(Default)]
pub(crate) struct Readings {
    state: Mutex<State>,
    wake: Notify,
    news: Arc<Notify>,
}

impl Readings {
    /// There may be something to read.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Told after every batch of results.
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// Why nothing is read at present.
    pub fn trouble(&self) -> Option<Failure> {
        self.state.lock().trouble.clone()
    }
}

type Answer = (i64, Option<Finding>);

impl Library {
    /// These are on screen, the first most: their previews are made before all others.
    pub fn visible(&self, mut ids: Vec<AssetId>) {
        ids.truncate(SEEN);
        let readings = &self.0.files.readings;
        let mut state = readings.state.lock();
        let scrolled = state.seen != ids;
        state.seen = ids;
        drop(state);
        if scrolled {
            self.0.activity.noted();
        }
        readings.wake();
    }

    /// Starts the loop that reads what waits, once; or lets it go on after trouble.
    pub(crate) fn start_reading(&self) {
        let readings = &self.0.files.readings;
        let mut state = readings.state.lock();
        state.trouble = None;
        let started = std::mem::replace(&mut state.started, true);
        drop(state);
        if started {
            readings.wake();
            return;
        }
        let library = self.clone();
        self.spawn(async move { library.keep_reading().await });
        if self.options().watch {
            let library = self.clone();
            self.spawn_after_first_page(async move {
                if let Err(error) = library.read_again_when_quiet().await {
                    tracing::warn!(%error, "what older readers read is not read again now");
                }
            });
        }
    }

    async fn keep_reading(&self) {
        let mut stopping = self.stopping();
        let (answers, mut answered) = mpsc::unbounded_channel::<Answer>();
        let mut results = Vec::new();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        self.0.files.readings.wake();
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stopping) => break,
                Some(answer) = answered.recv() => results.push(answer),
                () = self.0.files.readings.wake.notified() => {}
                _ = tick.tick(), if !results.is_empty() => self.written(&mut results).await,
            }
            if results.len() >= BATCH {
                self.written(&mut results).await;
            }
            if let Err(error) = self.refill(&answers, results.len()).await {
                self.rest(&error);
            }
        }
        self.0.files.workshop.close();
        self.written(&mut results).await;
    }

    /// Hands the workers what is on screen, and where they have room the rest. `read` contents have been read and only
    /// wait to be written down: they keep nobody busy, and must not be handed out again either.
    async fn refill(&self, answers: &mpsc::UnboundedSender<Answer>, read: usize) -> Result<()> {
        let files = &self.0.files;
        let (seen, under_way) = {
            let state = files.readings.state.lock();
            if state.trouble.is_some() {
                return Ok(());
            }
            (state.seen.clone(), state.under_way.clone())
        };
        let mut conn = self.reader().await?;
        if !seen.is_empty() {
            let ids: Vec<String> = seen.iter().map(|id| hex(id.as_bytes())).collect();
            let mut rows = store::content::waiting_of_assets(&mut conn, &ids).await?;
            rows.retain(|row| !under_way.contains(row));
            let found = store::content::to_read(&mut conn, &rows).await?;
            let mut by_row: HashMap<i64, ToRead> = found
                .into_iter()
                .map(|content| (content.row, content))
                .collect();
            for content in rows.iter().filter_map(|row| by_row.remove(row)) {
                self.submit(Rank::Urgent, content, answers);
            }
        }
        let room = files.workshop.threads() * EACH;
        let held_up = files
            .jobs
            .lock()
            .values()
            .any(|job| job.snapshot().state == JobState::Paused);
        let under_way: Vec<i64> = files
            .readings
            .state
            .lock()
            .under_way
            .iter()
            .copied()
            .collect();
        let busy = under_way.len().saturating_sub(read);
        // Asked for in larger pieces than one: the question costs more than the answer.
        if held_up || busy * 2 > room {
            return Ok(());
        }
        let room = i64::try_from(room - busy).unwrap_or(0);
        let waiting = store::content::waiting(&mut conn, &under_way, room).await?;
        let again = if waiting.is_empty() {
            std::mem::take(&mut files.readings.state.lock().again)
        } else {
            VecDeque::new()
        };
        for content in waiting.into_iter().chain(again) {
            self.submit(Rank::Rest, content, answers);
        }
        Ok(())
    }

    fn submit(&self, rank: Rank, content: ToRead, answers: &mpsc::UnboundedSender<Answer>) {
        let row = content.row;
        if !self.0.files.readings.state.lock().under_way.insert(row) {
            return;
        }
        let source = self.source(&content, Vec::new());
        let pictures = Pictures::new(self.previews_dir());
        let answers = answers.clone();
        // The answer goes through the channel; the receipt is of no use.
        let receipt = self.0.files.workshop.submit(rank, move || {
            let work = std::panic::AssertUnwindSafe(|| read(&content, &source, &pictures));
            let _ = answers.send((row, std::panic::catch_unwind(work).ok()));
        });
        drop(receipt);
    }

    /// What a worker needs to read a content.
    pub(crate) fn source(&self, content: &ToRead, parts: Vec<(String, blake3::Hash)>) -> Source {
        Source::new(
            content,
            crate::files::objects::Objects::new(self.objects_dir()),
            Arc::clone(&self.0.files.memory),
            self.0.files.limits(),
            parts,
        )
    }

    /// Writes results down and tells everybody.
    async fn written(&self, results: &mut Vec<Answer>) {
        if results.is_empty() {
            return;
        }
        let batch = std::mem::take(results);
        let rows: Vec<i64> = batch.iter().map(|(row, _)| *row).collect();
        if let Some((path, error)) = batch
            .iter()
            .find_map(|(_, finding)| finding.as_ref()?.unwritten.as_ref())
        {
            self.rest(&Error::io("Writing", path.clone())(std::io::Error::from(
                *error,
            )));
        }
        match self.write_findings(batch).await {
            Ok(ready) if !ready.is_empty() => self.emit(Event::Previews { contents: ready }),
            Ok(_) => {}
            Err(error) => self.rest(&error),
        }
        let mut state = self.0.files.readings.state.lock();
        for row in rows {
            state.under_way.remove(&row);
        }
        drop(state);
        self.0.files.readings.news.notify_waiters();
    }

    /// Gives the contents that now have a preview, by 16 hexadecimal digits.
    async fn write_findings(&self, batch: Vec<Answer>) -> Result<Vec<String>> {
        let mut found: Vec<ReadRow> = Vec::with_capacity(batch.len());
        let mut ready = Vec::new();
        let mut parts = Vec::new();
        for (row, finding) in batch {
            let finding = finding.unwrap_or_else(|| Finding::panicked(row));
            if finding.unwritten.is_some() {
                continue;
            }
            if finding.row.preview == preview::READY {
                ready.push(finding.short_hash);
            }
            if !finding.parts.is_empty() {
                parts.push((row, finding.parts));
            }
            found.push(finding.row);
        }
        let rows: Vec<i64> = found.iter().map(|row| row.row).collect();
        let mut tx = self.write_bulk().await?;
        // What was read again to the same end is no change to anybody.
        let differing = store::content::differing(&mut tx, &found).await?;
        store::content::set_read(&mut tx, &found).await?;
        for (row, parts) in &parts {
            store::content::set_parts(&mut tx, *row, parts).await?;
        }
        let moved = store::job::read_done(&mut tx, &rows, Outcome::Failed as u8).await?;
        let assets = store::content::assets_of(&mut tx, &differing).await?;
        store::change::append(&mut tx, &assets).await?;
        tx.commit().await?;
        let jobs = self.0.files.jobs.lock().clone();
        for (job, outcome, files, failed) in moved {
            let running = jobs.values().find(|running| running.row() == job);
            if let (Some(running), Some(outcome)) = (running, Outcome::from_number(outcome)) {
                running.read(outcome, files, failed);
            }
        }
        self.assets_changed();
        Ok(ready)
    }

    /// Nothing more is read until a job or a person asks for it.
    fn rest(&self, error: &Error) {
        if matches!(error, Error::Closed) {
            return;
        }
        // Another program is writing: what was not noted still waits, and is read once more.
        if error.code() == ErrorCode::Busy {
            tracing::warn!(%error, "what was read could not be written down yet");
            return;
        }
        tracing::error!(%error, "reading files rests");
        self.0.files.readings.state.lock().trouble = Some(error.failure());
    }

    /// The picture of an asset, its longest side about `side` pixels: stored, or made now.
    ///
    /// # Errors
    /// `NotFound` for an asset that is not there or has no look, `Unreadable`.
    pub async fn preview(&self, id: AssetId, side: u32) -> Result<Preview> {
        let content = self.content_of(id).await?;
        if content.preview == preview::NONE {
            return Err(Error::not_found("A preview of this asset"));
        }
        let side = if side <= SIDE {
            SIDE
        } else {
            LARGER
                .into_iter()
                .find(|larger| side <= *larger)
                .unwrap_or(LARGER[1])
        };
        let pictures = Pictures::new(self.previews_dir());
        if let Some(found) = pictures.find(&content.hash, side) {
            return Ok(found);
        }
        let parts = store::content::parts(&mut *self.reader().await?, content.row).await?;
        let source = self.source(&content, parts);
        let keep = (!self.read_only()).then_some(pictures);
        let made = self.0.files.workshop.submit(Rank::Urgent, move || {
            read::picture(&content, &source, side, keep.as_ref())
        });
        made.await.map_err(|_| Error::Closed)?
    }

    /// What the readers need to know of an asset's content.
    pub(crate) async fn content_of(&self, id: AssetId) -> Result<ToRead> {
        let mut conn = self.reader().await?;
        let content = store::content::of_asset(&mut conn, &hex(id.as_bytes())).await?;
        let content = content.ok_or_else(|| Error::not_found("The asset"))?;
        let mut found = store::content::to_read(&mut conn, &[content]).await?;
        found
            .pop()
            .ok_or_else(|| Error::not_found("The asset's content"))
    }

    /// The hash of a file, for `verify`.
    pub(crate) async fn hash_file(
        &self,
        path: std::path::PathBuf,
    ) -> Result<std::io::Result<blake3::Hash>> {
        let hashed = self
            .0
            .files
            .workshop
            .submit(Rank::Finding, move || examine::hash_of(&path));
        hashed.await.map_err(|_| Error::Closed)
    }
}
