//! `rate`: requests left, shared among all copies of the service.
//!
//! The generic cell rate algorithm (ITU-T I.371): one time a key, “full at”. Each request moves it on by the interval
//! that one request is worth; a request that would move it further ahead than the burst allows is refused.

use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// In the long run.
    pub per_minute: u32,
    /// At once.
    pub burst: u32,
}

impl Limit {
    /// What one request is worth.
    fn interval(self) -> TimeDelta {
        TimeDelta::microseconds((60_000_000 / i64::from(self.per_minute.max(1))).max(1))
    }

    /// How far ahead of now a key may be.
    fn ahead(self) -> TimeDelta {
        self.interval() * i32::try_from(self.burst.max(1)).unwrap_or(i32::MAX)
    }

    /// As many of `wanted` requests as fit, for a key that is full again at `full_at`.
    #[must_use]
    pub fn grant(self, full_at: DateTime<Utc>, now: DateTime<Utc>, wanted: u32) -> Grant {
        let (interval, base) = (self.interval(), full_at.max(now));
        let micros = |delta: TimeDelta| delta.num_microseconds().unwrap_or(i64::MAX).max(0);
        let room = micros(now + self.ahead() - base) / micros(interval).max(1);
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        let given = wanted.min(room);
        let full_at = base + interval * i32::try_from(given).unwrap_or(i32::MAX);
        Grant {
            given,
            left: room - given,
            full_at,
            wait: (full_at + interval - self.ahead() - now).max(TimeDelta::zero()),
        }
    }
}

/// What was taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Requests.
    pub given: u32,
    /// Requests that could have been taken besides.
    pub left: u32,
    /// When all that was taken is given back.
    pub full_at: DateTime<Utc>,
    /// Until one more fits.
    pub wait: TimeDelta,
}

/// Takes up to `wanted` requests at once off what is left under a key. Others who take from it wait until the
/// transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn take_many(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
    limit: Limit,
    wanted: u32,
) -> Result<Grant> {
    let full_at = sqlx::query_scalar!(
        r#"
        INSERT INTO rate AS old (key, full_at) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET full_at = old.full_at
        RETURNING full_at
        "#,
        key,
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    let grant = limit.grant(full_at, now, wanted);
    if grant.given > 0 {
        sqlx::query!(
            "UPDATE rate SET full_at = $2 WHERE key = $1",
            key,
            grant.full_at,
        )
        .execute(conn)
        .await?;
    }
    Ok(grant)
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
    let (interval, ahead) = (limit.interval(), limit.ahead());
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_take_as_much_as_single_requests_and_never_more(
            per_minute in 1_u32..5_000,
            burst in 1_u32..5_000,
            blocks in prop::collection::vec((1_u32..200, 0_i64..5_000), 1..40),
        ) {
            let limit = Limit { per_minute, burst };
            let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
            let (mut now, mut by_block, mut by_one) = (start, start, start);
            let mut taken = 0_u64;
            for (wanted, pause) in blocks {
                now += TimeDelta::milliseconds(pause);
                let grant = limit.grant(by_block, now, wanted);
                by_block = grant.full_at;
                let mut singles = 0;
                for _ in 0..wanted {
                    let one = limit.grant(by_one, now, 1);
                    by_one = one.full_at;
                    singles += one.given;
                }
                prop_assert_eq!(grant.given, singles);
                prop_assert_eq!(by_block, by_one);
                taken += u64::from(grant.given);
                let passed = (now - start).num_microseconds().expect("a short time");
                let refilled = passed / limit.interval().num_microseconds().expect("short");
                prop_assert!(taken <= u64::from(burst) + u64::try_from(refilled).expect("passed") + 1);
            }
        }

        #[test]
        fn after_the_wait_one_fits_and_not_before(per_minute in 1_u32..5_000, burst in 1_u32..500) {
            let limit = Limit { per_minute, burst };
            let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
            let all = limit.grant(now, now, u32::MAX);
            prop_assert_eq!((all.given, all.left), (burst, 0));
            let early = now + all.wait - TimeDelta::microseconds(1);
            prop_assert_eq!(limit.grant(all.full_at, early, 1).given, 0);
            prop_assert_eq!(limit.grant(all.full_at, now + all.wait, 1).given, 1);
        }
    }
}
