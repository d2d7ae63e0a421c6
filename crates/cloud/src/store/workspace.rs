//! `workspace`: a tenant. Everybody has a personal one; others are made.

use super::{
    scope,
    word::{count, name, number, some_word},
};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{
    AccountId, Name, WorkspaceId,
    access::{WorkspacePermission, WorkspaceRole},
};
use gameforge_wire::cloud::Workspace;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a route has to know of a workspace before it does anything.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub id: WorkspaceId,
    /// What it is called.
    pub name: Name,
    /// Somebody's own first one.
    pub personal: bool,
    /// Whose quotas hold.
    pub plan: String,
    /// What the person is in it; none for guests of some of its projects.
    pub role: Option<WorkspaceRole>,
    /// Set while it is in the bin.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Seen {
    /// Whether the person may do something in it.
    #[must_use]
    pub fn may(&self, permission: WorkspacePermission) -> bool {
        self.role.is_some_and(|role| role.may(permission))
    }
}

/// A workspace as far as a person may know of it, also one in the bin; none when it is not theirs.
///
/// # Errors
/// When the database is away.
pub async fn seen(
    conn: &mut PgConnection,
    id: WorkspaceId,
    account: AccountId,
) -> Result<Option<Seen>> {
    let row = sqlx::query!(
        r#"
        SELECT name, personal_of IS NOT NULL AS "personal!", plan_id, deleted_at,
            (SELECT role FROM workspace_member AS own WHERE own.workspace_id = workspace.id AND own.account_id = $2) AS role
        FROM workspace
        WHERE id = $1 AND (
            EXISTS (SELECT FROM workspace_member AS own WHERE own.workspace_id = workspace.id AND own.account_id = $2)
            OR EXISTS (SELECT FROM project_member AS own WHERE own.workspace_id = workspace.id AND own.account_id = $2))
        "#,
        id.uuid(),
        account.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Seen {
            id,
            name: name("workspace.name", &row.name)?,
            personal: row.personal,
            plan: row.plan_id,
            role: some_word("workspace_member.role", row.role.as_deref())?,
            deleted_at: row.deleted_at,
        })
    })
    .transpose()
}

