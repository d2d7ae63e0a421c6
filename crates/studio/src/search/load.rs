//! The index from its snapshot, or built from the database; and back onto the disk.

use super::{Stage, newest::Counted};
use crate::{Error, Library, Result, store};
use gameforge_allocator::give_back;
use gameforge_index::{Entry, Index};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
    sync::atomic::Ordering,
};
use tokio::sync::mpsc;

/// Assets that are read at a time when the index is built.
const PAGE: i64 = 10_000;
/// How much of the change log is kept below the snapshot's stamp, for programs that have an older one in memory.
const KEPT_CHANGES: i64 = 200_000;
/// The log is not shortened for less than this.
const WORTHWHILE: i64 = 50_000;

impl Library {
    /// Begins to read the index, unless that was begun.
    pub(super) fn start_loading(&self) {
        if self.0.searcher.started.swap(true, Ordering::AcqRel) {
            return;
        }
        let library = self.clone();
        self.spawn(async move {
            let mut stop = library.stopping();
            let loaded = tokio::select! {
                loaded = library.load() => loaded,
                _ = stop.wait_for(|stop| *stop) => Err(Error::Closed),
            };
            let stage = match loaded {
                Ok(()) => Stage::Ready,
                Err(error) => {
                    tracing::error!(%error, "the search index could not be built");
                    Stage::Failed(error.to_string())
                }
            };
            library.0.searcher.stage.send_replace(stage);
            library.0.searcher.changed.notify_one();
            library.places_changed();
        });
    }

    /// Waits until the index answers.
    pub(super) async fn ready(&self) -> Result<()> {
        self.start_loading();
        let mut stage = self.0.searcher.stage.subscribe();
        let stage = stage
            .wait_for(|stage| *stage != Stage::Loading)
            .await
            .map_err(|_| Error::Closed)?
            .clone();
        match stage {
            Stage::Failed(why) => Err(Error::stored(format!("the search index ({why})"))),
            Stage::Loading | Stage::Ready => Ok(()),
        }
    }

    async fn load(&self) -> Result<()> {
        let searcher = &self.0.searcher;
        let (file, library) = (searcher.snapshot.clone(), *searcher.library.as_bytes());
        let read = tokio::task::spawn_blocking(move || {
            let read = read_snapshot(&file, library);
            give_back();
            read
        });
        let read = read.await?;
        let (least, newest) = store::change::span(&mut *self.reader().await?).await?;
        let usable = read.filter(|(_, stamp)| (least - 1..=newest).contains(stamp));
        let (index, stamp) = match usable {
            Some((index, stamp)) => {
                *searcher.saved.lock() = stamp;
                (index, stamp)
            }
            None => self.build().await?,
        };
        *searcher.index.write() = index;
        searcher.applied.send_replace(stamp);
        self.names_changed().await?;
        self.catch_up().await?;
        Ok(())
    }

    /// Reads the whole library. Two connections read ahead while this thread puts the index together.
    pub(super) async fn build(&self) -> Result<(Index, i64)> {
        let (_, stamp) = store::change::span(&mut *self.reader().await?).await?;
        let (to_builder, mut batches) = mpsc::channel::<Vec<Entry>>(2);
        let builder = tokio::task::spawn_blocking(move || {
            let mut index = Index::new();
            while let Some(batch) = batches.blocking_recv() {
                index.apply(batch, &[]);
            }
            give_back();
            index
        });
        let names = store::entry::names(&mut *self.reader().await?).await?;
        let mut finder = self.reader().await?;
        let mut after = 0;
        loop {
            let mut both = Vec::new();
            for _ in 0..2 {
                let rows = store::asset::rows_after(&mut finder, after, PAGE).await?;
                after = rows.last().copied().unwrap_or(after);
                both.push(rows);
            }
            let done = both.iter().any(Vec::is_empty);
            let (one, two) = tokio::try_join!(self.read_page(&both[0]), self.read_page(&both[1]))?;
            for batch in [one, two] {
                if to_builder.send(batch.entries(&names)?).await.is_err() {
                    return Err(Error::Closed);
                }
            }
            if done {
                break;
            }
        }
        drop(to_builder);
        Ok((builder.await?, stamp))
    }

    async fn read_page(&self, rows: &[i64]) -> Result<store::entry::Batch> {
        store::entry::read(&mut *self.reader().await?, rows).await
    }

    /// Writes the index down when it has something that the snapshot has not, and shortens the change log.
    pub(crate) async fn save_snapshot(&self) -> Result<()> {
        let searcher = &self.0.searcher;
        if self.read_only() || !searcher.is_ready() {
            return Ok(());
        }
        let applying = searcher.applying.lock().await;
        let stamp = searcher.applied();
        if stamp == *searcher.saved.lock() {
            return Ok(());
        }
        let library = self.clone();
        let counted = tokio::task::spawn_blocking(move || {
            let searcher = &library.0.searcher;
            let index = searcher.index.read();
            let id = *searcher.library.as_bytes();
            write_snapshot(&searcher.snapshot, &index, id, stamp)?;
            Ok::<_, Error>(Counted::of(&index, stamp))
        })
        .await??;
        *searcher.saved.lock() = stamp;
        drop(applying);
        let mut write = self.write_bulk().await?;
        counted.note(&mut write).await?;
        write.commit().await?;
        self.shorten_changes(stamp).await
    }

    async fn shorten_changes(&self, stamp: i64) -> Result<()> {
        let (least, _) = store::change::span(&mut *self.reader().await?).await?;
        let end = stamp - KEPT_CHANGES;
        if end - least < WORTHWHILE {
            return Ok(());
        }
        let mut upto = least;
        while upto < end {
            upto = (upto + WORTHWHILE).min(end);
            let mut write = self.write_bulk().await?;
            store::change::prune(&mut write, upto).await?;
            write.commit().await?;
        }
        Ok(())
    }
}

/// None when there is none that can be used: the index is then built anew.
fn read_snapshot(file: &Path, library: [u8; 16]) -> Option<(Index, i64)> {
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the search snapshot could not be opened");
            return None;
        }
    };
    let length = opened.metadata().ok()?.len();
    match Index::read_snapshot(BufReader::with_capacity(1 << 20, opened), length, library) {
        Ok((index, stamp)) => Some((index, i64::try_from(stamp).ok()?)),
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the search index is built anew");
            None
        }
    }
}

/// In one step: a program that is cut off leaves the old snapshot.
fn write_snapshot(file: &Path, index: &Index, library: [u8; 16], stamp: i64) -> Result<()> {
    let new = file.with_extension(format!("new-{}", std::process::id()));
    let written = File::create(&new).and_then(|to| {
        let mut to = BufWriter::with_capacity(1 << 20, to);
        index.write_snapshot(&mut to, library, stamp.unsigned_abs())?;
        to.flush()?;
        std::fs::rename(&new, file)
    });
    if written.is_err() {
        // The failure is what is told; a left-over is overwritten the next time.
        let _ = std::fs::remove_file(&new);
    }
    written.map_err(Error::io("Writing", file))
}
