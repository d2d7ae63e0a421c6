//! The second factor: turning it on and off, recovery codes, and the proof by either.

use super::{auth, entry, limits};
use crate::{
    App, Error, Result,
    http::{Body, Caller},
    identity::{
        recovery,
        totp::{self, Authenticator},
    },
    store::{
        self,
        audit::{self, Actor},
    },
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{AccountId, Email};
use gameforge_wire::cloud::{FactorCode, FactorSetup, Problem, ProblemCode, RecoveryCodes};
use serde_json::json;
use sqlx::PgConnection;

/// By what somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// A code of the authenticator.
    Code,
    /// A recovery code.
    Recovery,
}

impl Proof {
    /// For the audit log.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Code => "second_factor",
            Self::Recovery => "recovery_code",
        }
    }
}

/// Whether a code is one of the account's authenticator or a recovery code; either is used up. The caller commits
/// also when it is not.
pub(super) async fn prove(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    email: &Email,
    code: &str,
) -> Result<Option<Proof>> {
    let now = app.clock.now();
    if let Some(digits) = totp::digits(code) {
        let is_taken = take_code(app, conn, account, email, &digits, true).await?;
        return Ok(is_taken.then_some(Proof::Code));
    }
    let Some(hash) = recovery::hash(account.uuid(), code) else {
        return Ok(None);
    };
    let is_used = store::factor::use_code(conn, account, hash, now).await?;
    Ok(is_used.then_some(Proof::Recovery))
}

/// Whether the six digits are right now and were not taken before; notes their step.
async fn take_code(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    email: &Email,
    digits: &str,
    counts_already: bool,
) -> Result<bool> {
    let factor = store::factor::hold(&mut *conn, account).await?;
    let Some(factor) = factor.filter(|factor| factor.is_confirmed == counts_already) else {
        return Ok(false);
    };
    let secret = app
        .seal
        .open(account.as_bytes(), &factor.sealed_secret)
        .map_err(|error| Error::stored("second_factor.sealed_secret", error))?;
    let authenticator = Authenticator::new(&secret, email)?;
    match authenticator.step(digits, app.clock.now(), factor.last_step) {
        Some(step) => {
            store::factor::took(conn, account, step).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Begins to turn the second factor on. It counts once a code of it was given.
#[utoipa::path(post, path = "/v1/account/factor", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = FactorSetup), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn begin(State(app): State<App>, caller: Caller) -> Result<Json<FactorSetup>> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let mut secret = [0_u8; totp::SECRET];
    getrandom::fill(&mut secret)?;
    let id = caller.account;
    let mut tx = app.store.identity().await?;
    let known = store::account::hold(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let sealed = app.seal.seal(id.as_bytes(), &secret)?;
    if !store::factor::begin(&mut tx, id, &sealed, now).await? {
        return Err(Error::told(
            ProblemCode::Conflict,
            "There is a second factor already. Turn it off first to set up another.",
        ));
    }
    tx.commit().await?;
    let authenticator = Authenticator::new(&secret, &known.email)?;
    let (url, qr_svg) = authenticator.picture()?;
    Ok(Json(FactorSetup {
        secret: authenticator.base32(),
        url,
        qr_svg,
    }))
}

/// Turns the second factor on, by a code of it, and gives the recovery codes.
#[utoipa::path(post, path = "/v1/account/factor/confirm", tag = "account", security(("bearer" = [])),
    request_body = FactorCode,
    responses((status = 200, body = RecoveryCodes), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<FactorCode>,
) -> Result<Json<RecoveryCodes>> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let id = caller.account;
    limits::proof(&app, id).await?;
    let mut tx = app.store.identity().await?;
    let known = store::account::hold(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let is_right = match totp::digits(&body.code) {
        Some(digits) => take_code(&app, &mut tx, id, &known.email, &digits, false).await?,
        None => false,
    };
    if !is_right {
        return Err(auth::wrong(
            "That code is not the one that the authenticator shows now. Is the clock right?",
        ));
    }
    store::factor::confirm(&mut tx, id, now).await?;
    let codes = renew(&mut tx, id).await?;
    entry::tell(&app, &mut tx, id, &json!({ "event": "factor_enabled" })).await?;
    let act = auth::of_account("factor.enabled", id);
    audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Gives new recovery codes; the old ones are good for nothing any more.
#[utoipa::path(post, path = "/v1/account/factor/codes", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = RecoveryCodes), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn codes(State(app): State<App>, caller: Caller) -> Result<Json<RecoveryCodes>> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let id = caller.account;
    let mut tx = app.store.identity().await?;
    if !store::factor::is_on(&mut tx, id).await? {
        return Err(Error::not_found("A second factor"));
    }
    let codes = renew(&mut tx, id).await?;
    let act = auth::of_account("factor.codes_renewed", id);
    audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Turns the second factor off.
#[utoipa::path(delete, path = "/v1/account/factor", tag = "account", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove(State(app): State<App>, caller: Caller) -> Result<StatusCode> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let id = caller.account;
    let mut tx = app.store.identity().await?;
    if !store::factor::remove(&mut tx, id).await? {
        return Err(Error::not_found("A second factor"));
    }
    entry::tell(&app, &mut tx, id, &json!({ "event": "factor_disabled" })).await?;
    let act = auth::of_account("factor.disabled", id);
    audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn renew(conn: &mut PgConnection, id: AccountId) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..recovery::COUNT)
        .map(|_| recovery::draw())
        .collect::<Result<_, _>>()?;
    let hashes: Vec<_> = codes
        .iter()
        .filter_map(|code| recovery::hash(id.uuid(), code))
        .collect();
    store::factor::set_codes(conn, id, &hashes).await?;
    Ok(codes)
}
