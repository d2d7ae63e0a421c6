//! Forgets what is no longer needed: full rates, done jobs.

use crate::{App, Result, store};
use chrono::TimeDelta;

/// How long a done job stays to be seen.
const DONE_STAYS: TimeDelta = TimeDelta::days(7);

/// One round.
pub async fn run(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    store::rate::sweep(&mut tx, now).await?;
    store::job::sweep(&mut tx, now - DONE_STAYS).await?;
    tx.commit().await?;
    Ok(())
}
