//! `data_export`: packages of all of a person's data.

use super::word::number;
use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{AccountId, DataExportId};
use gameforge_wire::cloud::{DataExport, DataExportState};
use sqlx::PgConnection;
use uuid::Uuid;

/// How long a package is there.
pub const LIFE: TimeDelta = TimeDelta::days(7);

fn state(text: &str) -> Result<DataExportState> {
    match text {
        "waiting" => Ok(DataExportState::Waiting),
        "ready" => Ok(DataExportState::Ready),
        "failed" => Ok(DataExportState::Failed),
        "expired" => Ok(DataExportState::Expired),
        other => Err(Error::stored(
            "data_export.state",
            format!("“{other}” is none of its words"),
        )),
    }
}

/// Notes that one was asked for; says no when one is being made, or three were made within a day.
///
/// # Errors
/// When the database is away.
pub async fn ask(
    conn: &mut PgConnection,
    id: DataExportId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool> {
    // Of two requests at a time, one waits for the other here.
    sqlx::query!(
        "SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE",
        account.uuid()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let done = sqlx::query!(
        r#"
        INSERT INTO data_export (id, account_id, state, asked_at)
        SELECT $1, $2, 'waiting', $3
        WHERE NOT EXISTS (SELECT FROM data_export WHERE account_id = $2 AND state = 'waiting')
            AND (SELECT count(*) FROM data_export WHERE account_id = $2 AND asked_at > $4) < 3
        "#,
        id.uuid(),
        account.uuid(),
        now,
        now - TimeDelta::days(1),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A person's packages, the newest first; one alone when it is named.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    only: Option<DataExportId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<DataExport>> {
    let rows = sqlx::query!(
        r#"
        SELECT id, state, asked_at, expires_at, size_bytes FROM data_export
        WHERE account_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4
        "#,
        account.uuid(),
        only.map(DataExportId::uuid),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DataExport {
                id: DataExportId::from_uuid(row.id),
                state: state(&row.state)?,
                asked_at: row.asked_at,
                expires_at: row.expires_at,
                size: row.size_bytes.map(number),
            })
        })
        .collect()
}

/// Where a package that is ready lies.
///
/// # Errors
/// When the database is away.
pub async fn blob(
    conn: &mut PgConnection,
    account: AccountId,
    id: DataExportId,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let key = sqlx::query_scalar!(
        r#"
        SELECT blob_key FROM data_export
        WHERE id = $1 AND account_id = $2 AND state = 'ready' AND expires_at > $3
        "#,
        id.uuid(),
        account.uuid(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(key.flatten())
}

/// Whose package is to be made, and where the letter goes; none when it was made, or its person is gone.
///
/// # Errors
/// When the database is away.
pub async fn waiting(
    conn: &mut PgConnection,
    id: DataExportId,
) -> Result<Option<(AccountId, String, String)>> {
    let row = sqlx::query!(
        r#"
        SELECT account_id, email AS "email!", locale
        FROM data_export JOIN account ON account.id = account_id AND erased_at IS NULL
        WHERE data_export.id = $1 AND state = 'waiting'
        "#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (AccountId::from_uuid(row.account_id), row.email, row.locale)))
}

/// It is there; says no when it is no longer waited for.
///
/// # Errors
/// When the database is away.
pub async fn ready(
    conn: &mut PgConnection,
    id: DataExportId,
    key: &str,
    size: u64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        UPDATE data_export SET state = 'ready', ready_at = $2, expires_at = $3, blob_key = $4, size_bytes = $5
        WHERE id = $1 AND state = 'waiting'
        "#,
        id.uuid(),
        now,
        now + LIFE,
        key,
        i64::try_from(size).unwrap_or(i64::MAX),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Those that were asked for long ago and never came count as failed, so that another can be asked for.
///
/// # Errors
/// When the database is away.
pub async fn give_up(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE data_export SET state = 'failed' WHERE state = 'waiting' AND asked_at < $1",
        before
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Ends those whose time is over; which objects go.
///
/// # Errors
/// When the database is away.
pub async fn overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(DataExportId, String)>> {
    let rows = sqlx::query!(
        r#"
        SELECT id, blob_key AS "blob_key!" FROM data_export
        WHERE state = 'ready' AND expires_at <= $1 AND blob_key IS NOT NULL
        ORDER BY expires_at LIMIT 100
        "#,
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (DataExportId::from_uuid(row.id), row.blob_key))
        .collect())
}

/// Its object is gone.
///
/// # Errors
/// When the database is away.
pub async fn expired(conn: &mut PgConnection, id: DataExportId) -> Result<()> {
    sqlx::query!(
        "UPDATE data_export SET state = 'expired', blob_key = NULL WHERE id = $1",
        id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The objects of all packages of a person.
///
/// # Errors
/// When the database is away.
pub async fn blobs(conn: &mut PgConnection, account: AccountId) -> Result<Vec<String>> {
    let keys = sqlx::query_scalar!(
        r#"SELECT blob_key AS "blob_key!" FROM data_export WHERE account_id = $1 AND blob_key IS NOT NULL"#,
        account.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(keys)
}
