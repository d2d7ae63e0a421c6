//! `create-admin`: the first administrator, or one who lost the way in. Who may run this has the database anyway.

use anyhow::{Result, bail};
use gameforge_cloud::{
    App,
    secret::Secret,
    store::{
        self,
        account::NewAccount,
        audit::{Act, Actor},
        mail_token::{self, Purpose},
    },
};
use gameforge_domain::{AccountId, Email, Name, PlatformRole, WorkspaceId};
use serde_json::json;

/// Makes an administrator and prints a link by which the password is set.
///
/// # Errors
/// When address or name cannot be used, or the database is away.
pub async fn create(app: &App, email: &str, name: &str) -> Result<()> {
    let email = Email::parse(email)?;
    let name = Name::parse(name)?;
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let known = store::account::by_email(&mut tx, &email).await?;
    let id = match &known {
        Some(known) => known.id,
        None => {
            let id = AccountId::from_uuid(app.new_id());
            let new = NewAccount {
                id,
                email: &email,
                // The link below shows it to whoever set this service up; a letter may not go out yet.
                verified_at: Some(now),
                display_name: &name,
                password_hash: None,
                locale: "en",
            };
            if !store::account::insert(&mut tx, &new, now).await? {
                bail!("somebody else made an account with that address just now; try again");
            }
            let workspace = WorkspaceId::from_uuid(app.new_id());
            store::workspace::create_personal(&mut tx, workspace, id, &name, now).await?;
            id
        }
    };
    store::admin::set_role(&mut tx, id, PlatformRole::Admin, now).await?;
    let secret = Secret::draw("")?;
    mail_token::insert(
        &mut tx,
        secret.hash(),
        id,
        Purpose::Reset,
        &email,
        None,
        now,
    )
    .await?;
    let act = Act {
        action: "account.made_administrator",
        target_kind: "account",
        target_id: Some(id.uuid()),
        after: Some(json!({ "role": "ADMIN", "new": known.is_none() })),
        flags: &["privilege"],
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::system(), &act).await?;
    tx.commit().await?;
    let base = app.config.public_url.as_str().trim_end_matches('/');
    println!("{email} is an administrator. Set the password here, within an hour:");
    println!("{base}/reset#{}", secret.expose());
    println!("Then sign in at {base}/admin, and turn on a second factor in the Studio.");
    Ok(())
}
