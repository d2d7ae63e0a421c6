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
    Comment, CommentQuery, CommentRequest, NotificationKind, ObjectKind, Page, PageQuery,
    PeopleQuery, Person, Problem,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Characters of a comment.
pub(super) const MOST_BODY: usize = 10_000;

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
    if let Some(thread) = request.thread_id {
        check_thread(&mut tx, &seen, thread, request.object.kind, object).await?;
    }
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
    within_quota(&mut tx, &seen, now).await?;
    let mut people = mentions(&mut tx, &seen, request.id, &body).await?;
    people.extend(concerned(&mut tx, id, request.thread_id).await?);
    let about = About {
        project: &seen,
        comment: request.id,
        object: (request.object.kind, object, &name),
    };
    let told = tell(&app, &mut tx, caller.account, people, &about.news(now)).await?;
    let done = Done {
        verb: if request.thread_id.is_some() {
            "comment.answered"
        } else {
            "comment.written"
        },
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

/// Makes sure that the day's quota holds, the comment that was just kept included.
async fn within_quota(
    conn: &mut PgConnection,
    project: &project::Seen,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(plan) = &project.plan else {
        return Ok(());
    };
    let resource = "comments_a_day";
    let most = quota::most(conn, plan, resource).await?;
    let used = quota::used(conn, project.workspace.uuid(), resource, now).await?;
    quota::check_used(used - 1, most, resource)
}

/// Whom a new comment concerns besides those who are mentioned: everybody who spoke in its thread; of a new thread,
/// the project's owners.
async fn concerned(
    conn: &mut PgConnection,
    project: ProjectId,
    thread: Option<CommentId>,
) -> Result<Vec<(AccountId, NotificationKind)>> {
    let (people, kind) = match thread {
        Some(thread) => {
            let voices = comment::voices(conn, thread).await?;
            (
                still_there(conn, project, &voices).await?,
                NotificationKind::Reply,
            )
        }
        None => (
            member::project_owners(conn, project).await?,
            NotificationKind::Comment,
        ),
    };
    Ok(people.into_iter().map(|who| (who, kind)).collect())
}

pub(super) async fn read_one(
    conn: &mut PgConnection,
    project: ProjectId,
    id: CommentId,
) -> Result<Comment> {
    let which = Which {
        only: Some(id),
        ..Which::default()
    };
    let mut found = comment::list(conn, project, &which, 1).await?;
    found.pop().ok_or_else(|| Error::not_found("This comment"))
}

/// Makes sure that what is answered is the first comment of a thread about the same object.
async fn check_thread(
    conn: &mut PgConnection,
    project: &project::Seen,
    id: CommentId,
    kind: ObjectKind,
    object: Uuid,
) -> Result<()> {
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
    Ok(())
}

/// Notes who is mentioned, of those who see the project; who was not before.
pub(super) async fn mentions(
    conn: &mut PgConnection,
    project: &project::Seen,
    id: CommentId,
    body: &str,
) -> Result<Vec<(AccountId, NotificationKind)>> {
    let named = mention::ids(body);
    let known = if named.is_empty() {
        Vec::new()
    } else {
        let most = i64::try_from(mention::MOST).unwrap_or(i64::MAX);
        member::who_see(conn, project.id, Some(&named), "", most).await?
    };
    let known: Vec<Uuid> = known.into_iter().map(|person| person.id.uuid()).collect();
    let fresh = comment::set_mentions(conn, id, project.workspace, &known).await?;
    let told = fresh
        .into_iter()
        .map(|who| (who, NotificationKind::Mention));
    Ok(told.collect())
}

/// Those of some people who still see the project.
pub(super) async fn still_there(
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
pub(super) struct About<'a> {
    pub project: &'a project::Seen,
    pub comment: CommentId,
    pub object: (ObjectKind, Uuid, &'a str),
}

impl About<'_> {
    pub fn news(&self, at: DateTime<Utc>) -> News {
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
pub(super) fn change<'a>(
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
