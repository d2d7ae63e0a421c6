//! `comment` with its mentions and reactions: what people say about the objects of a project.

use super::{
    notification::{object_kind, object_word},
    word::{number, person},
};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, CommentId, ProjectId, WorkspaceId};
use gameforge_wire::cloud::{Comment, ObjectKind, ObjectRef, ProblemCode, Reaction};
use sqlx::PgConnection;
use uuid::Uuid;

/// How people may react.
pub const EMOJI: &[&str] = &["👍", "👎", "🎉", "❤️", "😄", "👀", "🚀", "❓"];

/// What a route has to know of a comment before it does anything.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub id: CommentId,
    /// Where.
    pub project: ProjectId,
    /// Where.
    pub workspace: WorkspaceId,
    /// About what.
    pub object: (ObjectKind, Uuid, String),
    /// None for the first of a thread.
    pub thread: Option<CommentId>,
    /// Who said it.
    pub author: AccountId,
    /// What.
    pub body: String,
    /// Set on a first comment whose thread is settled.
    pub resolved: bool,
    /// Who removed it; none when nobody did.
    pub deleted_by: Option<AccountId>,
}

/// A comment by its id, also one that was removed, where row-level security shows it; held until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn seen(conn: &mut PgConnection, id: CommentId) -> Result<Option<Seen>> {
    let row = sqlx::query!(
        r#"
        SELECT project_id, workspace_id, comment.object_kind, comment.object_id, object_name, thread_id, author_id, body,
            resolved_at IS NOT NULL AS "resolved!", deleted_by, deleted_at
        FROM comment WHERE id = $1 FOR NO KEY UPDATE
        "#,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Seen {
            id,
            project: ProjectId::from_uuid(row.project_id),
            workspace: WorkspaceId::from_uuid(row.workspace_id),
            object: (
                object_kind(&row.object_kind)?,
                row.object_id,
                row.object_name,
            ),
            thread: row.thread_id.map(CommentId::from_uuid),
            author: AccountId::from_uuid(row.author_id),
            body: row.body,
            resolved: row.resolved,
            deleted_by: row.deleted_at.and(row.deleted_by).map(AccountId::from_uuid),
        })
    })
    .transpose()
}

/// A new comment.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// Made by the Studio.
    pub id: CommentId,
    /// Where.
    pub project: ProjectId,
    /// Where.
    pub workspace: WorkspaceId,
    /// About what.
    pub object: (ObjectKind, Uuid, &'a str),
    /// Which thread it answers.
    pub thread: Option<CommentId>,
    /// Who says it.
    pub author: AccountId,
    /// What.
    pub body: &'a str,
}

/// Keeps a comment. Whether it is new: the same one may come twice.
///
/// # Errors
/// `Conflict` when the id is somebody else's, or was for something else; when the database is away.
pub async fn create(conn: &mut PgConnection, new: &New<'_>, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO comment (id, workspace_id, project_id, object_kind, object_id, object_name, thread_id, author_id, body, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO NOTHING
        "#,
        new.id.uuid(),
        new.workspace.uuid(),
        new.project.uuid(),
        object_word(new.object.0),
        new.object.1,
        new.object.2,
        new.thread.map(CommentId::uuid),
        new.author.uuid(),
        new.body,
        now,
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(true);
    }
    let old = seen(conn, new.id).await?;
    let same = old.is_some_and(|old| {
        old.author == new.author && old.project == new.project && old.thread == new.thread
    });
    if same {
        Ok(false)
    } else {
        Err(Error::told(
            ProblemCode::Conflict,
            "There is another comment with this id; give it a new one.",
        ))
    }
}

/// Notes who is mentioned in a comment, in place of those before; who was not before.
///
/// # Errors
/// When the database is away.
pub async fn set_mentions(
    conn: &mut PgConnection,
    id: CommentId,
    workspace: WorkspaceId,
    people: &[Uuid],
) -> Result<Vec<AccountId>> {
    sqlx::query!(
        "DELETE FROM comment_mention WHERE comment_id = $1 AND account_id <> ALL ($2)",
        id.uuid(),
        people,
    )
    .execute(&mut *conn)
    .await?;
    let fresh = sqlx::query_scalar!(
        r#"
        INSERT INTO comment_mention (comment_id, workspace_id, account_id)
        SELECT $1, $2, id FROM unnest($3::uuid[]) AS id
        ON CONFLICT DO NOTHING
        RETURNING account_id
        "#,
        id.uuid(),
        workspace.uuid(),
        people,
    )
    .fetch_all(conn)
    .await?;
    Ok(fresh.into_iter().map(AccountId::from_uuid).collect())
}

