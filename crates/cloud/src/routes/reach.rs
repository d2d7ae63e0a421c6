//! How far a person reaches: what is not theirs to see is not there (404), what they see but may not do is forbidden
//! (403). And which part of a list is asked for.

use crate::{
    Error, Result,
    store::{project, workspace},
};
use gameforge_domain::{
    AccountId, ProjectId, WorkspaceId,
    access::{ProjectPermission, WorkspacePermission},
};
use gameforge_wire::cloud::{Page, PageQuery};
use sqlx::PgConnection;
use std::str::FromStr;
use uuid::Uuid;

/// A workspace that the person sees, and that is not in the bin.
///
/// # Errors
/// `NotFound`.
pub async fn workspace(
    conn: &mut PgConnection,
    id: WorkspaceId,
    account: AccountId,
) -> Result<workspace::Seen> {
    workspace::seen(conn, id, account)
        .await?
        .filter(|seen| seen.deleted_at.is_none())
        .ok_or_else(|| Error::not_found("This workspace"))
}

/// A workspace in which the person may do something.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn workspace_to(
    conn: &mut PgConnection,
    id: WorkspaceId,
    account: AccountId,
    permission: WorkspacePermission,
) -> Result<workspace::Seen> {
    let seen = workspace(conn, id, account).await?;
    may_workspace(&seen, permission)?;
    Ok(seen)
}

/// # Errors
/// `Forbidden`.
pub fn may_workspace(seen: &workspace::Seen, permission: WorkspacePermission) -> Result<()> {
    if seen.may(permission) {
        Ok(())
    } else {
        Err(Error::forbidden(&format!(
            "Your role in this workspace does not allow that (“{permission}”)."
        )))
    }
}

/// A project in which the person may do something, and that is not in the bin.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn project(
    conn: &mut PgConnection,
    id: ProjectId,
    account: AccountId,
    permission: ProjectPermission,
) -> Result<project::Seen> {
    let seen = project::seen(conn, id, account)
        .await?
        .filter(|seen| seen.deleted_at.is_none())
        .ok_or_else(|| Error::not_found("This project"))?;
    may_project(&seen, permission)?;
    Ok(seen)
}

/// # Errors
/// `Forbidden`.
pub fn may_project(seen: &project::Seen, permission: ProjectPermission) -> Result<()> {
    if seen.access.may(permission) {
        Ok(())
    } else {
        Err(Error::forbidden(&format!(
            "Your role in this project does not allow that (“{permission}”)."
        )))
    }
}

/// How many rows are asked for.
///
/// # Errors
/// `Invalid` when not 1 to 200.
pub fn limit(query: &PageQuery) -> Result<i64> {
    match query.limit.unwrap_or(50) {
        limit @ 1..=200 => Ok(i64::from(limit)),
        _ => Err(Error::invalid("limit", "should be 1 to 200")),
    }
}

/// Where to go on: an id.
///
/// # Errors
/// `Invalid` when it is none.
pub fn after(query: &PageQuery) -> Result<Option<Uuid>> {
    query.after.as_deref().map(cursor).transpose()
}

/// One part of a cursor.
///
/// # Errors
/// `Invalid` when it cannot be read.
pub fn cursor<T: FromStr>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| Error::invalid("after", "is not what a page before gave as “next”"))
}

/// A page of rows of which one more than `limit` was asked for, so that the last page is known.
pub fn page<T>(mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Page<T> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > most;
    items.truncate(most);
    let next = if more { items.last().map(key) } else { None };
    Page { items, next }
}
