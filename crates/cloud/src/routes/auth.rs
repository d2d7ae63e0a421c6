//! Coming in by address and password: registration, the letters that prove an address, signing in, a password that
//! was forgotten. What is answered to strangers does not tell whether an account exists.

use super::{consents, entry, factor, letters, limits};
use crate::{
    App, Error, Result,
    http::{Asked, Body},
    identity::password,
    mail::Words,
    secret::Hash,
    store::{
        self,
        account::{Known, NewAccount},
        audit::{Act, Actor},
        mail_token::{self, Purpose},
        session::Why,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{AccountId, Email, WorkspaceId};
use gameforge_wire::cloud::{
    ConsentText, MailAgain, MailProof, PasswordForgotten, PasswordReset, Problem, ProblemCode,
    Register, Registered, SecondFactorProof, SignIn, SignInAnswer, Tokens,
};
use serde_json::json;
use sqlx::PgConnection;

/// Makes an account by address and password. The answer is the same whether the address was new; the letter differs.
#[utoipa::path(post, path = "/v1/auth/register", tag = "sign-in", request_body = Register,
    responses((status = 202, body = Registered), (status = 403, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn register(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<Register>,
) -> Result<(StatusCode, Json<Registered>)> {
    let locale = entry::locale(body.locale.as_deref())?;
    limits::letter(&app, &asked, "register", &body.email).await?;
    acceptable(&app, &body.password).await?;
    let texts = consents::newest(&app, locale).await?;
    let agreed = consents::agreed(&texts, &body.consents)?;
    // The same work, whether there is an account or not.
    let hash = password::hash(body.password).await?;
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let id = AccountId::from_uuid(app.new_id());
    let new = NewAccount {
        id,
        email: &body.email,
        verified_at: None,
        display_name: &body.display_name,
        password_hash: Some(&hash),
        locale,
    };
    let known = if store::account::insert(&mut tx, &new, now).await? {
        None
    } else {
        store::account::by_email(&mut tx, &body.email).await?
    };
    match known {
        Some(known) if known.is_verified => say_already(&app, &mut tx, &known).await?,
        Some(known) => {
            store::account::register_again(
                &mut tx,
                known.id,
                &body.display_name,
                &hash,
                locale,
                now,
            )
            .await?;
            consents::give(&app, &mut tx, known.id, &agreed, &asked).await?;
            ask_proof(&app, &mut tx, known.id, &known.email, locale, Some(&hash)).await?;
        }
        None => {
            consents::give(&app, &mut tx, id, &agreed, &asked).await?;
            ask_proof(&app, &mut tx, id, &body.email, locale, Some(&hash)).await?;
            audit_registration(&app, &mut tx, id, &agreed, &asked, "password").await?;
        }
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Registered { email: body.email })))
}

/// Notes that an account was made, and what was agreed to.
pub(super) async fn audit_registration(
    app: &App,
    conn: &mut PgConnection,
    id: AccountId,
    agreed: &[&ConsentText],
    asked: &Asked,
    by: &str,
) -> Result<()> {
    let consents: Vec<_> = agreed
        .iter()
        .map(|text| json!({ "purpose": text.purpose, "version": text.version }))
        .collect();
    let act = Act {
        action: "account.registered",
        target_kind: "account",
        target_id: Some(id.uuid()),
        after: Some(json!({ "by": by, "consents": consents })),
        flags: &["gdpr"],
        ..Act::default()
    };
    store::audit::append(conn, app.clock.now(), &Actor::account(id, asked), &act).await
}

async fn say_already(app: &App, conn: &mut PgConnection, known: &Known) -> Result<()> {
    let link = letters::link(app, conn, known.id, Purpose::Reset, &known.email, None).await?;
    let words = Words::AlreadyRegistered { link };
    letters::send(app, conn, &known.email, &known.locale, words).await
}

async fn ask_proof(
    app: &App,
    conn: &mut PgConnection,
    id: AccountId,
    email: &Email,
    locale: &str,
    password_hash: Option<&str>,
) -> Result<()> {
    let link = letters::link(app, conn, id, Purpose::Verify, email, password_hash).await?;
    letters::send(app, conn, email, locale, Words::Verify { link }).await
}

/// Shows that an address is theirs, by the secret of the letter.
#[utoipa::path(post, path = "/v1/auth/verify", tag = "sign-in", request_body = MailProof,
    responses((status = 204), (status = 410, body = Problem)))]
