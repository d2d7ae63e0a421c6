//! The log of changed assets: how the index and other programs keep up.

use crate::{Result, store};
use sqlx::SqliteConnection;

/// Notes that these assets changed. In the transaction that changes them.
pub(crate) async fn append(conn: &mut SqliteConnection, rows: &[i64]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = store::json(rows)?;
    sqlx::query!(
        "INSERT INTO change (asset) SELECT value FROM json_each(?)",
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The oldest and the newest number in the log; the newest ever given when the log was emptied.
pub(crate) async fn span(conn: &mut SqliteConnection) -> Result<(i64, i64)> {
    let least = sqlx::query_scalar!(r#"SELECT min(seq) AS "seq: i64" FROM change"#)
        .fetch_one(&mut *conn)
        .await?;
    let newest = sqlx::query_scalar!(
        r#"SELECT CAST(seq AS INTEGER) AS "seq: i64" FROM sqlite_sequence WHERE name = 'change'"#
    )
    .fetch_optional(conn)
    .await?
    .flatten()
    .unwrap_or(0);
    Ok((least.unwrap_or(newest + 1), newest))
}

/// A part of the log.
pub(crate) struct Page {
    /// Its first number.
    pub first: i64,
    /// Its last number.
    pub last: i64,
    /// The assets, each once, ascending.
    pub rows: Vec<i64>,
}

/// Up to `limit` entries after a number; none when there are none.
pub(crate) async fn after(
    conn: &mut SqliteConnection,
    seq: i64,
    limit: i64,
) -> Result<Option<Page>> {
    let found = sqlx::query!(
        r#"SELECT seq AS "seq!: i64", asset AS "asset!: i64" FROM change WHERE seq > ? ORDER BY seq LIMIT ?"#,
        seq,
        limit
    )
    .fetch_all(conn)
    .await?;
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok(None);
    };
    let (first, last) = (first.seq, last.seq);
    let mut rows: Vec<i64> = found.into_iter().map(|entry| entry.asset).collect();
    rows.sort_unstable();
    rows.dedup();
    Ok(Some(Page { first, last, rows }))
}

/// Lets go of what everybody has long seen.
pub(crate) async fn prune(conn: &mut SqliteConnection, up_to: i64) -> Result<()> {
    sqlx::query!("DELETE FROM change WHERE seq <= ?", up_to)
        .execute(conn)
        .await?;
    Ok(())
}
