//! `invitation`: offers to join a workspace or a project. Those who manage members write them as themselves; the
//! answer of the one who was asked is carried out by the worker's role, since row-level security lets nobody add
//! themselves.

use super::word::person;
use crate::{Error, Result, secret::Hash};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{AccountId, Email, InvitationId, ProjectId, WorkspaceId};
use gameforge_wire::cloud::{Invitation, InvitationOffer, InvitationState, ProblemCode};
use sqlx::PgConnection;
use uuid::Uuid;

/// How long an invitation can be accepted.
pub const LIFE: TimeDelta = TimeDelta::days(14);

/// A new invitation.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// Which.
    pub id: InvitationId,
    /// To where.
    pub workspace: WorkspaceId,
    /// None: to the workspace itself.
    pub project: Option<ProjectId>,
    /// Who is asked.
    pub email: &'a Email,
    /// As what.
    pub role: &'a str,
    /// What is kept of the secret in the letter.
    pub token: Hash,
    /// Who asks.
    pub by: AccountId,
    /// A word to go with it.
    pub message: &'a str,
}

/// Keeps an invitation. One to the same place and address that has ended is put aside first.
///
/// # Errors
/// `Conflict` when one is pending; when the database is away.
pub async fn create(conn: &mut PgConnection, new: &New<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE invitation SET state = 'expired'
        WHERE workspace_id = $1 AND project_id IS NOT DISTINCT FROM $2 AND lower(email) = lower($3)
            AND state = 'pending' AND expires_at <= $4
        "#,
        new.workspace.uuid(),
        new.project.map(ProjectId::uuid),
        new.email.as_str(),
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        r#"
        INSERT INTO invitation (id, workspace_id, project_id, email, role, token_hash, invited_by, message, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        new.id.uuid(),
        new.workspace.uuid(),
        new.project.map(ProjectId::uuid),
        new.email.as_str(),
        new.role,
        new.token.as_slice(),
        new.by.uuid(),
        new.message,
        now,
        now + LIFE,
    )
    .execute(conn)
    .await
    .map_err(|error| {
        let pending = error
            .as_database_error()
            .is_some_and(|error| error.constraint() == Some("invitation_pending"));
        if pending {
            Error::told(
                ProblemCode::Conflict,
                "This address was asked in already; send that invitation again or take it back first.",
            )
        } else {
            error.into()
        }
    })?;
    Ok(())
}

/// How an invitation stands, by its row and the time: one that nobody answered ends by itself.
fn standing(state: &str, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<InvitationState> {
    Ok(match state {
        "pending" if expires_at <= now => InvitationState::Expired,
        "pending" => InvitationState::Pending,
        "accepted" => InvitationState::Accepted,
        "declined" => InvitationState::Declined,
        "revoked" => InvitationState::Revoked,
        "expired" => InvitationState::Expired,
        other => {
            return Err(Error::stored(
                "invitation.state",
                gameforge_domain::UnknownWord(other.to_owned()),
            ));
        }
    })
}

fn address(text: &str) -> Result<Email> {
    Email::parse(text).map_err(|error| Error::stored("invitation.email", error))
}

/// The invitations to a workspace itself or to a project, the newest first; one alone when it is named.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    workspace: WorkspaceId,
    project: Option<ProjectId>,
    now: DateTime<Utc>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    let rows = sqlx::query!(
        r#"
        SELECT invitation.id, email, role, state, invited_by, created_at, expires_at,
            person.display_name AS "name!", person.erased AS "erased!"
        FROM invitation JOIN person ON person.id = invited_by
        WHERE workspace_id = $1 AND project_id IS NOT DISTINCT FROM $2 AND ($3::uuid IS NULL OR invitation.id < $3)
        ORDER BY invitation.id DESC
        LIMIT $4
        "#,
        workspace.uuid(),
        project.map(ProjectId::uuid),
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Invitation {
                id: InvitationId::from_uuid(row.id),
                workspace_id: workspace,
                project_id: project,
                email: address(&row.email)?,
                state: standing(&row.state, row.expires_at, now)?,
                role: row.role,
                invited_by: person(row.invited_by, row.name, row.erased),
                created_at: row.created_at,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

/// An invitation and what is needed to answer it or take it back.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which.
    pub id: InvitationId,
    /// To where.
    pub workspace: WorkspaceId,
    /// None: to the workspace itself.
    pub project: Option<ProjectId>,
    /// Who is asked.
    pub email: Email,
    /// As what.
    pub role: String,
    /// A word that goes with it.
    pub message: String,
    /// Who asked.
    pub by: AccountId,
    /// How it stands.
    pub state: InvitationState,
}

/// By what an invitation is looked for.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// Its id.
    Id(InvitationId),
    /// The secret in its letter.
    Token(Hash),
}

/// Finds an invitation and holds it until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn find(conn: &mut PgConnection, by: By, now: DateTime<Utc>) -> Result<Option<Found>> {
    let (id, token) = match &by {
        By::Id(id) => (Some(id.uuid()), None),
        By::Token(hash) => (None, Some(hash.as_slice())),
    };
    let row = sqlx::query!(
        r#"
        SELECT id, workspace_id, project_id, email, role, message, invited_by, state, expires_at
        FROM invitation
        WHERE id = $1 OR token_hash = $2
        FOR UPDATE
        "#,
        id,
        token,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Found {
            id: InvitationId::from_uuid(row.id),
            workspace: WorkspaceId::from_uuid(row.workspace_id),
            project: row.project_id.map(ProjectId::from_uuid),
            email: address(&row.email)?,
            role: row.role,
            message: row.message,
            by: AccountId::from_uuid(row.invited_by),
            state: standing(&row.state, row.expires_at, now)?,
        })
    })
    .transpose()
}

