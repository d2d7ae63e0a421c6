//! `sign_in_challenge`: between the first proof and the second factor.

use super::session::Device;
use crate::{Result, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::AccountId;
use sqlx::PgConnection;

/// The most codes that may be tried.
pub const MOST_ATTEMPTS: i32 = 5;

/// Asks for the second factor.
///
/// # Errors
/// When the database is away.
pub async fn insert(
    conn: &mut PgConnection,
    hash: Hash,
    account: AccountId,
    device: &Device,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO sign_in_challenge (hash, account_id, device_name, platform, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        "#,
        hash.as_slice(),
        account.uuid(),
        device.name,
        device.platform,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes one of the attempts; none when there is none left, or it was answered, or has ended. The attempt counts only
/// when the transaction is committed.
///
/// # Errors
/// When the database is away.
pub async fn attempt(
    conn: &mut PgConnection,
    hash: Hash,
    now: DateTime<Utc>,
) -> Result<Option<(AccountId, Device)>> {
    let row = sqlx::query!(
        r#"
        UPDATE sign_in_challenge SET attempts = attempts + 1
        WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 AND attempts < $3
        RETURNING account_id, device_name, platform
        "#,
        hash.as_slice(),
        now,
        MOST_ATTEMPTS,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let device = Device {
            name: row.device_name,
            platform: row.platform,
        };
        (AccountId::from_uuid(row.account_id), device)
    }))
}

/// It was answered rightly.
///
/// # Errors
/// When the database is away.
pub async fn answered(conn: &mut PgConnection, hash: Hash, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE sign_in_challenge SET used_at = $2 WHERE hash = $1",
        hash.as_slice(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends all of an account: what was proven first does not hold any more.
///
/// # Errors
/// When the database is away.
pub async fn end_all(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE sign_in_challenge SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL",
        account.uuid(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
