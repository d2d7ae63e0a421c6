//! Where assets lie, or were copied from. Paths travel as hexadecimal, since they are not always UTF-8.

use crate::{Result, store};
use serde::Serialize;
use sqlx::SqliteConnection;

/// A place with what a plan needs to know of its asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub row: i64,
    pub path: Vec<u8>,
    pub in_place: bool,
    pub size: i64,
    pub mtime_ns: i64,
    pub file_id: Option<Vec<u8>>,
    pub missing: bool,
    pub asset: i64,
    pub asset_name: String,
    pub removed: bool,
    /// `content.row` of the asset.
    pub content: i64,
    /// BLAKE3 of the asset's content, hexadecimal, upper case.
    pub hash: String,
    pub format: i64,
}

/// A place to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewPlace {
    pub asset: i64,
    /// Hexadecimal.
    pub path: String,
    pub folder: String,
    pub in_place: u8,
    pub size: i64,
    pub mtime_ns: i64,
    /// Hexadecimal.
    pub file_id: Option<String>,
}

/// Places with one of these paths.
pub(crate) async fn by_paths(conn: &mut SqliteConnection, paths: &[String]) -> Result<Vec<Place>> {
    let paths = store::json(paths)?;
    Ok(sqlx::query_as!(
        Place,
        r#"SELECT l.row AS "row!: i64", l.path, l.in_place AS "in_place!: bool", l.size, l.mtime_ns, l.file_id,
                  l.missing_ms IS NOT NULL AS "missing!: bool", l.asset, a.name AS asset_name,
                  a.removed_ms IS NOT NULL AS "removed!: bool", a.content, hex(c.hash) AS "hash!: String", c.format
           FROM json_each(?) j JOIN location l ON l.path = unhex(j.value)
           JOIN asset a ON a.row = l.asset JOIN content c ON c.row = a.content"#,
        paths
    )
    .fetch_all(conn)
    .await?)
}

/// Places of assets with one of these contents, oldest asset first.
pub(crate) async fn by_hashes(
    conn: &mut SqliteConnection,
    hashes: &[String],
) -> Result<Vec<Place>> {
    let hashes = store::json(hashes)?;
    Ok(sqlx::query_as!(
        Place,
        r#"SELECT l.row AS "row!: i64", l.path, l.in_place AS "in_place!: bool", l.size, l.mtime_ns, l.file_id,
                  l.missing_ms IS NOT NULL AS "missing!: bool", l.asset, a.name AS asset_name,
                  a.removed_ms IS NOT NULL AS "removed!: bool", a.content, hex(c.hash) AS "hash!: String", c.format
           FROM json_each(?) j JOIN content c ON c.hash = unhex(j.value)
           JOIN asset a ON a.content = c.row JOIN location l ON l.asset = a.row
           ORDER BY a.row, l.row"#,
        hashes
    )
    .fetch_all(conn)
    .await?)
}