/// Holds a workspace so that nobody else changes who is in it until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConnection, id: WorkspaceId) -> Result<()> {
    sqlx::query!(
        "SELECT id FROM workspace WHERE id = $1 FOR NO KEY UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// Makes a workspace with its scope and its owner.
///
/// # Errors
/// When the database is away.
pub async fn create(
    conn: &mut PgConnection,
    id: WorkspaceId,
    title: &Name,
    owner: AccountId,
    personal: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    scope::create(conn, id.uuid(), "workspace").await?;
    sqlx::query!(
        r#"
        INSERT INTO workspace (id, name, personal_of, plan_id, created_at, updated_at)
        VALUES ($1, $2, $3, (SELECT plan_id FROM account WHERE id = $4), $5, $5)
        "#,
        id.uuid(),
        title.as_str(),
        personal.then(|| owner.uuid()),
        owner.uuid(),
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO workspace_member (workspace_id, account_id, role, joined_at) VALUES ($1, $2, 'owner', $3)",
        id.uuid(),
        owner.uuid(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What belongs to every account from its first moment: its own scope and its personal workspace. For a transaction
/// of the worker's role, in which the account was made or will be seen.
///
/// # Errors
/// When the database is away.
pub async fn create_personal(
    conn: &mut PgConnection,
    id: WorkspaceId,
    account: AccountId,
    title: &Name,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO scope (id, kind) VALUES ($1, 'account') ON CONFLICT (id) DO NOTHING",
        account.uuid()
    )
    .execute(&mut *conn)
    .await?;
    create(conn, id, title, account, true, now).await
}

/// The workspaces of a person that are not in the bin, in the order of their ids; one alone when it is named.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    only: Option<WorkspaceId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Workspace>> {
    let rows = sqlx::query!(
        r#"
        SELECT workspace.id, name, personal_of IS NOT NULL AS "personal!", plan_id, settings, created_at, updated_at,
            workspace.seq, own.role AS "role?",
            (SELECT count(*) FROM workspace_member AS member WHERE member.workspace_id = workspace.id) AS "members!",
            (SELECT count(*) FROM project WHERE project.workspace_id = workspace.id AND project.deleted_at IS NULL) AS "projects!"
        FROM workspace
            LEFT JOIN workspace_member AS own ON own.workspace_id = workspace.id AND own.account_id = $1
        WHERE workspace.deleted_at IS NULL AND ($2::uuid IS NULL OR workspace.id = $2)
            AND ($3::uuid IS NULL OR workspace.id > $3)
            AND (own.account_id IS NOT NULL OR EXISTS (
                SELECT FROM project_member AS guest WHERE guest.workspace_id = workspace.id AND guest.account_id = $1))
        ORDER BY workspace.id
        LIMIT $4
        "#,
        account.uuid(),
        only.map(WorkspaceId::uuid),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let role: Option<WorkspaceRole> =
                some_word("workspace_member.role", row.role.as_deref())?;
            Ok(Workspace {
                id: WorkspaceId::from_uuid(row.id),
                name: name("workspace.name", &row.name)?,
                personal: row.personal,
                role,
                permissions: WorkspacePermission::ALL
                    .iter()
                    .copied()
                    .filter(|permission| role.is_some_and(|role| role.may(*permission)))
                    .collect(),
                plan: row.plan_id,
                // Guests of a project know the workspace by name only.
                settings: role.map_or_else(|| json!({}), |_| row.settings),
                members: role.map_or(0, |_| count(row.members)),
                projects: count(row.projects),
                created_at: row.created_at,
                updated_at: row.updated_at,
                seq: number(row.seq),
            })
        })
        .collect()
}

/// One workspace, as its person sees it.
///
/// # Errors
/// `NotFound` when it is not there; when the database is away.
pub async fn read(
    conn: &mut PgConnection,
    id: WorkspaceId,
    account: AccountId,
) -> Result<Workspace> {
    let mut found = list(conn, account, Some(id), None, 1).await?;
    found
        .pop()
        .ok_or_else(|| Error::not_found("This workspace"))
}

/// The settings, held until the transaction ends.
///
/// # Errors
/// When the database is away or it is not there.
pub async fn settings(conn: &mut PgConnection, id: WorkspaceId) -> Result<Value> {
    let settings = sqlx::query_scalar!(
        "SELECT settings FROM workspace WHERE id = $1 FOR NO KEY UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    settings.ok_or_else(|| Error::not_found("This workspace"))
}

/// Changes name and settings; what is none stays.
///
/// # Errors
/// When the database is away.
pub async fn change(
    conn: &mut PgConnection,
    id: WorkspaceId,
    title: Option<&Name>,
    settings: Option<&Value>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE workspace SET name = coalesce($2, name), settings = coalesce($3, settings), updated_at = $4
        WHERE id = $1
        "#,
        id.uuid(),
        title.map(Name::as_str),
        settings,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts it into the bin, or takes it out.
///
/// # Errors
/// When the database is away.
pub async fn bin(
    conn: &mut PgConnection,
    id: WorkspaceId,
    by: Option<(AccountId, DateTime<Utc>)>,
) -> Result<()> {
    let (account, at) = by.map_or((None, None), |(account, at)| {
        (Some(account.uuid()), Some(at))
    });
    sqlx::query!(
        "UPDATE workspace SET deleted_at = $2, deleted_by = $3 WHERE id = $1",
        id.uuid(),
        at,
        account,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes the number under which it was last written.
///
/// # Errors
/// When the database is away.
pub async fn stamp(conn: &mut PgConnection, id: WorkspaceId, seq: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE workspace SET seq = $2 WHERE id = $1",
        id.uuid(),
        seq
    )
    .execute(conn)
    .await?;
    Ok(())
}
