//! `api_key`: keys for programs that act for a person.

use crate::{Error, Result, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, ApiKeyId, KeyScope, UnknownWord};
use sqlx::PgConnection;
use std::net::IpAddr;

/// Whose key it is and what it may do, where it counts now; notes its use, to the minute.
///
/// # Errors
/// When the database is away or a stored scope is unknown.
pub async fn find(
    conn: &mut PgConnection,
    hash: Hash,
    now: DateTime<Utc>,
    address: IpAddr,
) -> Result<Option<(AccountId, ApiKeyId, Vec<KeyScope>)>> {
    let row = sqlx::query!(
        r#"
        SELECT api_key.id, account_id, scopes, last_used_at
        FROM api_key JOIN account ON account.id = account_id
        WHERE hash = $1 AND revoked_at IS NULL AND (api_key.expires_at IS NULL OR api_key.expires_at > $2)
            AND account.suspended_at IS NULL AND account.erased_at IS NULL
        "#,
        hash.as_slice(),
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    if row
        .last_used_at
        .is_none_or(|at| now - at > chrono::Duration::minutes(1))
    {
        sqlx::query!(
            "UPDATE api_key SET last_used_at = $2, last_address = $3 WHERE id = $1",
            row.id,
            now,
            ipnetwork::IpNetwork::from(address),
        )
        .execute(conn)
        .await?;
    }
    let scopes = row
        .scopes
        .iter()
        .map(|word| word.parse())
        .collect::<Result<Vec<KeyScope>, UnknownWord>>()
        .map_err(|error| Error::stored("api_key.scopes", error))?;
    Ok(Some((
        AccountId::from_uuid(row.account_id),
        ApiKeyId::from_uuid(row.id),
        scopes,
    )))
}
