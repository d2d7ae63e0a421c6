//! Bytes, once each: what they are, what the readers found, which files belong to a model that was copied in.

use crate::{Error, Result, store};
use gameforge_domain::Format;
use serde::Serialize;
use sqlx::SqliteConnection;

/// States of `content.preview`.
pub(crate) mod preview {
    /// Waits for a reader.
    pub const WAITING: i64 = 0;
    /// A file is in `previews/`.
    pub const READY: i64 = 1;
    /// The format has no look.
    pub const NONE: i64 = 2;
    /// Could not be read.
    pub const FAILED: i64 = 3;
}

/// Contents that come into the library.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewContent {
    /// BLAKE3 in 64 hexadecimal digits.
    pub hash: String,
    pub size: i64,
    /// `Format as u8`.
    pub format: u8,
    /// 1 when a copy is in `objects/`.
    pub stored: u8,
    /// [`preview::WAITING`], or [`preview::NONE`] where no reader is needed.
    pub preview: i64,
}

/// A content that is there.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub row: i64,
    /// Hexadecimal, upper case.
    pub hash: String,
    /// [`preview`].
    pub preview: i64,
}

/// What reading a content takes.
#[derive(Debug, Clone)]
pub(crate) struct ToRead {
    pub row: i64,
    pub hash: blake3::Hash,
    pub size: u64,
    pub format: Format,
    pub stored: bool,
    /// [`preview`].
    pub preview: i64,
    /// Name of the oldest asset with it.
    pub name: String,
    /// Where it lies, or where it was copied from: a place in place that is there comes first. As stored.
    pub path: Option<Vec<u8>>,
}

/// What the readers found, or why they found nothing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReadRow {
    pub row: i64,
    /// `domain::Metadata`.
    pub metadata: String,
    /// `[domain::Swatch]`.
    pub palette: String,
    pub phash: Option<i64>,
    /// [`preview`].
    pub preview: i64,
    pub error_code: Option<String>,
    pub error: Option<String>,
    pub reader: u32,
}

/// A file that belongs to a copied model.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Part {
    pub name: String,
    /// 64 hexadecimal digits.
    pub hash: String,
    pub size: i64,
}

/// Writes contents that are not there; gives the rows of all of them. One that is there keeps what was found, and
/// is marked as stored when it now is.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    contents: &[NewContent],
) -> Result<Vec<Known>> {
    if contents.is_empty() {
        return Ok(Vec::new());
    }
    let batch = store::json(contents)?;
    Ok(sqlx::query_as!(
        Known,
        r#"INSERT INTO content (hash, size, format, stored, preview)
           SELECT unhex(value ->> 'hash'), value ->> 'size', value ->> 'format', value ->> 'stored', value ->> 'preview'
           FROM json_each(?) WHERE true
           ON CONFLICT (hash) DO UPDATE SET stored = max(stored, excluded.stored)
           RETURNING row AS "row!: i64", hex(hash) AS "hash!: String", preview AS "preview!: i64""#,
        batch
    )
    .fetch_all(conn)
    .await?)
}

struct Row {
    row: i64,
    hash: Vec<u8>,
    size: i64,
    format: i64,
    stored: bool,
    preview: i64,
    name: Option<String>,
    path: Option<Vec<u8>>,
}

impl TryFrom<Row> for ToRead {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let hash = <[u8; 32]>::try_from(row.hash.as_slice())
            .map_err(|_| Error::stored("a content's hash"))?;
        let format = u8::try_from(row.format)
            .ok()
            .and_then(Format::from_number)
            .unwrap_or(Format::Other);
        Ok(Self {
            row: row.row,
            hash: blake3::Hash::from_bytes(hash),
            size: u64::try_from(row.size).unwrap_or(0),
            format,
            stored: row.stored,
            preview: row.preview,
            name: row.name.unwrap_or_default(),
            path: row.path,
        })
    }
}