pub async fn verify(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<MailProof>,
) -> Result<StatusCode> {
    limits::secret(&app, &asked).await?;
    let now = app.clock.now();
    // The worker's role: it makes the personal workspace, in which nobody is yet.
    let mut tx = app.store.worker().await?;
    let proof = mail_token::redeem(&mut tx, Hash::of(&body.token), Purpose::Verify, now)
        .await?
        .ok_or_else(ended)?;
    let known = store::account::hold(&mut tx, proof.account)
        .await?
        .filter(|known| known.email == proof.email && !known.is_verified)
        .ok_or_else(ended)?;
    if let Some(hash) = &proof.password_hash {
        store::account::set_password(&mut tx, known.id, hash, now).await?;
    }
    prove_address(&app, &mut tx, known.id).await?;
    let act = of_account("account.verified", known.id);
    store::audit::append(&mut tx, now, &Actor::account(known.id, &asked), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The address is theirs: the account counts, and has its own workspace.
pub(super) async fn prove_address(app: &App, conn: &mut PgConnection, id: AccountId) -> Result<()> {
    let now = app.clock.now();
    mail_token::withdraw(&mut *conn, id, Purpose::Verify, now).await?;
    if store::account::verify(&mut *conn, id, now).await? {
        make_workspace(app, conn, id).await?;
    }
    Ok(())
}

/// Everybody's own workspace, called as they are.
pub(super) async fn make_workspace(
    app: &App,
    conn: &mut PgConnection,
    id: AccountId,
) -> Result<()> {
    let person = store::account::read(&mut *conn, id)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let (scope, now) = (WorkspaceId::from_uuid(app.new_id()), app.clock.now());
    store::workspace::create_personal(conn, scope, id, &person.display_name, now).await
}

/// Sends the letter with the proof once more. The answer is the same for every address.
#[utoipa::path(post, path = "/v1/auth/verify/again", tag = "sign-in", request_body = MailAgain,
    responses((status = 202, body = Registered), (status = 429, body = Problem)))]
pub async fn verify_again(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<MailAgain>,
) -> Result<(StatusCode, Json<Registered>)> {
    limits::letter(&app, &asked, "verify", &body.email).await?;
    let mut tx = app.store.identity().await?;
    let known = store::account::by_email(&mut tx, &body.email).await?;
    if let Some(known) = known.filter(|known| !known.is_verified) {
        let hash = known.password_hash.as_deref();
        ask_proof(&app, &mut tx, known.id, &known.email, &known.locale, hash).await?;
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Registered { email: body.email })))
}

/// Signs a device in by address and password, or asks for the second factor.
#[utoipa::path(post, path = "/v1/auth/sign-in", tag = "sign-in", request_body = SignIn,
    responses((status = 200, body = SignInAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem)))]
pub async fn sign_in(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<SignIn>,
) -> Result<Json<SignInAnswer>> {
    let device = entry::device(&body.device_name, &body.platform)?;
    limits::sign_in(&app, &asked, &body.email).await?;
    let mut tx = app.store.identity().await?;
    let known = store::account::by_email(&mut tx, &body.email).await?;
    tx.commit().await?;
    // Outside of any transaction: it takes long. Without an account it takes as long.
    let hash = known.as_ref().and_then(|known| known.password_hash.clone());
    let is_right = password::verify(body.password, hash.clone()).await?;
    let mut tx = app.store.identity().await?;
    let Some(known) = known.filter(|_| is_right) else {
        refuse(&app, &mut tx, &asked, &body.email).await?;
        tx.commit().await?;
        return Err(wrong("Address and password do not belong together."));
    };
    // Once more: it may have been changed while the password was compared.
    let known = store::account::hold(&mut tx, known.id)
        .await?
        .filter(|now| now.password_hash == hash)
        .ok_or_else(|| wrong("Address and password do not belong together."))?;
    may_enter(&known)?;
    let answer = entry::enter(&app, &mut tx, known.id, &device, &asked, "password").await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Whether the account may be used. Said only to who showed to be its owner.
pub(super) fn may_enter(known: &Known) -> Result<()> {
    if let Some(reason) = &known.suspended {
        let reason = if reason.is_empty() {
            String::new()
        } else {
            format!(" The reason: “{reason}”.")
        };
        return Err(Error::forbidden(&format!(
            "This account is suspended.{reason} Answer to any of our letters if you think that is wrong."
        )));
    }
    if !known.is_verified {
        return Err(Error::told(
            ProblemCode::Unverified,
            "Confirm your address first: open the link in the letter that we sent, or ask for another letter.",
        ));
    }
    Ok(())
}

/// Notes a sign-in that failed; also one for an address without an account, so that both do the same work.
async fn refuse(app: &App, conn: &mut PgConnection, asked: &Asked, email: &Email) -> Result<()> {
    let known = store::account::by_email(&mut *conn, email).await?;
    let act = Act {
        action: "sign_in.refused",
        target_kind: "account",
        target_id: known.map(|known| known.id.uuid()),
        ..Act::default()
    };
    store::audit::append(conn, app.clock.now(), &Actor::nobody(asked), &act).await
}

/// Signs a device in by the second factor.
#[utoipa::path(post, path = "/v1/auth/second-factor", tag = "sign-in", request_body = SecondFactorProof,
    responses((status = 200, body = Tokens), (status = 401, body = Problem), (status = 410, body = Problem),
        (status = 429, body = Problem)))]
