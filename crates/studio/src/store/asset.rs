//! Assets: what the creator has, whatever its content is today.

use crate::{Result, store};
use gameforge_domain::AssetId;
use serde::Serialize;
use sqlx::SqliteConnection;

/// An asset that comes into the library.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewAsset {
    /// Made by the caller, UUIDv7.
    #[serde(serialize_with = "hex")]
    pub id: AssetId,
    /// `content.row`.
    pub content: i64,
    /// The file's name without its folder.
    pub name: String,
    /// When it came.
    pub added_ms: i64,
    /// The file's own time.
    pub modified_ms: i64,
}

fn hex<S: serde::Serializer>(id: &AssetId, to: S) -> std::result::Result<S::Ok, S::Error> {
    let text: String = id
        .as_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    to.serialize_str(&text)
}

/// Writes new assets; gives their rows in the same order.
pub(crate) async fn insert(conn: &mut SqliteConnection, assets: &[NewAsset]) -> Result<Vec<i64>> {
    let batch = store::json(assets)?;
    let rows = sqlx::query_scalar!(
        r#"INSERT INTO asset (id, content, name, added_ms, modified_ms, edited_ms)
           SELECT unhex(value ->> 'id'), value ->> 'content', value ->> 'name', value ->> 'added_ms',
                  value ->> 'modified_ms', value ->> 'added_ms'
           FROM json_each(?) ORDER BY key
           RETURNING row AS "row!: i64""#,
        batch
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Gives an asset other content; the caller writes the version.
pub(crate) async fn set_content(
    conn: &mut SqliteConnection,
    row: i64,
    content: i64,
    modified_ms: i64,
    now_ms: i64,
) -> Result<()> {
    sqlx::query!(
        "UPDATE asset SET content = ?, modified_ms = ?, edited_ms = ? WHERE row = ?",
        content,
        modified_ms,
        now_ms,
        row
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The row behind an id, also of an asset that was removed.
pub(crate) async fn row_of(conn: &mut SqliteConnection, id: AssetId) -> Result<Option<i64>> {
    let id = id.as_bytes().as_slice();
    Ok(
        sqlx::query_scalar!("SELECT row FROM asset WHERE id = ?", id)
            .fetch_optional(conn)
            .await?,
    )
}

/// Assets with a content that are in the library, oldest first.
pub(crate) async fn rows_of_content(conn: &mut SqliteConnection, content: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "SELECT row FROM asset WHERE content = ? AND removed_ms IS NULL ORDER BY row",
        content
    )
    .fetch_all(conn)
    .await?)
}
