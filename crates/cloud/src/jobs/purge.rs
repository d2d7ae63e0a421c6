//! What goes by itself when its time is over: the bin, packages of data, and what is only kept to look back. The audit
//! log and consents stay.

use crate::{
    App, Result,
    store::{
        self,
        audit::{Act, Actor},
        data_export, retention,
    },
};
use chrono::TimeDelta;
use serde_json::json;

/// How long a package may be in the making.
const EXPORT_PATIENCE: TimeDelta = TimeDelta::days(2);

/// One round.
///
/// # Errors
/// When the database or the storage is away.
pub async fn run(app: &App) -> Result<()> {
    let now = app.clock.now();
    let days = |life| TimeDelta::from_std(life).unwrap_or(TimeDelta::MAX);
    exports(app).await?;
    let mut tx = app.store.worker().await?;
    retention::sweep(&mut tx, now, now - days(app.config.log_life)).await?;
    data_export::give_up(&mut tx, now - EXPORT_PATIENCE).await?;
    store::invitation::expire(&mut tx, now).await?;
    let purged = store::bin::purge(&mut tx, now - days(app.config.bin_life)).await?;
    if purged != store::bin::Purged::default() {
        let act = Act {
            action: "bin.purged",
            target_kind: "bin",
            after: Some(json!({
                "workspaces": purged.workspaces,
                "projects": purged.projects,
                "comments": purged.comments,
            })),
            ..Act::default()
        };
        store::audit::append(&mut tx, now, &Actor::system(), &act).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes packages whose time is over: first the object, then the row's word of it.
async fn exports(app: &App) -> Result<()> {
    let mut tx = app.store.worker().await?;
    let overdue = data_export::overdue(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    for (id, key) in overdue {
        app.blobs.delete(&key).await?;
        let mut tx = app.store.worker().await?;
        data_export::expired(&mut tx, id).await?;
        tx.commit().await?;
    }
    Ok(())
}
