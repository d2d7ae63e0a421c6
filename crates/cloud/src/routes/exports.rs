//! All of a person's own data as a package. Asking for one needs a fresh proof, as does fetching it: it is everything.

use super::reach;
use crate::{
    App, Error, Result,
    http::{AnyCaller, Id, Params},
    jobs::Work,
    store::{
        self,
        audit::{Act, Actor},
        data_export,
    },
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use gameforge_domain::DataExportId;
use gameforge_wire::cloud::{DataExport, Page, PageQuery, Problem, ProblemCode};

/// Asks for a package; a letter says when it is there.
#[utoipa::path(post, path = "/v1/account/exports", tag = "account", security(("bearer" = [])),
    responses((status = 202, body = DataExport), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn ask(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
) -> Result<(StatusCode, Json<DataExport>)> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let id = DataExportId::from_uuid(app.new_id());
    let mut tx = app.store.worker().await?;
    if !data_export::ask(&mut tx, id, caller.account, now).await? {
        return Err(Error::told(
            ProblemCode::Conflict,
            "A package is being made already, or three were made today; look into the list.",
        ));
    }
    store::job::enqueue(&mut tx, app.new_id(), now, &Work::Export { export: id }).await?;
    let mut made = data_export::list(&mut tx, caller.account, Some(id), None, 1).await?;
    let act = Act {
        action: "export.asked",
        target_kind: "account",
        target_id: Some(caller.account.uuid()),
        flags: &["gdpr"],
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    let made = made.pop().ok_or_else(|| Error::not_found("This package"))?;
    Ok((StatusCode::ACCEPTED, Json(made)))
}

/// The person's packages, the newest first.
#[utoipa::path(get, path = "/v1/account/exports", tag = "account", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Page<DataExport>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<DataExport>>> {
    caller.session()?;
    let (limit, after) = (reach::limit(&query)?, reach::after(&query)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let rows = data_export::list(&mut tx, caller.account, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(reach::page(rows, limit, |row| row.id.to_string())))
}

/// The package itself, a ZIP.
#[utoipa::path(get, path = "/v1/account/exports/{export_id}/file", tag = "account", security(("bearer" = [])),
    params(("export_id" = DataExportId, Path)),
    responses((status = 200, content_type = "application/zip", description = "The package"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn file(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Id(id): Id<DataExportId>,
) -> Result<Response> {
    let now = app.clock.now();
    caller.fresh(now)?;
    let mut tx = app.store.worker().await?;
    let key = data_export::blob(&mut tx, caller.account, id, now).await?;
    let key = key.ok_or_else(|| Error::not_found("This package"))?;
    let act = Act {
        action: "export.fetched",
        target_kind: "account",
        target_id: Some(caller.account.uuid()),
        flags: &["gdpr"],
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    let read = app.blobs.read(&key).await?;
    let (size, bytes) = read.ok_or_else(|| Error::not_found("This package"))?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/zip".to_owned()),
            (header::CONTENT_LENGTH, size.to_string()),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"gameforge-data.zip\"".to_owned(),
            ),
        ],
        Body::from_stream(bytes),
    )
        .into_response())
}
