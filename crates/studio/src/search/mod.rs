//! Searching: the index in memory, kept in step with the database.

use crate::{Library, Result};
use std::path::PathBuf;
use uuid::Uuid;

pub(crate) struct Searcher {
    snapshot: PathBuf,
    library: Uuid,
}

impl Searcher {
    pub(crate) fn new(snapshot: PathBuf, library: Uuid) -> Self {
        Self { snapshot, library }
    }
}

impl Library {
    /// Wakes the follower: committed changes are waiting.
    pub(crate) fn assets_changed(&self) {}

    /// Waits until the index has every change committed so far.
    pub(crate) async fn caught_up(&self) -> Result<()> {
        Ok(())
    }

    pub(crate) fn start_following(&self) {}

    pub(crate) async fn save_snapshot(&self) -> Result<()> {
        let _ = (&self.0.searcher.snapshot, self.0.searcher.library);
        Ok(())
    }
}
