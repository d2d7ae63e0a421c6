//! `project`: a game, or a part of one, that people work on together.

use super::{
    scope,
    word::{name, number, some_word, word},
};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{
    AccountId, Name, ProjectId, WorkspaceId,
    access::{ProjectAccess, ProjectPermission, ProjectRole, Visibility, WorkspaceRole},
};
use gameforge_wire::cloud::Project;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a route has to know of a project before it does anything.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub id: ProjectId,
    /// Where.
    pub workspace: WorkspaceId,
    /// What it is called.
    pub name: Name,
    /// Who sees it.
    pub visibility: Visibility,
    /// What the person is to it, all reasons taken together.
    pub access: ProjectAccess,
    /// What the person is in the workspace.
    pub workspace_role: Option<WorkspaceRole>,
    /// The workspace's name; none for strangers who see the project because everybody may.
    pub workspace_name: Option<String>,
    /// The plan whose quotas hold; none for strangers.
    pub plan: Option<String>,
    /// Set while it is in the bin.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A project as far as a person may know of it, also one in the bin (but not one whose whole workspace is); none when
/// it is not theirs to see.
///
/// # Errors
/// When the database is away.
pub async fn seen(
    conn: &mut PgConnection,
    id: ProjectId,
    account: AccountId,
) -> Result<Option<Seen>> {
    let row = sqlx::query!(
        r#"
        SELECT workspace_id, project.name, visibility, project.deleted_at, workspace.name AS "workspace_name?",
            workspace.plan_id AS "plan?",
            (SELECT role FROM project_member AS own WHERE own.project_id = project.id AND own.account_id = $2) AS own,
            (SELECT role FROM workspace_member AS member
                WHERE member.workspace_id = project.workspace_id AND member.account_id = $2) AS member
        FROM project LEFT JOIN workspace ON workspace.id = project.workspace_id
        WHERE project.id = $1 AND workspace.deleted_at IS NULL
        "#,
        id.uuid(),
        account.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let visibility = word("project.visibility", &row.visibility)?;
    let own = some_word("project_member.role", row.own.as_deref())?;
    let workspace_role = some_word("workspace_member.role", row.member.as_deref())?;
    let Some(access) = ProjectAccess::of(own, workspace_role, visibility) else {
        return Ok(None);
    };
    Ok(Some(Seen {
        id,
        workspace: WorkspaceId::from_uuid(row.workspace_id),
        name: name("project.name", &row.name)?,
        visibility,
        access,
        workspace_role,
        workspace_name: row.workspace_name,
        plan: row.plan,
        deleted_at: row.deleted_at,
    }))
}

/// Holds a project so that nobody else changes who is in it until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConnection, id: ProjectId) -> Result<()> {
    sqlx::query!(
        "SELECT id FROM project WHERE id = $1 FOR NO KEY UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// What a new project is.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// Which.
    pub id: ProjectId,
    /// Where.
    pub workspace: WorkspaceId,
    /// What to call it.
    pub name: &'a Name,
    /// What it is about.
    pub description: &'a str,
    /// Who sees it.
    pub visibility: Visibility,
    /// For finding it.
    pub tags: &'a [String],
}

/// Makes a project with its scope and its owner.
///
/// # Errors
/// `Conflict` when the workspace has one of this name; when the database is away.
pub async fn create(
    conn: &mut PgConnection,
    new: &New<'_>,
    owner: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    scope::create(conn, new.id.uuid(), "project").await?;
    sqlx::query!(
        r#"
        INSERT INTO project (id, workspace_id, name, description, visibility, tags, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
        "#,
        new.id.uuid(),
        new.workspace.uuid(),
        new.name.as_str(),
        new.description,
        new.visibility.word(),
        new.tags,
        now,
    )
    .execute(&mut *conn)
    .await
    .map_err(named)?;
    sqlx::query!(
        r#"
        INSERT INTO project_member (project_id, workspace_id, account_id, role, joined_at)
        VALUES ($1, $2, $3, 'owner', $4)
        "#,
        new.id.uuid(),
        new.workspace.uuid(),
        owner.uuid(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says in words that a name is taken.
fn named(error: sqlx::Error) -> Error {
    let taken = error
        .as_database_error()
        .is_some_and(|error| error.constraint() == Some("project_name"));
    if taken {
        Error::told(
            gameforge_wire::cloud::ProblemCode::Conflict,
            "The workspace has a project of this name already; choose another.",
        )
    } else {
        error.into()
    }
}

/// The projects of a workspace that a person sees and that are not in the bin, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    workspace: WorkspaceId,
    only: Option<ProjectId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Project>> {
    let rows = sqlx::query!(
        r#"
        SELECT project.id, name, description, visibility, tags, settings, created_at, updated_at, project.seq,
            own.role AS "own?", member.role AS "member?"
        FROM project
            LEFT JOIN project_member AS own ON own.project_id = project.id AND own.account_id = $1
            LEFT JOIN workspace_member AS member
                ON member.workspace_id = project.workspace_id AND member.account_id = $1
        WHERE project.workspace_id = $2 AND project.deleted_at IS NULL AND ($3::uuid IS NULL OR project.id = $3)
            AND ($4::uuid IS NULL OR project.id > $4)
            AND (own.role IS NOT NULL OR member.role IN ('owner', 'admin') OR visibility = 'public'
                OR (member.role IS NOT NULL AND visibility = 'workspace'))
        ORDER BY project.id
        LIMIT $5
        "#,
        account.uuid(),
        workspace.uuid(),
        only.map(ProjectId::uuid),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let mut projects = Vec::with_capacity(rows.len());
    for row in rows {
        let visibility = word("project.visibility", &row.visibility)?;
        let own = some_word("project_member.role", row.own.as_deref())?;
        let member = some_word("workspace_member.role", row.member.as_deref())?;
        let Some(access) = ProjectAccess::of(own, member, visibility) else {
            continue;
        };
        projects.push(Project {
            id: ProjectId::from_uuid(row.id),
            workspace_id: workspace,
            name: name("project.name", &row.name)?,
            description: row.description,
            visibility,
            tags: row.tags,
            settings: row.settings,
            role: access.role(),
            permissions: ProjectPermission::ALL
                .iter()
                .copied()
                .filter(|permission| access.may(*permission))
                .collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            seq: number(row.seq),
        });
    }
    Ok(projects)
}

/// One project, as its person sees it.
///
/// # Errors
/// `NotFound` when it is not there; when the database is away.
pub async fn read(conn: &mut PgConnection, seen: &Seen, account: AccountId) -> Result<Project> {
    let mut found = list(conn, account, seen.workspace, Some(seen.id), None, 1).await?;
    found.pop().ok_or_else(|| Error::not_found("This project"))
}

/// The settings, held until the transaction ends.
///
/// # Errors
/// When the database is away or it is not there.
pub async fn settings(conn: &mut PgConnection, id: ProjectId) -> Result<Value> {
    let settings = sqlx::query_scalar!(
        "SELECT settings FROM project WHERE id = $1 FOR NO KEY UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    settings.ok_or_else(|| Error::not_found("This project"))
}

/// What to change; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// What to call it.
    pub name: Option<&'a Name>,
    /// What it is about.
    pub description: Option<&'a str>,
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// All of them.
    pub tags: Option<&'a [String]>,
    /// All of them.
    pub settings: Option<&'a Value>,
}

/// Changes it.
///
/// # Errors
/// `Conflict` when the workspace has another of this name; when the database is away.
pub async fn change(
    conn: &mut PgConnection,
    id: ProjectId,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE project SET name = coalesce($2, name), description = coalesce($3, description),
            visibility = coalesce($4, visibility), tags = coalesce($5, tags), settings = coalesce($6, settings),
            updated_at = $7
        WHERE id = $1
        "#,
        id.uuid(),
        change.name.map(Name::as_str),
        change.description,
        change.visibility.map(Visibility::word),
        change.tags,
        change.settings,
        now,
    )
    .execute(conn)
    .await
    .map_err(named)?;
    Ok(())
}

/// Puts it into the bin, or takes it out.
///
/// # Errors
/// `Conflict` when it is taken out and another has its name by now; when the database is away.
pub async fn bin(
    conn: &mut PgConnection,
    id: ProjectId,
    by: Option<(AccountId, DateTime<Utc>)>,
) -> Result<()> {
    let (account, at) = by.map_or((None, None), |(account, at)| {
        (Some(account.uuid()), Some(at))
    });
    sqlx::query!(
        "UPDATE project SET deleted_at = $2, deleted_by = $3 WHERE id = $1",
        id.uuid(),
        at,
        account,
    )
    .execute(conn)
    .await
    .map_err(named)?;
    Ok(())
}

/// Notes the number under which it was last written.
///
/// # Errors
/// When the database is away.
pub async fn stamp(conn: &mut PgConnection, id: ProjectId, seq: i64) -> Result<()> {
    sqlx::query!("UPDATE project SET seq = $2 WHERE id = $1", id.uuid(), seq)
        .execute(conn)
        .await?;
    Ok(())
}

/// A person's own role in a project, without what comes from the workspace.
///
/// # Errors
/// When the database is away.
pub async fn own_role(
    conn: &mut PgConnection,
    id: ProjectId,
    account: AccountId,
) -> Result<Option<ProjectRole>> {
    let role = sqlx::query_scalar!(
        "SELECT role FROM project_member WHERE project_id = $1 AND account_id = $2",
        id.uuid(),
        account.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    some_word("project_member.role", role.as_deref())
}
