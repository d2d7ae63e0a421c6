//! Signing in by other people's pages (RFC 8252): the Studio opens the system's browser at the provider's page, which
//! comes back to the service, which sends the browser on to the Studio's loopback address with a code that is good
//! once and only for whoever knows the verifier of the Studio's own challenge.
//!
//! An address that belongs to an account here is never enough to enter it: its owner signs in and links.

use super::{auth, consents, entry, limits};
use crate::{
    App, Error, Result,
    http::{Asked, Body, Caller, Id, Params},
    identity::provider::{Ask, Profile, challenge},
    secret::{Hash, Secret},
    store::{
        self,
        account::NewAccount,
        audit::{Act, Actor},
        flow::{NewFlow, Resolved, Returned},
        identity::Taken,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use gameforge_domain::{AccountId, Name, SignInProvider};
use gameforge_wire::cloud::{
    Identity, Page, Problem, ProblemCode, ProviderFinish, ProviderLink, ProviderStart,
    ProviderStarted, Providers, SignInAnswer,
};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use url::{Host, Url};

/// How long somebody may take on the provider's page.
const PAGE_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long the Studio may take to fetch the result: who is new reads texts meanwhile.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// Said in the browser where there is nowhere to send it.
const NOWHERE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>GameForge</title>\
    <p>This sign-in has ended or was answered already. Go back to the Studio and begin again.\
    <p lang=\"de\">Diese Anmeldung ist abgelaufen oder wurde schon beantwortet. Geh zurück ins Studio und beginne von vorn.";

/// Which other pages one may sign in by here.
#[utoipa::path(get, path = "/v1/auth/providers", tag = "sign-in", responses((status = 200, body = Providers)))]
pub async fn providers(State(app): State<App>) -> Json<Providers> {
    Json(Providers {
        providers: app.providers.all(),
    })
}

/// Begins a sign-in.
#[utoipa::path(post, path = "/v1/auth/provider/{provider}/start", tag = "sign-in", request_body = ProviderStart,
    params(("provider" = SignInProvider, Path)),
    responses((status = 200, body = ProviderStarted), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn start(
    State(app): State<App>,
    asked: Asked,
    Id(provider): Id<SignInProvider>,
    Body(body): Body<ProviderStart>,
) -> Result<Json<ProviderStarted>> {
    begin(&app, &asked, provider, &body, None).await
}

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
    begin(&app, &caller.asked, provider, &body, Some(caller.account)).await
}

async fn begin(
    app: &App,
    asked: &Asked,
    provider: SignInProvider,
    body: &ProviderStart,
    link: Option<AccountId>,
) -> Result<Json<ProviderStarted>> {
    let redirect = loopback(&body.redirect_uri)?;
    check_start(body)?;
    limits::begin(app, asked).await?;
    let (state, nonce, verifier) = (Secret::draw("")?, Secret::draw("")?, Secret::draw("")?);
    let back = callback_url(app, provider);
    let ask = Ask {
        state: state.expose(),
        nonce: nonce.expose(),
        verifier: verifier.expose(),
        redirect: &back,
    };
    let page = app.providers.page(provider, &ask).await?;
    let now = app.clock.now();
    let flow = NewFlow {
        state: state.hash(),
        provider,
        verifier: verifier.expose(),
        nonce: nonce.expose(),
        studio_challenge: &body.code_challenge,
        studio_state: &body.state,
        studio_redirect: redirect.as_str(),
        link,
        expires_at: now + PAGE_LIFE,
    };
    let mut tx = app.store.identity().await?;
    store::flow::insert(&mut tx, &flow, now).await?;
    tx.commit().await?;
    Ok(Json(ProviderStarted {
        authorize_url: page.into(),
    }))
}

fn callback_url(app: &App, provider: SignInProvider) -> String {
    let base = app.config.public_url.as_str().trim_end_matches('/');
    format!("{base}/v1/auth/provider/{provider}/callback")
}

fn check_start(body: &ProviderStart) -> Result<()> {
    let is_base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if body.code_challenge.len() != 43 || !body.code_challenge.chars().all(is_base64url) {
        return Err(Error::invalid(
            "code_challenge",
            "should be 43 characters of base64url: the SHA-256 of the verifier",
        ));
    }
    if !(1..=512).contains(&body.state.len()) || !body.state.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::invalid(
            "state",
            "should be 1 to 512 visible ASCII characters",
        ));
    }
    Ok(())
}