/// Places with one of these file ids (hexadecimal).
pub(crate) async fn by_file_ids(conn: &mut SqliteConnection, ids: &[String]) -> Result<Vec<Place>> {
    let ids = store::json(ids)?;
    Ok(sqlx::query_as!(
        Place,
        r#"SELECT l.row AS "row!: i64", l.path, l.in_place AS "in_place!: bool", l.size, l.mtime_ns, l.file_id,
                  l.missing_ms IS NOT NULL AS "missing!: bool", l.asset, a.name AS asset_name,
                  a.removed_ms IS NOT NULL AS "removed!: bool", a.content, hex(c.hash) AS "hash!: String", c.format
           FROM json_each(?) j JOIN location l ON l.file_id = unhex(j.value)
           JOIN asset a ON a.row = l.asset JOIN content c ON c.row = a.content"#,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// All places of these assets.
pub(crate) async fn of_assets(conn: &mut SqliteConnection, assets: &[i64]) -> Result<Vec<Place>> {
    let assets = store::json(assets)?;
    Ok(sqlx::query_as!(
        Place,
        r#"SELECT l.row AS "row!: i64", l.path, l.in_place AS "in_place!: bool", l.size, l.mtime_ns, l.file_id,
                  l.missing_ms IS NOT NULL AS "missing!: bool", l.asset, a.name AS asset_name,
                  a.removed_ms IS NOT NULL AS "removed!: bool", a.content, hex(c.hash) AS "hash!: String", c.format
           FROM json_each(?) j JOIN location l ON l.asset = j.value
           JOIN asset a ON a.row = l.asset JOIN content c ON c.row = a.content
           ORDER BY l.row"#,
        assets
    )
    .fetch_all(conn)
    .await?)
}

/// Writes places; one whose path is known goes over to its new asset with its new facts, and is no longer missing.
pub(crate) async fn put(conn: &mut SqliteConnection, places: &[NewPlace]) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let batch = store::json(places)?;
    sqlx::query!(
        "INSERT INTO location (asset, path, folder, in_place, size, mtime_ns, file_id)
         SELECT value ->> 'asset', unhex(value ->> 'path'), value ->> 'folder', value ->> 'in_place',
                value ->> 'size', value ->> 'mtime_ns', unhex(value ->> 'file_id')
         FROM json_each(?) WHERE true
         ON CONFLICT (path) DO UPDATE SET asset = excluded.asset, in_place = max(in_place, excluded.in_place),
             size = excluded.size, mtime_ns = excluded.mtime_ns, file_id = excluded.file_id, missing_ms = NULL",
        batch
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A place is somewhere else now.
pub(crate) async fn follow(conn: &mut SqliteConnection, row: i64, to: &NewPlace) -> Result<()> {
    sqlx::query!(
        "UPDATE location SET path = unhex(?), folder = ?, size = ?, mtime_ns = ?, file_id = unhex(?), missing_ms = NULL
         WHERE row = ?",
        to.path,
        to.folder,
        to.size,
        to.mtime_ns,
        to.file_id,
        row
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A place, for the check whether its file is there.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    pub row: i64,
    pub path: Vec<u8>,
    /// Files that were copied in may go.
    pub in_place: bool,
    pub missing: bool,
    pub asset: i64,
}

/// Places whose path is above `from` and below `to`; a page in order of path. Those that were copied are among them: a
/// statement that passed them over would look at all of a library that has nothing else.
pub(crate) async fn in_range(
    conn: &mut SqliteConnection,
    from: &[u8],
    to: &[u8],
    limit: i64,
) -> Result<Vec<Presence>> {
    Ok(sqlx::query_as!(
        Presence,
        r#"SELECT row AS "row!: i64", path, in_place AS "in_place!: bool", missing_ms IS NOT NULL AS "missing!: bool", asset
           FROM location WHERE path > ? AND path < ? ORDER BY path LIMIT ?"#,
        from,
        to,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Notes since when files are gone; with none, that they are back.
pub(crate) async fn set_missing(
    conn: &mut SqliteConnection,
    rows: &[i64],
    since_ms: Option<i64>,
) -> Result<()> {
    let rows = store::json(rows)?;
    sqlx::query!(
        "UPDATE location SET missing_ms = ? WHERE row IN (SELECT value FROM json_each(?))",
        since_ms,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A file of the library as `verify` checks it.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub path: Vec<u8>,
    pub hash: Vec<u8>,
    pub size: i64,
}

/// Files in place with the content that they should have, a page in order of path, of assets that were not removed.
pub(crate) async fn expected(
    conn: &mut SqliteConnection,
    after: &[u8],
    limit: i64,
) -> Result<Vec<Expected>> {
    Ok(sqlx::query_as!(
        Expected,
        "SELECT l.path, c.hash, c.size FROM location l JOIN asset a ON a.row = l.asset JOIN content c ON c.row = a.content
         WHERE l.in_place = 1 AND a.removed_ms IS NULL AND l.path > ? ORDER BY l.path LIMIT ?",
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// How many files in place there are, of assets that were not removed.
pub(crate) async fn expected_count(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "SELECT count(*) FROM location l JOIN asset a ON a.row = l.asset WHERE l.in_place = 1 AND a.removed_ms IS NULL"
    )
    .fetch_one(conn)
    .await?)
}
