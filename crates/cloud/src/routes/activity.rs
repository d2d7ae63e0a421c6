//! What happened in a project and to its objects.

use super::reach::{self, page};
use crate::{
    App, Error, Result,
    http::{Caller, Id, Params},
    store::activity,
};
use axum::{Json, extract::State};
use gameforge_domain::{KeyScope, ProjectId, access::ProjectPermission};
use gameforge_wire::cloud::{Activity, ActivityQuery, Page, PageQuery, Problem};

/// What happened in a project, the newest first; about one object when it is named.
#[utoipa::path(get, path = "/v1/projects/{project_id}/activity", tag = "talk", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), ActivityQuery),
    responses((status = 200, body = Page<Activity>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn of_project(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Params(query): Params<ActivityQuery>,
) -> Result<Json<Page<Activity>>> {
    caller.needs(KeyScope::ProjectsRead)?;
    let object = query
        .object_id
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::invalid("object_id", "is not an id"))?;
    let part = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let (before, limit) = (before(&part)?, reach::limit(&part)?);
    let mut tx = app.store.service_read(caller.account).await?;
    reach::project(&mut tx, id, caller.account, ProjectPermission::View).await?;
    let found = activity::list(&mut tx, id.uuid(), object, before, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, cursor)))
}

/// Where a page of activity ends.
pub(super) fn cursor(last: &Activity) -> String {
    format!("{}.{}", last.seq, last.part)
}

/// Where the next one begins.
pub(super) fn before(query: &PageQuery) -> Result<Option<(i64, i32)>> {
    let Some(text) = query.after.as_deref() else {
        return Ok(None);
    };
    let (seq, part) = text.split_once('.').unwrap_or((text, "0"));
    Ok(Some((reach::cursor(seq)?, reach::cursor(part)?)))
}
