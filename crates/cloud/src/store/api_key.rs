//! `api_key`: keys for programs that act for a person.

use crate::{Error, Result, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, ApiKeyId, KeyScope, Name, UnknownWord};
use gameforge_wire::cloud::{ApiKey, ProblemCode};
use sqlx::PgConnection;
use std::net::IpAddr;
use uuid::Uuid;

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
    let scopes = scopes_of(&row.scopes)?;
    Ok(Some((
        AccountId::from_uuid(row.account_id),
        ApiKeyId::from_uuid(row.id),
        scopes,
    )))
}

/// A key that is made.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// Which.
    pub id: ApiKeyId,
    /// Whose.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: &'a Name,
    /// How its secret begins.
    pub hint: &'a str,
    /// Of the secret.
    pub hash: Hash,
    /// What it may do.
    pub scopes: &'a [KeyScope],
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a key, when the plan allows one more. The account is to be held before, or two could both be the last.
///
/// # Errors
/// `QuotaExceeded` when it does not; when the database is away.
pub async fn insert(conn: &mut PgConnection, key: &NewKey<'_>, now: DateTime<Utc>) -> Result<()> {
    let quota = sqlx::query!(
        r#"
        SELECT (SELECT amount FROM plan_quota JOIN account USING (plan_id)
                WHERE account.id = $1 AND resource = 'api_keys') AS most,
            (SELECT count(*) FROM api_key
                WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)) AS "used!"
        "#,
        key.account.uuid(),
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    if let Some(most) = quota.most.filter(|most| quota.used >= *most) {
        return Err(Error::told(
            ProblemCode::QuotaExceeded,
            format!("Your plan allows {most} keys. Revoke one that is not needed any more."),
        ));
    }
    let scopes: Vec<String> = key
        .scopes
        .iter()
        .map(|scope| scope.word().to_owned())
        .collect();
    sqlx::query!(
        r#"
        INSERT INTO api_key (id, account_id, name, hint, hash, scopes, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        key.id.uuid(),
        key.account.uuid(),
        key.name.as_str(),
        key.hint,
        key.hash.as_slice(),
        &scopes,
        now,
        key.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The keys of a person that were not revoked, the newest first; also those that have ended.
///
/// # Errors
/// When the database is away or a stored scope is unknown.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ApiKey>> {
    let rows = sqlx::query!(
        r#"
        SELECT id, name, hint, scopes, created_at, expires_at, last_used_at, last_address
        FROM api_key
        WHERE account_id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        "#,
        account.uuid(),
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ApiKey {
                id: ApiKeyId::from_uuid(row.id),
                name: row.name,
                hint: row.hint,
                scopes: scopes_of(&row.scopes)?,
                created_at: row.created_at,
                expires_at: row.expires_at,
                last_used_at: row.last_used_at,
                last_address: row.last_address.map(|network| network.ip().to_string()),
            })
        })
        .collect()
}

/// Revokes a key of a person; gives its name, none when there is no such one.
///
/// # Errors
/// When the database is away.
pub async fn revoke(
    conn: &mut PgConnection,
    account: AccountId,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "UPDATE api_key SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL RETURNING name",
        id.uuid(),
        account.uuid(),
        now,
    )
    .fetch_optional(conn)
    .await?)
}

fn scopes_of(words: &[String]) -> Result<Vec<KeyScope>> {
    words
        .iter()
        .map(|word| word.parse())
        .collect::<Result<_, UnknownWord>>()
        .map_err(|error| Error::stored("api_key.scopes", error))
}
