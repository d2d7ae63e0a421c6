//! Long work, its lines, and while it runs the files that it has dealt with.

use crate::{Error, Result, store};
use gameforge_domain::JobId;
use serde::Serialize;
use sqlx::SqliteConnection;

/// A job as stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub row: i64,
    pub id: JobId,
    pub task: String,
    pub state: String,
    pub found: i64,
    pub counts: String,
    pub bytes: i64,
    pub failure_code: Option<String>,
    pub failure: Option<String>,
    pub started_ms: i64,
    pub ended_ms: Option<i64>,
}

/// Where a job stands, to be written.
#[derive(Debug, Clone)]
pub(crate) struct Standing<'a> {
    pub state: &'a str,
    pub found: i64,
    pub counts: &'a str,
    pub bytes: i64,
    pub failure_code: Option<&'a str>,
    pub failure: Option<&'a str>,
    pub ended_ms: Option<i64>,
}

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Hexadecimal.
    pub path: String,
    pub code: String,
    pub message: String,
    pub skipped: u8,
}

/// A file that was dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Dealt {
    /// Hexadecimal.
    pub path: String,
    pub outcome: u8,
    /// `content.row` while that waits to be read.
    pub content: Option<i64>,
}

pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    id: JobId,
    task: &str,
    started_ms: i64,
) -> Result<i64> {
    let id = id.as_bytes().as_slice();
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO job (id, task, state, started_ms) VALUES (?, ?, 'running', ?) RETURNING row AS "row!: i64""#,
        id,
        task,
        started_ms
    )
    .fetch_one(conn)
    .await?)
}

pub(crate) async fn set_standing(
    conn: &mut SqliteConnection,
    row: i64,
    standing: &Standing<'_>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE job SET state = ?, found = ?, counts = ?, bytes = ?, failure_code = ?, failure = ?, ended_ms = ? WHERE row = ?",
        standing.state,
        standing.found,
        standing.counts,
        standing.bytes,
        standing.failure_code,
        standing.failure,
        standing.ended_ms,
        row
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct Row {
    row: i64,
    id: Vec<u8>,
    task: String,
    state: String,
    found: i64,
    counts: String,
    bytes: i64,
    failure_code: Option<String>,
    failure: Option<String>,
    started_ms: i64,
    ended_ms: Option<i64>,
}

impl TryFrom<Row> for Stored {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            row: row.row,
            id: JobId::from_slice(&row.id).ok_or_else(|| Error::stored("a job's id"))?,
            task: row.task,
            state: row.state,
            found: row.found,
            counts: row.counts,
            bytes: row.bytes,
            failure_code: row.failure_code,
            failure: row.failure,
            started_ms: row.started_ms,
            ended_ms: row.ended_ms,
        })
    }
}

/// The newest jobs, newest first.
pub(crate) async fn newest(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT row AS "row!: i64", id, task, state, found, counts, bytes, failure_code, failure, started_ms, ended_ms
           FROM job ORDER BY row DESC LIMIT ?"#,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// Jobs that have not ended, oldest first.
pub(crate) async fn unfinished(conn: &mut SqliteConnection) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT row AS "row!: i64", id, task, state, found, counts, bytes, failure_code, failure, started_ms, ended_ms
           FROM job WHERE state IN ('running', 'paused') ORDER BY row"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
}

