//! Showing afresh who one is, before something dangerous: by the second factor, or where there is none by the password,
//! or by going through the pages of a linked account elsewhere once more. Gives an access token with which dangerous
//! things can be done for ten minutes.

use super::{
    auth, entry, factor, limits,
    provider::begin,
    provider_finish::{ended, resolved},
    sessions::act,
};
use crate::{
    App, Error, Result,
    http::{AnyCaller, Body, Caller, Id},
    identity::password,
    secret::Hash,
    store::{
        self, Tx,
        audit::{self, Actor},
        flow::Purpose,
    },
};
use axum::{Json, extract::State};
use gameforge_domain::{AccountId, SessionId, SignInProvider};
use gameforge_wire::cloud::{
    FreshAccess, Problem, ProviderLink, ProviderStart, ProviderStarted, StepUp,
};
use serde_json::json;

/// By the second factor, or where there is none by the password.
#[utoipa::path(post, path = "/v1/auth/step-up", tag = "sign-in", security(("bearer" = [])), request_body = StepUp,
    responses((status = 200, body = FreshAccess), (status = 401, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn step_up(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Body(body): Body<StepUp>,
) -> Result<Json<FreshAccess>> {
    let (session, id) = (caller.session()?, caller.account);
    limits::proof(&app, id).await?;
    let mut tx = app.store.identity().await?;
    let known = store::account::hold(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let has_factor = store::factor::is_on(&mut tx, id).await?;
    let by = match (has_factor, &body.code, body.password) {
        (true, Some(code), _) => factor::prove(&app, &mut tx, id, &known.email, code)
            .await?
            .map(factor::Proof::word),
        (true, None, _) => return Err(factor_needed()),
        (false, _, Some(password)) => {
            // Nothing is held while it is compared.
            tx.commit().await?;
            let is_right = password::verify(password, known.password_hash).await?;
            tx = app.store.identity().await?;
            is_right.then_some("password")
        }
        (false, _, None) => {
            return Err(Error::invalid(
                "password",
                "is asked for here. Without a password, go through the pages of a linked account",
            ));
        }
    };
    match by {
        Some(by) => grant(&app, tx, &caller, session, by).await,
        None => {
            refuse(&app, tx, &caller, session).await?;
            Err(auth::wrong("That is not right; try once more."))
        }
    }
}

/// Begins to show afresh who one is by the pages of a linked account elsewhere. Not where there is a second factor:
/// that is the stronger proof.
#[utoipa::path(post, path = "/v1/auth/step-up/{provider}/start", tag = "sign-in", security(("bearer" = [])),
    request_body = ProviderStart, params(("provider" = SignInProvider, Path)),
    responses((status = 200, body = ProviderStarted), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub async fn start(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Id(provider): Id<SignInProvider>,
    Body(body): Body<ProviderStart>,
) -> Result<Json<ProviderStarted>> {
    let (session, id) = (caller.session()?, caller.account);
    let mut tx = app.store.identity().await?;
    let linked = store::identity::list(&mut tx, id).await?;
    let has_factor = store::factor::is_on(&mut tx, id).await?;
    tx.commit().await?;
    if !linked.iter().any(|it| it.provider == provider) {
        return Err(Error::not_found("This link"));
    }
    if has_factor {
        return Err(factor_needed());
    }
    let purpose = Purpose::StepUp(id, session);
    begin(&app, &caller.asked, provider, &body, purpose).await
}

/// Fetches the result of what was begun for that, on the same device.
#[utoipa::path(post, path = "/v1/auth/step-up/finish", tag = "sign-in", security(("bearer" = [])),
    request_body = ProviderLink,
    responses((status = 200, body = FreshAccess), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 410, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn finish(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Body(body): Body<ProviderLink>,
) -> Result<Json<FreshAccess>> {
    let (session, id) = (caller.session()?, caller.account);
    limits::proof(&app, id).await?;
    let (code, now) = (Hash::of(&body.code), app.clock.now());
    let mut tx = app.store.identity().await?;
    let flow = match resolved(&app, &mut tx, code, &body.code_verifier).await? {
        Some(flow) if flow.purpose == Purpose::StepUp(id, session) => flow,
        _ => {
            tx.commit().await?;
            return Err(ended());
        }
    };
    store::flow::used(&mut tx, code, now).await?;
    // It may have been turned on since this began.
    if store::factor::is_on(&mut tx, id).await? {
        tx.commit().await?;
        return Err(factor_needed());
    }
    if !is_own(&mut tx, id, &flow).await? {
        refuse(&app, tx, &caller, session).await?;
        return Err(auth::wrong(&format!(
            "That is not the account at “{}” that is linked here.",
            flow.provider
        )));
    }
    grant(&app, tx, &caller, session, flow.provider.word()).await
}

async fn is_own(tx: &mut Tx, id: AccountId, flow: &store::flow::Resolved) -> Result<bool> {
    store::identity::is_linked(tx, id, flow.provider, &flow.profile).await
}

fn factor_needed() -> Error {
    Error::invalid(
        "code",
        "your second factor is asked for here, not the password",
    )
}

async fn refuse(app: &App, mut tx: Tx, caller: &Caller, session: SessionId) -> Result<()> {
    let act = act("step_up.refused", session.uuid());
    audit::append(&mut tx, app.clock.now(), &Actor::from(caller), &act).await?;
    tx.commit().await?;
    Ok(())
}

async fn grant(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    session: SessionId,
    by: &str,
) -> Result<Json<FreshAccess>> {
    let now = app.clock.now();
    if !store::session::step_up(&mut tx, session, now).await? {
        return Err(Error::unauthenticated());
    }
    let mut act = act("session.stepped_up", session.uuid());
    act.after = Some(json!({ "by": by }));
    audit::append(&mut tx, now, &Actor::from(caller), &act).await?;
    tx.commit().await?;
    Ok(Json(FreshAccess {
        access_token: app.tokens.sign(caller.account, session, Some(now), now)?,
        expires_in: entry::access_seconds(app),
    }))
}
