//! Whether the service is alive, and whether it can work.

use crate::{App, Result};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_wire::cloud::{Health, HealthPart};

/// The process answers; nothing else is asked.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "It answers")))]
pub async fn alive() -> &'static str {
    "ok\n"
}

/// All that the service needs works.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn ready(State(app): State<App>) -> Result<(StatusCode, Json<Health>)> {
    let database = match app.store.is_ready().await {
        Ok(true) => part("database", true, "answers, and has all migrations"),
        Ok(false) => part(
            "database",
            false,
            "lacks migrations; run `gameforge-cloud migrate`",
        ),
        Err(_) => part("database", false, "does not answer"),
    };
    let parts = vec![database];
    let ok = parts.iter().all(|part| part.ok);
    let status = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let health = Health {
        ok,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        parts,
    };
    Ok((status, Json(health)))
}

fn part(part: &str, ok: bool, note: &str) -> HealthPart {
    HealthPart {
        part: part.to_owned(),
        ok,
        note: note.to_owned(),
    }
}