pub(crate) async fn by_id(conn: &mut SqliteConnection, id: JobId) -> Result<Option<Stored>> {
    let id = id.as_bytes().as_slice();
    let row = sqlx::query_as!(
        Row,
        r#"SELECT row AS "row!: i64", id, task, state, found, counts, bytes, failure_code, failure, started_ms, ended_ms
           FROM job WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    row.map(Stored::try_from).transpose()
}

/// Lets go of jobs that ended long ago: all but the newest, with their lines.
pub(crate) async fn prune(conn: &mut SqliteConnection, keep: i64) -> Result<()> {
    sqlx::query!(
        "DELETE FROM job WHERE state NOT IN ('running', 'paused')
         AND row <= (SELECT row FROM job ORDER BY row DESC LIMIT 1 OFFSET ?)",
        keep
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes lines; a path has one line a job, the newest.
pub(crate) async fn add_lines(conn: &mut SqliteConnection, job: i64, lines: &[Line]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let lines = store::json(lines)?;
    sqlx::query!(
        "INSERT OR REPLACE INTO job_issue (job, path, code, message, skipped)
         SELECT ?, unhex(value ->> 'path'), value ->> 'code', value ->> 'message', value ->> 'skipped' FROM json_each(?)",
        job,
        lines
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The lines of one sort, in order of path.
pub(crate) async fn lines(
    conn: &mut SqliteConnection,
    job: i64,
    skipped: bool,
    limit: i64,
) -> Result<Vec<(Vec<u8>, String, String)>> {
    let rows = sqlx::query!(
        "SELECT path, code, message FROM job_issue WHERE job = ? AND skipped = ? ORDER BY path LIMIT ?",
        job,
        skipped,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.path, row.code, row.message))
        .collect())
}

/// Before a job goes on after a restart: lines of files that will be looked at again are taken back.
pub(crate) async fn forget_open_lines(conn: &mut SqliteConnection, job: i64) -> Result<()> {
    sqlx::query!(
        "DELETE FROM job_issue WHERE job = ? AND path NOT IN (SELECT path FROM job_file WHERE job = ?)",
        job,
        job
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes files that were dealt with.
pub(crate) async fn deal(conn: &mut SqliteConnection, job: i64, files: &[Dealt]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let files = store::json(files)?;
    sqlx::query!(
        "INSERT OR REPLACE INTO job_file (job, path, outcome, content)
         SELECT ?, unhex(value ->> 'path'), value ->> 'outcome', value ->> 'content' FROM json_each(?)",
        job,
        files
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these paths (hexadecimal) the job has dealt with: upper-case hexadecimal.
pub(crate) async fn dealt_among(
    conn: &mut SqliteConnection,
    job: i64,
    paths: &[String],
) -> Result<Vec<String>> {
    let paths = store::json(paths)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT hex(f.path) AS "path!: String" FROM json_each(?) j JOIN job_file f ON f.job = ? AND f.path = unhex(j.value)"#,
        paths,
        job
    )
    .fetch_all(conn)
    .await?)
}

/// How many files went which way, and how many of them wait to be read.
pub(crate) async fn outcomes(conn: &mut SqliteConnection, job: i64) -> Result<Vec<(u8, u32, u32)>> {
    let rows = sqlx::query!(
        r#"SELECT outcome, count(*) AS "files!: u32", count(content) AS "waiting!: u32"
           FROM job_file WHERE job = ? GROUP BY outcome"#,
        job
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                u8::try_from(row.outcome).unwrap_or(u8::MAX),
                row.files,
                row.waiting,
            )
        })
        .collect())
}

/// Files of all running jobs behind contents that have now been read: job, outcome, how many, and whether reading failed.
pub(crate) async fn read_done(
    conn: &mut SqliteConnection,
    contents: &[i64],
    failed_outcome: u8,
) -> Result<Vec<(i64, u8, u32, bool)>> {
    let contents = store::json(contents)?;
    let moved = sqlx::query!(
        r#"SELECT f.job AS "job!: i64", f.outcome AS "outcome!: i64", c.preview = 3 AS "failed!: bool", count(*) AS "files!: u32"
           FROM json_each(?) j JOIN job_file f ON f.content = j.value JOIN content c ON c.row = f.content
           GROUP BY f.job, f.outcome, c.preview = 3"#,
        contents
    )
    .fetch_all(&mut *conn)
    .await?;
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query!(
        "INSERT OR REPLACE INTO job_issue (job, path, code, message, skipped)
         SELECT f.job, f.path, coalesce(c.error_code, 'io'), coalesce(c.error, ''), 0
         FROM json_each(?) j JOIN job_file f ON f.content = j.value JOIN content c ON c.row = f.content
         WHERE c.preview = 3",
        contents
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE job_file SET content = NULL,
             outcome = CASE WHEN (SELECT preview FROM content WHERE row = job_file.content) = 3 THEN ? ELSE outcome END
         WHERE content IN (SELECT value FROM json_each(?))",
        failed_outcome,
        contents
    )
    .execute(conn)
    .await?;
    Ok(moved
        .into_iter()
        .map(|row| {
            (
                row.job,
                u8::try_from(row.outcome).unwrap_or(u8::MAX),
                row.files,
                row.failed,
            )
        })
        .collect())
}

/// Whether files of a job still wait to be read.
pub(crate) async fn waits(conn: &mut SqliteConnection, job: i64) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM job_file WHERE job = ? AND content IS NOT NULL) AS "waits!: bool""#,
        job
    )
    .fetch_one(conn)
    .await?)
}

/// At a job's end: which files it dealt with is of no more use.
pub(crate) async fn forget_files(conn: &mut SqliteConnection, job: i64) -> Result<()> {
    sqlx::query!("DELETE FROM job_file WHERE job = ?", job)
        .execute(conn)
        .await?;
    Ok(())
}
