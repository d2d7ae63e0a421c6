//! `sign_in_flow`: ways through other people's pages that are not at their end yet: to sign in, to link, to show afresh
//! who one is.

use crate::{Error, Result, identity::provider::Profile, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, SessionId, SignInProvider};
use sqlx::PgConnection;
use uuid::Uuid;

/// What somebody goes to the other page for. What was begun for one thing is good for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To link an account there to this one here.
    Link(AccountId),
    /// To show afresh, on this device, who one is.
    StepUp(AccountId, SessionId),
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Link(_) => "link",
            Self::StepUp(..) => "step_up",
        }
    }

    fn account(self) -> Option<Uuid> {
        match self {
            Self::SignIn => None,
            Self::Link(account) | Self::StepUp(account, _) => Some(account.uuid()),
        }
    }

    fn session(self) -> Option<Uuid> {
        match self {
            Self::SignIn | Self::Link(_) => None,
            Self::StepUp(_, session) => Some(session.uuid()),
        }
    }

    fn read(word: &str, account: Option<Uuid>, session: Option<Uuid>) -> Result<Self> {
        let account = account.map(AccountId::from_uuid);
        match (word, account, session.map(SessionId::from_uuid)) {
            ("sign_in", None, None) => Ok(Self::SignIn),
            ("link", Some(account), None) => Ok(Self::Link(account)),
            ("step_up", Some(account), Some(session)) => Ok(Self::StepUp(account, session)),
            _ => Err(Error::stored("sign_in_flow.purpose", word.to_owned())),
        }
    }
}

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
    /// What for.
    pub purpose: Purpose,
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
            studio_redirect, purpose, account_id, session_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        "#,
        flow.state.as_slice(),
        flow.provider.word(),
        flow.verifier,
        flow.nonce,
        flow.studio_challenge,
        flow.studio_state,
        flow.studio_redirect,
        flow.purpose.word(),
        flow.purpose.account(),
        flow.purpose.session(),
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
    /// What for.
    pub purpose: Purpose,
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
        SELECT provider, profile AS "profile!", studio_challenge, purpose, account_id, session_id
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
            purpose: Purpose::read(&row.purpose, row.account_id, row.session_id)?,
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