/// Ends an invitation: it was answered or taken back.
///
/// # Errors
/// When the database is away.
pub async fn end(
    conn: &mut PgConnection,
    id: InvitationId,
    state: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE invitation SET state = $2, answered_at = $3, answered_by = $4 WHERE id = $1",
        id.uuid(),
        state,
        now,
        by.uuid(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives an invitation another secret and another fourteen days; the letter before opens nothing any more.
///
/// # Errors
/// `Conflict` when another one to the same address is pending; when the database is away.
pub async fn renew(
    conn: &mut PgConnection,
    id: InvitationId,
    token: Hash,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE invitation SET state = 'pending', token_hash = $2, expires_at = $3 WHERE id = $1",
        id.uuid(),
        token.as_slice(),
        now + LIFE,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The invitations that wait for a person's answer: those to the person's verified address. For the worker's role.
///
/// # Errors
/// When the database is away.
pub async fn offers(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<InvitationOffer>> {
    let rows = sqlx::query!(
        r#"
        SELECT invitation.id, workspace.name AS workspace, project.name AS "project?", invitation.role, message,
            invitation.expires_at, invited_by, person.display_name AS "name!", person.erased AS "erased!"
        FROM account
            JOIN invitation ON lower(invitation.email) = lower(account.email)
            JOIN workspace ON workspace.id = invitation.workspace_id
            LEFT JOIN project ON project.id = invitation.project_id
            JOIN person ON person.id = invited_by
        WHERE account.id = $1 AND account.email_verified_at IS NOT NULL AND invitation.state = 'pending'
            AND invitation.expires_at > $2 AND workspace.deleted_at IS NULL AND project.deleted_at IS NULL
            AND ($3::uuid IS NULL OR invitation.id < $3)
        ORDER BY invitation.id DESC
        LIMIT $4
        "#,
        account.uuid(),
        now,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let offers = rows.into_iter().map(|row| InvitationOffer {
        id: InvitationId::from_uuid(row.id),
        workspace: row.workspace,
        project: row.project,
        role: row.role,
        invited_by: person(row.invited_by, row.name, row.erased),
        message: row.message,
        expires_at: row.expires_at,
    });
    Ok(offers.collect())
}

/// A person's address where it was shown to be theirs, and how they are called.
///
/// # Errors
/// When the database is away.
pub async fn verified_address(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Option<Email>> {
    let address = sqlx::query_scalar!(
        r#"
        SELECT email AS "email!" FROM account
        WHERE id = $1 AND email_verified_at IS NOT NULL AND erased_at IS NULL
        "#,
        account.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    address.as_deref().map(self::address).transpose()
}

/// Whose verified address an invitation went to, where somebody has it.
///
/// # Errors
/// When the database is away.
pub async fn invited(conn: &mut PgConnection, id: InvitationId) -> Result<Option<AccountId>> {
    let account = sqlx::query_scalar!(r#"SELECT app_invited($1) AS "account""#, id.uuid())
        .fetch_one(conn)
        .await?;
    Ok(account.map(AccountId::from_uuid))
}

/// Notes which invitations ended unanswered; how many.
///
/// # Errors
/// When the database is away.
pub async fn expire(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE invitation SET state = 'expired' WHERE state = 'pending' AND expires_at <= $1",
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
