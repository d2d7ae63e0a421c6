//! `activity`: what happened, in the order of its scope. Rows are only added.

use super::{scope, word};
use crate::Result;
use chrono::{DateTime, Utc};
use gameforge_domain::AccountId;
use gameforge_wire::cloud::Activity;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// In whose order: a workspace's or a project's.
    pub scope: Uuid,
    /// In which tenant.
    pub workspace: Uuid,
    /// Only those who see this project see it.
    pub project: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: AccountId,
    /// `thing.done`, for example `project.renamed`.
    pub verb: &'a str,
    /// To what kind of thing.
    pub object_kind: &'a str,
    /// Which.
    pub object: Uuid,
    /// What else there is to say.
    pub details: Value,
}

/// Takes the scope's next number and notes the event under it. It locks the scope: call it after the work.
///
/// # Errors
/// When the database is away, or there is no such scope for this person.
pub async fn add(conn: &mut PgConnection, event: &Event<'_>) -> Result<i64> {
    let seq = scope::next(conn, event.scope).await?;
    sqlx::query!(
        r#"
        INSERT INTO activity (scope_id, seq, workspace_id, project_id, at, actor_id, verb, object_kind, object_id, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        event.scope,
        seq,
        event.workspace,
        event.project,
        event.at,
        event.actor.uuid(),
        event.verb,
        event.object_kind,
        event.object,
        event.details,
    )
    .execute(conn)
    .await?;
    Ok(seq)
}

/// What happened in a scope, the newest first: before a number, and about one object when it is named.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    scope: Uuid,
    object: Option<Uuid>,
    before: Option<(i64, i32)>,
    limit: i64,
) -> Result<Vec<Activity>> {
    let (seq, part) = before.map_or((None, None), |(seq, part)| (Some(seq), Some(part)));
    let rows = sqlx::query!(
        r#"
        SELECT activity.seq, part, at, verb, object_kind, object_id, details, actor_id,
            person.display_name AS "name!", person.erased AS "erased!"
        FROM activity JOIN person ON person.id = actor_id
        WHERE scope_id = $1 AND ($2::uuid IS NULL OR object_id = $2)
            AND ($3::bigint IS NULL OR (activity.seq, part) < ($3, $4::integer))
        ORDER BY activity.seq DESC, part DESC
        LIMIT $5
        "#,
        scope,
        object,
        seq,
        part,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Activity {
        seq: word::number(row.seq),
        part: u32::try_from(row.part).unwrap_or(0),
        at: row.at,
        actor: word::person(row.actor_id, row.name, row.erased),
        verb: row.verb,
        object_kind: row.object_kind,
        object_id: row.object_id.to_string(),
        details: row.details,
    });
    Ok(rows.collect())
}
