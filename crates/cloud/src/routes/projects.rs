//! Projects: what people of a workspace work on.

use super::{
    done::Done,
    reach::{self, may_project, page},
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Once, Params, once::Turn},
    rules::{merge, text},
    store::{member, project, quota},
    tell::{News, tell},
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{
    KeyScope, ProjectId, WorkspaceId,
    access::{ProjectPermission, ProjectRole, Visibility, WorkspacePermission},
};
use gameforge_wire::cloud::{
    NotificationKind, Page, PageQuery, Problem, Project, ProjectChange, ProjectRequest, Transfer,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// Characters of a description.
const MOST_DESCRIPTION: usize = 4_000;

/// The projects of a workspace that one sees.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}/projects", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), PageQuery),
    responses((status = 200, body = Page<Project>), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Project>>> {
    caller.needs(KeyScope::ProjectsRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    reach::workspace(&mut tx, id, caller.account).await?;
    let found = project::list(&mut tx, caller.account, id, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.to_string())))
}

/// A change of a project itself, to be filled in.
fn change<'a>(caller: &'a Caller, app: &App, workspace: WorkspaceId, id: ProjectId) -> Done<'a> {
    Done {
        caller,
        now: app.clock.now(),
        workspace,
        project: Some(id),
        verb: "",
        kind: "project",
        object: id.uuid(),
        before: None,
        after: None,
        details: json!({}),
    }
}

/// Notes a change in the project's order and, since the workspace's list of projects is another one now, in the
/// workspace's. Both scopes are locked in the order of their ids.
async fn happened(conn: &mut PgConnection, done: &Done<'_>) -> Result<[(Uuid, i64); 2]> {
    let mut scopes = [done.workspace.uuid(), done.scope()];
    scopes.sort_unstable();
    let first = done.happened_in(conn, scopes[0]).await?;
    let second = done.happened_in(conn, scopes[1]).await?;
    let numbers = [(scopes[0], first), (scopes[1], second)];
    for (scope, seq) in numbers {
        if scope == done.scope() {
            project::stamp(conn, ProjectId::from_uuid(scope), seq).await?;
        }
    }
    Ok(numbers)
}

/// Makes a project, whose owner one is.
#[utoipa::path(post, path = "/v1/workspaces/{workspace_id}/projects", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), Once), request_body = ProjectRequest,
    responses((status = 201, body = Project), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Id(workspace): Id<WorkspaceId>,
    once: Once,
    Body(request): Body<ProjectRequest>,
) -> Result<(StatusCode, Json<Project>)> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let now = app.clock.now();
    let description = text::read("description", &request.description, MOST_DESCRIPTION)?;
    let tags = text::tags(&request.tags)?;
    let id = ProjectId::from_uuid(app.new_id());
    let new = project::New {
        id,
        workspace,
        name: &request.name,
        description: &description,
        visibility: request.visibility.unwrap_or(Visibility::Workspace),
        tags: &tags,
    };
    let mut tx = app.store.service(caller.account).await?;
    let place = reach::workspace_to(
        &mut tx,
        workspace,
        caller.account,
        WorkspacePermission::CreateProject,
    )
    .await?;
    let begun = match once.begin(&app, &mut tx, caller.account, &request).await? {
        Turn::Known(made) => return Ok((StatusCode::CREATED, Json(made))),
        Turn::New(begun) => begun,
    };
    quota::fits(&mut tx, workspace.uuid(), &place.plan, "projects", now).await?;
    project::create(&mut tx, &new, caller.account, now).await?;
    let done = Done {
        verb: "project.created",
        after: Some(json!({ "name": new.name, "visibility": new.visibility })),
        details: json!({ "name": new.name }),
        ..change(&caller, &app, workspace, id)
    };
    let numbers = happened(&mut tx, &done).await?;
    let made = seen_now(&mut tx, &caller, id).await?;
    begun.keep(&app, &mut tx, &made).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke_all(&numbers);
    app.live.recheck(&[], &[workspace.uuid()]);
    Ok((StatusCode::CREATED, Json(made)))
}

async fn seen_now(conn: &mut PgConnection, caller: &Caller, id: ProjectId) -> Result<Project> {
    let seen = reach::project(conn, id, caller.account, ProjectPermission::View).await?;
    project::read(conn, &seen, caller.account).await
}

