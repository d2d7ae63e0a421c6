//! After the readers have learned something: what older ones read is read again, a few files at a time, and only while
//! nobody does anything. How far this is, is noted; the next start goes on from there.

use crate::{
    Library, Result,
    files::{objects::Objects, path_from_bytes},
    store::{self, content::ToRead},
};
use gameforge_media::READER;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where the progress is noted.
const NOTED: &str = "read_again";
/// Nobody has done anything for so long.
const QUIET: Duration = Duration::from_secs(2);
/// Contents that one statement looks at.
const LOOKED_AT: i64 = 2_000;
/// Contents that are read between two looks whether it is still quiet.
const AT_ONCE: i64 = 16;

/// Up to which row everything was read by readers of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    reader: u32,
    row: i64,
}

impl Library {
    /// Goes through all contents from where it stands, then ends.
    pub(super) async fn read_again_when_quiet(&self) -> Result<()> {
        let mut conn = self.reader().await?;
        let noted: Option<Progress> = store::setting::get(&mut conn, NOTED).await?;
        // What comes later is read by these readers.
        let end = store::content::newest_row(&mut conn).await?;
        drop(conn);
        let mut row = noted
            .filter(|noted| noted.reader == READER)
            .map_or(0, |noted| noted.row);
        let mut told = false;
        while row < end {
            if !self.when_quiet(QUIET, None).await {
                return Ok(());
            }
            let up_to = end.min(row + LOOKED_AT);
            let older = store::content::read_by_older(
                &mut *self.reader().await?,
                READER,
                row,
                up_to,
                AT_ONCE,
            )
            .await?;
            if !older.is_empty() && !std::mem::replace(&mut told, true) {
                tracing::info!("the readers have learned something: files are read again");
            }
            let done = match older.last() {
                Some(last) if older.len() as i64 == AT_ONCE => *last,
                _ => up_to,
            };
            if !self.read_now(&older).await? {
                return Ok(());
            }
            row = done;
            let mut tx = self.write_bulk().await?;
            let progress = Progress {
                reader: READER,
                row,
            };
            store::setting::put(&mut tx, NOTED, &progress).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Hands contents to the readers and waits until what they found is written down. False when the library is being
    /// closed, or when reading rests.
    async fn read_now(&self, rows: &[i64]) -> Result<bool> {
        let mut contents = store::content::to_read(&mut *self.reader().await?, rows).await?;
        let objects = Objects::new(self.objects_dir());
        // A drive that is not there must not cost what was found on it.
        contents.retain(|content| is_there(content, &objects));
        let readings = &self.0.files.readings;
        let waiting: Vec<i64> = contents.iter().map(|content| content.row).collect();
        readings.state.lock().again.extend(contents);
        readings.wake();
        let mut stopping = self.stopping();
        loop {
            let news = readings.news.notified();
            tokio::pin!(news);
            // Registered before the question, so that an answer in between is not missed.
            news.as_mut().enable();
            {
                let state = readings.state.lock();
                let open = state
                    .again
                    .iter()
                    .any(|content| waiting.contains(&content.row))
                    || waiting.iter().any(|row| state.under_way.contains(row));
                if !open {
                    return Ok(true);
                }
                if state.trouble.is_some() {
                    return Ok(false);
                }
            }
            tokio::select! {
                () = news => {}
                _ = stopping.wait_for(|stopping| *stopping) => return Ok(false),
            }
        }
    }
}

fn is_there(content: &ToRead, objects: &Objects) -> bool {
    if content.stored {
        return objects.path(&content.hash).is_file();
    }
    let path = content.path.as_deref().map(path_from_bytes);
    path.is_some_and(|path| path.is_file())
}
