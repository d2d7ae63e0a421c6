//! The layers around every route, outermost first: a panic becomes a 500, the request gets its id, its log line and
//! its time, bodies have a limit, answers the headers that keep browsers honest.

use crate::{
    App, Error,
    error::Cause,
    http::Asked,
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
    set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};
use tracing::Instrument;
use uuid::Uuid;

/// Bytes of a body. What is larger goes to the object storage directly.
const MOST_BODY: usize = 256 * 1024;
/// How long a request may take, its body included: a slow client does not hold anything for longer.
const MOST_TIME: Duration = Duration::from_secs(30);
/// The header of the request's id.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around all routes.
pub fn wrap(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(|| async { Error::not_found("This address") })
        .method_not_allowed_fallback(not_allowed)
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, MOST_TIME))
        .layer(CompressionLayer::new())
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
    request.extensions_mut().insert(asked);
    let parent = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        .and_then(Parent::parse);
    let span = tracing::info_span!("request", %id, %method, %route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let took = began.elapsed();
    let ms = took.as_secs_f64() * 1000.0;
    let code = response
        .extensions()
        .get::<Problem>()
        .map(|problem| problem.code);
    app.metrics
        .request(&route, method.as_str(), status.as_u16(), took, code);
    if app.traces.is_on() {
        app.traces.note(Span {
            parent,
            name: format!("{method} {route}"),
            asked: true,
            ended: SystemTime::now(),
            took,
            facts: vec![
                ("http.request.method", method.to_string()),
                ("http.route", route.clone()),
                ("http.response.status_code", status.as_str().to_owned()),
                ("gameforge.request_id", id.to_string()),
            ],
            failed: status.is_server_error(),
        });
    }
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
