//! The way in and out: address and password, the second factor, the cookie.

use super::{COOKIE, Failed, Plain, Shown, Signed, page, safe, sent, sent_with};
use crate::{
    App, Error, Result,
    http::{Asked, Body},
    routes::auth,
};
use axum::{
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use gameforge_domain::{Email, Name};
use gameforge_wire::cloud::{SecondFactorProof, SignIn, SignInAnswer};
use serde::Deserialize;

pub(super) fn front_page(problem: &str) -> String {
    let problem = said(problem);
    let body = format!(
        "<h1>Administration</h1>{problem}<form method=\"post\" action=\"/admin/sign-in\">\
         <label for=\"email\">Address</label><input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" required>\
         <label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" required><button>Sign in</button></form>"
    );
    page("en", "Administration", true, &body)
}

fn factor_page(challenge: &str, problem: &str) -> String {
    let body = format!(
        "<h1>Second factor</h1>{}<form method=\"post\" action=\"/admin/second-factor\">\
         <input type=\"hidden\" name=\"challenge\" value=\"{}\"><label for=\"code\">Six digits, or a recovery code</label>\
         <input id=\"code\" name=\"code\" autocomplete=\"one-time-code\" required autofocus><button>Sign in</button></form>",
        said(problem),
        safe(challenge)
    );
    page("en", "Second factor", true, &body)
}

fn said(problem: &str) -> String {
    if problem.is_empty() {
        String::new()
    } else {
        format!("<p class=\"bad\" role=\"alert\">{}</p>", safe(problem))
    }
}

/// The way in.
pub async fn front(signed: Result<Signed, Failed>) -> Response {
    match signed {
        Ok(_) => to("/admin/accounts"),
        Err(_) => sent(front_page("")),
    }
}

pub(super) fn to(place: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// Address and password.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
}

/// Whether the form was sent by a page of ours: where a browser says from where, it has to be us. It keeps another
/// site from signing somebody in as somebody else.
fn own_origin(app: &App, headers: &HeaderMap) -> bool {
    let same_site = headers
        .get("sec-fetch-site")
        .is_none_or(|value| value == "same-origin" || value == "none");
    let own = app.config.public_url.origin().ascii_serialization();
    let origin = headers
        .get(header::ORIGIN)
        .is_none_or(|value| value.as_bytes() == own.as_bytes());
    same_site && origin
}

/// Signs in by address and password.
pub async fn sign_in(
    State(app): State<App>,
    asked: Asked,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    if !own_origin(&app, &headers) {
        return sent_with(
            StatusCode::FORBIDDEN,
            front_page("The form came from another site. Sign in here."),
        );
    }
    let (Ok(email), Ok(device_name)) = (Email::parse(&form.email), Name::parse("Administration"))
    else {
        return sent_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            front_page("That is no mail address."),
        );
    };
    let request = SignIn {
        email,
        password: form.password,
        device_name,
        platform: "Browser".to_owned(),
    };
    match auth::sign_in(State(app.clone()), asked, Body(request)).await {
        Ok(answer) => match answer.0 {
            SignInAnswer::Done(tokens) => entered(&app, &tokens.access_token),
            SignInAnswer::SecondFactor { challenge } => sent(factor_page(&challenge, "")),
        },
        Err(error) => refused(&error, front_page),
    }
}

/// The second factor.
#[derive(Deserialize)]
pub struct FactorForm {
    challenge: String,
    code: String,
}

/// Signs in by the second factor.
pub async fn second_factor(
    State(app): State<App>,
    asked: Asked,
    Form(form): Form<FactorForm>,
) -> Response {
    let proof = SecondFactorProof {
        challenge: form.challenge.clone(),
        code: form.code.trim().to_owned(),
    };
    match auth::second_factor(State(app.clone()), asked, Body(proof)).await {
        Ok(tokens) => entered(&app, &tokens.access_token),
        Err(error) => refused(&error, |problem| factor_page(&form.challenge, problem)),
    }
}

fn refused(error: &Error, page: impl FnOnce(&str) -> String) -> Response {
    let (problem, _) = error.problem();
    if !matches!(error, Error::Told { .. }) {
        tracing::error!(%error, "a page failed");
    }
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    sent_with(status, page(&problem.detail))
}

fn entered(app: &App, token: &str) -> Response {
    let mut response = to("/admin/accounts");
    set_cookie(app, &mut response, token, app.config.access_life.as_secs());
    response
}

fn set_cookie(app: &App, response: &mut Response, token: &str, seconds: u64) {
    let secure = if app.config.public_url.scheme() == "https" {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{COOKIE}={token}; Path=/admin; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
    );
    if let Ok(value) = text.parse() {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

/// Signs out here and everywhere this device is known.
pub async fn sign_out(State(app): State<App>, signed: Signed, Form(form): Form<Plain>) -> Shown {
    signed.gave(&form.csrf)?;
    let session = signed.caller.session()?;
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let why = crate::store::session::Why::SignedOut;
    crate::store::session::revoke(&mut tx, signed.caller.account, session, why, now).await?;
    tx.commit().await.map_err(Error::from)?;
    app.revoked.add(session, now);
    let mut response = to("/admin");
    set_cookie(&app, &mut response, "", 0);
    Ok(response)
}