/// Only a program on the person's own machine is sent a code: anywhere else would be an open redirect.
fn loopback(text: &str) -> Result<Url> {
    let bad = || {
        Error::invalid(
            "redirect_uri",
            "should be http://127.0.0.1:PORT/… or http://[::1]:PORT/…",
        )
    };
    let url = Url::parse(text).map_err(|_| bad())?;
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    let is_plain = url.scheme() == "http"
        && url.port().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    if is_loopback && is_plain && text.len() <= 500 {
        Ok(url)
    } else {
        Err(bad())
    }
}

/// What a provider sends the browser back with. There may be more; it is not ours to refuse.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Callback {
    /// As it was sent.
    state: Option<String>,
    /// To be exchanged for who it is.
    code: Option<String>,
    /// Why not, for example `access_denied`.
    error: Option<String>,
}

/// Where providers send the browser back to. Sends it on to the Studio, with a code or with an error.
#[utoipa::path(get, path = "/v1/auth/provider/{provider}/callback", tag = "sign-in",
    params(("provider" = SignInProvider, Path), Callback),
    responses((status = 303, description = "On to the Studio"), (status = 410, description = "Ended or answered already")))]
pub async fn callback(
    State(app): State<App>,
    asked: Asked,
    Id(provider): Id<SignInProvider>,
    Params(query): Params<Callback>,
) -> Result<Response> {
    limits::secret(&app, &asked).await?;
    let state = query.state.unwrap_or_default();
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let flow = store::flow::returned(&mut tx, Hash::of(&state), provider, now).await?;
    tx.commit().await?;
    let Some(flow) = flow else {
        let page = (
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            NOWHERE,
        );
        return Ok((StatusCode::GONE, page).into_response());
    };
    let code = match (query.error, query.code) {
        (None, Some(code)) if !code.is_empty() => code,
        (Some(error), _) if error == "access_denied" => {
            return on_to_studio(&flow, ("error", "access_denied"));
        }
        _ => return on_to_studio(&flow, ("error", "server_error")),
    };
    let back = callback_url(&app, provider);
    let ask = Ask {
        state: &state,
        nonce: &flow.nonce,
        verifier: &flow.pkce_verifier,
        redirect: &back,
    };
    let profile = match app.providers.profile(provider, &ask, &code, now).await {
        Ok(profile) => profile,
        Err(fault) => {
            tracing::warn!(%provider, %fault, "a sign-in is not taken");
            return on_to_studio(&flow, ("error", "server_error"));
        }
    };
    let once = Secret::draw("")?;
    let ends = app.clock.now() + CODE_LIFE;
    let mut tx = app.store.identity().await?;
    store::flow::resolve(&mut tx, Hash::of(&state), once.hash(), &profile, ends).await?;
    tx.commit().await?;
    on_to_studio(&flow, ("code", once.expose()))
}

/// `error` is one of the words of RFC 6749, 4.1.2.1.
fn on_to_studio(flow: &Returned, (name, value): (&str, &str)) -> Result<Response> {
    let mut url = Url::parse(&flow.studio_redirect)
        .map_err(|error| Error::stored("sign_in_flow.studio_redirect", error))?;
    url.query_pairs_mut()
        .append_pair(name, value)
        .append_pair("state", &flow.studio_state);
    let location = HeaderValue::from_str(url.as_str())
        .map_err(|error| Error::stored("sign_in_flow.studio_redirect", error))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// Fetches the result: signs the device in, or makes an account for who is new.
#[utoipa::path(post, path = "/v1/auth/provider/finish", tag = "sign-in", request_body = ProviderFinish,
    responses((status = 200, body = SignInAnswer), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 429, body = Problem)))]
