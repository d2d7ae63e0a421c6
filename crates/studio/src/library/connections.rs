//! How the database is connected to: for edits, for bulk, for reading, on media that cannot be written.

use sqlx::{
    Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// How long a writer waits for another process before it gives up as busy.
const BUSY: Duration = Duration::from_secs(10);
/// Readers beside each other. SQLite's readers are threads of their own, mostly idle.
const READERS: u32 = 6;

/// What the medium allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Everything.
    Write,
    /// Reading, beside a program that may write.
    Read,
    /// Reading what nobody can change: no lock files are needed.
    Immutable,
}

fn common(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(256)
        .pragma("temp_store", "MEMORY")
        // The system keeps the file's pages for all connections; mapped, each connection would count them as its own.
        .pragma("mmap_size", "0")
        // A program that was given a hostile database must not run what its schema says.
        .pragma("trusted_schema", "OFF")
}

/// One connection that may write.
pub(super) async fn writer(
    file: &Path,
    create: bool,
    synchronous: SqliteSynchronous,
) -> Result<SqlitePool, sqlx::Error> {
    let options = common(file)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .pragma("cache_size", "-8192")
        // Folding the log back every 16 MiB keeps bulk imports from doing it every few rows.
        .pragma("wal_autocheckpoint", "4096")
        .pragma("journal_size_limit", "67108864");
    pool(1).connect_with(options).await
}

/// The readers.
pub(super) async fn readers(file: &Path, access: Access) -> Result<SqlitePool, sqlx::Error> {
    let options = common(file)
        .pragma("query_only", "ON")
        .pragma("cache_size", "-3072");
    let options = match access {
        Access::Write => options,
        Access::Read => options.read_only(true),
        Access::Immutable => options.read_only(true).immutable(true),
    };
    pool(READERS).connect_with(options).await
}

fn pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .min_connections(1)
        .test_before_acquire(false)
        // On a full disk SQLite rolls back by itself. The driver then still counts a transaction that nobody can end,
        // and would begin no other one: such a connection is replaced.
        .after_release(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(60))
}

/// Whether files can be made in a folder: asked of the folder itself, as permission bits do not tell
/// (root, network shares, write-protected disks).
pub(super) fn writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".write-probe-{}", std::process::id()));
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe);
    match made {
        Ok(file) => {
            drop(file);
            std::fs::remove_file(&probe).is_ok()
        }
        Err(error) => error.kind() == std::io::ErrorKind::AlreadyExists,
    }
}
