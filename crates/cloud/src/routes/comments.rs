//! Comments: what people say about the objects of a project.

use super::{
    done::Done,
    reach::{self, page},
};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Params},
    rules::{mention, text},
    store::{
        comment::{self, Which},
        member, project, quota,
    },
    tell::{News, tell},
};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, CommentId, KeyScope, ProjectId, access::ProjectPermission};
use gameforge_wire::cloud::{
    Comment, CommentChange, CommentQuery, CommentRequest, NotificationKind, ObjectKind, Page,
    PageQuery, PeopleQuery, Person, Problem, ReactionRequest,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Characters of a comment.
const MOST_BODY: usize = 10_000;

/// The comments of a project, of one of its objects, or those that are new since a number.
#[utoipa::path(get, path = "/v1/projects/{project_id}/comments", tag = "talk", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), CommentQuery),
    responses((status = 200, body = Page<Comment>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Params(query): Params<CommentQuery>,
) -> Result<Json<Page<Comment>>> {
    caller.needs(KeyScope::CommentsRead)?;
    let (which, limit) = which(&query)?;
    let mut tx = app.store.service_read(caller.account).await?;
    reach::project(&mut tx, id, caller.account, ProjectPermission::View).await?;
    let found = comment::list(&mut tx, id, &which, limit + 1).await?;
    tx.commit().await?;
    let catching_up = which.since.is_some();
    Ok(Json(page(found, limit, |it| {
        if catching_up {
            format!("{}.{}", it.seq, it.id)
        } else {
            it.id.to_string()
        }
    })))
}

fn which(query: &CommentQuery) -> Result<(Which, i64)> {
    let part = PageQuery {
        after: query.after.clone(),
        limit: query.limit,
    };
    let limit = reach::limit(&part)?;
    let object = match (query.object_kind, query.object_id.as_deref()) {
        (Some(kind), Some(id)) => Some((kind, object_id(id)?)),
        (None, None) => None,
        _ => {
            return Err(Error::invalid(
                "object_id",
                "an object is named by kind and id together",
            ));
        }
    };
    let mut which = Which {
        object,
        ..Which::default()
    };
    match (query.since.as_deref(), query.after.as_deref()) {
        (None, _) => which.after = reach::after(&part)?,
        (Some(since), None) => {
            let since = since
                .parse()
                .map_err(|_| Error::invalid("since", "is not a number"))?;
            which.since = Some((since, None));
        }
        (Some(_), Some(after)) => {
            let (seq, id) = after
                .split_once('.')
                .ok_or_else(|| Error::invalid("after", "is not of this list"))?;
            which.since = Some((reach::cursor(seq)?, Some(reach::cursor(id)?)));
        }
    }
    Ok((which, limit))
}

fn object_id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::invalid("object.id", "is not an id"))
}

