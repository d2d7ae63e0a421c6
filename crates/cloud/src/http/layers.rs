//! The layers around every route, outermost first: a panic becomes a 500, the request gets its id, its log line and
//! the headers of its limits, answers the headers that keep browsers honest, time and body have a limit.

use crate::{
    App, Error,
    error::Cause,
    http::{Asked, allowance::Standings},
    telemetry::{Parent, Span},
};
use axum::{
    Json, Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use gameforge_wire::cloud::{Problem, ProblemCode};
use std::{
    any::Any,
    time::{Duration, Instant, SystemTime},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
};
use tracing::Instrument;
use uuid::Uuid;

/// Bytes of a body. What is larger goes to the object storage directly.
const MOST_BODY: usize = 256 * 1024;
/// The header of the request's id.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around all routes.
pub fn wrap(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(|| async { Error::not_found("This address") })
        .method_not_allowed_fallback(not_allowed)
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(middleware::from_fn_with_state(app.clone(), in_time))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ))
        .layer(middleware::from_fn_with_state(app.clone(), around))
        // Around that, too: it writes the bodies of problems.
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(app)
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn not_allowed() -> Response {
    let mut response = Error::told(
        ProblemCode::Invalid,
        "This address does not take that method.",
    )
    .into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    // The panic's own words go to the log by the panic hook.
    Error::told(
        ProblemCode::Internal,
        "Something went wrong in the service.",
    )
    .into_response()
}

/// Ends a request that takes too long, its body included: a slow client does not hold anything for longer.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    let most = app.config.request_life;
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::told(
            ProblemCode::Unavailable,
            format!("The request was not done in {} s.", most.as_secs()),
        )
        .into_response(),
    }
}

/// Gives the request its id, notes how it went, and writes the id into a problem.
async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let asked = Asked::of(&request, &app.config.trusted_proxies, Uuid::now_v7());
    let id = asked.id;
    let method = request.method().clone();
    // The pattern, not the address: ids and tokens stay out of the log.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let standings = Standings::default();
    request.extensions_mut().insert(asked);
    request.extensions_mut().insert(standings.clone());
    let parent = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        .and_then(Parent::parse);
    let span = tracing::info_span!("request", %id, %method, %route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let ended = Ended {
        method: method.as_str(),
        route: &route,
        id,
        parent,
        took: began.elapsed(),
    };
    note(&app, &ended, &response);
    standings.write(response.headers_mut());
    let (status, ms) = (response.status(), ended.took.as_secs_f64() * 1000.0);
    let cause = response.extensions_mut().remove::<Cause>();
    span.in_scope(|| match cause {
        Some(Cause(cause)) => tracing::error!(status = status.as_u16(), ms, cause, "failed"),
        None => tracing::info!(status = status.as_u16(), ms, "answered"),
    });
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.request_id = id.to_string();
        let mut headers = std::mem::take(response.headers_mut());
        headers.remove(header::CONTENT_LENGTH);
        response = (status, headers, Json(problem)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    response
}

/// A request that was answered.
struct Ended<'a> {
    method: &'a str,
    route: &'a str,
    id: Uuid,
    parent: Option<Parent>,
    took: Duration,
}

/// Counts it and traces it.
fn note(app: &App, ended: &Ended<'_>, response: &Response) {
    let Ended {
        method,
        route,
        id,
        parent,
        took,
    } = *ended;
    let status = response.status();
    let code = response
        .extensions()
        .get::<Problem>()
        .map(|problem| problem.code);
    app.metrics
        .request(route, method, status.as_u16(), took, code);
    if app.traces.is_on() {
        app.traces.note(Span {
            parent,
            name: format!("{method} {route}"),
            asked: true,
            ended: SystemTime::now(),
            took,
            facts: vec![
                ("http.request.method", method.to_owned()),
                ("http.route", route.to_owned()),
                ("http.response.status_code", status.as_str().to_owned()),
                ("gameforge.request_id", id.to_string()),
            ],
            failed: status.is_server_error(),
        });
    }
}
