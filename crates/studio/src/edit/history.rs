//! Undo and redo: the same function with the change turned round, or not.

use super::{apply, change::Change, disk};
use crate::{
    Error, Library, Result,
    store::{self, history::StepRow},
};
use gameforge_wire::HistoryStep;

impl Library {
    /// Takes the last step back; none when there is nothing to take back. When files could not be brought back
    /// from the system's trash, the step's label says which and what to do.
    ///
    /// # Errors
    /// When a file cannot get its old name back; nothing was changed then.
    pub async fn undo(&self) -> Result<Option<HistoryStep>> {
        self.turn_step(true).await
    }

    /// Does the step again that was taken back last; none when there is none.
    ///
    /// # Errors
    /// Like [`undo`](Self::undo).
    pub async fn redo(&self) -> Result<Option<HistoryStep>> {
        self.turn_step(false).await
    }

    /// The newest steps, newest first, those that are taken back at present among them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn history(&self, limit: u32) -> Result<Vec<HistoryStep>> {
        store::history::newest(&mut *self.reader().await?, limit).await
    }

    async fn turn_step(&self, back: bool) -> Result<Option<HistoryStep>> {
        let _editing = self.0.editing.lock().await;
        let mut write = self.write_edit().await?;
        let found = if back {
            store::history::last_done(&mut write).await?
        } else {
            store::history::first_undone(&mut write).await?
        };
        let Some(StepRow {
            row,
            mut step,
            change,
        }) = found
        else {
            return Ok(None);
        };
        let change: Change =
            serde_json::from_str(&change).map_err(Error::json("a step of the history"))?;
        let change = if back { change.invert() } else { change };
        let (change, done) = tokio::task::spawn_blocking(move || {
            let done = disk::perform(&change);
            (change, done)
        })
        .await?;
        let done = done?;
        let now = self.now_ms();
        let written = async {
            apply::apply(&mut write, &change, now).await?;
            store::history::mark(&mut write, row, back).await
        }
        .await;
        let committed = match written {
            Ok(()) => write.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = committed {
            done.take_back();
            return Err(error);
        }
        self.edited(&change).await?;
        step.undone = back;
        if !done.problems.is_empty() {
            step.label = format!("{} ({})", step.label, done.problems.join("; "));
        }
        Ok(Some(step))
    }
}
