//! Keys for programs. A key is shown once; what is kept recognises it and cannot be turned back.

use super::reach;
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Once, Params, caller::KEY_PREFIX, once::Turn},
    secret::Secret,
    store::{
        self, api_key,
        audit::{self, Act, Actor},
    },
};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{ApiKeyId, KeyScope};
use gameforge_wire::cloud::{ApiKey, ApiKeyCreated, ApiKeyRequest, Page, PageQuery, Problem};
use serde_json::json;

/// Characters of the secret behind the prefix that are kept to recognise it by: 24 of 256 bits.
const HINT: usize = 4;
/// The longest life, in days.
const MOST_DAYS: u32 = 3_650;

/// One's keys, the newest first.
#[utoipa::path(get, path = "/v1/account/keys", tag = "account", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Page<ApiKey>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<ApiKey>>> {
    caller.session()?;
    let (before, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let found = api_key::list(&mut tx, caller.account, before, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(reach::page(found, limit, |key| key.id.to_string())))
}

/// Makes a key. Its secret is shown in this answer and never again.
#[utoipa::path(post, path = "/v1/account/keys", tag = "account", security(("bearer" = [])), params(Once),
    request_body = ApiKeyRequest,
    responses((status = 201, body = ApiKeyCreated), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Body(body): Body<ApiKeyRequest>,
) -> Result<(StatusCode, Json<ApiKeyCreated>)> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let scopes = scopes(&body)?;
    let expires_at = expiry(&body, now)?;
    let secret = Secret::draw(KEY_PREFIX)?;
    let hint = &secret.expose()[..KEY_PREFIX.len() + HINT];
    let id = ApiKeyId::from_uuid(app.new_id());
    let new = api_key::NewKey {
        id,
        account: caller.account,
        name: &body.name,
        hint,
        hash: secret.hash(),
        scopes: &scopes,
        expires_at,
    };
    let mut tx = app.store.identity().await?;
    let begun = match once.begin(&app, &mut tx, caller.account, &body).await? {
        Turn::Known(made) => return Ok((StatusCode::CREATED, Json(made))),
        Turn::New(begun) => begun,
    };
    // Held, so that two requests cannot both be the last that the plan allows.
    store::account::hold(&mut tx, caller.account)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    api_key::insert(&mut tx, &new, now).await?;
    let created = ApiKeyCreated {
        key: ApiKey {
            id,
            name: body.name.as_str().to_owned(),
            hint: hint.to_owned(),
            scopes,
            created_at: now,
            expires_at,
            last_used_at: None,
            last_address: None,
        },
        secret: secret.expose().to_owned(),
    };
    begun.keep(&app, &mut tx, &created).await?;
    let mut act = of_key("key.created", id);
    act.after =
        Some(json!({ "name": body.name, "scopes": created.key.scopes, "expires_at": expires_at }));
    audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// What the key is to open, each scope once.
fn scopes(body: &ApiKeyRequest) -> Result<Vec<KeyScope>> {
    let scopes: Vec<KeyScope> = KeyScope::ALL
        .iter()
        .copied()
        .filter(|scope| body.scopes.contains(scope))
        .collect();
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "a key needs at least one"));
    }
    Ok(scopes)
}

fn expiry(body: &ApiKeyRequest, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    match body.days {
        None => Ok(None),
        Some(days @ 1..=MOST_DAYS) => Ok(Some(now + TimeDelta::days(i64::from(days)))),
        Some(_) => Err(Error::invalid("days", "should be 1 to 3650")),
    }
}

/// Revokes a key: it opens nothing from the next request on.
#[utoipa::path(delete, path = "/v1/account/keys/{id}", tag = "account", security(("bearer" = [])),
    params(("id" = ApiKeyId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ApiKeyId>,
) -> Result<StatusCode> {
    caller.session()?;
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let name = api_key::revoke(&mut tx, caller.account, id, now)
        .await?
        .ok_or_else(|| Error::not_found("This key"))?;
    let mut act = of_key("key.revoked", id);
    act.before = Some(json!({ "name": name }));
    audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn of_key(action: &'static str, id: ApiKeyId) -> Act<'static> {
    Act {
        action,
        target_kind: "key",
        target_id: Some(id.uuid()),
        ..Act::default()
    }
}
