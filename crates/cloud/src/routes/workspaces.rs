//! Workspaces: tenants that people make, run and remove.

use super::{
    done::Done,
    reach::{self, may_workspace, page},
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Once, Params, once::Turn},
    rules::merge,
    store::{activity, member, quota, workspace},
    tell::{News, tell},
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{
    KeyScope, WorkspaceId,
    access::{WorkspacePermission, WorkspaceRole},
};
use gameforge_wire::cloud::{
    Activity, NotificationKind, Page, PageQuery, Problem, ProblemCode, Quota, Transfer, Workspace,
    WorkspaceChange, WorkspaceRequest,
};
use serde_json::json;

/// The workspaces that one is in, and those in which one is a guest of a project.
#[utoipa::path(get, path = "/v1/workspaces", tag = "teams", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Page<Workspace>), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Workspace>>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let found = workspace::list(&mut tx, caller.account, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.to_string())))
}

/// Makes a workspace, whose owner one is.
#[utoipa::path(post, path = "/v1/workspaces", tag = "teams", security(("bearer" = [])), params(Once),
    request_body = WorkspaceRequest,
    responses((status = 201, body = Workspace), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Body(request): Body<WorkspaceRequest>,
) -> Result<(StatusCode, Json<Workspace>)> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let now = app.clock.now();
    let id = WorkspaceId::from_uuid(app.new_id());
    let mut tx = app.store.service(caller.account).await?;
    let begun = match once.begin(&app, &mut tx, caller.account, &request).await? {
        Turn::Known(made) => return Ok((StatusCode::CREATED, Json(made))),
        Turn::New(begun) => begun,
    };
    quota::fits_workspace(&mut tx, caller.account).await?;
    workspace::create(&mut tx, id, &request.name, caller.account, false, now).await?;
    let done = Done {
        verb: "workspace.created",
        after: Some(json!({ "name": request.name })),
        details: json!({ "name": request.name }),
        ..change(&caller, &app, id)
    };
    let seq = done.happened(&mut tx).await?;
    workspace::stamp(&mut tx, id, seq).await?;
    let made = workspace::read(&mut tx, id, caller.account).await?;
    begun.keep(&app, &mut tx, &made).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.live.recheck(&[caller.account], &[]);
    Ok((StatusCode::CREATED, Json(made)))
}

/// A change of a workspace itself, to be filled in.
fn change<'a>(caller: &'a Caller, app: &App, id: WorkspaceId) -> Done<'a> {
    Done {
        caller,
        now: app.clock.now(),
        workspace: id,
        project: None,
        verb: "",
        kind: "workspace",
        object: id.uuid(),
        before: None,
        after: None,
        details: json!({}),
    }
}

/// One workspace.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)),
    responses((status = 200, body = Workspace), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
) -> Result<Json<Workspace>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let found = workspace::read(&mut tx, id, caller.account).await?;
    tx.commit().await?;
    Ok(Json(found))
}

/// Changes name and settings.
#[utoipa::path(patch, path = "/v1/workspaces/{workspace_id}", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)), request_body = WorkspaceChange,
    responses((status = 200, body = Workspace), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Body(request): Body<WorkspaceChange>,
) -> Result<Json<Workspace>> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let seen =
        reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::Configure).await?;
    let old = workspace::settings(&mut tx, id).await?;
    let settings = request
        .settings
        .clone()
        .map(|patch| merge::settings(old.clone(), patch))
        .transpose()
        .map_err(|fault| Error::invalid("settings", fault))?;
    let renamed = request.name.as_ref().filter(|name| **name != seen.name);
    let configured = settings.as_ref().filter(|settings| **settings != old);
    if renamed.is_some() || configured.is_some() {
        let now = app.clock.now();
        workspace::change(&mut tx, id, renamed, configured, now).await?;
        let done = Done {
            verb: if renamed.is_some() {
                "workspace.renamed"
            } else {
                "workspace.configured"
            },
            before: Some(json!({ "name": seen.name, "settings": old })),
            after: Some(
                json!({ "name": renamed.unwrap_or(&seen.name), "settings": settings.as_ref().unwrap_or(&old) }),
            ),
            details: renamed.map_or(json!({}), |name| json!({ "from": seen.name, "to": name })),
            ..change(&caller, &app, id)
        };
        let seq = done.happened(&mut tx).await?;
        workspace::stamp(&mut tx, id, seq).await?;
        done.audited(&mut tx).await?;
        let now_is = workspace::read(&mut tx, id, caller.account).await?;
        tx.commit().await?;
        app.poke(id.uuid(), seq);
        return Ok(Json(now_is));
    }
    let unchanged = workspace::read(&mut tx, id, caller.account).await?;
    tx.commit().await?;
    Ok(Json(unchanged))
}

