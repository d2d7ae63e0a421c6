//! What those who run the platform see of accounts and of the audit log. For the worker's role.

use super::word::word;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, PlatformRole};
use gameforge_wire::cloud::{AdminAccount, AuditEvent};
use sqlx::PgConnection;
use uuid::Uuid;

/// Accounts in the order of their ids; of those whose address or name holds a text, where one is given; one alone when
/// it is named.
///
/// # Errors
/// When the database is away.
pub async fn accounts(
    conn: &mut PgConnection,
    only: Option<AccountId>,
    holding: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AdminAccount>> {
    let rows = sqlx::query!(
        r#"
        SELECT id, email, email_verified_at IS NOT NULL AS "email_verified!", display_name, role, plan_id, created_at,
            suspended_at, erase_after, account_has_factor(id) AS "has_factor!",
            (SELECT max(last_used_at) FROM session WHERE account_id = account.id) AS last_seen_at
        FROM account
        WHERE ($1::uuid IS NULL OR id = $1) AND ($3::uuid IS NULL OR id > $3)
            AND ($2::text IS NULL OR position(lower($2) IN lower(coalesce(email, ''))) > 0
                OR position(lower($2) IN lower(display_name)) > 0)
        ORDER BY id LIMIT $4
        "#,
        only.map(AccountId::uuid),
        holding,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AdminAccount {
                id: AccountId::from_uuid(row.id),
                email: row.email,
                display_name: row.display_name,
                role: word("account.role", &row.role)?,
                plan: row.plan_id,
                email_verified: row.email_verified,
                has_second_factor: row.has_factor,
                created_at: row.created_at,
                suspended_at: row.suspended_at,
                erase_after: row.erase_after,
                last_seen_at: row.last_seen_at,
            })
        })
        .collect()
}

/// What somebody is on the platform; none when there is no such account, or it is suspended or erased.
///
/// # Errors
/// When the database is away.
pub async fn role(conn: &mut PgConnection, id: AccountId) -> Result<Option<PlatformRole>> {
    let role = sqlx::query_scalar!(
        "SELECT role FROM account WHERE id = $1 AND suspended_at IS NULL AND erased_at IS NULL",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    role.map(|role| word("account.role", &role)).transpose()
}

/// Holds all administrators until the transaction ends, so that two do not take each other's role at once; how many
/// can sign in.
///
/// # Errors
/// When the database is away.
pub async fn hold_administrators(conn: &mut PgConnection) -> Result<usize> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM account WHERE role = 'ADMIN' AND erased_at IS NULL AND suspended_at IS NULL ORDER BY id FOR NO KEY UPDATE"
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.len())
}

/// Gives another role on the platform.
///
/// # Errors
/// `NotFound` when there is no such account; when the database is away.
pub async fn set_role(
    conn: &mut PgConnection,
    id: AccountId,
    role: PlatformRole,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = sqlx::query!(
        "UPDATE account SET role = $2, updated_at = $3 WHERE id = $1 AND erased_at IS NULL",
        id.uuid(),
        role.word(),
        now,
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::not_found("This account"));
    }
    Ok(())
}

/// Keeps somebody out with a reason, or lets them in again.
///
/// # Errors
/// `NotFound` when there is no such account; when the database is away.
pub async fn suspend(
    conn: &mut PgConnection,
    id: AccountId,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = sqlx::query!(
        r#"
        UPDATE account SET suspended_at = $2, suspended_reason = $3, updated_at = $4
        WHERE id = $1 AND erased_at IS NULL
        "#,
        id.uuid(),
        reason.map(|_| now),
        reason,
        now,
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::not_found("This account"));
    }
    Ok(())
}

/// Which audit events.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this person.
    pub actor: Option<Uuid>,
    /// About this object.
    pub target: Option<Uuid>,
    /// This act, or those that begin so when it ends with a dot.
    pub action: Option<String>,
    /// Older than this number.
    pub before: Option<i64>,
}

/// Audit events, the newest first.
///
/// # Errors
/// When the database is away.
pub async fn audit(
    conn: &mut PgConnection,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<AuditEvent>> {
    let (exact, prefix) = match wanted.action.as_deref() {
        Some(text) if text.ends_with('.') => (None, Some(text)),
        text => (text, None),
    };
    let rows = sqlx::query!(
        r#"
        SELECT seq, at, actor_kind, actor_id, action, target_kind, target_id, workspace_id, before, after, address,
            request_id, flags
        FROM audit_event
        WHERE ($1::uuid IS NULL OR actor_id = $1) AND ($2::uuid IS NULL OR target_id = $2)
            AND ($3::text IS NULL OR action = $3) AND ($4::text IS NULL OR starts_with(action, $4))
            AND ($5::bigint IS NULL OR seq < $5)
        ORDER BY seq DESC LIMIT $6
        "#,
        wanted.actor,
        wanted.target,
        exact,
        prefix,
        wanted.before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let text = |id: Option<Uuid>| id.map(|id| id.to_string());
    Ok(rows
        .into_iter()
        .map(|row| AuditEvent {
            seq: super::word::number(row.seq),
            at: row.at,
            actor_kind: row.actor_kind,
            actor_id: text(row.actor_id),
            action: row.action,
            target_kind: row.target_kind,
            target_id: text(row.target_id),
            workspace_id: text(row.workspace_id),
            before: row.before,
            after: row.after,
            address: row.address.map(|address| address.ip().to_string()),
            request_id: row.request_id,
            flags: row.flags,
        })
        .collect())
}
