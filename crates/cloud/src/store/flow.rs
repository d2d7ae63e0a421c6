//! `sign_in_flow`: sign-ins through other people's pages, on their way.

use crate::{Error, Result, identity::provider::Profile, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, SignInProvider};
use sqlx::PgConnection;

/// What begins.
#[derive(Debug)]
pub struct NewFlow<'a> {
    /// Of what comes back through the browser.
    pub state: Hash,
    /// Whose page.
    pub provider: SignInProvider,
    /// Ours towards the provider.
    pub verifier: &'a str,
    /// Comes back within an ID token.
    pub nonce: &'a str,
    /// The Studio's towards us.
    pub studio_challenge: &'a str,
    /// Goes back to the Studio unchanged.
    pub studio_state: &'a str,
    /// Where the Studio listens.
    pub studio_redirect: &'a str,
    /// Who wants to link, where it is not a sign-in.
    pub link: Option<AccountId>,
    /// When it is too late.
    pub expires_at: DateTime<Utc>,
}

/// Begins one.
///
/// # Errors
/// When the database is away.
pub async fn insert(conn: &mut PgConnection, flow: &NewFlow<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO sign_in_flow (state_hash, provider, pkce_verifier, nonce, studio_challenge, studio_state,
            studio_redirect, link_account_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        flow.state.as_slice(),
        flow.provider.word(),
        flow.verifier,
        flow.nonce,
        flow.studio_challenge,
        flow.studio_state,
        flow.studio_redirect,
        flow.link.map(AccountId::uuid),
        now,
        flow.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One whose browser came back from the provider.
#[derive(Debug)]
pub struct Returned {
    /// Ours towards the provider.
    pub pkce_verifier: String,
    /// Comes back within an ID token.
    pub nonce: String,
    /// Where the Studio listens.
    pub studio_redirect: String,
    /// Goes back to the Studio unchanged.
    pub studio_state: String,
}

/// The browser came back: that happens once. None when there is no such flow, or it came back before, or too late.
///
/// # Errors
/// When the database is away.
pub async fn returned(
    conn: &mut PgConnection,
    state: Hash,
    provider: SignInProvider,
    now: DateTime<Utc>,
) -> Result<Option<Returned>> {
    Ok(sqlx::query_as!(
        Returned,
        r#"
        UPDATE sign_in_flow SET answered_at = $3
        WHERE state_hash = $1 AND provider = $2 AND answered_at IS NULL AND expires_at > $3
        RETURNING pkce_verifier, nonce, studio_redirect, studio_state
        "#,
        state.as_slice(),
        provider.word(),
        now,
    )
    .fetch_optional(conn)
    .await?)
}

/// Notes who it is, and the code by which the Studio may fetch that.
///
/// # Errors
/// When the database is away.
pub async fn resolve(
    conn: &mut PgConnection,
    state: Hash,
    code: Hash,
    profile: &Profile,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let profile = serde_json::to_value(profile)
        .map_err(|error| Error::stored("sign_in_flow.profile", error))?;
    sqlx::query!(
        "UPDATE sign_in_flow SET code_hash = $2, profile = $3, expires_at = $4 WHERE state_hash = $1",
        state.as_slice(),
        code.as_slice(),
        profile,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One whose result the Studio fetches.
#[derive(Debug)]
pub struct Resolved {
    /// Whose page.
    pub provider: SignInProvider,
    /// Who it is there.
    pub profile: Profile,
    /// The Studio's challenge.
    pub challenge: String,
    /// Who wants to link, where it is not a sign-in.
    pub link: Option<AccountId>,
}

/// Finds and holds one by the code; none when it is unknown, was used, or has ended.
///
/// # Errors
/// When the database is away.
pub async fn by_code(
    conn: &mut PgConnection,
    code: Hash,
    now: DateTime<Utc>,
) -> Result<Option<Resolved>> {
    let row = sqlx::query!(
        r#"
        SELECT provider, profile AS "profile!", studio_challenge, link_account_id
        FROM sign_in_flow
        WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 FOR UPDATE
        "#,
        code.as_slice(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Resolved {
            provider: super::word::word("sign_in_flow.provider", &row.provider)?,
            profile: serde_json::from_value(row.profile)
                .map_err(|error| Error::stored("sign_in_flow.profile", error))?,
            challenge: row.studio_challenge,
            link: row.link_account_id.map(AccountId::from_uuid),
        })
    })
    .transpose()
}

/// The code is used up.
///
/// # Errors
/// When the database is away.
pub async fn used(conn: &mut PgConnection, code: Hash, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE sign_in_flow SET used_at = $2 WHERE code_hash = $1",
        code.as_slice(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
