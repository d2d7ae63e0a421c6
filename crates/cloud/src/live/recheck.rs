//! Asks anew who may see what, and passes on which devices were signed out.

use super::hub::Hub;
use crate::{
    App, Result,
    store::{project, scope},
};
use gameforge_domain::{AccountId, access::ProjectPermission};
use std::{collections::HashSet, time::Duration};
use tokio::{sync::broadcast::error::RecvError, time};

/// Between attempts while the database is away.
const PAUSE: Duration = Duration::from_millis(500);

/// Asks about one person after the other, for as long as it is polled.
pub async fn run(app: &App) {
    loop {
        let account = app.live.hub.next_doubtful().await;
        if let Err(error) = ask(app, account).await {
            tracing::warn!(%error, "who may follow what waits for the database");
            // Until it is known, they hear nothing.
            app.live.hub.recheck(&[account], &[]);
            time::sleep(PAUSE).await;
        }
    }
}

/// Asks what a person may see, lets their sockets follow that, and ends looks at what is not among it.
///
/// # Errors
/// When the database is away.
pub async fn ask(app: &App, account: AccountId) -> Result<()> {
    let hub: &Hub = &app.live.hub;
    let mut tx = app.store.service_read(account).await?;
    let scopes = scope::visible(&mut tx, account).await?;
    let mut seen = HashSet::new();
    for id in hub.looked_at(account) {
        let there = project::seen(&mut tx, id, account).await?;
        if there.is_some_and(|it| it.deleted_at.is_none() && it.access.may(ProjectPermission::View))
        {
            seen.insert(id);
        }
    }
    tx.commit().await?;
    let ended = hub.follow(account, &scopes, |look| seen.contains(&look.project_id));
    for (socket, person) in ended {
        app.live.look(socket, person, None);
    }
    Ok(())
}

/// Tells devices that were signed out, for as long as it is polled.
pub async fn sign_out(app: &App) {
    let mut told = app.revoked.subscribe();
    loop {
        match told.recv().await {
            Ok(session) => app.live.hub.sign_out(|it| it == session),
            // Too many at once: look them all up.
            Err(RecvError::Lagged(_)) => app.live.hub.sign_out(|it| app.revoked.contains(it)),
            Err(RecvError::Closed) => return,
        }
    }
}
