//! Rows whose use is over. For the worker's role.

use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// Forgets secrets that ended a day ago, and before `old` what is only kept to look back: devices that were signed
/// out or ended, answered invitations, read notifications, failed or expired exports.
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
    each!(ended;
        "DELETE FROM mail_token WHERE expires_at < $1",
        "DELETE FROM sign_in_flow WHERE expires_at < $1",
        "DELETE FROM sign_in_challenge WHERE expires_at < $1",
        "DELETE FROM refresh_token WHERE expires_at < $1",
        "DELETE FROM idempotency WHERE created_at < $1",
    );
    each!(old;
        "DELETE FROM session WHERE revoked_at < $1 OR expires_at < $1",
        "DELETE FROM api_key WHERE revoked_at < $1 OR expires_at < $1",
        "DELETE FROM invitation WHERE state <> 'pending' AND coalesce(answered_at, expires_at) < $1",
        "DELETE FROM notification WHERE read_at < $1",
        "DELETE FROM data_export WHERE state IN ('failed', 'expired') AND asked_at < $1",
    );
    Ok(gone)
}
