//! Who is in a workspace or a project: the lists, roles, letting go and leaving. Ownership moves by a transfer only,
//! so there is always somebody who answers for it.

use super::{
    done::Done,
    reach::{self, page},
    workspaces::not_personal,
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Ids, Params},
    store::{member, project, workspace},
    tell::{News, tell},
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{
    AccountId, KeyScope, ProjectId, UnknownWord, WorkspaceId,
    access::{ProjectPermission, ProjectRole, WorkspacePermission, WorkspaceRole},
};
use gameforge_wire::cloud::{
    Member, MemberChange, NotificationKind, Page, PageQuery, Problem, ProblemCode,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// The members of a workspace.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}/members", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), PageQuery),
    responses((status = 200, body = Page<Member>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn of_workspace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Member>>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::View).await?;
    let found = member::of_workspace(&mut tx, id, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.person.id.to_string())))
}

/// Everybody who has a role in a project, of their own or from the workspace.
#[utoipa::path(get, path = "/v1/projects/{project_id}/members", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), PageQuery),
    responses((status = 200, body = Page<Member>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn of_project(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Member>>> {
    caller.needs(KeyScope::ProjectsRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    // Who looks because everybody may does not learn who is in it.
    reach::project(&mut tx, id, caller.account, ProjectPermission::Comment).await?;
    let found = member::of_project(&mut tx, id, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.person.id.to_string())))
}

/// A change of who is in a workspace or project.
fn change<'a>(
    caller: &'a Caller,
    app: &App,
    workspace: WorkspaceId,
    project: Option<ProjectId>,
    who: AccountId,
) -> Done<'a> {
    Done {
        caller,
        now: app.clock.now(),
        workspace,
        project,
        verb: "",
        kind: "member",
        object: who.uuid(),
        before: None,
        after: None,
        details: json!({}),
    }
}

fn role_word<T: std::str::FromStr<Err = UnknownWord> + std::fmt::Display + Copy>(
    text: &str,
    all: &[T],
) -> Result<T> {
    text.parse().map_err(|_| {
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        Error::invalid("role", format!("should be one of {}", names.join(", ")))
    })
}

/// Tells the person whom a change is about; whose scope has which number since.
async fn tell_them(
    app: &App,
    conn: &mut PgConnection,
    done: &Done<'_>,
    kind: NotificationKind,
    details: Value,
) -> Result<Vec<(Uuid, i64)>> {
    let news = News::of_place(done.workspace, done.project, details, done.now);
    let people = vec![(AccountId::from_uuid(done.object), kind)];
    tell(app, conn, done.caller.account, people, &news).await
}

/// The owner's role is given by a transfer alone, and nobody reaches above the own role.
fn check_role<T: PartialOrd + Copy>(own: T, theirs: Option<T>, wanted: T, owner: T) -> Result<()> {
    if theirs == Some(owner) {
        return Err(Error::told(
            ProblemCode::Conflict,
            "An owner's role cannot be changed; make somebody else the owner first.",
        ));
    }
    if wanted == owner {
        return Err(Error::invalid("role", "an owner is made by a transfer"));
    }
    if wanted > own || theirs.is_some_and(|theirs| theirs > own) {
        return Err(out_of_reach());
    }
    Ok(())
}

/// Whether somebody with a role may let go somebody with another one.
fn may_let_go<R: PartialOrd>(own: R, theirs: R, owner: R) -> Result<()> {
    if theirs == owner {
        return Err(last_owner());
    }
    if theirs > own {
        return Err(out_of_reach());
    }
    Ok(())
}

fn out_of_reach() -> Error {
    Error::forbidden("Your own role does not reach above this.")
}

