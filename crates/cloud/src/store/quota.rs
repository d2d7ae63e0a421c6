//! `plan_quota`: what a plan allows, and how much of it is used. A resource without a row is not limited.

use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::AccountId;
use gameforge_wire::cloud::{ProblemCode, Quota};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is counted for a workspace.
pub const OF_WORKSPACE: &[&str] = &["members", "projects", "comments_a_day"];

/// The most that a plan allows; none when it is not limited.
///
/// # Errors
/// When the database is away.
pub async fn most(conn: &mut PgConnection, plan: &str, resource: &str) -> Result<Option<i64>> {
    let most = sqlx::query_scalar!(
        "SELECT amount FROM plan_quota WHERE plan_id = $1 AND resource = $2",
        plan,
        resource,
    )
    .fetch_optional(conn)
    .await?;
    Ok(most)
}

/// How much a workspace uses of a resource.
///
/// # Errors
/// When the database is away.
pub async fn used(
    conn: &mut PgConnection,
    workspace: Uuid,
    resource: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    let since = if resource == "comments_a_day" {
        now - TimeDelta::days(1)
    } else {
        now
    };
    let used = sqlx::query_scalar!(
        r#"SELECT app_used($1, $2, $3) AS "used!""#,
        workspace,
        resource,
        since
    )
    .fetch_one(conn)
    .await?;
    Ok(used)
}

/// Makes sure that one more of a resource fits into a workspace's plan. Others who ask the same wait until this
/// transaction ends, so two cannot both take the last place.
///
/// # Errors
/// `QuotaExceeded` when it does not fit; when the database is away.
pub async fn fits(
    conn: &mut PgConnection,
    workspace: Uuid,
    plan: &str,
    resource: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(most) = most(conn, plan, resource).await? else {
        return Ok(());
    };
    wait_turn(conn, resource, workspace).await?;
    let mut used = used(conn, workspace, resource, now).await?;
    if resource == "members" {
        // Who was asked in takes a place already.
        used += self::used(conn, workspace, "invitations", now).await?;
    }
    check(used, most, resource)
}

/// Makes sure that a person may have one more workspace.
///
/// # Errors
/// `QuotaExceeded` when not; when the database is away.
pub async fn fits_workspace(conn: &mut PgConnection, account: AccountId) -> Result<()> {
    wait_turn(conn, "workspaces", account.uuid()).await?;
    let row = sqlx::query!(
        r#"
        SELECT
            (SELECT amount FROM plan_quota JOIN account ON account.plan_id = plan_quota.plan_id
                WHERE account.id = $1 AND resource = 'workspaces') AS most,
            (SELECT count(*) FROM workspace_member JOIN workspace ON workspace.id = workspace_id
                WHERE account_id = $1 AND role = 'owner' AND deleted_at IS NULL) AS "used!"
        "#,
        account.uuid(),
    )
    .fetch_one(conn)
    .await?;
    match row.most {
        Some(most) => check(row.used, most, "workspaces"),
        None => Ok(()),
    }
}

/// The same for a workspace that the worker lets somebody into: it is counted as it is.
///
/// # Errors
/// `QuotaExceeded` when nobody more fits; when the database is away.
pub async fn fits_member(conn: &mut PgConnection, workspace: Uuid) -> Result<()> {
    wait_turn(conn, "members", workspace).await?;
    let row = sqlx::query!(
        r#"
        SELECT
            (SELECT amount FROM plan_quota JOIN workspace ON workspace.plan_id = plan_quota.plan_id
                WHERE workspace.id = $1 AND resource = 'members') AS most,
            (SELECT count(*) FROM (
                SELECT account_id FROM workspace_member WHERE workspace_id = $1
                UNION
                SELECT account_id FROM project_member WHERE workspace_id = $1) AS people) AS "used!"
        "#,
        workspace,
    )
    .fetch_one(conn)
    .await?;
    match row.most {
        Some(most) => check(row.used, most, "members"),
        None => Ok(()),
    }
}

/// A workspace's quotas and how much of them is used.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    workspace: Uuid,
    plan: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Quota>> {
    let mut quotas = Vec::new();
    for resource in OF_WORKSPACE {
        let used = used(conn, workspace, resource, now).await?;
        let most = most(conn, plan, resource).await?;
        quotas.push(Quota {
            resource: (*resource).to_owned(),
            used: super::word::number(used),
            most: most.map(super::word::number),
        });
    }
    Ok(quotas)
}

/// The requests a minute that an account's plan allows: to the person on all devices and keys together, and to each
/// key. None where it is not limited, or there is no such account.
///
/// # Errors
/// When the database is away.
pub async fn requests_a_minute(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<(Option<i64>, Option<i64>)> {
    let row = sqlx::query!(
        r#"
        SELECT
            max(amount) FILTER (WHERE resource = 'requests_a_minute') AS of_account,
            max(amount) FILTER (WHERE resource = 'key_requests_a_minute') AS of_key
        FROM plan_quota JOIN account ON account.plan_id = plan_quota.plan_id
        WHERE account.id = $1
        "#,
        account.uuid(),
    )
    .fetch_one(conn)
    .await?;
    Ok((row.of_account, row.of_key))
}

/// Makes sure that one more fits.
///
/// # Errors
/// `QuotaExceeded` when it does not.
pub fn check_used(used: i64, most: Option<i64>, resource: &str) -> Result<()> {
    most.map_or(Ok(()), |most| check(used, most, resource))
}

fn check(used: i64, most: i64, resource: &str) -> Result<()> {
    if used < most {
        return Ok(());
    }
    let what = match resource {
        "workspaces" => "workspaces",
        "members" => "people in this workspace, those that are asked in included",
        "projects" => "projects in this workspace",
        _ => "comments in this workspace within a day",
    };
    Err(Error::told(
        ProblemCode::QuotaExceeded,
        format!("The plan allows {most} {what}, and there are {used}."),
    ))
}

async fn wait_turn(conn: &mut PgConnection, resource: &str, id: Uuid) -> Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        format!("quota/{resource}/{id}"),
    )
    .execute(conn)
    .await?;
    Ok(())
}
