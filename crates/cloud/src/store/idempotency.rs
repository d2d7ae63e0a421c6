//! `idempotency`: answers that are kept for a day, so that a request whose answer was lost can be sent again.

use crate::{Result, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::AccountId;
use sqlx::PgConnection;

/// What came before with a key.
#[derive(Debug)]
pub struct Kept {
    /// Method and path.
    pub route: String,
    /// Of the body.
    pub request_hash: Vec<u8>,
    /// The answer, sealed.
    pub answer: Vec<u8>,
}

/// Takes the turn of a key until the transaction ends; says no when another request has it.
///
/// # Errors
/// When the database is away.
pub async fn take_turn(conn: &mut PgConnection, account: AccountId, key: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "is_ours!""#,
        format!("idempotency/{account}/{key}"),
    )
    .fetch_one(conn)
    .await?)
}

/// What came with a key, while it is kept.
///
/// # Errors
/// When the database is away.
pub async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Option<Kept>> {
    Ok(sqlx::query_as!(
        Kept,
        r#"
        SELECT route, request_hash, answer FROM idempotency
        WHERE account_id = $1 AND key = $2 AND expires_at > $3
        "#,
        account.uuid(),
        key,
        now,
    )
    .fetch_optional(conn)
    .await?)
}

/// An answer to be kept.
#[derive(Debug)]
pub struct New<'a> {
    /// Whose.
    pub account: AccountId,
    /// Under which key.
    pub key: &'a str,
    /// Method and path.
    pub route: &'a str,
    /// Of the body.
    pub request_hash: Hash,
    /// The answer, sealed.
    pub answer: &'a [u8],
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Keeps an answer, also in the place of one whose time is over.
///
/// # Errors
/// When the database is away.
pub async fn keep(conn: &mut PgConnection, new: &New<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO idempotency (account_id, key, route, request_hash, answer, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account_id, key) DO UPDATE
            SET route = $3, request_hash = $4, answer = $5, expires_at = $6
        "#,
        new.account.uuid(),
        new.key,
        new.route,
        new.request_hash.as_slice(),
        new.answer,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
