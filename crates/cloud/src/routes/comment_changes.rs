//! What is done to a comment once it is there: other words, settling its thread, reactions, the bin.

use super::{
    comments::{About, MOST_BODY, change, mentions, read_one, still_there},
    done::Done,
    reach,
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id},
    rules::text,
    store::{comment, project, scope},
    tell::tell,
};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use gameforge_domain::{CommentId, KeyScope, access::ProjectPermission};
use gameforge_wire::cloud::{Comment, CommentChange, NotificationKind, Problem, ReactionRequest};
use serde_json::json;
use sqlx::PgConnection;

/// A comment that the person sees, with its project.
async fn reached(
    conn: &mut PgConnection,
    caller: &Caller,
    id: CommentId,
) -> Result<(comment::Seen, project::Seen)> {
    let missing = || Error::not_found("This comment");
    let comment = comment::seen(conn, id).await?.ok_or_else(missing)?;
    let project = project::seen(conn, comment.project, caller.account)
        .await?
        .filter(|seen| seen.deleted_at.is_none())
        .ok_or_else(missing)?;
    Ok((comment, project))
}

/// Changes the own words, or settles a thread or opens it again.
#[utoipa::path(patch, path = "/v1/comments/{comment_id}", tag = "talk", security(("bearer" = [])),
    params(("comment_id" = CommentId, Path)), request_body = CommentChange,
    responses((status = 200, body = Comment), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<CommentId>,
    Body(request): Body<CommentChange>,
) -> Result<Json<Comment>> {
    caller.needs(KeyScope::CommentsWrite)?;
    let body = request
        .body
        .as_deref()
        .map(|body| text::needed("body", body, MOST_BODY))
        .transpose()?;
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let (old, project) = reached(&mut tx, &caller, id).await?;
    if old.deleted_by.is_some() {
        return Err(Error::not_found("This comment"));
    }
    let object = (old.object.0, old.object.1, old.object.2.as_str());
    let about = About {
        project: &project,
        comment: id,
        object,
    };
    let mut people = Vec::new();
    let mut verb = None;
    if let Some(body) = body.as_deref() {
        may_edit(&caller, &old, &project)?;
        if body != old.body {
            comment::edit(&mut tx, id, body, now).await?;
            people.extend(mentions(&mut tx, &project, id, body).await?);
            verb = Some("comment.edited");
        }
    }
    if let Some(resolved) = request.resolved {
        reach::may_project(&project, ProjectPermission::Edit)?;
        if settle(&mut tx, &caller, &old, resolved, now).await? {
            let author = still_there(&mut tx, project.id, &[old.author]).await?;
            let author = author.into_iter().filter(|_| resolved);
            people.extend(author.map(|who| (who, NotificationKind::Resolved)));
            verb = Some(if resolved {
                "thread.resolved"
            } else {
                "thread.reopened"
            });
        }
    }
    let Some(verb) = verb else {
        let unchanged = read_one(&mut tx, project.id, id).await?;
        tx.commit().await?;
        return Ok(Json(unchanged));
    };
    let told = tell(&app, &mut tx, caller.account, people, &about.news(now)).await?;
    let done = Done {
        verb,
        details: json!({ "comment": id, "thread": old.thread, "name": object.2 }),
        ..change(&caller, now, &project, (object.0, object.1))
    };
    let seq = done.happened(&mut tx).await?;
    comment::stamp(&mut tx, id, seq).await?;
    let made = read_one(&mut tx, project.id, id).await?;
    tx.commit().await?;
    app.poke(project.id.uuid(), seq);
    app.poke_all(&told);
    Ok(Json(made))
}

fn may_edit(caller: &Caller, old: &comment::Seen, project: &project::Seen) -> Result<()> {
    reach::may_project(project, ProjectPermission::Comment)?;
    if old.author != caller.account {
        return Err(Error::forbidden(
            "Only its author changes a comment's words.",
        ));
    }
    Ok(())
}

/// Settles a thread or opens it again; whether that changed anything.
async fn settle(
    conn: &mut PgConnection,
    caller: &Caller,
    first: &comment::Seen,
    resolved: bool,
    now: DateTime<Utc>,
) -> Result<bool> {
    if first.thread.is_some() {
        return Err(Error::invalid(
            "resolved",
            "is for the first comment of a thread",
        ));
    }
    if resolved != first.resolved {
        comment::resolve(conn, first.id, resolved.then_some((caller.account, now))).await?;
    }
    Ok(resolved != first.resolved)
}

