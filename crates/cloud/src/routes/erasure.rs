//! Erasing the own account: asked for with a fresh proof, done after a time in which it can be taken back.

use crate::{
    App, Error, Result,
    http::{AnyCaller, Caller},
    mail::Words,
    routes::letters,
    store::{
        self,
        audit::{Act, Actor},
        person_data,
    },
};
use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_wire::cloud::{ErasureState, Problem, ProblemCode};
use serde_json::json;
use sqlx::PgConnection;

async fn state(conn: &mut PgConnection, caller: &Caller) -> Result<ErasureState> {
    Ok(ErasureState {
        erase_after: person_data::erasure(conn, caller.account).await?,
        sole_owner_of: person_data::sole_owner_of(conn, caller.account).await?,
    })
}

/// Whether and when the account goes, and what stands in the way.
#[utoipa::path(get, path = "/v1/account/erasure", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = ErasureState), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn read(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
) -> Result<Json<ErasureState>> {
    caller.session()?;
    let mut tx = app.store.worker().await?;
    let state = state(&mut tx, &caller).await?;
    tx.commit().await?;
    Ok(Json(state))
}

/// Asks for the erasure. Asked for again, its time stays.
#[utoipa::path(post, path = "/v1/account/erasure", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = ErasureState), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn ask(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
) -> Result<Json<ErasureState>> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let mut tx = app.store.worker().await?;
    let before = state(&mut tx, &caller).await?;
    if !before.sole_owner_of.is_empty() {
        return Err(Error::told(
            ProblemCode::Conflict,
            format!(
                "You alone own {} with other people in it. Make somebody else an owner first, or remove it.",
                before
                    .sole_owner_of
                    .iter()
                    .map(|name| format!("“{name}”"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        ));
    }
    if before.erase_after.is_some() {
        tx.commit().await?;
        return Ok(Json(before));
    }
    let grace = TimeDelta::from_std(app.config.erase_grace).unwrap_or(TimeDelta::days(14));
    let after = now + grace;
    person_data::set_erasure(&mut tx, caller.account, Some((now, after))).await?;
    let date = after.format("%Y-%m-%d").to_string();
    tell(&app, &mut tx, &caller, Words::ErasureAsked { date }).await?;
    note(&mut tx, &caller, "erasure.asked", Some(after), now).await?;
    tx.commit().await?;
    Ok(Json(ErasureState {
        erase_after: Some(after),
        sole_owner_of: Vec::new(),
    }))
}

/// Takes it back.
#[utoipa::path(delete, path = "/v1/account/erasure", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = ErasureState), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn cancel(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
) -> Result<Json<ErasureState>> {
    caller.session()?;
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let before = state(&mut tx, &caller).await?;
    if before.erase_after.is_some() {
        person_data::set_erasure(&mut tx, caller.account, None).await?;
        tell(&app, &mut tx, &caller, Words::ErasureCancelled {}).await?;
        note(&mut tx, &caller, "erasure.cancelled", None, now).await?;
    }
    tx.commit().await?;
    Ok(Json(ErasureState {
        erase_after: None,
        sole_owner_of: before.sole_owner_of,
    }))
}

async fn tell(app: &App, conn: &mut PgConnection, caller: &Caller, words: Words) -> Result<()> {
    let account = store::account::read(&mut *conn, caller.account)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    letters::send(app, conn, &account.email, &account.locale, words).await
}

async fn note(
    conn: &mut PgConnection,
    caller: &Caller,
    action: &str,
    after: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    let act = Act {
        action,
        target_kind: "account",
        target_id: Some(caller.account.uuid()),
        after: after.map(|at| json!({ "erase_after": at })),
        flags: &["gdpr"],
        ..Act::default()
    };
    store::audit::append(conn, now, &Actor::from(caller), &act).await
}
