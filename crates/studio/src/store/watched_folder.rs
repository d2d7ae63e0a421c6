//! Folders that the library follows.

use crate::{Error, Result};
use gameforge_domain::WatchId;
use sqlx::SqliteConnection;

/// A followed folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    pub row: i64,
    pub id: WatchId,
    /// As the system gave it.
    pub path: Vec<u8>,
    /// New files are copied in.
    pub copy: bool,
    pub scanned_ms: Option<i64>,
}

/// All of them, in the order in which they were added.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<Watched>> {
    let rows = sqlx::query!(
        r#"SELECT row AS "row!: i64", id, path, copy AS "copy!: bool", scanned_ms FROM watched_folder ORDER BY row"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let id = WatchId::from_slice(&row.id)
                .ok_or_else(|| Error::stored("a watched folder's id"))?;
            Ok(Watched {
                row: row.row,
                id,
                path: row.path,
                copy: row.copy,
                scanned_ms: row.scanned_ms,
            })
        })
        .collect()
}

/// Follows a folder; one that is followed already keeps its id and takes the new manner.
pub(crate) async fn put(
    conn: &mut SqliteConnection,
    id: WatchId,
    path: &[u8],
    copy: bool,
) -> Result<()> {
    let id = id.as_bytes().as_slice();
    sqlx::query!(
        "INSERT INTO watched_folder (id, path, copy) VALUES (?, ?, ?)
         ON CONFLICT (path) DO UPDATE SET copy = excluded.copy",
        id,
        path,
        copy
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Follows a folder no longer; false when it was not followed.
pub(crate) async fn delete(conn: &mut SqliteConnection, id: WatchId) -> Result<bool> {
    let id = id.as_bytes().as_slice();
    let done = sqlx::query!("DELETE FROM watched_folder WHERE id = ?", id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes that a folder was gone through.
pub(crate) async fn scanned(conn: &mut SqliteConnection, row: i64, at_ms: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE watched_folder SET scanned_ms = ? WHERE row = ?",
        at_ms,
        row
    )
    .execute(conn)
    .await?;
    Ok(())
}