/// Whom one can mention in a project: those who see it.
#[utoipa::path(get, path = "/v1/projects/{project_id}/people", tag = "talk", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path), PeopleQuery),
    responses((status = 200, body = Vec<Person>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn people(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Params(query): Params<PeopleQuery>,
) -> Result<Json<Vec<Person>>> {
    caller.needs(KeyScope::CommentsRead)?;
    let typed = text::read("text", &query.text, 80)?;
    let limit = reach::limit(&PageQuery {
        after: None,
        limit: Some(query.limit.unwrap_or(10)),
    })?;
    let mut tx = app.store.service_read(caller.account).await?;
    reach::project(&mut tx, id, caller.account, ProjectPermission::Comment).await?;
    let found = member::who_see(&mut tx, id, None, &typed, limit).await?;
    tx.commit().await?;
    Ok(Json(found))
}

/// Says something. The same comment sent twice is one.
#[utoipa::path(post, path = "/v1/projects/{project_id}/comments", tag = "talk", security(("bearer" = [])),
    params(("project_id" = ProjectId, Path)), request_body = CommentRequest,
    responses((status = 200, body = Comment, description = "It was there already"), (status = 201, body = Comment),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn write(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ProjectId>,
    Body(request): Body<CommentRequest>,
) -> Result<(StatusCode, Json<Comment>)> {
    caller.needs(KeyScope::CommentsWrite)?;
    let body = text::needed("body", &request.body, MOST_BODY)?;
    let name = text::read("object.name", &request.object.name, 255)?;
    let object = object_id(&request.object.id)?;
    if request.id.uuid().get_version_num() != 7 {
        return Err(Error::invalid("id", "is not a UUID of version 7"));
    }
    if request.object.kind == ObjectKind::Project && object != id.uuid() {
        return Err(Error::invalid("object.id", "is not this project"));
    }
    let now = app.clock.now();
    let mut tx = app.store.service(caller.account).await?;
    let seen = reach::project(&mut tx, id, caller.account, ProjectPermission::Comment).await?;
    let thread = match request.thread_id {
        Some(thread) => Some(thread_of(&mut tx, &seen, thread, request.object.kind, object).await?),
        None => None,
    };
    let new = comment::New {
        id: request.id,
        project: id,
        workspace: seen.workspace,
        object: (request.object.kind, object, &name),
        thread: request.thread_id,
        author: caller.account,
        body: &body,
    };
    if !comment::create(&mut tx, &new, now).await? {
        let old = read_one(&mut tx, id, request.id).await?;
        tx.commit().await?;
        return Ok((StatusCode::OK, Json(old)));
    }
    if let Some(plan) = &seen.plan {
        // The new one is counted too.
        let resource = "comments_a_day";
        let most = quota::most(&mut tx, plan, resource).await?;
        let used = quota::used(&mut tx, seen.workspace.uuid(), resource, now).await?;
        quota::check_used(used - 1, most, resource)?;
    }
    let mentioned = mentions(&mut tx, &seen, request.id, &body).await?;
    let mut people: Vec<_> = mentioned
        .into_iter()
        .map(|who| (who, NotificationKind::Mention))
        .collect();
    match &thread {
        Some(thread) => {
            let voices = comment::voices(&mut tx, thread.id).await?;
            let voices = still_there(&mut tx, id, &voices).await?;
            people.extend(voices.into_iter().map(|who| (who, NotificationKind::Reply)));
        }
        None => {
            let owners = member::project_owners(&mut tx, id).await?;
            people.extend(owners.into_iter().map(|who| (who, NotificationKind::Comment)));
        }
    }
    let about = About {
        project: &seen,
        comment: request.id,
        object: (request.object.kind, object, &name),
    };
    let told = tell(&app, &mut tx, caller.account, people, &about.news(now)).await?;
    let done = Done {
        verb: if thread.is_some() { "comment.answered" } else { "comment.written" },
        details: json!({ "comment": request.id, "thread": request.thread_id, "name": name }),
        ..change(&caller, now, &seen, (request.object.kind, object))
    };
    let seq = done.happened(&mut tx).await?;
    comment::stamp(&mut tx, request.id, seq).await?;
    let made = read_one(&mut tx, id, request.id).await?;
    tx.commit().await?;
    app.poke(id.uuid(), seq);
    app.poke_all(&told);
    Ok((StatusCode::CREATED, Json(made)))
}

async fn read_one(conn: &mut PgConnection, project: ProjectId, id: CommentId) -> Result<Comment> {
    let which = Which {
        only: Some(id),
        ..Which::default()
    };
    let mut found = comment::list(conn, project, &which, 1).await?;
    found.pop().ok_or_else(|| Error::not_found("This comment"))
}

/// The first comment of the thread that is answered.
async fn thread_of(
    conn: &mut PgConnection,
    project: &project::Seen,
    id: CommentId,
    kind: ObjectKind,
    object: Uuid,
) -> Result<comment::Seen> {
    let thread = comment::seen(conn, id)
        .await?
        .filter(|thread| thread.project == project.id)
        .ok_or_else(|| Error::invalid("thread_id", "is not a comment of this project"))?;
    if thread.thread.is_some() {
        return Err(Error::invalid(
            "thread_id",
            "is an answer itself; answer the first comment of its thread",
        ));
    }
    if (thread.object.0, thread.object.1) != (kind, object) {
        return Err(Error::invalid(
            "object",
            "is another one than that of the thread",
        ));
    }
    Ok(thread)
}

/// Notes who is mentioned, of those who see the project; who was not before.
async fn mentions(
    conn: &mut PgConnection,
    project: &project::Seen,
    id: CommentId,
    body: &str,
) -> Result<Vec<AccountId>> {
    let named = mention::ids(body);
    let known = if named.is_empty() {
        Vec::new()
    } else {
        let most = i64::try_from(mention::MOST).unwrap_or(i64::MAX);
        member::who_see(conn, project.id, Some(&named), "", most).await?
    };
    let known: Vec<Uuid> = known.into_iter().map(|person| person.id.uuid()).collect();
    comment::set_mentions(conn, id, project.workspace, &known).await
}

/// Those of some people who still see the project.
async fn still_there(
    conn: &mut PgConnection,
    project: ProjectId,
    people: &[AccountId],
) -> Result<Vec<AccountId>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.uuid()).collect();
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let there = member::who_see(conn, project, Some(&ids), "", most).await?;
    Ok(there.into_iter().map(|person| person.id).collect())
}

/// What a notification about a comment says.
struct About<'a> {
    project: &'a project::Seen,
    comment: CommentId,
    object: (ObjectKind, Uuid, &'a str),
}

impl About<'_> {
    fn news(&self, at: DateTime<Utc>) -> News {
        News {
            workspace: Some(self.project.workspace),
            project: Some(self.project.id),
            object: Some((self.object.0, self.object.1)),
            comment: Some(self.comment),
            details: json!({
                "workspace": self.project.workspace_name, "project": self.project.name, "object_name": self.object.2,
            }),
            at,
        }
    }
}

