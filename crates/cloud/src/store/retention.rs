//! Rows whose use is over. For the worker's role.

use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// Tables whose rows go by themselves: by [`sweep`], with the bin, or with what they belong to. Together with [`STAY`]
/// these are all tables; a test asks the catalog.
pub const GO: &[&str] = &[
    "activity",
    "api_key",
    "comment",
    "comment_mention",
    "comment_reaction",
    "data_export",
    "idempotency",
    "invitation",
    "job",
    "mail_token",
    "notification",
    "project",
    "project_member",
    "rate",
    "recovery_code",
    "refresh_token",
    "scope",
    "second_factor",
    "session",
    "sign_in_challenge",
    "sign_in_flow",
    "workspace",
    "workspace_member",
];

/// Tables whose rows stay, and why.
pub const STAY: &[(&str, &str)] = &[
    (
        "account",
        "erased on demand; what was said to others stays whole",
    ),
    ("account_identity", "a way in, until it is unlinked"),
    ("audit_event", "what law wants kept"),
    ("audit_head", "one row"),
    ("consent", "that it was given is to be shown later, too"),
    ("consent_text", "what consent was given to"),
    ("job_schedule", "one row a kind"),
    ("notification_preference", "a wish, until it is changed"),
    ("plan", "set by the operator"),
    ("plan_quota", "set by the operator"),
];

/// Forgets secrets and attempts that ended a day ago, answers that are not repeated any more, and before `old` what is
/// only kept to look back: devices that were signed out or ended, answered invitations, notifications that were read
/// or only mailed, failed or expired exports, jobs that were given up.
///
/// # Errors
/// When the database is away.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, old: DateTime<Utc>) -> Result<u64> {
    let ended = now - TimeDelta::days(1);
    let mut gone = 0;
    macro_rules! each {
        ($time:expr; $($sql:tt),+ $(,)?) => {$(
            gone += sqlx::query!($sql, $time).execute(&mut *conn).await?.rows_affected();
        )+};
    }
    each!(now;
        "DELETE FROM idempotency WHERE expires_at < $1",
    );
    each!(ended;
        "DELETE FROM mail_token WHERE expires_at < $1",
        "DELETE FROM sign_in_flow WHERE expires_at < $1",
        "DELETE FROM sign_in_challenge WHERE expires_at < $1",
        "DELETE FROM refresh_token WHERE expires_at < $1",
        "DELETE FROM second_factor WHERE confirmed_at IS NULL AND created_at < $1",
    );
    each!(old;
        "DELETE FROM session WHERE revoked_at < $1 OR expires_at < $1",
        "DELETE FROM api_key WHERE revoked_at < $1 OR expires_at < $1",
        "DELETE FROM invitation WHERE state <> 'pending' AND coalesce(answered_at, expires_at) < $1",
        "DELETE FROM notification WHERE read_at < $1 OR (NOT shown AND created_at < $1)",
        "DELETE FROM data_export WHERE state IN ('failed', 'expired') AND asked_at < $1",
        "DELETE FROM job WHERE state = 'dead' AND ended_at < $1",
    );
    Ok(gone)
}