/// Gives a member of a workspace another role, up to the own.
#[utoipa::path(patch, path = "/v1/workspaces/{workspace_id}/members/{account_id}", tag = "teams",
    security(("bearer" = [])), params(("workspace_id" = WorkspaceId, Path), ("account_id" = AccountId, Path)),
    request_body = MemberChange,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_in_workspace(
    State(app): State<App>,
    caller: Caller,
    Ids(id, who): Ids<WorkspaceId, AccountId>,
    Body(request): Body<MemberChange>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let (seen, own) = managed_workspace(&mut tx, &caller, id).await?;
    let wanted = role_word(&request.role, WorkspaceRole::ALL)?;
    let theirs = member::workspace_role(&mut tx, id, who).await?;
    if theirs.is_none() {
        return Err(Error::not_found("This member"));
    }
    check_role(own, theirs, wanted, WorkspaceRole::Owner)?;
    if theirs == Some(wanted) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let done = Done {
        verb: "member.role",
        before: Some(json!({ "role": theirs })),
        after: Some(json!({ "role": wanted })),
        details: json!({ "from": theirs, "to": wanted }),
        ..change(&caller, &app, id, None, who)
    };
    member::set_in_workspace(&mut tx, id, who, wanted, done.now).await?;
    let details = json!({ "workspace": seen.name, "role": wanted });
    let mut numbers = tell_them(&app, &mut tx, &done, NotificationKind::Role, details).await?;
    numbers.push((done.scope(), done.happened(&mut tx).await?));
    done.ended(&app, tx, &numbers, &[who]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A workspace whose members the person manages, held.
async fn managed_workspace(
    conn: &mut PgConnection,
    caller: &Caller,
    id: WorkspaceId,
) -> Result<(workspace::Seen, WorkspaceRole)> {
    reach::workspace(conn, id, caller.account).await?;
    workspace::hold(conn, id).await?;
    // Read again behind the lock: the role may have changed while waiting.
    let seen =
        reach::workspace_to(conn, id, caller.account, WorkspacePermission::ManageMembers).await?;
    let own = seen
        .role
        .ok_or_else(|| Error::not_found("This workspace"))?;
    Ok((seen, own))
}

/// Lets a member of a workspace go, also from its projects; what they owned there goes to the workspace's owner.
#[utoipa::path(delete, path = "/v1/workspaces/{workspace_id}/members/{account_id}", tag = "teams",
    security(("bearer" = [])), params(("workspace_id" = WorkspaceId, Path), ("account_id" = AccountId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove_from_workspace(
    State(app): State<App>,
    caller: Caller,
    Ids(id, who): Ids<WorkspaceId, AccountId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let (seen, own) = managed_workspace(&mut tx, &caller, id).await?;
    let theirs = member::workspace_role(&mut tx, id, who)
        .await?
        .ok_or_else(|| Error::not_found("This member"))?;
    may_let_go(own, theirs, WorkspaceRole::Owner)?;
    let done = Done {
        verb: "member.removed",
        before: Some(json!({ "role": theirs })),
        details: json!({ "role": theirs }),
        ..change(&caller, &app, id, None, who)
    };
    let details = json!({ "workspace": seen.name });
    let mut numbers = tell_them(&app, &mut tx, &done, NotificationKind::Removed, details).await?;
    numbers.push((done.scope(), done.happened(&mut tx).await?));
    let_go(&mut tx, &done, id, who).await?;
    done.ended(&app, tx, &numbers, &[who]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody out of a workspace and its projects; the projects that would be nobody's go to its owners.
async fn let_go(
    conn: &mut PgConnection,
    done: &Done<'_>,
    id: WorkspaceId,
    who: AccountId,
) -> Result<()> {
    let owners = member::workspace_owners(conn, id).await?;
    for project in member::sole_projects(conn, id, who).await? {
        for owner in &owners {
            member::set_in_project(conn, project, id, *owner, ProjectRole::Owner, done.now).await?;
        }
    }
    member::remove_from_workspace(conn, id, who).await
}

fn last_owner() -> Error {
    Error::told(
        ProblemCode::Conflict,
        "An owner cannot go; make somebody else the owner first.",
    )
}

/// Leaves a workspace and its projects. Its owner and the one whose personal one it is cannot.
#[utoipa::path(post, path = "/v1/workspaces/{workspace_id}/leave", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn leave_workspace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::WorkspacesWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    reach::workspace(&mut tx, id, caller.account).await?;
    workspace::hold(&mut tx, id).await?;
    let seen = reach::workspace(&mut tx, id, caller.account).await?;
    if seen.role == Some(WorkspaceRole::Owner) {
        not_personal(&seen)?;
        return Err(last_owner());
    }
    let done = Done {
        verb: "member.left",
        before: Some(json!({ "role": seen.role })),
        details: json!({ "role": seen.role }),
        ..change(&caller, &app, id, None, caller.account)
    };
    // Before going: afterwards there is nothing that this person may write here.
    let number = (done.scope(), done.happened(&mut tx).await?);
    let_go(&mut tx, &done, id, caller.account).await?;
    done.ended(&app, tx, &[number], &[caller.account]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A project whose members the person manages, held.
async fn managed_project(
    conn: &mut PgConnection,
    caller: &Caller,
    id: ProjectId,
) -> Result<(project::Seen, ProjectRole)> {
    reach::project(conn, id, caller.account, ProjectPermission::View).await?;
    project::hold(conn, id).await?;
    let seen = reach::project(conn, id, caller.account, ProjectPermission::ManageMembers).await?;
    let own = seen
        .access
        .role()
        .ok_or_else(|| Error::not_found("This project"))?;
    Ok((seen, own))
}

/// Gives somebody of a project, or of its workspace, another role in it, up to the own.
#[utoipa::path(patch, path = "/v1/projects/{project_id}/members/{account_id}", tag = "teams",
    security(("bearer" = [])), params(("project_id" = ProjectId, Path), ("account_id" = AccountId, Path)),
    request_body = MemberChange,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_in_project(
    State(app): State<App>,
    caller: Caller,
    Ids(id, who): Ids<ProjectId, AccountId>,
    Body(request): Body<MemberChange>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let (seen, own) = managed_project(&mut tx, &caller, id).await?;
    let wanted = role_word(&request.role, ProjectRole::ALL)?;
    let theirs = project::own_role(&mut tx, id, who).await?;
    let in_workspace = member::workspace_role(&mut tx, seen.workspace, who).await?;
    if theirs.is_none() && in_workspace.is_none() {
        return Err(Error::not_found("This member"));
    }
    check_role(own, theirs, wanted, ProjectRole::Owner)?;
    if theirs == Some(wanted) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let done = Done {
        verb: "member.role",
        before: Some(json!({ "role": theirs })),
        after: Some(json!({ "role": wanted })),
        details: json!({ "from": theirs, "to": wanted }),
        ..change(&caller, &app, seen.workspace, Some(id), who)
    };
    member::set_in_project(&mut tx, id, seen.workspace, who, wanted, done.now).await?;
    let details = json!({ "workspace": seen.workspace_name, "project": seen.name, "role": wanted });
    let mut numbers = tell_them(&app, &mut tx, &done, NotificationKind::Role, details).await?;
    numbers.push((done.scope(), done.happened(&mut tx).await?));
    done.ended(&app, tx, &numbers, &[who]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody go from a project. A role that comes from the workspace stays.
#[utoipa::path(delete, path = "/v1/projects/{project_id}/members/{account_id}", tag = "teams",
    security(("bearer" = [])), params(("project_id" = ProjectId, Path), ("account_id" = AccountId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove_from_project(
    State(app): State<App>,
    caller: Caller,
    Ids(id, who): Ids<ProjectId, AccountId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    let (seen, own) = managed_project(&mut tx, &caller, id).await?;
    let theirs = project::own_role(&mut tx, id, who)
        .await?
        .ok_or_else(|| Error::not_found("This member"))?;
    may_let_go(own, theirs, ProjectRole::Owner)?;
    let done = Done {
        verb: "member.removed",
        before: Some(json!({ "role": theirs })),
        details: json!({ "role": theirs }),
        ..change(&caller, &app, seen.workspace, Some(id), who)
    };
    let details = json!({ "workspace": seen.workspace_name, "project": seen.name });
    let mut numbers = tell_them(&app, &mut tx, &done, NotificationKind::Removed, details).await?;
    numbers.push((done.scope(), done.happened(&mut tx).await?));
    member::remove_from_project(&mut tx, id, who).await?;
    done.ended(&app, tx, &numbers, &[who]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives up the own role in a project. Its owner cannot; a role that comes from the workspace stays.
#[utoipa::path(post, path = "/v1/projects/{project_id}/leave", tag = "teams", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn leave_project(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::ProjectsWrite)?;
    let mut tx = app.store.service(caller.account).await?;
    reach::project(&mut tx, id, caller.account, ProjectPermission::View).await?;
    project::hold(&mut tx, id).await?;
    let seen = reach::project(&mut tx, id, caller.account, ProjectPermission::View).await?;
    let Some(role) = project::own_role(&mut tx, id, caller.account).await? else {
        return Err(Error::told(
            ProblemCode::Conflict,
            "Your role in this project comes from its workspace; leave that to leave this.",
        ));
    };
    if role == ProjectRole::Owner {
        return Err(last_owner());
    }
    let done = Done {
        verb: "member.left",
        before: Some(json!({ "role": role })),
        details: json!({ "role": role }),
        ..change(&caller, &app, seen.workspace, Some(id), caller.account)
    };
    let number = (done.scope(), done.happened(&mut tx).await?);
    member::remove_from_project(&mut tx, id, caller.account).await?;
    done.ended(&app, tx, &[number], &[caller.account]).await?;
    Ok(StatusCode::NO_CONTENT)
}
