//! `job`: work that happens after the answer. Enqueued in the transaction that needs it; taken with
//! `FOR UPDATE SKIP LOCKED`, held by a lease, tried again with growing pauses, and kept as dead when nothing helps.
//!
//! Our own rather than a crate's: those that are kept well stand on another version of sqlx, or bring tables of their
//! own that backups, roles and erasure would have to know.

use crate::{
    Error, Result,
    jobs::{Turn, Work},
};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::CloudJobId;
use gameforge_wire::cloud::JobRow;
use sqlx::PgConnection;
use uuid::Uuid;

/// How long a copy of the service may be silent about a job before another takes it.
pub const LEASE: TimeDelta = TimeDelta::minutes(2);

/// A job that was taken.
#[derive(Debug)]
pub struct Taken {
    /// Which.
    pub id: Uuid,
    /// What to do.
    pub work: Work,
    /// This try's number, from 1.
    pub attempt: i32,
    /// The most tries.
    pub most: i32,
}

/// Enqueues work to be done as soon as possible.
///
/// # Errors
/// When the database is away.
pub async fn enqueue(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    work: &Work,
) -> Result<()> {
    enqueue_at(conn, id, now, now, work, None).await
}

/// Enqueues work for later. Of several waiting with the same `dedupe` one is kept.
///
/// # Errors
/// When the database is away.
pub async fn enqueue_at(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    run_at: DateTime<Utc>,
    work: &Work,
    dedupe: Option<&str>,
) -> Result<()> {
    let payload =
        serde_json::to_value(work).map_err(|error| Error::stored("job.payload", error))?;
    sqlx::query!(
        r#"
        INSERT INTO job (id, kind, payload, dedupe_key, created_at, run_at, most_attempts)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING
        "#,
        id,
        work.kind(),
        payload,
        dedupe,
        now,
        run_at,
        work.most_attempts(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the next job that is due, also one whose holder fell silent.
///
/// # Errors
/// When the database is away. A job whose words this version does not know is put aside as dead.
pub async fn take(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    holder: &str,
) -> Result<Option<Taken>> {
    let row = sqlx::query!(
        r#"
        UPDATE job SET state = 'running', attempts = attempts + 1, held_until = $2, held_by = $3
        WHERE id = (
            SELECT id FROM job
            WHERE (state = 'waiting' AND run_at <= $1) OR (state = 'running' AND held_until < $1)
            ORDER BY run_at, id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        )
        RETURNING id, payload, attempts, most_attempts
        "#,
        now,
        now + LEASE,
        holder,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    match serde_json::from_value(row.payload) {
        Ok(work) => Ok(Some(Taken {
            id: row.id,
            work,
            attempt: row.attempts,
            most: row.most_attempts,
        })),
        Err(error) => {
            bury(conn, row.id, now, &error.to_string()).await?;
            Ok(None)
        }
    }
}

/// Says that a job is still being worked on.
///
/// # Errors
/// When the database is away.
pub async fn breathe(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    holder: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE job SET held_until = $3 WHERE id = $1 AND state = 'running' AND held_by = $2",
        id,
        holder,
        now + LEASE,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Done.
///
/// # Errors
/// When the database is away.
pub async fn finish(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE job SET state = 'done', ended_at = $2, held_until = NULL, payload = '{}' WHERE id = $1",
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// To be tried again.
///
/// # Errors
/// When the database is away.
pub async fn retry(
    conn: &mut PgConnection,
    id: Uuid,
    run_at: DateTime<Utc>,
    cause: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE job SET state = 'waiting', run_at = $2, held_until = NULL, last_error = $3, dedupe_key = NULL WHERE id = $1",
        id,
        run_at,
        cause,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Nothing helped: it is kept for an administrator to see.
///
/// # Errors
/// When the database is away.
pub async fn bury(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    cause: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE job SET state = 'dead', ended_at = $2, held_until = NULL, last_error = $3 WHERE id = $1",
        id,
        now,
        cause,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An administrator tries a dead one again.
///
/// # Errors
/// `NotFound` when there is no such dead job.
pub async fn revive(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let done = sqlx::query!(
        "UPDATE job SET state = 'waiting', run_at = $2, attempts = 0, ended_at = NULL WHERE id = $1 AND state = 'dead'",
        id,
        now,
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::not_found("This dead job"));
    }
    Ok(())
}

/// Jobs of a state, the newest first, those older than `after`.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    state: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<JobRow>> {
    let rows = sqlx::query!(
        r#"
        SELECT id, kind, state, created_at, run_at, attempts, most_attempts, last_error
        FROM job WHERE state = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        "#,
        state,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| JobRow {
        id: CloudJobId::from_uuid(row.id),
        kind: row.kind,
        state: row.state,
        created_at: row.created_at,
        run_at: row.run_at,
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        most_attempts: u32::try_from(row.most_attempts).unwrap_or(0),
        last_error: row.last_error,
    });
    Ok(rows.collect())
}

/// How the queue stands: waiting jobs, seconds that the oldest due one waits, dead ones.
///
/// # Errors
/// When the database is away.
pub async fn standing(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(i64, f64, i64)> {
    let row = sqlx::query!(
        r#"
        SELECT count(*) FILTER (WHERE state = 'waiting') AS "waiting!",
            coalesce(extract(epoch FROM $1 - min(run_at) FILTER (WHERE state = 'waiting' AND run_at <= $1)), 0)::float8 AS "age!",
            count(*) FILTER (WHERE state = 'dead') AS "dead!"
        FROM job WHERE state IN ('waiting', 'dead')
        "#,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.waiting, row.age, row.dead))
}

/// Takes the turn of a piece of work that comes again; at most one copy of the service gets each.
///
/// # Errors
/// When the database is away.
pub async fn take_turn(
    conn: &mut PgConnection,
    kind: &str,
    turn: Turn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let interval = sqlx::postgres::types::PgInterval {
        months: 0,
        days: 0,
        microseconds: turn.every().num_microseconds().unwrap_or(i64::MAX),
    };
    // A row that was just inserted was never another one's: its `xmax` is 0.
    let is_first = sqlx::query_scalar!(
        r#"
        INSERT INTO job_schedule AS old (kind, every, next_at) VALUES ($1, $2, $4)
        ON CONFLICT (kind) DO UPDATE SET every = $2, next_at = $4 WHERE old.next_at <= $3
        RETURNING xmax = 0 AS "is_first!"
        "#,
        kind,
        interval,
        now,
        turn.after(now),
    )
    .fetch_optional(conn)
    .await?;
    Ok(is_first.is_some_and(|is_first| !is_first || turn.at_once()))
}

/// Forgets jobs that were done before a time.
///
/// # Errors
/// When the database is away.
pub async fn sweep(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM job WHERE state = 'done' AND ended_at < $1",
        before
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
