//! What an asset's content was before.

use crate::{Result, store};
use serde::Serialize;
use sqlx::SqliteConnection;

/// A state of an asset.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewVersion {
    pub asset: i64,
    pub content: i64,
    /// `imported`, `changed on disk`.
    pub cause: &'static str,
    pub at_ms: i64,
}

/// Writes versions; each one's parent is the newest that the asset has.
pub(crate) async fn insert(conn: &mut SqliteConnection, versions: &[NewVersion]) -> Result<()> {
    if versions.is_empty() {
        return Ok(());
    }
    let batch = store::json(versions)?;
    sqlx::query!(
        "INSERT INTO version (asset, content, parent, cause, at_ms)
         SELECT value ->> 'asset', value ->> 'content',
                (SELECT max(row) FROM version WHERE asset = value ->> 'asset'),
                value ->> 'cause', value ->> 'at_ms'
         FROM json_each(?) ORDER BY key",
        batch
    )
    .execute(conn)
    .await?;
    Ok(())
}
