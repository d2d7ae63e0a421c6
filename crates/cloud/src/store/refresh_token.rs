//! `refresh_token`: the family of tokens by which a device stays signed in.

use crate::{Result, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::SessionId;
use sqlx::PgConnection;

/// The device that a token is of, whatever its state.
///
/// # Errors
/// When the database is away.
pub async fn device(conn: &mut PgConnection, hash: Hash) -> Result<Option<SessionId>> {
    let id = sqlx::query_scalar!(
        "SELECT session_id FROM refresh_token WHERE hash = $1",
        hash.as_slice(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(SessionId::from_uuid))
}

/// How a token stands.
#[derive(Debug)]
pub struct Standing {
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Whether it was used already.
    pub is_used: bool,
    /// The one that was given for it.
    pub successor: Option<Vec<u8>>,
    /// Whether there is one and nobody used it.
    pub successor_is_unused: bool,
}

/// Reads a token. Its device is to be held before, or another request may turn it at the same time.
///
/// # Errors
/// When the database is away.
pub async fn standing(conn: &mut PgConnection, hash: Hash) -> Result<Option<Standing>> {
    Ok(sqlx::query_as!(
        Standing,
        r#"
        SELECT shown.expires_at, shown.used_at IS NOT NULL AS "is_used!", shown.successor,
            coalesce(next.used_at IS NULL AND next.hash IS NOT NULL, false) AS "successor_is_unused!"
        FROM refresh_token AS shown LEFT JOIN refresh_token AS next ON next.hash = shown.successor
        WHERE shown.hash = $1
        "#,
        hash.as_slice(),
    )
    .fetch_optional(conn)
    .await?)
}

/// Gives a device a token.
///
/// # Errors
/// When the database is away.
pub async fn insert(
    conn: &mut PgConnection,
    hash: Hash,
    session: SessionId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO refresh_token (hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        hash.as_slice(),
        session.uuid(),
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a token was used and what was given for it.
///
/// # Errors
/// When the database is away.
pub async fn turn(
    conn: &mut PgConnection,
    hash: Hash,
    successor: Hash,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE refresh_token SET used_at = coalesce(used_at, $3), successor = $2 WHERE hash = $1",
        hash.as_slice(),
        successor.as_slice(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Another was given in its place: whoever shows it has a copy.
///
/// # Errors
/// When the database is away.
pub async fn replace(conn: &mut PgConnection, hash: &[u8], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE refresh_token SET used_at = $2, successor = NULL WHERE hash = $1",
        hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
