//! Accounts elsewhere that are linked to the own one: the list, linking and unlinking.

use super::{
    auth, entry, limits,
    provider::begin,
    provider_finish::{ended, resolved},
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id},
    secret::Hash,
    store::{
        self,
        audit::{Act, Actor},
        flow::Purpose,
        identity::Taken,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::SignInProvider;
use gameforge_wire::cloud::{
    Identity, Page, Problem, ProblemCode, ProviderLink, ProviderStart, ProviderStarted,
};
use serde_json::json;

/// Begins to link an account elsewhere to the own one.
#[utoipa::path(post, path = "/v1/account/identities/{provider}/start", tag = "account", security(("bearer" = [])),
    request_body = ProviderStart, params(("provider" = SignInProvider, Path)),
    responses((status = 200, body = ProviderStarted), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn start_link(
    State(app): State<App>,
    caller: Caller,
    Id(provider): Id<SignInProvider>,
    Body(body): Body<ProviderStart>,
) -> Result<Json<ProviderStarted>> {
    caller.fresh(app.clock.now())?;
    let purpose = Purpose::Link(caller.account);
    begin(&app, &caller.asked, provider, &body, purpose).await
}

/// Links an account elsewhere to the own one: fetches the result of what was begun for that.
#[utoipa::path(post, path = "/v1/account/identities", tag = "account", security(("bearer" = [])),
    request_body = ProviderLink,
    responses((status = 201, body = Identity), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem)))]
pub async fn link(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<ProviderLink>,
) -> Result<(StatusCode, Json<Identity>)> {
    caller.session()?;
    limits::secret(&app, &caller.asked).await?;
    let (code, now) = (Hash::of(&body.code), app.clock.now());
    let mut tx = app.store.identity().await?;
    let flow = match resolved(&app, &mut tx, code, &body.code_verifier).await? {
        Some(flow) if flow.purpose == Purpose::Link(caller.account) => flow,
        _ => {
            tx.commit().await?;
            return Err(ended());
        }
    };
    store::flow::used(&mut tx, code, now).await?;
    let (id, account, provider) = (app.new_id(), caller.account, flow.provider);
    match store::identity::link(&mut tx, id, account, provider, &flow.profile, now).await? {
        Ok(()) => {}
        Err(Taken::Elsewhere) => {
            return Err(conflict(&format!(
                "That account at “{provider}” is linked to another account here."
            )));
        }
        Err(Taken::Already) => {
            return Err(conflict(&format!(
                "Your account has one at “{provider}” already; unlink that first."
            )));
        }
    }
    let details = json!({ "event": "identity_linked", "provider": provider });
    entry::tell(&app, &mut tx, account, &details).await?;
    let act = Act {
        after: Some(json!({ "provider": provider, "label": flow.profile.label })),
        ..auth::of_account("identity.linked", account)
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    let identity = Identity {
        provider,
        label: flow.profile.label,
        linked_at: now,
        last_used_at: None,
    };
    Ok((StatusCode::CREATED, Json(identity)))
}

/// The accounts elsewhere by which one signs in.
#[utoipa::path(get, path = "/v1/account/identities", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Page<Identity>), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Page<Identity>>> {
    caller.session()?;
    let mut tx = app.store.service_read(caller.account).await?;
    let items = store::identity::list(&mut tx, caller.account).await?;
    tx.commit().await?;
    Ok(Json(Page { items, next: None }))
}

/// Unlinks an account elsewhere, unless it is the last way in.
#[utoipa::path(delete, path = "/v1/account/identities/{provider}", tag = "account", security(("bearer" = [])),
    params(("provider" = SignInProvider, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn unlink(
    State(app): State<App>,
    caller: Caller,
    Id(provider): Id<SignInProvider>,
) -> Result<StatusCode> {
    let (account, now) = (caller.account, app.clock.now());
    caller.fresh(now)?;
    let mut tx = app.store.identity().await?;
    // Held, so that two requests cannot take the last two ways away.
    let known = store::account::hold(&mut tx, account)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let label = store::identity::unlink(&mut tx, account, provider)
        .await?
        .ok_or_else(|| Error::not_found("This link"))?;
    let others = store::identity::list(&mut tx, account).await?;
    if known.password_hash.is_none() && others.is_empty() {
        return Err(conflict(
            "This is your last way in. Set a password or link another account first.",
        ));
    }
    let details = json!({ "event": "identity_unlinked", "provider": provider });
    entry::tell(&app, &mut tx, account, &details).await?;
    let act = Act {
        before: Some(json!({ "provider": provider, "label": label })),
        ..auth::of_account("identity.unlinked", account)
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn conflict(detail: &str) -> Error {
    Error::told(ProblemCode::Conflict, detail)
}
