//! Access tokens: JWT (RFC 7519) signed with HMAC-SHA-256, for minutes only. A request with one costs no query; that a
//! device was signed out is known from the list of revoked sessions, which is kept as long as its tokens live.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

const ISSUER: &str = "gameforge";
/// Clocks of several copies of the service differ by no more.
const LEEWAY_SECONDS: i64 = 5;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    /// When the second factor was last given afresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fresh: Option<i64>,
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub account: AccountId,
    /// On which device.
    pub session: SessionId,
    /// When the second factor was last given afresh.
    pub fresh_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Signs with the first key, accepts all.
#[derive(Clone)]
pub struct TokenKeys {
    sign: EncodingKey,
    accept: Vec<DecodingKey>,
    life: Duration,
}

impl TokenKeys {
    /// From the configured secrets; none when there is no key.
    #[must_use]
    pub fn new(keys: &[SecretString], life: Duration) -> Option<Self> {
        let first = keys.first()?;
        Some(Self {
            sign: EncodingKey::from_secret(first.expose_secret().as_bytes()),
            accept: keys
                .iter()
                .map(|key| DecodingKey::from_secret(key.expose_secret().as_bytes()))
                .collect(),
            life,
        })
    }

    /// How long a token lives.
    #[must_use]
    pub const fn life(&self) -> Duration {
        self.life
    }

    /// Signs a token.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn sign(
        &self,
        account: AccountId,
        session: SessionId,
        fresh_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: account.uuid(),
            sid: session.uuid(),
            iat: now.timestamp(),
            exp: now.timestamp() + i64::try_from(self.life.as_secs()).unwrap_or(600),
            fresh: fresh_at.map(|at| at.timestamp()),
        };
        Ok(jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &self.sign,
        )?)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// `Unauthenticated` when it was not signed by us, has ended, or is from the future.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Access> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        // Time is compared below, with the service's own clock.
        rules.validate_exp = false;
        let claims = self
            .accept
            .iter()
            .find_map(|key| jsonwebtoken::decode::<Claims>(token, key, &rules).ok())
            .ok_or_else(Error::unauthenticated)?
            .claims;
        let now = now.timestamp();
        if claims.exp + LEEWAY_SECONDS <= now || claims.iat > now + LEEWAY_SECONDS {
            return Err(Error::unauthenticated());
        }
        Ok(Access {
            account: AccountId::from_uuid(claims.sub),
            session: SessionId::from_uuid(claims.sid),
            fresh_at: claims.fresh.and_then(|at| DateTime::from_timestamp(at, 0)),
            expires_at: DateTime::from_timestamp(claims.exp, 0)
                .ok_or_else(Error::unauthenticated)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn keys(texts: &[&str]) -> TokenKeys {
        let keys: Vec<SecretString> = texts.iter().map(|text| (*text).to_owned().into()).collect();
        TokenKeys::new(&keys, Duration::from_secs(600)).expect("there is a key")
    }

    fn ids() -> (AccountId, SessionId) {
        (
            AccountId::from_uuid(Uuid::from_u128(1)),
            SessionId::from_uuid(Uuid::from_u128(2)),
        )
    }

    #[test]
    fn a_token_is_good_until_it_ends_and_not_before_it_was_made() -> Result<()> {
        let keys = keys(&["0123456789abcdef0123456789abcdef"]);
        let (account, session) = ids();
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let token = keys.sign(account, session, Some(now), now)?;
        let access = keys.read(&token, now + TimeDelta::seconds(599))?;
        assert_eq!(
            (access.account, access.session, access.fresh_at),
            (account, session, Some(now))
        );
        assert!(
            keys.read(&token, now + TimeDelta::seconds(606)).is_err(),
            "it has ended"
        );
        assert!(
            keys.read(&token, now - TimeDelta::seconds(60)).is_err(),
            "it is from the future"
        );
        Ok(())
    }

    #[test]
    fn other_keys_algorithms_and_changed_tokens_are_refused() -> Result<()> {
        let ours = keys(&["0123456789abcdef0123456789abcdef"]);
        let (account, session) = ids();
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let token =
            keys(&["ffffffffffffffffffffffffffffffff"]).sign(account, session, None, now)?;
        assert!(ours.read(&token, now).is_err(), "somebody else's key");
        // {"alg":"none","typ":"JWT"}
        let good = ours.sign(account, session, None, now)?;
        let payload = good.split('.').nth(1).expect("three parts");
        assert!(
            ours.read(
                &format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."),
                now
            )
            .is_err(),
            "unsigned"
        );
        assert!(ours.read(&good[..good.len() - 2], now).is_err(), "cut");
        let rotated = keys(&[
            "ffffffffffffffffffffffffffffffff",
            "0123456789abcdef0123456789abcdef",
        ]);
        assert!(
            rotated.read(&good, now).is_ok(),
            "the key before still counts"
        );
        Ok(())
    }
}
