//! The administrators' page: people, jobs, the audit log, health. It signs in by the service's own form and keeps the
//! access token in a cookie that scripts cannot read and that no other site's request carries; every form has a token
//! bound to that cookie besides. After ten minutes one signs in again: the page is for dangerous things.
//!
//! It calls the same functions as the addresses under `/v1/admin`, so the same rules hold.

use super::html::{page, safe, sent, sent_with};
use crate::{
    App, Error, Result,
    http::{Asked, Body, Caller, Id, Params, caller::Via},
    routes::{admin, auth},
};
use axum::{
    extract::{Form, FromRequestParts, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use gameforge_domain::{AccountId, CloudJobId, Email, Name, PlatformRole};
use gameforge_wire::cloud::{
    AdminAccount, AuditEvent, AuditQuery, JobRow, RoleChange, SecondFactorProof, SignIn,
    SignInAnswer, Suspension,
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::fmt::Write;
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
            return sent_with(StatusCode::UNAUTHORIZED, front_page(""));
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
        let access = app.tokens.read(token, app.clock.now())?;
        if app.revoked.contains(access.session) {
            return Err(Error::unauthenticated().into());
        }
        Ok(Self {
            csrf: csrf(app, token),
            caller: Caller {
                account: access.account,
                via: Via::Session {
                    id: access.session,
                    fresh_at: access.fresh_at,
                },
                asked,
            },
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

fn front_page(problem: &str) -> String {
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

fn to(place: &'static str) -> Response {
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

/// A form with nothing but its token.
#[derive(Deserialize)]
pub struct Plain {
    csrf: String,
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

/// People.
pub async fn accounts(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<admin::AccountsQuery>,
) -> Shown {
    let q = query.q.clone().unwrap_or_default();
    let found = admin::accounts(State(app), signed.caller.clone(), Params(query))
        .await?
        .0;
    let mut rows = String::new();
    for account in &found.items {
        account_row(&mut rows, &signed, account);
    }
    let body = format!(
        "<form action=\"/admin/accounts\"><label for=\"q\">Address or name</label>\
         <input id=\"q\" name=\"q\" type=\"search\" value=\"{}\"></form>\
         <div class=\"wide\"><table><thead><tr><th>Who</th><th>Since</th><th>Last seen</th><th>Standing</th><th>Role</th>\
         <th>Suspension</th></tr></thead><tbody>{rows}</tbody></table></div>{}",
        safe(&q),
        next_link("/admin/accounts", &[("q", Some(&q))], found.next.as_deref())
    );
    Ok(signed.frame("People", &body))
}

fn account_row(rows: &mut String, signed: &Signed, account: &AdminAccount) {
    let mut options = String::new();
    for role in PlatformRole::ALL {
        let selected = if *role == account.role {
            " selected"
        } else {
            ""
        };
        // Writing into a string cannot fail.
        let _ = write!(options, "<option{selected}>{}</option>", role.word());
    }
    let mut standing = Vec::new();
    if !account.email_verified {
        standing.push("address not confirmed");
    }
    if account.has_second_factor {
        standing.push("second factor");
    }
    if account.suspended_at.is_some() {
        standing.push("suspended");
    }
    if account.erase_after.is_some() {
        standing.push("erasure waits");
    }
    let (value, word, reason) = if account.suspended_at.is_some() {
        ("false", "Let in", "")
    } else {
        (
            "true",
            "Suspend",
            "<input name=\"reason\" placeholder=\"Reason\" aria-label=\"Reason\" maxlength=\"500\">",
        )
    };
    let seen = account
        .last_seen_at
        .map_or_else(|| "never".to_owned(), |at| at.format("%F %R").to_string());
    let (id, field) = (account.id, signed.field());
    let _ = write!(
        rows,
        "<tr><td>{}<br><span class=\"quiet\">{}</span><br><code>{id}</code></td><td>{}</td><td>{seen}</td><td>{}</td>\
         <td><form method=\"post\" action=\"/admin/accounts/{id}/role\">{field}<select name=\"role\" aria-label=\"Role\">\
         {options}</select><button>Give</button></form></td>\
         <td><form method=\"post\" action=\"/admin/accounts/{id}/suspension\">{field}{reason}\
         <button name=\"suspended\" value=\"{value}\">{word}</button></form></td></tr>",
        safe(&account.display_name),
        safe(account.email.as_deref().unwrap_or("erased")),
        account.created_at.format("%F"),
        standing.join(", "),
    );
}

/// The form of a role.
#[derive(Deserialize)]
pub struct RoleForm {
    csrf: String,
    role: String,
}

/// Gives a role.
pub async fn role(
    State(app): State<App>,
    signed: Signed,
    id: Id<AccountId>,
    Form(form): Form<RoleForm>,
) -> Shown {
    signed.gave(&form.csrf)?;
    let role = form
        .role
        .parse()
        .map_err(|_| Error::invalid("role", "is none of the platform's roles"))?;
    let _changed =
        admin::set_role(State(app), signed.caller, id, Body(RoleChange { role })).await?;
    Ok(to("/admin/accounts"))
}

/// The form of a suspension.
#[derive(Deserialize)]
pub struct SuspensionForm {
    csrf: String,
    suspended: bool,
    #[serde(default)]
    reason: String,
}

/// Keeps somebody out, or lets them in.
pub async fn suspension(
    State(app): State<App>,
    signed: Signed,
    id: Id<AccountId>,
    Form(form): Form<SuspensionForm>,
) -> Shown {
    signed.gave(&form.csrf)?;
    let change = Suspension {
        suspended: form.suspended,
        reason: form.reason,
    };
    let _changed = admin::suspend(State(app), signed.caller, id, Body(change)).await?;
    Ok(to("/admin/accounts"))
}

/// Jobs.
pub async fn jobs(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<admin::JobsQuery>,
) -> Shown {
    let state = query.state.clone().unwrap_or_else(|| "dead".to_owned());
    let found = admin::jobs(State(app), signed.caller.clone(), Params(query))
        .await?
        .0;
    let mut body = String::from("<nav>");
    for word in ["dead", "waiting", "running", "done"] {
        // Writing into a string cannot fail.
        let _ = write!(body, "<a href=\"/admin/jobs?state={word}\">{word}</a>");
    }
    body.push_str(
        "</nav><div class=\"wide\"><table><thead><tr><th>Job</th><th>Kind</th><th>Made</th><th>Runs</th><th>Tries</th>\
         <th>Last error</th><th></th></tr></thead><tbody>",
    );
    for job in &found.items {
        job_row(&mut body, &signed, job);
    }
    body.push_str("</tbody></table></div>");
    if found.items.is_empty() {
        let _ = write!(body, "<p class=\"quiet\">No {} job.</p>", safe(&state));
    }
    body.push_str(&next_link(
        "/admin/jobs",
        &[("state", Some(&state))],
        found.next.as_deref(),
    ));
    Ok(signed.frame("Jobs", &body))
}

fn job_row(body: &mut String, signed: &Signed, job: &JobRow) {
    let again = if job.state == "dead" {
        format!(
            "<form method=\"post\" action=\"/admin/jobs/{}/retry\">{}<button>Try again</button></form>",
            job.id,
            signed.field()
        )
    } else {
        String::new()
    };
    // Writing into a string cannot fail.
    let _ = write!(
        body,
        "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{} of {}</td><td>{}</td><td>{again}</td></tr>",
        job.id,
        safe(&job.kind),
        job.created_at.format("%F %T"),
        job.run_at.format("%F %T"),
        job.attempts,
        job.most_attempts,
        safe(job.last_error.as_deref().unwrap_or_default()),
    );
}

/// Tries a job again.
pub async fn retry(
    State(app): State<App>,
    signed: Signed,
    id: Id<CloudJobId>,
    Form(form): Form<Plain>,
) -> Shown {
    signed.gave(&form.csrf)?;
    admin::retry(State(app), signed.caller, id).await?;
    Ok(to("/admin/jobs"))
}

/// The audit log.
pub async fn audit(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<AuditQuery>,
) -> Shown {
    let action = query.action.clone().filter(|text| !text.is_empty());
    let query = AuditQuery {
        action: action.clone(),
        ..query
    };
    let found = admin::audit(State(app), signed.caller.clone(), Params(query))
        .await?
        .0;
    let mut rows = String::new();
    for event in &found.items {
        event_row(&mut rows, event);
    }
    let body = format!(
        "<form action=\"/admin/audit\"><label for=\"action\">Act; with a dot at the end, all that begin so</label>\
         <input id=\"action\" name=\"action\" type=\"search\" value=\"{}\"></form>\
         <div class=\"wide\"><table><thead><tr><th>#</th><th>When</th><th>Who</th><th>Act</th><th>What</th><th>Before</th>\
         <th>After</th><th>From</th></tr></thead><tbody>{rows}</tbody></table></div>{}",
        safe(action.as_deref().unwrap_or_default()),
        next_link(
            "/admin/audit",
            &[("action", action.as_deref())],
            found.next.as_deref()
        )
    );
    Ok(signed.frame("Audit log", &body))
}

fn event_row(rows: &mut String, event: &AuditEvent) {
    let json = |value: &Option<serde_json::Value>| {
        value
            .as_ref()
            .map_or_else(String::new, |value| safe(&value.to_string()))
    };
    // Writing into a string cannot fail.
    let _ = write!(
        rows,
        "<tr><td>{}</td><td>{}</td><td>{} <code>{}</code></td><td>{}</td><td>{} <code>{}</code></td>\
         <td><code>{}</code></td><td><code>{}</code></td><td>{}</td></tr>",
        event.seq,
        event.at.format("%F %T"),
        safe(&event.actor_kind),
        safe(event.actor_id.as_deref().unwrap_or_default()),
        safe(&event.action),
        safe(&event.target_kind),
        safe(event.target_id.as_deref().unwrap_or_default()),
        json(&event.before),
        json(&event.after),
        safe(event.address.as_deref().unwrap_or_default()),
    );
}

/// Health.
pub async fn health(State(app): State<App>, signed: Signed) -> Shown {
    let health = admin::standing(State(app), signed.caller.clone()).await?.0;
    let mut rows = String::new();
    for part in &health.parts {
        let (class, word) = if part.ok {
            ("good", "works")
        } else {
            ("bad", "does not work")
        };
        // Writing into a string cannot fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=\"{class}\">{word}</td><td>{}</td></tr>",
            safe(&part.part),
            safe(&part.note)
        );
    }
    let body = format!(
        "<p>Version {}</p><table><thead><tr><th>Part</th><th>Standing</th><th></th></tr></thead><tbody>{rows}</tbody></table>",
        safe(&health.version)
    );
    Ok(signed.frame("Health", &body))
}