/// Reacts to a comment, or takes that back.
#[utoipa::path(put, path = "/v1/comments/{comment_id}/reactions", tag = "talk", security(("bearer" = [])),
    params(("comment_id" = CommentId, Path)), request_body = ReactionRequest,
    responses((status = 200, body = Comment), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn react(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<CommentId>,
    Body(request): Body<ReactionRequest>,
) -> Result<Json<Comment>> {
    caller.needs(KeyScope::CommentsWrite)?;
    if !comment::EMOJI.contains(&request.emoji.as_str()) {
        return Err(Error::invalid(
            "emoji",
            format!("should be one of {}", comment::EMOJI.join(" ")),
        ));
    }
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let (old, project) = reached(&mut tx, &caller, id).await?;
    if old.deleted_by.is_some() {
        return Err(Error::not_found("This comment"));
    }
    reach::may_project(&project, ProjectPermission::Comment)?;
    let changed = comment::react(
        &mut tx,
        &old,
        caller.account,
        &request.emoji,
        request.on,
        now,
    )
    .await?;
    let mut seq = None;
    if changed {
        let next = scope::next(&mut tx, project.id.uuid()).await?;
        comment::stamp(&mut tx, id, next).await?;
        seq = Some(next);
    }
    let made = read_one(&mut tx, project.id, id).await?;
    tx.commit().await?;
    if let Some(seq) = seq {
        app.poke(project.id.uuid(), seq);
    }
    Ok(Json(made))
}

/// Removes a comment: the own, or somebody else's as a moderator. While others answered it, a gap stays.
#[utoipa::path(delete, path = "/v1/comments/{comment_id}", tag = "talk", security(("bearer" = [])),
    params(("comment_id" = CommentId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<CommentId>,
) -> Result<StatusCode> {
    caller.needs(KeyScope::CommentsWrite)?;
    bin(&app, &caller, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a comment out of the bin: what one removed oneself, or anything as a moderator.
#[utoipa::path(post, path = "/v1/comments/{comment_id}/restore", tag = "talk", security(("bearer" = [])),
    params(("comment_id" = CommentId, Path)),
    responses((status = 200, body = Comment), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<CommentId>,
) -> Result<Json<Comment>> {
    caller.needs(KeyScope::CommentsWrite)?;
    bin(&app, &caller, id, false).await.map(Json)
}

async fn bin(app: &App, caller: &Caller, id: CommentId, into: bool) -> Result<Comment> {
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let (old, project) = reached(&mut tx, caller, id).await?;
    let moderates = project.access.may(ProjectPermission::Moderate);
    let own = old.author == caller.account
        && project.access.may(ProjectPermission::Comment)
        && old.deleted_by.is_none_or(|by| by == caller.account);
    // Removed, it is there for those alone who may take it out; emptied, it is gone for good.
    let is_gone = old.deleted_by.is_some() && (into || old.body.is_empty() || !(own || moderates));
    if is_gone {
        return Err(Error::not_found("This comment"));
    }
    if !own && !moderates {
        return Err(Error::forbidden("This comment is somebody else's."));
    }
    if into == old.deleted_by.is_some() {
        let unchanged = read_one(&mut tx, project.id, id).await?;
        tx.commit().await?;
        return Ok(unchanged);
    }
    comment::bin(&mut tx, id, into.then_some((caller.account, now))).await?;
    let done = Done {
        verb: if into {
            "comment.removed"
        } else {
            "comment.restored"
        },
        details: json!({ "comment": id, "thread": old.thread, "name": old.object.2 }),
        before: Some(json!({ "comment": id, "author": old.author })),
        ..change(caller, now, &project, (old.object.0, old.object.1))
    };
    let seq = done.happened(&mut tx).await?;
    comment::stamp(&mut tx, id, seq).await?;
    let made = read_one(&mut tx, project.id, id).await?;
    if old.author != caller.account {
        // What a moderator does to others' words is an administrative act.
        done.audited(&mut tx).await?;
    }
    tx.commit().await?;
    app.poke(project.id.uuid(), seq);
    Ok(made)
}
