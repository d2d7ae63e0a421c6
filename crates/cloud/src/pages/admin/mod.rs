//! The administrators' page: people, jobs, the audit log, health. It signs in by the service's own form and keeps the
//! access token in a cookie that scripts cannot read and that no other site's request carries; every form has a token
//! bound to that cookie besides. After ten minutes one signs in again: the page is for dangerous things.
//!
//! It calls the same functions as the addresses under `/v1/admin`, so the same rules hold.
//!
//! Here is who is signed in and the frame around every page; `entry` is the way in and out, `people` and `lists` are
//! the pages.

mod entry;
mod lists;
mod people;

pub use entry::{front, second_factor, sign_in, sign_out};
pub use lists::{audit, health, jobs, retry};
pub use people::{accounts, role, suspension};

use super::html::{page, safe, sent, sent_with};
use crate::{
    App, Error, Result,
    http::{
        Asked, Caller,
        allowance::{self, Consents, Standings},
        caller::by_token,
    },
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use url::form_urlencoded;

const COOKIE: &str = "gameforge_admin";

/// Somebody who signed in here.
pub struct Signed {
    caller: Caller,
    /// Goes into every form.
    csrf: String,
}

/// A page that failed: the sign-in for who is not signed in, else what went wrong.
pub struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let (problem, wait) = self.0.problem();
        if problem.status == 401 {
            return sent_with(StatusCode::UNAUTHORIZED, entry::front_page(""));
        }
        if !matches!(self.0, Error::Told { .. }) {
            tracing::error!(error = %self.0, "a page failed");
        }
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = format!(
            "<h1>{}</h1><p class=\"bad\" role=\"alert\">{}</p><p><a href=\"/admin\">Back</a></p>",
            safe(&problem.title),
            safe(&problem.detail)
        );
        let mut response = sent_with(status, page("en", &problem.title, true, &body));
        if let Some(seconds) = wait {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

type Shown = Result<Response, Failed>;

impl FromRequestParts<App> for Signed {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failed> {
        let asked = Asked::from_request_parts(parts, app).await;
        let Ok(asked) = asked;
        let token = cookie(&parts.headers).ok_or_else(Error::unauthenticated)?;
        let caller = by_token(app, token, asked)?;
        let standings = parts.extensions.get::<Standings>().cloned();
        let standings = standings.unwrap_or_default();
        allowance::admit(app, caller.account, None, Consents::Whatever, &standings).await?;
        Ok(Self {
            csrf: csrf(app, token),
            caller,
        })
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Bound to the cookie by a key of the service's: who has neither cannot make one.
fn csrf(app: &App, token: &str) -> String {
    let key = blake3::derive_key(
        "gameforge-cloud 2026 token of the administrators' forms",
        app.config.seal_key.expose_secret().as_bytes(),
    );
    blake3::keyed_hash(&key, token.as_bytes())
        .to_hex()
        .to_string()
}

impl Signed {
    /// # Errors
    /// `Forbidden` when the form is not one that we gave to this person.
    fn gave(&self, given: &str) -> Result<()> {
        // Compared by hash, so that the time tells nothing.
        if blake3::hash(given.as_bytes()) == blake3::hash(self.csrf.as_bytes()) {
            Ok(())
        } else {
            Err(Error::forbidden(
                "This form is not one that the page gave you; open the page again.",
            ))
        }
    }

    fn frame(&self, title: &str, body: &str) -> Response {
        let body = format!(
            "<nav><a href=\"/admin/accounts\">People</a><a href=\"/admin/jobs\">Jobs</a>\
             <a href=\"/admin/audit\">Audit log</a><a href=\"/admin/health\">Health</a>\
             <form method=\"post\" action=\"/admin/sign-out\">{}<button class=\"quiet\">Sign out</button></form></nav>\
             <h1>{}</h1>{body}",
            self.field(),
            safe(title)
        );
        sent(page("en", title, false, &body))
    }

    fn field(&self) -> String {
        format!(
            "<input type=\"hidden\" name=\"csrf\" value=\"{}\">",
            self.csrf
        )
    }
}

/// A form with nothing but its token.
#[derive(Deserialize)]
pub struct Plain {
    csrf: String,
}

fn next_link(base: &str, pairs: &[(&str, Option<&str>)], next: Option<&str>) -> String {
    let Some(next) = next else {
        return String::new();
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.append_pair("after", next);
    format!(
        "<p><a href=\"{base}?{}\">More</a></p>",
        safe(&query.finish())
    )
}
