//! `account_identity`: accounts elsewhere by which a person signs in.

use crate::{Result, identity::provider::Profile};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, SignInProvider};
use gameforge_wire::cloud::Identity;
use sqlx::PgConnection;
use uuid::Uuid;

/// Whose account it is, by what it is called elsewhere; notes its use and its label of today.
///
/// # Errors
/// When the database is away.
pub async fn sign_in(
    conn: &mut PgConnection,
    provider: SignInProvider,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>> {
    let id = sqlx::query_scalar!(
        r#"
        UPDATE account_identity SET last_used_at = $3, label = $4
        WHERE provider = $1 AND subject = $2
        RETURNING account_id
        "#,
        provider.word(),
        profile.subject,
        now,
        profile.label,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(AccountId::from_uuid))
}

/// Whether an account elsewhere is linked to this account.
///
/// # Errors
/// When the database is away.
pub async fn is_linked(
    conn: &mut PgConnection,
    account: AccountId,
    provider: SignInProvider,
    profile: &Profile,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"
        SELECT EXISTS (SELECT FROM account_identity
            WHERE account_id = $1 AND provider = $2 AND subject = $3) AS "is_linked!"
        "#,
        account.uuid(),
        provider.word(),
        profile.subject,
    )
    .fetch_one(conn)
    .await?)
}

/// Why an account elsewhere cannot be linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It belongs to another account here.
    Elsewhere,
    /// This account has one of that provider already.
    Already,
}

/// Links an account elsewhere.
///
/// # Errors
/// When the database is away. Within: why it cannot be.
pub async fn link(
    conn: &mut PgConnection,
    id: Uuid,
    account: AccountId,
    provider: SignInProvider,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<Result<(), Taken>> {
    let done = sqlx::query!(
        r#"
        INSERT INTO account_identity (id, account_id, provider, subject, label, linked_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        "#,
        id,
        account.uuid(),
        provider.word(),
        profile.subject,
        profile.label,
        now,
    )
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(Ok(())),
        Err(sqlx::Error::Database(error)) => match error.constraint() {
            Some("account_identity_subject") => Ok(Err(Taken::Elsewhere)),
            Some("account_identity_provider") => Ok(Err(Taken::Already)),
            _ => Err(sqlx::Error::Database(error).into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// All of an account.
///
/// # Errors
/// When the database is away or a stored provider is unknown.
pub async fn list(conn: &mut PgConnection, account: AccountId) -> Result<Vec<Identity>> {
    let rows = sqlx::query!(
        r#"
        SELECT provider, label, linked_at, last_used_at
        FROM account_identity WHERE account_id = $1 ORDER BY provider
        "#,
        account.uuid(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Identity {
                provider: super::word::word("account_identity.provider", &row.provider)?,
                label: row.label,
                linked_at: row.linked_at,
                last_used_at: row.last_used_at,
            })
        })
        .collect()
}

/// Takes one away; gives what it was called.
///
/// # Errors
/// When the database is away.
pub async fn unlink(
    conn: &mut PgConnection,
    account: AccountId,
    provider: SignInProvider,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "DELETE FROM account_identity WHERE account_id = $1 AND provider = $2 RETURNING label",
        account.uuid(),
        provider.word(),
    )
    .fetch_optional(conn)
    .await?)
}
