//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that makes something may be sent again when
//! its answer was lost, and gets the same answer. What was made and what was answered are kept in one transaction, so
//! neither is there without the other.

use crate::{
    App, Error, Result,
    secret::Hash,
    store::idempotency::{self, New},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderName, request::Parts},
};
use chrono::TimeDelta;
use gameforge_domain::AccountId;
use gameforge_wire::cloud::ProblemCode;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::PgConnection;
use std::time::Duration;
use utoipa::openapi::{
    ObjectBuilder, Required, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

static HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Characters of a key.
const MOST: usize = 200;
/// How long an answer is kept.
const LIFE: TimeDelta = TimeDelta::days(1);
/// Seconds after which to ask again for what is being worked on.
const SOON: u64 = 1;
/// How often a turn is asked for, and how long after each other.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// The key that came with a request, if one did, and where it came.
#[derive(Debug, Clone)]
pub struct Once {
    key: Option<String>,
    route: String,
}

impl utoipa::IntoParams for Once {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(MOST))
            .build();
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "Drawn at random for each request. With the same key the same request gets the same answer for a day, \
                 however often it is sent.",
            ))
            .required(Required::False)
            .schema(Some(text))
            .build();
        vec![parameter]
    }
}

impl<S: Sync> FromRequestParts<S> for Once {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let bad = || {
            Error::invalid(
                "Idempotency-Key",
                "should be one key of 1 to 200 visible ASCII characters",
            )
        };
        let mut values = parts.headers.get_all(&HEADER).iter();
        let key = match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => {
                let text = value.to_str().map_err(|_| bad())?.trim();
                let is_good =
                    (1..=MOST).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
                Some(is_good.then(|| text.to_owned()).ok_or_else(bad)?)
            }
            _ => return Err(bad()),
        };
        let route = format!("{} {}", parts.method, parts.uri.path());
        Ok(Self { key, route })
    }
}

/// A request whose answer is not known yet; to be ended with [`Begun::keep`].
#[derive(Debug)]
#[must_use = "the answer is to be kept"]
pub struct Begun<'a> {
    key: Option<&'a str>,
    route: &'a str,
    account: AccountId,
    request_hash: Hash,
}

/// Whether the answer is there already.
#[derive(Debug)]
pub enum Turn<'a, T> {
    /// It was given before: nothing is to be done.
    Known(T),
    /// It is to be done now.
    New(Begun<'a>),
}

impl Once {
    /// Looks for the answer. After the permission was checked: what one may not see any more is not repeated either.
    ///
    /// # Errors
    /// `IdempotencyMismatch` when the key came with another request; `Conflict` while the first one is being worked
    /// on; when the database is away.
    pub async fn begin<T: DeserializeOwned>(
        &self,
        app: &App,
        conn: &mut PgConnection,
        account: AccountId,
        body: &impl Serialize,
    ) -> Result<Turn<'_, T>> {
        let body = serde_json::to_string(body).map_err(|error| Error::stored("a body", error))?;
        let begun = Begun {
            key: self.key.as_deref(),
            route: &self.route,
            account,
            request_hash: Hash::of(&body),
        };
        let Some(key) = begun.key else {
            return Ok(Turn::New(begun));
        };
        if !turn(&mut *conn, account, key).await? {
            return Err(Error::Told {
                code: ProblemCode::Conflict,
                detail: "The first request with this key is still being worked on; ask again soon."
                    .to_owned(),
                fields: Vec::new(),
                retry_after: Some(SOON),
            });
        }
        let Some(kept) = idempotency::find(conn, account, key, app.clock.now()).await? else {
            return Ok(Turn::New(begun));
        };
        if kept.route != begun.route || kept.request_hash != begun.request_hash.as_slice() {
            return Err(Error::told(
                ProblemCode::IdempotencyMismatch,
                "This Idempotency-Key came with another request before; draw a new one for each.",
            ));
        }
        let answer = app
            .seal
            .open(&begun.owner(key), &kept.answer)
            .map_err(|error| Error::stored("idempotency.answer", error))?;
        serde_json::from_slice(&answer)
            .map(Turn::Known)
            .map_err(|error| Error::stored("idempotency.answer", error))
    }
}

/// Takes the turn of a key. A request that was refused lets go of its turn a moment after its answer, when its
/// transaction is rolled back: so long the next one waits.
async fn turn(conn: &mut PgConnection, account: AccountId, key: &str) -> Result<bool> {
    for _ in 1..TRIES {
        if idempotency::take_turn(&mut *conn, account, key).await? {
            return Ok(true);
        }
        tokio::time::sleep(PAUSE).await;
    }
    idempotency::take_turn(conn, account, key).await
}

impl Begun<'_> {
    /// Keeps the answer, in the transaction that makes the thing.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn keep(
        &self,
        app: &App,
        conn: &mut PgConnection,
        answer: &impl Serialize,
    ) -> Result<()> {
        let Some(key) = self.key else {
            return Ok(());
        };
        let answer =
            serde_json::to_vec(answer).map_err(|error| Error::stored("an answer", error))?;
        let new = New {
            account: self.account,
            key,
            route: self.route,
            request_hash: self.request_hash,
            answer: &app.seal.seal(&self.owner(key), &answer)?,
            expires_at: app.clock.now() + LIFE,
        };
        idempotency::keep(conn, &new).await
    }

    /// What a sealed answer is bound to: its row.
    fn owner(&self, key: &str) -> Vec<u8> {
        [self.account.as_bytes().as_slice(), key.as_bytes()].concat()
    }
}