/// Contents that wait for a reader, oldest first, without some.
pub(crate) async fn waiting(
    conn: &mut SqliteConnection,
    except: &[i64],
    limit: i64,
) -> Result<Vec<ToRead>> {
    let except = store::json(except)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.row AS "row!: i64", c.hash, c.size, c.format, c.stored AS "stored!: bool", c.preview,
                  (SELECT name FROM asset WHERE content = c.row ORDER BY row LIMIT 1) AS "name: String",
                  (SELECT l.path FROM asset a JOIN location l ON l.asset = a.row WHERE a.content = c.row
                   ORDER BY l.in_place DESC, l.missing_ms IS NOT NULL, l.row LIMIT 1) AS "path: Vec<u8>"
           FROM content c
           WHERE c.preview = 0 AND c.row NOT IN (SELECT value FROM json_each(?))
           ORDER BY c.row LIMIT ?"#,
        except,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ToRead::try_from).collect()
}

/// These contents, in whatever state.
pub(crate) async fn to_read(conn: &mut SqliteConnection, rows: &[i64]) -> Result<Vec<ToRead>> {
    let rows = store::json(rows)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.row AS "row!: i64", c.hash, c.size, c.format, c.stored AS "stored!: bool", c.preview,
                  (SELECT name FROM asset WHERE content = c.row ORDER BY row LIMIT 1) AS "name: String",
                  (SELECT l.path FROM asset a JOIN location l ON l.asset = a.row WHERE a.content = c.row
                   ORDER BY l.in_place DESC, l.missing_ms IS NOT NULL, l.row LIMIT 1) AS "path: Vec<u8>"
           FROM content c WHERE c.row IN (SELECT value FROM json_each(?))"#,
        rows
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ToRead::try_from).collect()
}

