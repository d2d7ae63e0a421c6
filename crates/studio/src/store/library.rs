//! The library's own row, and the marks in the file's header that say whose database it is.

use crate::{Error, Result};
use sqlx::SqliteConnection;
use std::path::Path;
use uuid::Uuid;

/// What the header and the schema say before anything is trusted.
pub(crate) struct Marks {
    /// `PRAGMA application_id`.
    pub application: i64,
    /// `PRAGMA user_version`.
    pub schema: i64,
    /// How many tables there are; none in a file that was made and never filled.
    pub tables: i64,
}

pub(crate) async fn marks(conn: &mut SqliteConnection) -> Result<Marks> {
    let application = sqlx::query_scalar!(
        r#"SELECT CAST(application_id AS INTEGER) AS "id!: i64" FROM pragma_application_id"#
    )
    .fetch_one(&mut *conn)
    .await?;
    let schema = sqlx::query_scalar!(
        r#"SELECT CAST(user_version AS INTEGER) AS "version!: i64" FROM pragma_user_version"#
    )
    .fetch_one(&mut *conn)
    .await?;
    let tables = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM sqlite_schema WHERE type = 'table'"#
    )
    .fetch_one(conn)
    .await?;
    Ok(Marks {
        application,
        schema,
        tables,
    })
}

/// Must agree with `APPLICATION` in `library::open`; a PRAGMA takes no parameter.
pub(crate) async fn mark_application(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query!("PRAGMA application_id = 1195799412")
        .execute(conn)
        .await?;
    Ok(())
}

/// Must agree with `SCHEMA` in `library::open`; a PRAGMA takes no parameter.
pub(crate) async fn mark_schema(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query!("PRAGMA user_version = 1")
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes the one row, unless it is there.
pub(crate) async fn create(conn: &mut SqliteConnection, id: Uuid, now_ms: i64) -> Result<()> {
    let id = id.as_bytes().as_slice();
    sqlx::query!(
        "INSERT OR IGNORE INTO library (one, id, created_ms) VALUES (1, ?, ?)",
        id,
        now_ms
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The library's id.
pub(crate) async fn id(conn: &mut SqliteConnection) -> Result<Uuid> {
    let bytes = sqlx::query_scalar!("SELECT id FROM library WHERE one = 1")
        .fetch_one(conn)
        .await?;
    Uuid::from_slice(&bytes).map_err(|_| Error::stored("the library's id"))
}

/// Writes a compact, sound copy of the whole database. Unchecked: there is no table to check it against.
pub(crate) async fn copy_into(conn: &mut SqliteConnection, file: &Path) -> Result<()> {
    sqlx::query("VACUUM INTO ?")
        .bind(file.to_string_lossy().into_owned())
        .execute(conn)
        .await?;
    Ok(())
}

/// Folds the write-ahead log into the database and empties it, as far as readers allow. Unchecked: likewise.
pub(crate) async fn checkpoint(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(conn)
        .await?;
    Ok(())
}

/// A number that is another one after tags, collections, smart folders or watched folders changed. They are few.
pub(crate) async fn places_print(conn: &mut SqliteConnection) -> Result<i64> {
    let text = sqlx::query_scalar!(
        r#"SELECT (SELECT coalesce(group_concat(path || colour, char(10)), '') FROM tag)
               || (SELECT coalesce(group_concat(name || coalesce(parent, 0) || position, char(10)), '') FROM collection)
               || (SELECT coalesce(group_concat(name || query || sort || position, char(10)), '') FROM smart_folder)
               || (SELECT coalesce(group_concat(hex(path) || copy || coalesce(scanned_ms, 0), char(10)), '')
                   FROM watched_folder) AS "text!: String""#
    )
    .fetch_one(conn)
    .await?;
    let hash = blake3::hash(text.as_bytes());
    let (first, _) = hash.as_bytes().split_at(8);
    Ok(first
        .iter()
        .fold(0, |number: i64, byte| (number << 8) | i64::from(*byte)))
}

/// What SQLite finds wrong with its own file and with references between rows; empty when all is sound. Unchecked:
/// PRAGMAs that give rows.
pub(crate) async fn damages(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    use sqlx::Row as _;
    let mut found = Vec::new();
    for row in sqlx::query("PRAGMA integrity_check(100)")
        .fetch_all(&mut *conn)
        .await?
    {
        let message: String = row.try_get(0)?;
        if message != "ok" {
            found.push(format!("SQLite reports: {message}"));
        }
    }
    for row in sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(conn)
        .await?
    {
        let (table, parent): (String, String) = (row.try_get(0)?, row.try_get(2)?);
        found.push(format!(
            "A row of “{table}” refers to one of “{parent}” that is not there"
        ));
    }
    found.truncate(200);
    Ok(found)
}

/// A watched folder as the side bar shows it.
pub(crate) struct WatchedRow {
    /// `WatchId`.
    pub id: Vec<u8>,
    /// As the system gave it.
    pub path: Vec<u8>,
    /// Whether new files are copied in.
    pub copy: i64,
    /// When it was last gone through.
    pub scanned_ms: Option<i64>,
}

/// All watched folders.
pub(crate) async fn watched(conn: &mut SqliteConnection) -> Result<Vec<WatchedRow>> {
    Ok(sqlx::query_as!(
        WatchedRow,
        "SELECT id, path, copy, scanned_ms FROM watched_folder ORDER BY path"
    )
    .fetch_all(conn)
    .await?)
}