pub async fn finish(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<ProviderFinish>,
) -> Result<Json<SignInAnswer>> {
    limits::secret(&app, &asked).await?;
    let device = entry::device(&body.device_name, &body.platform)?;
    let (code, now) = (Hash::of(&body.code), app.clock.now());
    // The worker's role: it may have to make a personal workspace.
    let mut tx = app.store.worker().await?;
    let flow = match resolved(&app, &mut tx, code, &body.code_verifier).await? {
        Some(flow) if flow.link.is_none() => flow,
        _ => {
            tx.commit().await?;
            return Err(ended());
        }
    };
    let by = flow.provider;
    let known = store::identity::sign_in(&mut tx, by, &flow.profile, now).await?;
    let account = match known {
        Some(account) => {
            let known = store::account::hold(&mut tx, account).await?;
            auth::may_enter(&known.ok_or_else(Error::unauthenticated)?)?;
            account
        }
        None => make_account(&app, &mut tx, &flow, &body, &asked).await?,
    };
    store::flow::used(&mut tx, code, now).await?;
    let answer = entry::enter(&app, &mut tx, account, &device, &asked, by.word()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// A flow by its code, for whoever knows the verifier. With a wrong one the code is used up.
async fn resolved(
    app: &App,
    conn: &mut PgConnection,
    code: Hash,
    verifier: &str,
) -> Result<Option<Resolved>> {
    let now = app.clock.now();
    let Some(flow) = store::flow::by_code(&mut *conn, code, now).await? else {
        return Ok(None);
    };
    if challenge(verifier) == flow.challenge {
        return Ok(Some(flow));
    }
    store::flow::used(conn, code, now).await?;
    Ok(None)
}

/// An account for who is new here. The code stays good where a consent is missing: the texts are read meanwhile.
async fn make_account(
    app: &App,
    conn: &mut PgConnection,
    flow: &Resolved,
    body: &ProviderFinish,
    asked: &Asked,
) -> Result<AccountId> {
    let (profile, provider, now) = (&flow.profile, flow.provider, app.clock.now());
    let Some(email) = &profile.email else {
        return Err(Error::told(
            ProblemCode::Unverified,
            format!(
                "Your account at “{provider}” has no confirmed e-mail address. Confirm one there, or register by address and password."
            ),
        ));
    };
    let taken = || {
        Error::told(
            ProblemCode::Conflict,
            format!(
                "There is an account with your address already. Sign in to it as before, then link “{provider}” in its settings."
            ),
        )
    };
    if store::account::by_email(&mut *conn, email).await?.is_some() {
        return Err(taken());
    }
    let texts = store::consent::texts(&mut *conn, "en", now).await?;
    let agreed = consents::agreed(&texts, &body.consents)?;
    let id = AccountId::from_uuid(app.new_id());
    let name = name_of(profile)?;
    let new = NewAccount {
        id,
        email,
        verified_at: Some(now),
        display_name: &name,
        password_hash: None,
        locale: "en",
    };
    if !store::account::insert(&mut *conn, &new, now).await? {
        return Err(taken());
    }
    auth::make_workspace(app, &mut *conn, id).await?;
    consents::give(app, &mut *conn, id, &agreed, asked).await?;
    let linked =
        store::identity::link(&mut *conn, app.new_id(), id, provider, profile, now).await?;
    if linked.is_err() {
        return Err(Error::told(
            ProblemCode::Conflict,
            "This sign-in was finished already; sign in once more.",
        ));
    }
    auth::audit_registration(app, conn, id, &agreed, asked, provider.word()).await?;
    Ok(id)
}

/// What somebody is called there, as a name here.
fn name_of(profile: &Profile) -> Result<Name> {
    [&profile.name, &profile.label, &profile.subject]
        .iter()
        .find_map(|text| Name::parse(&text.chars().take(Name::MOST).collect::<String>()).ok())
        .ok_or_else(|| conflict("Your account there has no name that can be shown."))
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
        Some(flow) if flow.link == Some(caller.account) => flow,
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
pub async fn identities(State(app): State<App>, caller: Caller) -> Result<Json<Page<Identity>>> {
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

fn ended() -> Error {
    Error::told(
        ProblemCode::Expired,
        "This sign-in has ended or was finished already. Begin again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_to_the_own_machine_only() {
        for good in [
            "http://127.0.0.1:49152/back",
            "http://[::1]:49152/",
            "http://127.0.0.1:49152/back?from=studio",
        ] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in [
            "https://127.0.0.1:49152/back",
            "http://127.0.0.1/back",
            "http://localhost:49152/",
            "http://127.0.0.1.evil.example:80/",
            "http://127.0.0.1:49152@evil.example/",
            "http://evil.example:49152/",
            "http://evil.example:49152/#http://127.0.0.1:1/",
            "http://127.0.0.1:49152/#fragment",
            "//127.0.0.1:49152/",
            "javascript:alert(1)",
            "gameforge://127.0.0.1:49152/",
            "http://0.0.0.0:49152/",
            "http://[::ffff:203.0.113.1]:49152/",
            "",
        ] {
            assert!(loopback(bad).is_err(), "{bad}");
        }
    }
}
