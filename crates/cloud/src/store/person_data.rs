//! All that is kept about a person: what an export gives, and what an erasure removes. One list, so that a table that
//! is in the one is thought of in the other; a test asks the catalog for tables that nobody thought of.

use crate::{Result, store::word::count};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use gameforge_domain::AccountId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Tables that refer to accounts and are part of no export, and why.
pub const NOT_EXPORTED: &[(&str, &str)] = &[
    (
        "mail_token",
        "hashes of secrets that were sent; they end within a day",
    ),
    ("second_factor", "the secret of the authenticator"),
    ("recovery_code", "hashes of secrets"),
    (
        "sign_in_challenge",
        "hashes of secrets; they end within minutes",
    ),
    (
        "sign_in_flow",
        "sign-ins on their way; they end within minutes",
    ),
    (
        "idempotency",
        "answers that are kept for a day to be given again",
    ),
];

macro_rules! parts {
    ($($name:literal: $sql:tt),+ $(,)?) => {
        /// The files of an export, one a table.
        pub const PARTS: &[&str] = &[$($name),+];

        /// The rows of one part, as they come. A part that there is not has no rows.
        pub fn rows<'c>(conn: &'c mut PgConnection, part: &str, account: AccountId) -> BoxStream<'c, Result<Value>> {
            let id = account.uuid();
            match part {
                $($name => sqlx::query_scalar!($sql, id).fetch(conn).map_err(crate::Error::from).boxed(),)+
                _ => futures_util::stream::empty().boxed(),
            }
        }
    };
}

parts! {
    "account": r#"SELECT to_jsonb(it) - 'password_hash' AS "row!" FROM account AS it WHERE id = $1"#,
    "account_identity": r#"SELECT to_jsonb(it) AS "row!" FROM account_identity AS it WHERE account_id = $1 ORDER BY id"#,
    "session": r#"SELECT to_jsonb(it) AS "row!" FROM session AS it WHERE account_id = $1 ORDER BY id"#,
    "api_key": r#"SELECT to_jsonb(it) - 'hash' AS "row!" FROM api_key AS it WHERE account_id = $1 ORDER BY id"#,
    "consent": r#"SELECT to_jsonb(it) AS "row!" FROM consent AS it WHERE account_id = $1 ORDER BY given_at, id"#,
    "data_export": r#"SELECT to_jsonb(it) - 'blob_key' AS "row!" FROM data_export AS it WHERE account_id = $1 ORDER BY id"#,
    "workspace": r#"SELECT to_jsonb(it) AS "row!" FROM workspace AS it
        WHERE personal_of = $1 OR EXISTS (SELECT FROM workspace_member AS own
            WHERE own.workspace_id = it.id AND own.account_id = $1 AND own.role = 'owner') ORDER BY id"#,
    "workspace_member": r#"SELECT to_jsonb(it) AS "row!" FROM workspace_member AS it WHERE account_id = $1 ORDER BY workspace_id"#,
    "project": r#"SELECT to_jsonb(it) AS "row!" FROM project AS it
        WHERE EXISTS (SELECT FROM project_member AS own
            WHERE own.project_id = it.id AND own.account_id = $1 AND own.role = 'owner') ORDER BY id"#,
    "project_member": r#"SELECT to_jsonb(it) AS "row!" FROM project_member AS it WHERE account_id = $1 ORDER BY project_id"#,
    "invitation": r#"SELECT to_jsonb(it) - 'token_hash' AS "row!" FROM invitation AS it
        WHERE invited_by = $1 OR answered_by = $1
            OR lower(email) = (SELECT lower(email) FROM account WHERE id = $1 AND email_verified_at IS NOT NULL) ORDER BY id"#,
    "comment": r#"SELECT to_jsonb(it) AS "row!" FROM comment AS it WHERE author_id = $1 ORDER BY id"#,
    "comment_mention": r#"SELECT to_jsonb(it) AS "row!" FROM comment_mention AS it WHERE account_id = $1 ORDER BY comment_id"#,
    "comment_reaction": r#"SELECT to_jsonb(it) AS "row!" FROM comment_reaction AS it WHERE account_id = $1 ORDER BY comment_id, emoji"#,
    "activity": r#"SELECT to_jsonb(it) AS "row!" FROM activity AS it WHERE actor_id = $1 ORDER BY at, scope_id, seq, part"#,
    "notification": r#"SELECT to_jsonb(it) AS "row!" FROM notification AS it WHERE account_id = $1 ORDER BY id"#,
    "notification_preference": r#"SELECT to_jsonb(it) AS "row!" FROM notification_preference AS it WHERE account_id = $1 ORDER BY kind"#,
    "audit_event": r#"SELECT to_jsonb(it) - 'previous_hash' - 'hash' AS "row!" FROM audit_event AS it WHERE actor_id = $1 ORDER BY seq"#,
}

