//! Asking people in, from the side of those who manage members.

use super::{
    done::Done,
    invitation_place::{Place, found, project_place, workspace_place},
    reach::{self, page},
};
use crate::{
    App, Error, Result,
    http::{
        Body, Caller, Id, Once, Params,
        once::{self, Turn},
    },
    jobs::Work,
    mail::{Letter, Words},
    rules::text,
    secret::Secret,
    store::{Tx, account, invitation, job, quota, rate},
    tell::{News, tell},
};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use gameforge_domain::{Email, InvitationId, KeyScope, ProjectId, WorkspaceId};
use gameforge_wire::cloud::{
    Invitation, InvitationRequest, InvitationState, NotificationKind, Page, PageQuery, Problem,
    ProblemCode,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Letters that one person may cause: nobody writes to strangers through us.
const LETTERS: rate::Limit = rate::Limit {
    per_minute: 6,
    burst: 60,
};

/// The invitations to a workspace, the newest first.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}/invitations", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), PageQuery),
    responses((status = 200, body = Page<Invitation>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn of_workspace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Invitation>>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let place = workspace_place(&mut tx, &caller, id).await?;
    let found = list(&app, &mut tx, &place, &query).await?;
    tx.commit().await?;
    Ok(Json(found))
}

/// The invitations to a project, the newest first.
#[utoipa::path(get, path = "/v1/projects/{project_id}/invitations", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), PageQuery),
    responses((status = 200, body = Page<Invitation>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn of_project(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Invitation>>> {
    caller.needs(KeyScope::ProjectsRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let place = project_place(&mut tx, &caller, id).await?;
    let found = list(&app, &mut tx, &place, &query).await?;
    tx.commit().await?;
    Ok(Json(found))
}

async fn list(
    app: &App,
    conn: &mut PgConnection,
    place: &Place,
    query: &PageQuery,
) -> Result<Page<Invitation>> {
    let (before, limit) = (reach::after(query)?, reach::limit(query)?);
    let now = app.clock.now();
    let found =
        invitation::list(conn, place.workspace, place.project, now, before, limit + 1).await?;
    Ok(page(found, limit, |it| it.id.to_string()))
}

/// Asks somebody into a workspace, by a letter to an address; an account is not needed yet.
#[utoipa::path(post, path = "/v1/workspaces/{workspace_id}/invitations", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), Once), request_body = InvitationRequest,
    responses((status = 201, body = Invitation), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn to_workspace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    once: Once,
    Body(request): Body<InvitationRequest>,
) -> Result<(StatusCode, Json<Invitation>)> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let place = workspace_place(&mut tx, &caller, id).await?;
    invite_once(&app, tx, &caller, place, request, &once).await
}

/// Asks somebody into a project.
#[utoipa::path(post, path = "/v1/projects/{project_id}/invitations", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), Once), request_body = InvitationRequest,
    responses((status = 201, body = Invitation), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn to_project(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    once: Once,
    Body(request): Body<InvitationRequest>,
) -> Result<(StatusCode, Json<Invitation>)> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let place = project_place(&mut tx, &caller, id).await?;
    invite_once(&app, tx, &caller, place, request, &once).await
}

async fn invite_once(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    place: Place,
    request: InvitationRequest,
    once: &Once,
) -> Result<(StatusCode, Json<Invitation>)> {
    let made = match once.begin(app, &mut tx, caller.account, &request).await? {
        Turn::Known(made) => made,
        Turn::New(begun) => invite(app, tx, caller, place, request, &begun).await?,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

async fn invite(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    place: Place,
    request: InvitationRequest,
    begun: &once::Begun<'_>,
) -> Result<Invitation> {
    place.own.reaches(&request.role)?;
    let message = text::read("message", &request.message, 1_000)?;
    let now = app.clock.now();
    limit_letters(&mut tx, caller, now).await?;
    if let Some(plan) = &place.plan {
        quota::fits(&mut tx, place.workspace.uuid(), plan, "members", now).await?;
    }
    let secret = Secret::draw("gf_inv_")?;
    let new = invitation::New {
        id: InvitationId::from_uuid(app.new_id()),
        workspace: place.workspace,
        project: place.project,
        email: &request.email,
        role: &request.role,
        token: secret.hash(),
        by: caller.account,
        message: &message,
    };
    invitation::create(&mut tx, &new, now).await?;
    let letter = Sent {
        email: &request.email,
        role: &request.role,
        message: &message,
        secret: &secret,
    };
    send(app, &mut tx, caller, &place, &letter, now).await?;
    let told = tell_invited(app, &mut tx, &new, caller, &place, now).await?;
    let done = Done {
        verb: "invitation.sent",
        after: Some(json!({ "email": request.email, "role": request.role })),
        details: json!({ "role": request.role }),
        ..change(caller, now, &place, new.id)
    };
    let seq = done.happened(&mut tx).await?;
    let mut made = invitation::list(&mut tx, place.workspace, place.project, now, None, 1).await?;
    let made = made
        .pop()
        .filter(|made| made.id == new.id)
        .ok_or_else(|| Error::not_found("This invitation"))?;
    begun.keep(app, &mut tx, &made).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke(done.scope(), seq);
    app.poke_all(&told);
    Ok(made)
}

/// Tells whoever has that address here, in their list.
async fn tell_invited(
    app: &App,
    conn: &mut PgConnection,
    new: &invitation::New<'_>,
    caller: &Caller,
    place: &Place,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, i64)>> {
    let Some(account) = invitation::invited(&mut *conn, new.id).await? else {
        return Ok(Vec::new());
    };
    let mut details = place.details.clone();
    details["role"] = json!(new.role);
    let news = News::of_place(place.workspace, place.project, details, now);
    let people = vec![(account, NotificationKind::Invitation)];
    tell(app, conn, caller.account, people, &news).await
}

fn change<'a>(caller: &'a Caller, now: DateTime<Utc>, place: &Place, id: InvitationId) -> Done<'a> {
    Done {
        caller,
        now,
        workspace: place.workspace,
        project: place.project,
        verb: "",
        kind: "invitation",
        object: id.uuid(),
        before: None,
        after: None,
        details: json!({}),
    }
}

async fn limit_letters(conn: &mut PgConnection, caller: &Caller, now: DateTime<Utc>) -> Result<()> {
    let key = format!("invite/account/{}", caller.account);
    rate::take(conn, &key, now, LETTERS).await
}

/// What goes into the letter.
struct Sent<'a> {
    email: &'a Email,
    role: &'a str,
    message: &'a str,
    secret: &'a Secret,
}

async fn send(
    app: &App,
    conn: &mut PgConnection,
    caller: &Caller,
    place: &Place,
    sent: &Sent<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let by = account::read(conn, caller.account)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    // Behind the “#”: it is in no server's log and in no Referer.
    let base = app.config.public_url.as_str().trim_end_matches('/');
    let link = format!("{base}/invitation#{}", sent.secret.expose());
    let letter = Letter {
        to: sent.email.clone(),
        // How the other one reads is not known; most often as who asks.
        locale: by.locale,
        words: Words::Invitation {
            by: by.display_name.as_str().to_owned(),
            to: place.title.clone(),
            role: sent.role.to_owned(),
            message: sent.message.to_owned(),
            link,
        },
    };
    job::enqueue(conn, app.new_id(), now, &Work::Mail(letter)).await
}

/// Takes an invitation back: its letter opens nothing any more.
#[utoipa::path(delete, path = "/v1/invitations/{invitation_id}", tag = "teams", security(("bearer" = [])),
    params(("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let (invitation, place) = found(&mut tx, &caller, id, now).await?;
    if invitation.state != InvitationState::Pending {
        return Err(answered(invitation.state));
    }
    invitation::end(&mut tx, id, "revoked", caller.account, now).await?;
    let done = Done {
        verb: "invitation.revoked",
        before: Some(json!({ "email": invitation.email, "role": invitation.role })),
        ..change(&caller, now, &place, id)
    };
    let seq = done.happened(&mut tx).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke(done.scope(), seq);
    Ok(StatusCode::NO_CONTENT)
}

/// What is said of an invitation that does not wait any more.
pub(super) fn answered(state: InvitationState) -> Error {
    let words = match state {
        InvitationState::Accepted => "This invitation was accepted already.",
        InvitationState::Declined => "This invitation was declined.",
        InvitationState::Revoked => "This invitation was taken back.",
        InvitationState::Expired | InvitationState::Pending => {
            "This invitation has ended; ask for another."
        }
    };
    Error::told(ProblemCode::Expired, words)
}

/// Sends an invitation again, with another link, good for another fourteen days. Also one that ended or was declined.
#[utoipa::path(post, path = "/v1/invitations/{invitation_id}/resend", tag = "teams", security(("bearer" = [])),
    params(("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem),
        (status = 429, body = Problem)))]
pub async fn resend(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let (invitation, place) = found(&mut tx, &caller, id, now).await?;
    match invitation.state {
        InvitationState::Pending => {}
        InvitationState::Expired | InvitationState::Declined => {
            // It takes a place again.
            if let Some(plan) = &place.plan {
                quota::fits(&mut tx, place.workspace.uuid(), plan, "members", now).await?;
            }
        }
        state => return Err(answered(state)),
    }
    place.own.reaches(&invitation.role)?;
    limit_letters(&mut tx, &caller, now).await?;
    let secret = Secret::draw("gf_inv_")?;
    invitation::renew(&mut tx, id, secret.hash(), now).await?;
    let letter = Sent {
        email: &invitation.email,
        role: &invitation.role,
        message: &invitation.message,
        secret: &secret,
    };
    send(&app, &mut tx, &caller, &place, &letter, now).await?;
    let done = Done {
        verb: "invitation.resent",
        after: Some(json!({ "email": invitation.email, "role": invitation.role })),
        ..change(&caller, now, &place, id)
    };
    let seq = done.happened(&mut tx).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke(done.scope(), seq);
    Ok(StatusCode::NO_CONTENT)
}