/// Everybody who said something in a thread that still stands.
///
/// # Errors
/// When the database is away.
pub async fn voices(conn: &mut PgConnection, thread: CommentId) -> Result<Vec<AccountId>> {
    let voices = sqlx::query_scalar!(
        "SELECT DISTINCT author_id FROM comment WHERE (id = $1 OR thread_id = $1) AND deleted_at IS NULL",
        thread.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(voices.into_iter().map(AccountId::from_uuid).collect())
}

/// Other words.
///
/// # Errors
/// When the database is away.
pub async fn edit(
    conn: &mut PgConnection,
    id: CommentId,
    body: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE comment SET body = $2, edited_at = $3 WHERE id = $1",
        id.uuid(),
        body,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Settles a thread, or opens it again.
///
/// # Errors
/// When the database is away.
pub async fn resolve(
    conn: &mut PgConnection,
    id: CommentId,
    by: Option<(AccountId, DateTime<Utc>)>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE comment SET resolved_at = $2, resolved_by = $3 WHERE id = $1",
        id.uuid(),
        by.map(|(_, at)| at),
        by.map(|(account, _)| account.uuid()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts a comment into the bin, or takes it out.
///
/// # Errors
/// When the database is away.
pub async fn bin(
    conn: &mut PgConnection,
    id: CommentId,
    by: Option<(AccountId, DateTime<Utc>)>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE comment SET deleted_at = $2, deleted_by = $3 WHERE id = $1",
        id.uuid(),
        by.map(|(_, at)| at),
        by.map(|(account, _)| account.uuid()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Reacts, or takes it back; whether that changed anything.
///
/// # Errors
/// When the database is away.
pub async fn react(
    conn: &mut PgConnection,
    comment: &Seen,
    account: AccountId,
    emoji: &str,
    on: bool,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = if on {
        sqlx::query!(
            r#"
            INSERT INTO comment_reaction (comment_id, workspace_id, account_id, emoji, at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING
            "#,
            comment.id.uuid(),
            comment.workspace.uuid(),
            account.uuid(),
            emoji,
            now,
        )
        .execute(conn)
        .await?
    } else {
        sqlx::query!(
            "DELETE FROM comment_reaction WHERE comment_id = $1 AND account_id = $2 AND emoji = $3",
            comment.id.uuid(),
            account.uuid(),
            emoji,
        )
        .execute(conn)
        .await?
    };
    Ok(done.rows_affected() == 1)
}

/// Notes the number under which it was last written.
///
/// # Errors
/// When the database is away.
pub async fn stamp(conn: &mut PgConnection, id: CommentId, seq: i64) -> Result<()> {
    sqlx::query!("UPDATE comment SET seq = $2 WHERE id = $1", id.uuid(), seq)
        .execute(conn)
        .await?;
    Ok(())
}

/// Which comments of a project.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// This one alone.
    pub only: Option<CommentId>,
    /// About this object.
    pub object: Option<(ObjectKind, Uuid)>,
    /// Written after this number and, for what was written under it, after this id: to catch up, in the order of
    /// writing, removed ones included. Without it, in the order of their making, removed ones only as gaps.
    pub since: Option<(i64, Option<Uuid>)>,
    /// Made after this one.
    pub after: Option<Uuid>,
}

/// Comments of a project.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    project: ProjectId,
    which: &Which,
    limit: i64,
) -> Result<Vec<Comment>> {
    let rows = sqlx::query!(
        r#"
        SELECT comment.id, comment.object_kind, comment.object_id, object_name, thread_id, author_id, created_at,
            edited_at, resolved_at, resolved_by, deleted_at, comment.seq,
            CASE WHEN deleted_at IS NULL THEN body ELSE '' END AS "body!",
            author.display_name AS "author!", author.erased AS "author_erased!",
            resolver.display_name AS "resolver?", resolver.erased AS "resolver_erased?"
        FROM comment
            JOIN person AS author ON author.id = author_id
            LEFT JOIN person AS resolver ON resolver.id = resolved_by
        WHERE project_id = $1 AND ($2::uuid IS NULL OR comment.id = $2)
            AND ($3::text IS NULL OR (comment.object_kind = $3 AND comment.object_id = $4))
            AND ($5::bigint IS NULL OR comment.seq > $5 OR (comment.seq = $5 AND comment.id > $6))
            AND ($7::uuid IS NULL OR comment.id > $7)
            AND ($2::uuid IS NOT NULL OR $5::bigint IS NOT NULL OR deleted_at IS NULL OR EXISTS (
                SELECT FROM comment AS answer WHERE answer.thread_id = comment.id AND answer.deleted_at IS NULL))
        ORDER BY CASE WHEN $5::bigint IS NULL THEN 0 ELSE comment.seq END, comment.id
        LIMIT $8
        "#,
        project.uuid(),
        which.only.map(CommentId::uuid),
        which.object.map(|(kind, _)| object_word(kind)),
        which.object.map(|(_, id)| id),
        which.since.map(|(seq, _)| seq),
        which.since.and_then(|(_, id)| id),
        which.after,
        limit,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut comments = Vec::with_capacity(rows.len());
    for row in rows {
        let resolved_by = match (row.resolved_by, row.resolver, row.resolver_erased) {
            (Some(id), Some(name), Some(erased)) => Some(person(id, name, erased)),
            _ => None,
        };
        comments.push(Comment {
            id: CommentId::from_uuid(row.id),
            project_id: project,
            object: ObjectRef {
                kind: object_kind(&row.object_kind)?,
                id: row.object_id.to_string(),
                name: row.object_name,
            },
            thread_id: row.thread_id.map(CommentId::from_uuid),
            author: person(row.author_id, row.author, row.author_erased),
            body: row.body,
            mentions: Vec::new(),
            reactions: Vec::new(),
            created_at: row.created_at,
            edited_at: row.edited_at,
            resolved_at: row.resolved_at,
            resolved_by,
            deleted_at: row.deleted_at,
            seq: number(row.seq),
        });
    }
    add_people(conn, &mut comments).await?;
    Ok(comments)
}

/// Fills in who is mentioned and who reacted, for the comments that still stand.
async fn add_people(conn: &mut PgConnection, comments: &mut [Comment]) -> Result<()> {
    let ids: Vec<Uuid> = comments
        .iter()
        .filter(|comment| comment.deleted_at.is_none())
        .map(|comment| comment.id.uuid())
        .collect();
    let mentions = sqlx::query!(
        r#"
        SELECT comment_id, person.id AS "id!", person.display_name AS "name!", person.erased AS "erased!"
        FROM comment_mention JOIN person ON person.id = account_id
        WHERE comment_id = ANY ($1) ORDER BY comment_id, person.id
        "#,
        &ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let reactions = sqlx::query!(
        r#"
        SELECT comment_id, emoji, person.id AS "id!", person.display_name AS "name!", person.erased AS "erased!"
        FROM comment_reaction JOIN person ON person.id = account_id
        WHERE comment_id = ANY ($1) ORDER BY comment_id, at, person.id
        "#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let mut places: std::collections::HashMap<Uuid, &mut Comment> = comments
        .iter_mut()
        .map(|comment| (comment.id.uuid(), comment))
        .collect();
    for row in mentions {
        if let Some(comment) = places.get_mut(&row.comment_id) {
            comment.mentions.push(person(row.id, row.name, row.erased));
        }
    }
    for row in reactions {
        let Some(comment) = places.get_mut(&row.comment_id) else {
            continue;
        };
        let who = person(row.id, row.name, row.erased);
        match comment
            .reactions
            .iter_mut()
            .find(|reaction| reaction.emoji == row.emoji)
        {
            Some(reaction) => reaction.people.push(who),
            None => comment.reactions.push(Reaction {
                emoji: row.emoji,
                people: vec![who],
            }),
        }
    }
    Ok(())
}