/// A change about an object of a project.
fn change<'a>(
    caller: &'a Caller,
    now: DateTime<Utc>,
    project: &project::Seen,
    object: (ObjectKind, Uuid),
) -> Done<'a> {
    Done {
        caller,
        now,
        workspace: project.workspace,
        project: Some(project.id),
        verb: "",
        kind: crate::store::notification::object_word(object.0),
        object: object.1,
        before: None,
        after: None,
        details: json!({}),
    }
}

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
        reach::may_project(&project, ProjectPermission::Comment)?;
        if old.author != caller.account {
            return Err(Error::forbidden("Only its author changes a comment's words."));
        }
        if body != old.body {
            comment::edit(&mut tx, id, body, now).await?;
            let fresh = mentions(&mut tx, &project, id, body).await?;
            people.extend(fresh.into_iter().map(|who| (who, NotificationKind::Mention)));
            verb = Some("comment.edited");
        }
    }
    if let Some(resolved) = request.resolved {
        reach::may_project(&project, ProjectPermission::Edit)?;
        if old.thread.is_some() {
            return Err(Error::invalid(
                "resolved",
                "is for the first comment of a thread",
            ));
        }
        if resolved != old.resolved {
            comment::resolve(&mut tx, id, resolved.then_some((caller.account, now))).await?;
            if resolved {
                let author = still_there(&mut tx, project.id, &[old.author]).await?;
                people.extend(author.into_iter().map(|who| (who, NotificationKind::Resolved)));
            }
            verb = Some(if resolved { "thread.resolved" } else { "thread.reopened" });
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
    let changed =
        comment::react(&mut tx, &old, caller.account, &request.emoji, request.on, now).await?;
    let mut seq = None;
    if changed {
        let next = crate::store::scope::next(&mut tx, project.id.uuid()).await?;
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
        verb: if into { "comment.removed" } else { "comment.restored" },
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
