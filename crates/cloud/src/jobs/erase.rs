//! Erases people who asked for it, once the time to take it back is over. What they said to others stays, as
//! “Erased account”; the audit log keeps the account's id, which names nobody any more.

use super::Work;
use crate::{
    App, Result,
    mail::{Letter, Words},
    store::{
        self,
        audit::{Act, Actor},
        data_export, person_data,
        session::Why,
    },
};
use gameforge_domain::{AccountId, Email};
use serde_json::json;

/// Enqueues the erasures that are due.
///
/// # Errors
/// When the database is away.
pub async fn due(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    for account in person_data::due(&mut tx, now).await? {
        let key = account.to_string();
        let work = Work::Erase { account };
        store::job::enqueue_at(&mut tx, app.new_id(), now, now, &work, Some(&key)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Erases one, if it is still due.
pub async fn run(app: &App, account: AccountId) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let Some(parting) = person_data::hold_due(&mut tx, account, now).await? else {
        tx.commit().await?;
        return Ok(());
    };
    // Before the rows that name them: when this fails, the next try finds them still.
    for key in data_export::blobs(&mut tx, account).await? {
        app.blobs.delete(&key).await?;
    }
    let done = person_data::leave_workspaces(&mut tx, account).await?;
    store::session::revoke_all(&mut tx, account, None, Why::Erased, now).await?;
    person_data::anonymise(&mut tx, account, &parting.email, now).await?;
    if let Ok(to) = Email::parse(&parting.email) {
        let letter = Letter {
            to,
            locale: parting.locale,
            words: Words::Erased {},
        };
        store::job::enqueue(&mut tx, app.new_id(), now, &Work::Mail(letter)).await?;
    }
    let act = Act {
        action: "account.erased",
        target_kind: "account",
        target_id: Some(account.uuid()),
        after: Some(json!({ "workspaces": done.workspaces, "handed_over": done.handed_over })),
        flags: &["gdpr"],
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::system(), &act).await?;
    tx.commit().await?;
    Ok(())
}
