//! Devices: staying signed in, signing out, and the list of all of them.

use super::{auth, entry, letters, limits, reach};
use crate::{
    App, Error, Result,
    http::{AnyCaller, Asked, Body, Caller, Id, Params},
    identity::rotation::{Shown, Turn, decide},
    mail::Words,
    secret::{Hash, Secret},
    store::{
        self,
        audit::{Act, Actor},
        refresh_token,
        session::{Held, Why},
    },
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::SessionId;
use gameforge_wire::cloud::{Account, Page, PageQuery, Problem, Refresh, Session, Tokens};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// The next pair of tokens for a refresh token, which works once. Where the answer was lost it may be asked for again
/// until the new refresh token was used; any other second use signs the device out, because somebody has a copy.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "sign-in", request_body = Refresh,
    responses((status = 200, body = Tokens), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn refresh(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<Refresh>,
) -> Result<Json<Tokens>> {
    limits::secret(&app, &asked).await?;
    let (hash, now) = (Hash::of(&body.refresh_token), app.clock.now());
    let mut tx = app.store.identity().await?;
    let session = refresh_token::device(&mut tx, hash)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let held = store::session::hold(&mut tx, session, now)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let standing = refresh_token::standing(&mut tx, hash)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let shown = Shown {
        device_is_in: held.is_in,
        expires_at: standing.expires_at,
        is_used: standing.is_used,
        successor_is_unused: standing.successor_is_unused,
    };
    match decide(shown, now) {
        Turn::Ended => return Err(Error::unauthenticated()),
        Turn::Copied => {
            copied(&app, &mut tx, &held, &asked).await?;
            tx.commit().await?;
            app.revoked.add(session, now);
            return Err(Error::unauthenticated());
        }
        Turn::Again => {
            if let Some(lost) = &standing.successor {
                refresh_token::replace(&mut tx, lost, now).await?;
            }
        }
        Turn::Next => {}
    }
    let person = person(&mut tx, &held).await?;
    let (next, ends) = (Secret::draw("gf_refresh_")?, entry::device_end(&app, now));
    refresh_token::insert(&mut tx, next.hash(), session, now, ends).await?;
    refresh_token::turn(&mut tx, hash, next.hash(), now).await?;
    store::session::touch(&mut tx, session, asked.address, ends, now).await?;
    tx.commit().await?;
    entry::tokens(&app, person, session, &next, held.fresh_at, now).map(Json)
}

async fn person(conn: &mut PgConnection, held: &Held) -> Result<Account> {
    store::account::read(conn, held.account)
        .await?
        .ok_or_else(Error::unauthenticated)
}

/// Signs the device out, tells its owner, notes it.
async fn copied(app: &App, conn: &mut PgConnection, held: &Held, asked: &Asked) -> Result<()> {
    let now = app.clock.now();
    store::session::revoke(&mut *conn, held.account, held.id, Why::Reuse, now).await?;
    let owner = person(&mut *conn, held).await?;
    let details = json!({ "event": "token_reused", "device": held.device_name });
    entry::tell(app, &mut *conn, held.account, &details).await?;
    let words = Words::TokenReused {
        device: held.device_name.clone(),
    };
    letters::send(app, &mut *conn, &owner.email, &owner.locale, words).await?;
    let act = act("session.reuse_detected", held.id.uuid());
    store::audit::append(conn, now, &Actor::nobody(asked), &act).await
}

/// Signs this device out.
#[utoipa::path(post, path = "/v1/auth/sign-out", tag = "sign-in", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem)))]
pub async fn sign_out(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Result<StatusCode> {
    let session = caller.session()?;
    end(&app, &caller, session, Why::SignedOut).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The devices on which one is signed in, the newest sign-in first.
#[utoipa::path(get, path = "/v1/account/sessions", tag = "account", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Page<Session>), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Session>>> {
    let current = caller.session()?;
    let (before, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let found = store::session::list(
        &mut tx,
        caller.account,
        current,
        app.clock.now(),
        before,
        limit + 1,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(reach::page(found, limit, |it| it.id.to_string())))
}

/// Signs a device out.
#[utoipa::path(delete, path = "/v1/account/sessions/{id}", tag = "account", security(("bearer" = [])),
    params(("id" = SessionId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Id(id): Id<SessionId>,
) -> Result<StatusCode> {
    let why = if caller.session()? == id {
        Why::SignedOut
    } else {
        Why::ByUser
    };
    if end(&app, &caller, id, why).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::not_found("This device"))
    }
}

/// Signs all other devices out.
#[utoipa::path(post, path = "/v1/account/sessions/revoke-others", tag = "account", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem)))]
pub async fn revoke_others(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
) -> Result<StatusCode> {
    let current = caller.session()?;
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let out = store::session::revoke_all(&mut tx, caller.account, Some(current), Why::ByUser, now)
        .await?;
    if !out.is_empty() {
        let mut act = auth::of_account("session.others_revoked", caller.account);
        let ids: Vec<String> = out.iter().map(ToString::to_string).collect();
        act.after = Some(json!({ "sessions": ids }));
        store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    }
    tx.commit().await?;
    for session in out {
        app.revoked.add(session, now);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn end(app: &App, caller: &Caller, id: SessionId, why: Why) -> Result<bool> {
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let was_in = store::session::revoke(&mut tx, caller.account, id, why, now).await?;
    if was_in {
        let act = act("session.revoked", id.uuid());
        store::audit::append(&mut tx, now, &Actor::from(caller), &act).await?;
    }
    tx.commit().await?;
    if was_in {
        app.revoked.add(id, now);
    }
    Ok(was_in)
}

/// An act on a device.
pub(super) fn act(action: &'static str, session: Uuid) -> Act<'static> {
    Act {
        action,
        target_kind: "session",
        target_id: Some(session),
        ..Act::default()
    }
}
