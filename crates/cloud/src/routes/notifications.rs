//! What a person should know: the list, what of it is read, and how they want to be told.

use super::reach::{self, page};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Params},
    store::{invitation, notification, scope, word::count},
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{KeyScope, NotificationId};
use gameforge_wire::cloud::{
    Notification, NotificationPreference, NotificationQuery, Page, PageQuery, Problem, ReadAll,
    Unread,
};

/// One's notifications, the newest first.
#[utoipa::path(get, path = "/v1/notifications", tag = "talk", security(("bearer" = [])), params(NotificationQuery),
    responses((status = 200, body = Page<Notification>), (status = 401, body = Problem),
        (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<NotificationQuery>,
) -> Result<Json<Page<Notification>>> {
    caller.needs(KeyScope::Notifications)?;
    let part = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let (before, limit) = (reach::after(&part)?, reach::limit(&part)?);
    let mut tx = app.store.service_read(caller.account).await?;
    let found =
        notification::list(&mut tx, caller.account, query.unread, before, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(page(found, limit, |it| it.id.to_string())))
}

/// How many are not read, and how many invitations wait.
#[utoipa::path(get, path = "/v1/notifications/unread", tag = "talk", security(("bearer" = [])),
    responses((status = 200, body = Unread), (status = 401, body = Problem)))]
pub async fn unread(State(app): State<App>, caller: Caller) -> Result<Json<Unread>> {
    caller.needs(KeyScope::Notifications)?;
    let mut tx = app.store.worker().await?;
    let notifications = notification::unread(&mut tx, caller.account).await?;
    let now = app.clock.now();
    let invitations = invitation::offers(&mut tx, caller.account, now, None, 200).await?;
    tx.commit().await?;
    Ok(Json(Unread {
        notifications,
        invitations: count(i64::try_from(invitations.len()).unwrap_or(i64::MAX)),
        account_id: caller.account,
    }))
}

/// Marks one as read.
#[utoipa::path(post, path = "/v1/notifications/{notification_id}/read", tag = "talk", security(("bearer" = [])),
    params(("notification_id" = NotificationId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn read_one(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<NotificationId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::Notifications)?;
    mark(&app, &caller, Some(id), None).await
}

/// Marks all as read.
#[utoipa::path(post, path = "/v1/notifications/read", tag = "talk", security(("bearer" = [])), request_body = ReadAll,
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn read_all(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<ReadAll>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::Notifications)?;
    mark(&app, &caller, None, request.up_to).await
}

async fn mark(
    app: &App,
    caller: &Caller,
    only: Option<NotificationId>,
    up_to: Option<NotificationId>,
) -> Result<StatusCode> {
    let mut tx = app.store.service(caller.account).await?;
    if let Some(id) = only
        && !notification::is_there(&mut tx, caller.account, id).await?
    {
        return Err(Error::not_found("This notification"));
    }
    let now = app.clock.now();
    let marked = notification::mark(&mut tx, caller.account, only, up_to, now).await?;
    let mut seq = None;
    if marked > 0 {
        // The person's other devices show the same count.
        seq = Some(scope::next(&mut tx, caller.account.uuid()).await?);
    }
    tx.commit().await?;
    if let Some(seq) = seq {
        app.poke(caller.account.uuid(), seq);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// How one wants to be told, of every kind.
#[utoipa::path(get, path = "/v1/notifications/preferences", tag = "talk", security(("bearer" = [])),
    responses((status = 200, body = Vec<NotificationPreference>), (status = 401, body = Problem)))]
pub async fn preferences(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Vec<NotificationPreference>>> {
    caller.needs(KeyScope::Notifications)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let wishes = notification::wishes(&mut tx, caller.account).await?;
    tx.commit().await?;
    Ok(Json(wishes))
}

/// Says how one wants to be told of some kinds; the others stay.
#[utoipa::path(put, path = "/v1/notifications/preferences", tag = "talk", security(("bearer" = [])),
    request_body = Vec<NotificationPreference>,
    responses((status = 200, body = Vec<NotificationPreference>), (status = 401, body = Problem),
        (status = 422, body = Problem)))]
pub async fn set_preferences(
    State(app): State<App>,
    caller: Caller,
    Body(wishes): Body<Vec<NotificationPreference>>,
) -> Result<Json<Vec<NotificationPreference>>> {
    caller.needs(KeyScope::Notifications)?;
    if wishes.len() > notification::KINDS.len() {
        return Err(Error::invalid("body", "names a kind twice"));
    }
    let mut tx = app.store.service(caller.account).await?;
    for wish in &wishes {
        notification::wish(&mut tx, caller.account, wish).await?;
    }
    let wishes = notification::wishes(&mut tx, caller.account).await?;
    tx.commit().await?;
    Ok(Json(wishes))
}
