//! `scope`: the unit of order and of permission. Its number is taken last in a transaction, under its row's lock, so
//! whoever has seen number n has seen everything up to n.

use crate::Result;
use sqlx::PgConnection;
use uuid::Uuid;

/// Makes a scope: `account`, `workspace` or `project`.
///
/// # Errors
/// When the database is away or the id is taken.
pub async fn create(conn: &mut PgConnection, id: Uuid, kind: &str) -> Result<()> {
    sqlx::query!("INSERT INTO scope (id, kind) VALUES ($1, $2)", id, kind)
        .execute(conn)
        .await?;
    Ok(())
}

/// Locks a scope and takes its next number. With several scopes, go in the order of their ids.
///
/// # Errors
/// When the database is away, or there is no such scope for this person.
pub async fn next(conn: &mut PgConnection, id: Uuid) -> Result<i64> {
    let seq = sqlx::query_scalar!(r#"SELECT scope_next($1) AS "seq""#, id)
        .fetch_one(conn)
        .await?;
    seq.ok_or_else(|| crate::Error::not_found("It"))
}

/// The scopes that a person may follow, each with its newest number: the own, those of the workspaces of which they
/// know, those of the projects that they see. For a transaction on behalf of that person.
///
/// # Errors
/// When the database is away.
pub async fn visible(
    conn: &mut PgConnection,
    account: gameforge_domain::AccountId,
) -> Result<Vec<(Uuid, i64)>> {
    let rows = sqlx::query!(
        r#"
        SELECT scope.id, scope.seq
        FROM (
            SELECT $1::uuid AS id
            UNION SELECT app_workspaces()
            UNION SELECT app_projects()) AS seen
            JOIN scope ON scope.id = seen.id
        "#,
        account.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.seq)).collect())
}
