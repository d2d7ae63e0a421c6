//! The steps that a person took, so that they can be taken back.

use crate::{Error, Result};
use gameforge_domain::HistoryId;
use gameforge_wire::HistoryStep;
use sqlx::SqliteConnection;

/// How many steps are kept.
const KEPT: i64 = 1_000;

/// A step with what it changed.
pub(crate) struct StepRow {
    /// Its row.
    pub row: i64,
    /// As people see it.
    pub step: HistoryStep,
    /// `edit::Change` as JSON.
    pub change: String,
}

fn step(id: &[u8], label: String, at_ms: i64, undone: i64) -> Result<HistoryStep> {
    Ok(HistoryStep {
        id: HistoryId::from_slice(id).ok_or_else(|| Error::stored("a history step's id"))?,
        label,
        at_ms: at_ms as f64,
        undone: undone != 0,
    })
}

/// Writes a new step. Steps that were taken back can then no longer be done again, and the oldest are let go.
pub(crate) async fn append(
    conn: &mut SqliteConnection,
    id: HistoryId,
    label: &str,
    change: &str,
    at_ms: i64,
) -> Result<()> {
    sqlx::query!("DELETE FROM history WHERE undone = 1")
        .execute(&mut *conn)
        .await?;
    let id = id.as_bytes().as_slice();
    sqlx::query!(
        "INSERT INTO history (id, label, change, at_ms) VALUES (?, ?, ?, ?)",
        id,
        label,
        change,
        at_ms
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM history WHERE row <= (SELECT row FROM history ORDER BY row DESC LIMIT 1 OFFSET ?)",
        KEPT
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The step that undo takes back.
pub(crate) async fn last_done(conn: &mut SqliteConnection) -> Result<Option<StepRow>> {
    let found = sqlx::query!(
        "SELECT row, id, label, change, undone, at_ms FROM history WHERE undone = 0 ORDER BY row DESC LIMIT 1"
    )
    .fetch_optional(conn)
    .await?;
    found
        .map(|found| {
            Ok(StepRow {
                row: found.row,
                step: step(&found.id, found.label, found.at_ms, found.undone)?,
                change: found.change,
            })
        })
        .transpose()
}

/// The step that redo does again.
pub(crate) async fn first_undone(conn: &mut SqliteConnection) -> Result<Option<StepRow>> {
    let found = sqlx::query!(
        "SELECT row, id, label, change, undone, at_ms FROM history WHERE undone = 1 ORDER BY row LIMIT 1"
    )
    .fetch_optional(conn)
    .await?;
    found
        .map(|found| {
            Ok(StepRow {
                row: found.row,
                step: step(&found.id, found.label, found.at_ms, found.undone)?,
                change: found.change,
            })
        })
        .transpose()
}

/// Notes that a step is taken back, or done again.
pub(crate) async fn mark(conn: &mut SqliteConnection, row: i64, undone: bool) -> Result<()> {
    let undone = i64::from(undone);
    sqlx::query!("UPDATE history SET undone = ? WHERE row = ?", undone, row)
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest steps, newest first, without what they changed.
pub(crate) async fn newest(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<HistoryStep>> {
    let limit = i64::from(limit);
    sqlx::query!(
        "SELECT id, label, undone, at_ms FROM history ORDER BY row DESC LIMIT ?",
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| step(&found.id, found.label, found.at_ms, found.undone))
    .collect()
}

/// The labels of what undo and redo would do.
pub(crate) async fn labels(
    conn: &mut SqliteConnection,
) -> Result<(Option<String>, Option<String>)> {
    let undo =
        sqlx::query_scalar!("SELECT label FROM history WHERE undone = 0 ORDER BY row DESC LIMIT 1")
            .fetch_optional(&mut *conn)
            .await?;
    let redo =
        sqlx::query_scalar!("SELECT label FROM history WHERE undone = 1 ORDER BY row LIMIT 1")
            .fetch_optional(conn)
            .await?;
    Ok((undo, redo))
}
