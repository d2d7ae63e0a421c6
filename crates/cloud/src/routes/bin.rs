//! The bins: what was removed and can still be taken out again.

use super::reach::{self, page};
use crate::{
    App, Result,
    http::{Caller, Id, Params},
    store::bin,
};
use axum::{Json, extract::State};
use chrono::TimeDelta;
use gameforge_domain::{
    KeyScope, ProjectId, WorkspaceId,
    access::{ProjectPermission, WorkspacePermission},
};
use gameforge_wire::cloud::{BinItem, Page, PageQuery, Problem};

/// How long the bin keeps things.
fn life(app: &App) -> TimeDelta {
    TimeDelta::from_std(app.config.bin_life).unwrap_or(TimeDelta::MAX)
}

/// The own workspaces that are in the bin.
#[utoipa::path(get, path = "/v1/bin", tag = "teams", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Page<BinItem>), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn workspaces(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<BinItem>>> {
    caller.needs(KeyScope::WorkspacesRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let found = bin::workspaces(&mut tx, caller.account, life(&app), after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.clone())))
}

/// The projects in a workspace's bin that one may take out.
#[utoipa::path(get, path = "/v1/workspaces/{workspace_id}/bin", tag = "teams", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path), PageQuery),
    responses((status = 200, body = Page<BinItem>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn projects(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<WorkspaceId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<BinItem>>> {
    caller.needs(KeyScope::ProjectsRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    reach::workspace_to(&mut tx, id, caller.account, WorkspacePermission::View).await?;
    let found = bin::projects(&mut tx, id, caller.account, life(&app), after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.clone())))
}

/// The comments in a project's bin: the own, or all of them for who moderates.
#[utoipa::path(get, path = "/v1/projects/{project_id}/bin", tag = "talk", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), PageQuery),
    responses((status = 200, body = Page<BinItem>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn comments(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<BinItem>>> {
    caller.needs(KeyScope::CommentsRead)?;
    let (after, limit) = (reach::after(&query)?, reach::limit(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let seen = reach::project(&mut tx, id, caller.account, ProjectPermission::Comment).await?;
    let of = (!seen.access.may(ProjectPermission::Moderate)).then_some(caller.account);
    let found = bin::comments(&mut tx, id, of, life(&app), after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.clone())))
}