/// One project.
#[utoipa::path(get, path = "/v1/projects/{project_id}", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)),
    responses((status = 200, body = Project), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Project>> {
    caller.needs(KeyScope::ProjectsRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let found = seen_now(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok(Json(found))
}

/// Changes name, description, visibility, tags and settings.
#[utoipa::path(patch, path = "/v1/projects/{project_id}", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)), request_body = ProjectChange,
    responses((status = 200, body = Project), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Body(request): Body<ProjectChange>,
) -> Result<Json<Project>> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let description = request
        .description
        .as_deref()
        .map(|words| text::read("description", words, MOST_DESCRIPTION))
        .transpose()?;
    let tags = request.tags.as_deref().map(text::tags).transpose()?;
    let mut tx = app.store.service(caller.account).await?;
    let seen = reach::project(&mut tx, id, caller.account, ProjectPermission::Configure).await?;
    let old_settings = project::settings(&mut tx, id).await?;
    let settings = request
        .settings
        .clone()
        .map(|patch| merge::settings(old_settings, patch))
        .transpose()
        .map_err(|fault| Error::invalid("settings", fault))?;
    let old = project::read(&mut tx, &seen, caller.account).await?;
    let wanted = project::Change {
        name: request.name.as_ref(),
        description: description.as_deref(),
        visibility: request.visibility,
        tags: tags.as_deref(),
        settings: settings.as_ref(),
    };
    project::change(&mut tx, id, &wanted, app.clock.now()).await?;
    let new = project::read(&mut tx, &seen, caller.account).await?;
    let (before, after) = (content(&old), content(&new));
    if before == after {
        // Nothing is another: it is as if it had not been asked.
        tx.rollback().await?;
        return Ok(Json(old));
    }
    let (verb, details) = said(&old, &new);
    let done = Done {
        verb,
        before: Some(before),
        after: Some(after),
        details,
        ..change(&caller, &app, seen.workspace, id)
    };
    let numbers = happened(&mut tx, &done).await?;
    let new = project::read(&mut tx, &seen, caller.account).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke_all(&numbers);
    if old.visibility != new.visibility {
        app.live.recheck(&[], &[seen.workspace.uuid(), id.uuid()]);
    }
    Ok(Json(new))
}

/// What of a project can be changed.
fn content(project: &Project) -> Value {
    json!({
        "name": project.name, "description": project.description, "visibility": project.visibility,
        "tags": project.tags, "settings": project.settings,
    })
}

/// The change in words: its most telling part.
fn said(old: &Project, new: &Project) -> (&'static str, Value) {
    if old.name != new.name {
        (
            "project.renamed",
            json!({ "from": old.name, "to": new.name }),
        )
    } else if old.visibility != new.visibility {
        (
            "project.visibility",
            json!({ "from": old.visibility, "to": new.visibility }),
        )
    } else if old.tags != new.tags {
        (
            "project.tagged",
            json!({ "from": old.tags, "to": new.tags }),
        )
    } else {
        ("project.configured", json!({}))
    }
}

/// Puts a project into the workspace's bin.
#[utoipa::path(delete, path = "/v1/projects/{project_id}", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let seen = reach::project(&mut tx, id, caller.account, ProjectPermission::Delete).await?;
    project::bin(&mut tx, id, Some((caller.account, now))).await?;
    let done = Done {
        verb: "project.deleted",
        before: Some(json!({ "name": seen.name })),
        details: json!({ "name": seen.name }),
        ..change(&caller, &app, seen.workspace, id)
    };
    let numbers = happened(&mut tx, &done).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke_all(&numbers);
    app.live.recheck(&[], &[id.uuid()]);
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a project out of the bin.
#[utoipa::path(post, path = "/v1/projects/{project_id}/restore", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)),
    responses((status = 200, body = Project), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Project>> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    // In the bin it is there for those alone who may take it out.
    let seen = project::seen(&mut tx, id, caller.account)
        .await?
        .filter(|seen| seen.deleted_at.is_none() || seen.access.may(ProjectPermission::Delete))
        .ok_or_else(|| Error::not_found("This project"))?;
    may_project(&seen, ProjectPermission::Delete)?;
    if seen.deleted_at.is_none() {
        let found = project::read(&mut tx, &seen, caller.account).await?;
        tx.commit().await?;
        return Ok(Json(found));
    }
    if let Some(plan) = &seen.plan {
        quota::fits(&mut tx, seen.workspace.uuid(), plan, "projects", now).await?;
    }
    project::bin(&mut tx, id, None).await?;
    let done = Done {
        verb: "project.restored",
        after: Some(json!({ "name": seen.name })),
        details: json!({ "name": seen.name }),
        ..change(&caller, &app, seen.workspace, id)
    };
    let numbers = happened(&mut tx, &done).await?;
    let found = project::read(&mut tx, &seen, caller.account).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke_all(&numbers);
    app.live.recheck(&[], &[seen.workspace.uuid(), id.uuid()]);
    Ok(Json(found))
}

/// Makes somebody else who is in the project its owner; the one before becomes an admin. Asks for a fresh second
/// factor.
#[utoipa::path(post, path = "/v1/projects/{project_id}/transfer", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)), request_body = Transfer,
    responses((status = 200, body = Project), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn transfer(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Body(request): Body<Transfer>,
) -> Result<Json<Project>> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    reach::project(&mut tx, id, caller.account, ProjectPermission::View).await?;
    project::hold(&mut tx, id).await?;
    let seen = reach::project(&mut tx, id, caller.account, ProjectPermission::Transfer).await?;
    caller.fresh(now)?;
    let to = [request.to.uuid()];
    if member::who_see(&mut tx, id, Some(&to), "", 1)
        .await?
        .is_empty()
    {
        return Err(Error::invalid("to", "is not in this project"));
    }
    let before = member::project_owners(&mut tx, id).await?;
    for owner in &before {
        member::set_in_project(&mut tx, id, seen.workspace, *owner, ProjectRole::Admin, now)
            .await?;
    }
    member::set_in_project(
        &mut tx,
        id,
        seen.workspace,
        request.to,
        ProjectRole::Owner,
        now,
    )
    .await?;
    let details = json!({ "workspace": seen.workspace_name, "project": seen.name, "role": ProjectRole::Owner });
    let news = News::of_place(seen.workspace, Some(id), details, now);
    let people = vec![(request.to, NotificationKind::Role)];
    let told = tell(&app, &mut tx, caller.account, people, &news).await?;
    let done = Done {
        verb: "project.transferred",
        before: Some(json!({ "owners": before })),
        after: Some(json!({ "owners": [request.to] })),
        details: json!({ "to": request.to }),
        ..change(&caller, &app, seen.workspace, id)
    };
    let seq = done.happened(&mut tx).await?;
    let found = seen_now(&mut tx, &caller, id).await?;
    done.audited(&mut tx).await?;
    tx.commit().await?;
    app.poke(id.uuid(), seq);
    app.poke_all(&told);
    app.live.recheck(&[request.to], &[id.uuid()]);
    Ok(Json(found))
}