/// Workspaces of several people that a person alone owns, by name: they need another owner first.
///
/// # Errors
/// When the database is away.
pub async fn sole_owner_of(conn: &mut PgConnection, account: AccountId) -> Result<Vec<String>> {
    let rows = sqlx::query_scalar!(
        r#"
        SELECT name FROM workspace
            JOIN workspace_member AS own ON own.workspace_id = workspace.id AND own.account_id = $1 AND own.role = 'owner'
        WHERE personal_of IS NULL AND deleted_at IS NULL
            AND EXISTS (SELECT FROM workspace_member AS other
                WHERE other.workspace_id = workspace.id AND other.account_id <> $1)
            AND NOT EXISTS (SELECT FROM workspace_member AS other
                WHERE other.workspace_id = workspace.id AND other.account_id <> $1 AND other.role = 'owner')
        ORDER BY name
        "#,
        account.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Asks for an erasure at a time, or takes that back.
///
/// # Errors
/// When the database is away.
pub async fn set_erasure(
    conn: &mut PgConnection,
    account: AccountId,
    at: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE account SET erase_asked_at = $2, erase_after = $3 WHERE id = $1 AND erased_at IS NULL",
        account.uuid(),
        at.map(|(asked, _)| asked),
        at.map(|(_, after)| after),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Until when an erasure can be taken back; none when none was asked for.
///
/// # Errors
/// When the database is away.
pub async fn erasure(conn: &mut PgConnection, account: AccountId) -> Result<Option<DateTime<Utc>>> {
    let after = sqlx::query_scalar!(
        "SELECT erase_after FROM account WHERE id = $1 AND erased_at IS NULL",
        account.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(after.flatten())
}

/// Accounts whose erasure is due.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<AccountId>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM account WHERE erase_after <= $1 AND erased_at IS NULL ORDER BY erase_after LIMIT 100",
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// Whom an erasure tells that it happened.
#[derive(Debug, Clone)]
pub struct Parting {
    /// The address that was.
    pub email: String,
    /// `en` or `de`.
    pub locale: String,
}

/// Holds an account whose erasure is due; none when it was taken back, or done.
///
/// # Errors
/// When the database is away.
pub async fn hold_due(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Option<Parting>> {
    let row = sqlx::query!(
        r#"
        SELECT email AS "email!", locale FROM account
        WHERE id = $1 AND erased_at IS NULL AND erase_after <= $2
        FOR UPDATE
        "#,
        account.uuid(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Parting {
        email: row.email,
        locale: row.locale,
    }))
}

/// What an erasure did, for the audit log.
#[derive(Debug, Clone, Copy, Default)]
pub struct Erased {
    /// Workspaces that went, with all in them: those where nobody else was.
    pub workspaces: u32,
    /// Workspaces that got another owner.
    pub handed_over: u32,
}

/// Workspaces that only this person was in go; of others that nobody else owns, an administrator or else whoever is
/// there longest becomes the owner.
///
/// # Errors
/// When the database is away.
pub async fn leave_workspaces(conn: &mut PgConnection, account: AccountId) -> Result<Erased> {
    let heirs = sqlx::query_scalar!(
        r#"
        UPDATE workspace_member AS heir SET role = 'owner'
        FROM (
            SELECT DISTINCT ON (other.workspace_id) other.workspace_id, other.account_id
            FROM workspace_member AS other
                JOIN workspace_member AS own ON own.workspace_id = other.workspace_id AND own.account_id = $1 AND own.role = 'owner'
            WHERE other.account_id <> $1
                AND NOT EXISTS (SELECT FROM workspace_member AS second
                    WHERE second.workspace_id = other.workspace_id AND second.account_id <> $1 AND second.role = 'owner')
            ORDER BY other.workspace_id, (other.role = 'admin') DESC, other.joined_at, other.account_id
        ) AS chosen
        WHERE heir.workspace_id = chosen.workspace_id AND heir.account_id = chosen.account_id
        RETURNING heir.workspace_id
        "#,
        account.uuid()
    )
    .fetch_all(&mut *conn)
    .await?;
    let alone = sqlx::query_scalar!(
        r#"
        SELECT workspace.id FROM workspace
            JOIN workspace_member AS own ON own.workspace_id = workspace.id AND own.account_id = $1
        WHERE personal_of = $1
            OR NOT EXISTS (SELECT FROM workspace_member AS other
                WHERE other.workspace_id = workspace.id AND other.account_id <> $1)
        ORDER BY workspace.id
        "#,
        account.uuid()
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut scopes = sqlx::query_scalar!(
        "DELETE FROM project WHERE workspace_id = ANY ($1) RETURNING id",
        &alone
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM workspace WHERE id = ANY ($1)", &alone)
        .execute(&mut *conn)
        .await?;
    scopes.extend(&alone);
    sqlx::query!("DELETE FROM scope WHERE id = ANY ($1)", &scopes)
        .execute(conn)
        .await?;
    let number = |ids: &[Uuid]| count(i64::try_from(ids.len()).unwrap_or(i64::MAX));
    Ok(Erased {
        workspaces: number(&alone),
        handed_over: number(&heirs),
    })
}

/// Takes everything off an account that says who it was; the row stays, so that what the person said to others stays
/// whole, as “Erased account”.
///
/// # Errors
/// When the database is away.
pub async fn anonymise(
    conn: &mut PgConnection,
    account: AccountId,
    email: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let id = account.uuid();
    macro_rules! each {
        ($($sql:tt),+ $(,)?) => {$(sqlx::query!($sql, id).execute(&mut *conn).await?;)+};
    }
    each!(
        "DELETE FROM account_identity WHERE account_id = $1",
        "DELETE FROM sign_in_flow WHERE account_id = $1",
        "DELETE FROM mail_token WHERE account_id = $1",
        "DELETE FROM second_factor WHERE account_id = $1",
        "DELETE FROM recovery_code WHERE account_id = $1",
        "DELETE FROM sign_in_challenge WHERE account_id = $1",
        "DELETE FROM api_key WHERE account_id = $1",
        "DELETE FROM idempotency WHERE account_id = $1",
        "DELETE FROM data_export WHERE account_id = $1",
        "DELETE FROM notification WHERE account_id = $1",
        "DELETE FROM notification_preference WHERE account_id = $1",
        "DELETE FROM comment_mention WHERE account_id = $1",
        "DELETE FROM comment_reaction WHERE account_id = $1",
        "DELETE FROM project_member WHERE account_id = $1",
        "DELETE FROM workspace_member WHERE account_id = $1",
        // That consent was given and taken back is to be shown later, too; from where is not.
        "UPDATE consent SET address = NULL WHERE account_id = $1",
        "DELETE FROM refresh_token USING session WHERE session.id = session_id AND session.account_id = $1",
        "UPDATE session SET device_name = 'erased', platform = '', last_address = NULL, place = NULL WHERE account_id = $1",
    );
    // Nobody else is in the invitations that were sent to this address.
    sqlx::query!(
        "DELETE FROM invitation WHERE lower(email) = lower($1)",
        email
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        r#"
        UPDATE account SET email = NULL, email_verified_at = NULL, display_name = 'Erased account', password_hash = NULL,
            role = 'USER', settings = '{}', suspended_reason = NULL, erased_at = $2, updated_at = $2
        WHERE id = $1
        "#,
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
