//! Tags and which assets carry them. A tag is told by its key; its row number is an inner matter.

use crate::{Error, Result, store};
use gameforge_domain::TagPath;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

/// A tag as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TagRow {
    /// `TagPath::key`.
    pub key: String,
    /// As written.
    pub path: String,
    /// As a label's number.
    pub colour: i64,
}

impl TagRow {
    /// The path, parsed again.
    pub(crate) fn tag(&self) -> Result<TagPath> {
        self.path
            .parse()
            .map_err(|_| Error::stored(format!("the tag “{}”", self.path)))
    }
}

/// All tags, by key.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<TagRow>> {
    Ok(
        sqlx::query_as!(TagRow, "SELECT key, path, colour FROM tag ORDER BY key")
            .fetch_all(conn)
            .await?,
    )
}

/// The tag with a key.
pub(crate) async fn by_key(conn: &mut SqliteConnection, key: &str) -> Result<Option<TagRow>> {
    Ok(sqlx::query_as!(
        TagRow,
        "SELECT key, path, colour FROM tag WHERE key = ?",
        key
    )
    .fetch_optional(conn)
    .await?)
}

/// A tag and all below it, by key.
pub(crate) async fn subtree(conn: &mut SqliteConnection, key: &str) -> Result<Vec<TagRow>> {
    // “0” follows “/”: the half-open range holds exactly what starts with the key and a slash.
    let (from, to) = (format!("{key}/"), format!("{key}0"));
    Ok(sqlx::query_as!(
        TagRow,
        "SELECT key, path, colour FROM tag WHERE key = ? OR (key >= ? AND key < ?) ORDER BY key",
        key,
        from,
        to
    )
    .fetch_all(conn)
    .await?)
}

/// Writes a new tag.
pub(crate) async fn insert(conn: &mut SqliteConnection, tag: &TagRow) -> Result<()> {
    sqlx::query!(
        "INSERT INTO tag (key, path, colour) VALUES (?, ?, ?)",
        tag.key,
        tag.path,
        tag.colour
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives the tag with a key another form.
pub(crate) async fn update(conn: &mut SqliteConnection, key: &str, to: &TagRow) -> Result<()> {
    sqlx::query!(
        "UPDATE tag SET key = ?, path = ?, colour = ? WHERE key = ?",
        to.key,
        to.path,
        to.colour,
        key
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a tag out; no asset may carry it any more.
pub(crate) async fn delete(conn: &mut SqliteConnection, key: &str) -> Result<()> {
    sqlx::query!("DELETE FROM tag WHERE key = ?", key)
        .execute(conn)
        .await?;
    Ok(())
}

/// All assets with exactly this tag, also those that were removed.
pub(crate) async fn rows(conn: &mut SqliteConnection, key: &str) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "SELECT asset FROM asset_tag WHERE tag = (SELECT row FROM tag WHERE key = ?) ORDER BY asset",
        key
    )
    .fetch_all(conn)
    .await?)
}

/// Which of these assets carry the tag.
pub(crate) async fn rows_among(
    conn: &mut SqliteConnection,
    key: &str,
    rows: &[i64],
) -> Result<Vec<i64>> {
    let rows = store::json(rows)?;
    Ok(sqlx::query_scalar!(
        "SELECT asset FROM asset_tag
         WHERE tag = (SELECT row FROM tag WHERE key = ?) AND asset IN (SELECT value FROM json_each(?))
         ORDER BY asset",
        key,
        rows
    )
    .fetch_all(conn)
    .await?)
}

/// The tags that any of these assets carries.
pub(crate) async fn of(conn: &mut SqliteConnection, rows: &[i64]) -> Result<Vec<TagRow>> {
    let rows = store::json(rows)?;
    Ok(sqlx::query_as!(
        TagRow,
        "SELECT key, path, colour FROM tag WHERE row IN
             (SELECT tag FROM asset_tag WHERE asset IN (SELECT value FROM json_each(?)))
         ORDER BY key",
        rows
    )
    .fetch_all(conn)
    .await?)
}

/// Puts the tag on assets.
pub(crate) async fn put(conn: &mut SqliteConnection, key: &str, rows: &[i64]) -> Result<()> {
    let rows = store::json(rows)?;
    sqlx::query!(
        "INSERT OR IGNORE INTO asset_tag (asset, tag)
         SELECT each.value, tag.row FROM json_each(?) AS each, tag WHERE tag.key = ?",
        rows,
        key
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the tag off assets.
pub(crate) async fn take(conn: &mut SqliteConnection, key: &str, rows: &[i64]) -> Result<()> {
    let rows = store::json(rows)?;
    sqlx::query!(
        "DELETE FROM asset_tag
         WHERE tag = (SELECT row FROM tag WHERE key = ?) AND asset IN (SELECT value FROM json_each(?))",
        key,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}
