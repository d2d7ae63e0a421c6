//! The end of a way through other people's pages (`provider`): the device is signed in, with an account that is made
//! where somebody is new.
//!
//! An address that belongs to an account here is never enough to enter it: its owner signs in and links.

use super::{auth, consents, entry, limits};
use crate::{
    App, Error, Result,
    http::{Asked, Body},
    identity::provider::{Profile, challenge},
    secret::Hash,
    store::{
        self,
        account::NewAccount,
        flow::{Purpose, Resolved},
    },
};
use axum::{Json, extract::State};
use gameforge_domain::{AccountId, Name};
use gameforge_wire::cloud::{Problem, ProblemCode, ProviderFinish, SignInAnswer};
use sqlx::PgConnection;

/// Fetches the result: signs the device in, or makes an account for who is new.
#[utoipa::path(post, path = "/v1/auth/provider/finish", tag = "sign-in", request_body = ProviderFinish,
    responses((status = 200, body = SignInAnswer), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 429, body = Problem)))]
pub async fn finish(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body<ProviderFinish>,
) -> Result<Json<SignInAnswer>> {
    limits::secret(&app, &asked).await?;
    let device = entry::device(&body.device_name, &body.platform)?;
    let (code, now) = (Hash::of(&body.code), app.clock.now());
    // The worker's role: it may have to make a personal workspace.
    let mut tx = app.store.worker().await?;
    let flow = match resolved(&app, &mut tx, code, &body.code_verifier).await? {
        Some(flow) if flow.purpose == Purpose::SignIn => flow,
        _ => {
            tx.commit().await?;
            return Err(ended());
        }
    };
    let by = flow.provider;
    let known = store::identity::sign_in(&mut tx, by, &flow.profile, now).await?;
    let account = match known {
        Some(account) => {
            let known = store::account::hold(&mut tx, account).await?;
            auth::may_enter(&known.ok_or_else(Error::unauthenticated)?)?;
            account
        }
        None => make_account(&app, &mut tx, &flow, &body, &asked).await?,
    };
    store::flow::used(&mut tx, code, now).await?;
    let answer = entry::enter(&app, &mut tx, account, &device, &asked, by.word()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// A flow by its code, for whoever knows the verifier. With a wrong one the code is used up.
pub(super) async fn resolved(
    app: &App,
    conn: &mut PgConnection,
    code: Hash,
    verifier: &str,
) -> Result<Option<Resolved>> {
    let now = app.clock.now();
    let Some(flow) = store::flow::by_code(&mut *conn, code, now).await? else {
        return Ok(None);
    };
    if challenge(verifier) == flow.challenge {
        return Ok(Some(flow));
    }
    store::flow::used(conn, code, now).await?;
    Ok(None)
}

/// An account for who is new here. The code stays good where a consent is missing: the texts are read meanwhile.
async fn make_account(
    app: &App,
    conn: &mut PgConnection,
    flow: &Resolved,
    body: &ProviderFinish,
    asked: &Asked,
) -> Result<AccountId> {
    let (profile, provider, now) = (&flow.profile, flow.provider, app.clock.now());
    let Some(email) = &profile.email else {
        return Err(Error::told(
            ProblemCode::Unverified,
            format!(
                "Your account at “{provider}” has no confirmed e-mail address. Confirm one there, or register by address and password."
            ),
        ));
    };
    let taken = || {
        Error::told(
            ProblemCode::Conflict,
            format!(
                "There is an account with your address already. Sign in to it as before, then link “{provider}” in its settings."
            ),
        )
    };
    if store::account::by_email(&mut *conn, email).await?.is_some() {
        return Err(taken());
    }
    let texts = store::consent::texts(&mut *conn, "en", now).await?;
    let agreed = consents::agreed(&texts, &body.consents)?;
    let id = AccountId::from_uuid(app.new_id());
    let name = name_of(profile)?;
    let new = NewAccount {
        id,
        email,
        verified_at: Some(now),
        display_name: &name,
        password_hash: None,
        locale: "en",
    };
    if !store::account::insert(&mut *conn, &new, now).await? {
        return Err(taken());
    }
    auth::make_workspace(app, &mut *conn, id).await?;
    consents::give(app, &mut *conn, id, &agreed, asked).await?;
    let linked =
        store::identity::link(&mut *conn, app.new_id(), id, provider, profile, now).await?;
    if linked.is_err() {
        return Err(Error::told(
            ProblemCode::Conflict,
            "This sign-in was finished already; sign in once more.",
        ));
    }
    auth::audit_registration(app, conn, id, &agreed, asked, provider.word()).await?;
    Ok(id)
}

/// What somebody is called there, as a name here.
fn name_of(profile: &Profile) -> Result<Name> {
    [&profile.name, &profile.label, &profile.subject]
        .iter()
        .find_map(|text| Name::parse(&text.chars().take(Name::MOST).collect::<String>()).ok())
        .ok_or_else(|| {
            Error::told(
                ProblemCode::Conflict,
                "Your account there has no name that can be shown.",
            )
        })
}

pub(super) fn ended() -> Error {
    Error::told(
        ProblemCode::Expired,
        "This sign-in has ended or was finished already. Begin again.",
    )
}