/// Puts a workspace into the bin with all that is in it. Asks for a fresh second factor.
#[utoipa::path(delete, path = "/v1/workspaces/{workspace_id}", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let seen =
        reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::Delete).await?;
    caller.fresh(now)?;
    not_personal(&seen)?;
    workspace::bin(&mut tx, id, Some((caller.account, now))).await?;
    let done = Done {
        verb: "workspace.deleted",
        before: Some(json!({ "name": seen.name })),
        details: json!({ "name": seen.name }),
        ..change(&caller, &app, id)
    };
    let seq = done.happened(&mut tx).await?;
    workspace::stamp(&mut tx, id, seq).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke(id.uuid(), seq);
    app.live.recheck(&[], &[id.uuid()]);
    Ok(StatusCode::NO_CONTENT)
}

/// # Errors
/// `Conflict` for somebody's personal workspace.
pub(super) fn not_personal(seen: &workspace::Seen) -> Result<()> {
    if seen.personal {
        return Err(Error::told(
            ProblemCode::Conflict,
            "A personal workspace stays with its person: it cannot be left, removed or given away.",
        ));
    }
    Ok(())
}

/// Takes a workspace out of the bin.
#[utoipa::path(post, path = "/v1/workspaces/{workspace_id}/restore", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)),
    responses((status = 200, body = Workspace), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
) -> Result<Json<Workspace>> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    // In the bin it is there for those alone who may take it out.
    let seen = workspace::seen(&mut tx, id, caller.account)
        .await?
        .filter(|seen| seen.deleted_at.is_none() || seen.may(WorkspacePermission::Delete))
        .ok_or_else(|| Error::not_found("This workspace"))?;
    may_workspace(&seen, WorkspacePermission::Delete)?;
    if seen.deleted_at.is_some() {
        quota::fits_workspace(&mut tx, caller.account).await?;
        workspace::bin(&mut tx, id, None).await?;
        let done = Done {
            verb: "workspace.restored",
            after: Some(json!({ "name": seen.name })),
            details: json!({ "name": seen.name }),
            ..change(&caller, &app, id)
        };
        let seq = done.happened(&mut tx).await?;
        workspace::stamp(&mut tx, id, seq).await?;
        let found = workspace::read(&mut tx, id, caller.account).await?;
        done.audited(&mut tx).await?;
        tx.commit().await?;
        app.poke(id.uuid(), seq);
        app.live.recheck(&[], &[id.uuid()]);
        return Ok(Json(found));
    }
    let found = workspace::read(&mut tx, id, caller.account).await?;
    tx.commit().await?;
    Ok(Json(found))
}

/// Makes another member the owner; the one before becomes an admin. Asks for a fresh second factor.
#[utoipa::path(post, path = "/v1/workspaces/{workspace_id}/transfer", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)), request_body = Transfer,
    responses((status = 200, body = Workspace), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn transfer(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Body(request): Body<Transfer>,
) -> Result<Json<Workspace>> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    reach::workspace(&mut tx, id, caller.account).await?;
    workspace::hold(&mut tx, id).await?;
    let seen =
        reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::Transfer).await?;
    caller.fresh(now)?;
    not_personal(&seen)?;
    let role = member::workspace_role(&mut tx, id, request.to).await?;
    if role.is_none() {
        return Err(Error::invalid("to", "is not a member of this workspace"));
    }
    let before = member::workspace_owners(&mut tx, id).await?;
    for owner in &before {
        member::set_in_workspace(&mut tx, id, *owner, WorkspaceRole::Admin, now).await?;
    }
    member::set_in_workspace(&mut tx, id, request.to, WorkspaceRole::Owner, now).await?;
    let details = json!({ "workspace": seen.name, "role": WorkspaceRole::Owner });
    let news = News::of_place(id, None, details, now);
    let people = vec![(request.to, NotificationKind::Role)];
    let told = tell(&app, &mut tx, caller.account, people, &news).await?;
    let done = Done {
        verb: "workspace.transferred",
        before: Some(json!({ "owners": before })),
        after: Some(json!({ "owners": [request.to] })),
        details: json!({ "to": request.to }),
        ..change(&caller, &app, id)
    };
    let seq = done.happened(&mut tx).await?;
    let found = workspace::read(&mut tx, id, caller.account).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke(id.uuid(), seq);
    app.poke_all(&told);
    app.live.recheck(&[request.to], &[id.uuid()]);
    Ok(Json(found))
}

/// What the workspace's plan allows, and how much of it is used.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}/quotas", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)),
    responses((status = 200, body = Vec<Quota>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn quotas(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
) -> Result<Json<Vec<Quota>>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let seen = reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::View).await?;
    let found = quota::list(&mut tx, id.uuid(), &seen.plan, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(found))
}

/// What happened in a workspace, the newest first: to itself, its members, and the projects that one sees.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}/activity", tag = "talk", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), PageQuery),
    responses((status = 200, body = Page<Activity>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn activity(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Activity>>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let (before, limit) = (super::activity::before(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::View).await?;
    let found = activity::list(&mut tx, id.uuid(), None, before, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, super::activity::cursor)))
}
