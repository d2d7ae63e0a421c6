//! Letters that belong to an account: their links, and their way into the queue.

use crate::{
    App, Result,
    jobs::Work,
    mail::{Letter, Words},
    secret::Secret,
    store::{
        self,
        mail_token::{self, Purpose},
    },
};
use gameforge_domain::{AccountId, Email};
use sqlx::PgConnection;

/// Sends a letter once the transaction is committed.
pub(super) async fn send(
    app: &App,
    conn: &mut PgConnection,
    to: &Email,
    locale: &str,
    words: Words,
) -> Result<()> {
    let letter = Letter {
        to: to.clone(),
        locale: locale.to_owned(),
        words,
    };
    store::job::enqueue(conn, app.new_id(), app.clock.now(), &Work::Mail(letter)).await
}

/// Draws a secret for a mail, notes it, and gives the link. The secret stands behind the `#`: browsers send that to
/// nobody, so it is in no log; the page hands it over by a request of its own.
pub(super) async fn link(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    purpose: Purpose,
    email: &Email,
    password_hash: Option<&str>,
) -> Result<String> {
    let secret = Secret::draw("")?;
    mail_token::insert(
        conn,
        secret.hash(),
        account,
        purpose,
        email,
        password_hash,
        app.clock.now(),
    )
    .await?;
    let page = match purpose {
        Purpose::Verify => "verify",
        Purpose::Reset => "reset",
        Purpose::Change => "change-address",
    };
    let base = app.config.public_url.as_str().trim_end_matches('/');
    Ok(format!("{base}/{page}#{}", secret.expose()))
}
