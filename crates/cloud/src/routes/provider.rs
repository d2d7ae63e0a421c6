//! Signing in by other people's pages (RFC 8252): the Studio opens the system's browser at the provider's page, which
//! comes back to the service, which sends the browser on to the Studio's loopback address with a code that is good
//! once and only for whoever knows the verifier of the Studio's own challenge.
//!
//! Here is the way there and back. What the result is fetched for is elsewhere: `provider_finish` signs in, `identities`
//! links, `step_up` shows afresh who one is.

use super::limits;
use crate::{
    App, Error, Result,
    http::{Asked, Body, Id, Params},
    identity::provider::Ask,
    secret::{Hash, Secret},
    store::{
        self,
        flow::{NewFlow, Purpose, Returned},
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use gameforge_domain::SignInProvider;
use gameforge_wire::cloud::{Problem, ProviderStart, ProviderStarted, Providers};
use serde::Deserialize;
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
    begin(&app, &asked, provider, &body, Purpose::SignIn).await
}

/// Begins a way to a provider's page and back.
pub(super) async fn begin(
    app: &App,
    asked: &Asked,
    provider: SignInProvider,
    body: &ProviderStart,
    purpose: Purpose,
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
        anew: matches!(purpose, Purpose::StepUp(..)),
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
        purpose,
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
        anew: false,
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
