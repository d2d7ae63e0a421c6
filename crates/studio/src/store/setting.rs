//! What the library itself remembers, as JSON by key.

use crate::{Error, Result, store};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;

/// A value; none where nothing was remembered.
pub(crate) async fn get<T: DeserializeOwned>(
    conn: &mut SqliteConnection,
    key: &str,
) -> Result<Option<T>> {
    sqlx::query_scalar!("SELECT value FROM setting WHERE key = ?", key)
        .fetch_optional(conn)
        .await?
        .map(|value| serde_json::from_str(&value).map_err(Error::json("a setting of the library")))
        .transpose()
}

/// Remembers a value.
pub(crate) async fn put<T: Serialize>(
    conn: &mut SqliteConnection,
    key: &str,
    value: &T,
) -> Result<()> {
    let value = store::json(value)?;
    sqlx::query!(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value
    )
    .execute(conn)
    .await?;
    Ok(())
}
