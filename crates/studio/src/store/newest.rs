//! Assets by when they came, newest first, perhaps without some formats: what a window shows before the index is there.

use crate::{Result, store};
use gameforge_domain::Format;
use sqlx::SqliteConnection;

/// What the order among assets of one second goes by.
#[derive(Debug, Clone)]
pub(crate) struct Newcomer {
    pub row: i64,
    pub id: Vec<u8>,
    pub name: String,
    pub added_ms: i64,
}

/// A parameter for the formats that are left out; text that SQLite reads as a list.
pub(crate) fn without(formats: &[Format]) -> Result<String> {
    let numbers: Vec<u8> = formats.iter().map(|format| *format as u8).collect();
    store::json(&numbers)
}

/// The newest of those that came at `from_ms` or later and before `to_ms`, at most `limit`.
pub(crate) async fn between(
    conn: &mut SqliteConnection,
    from_ms: i64,
    to_ms: i64,
    without: &str,
    limit: i64,
) -> Result<Vec<Newcomer>> {
    Ok(sqlx::query_as!(
        Newcomer,
        r#"SELECT row AS "row!: i64", id, name, added_ms FROM asset INDEXED BY asset_added
           WHERE removed_ms IS NULL AND added_ms >= ?1 AND added_ms < ?2
             AND (?3 = '[]' OR (SELECT format FROM content WHERE content.row = asset.content)
                  NOT IN (SELECT value FROM json_each(?3)))
           ORDER BY added_ms DESC, row DESC LIMIT ?4"#,
        from_ms,
        to_ms,
        without,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// How many came at `from_ms` or later and before `to_ms`.
pub(crate) async fn count_between(
    conn: &mut SqliteConnection,
    from_ms: i64,
    to_ms: i64,
    without: &str,
) -> Result<u32> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM asset INDEXED BY asset_added
           WHERE removed_ms IS NULL AND added_ms >= ?1 AND added_ms < ?2
             AND (?3 = '[]' OR (SELECT format FROM content WHERE content.row = asset.content)
                  NOT IN (SELECT value FROM json_each(?3)))"#,
        from_ms,
        to_ms,
        without
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// When the one after so many others came, of those that came before `to_ms`.
pub(crate) async fn time_at(
    conn: &mut SqliteConnection,
    to_ms: i64,
    without: &str,
    offset: u32,
) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT added_ms FROM asset INDEXED BY asset_added
           WHERE removed_ms IS NULL AND added_ms < ?1
             AND (?2 = '[]' OR (SELECT format FROM content WHERE content.row = asset.content)
                  NOT IN (SELECT value FROM json_each(?2)))
           ORDER BY added_ms DESC, row DESC LIMIT 1 OFFSET ?3"#,
        to_ms,
        without,
        offset
    )
    .fetch_optional(conn)
    .await?)
}

impl Newcomer {
    /// When it came, in seconds.
    pub(crate) fn second(&self) -> i64 {
        self.added_ms.div_euclid(1000)
    }

    /// As the index orders assets that came in one second: by name, then by id.
    pub(crate) fn sort(among: &mut [Self]) {
        among.sort_by(|a, b| {
            gameforge_index::compare_names(&a.name, &b.name).then_with(|| a.id.cmp(&b.id))
        });
    }
}
