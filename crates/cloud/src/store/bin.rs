//! What was removed and can still be taken out again, and what goes for good when its time is over.

use super::word::person;
use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{AccountId, ProjectId, WorkspaceId};
use gameforge_wire::cloud::BinItem;
use sqlx::PgConnection;
use uuid::Uuid;

/// A row as every list of the bin gives it.
struct Row {
    id: Uuid,
    name: String,
    deleted_at: DateTime<Utc>,
    by: Option<Uuid>,
    by_name: Option<String>,
    by_erased: Option<bool>,
}

fn item(kind: &str, row: Row, life: TimeDelta) -> BinItem {
    let deleted_by = match (row.by, row.by_name, row.by_erased) {
        (Some(id), Some(name), Some(erased)) => Some(person(id, name, erased)),
        _ => None,
    };
    BinItem {
        kind: kind.to_owned(),
        id: row.id.to_string(),
        name: row.name,
        deleted_by,
        deleted_at: row.deleted_at,
        purge_after: row.deleted_at + life,
    }
}

/// The workspaces in the bin that a person owns, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn workspaces(
    conn: &mut PgConnection,
    account: AccountId,
    life: TimeDelta,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BinItem>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT workspace.id, name, deleted_at AS "deleted_at!", deleted_by AS by, person.display_name AS "by_name?",
            person.erased AS "by_erased?"
        FROM workspace
            JOIN workspace_member AS own ON own.workspace_id = workspace.id AND own.account_id = $1 AND own.role = 'owner'
            LEFT JOIN person ON person.id = deleted_by
        WHERE deleted_at IS NOT NULL AND ($2::uuid IS NULL OR workspace.id > $2)
        ORDER BY workspace.id
        LIMIT $3
        "#,
        account.uuid(),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| item("workspace", row, life))
        .collect())
}

/// The projects in a workspace's bin that a person may take out: those owned, all of them for the workspace's owners.
///
/// # Errors
/// When the database is away.
pub async fn projects(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    account: AccountId,
    life: TimeDelta,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BinItem>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT project.id, name, deleted_at AS "deleted_at!", deleted_by AS by, person.display_name AS "by_name?",
            person.erased AS "by_erased?"
        FROM project LEFT JOIN person ON person.id = deleted_by
        WHERE project.workspace_id = $1 AND deleted_at IS NOT NULL AND ($3::uuid IS NULL OR project.id > $3)
            AND (EXISTS (SELECT FROM project_member AS own
                    WHERE own.project_id = project.id AND own.account_id = $2 AND own.role = 'owner')
                OR EXISTS (SELECT FROM workspace_member AS own
                    WHERE own.workspace_id = $1 AND own.account_id = $2 AND own.role = 'owner'))
        ORDER BY project.id
        LIMIT $4
        "#,
        workspace.uuid(),
        account.uuid(),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| item("project", row, life))
        .collect())
}

/// The comments in a project's bin: a person's own, or everybody's for who moderates.
///
/// # Errors
/// When the database is away.
pub async fn comments(
    conn: &mut PgConnection,
    project: ProjectId,
    of: Option<AccountId>,
    life: TimeDelta,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BinItem>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT comment.id, left(body, 80) AS "name!", deleted_at AS "deleted_at!", deleted_by AS by,
            person.display_name AS "by_name?", person.erased AS "by_erased?"
        FROM comment LEFT JOIN person ON person.id = deleted_by
        WHERE project_id = $1 AND deleted_at IS NOT NULL AND body <> '' AND ($3::uuid IS NULL OR comment.id > $3)
            AND ($2::uuid IS NULL OR (author_id = $2 AND deleted_by = $2))
        ORDER BY comment.id
        LIMIT $4
        "#,
        project.uuid(),
        of.map(AccountId::uuid),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| item("comment", row, life))
        .collect())
}

/// How much went for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Workspaces, with all that was in them.
    pub workspaces: u64,
    /// Projects, with all that was in them.
    pub projects: u64,
    /// Comments; one that others answered stays as an empty gap and counts too.
    pub comments: u64,
}

/// Removes for good what was put into the bin before a time. For the worker's role.
///
/// # Errors
/// When the database is away.
pub async fn purge(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<Purged> {
    let mut purged = Purged::default();
    let projects = sqlx::query_scalar!(
        r#"
        DELETE FROM project USING workspace
        WHERE workspace.id = project.workspace_id AND (project.deleted_at < $1 OR workspace.deleted_at < $1)
        RETURNING project.id
        "#,
        before
    )
    .fetch_all(&mut *conn)
    .await?;
    let workspaces = sqlx::query_scalar!(
        "DELETE FROM workspace WHERE deleted_at < $1 RETURNING id",
        before
    )
    .fetch_all(&mut *conn)
    .await?;
    purged.projects = u64::try_from(projects.len()).unwrap_or(u64::MAX);
    purged.workspaces = u64::try_from(workspaces.len()).unwrap_or(u64::MAX);
    let scopes: Vec<Uuid> = projects.into_iter().chain(workspaces).collect();
    sqlx::query!("DELETE FROM scope WHERE id = ANY ($1)", &scopes)
        .execute(&mut *conn)
        .await?;
    let gaps = sqlx::query!(
        r#"
        UPDATE comment SET body = '' WHERE deleted_at < $1 AND body <> ''
            AND EXISTS (SELECT FROM comment AS answer
                WHERE answer.thread_id = comment.id AND (answer.deleted_at IS NULL OR answer.deleted_at >= $1))
        "#,
        before,
    )
    .execute(&mut *conn)
    .await?;
    let gone = sqlx::query!(
        r#"
        DELETE FROM comment WHERE deleted_at < $1
            AND NOT EXISTS (SELECT FROM comment AS answer
                WHERE answer.thread_id = comment.id AND (answer.deleted_at IS NULL OR answer.deleted_at >= $1))
        "#,
        before,
    )
    .execute(conn)
    .await?;
    purged.comments = gaps.rows_affected() + gone.rows_affected();
    Ok(purged)
}
