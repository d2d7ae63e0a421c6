//! Keeps this copy's list of signed-out devices like that of all others: PostgreSQL tells of each (`NOTIFY` within
//! the transaction that signs it out), and the table is read at every connection and every few seconds, because what
//! is told while nobody listens is lost.

use crate::{App, Result, store};
use chrono::TimeDelta;
use gameforge_domain::SessionId;
use secrecy::ExposeSecret;
use sqlx::postgres::PgListener;
use std::time::Duration;

/// How often the table is read. Until then a device may go on where a message was lost.
const EVERY: Duration = Duration::from_secs(3);
/// Between attempts to connect.
const PAUSE: Duration = Duration::from_millis(500);
/// The copies' clocks differ by no more, and a token counts a little longer than it says.
const SPARE: TimeDelta = TimeDelta::seconds(60);

/// Reads the table once: what matters before the first request is answered.
///
/// # Errors
/// When the database is away.
pub async fn load(app: &App) -> Result<()> {
    let life = TimeDelta::from_std(app.config.access_life).unwrap_or(TimeDelta::days(1));
    let since = app.clock.now() - life - SPARE;
    let mut tx = app.store.identity().await?;
    let revoked = store::session::revoked_since(&mut tx, since).await?;
    tx.commit().await?;
    for (session, at) in revoked {
        app.revoked.add(session, at);
    }
    app.revoked.forget(since);
    Ok(())
}

/// Follows for as long as it is polled; a database that is away is tried again and again.
pub async fn follow(app: App) {
    tokio::join!(listen_again(&app), read_again(&app));
}

async fn read_again(app: &App) {
    let mut turn = tokio::time::interval(EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        if let Err(error) = load(app).await {
            tracing::warn!(%error, "the list of signed-out devices could not be read");
        }
    }
}

async fn listen_again(app: &App) {
    loop {
        if let Err(error) = listen(app).await {
            tracing::warn!(%error, "nobody tells of signed-out devices for the moment");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Ends when the connection does.
async fn listen(app: &App) -> Result<()> {
    // A connection of its own: it is held for ever, the pool's are for requests and may be a pooler's.
    let mut listener = PgListener::connect(app.config.listen_url.expose_secret()).await?;
    listener.listen(store::session::CHANNEL).await?;
    // What was told before this moment was told to nobody.
    load(app).await?;
    while let Some(told) = listener.try_recv().await? {
        if let Ok(session) = told.payload().parse::<SessionId>() {
            app.revoked.add(session, app.clock.now());
        }
    }
    Ok(())
}
