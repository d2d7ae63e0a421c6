//! The own account: what it says, its password, its address.

use super::{auth, entry, letters, limits};
use crate::{
    App, Error, Result,
    http::{AnyCaller, Asked, Body, Caller},
    identity::password,
    mail::Words,
    secret::Hash,
    store::{
        self,
        audit::{Act, Actor},
        mail_token::{self, Purpose},
        session::Why,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::KeyScope;
use gameforge_wire::cloud::{
    Account, AccountChange, EmailChange, MailProof, PasswordChange, Problem, ProblemCode,
    Registered,
};
use serde_json::json;

/// Who is signed in.
#[utoipa::path(get, path = "/v1/account", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Account), (status = 401, body = Problem)))]
pub async fn read(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Result<Json<Account>> {
    caller.needs(KeyScope::AccountRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let account = store::account::read(&mut tx, caller.account).await?;
    tx.commit().await?;
    account.map(Json).ok_or_else(Error::unauthenticated)
}

/// Changes what others see and the language of letters.
#[utoipa::path(patch, path = "/v1/account", tag = "account", security(("bearer" = [])), request_body = AccountChange,
    responses((status = 200, body = Account), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<AccountChange>,
) -> Result<Json<Account>> {
    caller.session()?;
    let locale = match &body.locale {
        Some(wanted) => Some(entry::locale(Some(wanted))?),
        None => None,
    };
    let (id, now) = (caller.account, app.clock.now());
    let mut tx = app.store.identity().await?;
    let before = store::account::read(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    store::account::change(&mut tx, id, body.display_name.as_ref(), locale, now).await?;
    let after = store::account::read(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    if before != after {
        let said = |it: &Account| json!({ "display_name": it.display_name, "locale": it.locale });
        let act = Act {
            before: Some(said(&before)),
            after: Some(said(&after)),
            ..auth::of_account("account.changed", id)
        };
        store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    }
    tx.commit().await?;
    Ok(Json(after))
}

/// Changes the password; every other device is signed out.
#[utoipa::path(put, path = "/v1/account/password", tag = "account", security(("bearer" = [])),
    request_body = PasswordChange,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn change_password(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Body(body): Body<PasswordChange>,
) -> Result<StatusCode> {
    let (session, id, now) = (caller.session()?, caller.account, app.clock.now());
    limits::proof(&app, id).await?;
    let mut tx = app.store.identity().await?;
    let before = store::account::hold(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    tx.commit().await?;
    match (&before.password_hash, body.current) {
        (None, _) => caller.fresh(now)?,
        (Some(_), None) => return Err(Error::invalid("current", "today's password is needed")),
        (Some(hash), Some(current)) => {
            if !password::verify(current, Some(hash.clone())).await? {
                return Err(auth::wrong("That is not today's password."));
            }
        }
    }
    auth::acceptable(&app, &body.password).await?;
    let hash = password::hash(body.password).await?;
    let mut tx = app.store.identity().await?;
    let known = store::account::hold(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    if known.password_hash != before.password_hash {
        return Err(Error::told(
            ProblemCode::Conflict,
            "The password was changed by somebody else at the same time.",
        ));
    }
    store::account::set_password(&mut tx, id, &hash, now).await?;
    mail_token::withdraw(&mut tx, id, Purpose::Reset, now).await?;
    store::challenge::end_all(&mut tx, id, now).await?;
    let out = store::session::revoke_all(&mut tx, id, Some(session), Why::Password, now).await?;
    let words = Words::PasswordChanged {};
    letters::send(&app, &mut tx, &known.email, &known.locale, words).await?;
    let act = Act {
        after: Some(json!({ "devices_signed_out": out.len() })),
        ..auth::of_account("password.changed", id)
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    for session in out {
        app.revoked.add(session, now);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for another address. It counts once the letter to it was answered; the answer here does not tell whether
/// somebody else has it.
#[utoipa::path(put, path = "/v1/account/email", tag = "account", security(("bearer" = [])), request_body = EmailChange,
    responses((status = 202, body = Registered), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn change_email(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<EmailChange>,
) -> Result<(StatusCode, Json<Registered>)> {
    let (id, now) = (caller.account, app.clock.now());
    caller.fresh(now)?;
    limits::letter(&app, &caller.asked, "change-address", &body.email).await?;
    let mut tx = app.store.identity().await?;
    let own = store::account::hold(&mut tx, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    if own.email == body.email && own.is_verified {
        return Err(Error::invalid("email", "this is your address already"));
    }
    let other = store::account::by_email(&mut tx, &body.email).await?;
    match other.filter(|other| other.id != id) {
        Some(other) => {
            let link =
                letters::link(&app, &mut tx, other.id, Purpose::Reset, &other.email, None).await?;
            let words = Words::AlreadyRegistered { link };
            letters::send(&app, &mut tx, &other.email, &other.locale, words).await?;
        }
        None => {
            mail_token::withdraw(&mut tx, id, Purpose::Change, now).await?;
            let link = letters::link(&app, &mut tx, id, Purpose::Change, &body.email, None).await?;
            let words = Words::ChangeAddress { link };
            letters::send(&app, &mut tx, &body.email, &own.locale, words).await?;
        }
    }
    let act = auth::of_account("email.change_asked", id);
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Registered { email: body.email })))
}

/// Makes another address the account's, by the secret of the letter to it.
#[utoipa::path(post, path = "/v1/auth/email/confirm", tag = "sign-in", request_body = MailProof,
    responses((status = 204), (status = 409, body = Problem), (status = 410, body = Problem)))]
pub async fn confirm_email(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<MailProof>,
) -> Result<StatusCode> {
    limits::secret(&app, &asked).await?;
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let proof = mail_token::redeem(&mut tx, Hash::of(&body.token), Purpose::Change, now)
        .await?
        .ok_or_else(auth::ended)?;
    let old = store::account::hold(&mut tx, proof.account)
        .await?
        .ok_or_else(auth::ended)?;
    if !store::account::set_email(&mut tx, old.id, &proof.email, now).await? {
        return Err(Error::told(
            ProblemCode::Conflict,
            "Another account has this address by now.",
        ));
    }
    // What went to the old address is good for nothing any more.
    mail_token::withdraw(&mut tx, old.id, Purpose::Reset, now).await?;
    mail_token::withdraw(&mut tx, old.id, Purpose::Verify, now).await?;
    let words = Words::AddressChanged {
        to: proof.email.as_str().to_owned(),
    };
    letters::send(&app, &mut tx, &old.email, &old.locale, words).await?;
    entry::tell(&app, &mut tx, old.id, &json!({ "event": "email_changed" })).await?;
    // The addresses themselves are not written where nothing can be erased.
    let act = auth::of_account("email.changed", old.id);
    store::audit::append(&mut tx, now, &Actor::account(old.id, &asked), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
