//! Being asked in, from the side of the one who is asked. Only the one whose verified address the letter went to may
//! answer: a link that somebody else got hold of opens nothing. The answer is carried out by the worker's role, since
//! row-level security lets nobody add themselves.

use super::{
    invitation_place::{scope, still_stands},
    invitations::answered,
    reach::{self, page},
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Params},
    secret::Hash,
    store::{
        activity::{self, Event},
        audit::{self, Act, Actor},
        invitation::{self, By},
        member, project, quota, workspace,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use gameforge_domain::{
    InvitationId, KeyScope, UnknownWord,
    access::{ProjectRole, WorkspaceRole},
};
use gameforge_wire::cloud::{
    InvitationOffer, InvitationState, InvitationToken, Page, PageQuery, Problem, ProblemCode,
};
use serde_json::json;
use sqlx::PgConnection;

/// The invitations that wait for one's answer: those to the own address, once it is verified.
#[utoipa::path(get, path = "/v1/invitations", tag = "teams", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Page<InvitationOffer>), (status = 401, body = Problem),
        (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<InvitationOffer>>> {
    caller.needs(KeyScope::Notifications)?;
    let (before, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.worker().await?;
    let now = app.clock.now();
    let found = invitation::offers(&mut tx, caller.account, now, before, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.to_string())))
}

/// Accepts an invitation from the list.
#[utoipa::path(post, path = "/v1/invitations/{invitation_id}/accept", tag = "teams", security(("bearer" = [])),
    params(("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 410, body = Problem)))]
pub async fn accept(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode> {
    caller.session()?;
    answer(&app, &caller, By::Id(id), true).await
}

/// Declines an invitation from the list.
#[utoipa::path(post, path = "/v1/invitations/{invitation_id}/decline", tag = "teams", security(("bearer" = [])),
    params(("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 410, body = Problem)))]
pub async fn decline(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode> {
    caller.session()?;
    answer(&app, &caller, By::Id(id), false).await
}

/// Accepts an invitation by the secret of its letter.
#[utoipa::path(post, path = "/v1/invitations/accept", tag = "teams", security(("bearer" = [])),
    request_body = InvitationToken,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
pub async fn accept_by_token(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<InvitationToken>,
) -> Result<StatusCode> {
    caller.session()?;
    let by = By::Token(Hash::of(request.token.trim()));
    answer(&app, &caller, by, true).await
}

/// Declines an invitation by the secret of its letter.
#[utoipa::path(post, path = "/v1/invitations/decline", tag = "teams", security(("bearer" = [])),
    request_body = InvitationToken,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
pub async fn decline_by_token(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<InvitationToken>,
) -> Result<StatusCode> {
    caller.session()?;
    let by = By::Token(Hash::of(request.token.trim()));
    answer(&app, &caller, by, false).await
}

/// The invitation, if it went to the person's own address and waits for an answer.
async fn own(
    conn: &mut PgConnection,
    caller: &Caller,
    by: By,
    now: DateTime<Utc>,
) -> Result<invitation::Found> {
    let missing = || Error::not_found("This invitation");
    let found = invitation::find(conn, by, now).await?.ok_or_else(missing)?;
    let address = invitation::verified_address(conn, caller.account).await?;
    if address.as_ref() != Some(&found.email) {
        return Err(match (by, address) {
            // By its id an invitation to somebody else is not there.
            (By::Id(_), _) => missing(),
            (By::Token(_), None) => Error::told(
                ProblemCode::Unverified,
                "Verify your address first, then answer the invitation.",
            ),
            (By::Token(_), Some(_)) => Error::forbidden(
                "This invitation went to another address; sign in with the account of that address.",
            ),
        });
    }
    if found.state != InvitationState::Pending {
        return Err(answered(found.state));
    }
    Ok(found)
}

async fn answer(app: &App, caller: &Caller, by: By, accepted: bool) -> Result<StatusCode> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let invitation = own(&mut tx, caller, by, now).await?;
    let word = if accepted { "accepted" } else { "declined" };
    let mut role = invitation.role.clone();
    if accepted {
        if !still_stands(&mut tx, &invitation).await? {
            return Err(answered(InvitationState::Revoked));
        }
        role = let_in(&mut tx, caller, &invitation, now).await?;
    }
    invitation::end(&mut tx, invitation.id, word, caller.account, now).await?;
    let event = Event {
        scope: scope(&invitation),
        workspace: invitation.workspace.uuid(),
        project: invitation.project.map(gameforge_domain::ProjectId::uuid),
        at: now,
        actor: caller.account,
        verb: if accepted {
            "member.joined"
        } else {
            "invitation.declined"
        },
        object_kind: if accepted { "member" } else { "invitation" },
        object: if accepted {
            caller.account.uuid()
        } else {
            invitation.id.uuid()
        },
        details: json!({ "role": role }),
    };
    let seq = activity::add(&mut tx, &event).await?;
    let act = Act {
        action: if accepted {
            "invitation.accepted"
        } else {
            "invitation.declined"
        },
        target_kind: "invitation",
        target_id: Some(invitation.id.uuid()),
        workspace: Some(invitation.workspace.uuid()),
        after: Some(json!({ "role": role })),
        ..Act::default()
    };
    audit::append(&mut tx, now, &Actor::from(caller), &act).await?;
    tx.commit().await?;
    app.live.recheck(&[caller.account], &[]);
    app.poke(event.scope, seq);
    Ok(StatusCode::NO_CONTENT)
}

/// Adds the person, or gives them the greater of two roles; which it is now.
async fn let_in(
    conn: &mut PgConnection,
    caller: &Caller,
    invitation: &invitation::Found,
    now: DateTime<Utc>,
) -> Result<String> {
    let unknown = |error: UnknownWord| Error::stored("invitation.role", error);
    let place = invitation.workspace;
    let in_workspace = member::workspace_role(conn, place, caller.account).await?;
    // A guest of another project there takes a place already.
    if workspace::seen(conn, place, caller.account)
        .await?
        .is_none()
    {
        quota::fits_member(conn, place.uuid()).await?;
    }
    match invitation.project {
        None => {
            let role: WorkspaceRole = invitation.role.parse().map_err(unknown)?;
            let role = in_workspace.map_or(role, |old| old.max(role));
            member::set_in_workspace(conn, place, caller.account, role, now).await?;
            Ok(role.word().to_owned())
        }
        Some(id) => {
            let role: ProjectRole = invitation.role.parse().map_err(unknown)?;
            let old = project::own_role(conn, id, caller.account).await?;
            let role = old.map_or(role, |old| old.max(role));
            member::set_in_project(conn, id, place, caller.account, role, now).await?;
            Ok(role.word().to_owned())
        }
    }
}
