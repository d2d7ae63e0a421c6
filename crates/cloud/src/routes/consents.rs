//! What people agree to: the newest text for each purpose, how somebody stands to it, agreeing and taking back.

use super::entry;
use crate::{
    App, Error, Result,
    http::{AnyCaller, Asked, Body, Params},
    store::{
        self,
        audit::{Act, Actor},
    },
};
use axum::{Json, extract::State};
use gameforge_domain::{AccountId, KeyScope};
use gameforge_wire::cloud::{
    Consent, ConsentAnswer, ConsentText, FieldProblem, Page, Problem, ProblemCode,
};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

/// In which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// `en` or `de`; `en` when not given.
    locale: Option<String>,
}

/// The newest texts, for the page on which somebody registers.
#[utoipa::path(get, path = "/v1/consents", tag = "sign-in", params(Language),
    responses((status = 200, body = Page<ConsentText>), (status = 422, body = Problem)))]
pub async fn texts(
    State(app): State<App>,
    Params(language): Params<Language>,
) -> Result<Json<Page<ConsentText>>> {
    let locale = entry::locale(language.locale.as_deref())?;
    let items = newest(&app, locale).await?;
    Ok(Json(Page { items, next: None }))
}

/// How one stands to the newest texts.
#[utoipa::path(get, path = "/v1/account/consents", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Page<Consent>), (status = 401, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
) -> Result<Json<Page<Consent>>> {
    caller.needs(KeyScope::AccountRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let items = standing(&app, &mut tx, caller.account).await?;
    tx.commit().await?;
    Ok(Json(Page { items, next: None }))
}

/// Agrees to a text, or takes that back. A required one is taken back by erasing the account.
#[utoipa::path(put, path = "/v1/account/consents", tag = "account", security(("bearer" = [])), request_body = ConsentAnswer,
    responses((status = 200, body = Consent), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn answer(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Body(body): Body<ConsentAnswer>,
) -> Result<Json<Consent>> {
    caller.session()?;
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let before = standing(&app, &mut tx, caller.account).await?;
    let before = before
        .into_iter()
        .find(|consent| consent.text.purpose == body.purpose)
        .ok_or_else(|| Error::not_found("This text"))?;
    if body.given && before.text.version != body.version {
        return Err(newer(&before.text));
    }
    if !body.given && before.text.required {
        return Err(Error::invalid(
            "given",
            "an account needs this one; erase the account to take it back",
        ));
    }
    let (changed, action) = if body.given {
        let id = app.new_id();
        let address = caller.asked.address;
        (
            store::consent::give(&mut tx, id, caller.account, &before.text, address, now).await?,
            "consent.given",
        )
    } else {
        (
            store::consent::withdraw(&mut tx, caller.account, &body.purpose, now).await?,
            "consent.withdrawn",
        )
    };
    if changed {
        let act = Act {
            action,
            target_kind: "account",
            target_id: Some(caller.account.uuid()),
            before: Some(json!({ "given": before.given })),
            after: Some(
                json!({ "purpose": body.purpose, "version": before.text.version, "given": body.given }),
            ),
            flags: &["gdpr"],
            ..Act::default()
        };
        store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    }
    tx.commit().await?;
    Ok(Json(Consent {
        given: body.given,
        answered_at: if changed {
            Some(now)
        } else {
            before.answered_at
        },
        text: before.text,
    }))
}

async fn standing(app: &App, conn: &mut PgConnection, account: AccountId) -> Result<Vec<Consent>> {
    let person = store::account::read(&mut *conn, account)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    store::consent::standing(conn, account, &person.locale, app.clock.now()).await
}

/// The newest texts.
pub(super) async fn newest(app: &App, locale: &str) -> Result<Vec<ConsentText>> {
    let mut tx = app.store.identity().await?;
    let texts = store::consent::texts(&mut tx, locale, app.clock.now()).await?;
    tx.commit().await?;
    Ok(texts)
}

/// The texts that a new account agrees to.
///
/// # Errors
/// `ConsentRequired` with the purposes that are missing; `Conflict` when another version was read than the newest.
pub(super) fn agreed<'a>(
    texts: &'a [ConsentText],
    answers: &[ConsentAnswer],
) -> Result<Vec<&'a ConsentText>> {
    let mut agreed = Vec::new();
    let mut missing = Vec::new();
    for text in texts {
        let yes = answers
            .iter()
            .find(|answer| answer.purpose == text.purpose && answer.given);
        match yes {
            Some(answer) if answer.version == text.version => agreed.push(text),
            Some(_) => return Err(newer(text)),
            None if text.required => missing.push(FieldProblem {
                field: text.purpose.clone(),
                message: text.text.clone(),
            }),
            None => {}
        }
    }
    if missing.is_empty() {
        return Ok(agreed);
    }
    Err(Error::Told {
        code: ProblemCode::ConsentRequired,
        detail: "An account needs your consent to some texts; read them first.".to_owned(),
        fields: missing,
        retry_after: None,
    })
}

/// Notes what a new account agreed to.
pub(super) async fn give(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    agreed: &[&ConsentText],
    asked: &Asked,
) -> Result<()> {
    let now = app.clock.now();
    for text in agreed {
        let id = app.new_id();
        store::consent::give(&mut *conn, id, account, text, asked.address, now).await?;
    }
    Ok(())
}

fn newer(text: &ConsentText) -> Error {
    Error::told(
        ProblemCode::Conflict,
        format!(
            "The text for “{}” is in version {} now; read it again.",
            text.purpose, text.version
        ),
    )
}
