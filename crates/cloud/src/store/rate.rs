//! `rate`: requests left, shared among all copies of the service.
//!
//! The generic cell rate algorithm (ITU-T I.371): one time a key, “full at”. Each request moves it on by the interval
//! that one request is worth; a request that would move it further ahead than the burst allows is refused.

use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How much is allowed.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// In the long run.
    pub per_minute: u32,
    /// At once.
    pub burst: u32,
}

impl Limit {
    /// What one request is worth.
    fn interval(self) -> TimeDelta {
        TimeDelta::microseconds(60_000_000 / i64::from(self.per_minute.max(1)))
    }
}

/// Takes one request off what is left under a key, for example `sign-in/address/203.0.113.9`.
///
/// The transaction must be committed also when the request fails otherwise, or the attempt does not count.
///
/// # Errors
/// `RateLimited` with the seconds to wait; when the database is away.
pub async fn take(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
    limit: Limit,
) -> Result<()> {
    let interval = limit.interval();
    let ahead = interval * i32::try_from(limit.burst.max(1)).unwrap_or(i32::MAX);
    let row = sqlx::query_scalar!(
        r#"
        INSERT INTO rate AS old (key, full_at) VALUES ($1, $2::timestamptz + $3::interval)
        ON CONFLICT (key) DO UPDATE SET full_at = greatest(old.full_at, $2) + $3
        WHERE greatest(old.full_at, $2) + $3 <= $2 + $4::interval
        RETURNING full_at
        "#,
        key,
        now,
        interval_of(interval),
        interval_of(ahead),
    )
    .fetch_optional(&mut *conn)
    .await?;
    if row.is_some() {
        return Ok(());
    }
    let full_at = sqlx::query_scalar!("SELECT full_at FROM rate WHERE key = $1", key)
        .fetch_optional(conn)
        .await?
        .unwrap_or(now);
    let wait = (full_at + interval - ahead - now).num_milliseconds().max(1);
    Err(Error::rate_limited(
        u64::try_from(wait).unwrap_or(1_000).div_ceil(1_000),
    ))
}

fn interval_of(delta: TimeDelta) -> sqlx::postgres::types::PgInterval {
    sqlx::postgres::types::PgInterval {
        months: 0,
        days: 0,
        microseconds: delta.num_microseconds().unwrap_or(i64::MAX),
    }
}

/// Forgets keys that are full again.
///
/// # Errors
/// When the database is away.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM rate WHERE full_at < $1", now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Whether a key is met for the first time within `memory`; remembers it from now on.
///
/// # Errors
/// When the database is away.
pub async fn is_new(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
    memory: TimeDelta,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO rate AS old (key, full_at) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET full_at = $2 WHERE old.full_at <= $3
        "#,
        key,
        now + memory,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
