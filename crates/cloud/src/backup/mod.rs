//! The whole database in a folder of files, and back: one file a table (PostgreSQL's COPY, zstd), the list of objects,
//! and a manifest with counts and BLAKE3 hashes, written last. It needs no PostgreSQL programs and no superuser, only
//! the tables' owner. Objects themselves are backed up where they lie.

mod catalog;
mod restore;
mod save;

pub use restore::{Restored, restore};
pub use save::save;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{io, path::PathBuf};

/// The version of the layout that this writes and reads.
pub const LAYOUT: u32 = 1;
/// The manifest's file.
const MANIFEST: &str = "manifest.json";
/// The list of objects: a JSON line each.
const BLOBS: &str = "blobs.jsonl.zst";

/// Why a backup or a restore failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder.
    #[error("“{}”: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The object storage, or the check of the audit log.
    #[error(transparent)]
    Service(crate::Error),
    /// The manifest cannot be read or written.
    #[error("the manifest: {0}")]
    Manifest(#[from] serde_json::Error),
    /// Work in another thread was cut off.
    #[error("work was cut off: {0}")]
    Join(#[from] tokio::task::JoinError),
    /// It was not done, and nothing was changed.
    #[error("{0}")]
    Refused(String),
}

/// The result of this module.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this layout.
    pub layout: u32,
    /// The service that wrote it.
    pub version: String,
    /// When its snapshot was taken.
    pub taken_at: DateTime<Utc>,
    /// The migrations that the database had, the oldest first: version and checksum in hex.
    pub migrations: Vec<(i64, String)>,
    /// The tables, in an order in which they can be filled.
    pub tables: Vec<TableFile>,
    /// The list of objects.
    pub blobs: BlobList,
    /// The audit log's end.
    pub audit_head: String,
}

/// One table's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// The table; its file is `NAME.copy.zst`.
    pub name: String,
    /// Its columns, in the file's order.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: u64,
    /// The file's bytes.
    pub bytes: u64,
    /// The file's BLAKE3.
    pub blake3: String,
}

impl TableFile {
    fn file(&self) -> String {
        format!("{}.copy.zst", self.name)
    }
}

/// The list of objects' file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobList {
    /// Objects.
    pub count: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// The file's BLAKE3.
    pub blake3: String,
}

/// One object, as it was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Blob {
    key: String,
    size: u64,
}

fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::File { path, source }
}
