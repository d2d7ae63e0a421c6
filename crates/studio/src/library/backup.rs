//! Copies of the database, made before it is changed in form. At most five are kept.

use crate::{Error, Result, store};
use sqlx::SqlitePool;
use std::path::{Path, PathBuf};

const KEPT: usize = 5;

fn folder(library: &Path) -> PathBuf {
    library.join("backups")
}

/// Backups there are, oldest first (their names begin with the time).
fn all(library: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder(library)) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "db"))
        .collect();
    found.sort();
    found
}

/// The one to go back to.
pub(super) fn newest(library: &Path) -> Option<PathBuf> {
    all(library).pop()
}

/// Writes a compact, sound copy beside the library and lets the oldest go.
pub(super) async fn make(
    library: &Path,
    pool: &SqlitePool,
    schema: i64,
    now_ms: i64,
) -> Result<PathBuf> {
    let folder = folder(library);
    std::fs::create_dir_all(&folder).map_err(Error::io("Making the folder", &folder))?;
    let path = folder.join(format!("{now_ms:015}-format-{schema}.db"));
    store::library::copy_into(&mut *pool.acquire().await?, &path).await?;
    let kept = all(library);
    for old in kept.iter().take(kept.len().saturating_sub(KEPT)) {
        if let Err(error) = std::fs::remove_file(old) {
            tracing::warn!(path = %old.display(), %error, "an old backup stays");
        }
    }
    Ok(path)
}
