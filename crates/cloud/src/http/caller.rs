//! Who asks: a device of a person, or a key that acts for one.

use super::{
    Asked,
    allowance::{self, Consents, Standings},
};
use crate::{App, Error, Result, secret::Hash, store};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use chrono::{DateTime, Duration, Utc};
use gameforge_domain::{AccountId, ApiKeyId, KeyScope, SessionId};
use gameforge_wire::cloud::ProblemCode;

/// How keys begin, so that scanners find those that got loose.
pub const KEY_PREFIX: &str = "gf_key_";
/// How long a second factor counts as fresh.
const FRESH: Duration = Duration::minutes(10);

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A device.
    Session {
        /// Which.
        id: SessionId,
        /// When the second factor was last given afresh.
        fresh_at: Option<DateTime<Utc>>,
    },
    /// A key.
    Key {
        /// Which.
        id: ApiKeyId,
        /// What it may do.
        scopes: Vec<KeyScope>,
    },
}

/// Who asks, from where.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub account: AccountId,
    /// By what they are known.
    pub via: Via,
    /// From where.
    pub asked: Asked,
}

impl Caller {
    /// Whether a key reaches this; a device always does.
    ///
    /// # Errors
    /// `Forbidden` when the key lacks the scope.
    pub fn needs(&self, scope: KeyScope) -> Result<()> {
        match &self.via {
            Via::Session { .. } => Ok(()),
            Via::Key { scopes, .. } if scopes.contains(&scope) => Ok(()),
            Via::Key { .. } => Err(Error::forbidden(&format!(
                "This key may not do that; it lacks the scope “{scope}”."
            ))),
        }
    }

    /// The device: some things no key may do.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub fn session(&self) -> Result<SessionId> {
        match self.via {
            Via::Session { id, .. } => Ok(id),
            Via::Key { .. } => Err(Error::forbidden("No key may do that; sign in.")),
        }
    }

    /// Whether the second factor (or without one the password) was given afresh: for dangerous things.
    ///
    /// # Errors
    /// `StepUpRequired` when it was not; `Forbidden` for a key.
    pub fn fresh(&self, now: DateTime<Utc>) -> Result<()> {
        match self.via {
            Via::Session {
                fresh_at: Some(at), ..
            } if now - at < FRESH => Ok(()),
            Via::Session { .. } => Err(Error::told(
                ProblemCode::StepUpRequired,
                "Show once more that it is you, then do this again.",
            )),
            Via::Key { .. } => Err(Error::forbidden("No key may do that; sign in.")),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        admitted(parts, app, Consents::Needed).await
    }
}

/// Somebody who asks, also while there are new terms to which they have not agreed: for what is about agreeing, about
/// the account's safety, and about going.
#[derive(Debug, Clone)]
pub struct AnyCaller(pub Caller);

impl FromRequestParts<App> for AnyCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        admitted(parts, app, Consents::Whatever).await.map(Self)
    }
}

async fn admitted(parts: &Parts, app: &App, consents: Consents) -> Result<Caller> {
    let caller = known(parts, app).await?;
    let key = match &caller.via {
        Via::Session { .. } => None,
        Via::Key { id, .. } => Some(*id),
    };
    let standings = parts.extensions.get::<Standings>().cloned();
    let standings = standings.unwrap_or_default();
    allowance::admit(app, caller.account, key, consents, &standings).await?;
    Ok(caller)
}

async fn known(parts: &Parts, app: &App) -> Result<Caller> {
    let asked = parts.extensions.get::<Asked>().copied();
    let asked = asked.ok_or_else(Error::unauthenticated)?;
    let token = bearer(parts).ok_or_else(Error::unauthenticated)?;
    if token.starts_with(KEY_PREFIX) {
        return by_key(app, token, asked).await;
    }
    by_token(app, token, asked)
}

/// By an access token, wherever it came from. Costs no query.
///
/// # Errors
/// `Unauthenticated` when it is none, has ended, or its device was signed out.
pub fn by_token(app: &App, token: &str, asked: Asked) -> Result<Caller> {
    let access = app.tokens.read(token, app.clock.now())?;
    if app.revoked.contains(access.session) {
        return Err(Error::unauthenticated());
    }
    Ok(Caller {
        account: access.account,
        via: Via::Session {
            id: access.session,
            fresh_at: access.fresh_at,
        },
        asked,
    })
}

/// The one token of a request. Two are as good as none: which of them a proxy looked at nobody knows.
fn bearer(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

async fn by_key(app: &App, token: &str, asked: Asked) -> Result<Caller> {
    let mut tx = app.store.identity().await?;
    let found =
        store::api_key::find(&mut tx, Hash::of(token), app.clock.now(), asked.address).await?;
    tx.commit().await?;
    let (account, id, scopes) = found.ok_or_else(Error::unauthenticated)?;
    Ok(Caller {
        account,
        via: Via::Key { id, scopes },
        asked,
    })
}
