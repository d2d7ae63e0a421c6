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
