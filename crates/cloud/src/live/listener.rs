//! Hears what the copies of the service say. A connection that is lost or silent for too long is made anew, and since
//! what was said meanwhile is lost, everything is asked anew then.

use super::{
    bulletin::{self, CHANNEL, Item},
    publisher::BEAT,
};
use crate::{App, Result};
use secrecy::ExposeSecret;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::time;

/// Between attempts to connect.
const PAUSE: Duration = Duration::from_millis(500);
/// Silence after which a connection counts as dead: this copy itself says something more often.
const SILENCE: Duration = BEAT.saturating_mul(3);

/// Listens, for as long as it is polled.
pub async fn run(app: &App) {
    loop {
        if let Err(error) = listen(app).await {
            tracing::warn!(%error, "live hints are not heard for the moment");
        }
        time::sleep(PAUSE).await;
    }
}

/// Ends when the connection does.
async fn listen(app: &App) -> Result<()> {
    // A connection of its own: it is held for ever, and the pool's are for requests.
    let mut listener = PgListener::connect(app.config.listen_url.expose_secret()).await?;
    listener.listen(CHANNEL).await?;
    tracing::debug!("live hints are heard");
    begin_anew(app);
    loop {
        let Ok(heard) = time::timeout(SILENCE, listener.try_recv()).await else {
            tracing::warn!("the connection for live hints is silent; it is made anew");
            return Ok(());
        };
        match heard? {
            Some(notification) => hear(app, notification.payload()),
            // Lost, and connected again.
            None => begin_anew(app),
        }
    }
}

fn begin_anew(app: &App) {
    app.live.hub.recheck_all();
    app.live.pending.say(Item::WhoLooks);
}

fn hear(app: &App, text: &str) {
    let Some(items) = bulletin::unpack(text) else {
        // A newer copy says something that this one cannot know: asking anew covers whatever it is.
        app.live.hub.recheck_all();
        return;
    };
    for item in items {
        match item {
            Item::Poke { scope, seq } => app.live.hub.poke(scope, seq),
            Item::Recheck { accounts, scopes } => app.live.hub.recheck(&accounts, &scopes),
            Item::RecheckAll => app.live.hub.recheck_all(),
            Item::Look {
                socket,
                person,
                place,
            } => app
                .live
                .hub
                .looked(socket, person, place, time::Instant::now()),
            Item::WhoLooks => {
                for (socket, person, place) in app.live.hub.own_looks() {
                    app.live.look(socket, person, Some(place));
                }
            }
        }
    }
}
