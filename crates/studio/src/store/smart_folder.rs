//! Stored queries.

use crate::{Error, Result};
use gameforge_domain::SmartFolderId;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

/// A smart folder as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SmartFolderRow {
    /// Which.
    pub id: SmartFolderId,
    /// Its name.
    pub name: String,
    /// The query's text.
    pub query: String,
    /// The order, for example `-added`.
    pub sort: String,
    /// Order in the side bar.
    pub position: f64,
}

/// All of them, in order.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<SmartFolderRow>> {
    sqlx::query!(
        "SELECT id, name, query, sort, position FROM smart_folder ORDER BY position, name, id"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| {
        Ok(SmartFolderRow {
            id: SmartFolderId::from_slice(&found.id)
                .ok_or_else(|| Error::stored("a smart folder's id"))?,
            name: found.name,
            query: found.query,
            sort: found.sort,
            position: found.position,
        })
    })
    .collect()
}

/// Writes one, new or in place of the one with its id.
pub(crate) async fn put(conn: &mut SqliteConnection, it: &SmartFolderRow) -> Result<()> {
    let id = it.id.as_bytes().as_slice();
    sqlx::query!(
        "INSERT INTO smart_folder (id, name, query, sort, position) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, query = excluded.query, sort = excluded.sort, position = excluded.position",
        id,
        it.name,
        it.query,
        it.sort,
        it.position
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes one out.
pub(crate) async fn delete(conn: &mut SqliteConnection, which: SmartFolderId) -> Result<()> {
    let id = which.as_bytes().as_slice();
    sqlx::query!("DELETE FROM smart_folder WHERE id = ?", id)
        .execute(conn)
        .await?;
    Ok(())
}
