//! `workspace_member` and `project_member`: who is in what, as what.

use super::word::{person, some_word, word};
use crate::Result;
use chrono::{DateTime, Utc};
use gameforge_domain::{
    AccountId, ProjectId, WorkspaceId,
    access::{ProjectAccess, ProjectRole, Visibility, WorkspaceRole},
};
use gameforge_wire::cloud::{Member, Person};
use sqlx::PgConnection;
use uuid::Uuid;

/// The members of a workspace in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn of_workspace(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        r#"
        SELECT account_id, role, joined_at, person.display_name AS "name!", person.erased AS "erased!"
        FROM workspace_member JOIN person ON person.id = account_id
        WHERE workspace_id = $1 AND ($2::uuid IS NULL OR account_id > $2)
        ORDER BY account_id
        LIMIT $3
        "#,
        workspace.uuid(),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Member {
        person: person(row.account_id, row.name, row.erased),
        role: row.role,
        inherited: false,
        joined_at: row.joined_at,
    });
    Ok(rows.collect())
}

/// Everybody who has a role in a project, the own or from the workspace, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn of_project(
    conn: &mut PgConnection,
    project: ProjectId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        r#"
        SELECT person.id AS "id!", person.display_name AS "name!", person.erased AS "erased!", own.role AS "own?",
            member.role AS "member?", coalesce(own.joined_at, member.joined_at) AS "joined_at!", visibility
        FROM project
            CROSS JOIN LATERAL (
                SELECT account_id FROM project_member WHERE project_id = project.id
                UNION
                SELECT account_id FROM workspace_member AS all_members
                    WHERE all_members.workspace_id = project.workspace_id
                        AND (visibility <> 'private' OR all_members.role IN ('owner', 'admin'))) AS people
            JOIN person ON person.id = people.account_id
            LEFT JOIN project_member AS own ON own.project_id = project.id AND own.account_id = people.account_id
            LEFT JOIN workspace_member AS member
                ON member.workspace_id = project.workspace_id AND member.account_id = people.account_id
        WHERE project.id = $1 AND ($2::uuid IS NULL OR people.account_id > $2)
        ORDER BY people.account_id
        LIMIT $3
        "#,
        project.uuid(),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let visibility: Visibility = word("project.visibility", &row.visibility)?;
        let own: Option<ProjectRole> = some_word("project_member.role", row.own.as_deref())?;
        let member: Option<WorkspaceRole> =
            some_word("workspace_member.role", row.member.as_deref())?;
        let role = ProjectAccess::of(own, member, visibility).and_then(ProjectAccess::role);
        if let Some(role) = role {
            members.push(Member {
                person: person(row.id, row.name, row.erased),
                role: role.word().to_owned(),
                inherited: own.is_none_or(|own| own < role),
                joined_at: row.joined_at,
            });
        }
    }
    Ok(members)
}

/// Those of some people who see a project; with a text, of all people those whose name holds it (any case), those
/// first whose name begins with it. Erased accounts are not among them.
///
/// # Errors
/// When the database is away.
pub async fn who_see(
    conn: &mut PgConnection,
    project: ProjectId,
    among: Option<&[Uuid]>,
    text: &str,
    limit: i64,
) -> Result<Vec<Person>> {
    let rows = sqlx::query!(
        r#"
        SELECT person.id AS "id!", person.display_name AS "name!"
        FROM person
        WHERE NOT erased AND ($2::uuid[] IS NULL OR person.id = ANY ($2))
            AND person.id IN (
                SELECT account_id FROM project_member WHERE project_id = $1
                UNION
                SELECT member.account_id FROM project
                    JOIN workspace_member AS member ON member.workspace_id = project.workspace_id
                    WHERE project.id = $1 AND (visibility <> 'private' OR member.role IN ('owner', 'admin')))
            AND strpos(lower(display_name), lower($3)) > 0
        ORDER BY strpos(lower(display_name), lower($3)) <> 1, lower(display_name), person.id
        LIMIT $4
        "#,
        project.uuid(),
        among,
        text,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| person(row.id, row.name, false))
        .collect())
}

/// What somebody is in a workspace.
///
/// # Errors
/// When the database is away.
pub async fn workspace_role(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Option<WorkspaceRole>> {
    let role = sqlx::query_scalar!(
        "SELECT role FROM workspace_member WHERE workspace_id = $1 AND account_id = $2",
        workspace.uuid(),
        account.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    some_word("workspace_member.role", role.as_deref())
}

/// Owners of a workspace.
///
/// # Errors
/// When the database is away.
pub async fn workspace_owners(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
) -> Result<Vec<AccountId>> {
    let owners = sqlx::query_scalar!(
        "SELECT account_id FROM workspace_member WHERE workspace_id = $1 AND role = 'owner' ORDER BY account_id",
        workspace.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(owners.into_iter().map(AccountId::from_uuid).collect())
}

/// Owners of a project by their own role.
///
/// # Errors
/// When the database is away.
pub async fn project_owners(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<AccountId>> {
    let owners = sqlx::query_scalar!(
        "SELECT account_id FROM project_member WHERE project_id = $1 AND role = 'owner' ORDER BY account_id",
        project.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(owners.into_iter().map(AccountId::from_uuid).collect())
}

/// Gives somebody a role in a workspace, whether they are in it already or not.
///
/// # Errors
/// When the database is away, or row-level security does not let this person.
pub async fn set_in_workspace(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    account: AccountId,
    role: WorkspaceRole,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO workspace_member (workspace_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (workspace_id, account_id) DO UPDATE SET role = $3
        "#,
        workspace.uuid(),
        account.uuid(),
        role.word(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives somebody a role in a project, whether they are in it already or not.
///
/// # Errors
/// When the database is away, or row-level security does not let this person.
pub async fn set_in_project(
    conn: &mut PgConnection,
    project: ProjectId,
    workspace: WorkspaceId,
    account: AccountId,
    role: ProjectRole,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO project_member (project_id, workspace_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (project_id, account_id) DO UPDATE SET role = $4
        "#,
        project.uuid(),
        workspace.uuid(),
        account.uuid(),
        role.word(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets somebody go from a workspace and from the projects in it. What somebody owns stays theirs to give: it is an
/// error of the caller to let an owner go.
///
/// # Errors
/// When the database is away.
pub async fn remove_from_workspace(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM project_member WHERE workspace_id = $1 AND account_id = $2",
        workspace.uuid(),
        account.uuid(),
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM workspace_member WHERE workspace_id = $1 AND account_id = $2",
        workspace.uuid(),
        account.uuid(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets somebody go from a project.
///
/// # Errors
/// When the database is away.
pub async fn remove_from_project(
    conn: &mut PgConnection,
    project: ProjectId,
    account: AccountId,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM project_member WHERE project_id = $1 AND account_id = $2",
        project.uuid(),
        account.uuid(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The projects of a workspace, also those in the bin, that somebody owns alone: they would be nobody's.
///
/// # Errors
/// When the database is away.
pub async fn sole_projects(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Vec<ProjectId>> {
    let ids = sqlx::query_scalar!(
        r#"
        SELECT project_id FROM project_member AS own
        WHERE workspace_id = $1 AND account_id = $2 AND role = 'owner' AND NOT EXISTS (
            SELECT FROM project_member AS other
            WHERE other.project_id = own.project_id AND other.role = 'owner' AND other.account_id <> $2)
        "#,
        workspace.uuid(),
        account.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ProjectId::from_uuid).collect())
}
