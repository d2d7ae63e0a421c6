//! Small facts that the engine notes for its next start, by key. None of them is a person's: each can be lost.

use crate::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;

/// What was noted under a key; none when nothing was, or when another version wrote what this one cannot read.
pub(crate) async fn get<T: DeserializeOwned>(
    conn: &mut SqliteConnection,
    key: &str,
) -> Result<Option<T>> {
    let found = sqlx::query_scalar!("SELECT value FROM setting WHERE key = ?", key)
        .fetch_optional(conn)
        .await?;
    Ok(found.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Notes something under a key.
pub(crate) async fn put<T: Serialize + Sync>(
    conn: &mut SqliteConnection,
    key: &str,
    value: &T,
) -> Result<()> {
    let text = serde_json::to_string(value).map_err(Error::json("a note for the next start"))?;
    sqlx::query!(
        "INSERT INTO setting (key, value) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        text
    )
    .execute(conn)
    .await?;
    Ok(())
}
