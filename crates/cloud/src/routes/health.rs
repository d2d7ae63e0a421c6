//! Whether the service is alive, and whether it can work.

use crate::{App, Error, Result, store};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use gameforge_wire::cloud::{Health, HealthPart};

/// How long an answer is given again before the parts are asked anew: asking costs, and anybody may ask.
const STAYS: TimeDelta = TimeDelta::seconds(2);
/// How long a due job may wait before the queue counts as stuck.
const QUEUE_AGE: f64 = 900.0;

/// The process answers; nothing else is asked.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "It answers")))]
pub async fn alive() -> &'static str {
    "ok\n"
}

/// All that the service needs works.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn ready(State(app): State<App>) -> Response {
    let health = look(&app).await;
    if health.ok {
        return Json(health).into_response();
    }
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "5")],
        Json(health),
    )
        .into_response()
}

/// Asks every part, or gives what was found a moment ago.
pub async fn look(app: &App) -> Health {
    // Held while asking: of many who ask at once, one does.
    let mut standing = app.standing.lock().await;
    let now = app.clock.now();
    if let Some((at, health)) = standing.as_ref()
        && (TimeDelta::zero()..STAYS).contains(&(now - *at))
    {
        return health.clone();
    }
    let (database, storage, queue, mail) =
        tokio::join!(database(app), storage(app), queue(app), mail(app));
    let parts = vec![database, storage, queue, mail];
    let health = Health {
        ok: parts.iter().all(|part| part.ok),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        parts,
    };
    *standing = Some((now, health.clone()));
    health
}

async fn database(app: &App) -> HealthPart {
    match app.store.is_ready().await {
        Ok(true) => part("database", true, "answers, and has all migrations"),
        Ok(false) => part(
            "database",
            false,
            "lacks migrations; run `gameforge-cloud migrate`",
        ),
        Err(error) => failed("database", "does not answer", &error),
    }
}

async fn storage(app: &App) -> HealthPart {
    match app.blobs.probe(&app.name).await {
        Ok(()) => part("storage", true, "takes objects and gives them back"),
        Err(error) => failed("storage", "does not take objects", &error),
    }
}

async fn queue(app: &App) -> HealthPart {
    let standing: Result<_> = async {
        let mut tx = app.store.worker().await?;
        let standing = store::job::standing(&mut tx, app.clock.now()).await?;
        tx.commit().await?;
        Ok(standing)
    }
    .await;
    match standing {
        Ok((waiting, age, dead)) => part(
            "queue",
            age < QUEUE_AGE,
            &format!("{waiting} waiting, the oldest due one for {age:.0} s; {dead} given up"),
        ),
        Err(error) => failed("queue", "cannot be asked", &error),
    }
}

async fn mail(app: &App) -> HealthPart {
    match app.mail.probe().await {
        Ok(()) => part("mail", true, "takes letters"),
        Err(error) => failed(
            "mail",
            "takes no letters; they wait and are tried again",
            &error,
        ),
    }
}

fn part(part: &str, ok: bool, note: &str) -> HealthPart {
    HealthPart {
        part: part.to_owned(),
        ok,
        note: note.to_owned(),
    }
}

/// The cause goes to the log: an answer that anybody may read says nothing of addresses.
fn failed(name: &str, note: &str, error: &Error) -> HealthPart {
    tracing::warn!(part = name, %error, "a part of the service does not work");
    part(name, false, note)
}