/// Content rows that wait among those of some assets (ids as hexadecimal), in the order of the ids.
pub(crate) async fn waiting_of_assets(
    conn: &mut SqliteConnection,
    ids: &[String],
) -> Result<Vec<i64>> {
    let ids = store::json(ids)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT c.row AS "row!: i64" FROM json_each(?) j
           JOIN asset a ON a.id = unhex(j.value) JOIN content c ON c.row = a.content
           WHERE c.preview = 0 ORDER BY j.key"#,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// Writes what the readers found.
pub(crate) async fn set_read(conn: &mut SqliteConnection, found: &[ReadRow]) -> Result<()> {
    let batch = store::json(found)?;
    sqlx::query!(
        "UPDATE content SET metadata = r.value ->> 'metadata', palette = r.value ->> 'palette',
             phash = r.value ->> 'phash', preview = r.value ->> 'preview', error_code = r.value ->> 'error_code',
             error = r.value ->> 'error', reader = r.value ->> 'reader'
         FROM json_each(?) AS r WHERE content.row = r.value ->> 'row'",
        batch
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Assets that have one of these contents.
pub(crate) async fn assets_of(conn: &mut SqliteConnection, contents: &[i64]) -> Result<Vec<i64>> {
    let contents = store::json(contents)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT row AS "row!: i64" FROM asset WHERE content IN (SELECT value FROM json_each(?))"#,
        contents
    )
    .fetch_all(conn)
    .await?)
}

/// Sends contents back to the readers, for example when their preview is gone.
pub(crate) async fn read_again(conn: &mut SqliteConnection, rows: &[i64]) -> Result<()> {
    let rows = store::json(rows)?;
    sqlx::query!(
        "UPDATE content SET preview = 0 WHERE row IN (SELECT value FROM json_each(?))",
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Contents after a row, up to another one, that an older version of the readers read; in order, at most `limit`.
pub(crate) async fn read_by_older(
    conn: &mut SqliteConnection,
    reader: u32,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT row AS "row!: i64" FROM content
           WHERE row > ? AND row <= ? AND preview <> 0 AND reader <> 0 AND reader < ? ORDER BY row LIMIT ?"#,
        after,
        up_to,
        reader,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// The row of the newest content; 0 when there is none.
pub(crate) async fn newest_row(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"SELECT coalesce(max(row), 0) AS "row!: i64" FROM content"#)
            .fetch_one(conn)
            .await?,
    )
}

/// Which of these would be other ones if they were written: what the readers found before was not the same.
pub(crate) async fn differing(conn: &mut SqliteConnection, found: &[ReadRow]) -> Result<Vec<i64>> {
    let batch = store::json(found)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT content.row AS "row!: i64" FROM json_each(?) AS r JOIN content ON content.row = r.value ->> 'row'
           WHERE metadata IS NOT r.value ->> 'metadata' OR palette IS NOT r.value ->> 'palette'
              OR phash IS NOT r.value ->> 'phash' OR preview IS NOT r.value ->> 'preview'
              OR error_code IS NOT r.value ->> 'error_code'"#,
        batch
    )
    .fetch_all(conn)
    .await?)
}

/// Keeps the files of a copied model together with it.
pub(crate) async fn set_parts(
    conn: &mut SqliteConnection,
    content: i64,
    parts: &[Part],
) -> Result<()> {
    let parts = store::json(parts)?;
    sqlx::query!(
        "INSERT OR REPLACE INTO content_part (content, name, hash, size)
         SELECT ?, value ->> 'name', unhex(value ->> 'hash'), value ->> 'size' FROM json_each(?)",
        content,
        parts
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The files of a copied model: name and hash.
pub(crate) async fn parts(
    conn: &mut SqliteConnection,
    content: i64,
) -> Result<Vec<(String, blake3::Hash)>> {
    let rows = sqlx::query!(
        "SELECT name, hash FROM content_part WHERE content = ?",
        content
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let hash = <[u8; 32]>::try_from(row.hash.as_slice())
                .map_err(|_| Error::stored("a part's hash"))?;
            Ok((row.name, blake3::Hash::from_bytes(hash)))
        })
        .collect()
}

/// Everything that must be in `objects/`: hash and size, each hash once.
pub(crate) async fn objects(conn: &mut SqliteConnection) -> Result<Vec<(blake3::Hash, u64)>> {
    let rows = sqlx::query!(
        r#"SELECT hash AS "hash!: Vec<u8>", size AS "size!: i64" FROM content WHERE stored = 1
           UNION SELECT hash, size FROM content_part"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let hash = <[u8; 32]>::try_from(row.hash.as_slice())
                .map_err(|_| Error::stored("a content's hash"))?;
            Ok((
                blake3::Hash::from_bytes(hash),
                u64::try_from(row.size).unwrap_or(0),
            ))
        })
        .collect()
}

/// Contents that claim to have a preview file, a page at a time.
pub(crate) async fn with_preview(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, blake3::Hash)>> {
    let rows = sqlx::query!(
        "SELECT row, hash FROM content WHERE preview = 1 AND row > ? ORDER BY row LIMIT ?",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let hash = <[u8; 32]>::try_from(row.hash.as_slice())
                .map_err(|_| Error::stored("a content's hash"))?;
            Ok((row.row, blake3::Hash::from_bytes(hash)))
        })
        .collect()
}

/// The content of an asset (its id in hexadecimal).
pub(crate) async fn of_asset(conn: &mut SqliteConnection, id: &str) -> Result<Option<i64>> {
    Ok(
        sqlx::query_scalar!("SELECT content FROM asset WHERE id = unhex(?)", id)
            .fetch_optional(conn)
            .await?,
    )
}

/// How many contents claim to have a preview file.
pub(crate) async fn preview_count(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(
        sqlx::query_scalar!("SELECT count(*) FROM content WHERE preview = 1")
            .fetch_one(conn)
            .await?,
    )
}

/// Assets by row with what copying them out takes, in order of row: name and content.
pub(crate) async fn to_export(
    conn: &mut SqliteConnection,
    assets: &[i64],
) -> Result<Vec<(String, ToRead)>> {
    let rows = store::json(assets)?;
    let named = sqlx::query!(
        "SELECT name, content FROM asset WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row",
        rows
    )
    .fetch_all(&mut *conn)
    .await?;
    let contents: Vec<i64> = named.iter().map(|asset| asset.content).collect();
    let found = to_read(conn, &contents).await?;
    let by_row: std::collections::HashMap<i64, ToRead> = found
        .into_iter()
        .map(|content| (content.row, content))
        .collect();
    Ok(named
        .into_iter()
        .filter_map(|asset| Some((asset.name, by_row.get(&asset.content)?.clone())))
        .collect())
}