pub async fn second_factor(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<SecondFactorProof>,
) -> Result<Json<Tokens>> {
    limits::second_factor(&app, &asked).await?;
    let (hash, now) = (Hash::of(&body.challenge), app.clock.now());
    let mut tx = app.store.identity().await?;
    let Some((account, device)) = store::challenge::attempt(&mut tx, hash, now).await? else {
        return Err(Error::told(
            ProblemCode::Expired,
            "This sign-in has ended or was tried too often. Begin again with your password.",
        ));
    };
    let known = store::account::hold(&mut tx, account).await?;
    let known = known.ok_or_else(Error::unauthenticated)?;
    let used = factor::prove(&app, &mut tx, account, &known.email, &body.code).await?;
    let Some(used) = used else {
        let mut act = of_account("second_factor.refused", account);
        act.target_kind = "account";
        store::audit::append(&mut tx, now, &Actor::nobody(&asked), &act).await?;
        // The attempt counts.
        tx.commit().await?;
        return Err(wrong(
            "That code is not the one; codes change every 30 seconds.",
        ));
    };
    may_enter(&known)?;
    store::challenge::answered(&mut tx, hash, now).await?;
    let tokens = entry::open(&app, &mut tx, account, &device, &asked, used.word()).await?;
    tx.commit().await?;
    Ok(Json(tokens))
}

/// Asks for a letter to set the password anew. The answer is the same for every address.
#[utoipa::path(post, path = "/v1/auth/password/forgotten", tag = "sign-in", request_body = PasswordForgotten,
    responses((status = 202, body = Registered), (status = 429, body = Problem)))]
pub async fn forgotten(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<PasswordForgotten>,
) -> Result<(StatusCode, Json<Registered>)> {
    limits::letter(&app, &asked, "forgotten", &body.email).await?;
    let mut tx = app.store.identity().await?;
    if let Some(known) = store::account::by_email(&mut tx, &body.email).await? {
        let link =
            letters::link(&app, &mut tx, known.id, Purpose::Reset, &known.email, None).await?;
        let words = Words::Reset { link };
        letters::send(&app, &mut tx, &known.email, &known.locale, words).await?;
        let act = of_account("password.reset_asked", known.id);
        store::audit::append(&mut tx, app.clock.now(), &Actor::nobody(&asked), &act).await?;
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Registered { email: body.email })))
}

/// Sets the password anew by the secret of the letter. Every device is signed out; a second factor stays.
#[utoipa::path(post, path = "/v1/auth/password/reset", tag = "sign-in", request_body = PasswordReset,
    responses((status = 204), (status = 410, body = Problem), (status = 422, body = Problem)))]
pub async fn reset(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<PasswordReset>,
) -> Result<StatusCode> {
    limits::secret(&app, &asked).await?;
    // Before the secret is used up: a better password may be sent with the same letter.
    acceptable(&app, &body.password).await?;
    let hash = password::hash(body.password).await?;
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let proof = mail_token::redeem(&mut tx, Hash::of(&body.token), Purpose::Reset, now)
        .await?
        .ok_or_else(ended)?;
    let known = store::account::hold(&mut tx, proof.account)
        .await?
        .filter(|known| known.email == proof.email)
        .ok_or_else(ended)?;
    // Who reads the letter owns the address.
    prove_address(&app, &mut tx, known.id).await?;
    store::account::set_password(&mut tx, known.id, &hash, now).await?;
    mail_token::withdraw(&mut tx, known.id, Purpose::Reset, now).await?;
    mail_token::withdraw(&mut tx, known.id, Purpose::Change, now).await?;
    store::challenge::end_all(&mut tx, known.id, now).await?;
    let out = store::session::revoke_all(&mut tx, known.id, None, Why::Password, now).await?;
    let words = Words::PasswordChanged {};
    letters::send(&app, &mut tx, &known.email, &known.locale, words).await?;
    let mut act = of_account("password.reset", known.id);
    act.after = Some(json!({ "devices_signed_out": out.len() }));
    store::audit::append(&mut tx, now, &Actor::account(known.id, &asked), &act).await?;
    tx.commit().await?;
    for session in out {
        app.revoked.add(session, now);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a new password may be used: long enough, and in no list of stolen ones.
pub(super) async fn acceptable(app: &App, password: &str) -> Result<()> {
    let is_known = match (&app.breached, password.len() <= password::MOST) {
        (Some(list), true) => {
            let (list, password) = (list.clone(), password.to_owned());
            let look = move || {
                std::io::Result::Ok(
                    list.contains(&password)? || list.contains(&password.to_lowercase())?,
                )
            };
            tokio::task::spawn_blocking(look)
                .await?
                .map_err(|error| Error::stored("the list of stolen passwords", error))?
        }
        _ => false,
    };
    password::check(password, &|_| is_known)
        .map_err(|weak| Error::invalid("password", weak.to_string()))
}

/// An act on an account by its owner, without before and after.
pub(super) fn of_account(action: &'static str, id: AccountId) -> Act<'static> {
    Act {
        action,
        target_kind: "account",
        target_id: Some(id.uuid()),
        ..Act::default()
    }
}

/// A wrong password or code.
pub(super) fn wrong(detail: &str) -> Error {
    Error::told(ProblemCode::WrongCredentials, detail)
}

/// A secret that opens nothing (any more).
pub(super) fn ended() -> Error {
    Error::told(
        ProblemCode::Expired,
        "This link was used already, was withdrawn, or has ended. Ask for another letter.",
    )
}
