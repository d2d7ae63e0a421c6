//! Assets: what the creator has, whatever its content is today.

use crate::{Error, Result, store};
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

/// The rows behind ids, of assets that are in the library, ascending.
pub(crate) async fn rows_of(conn: &mut SqliteConnection, ids: &[AssetId]) -> Result<Vec<i64>> {
    let ids: Vec<String> = ids.iter().map(|id| store::hex(id.as_bytes())).collect();
    let ids = store::json(&ids)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT row AS "row!" FROM asset
           WHERE id IN (SELECT unhex(value) FROM json_each(?)) AND removed_ms IS NULL ORDER BY row"#,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// What a rename, a merge or a review needs to know of assets.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// The asset.
    pub row: i64,
    /// Its id.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// Its content's row.
    pub content: i64,
    /// Its content's hash.
    pub hash: Vec<u8>,
    /// Stars.
    pub rating: i64,
    /// A person's words.
    pub notes: String,
    /// Its licence.
    pub licence: Option<String>,
    /// Where it is from.
    pub source: String,
    /// Who made it.
    pub author: String,
    /// The file's own time.
    pub modified_ms: i64,
    /// What the readers found, as JSON.
    pub metadata: String,
}

/// The facts of assets that are in the library, by row.
pub(crate) async fn facts(conn: &mut SqliteConnection, rows: &[i64]) -> Result<Vec<Facts>> {
    let rows = store::json(rows)?;
    sqlx::query!(
        "SELECT asset.row, asset.id, name, content, hash, rating, notes, licence, source, author, modified_ms,
             metadata
         FROM asset JOIN content ON content.row = asset.content
         WHERE asset.row IN (SELECT value FROM json_each(?)) AND removed_ms IS NULL ORDER BY asset.row",
        rows
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| {
        Ok(Facts {
            row: found.row,
            id: AssetId::from_slice(&found.id).ok_or_else(|| Error::stored("an asset's id"))?,
            name: found.name,
            content: found.content,
            hash: found.hash,
            rating: found.rating,
            notes: found.notes,
            licence: found.licence,
            source: found.source,
            author: found.author,
            modified_ms: found.modified_ms,
            metadata: found.metadata,
        })
    })
    .collect()
}

/// How many assets are in the library.
pub(crate) async fn count(conn: &mut SqliteConnection) -> Result<u32> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM asset INDEXED BY asset_added WHERE removed_ms IS NULL"#
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The next rows of assets in the library after a row.
pub(crate) async fn rows_after(
    conn: &mut SqliteConnection,
    row: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "SELECT row FROM asset WHERE row > ? AND removed_ms IS NULL ORDER BY row LIMIT ?",
        row,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Contents that several assets have, with how many, most bytes to spare first; and how many such contents.
pub(crate) async fn shared_contents(
    conn: &mut SqliteConnection,
    offset: u32,
    limit: u32,
) -> Result<(Vec<Vec<i64>>, u32)> {
    let (offset, limit) = (i64::from(offset), i64::from(limit));
    let found = sqlx::query!(
        r#"WITH places AS (
               SELECT asset, count(*) AS places FROM location GROUP BY asset HAVING count(*) > 1
           ), groups AS (
               SELECT content, json_group_array(row) AS rows, count(*) AS assets FROM asset
               WHERE removed_ms IS NULL GROUP BY content HAVING count(*) > 1
               UNION ALL
               SELECT content, json_array(row), places FROM places JOIN asset ON asset.row = places.asset
               WHERE removed_ms IS NULL
                 AND (SELECT count(*) FROM asset AS other
                      WHERE other.content = asset.content AND other.removed_ms IS NULL) = 1
           )
           SELECT rows AS "rows!: String", count(*) OVER () AS "total!: i64"
           FROM groups JOIN content ON content.row = groups.content
           ORDER BY size * (assets - 1) DESC, groups.content LIMIT ? OFFSET ?"#,
        limit,
        offset
    )
    .fetch_all(conn)
    .await?;
    let total = found.first().map_or(0, |group| group.total);
    let groups = found
        .into_iter()
        .map(|group| serde_json::from_str(&group.rows).map_err(Error::json("rows of assets")))
        .collect::<Result<_>>()?;
    Ok((groups, u32::try_from(total).unwrap_or(u32::MAX)))
}

/// Notes what an asset's content became.
pub(crate) async fn put_version(
    conn: &mut SqliteConnection,
    asset: i64,
    content: i64,
    cause: &str,
    at_ms: i64,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO version (asset, content, parent, cause, at_ms)
         VALUES (?1, ?2, (SELECT max(row) FROM version WHERE asset = ?1), ?3, ?4)",
        asset,
        content,
        cause,
        at_ms
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the newest such note back.
pub(crate) async fn take_version(
    conn: &mut SqliteConnection,
    asset: i64,
    content: i64,
    at_ms: i64,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM version WHERE row =
             (SELECT max(row) FROM version WHERE asset = ? AND content = ? AND at_ms = ?)",
        asset,
        content,
        at_ms
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Follows a file's new name.
pub(crate) async fn follow_name(
    conn: &mut SqliteConnection,
    row: i64,
    name: &str,
    now_ms: i64,
) -> Result<()> {
    sqlx::query!(
        "UPDATE asset SET name = ?, edited_ms = ? WHERE row = ?",
        name,
        now_ms,
        row
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Brings a removed asset back, with everything that was said of it.
pub(crate) async fn revive(conn: &mut SqliteConnection, row: i64, now_ms: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE asset SET removed_ms = NULL, edited_ms = ? WHERE row = ?",
        now_ms,
        row
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The perceptual hash of an asset's content.
pub(crate) async fn phash(conn: &mut SqliteConnection, id: AssetId) -> Result<Option<u64>> {
    let id = id.as_bytes().as_slice();
    let found = sqlx::query_scalar!(
        "SELECT phash FROM content WHERE row = (SELECT content FROM asset WHERE id = ?)",
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten().map(i64::cast_unsigned))
}
