//! Telling people: in their list, on their desktop, by mail at once or in the day's digest, as they wish.

use crate::{
    App, Result,
    jobs::Work,
    store::{job, notification},
};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, CommentId, ProjectId, WorkspaceId};
use gameforge_wire::cloud::{MailWhen, NotificationKind, ObjectKind};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// What there is to be told, to whomever.
#[derive(Debug, Clone)]
pub struct News {
    /// Where.
    pub workspace: Option<WorkspaceId>,
    /// Where.
    pub project: Option<ProjectId>,
    /// About what.
    pub object: Option<(ObjectKind, Uuid)>,
    /// Said where.
    pub comment: Option<CommentId>,
    /// `workspace`, `project`, `object_name`, `role` …
    pub details: Value,
    /// When.
    pub at: DateTime<Utc>,
}

impl News {
    /// About a place itself and who is in it.
    #[must_use]
    pub const fn of_place(
        workspace: WorkspaceId,
        project: Option<ProjectId>,
        details: Value,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            workspace: Some(workspace),
            project,
            object: None,
            comment: None,
            details,
            at,
        }
    }
}

/// Tells each person for their own reason; the person who does it is never told. Gives back whose scopes have which
/// new numbers, to be poked after the commit. It locks those scopes: do it after the work and before a workspace's or
/// project's scope is numbered.
///
/// # Errors
/// When the database is away.
pub async fn tell(
    app: &App,
    conn: &mut PgConnection,
    by: AccountId,
    mut people: Vec<(AccountId, NotificationKind)>,
    news: &News,
) -> Result<Vec<(Uuid, i64)>> {
    // The same order for everybody, so that two transactions cannot wait for each other. Of several reasons for one
    // person the first given counts: the sort keeps their order.
    people.sort_by_key(|(account, _)| *account);
    people.dedup_by_key(|(account, _)| *account);
    let mut told = Vec::new();
    for (account, kind) in people {
        if account == by {
            continue;
        }
        let new = notification::New {
            id: app.new_id(),
            to: account,
            kind,
            workspace: news.workspace,
            project: news.project,
            object: news.object,
            comment: news.comment,
            details: &news.details,
            at: news.at,
        };
        let Some((seq, mail)) = notification::tell(conn, &new).await? else {
            continue;
        };
        told.push((account.uuid(), seq));
        if mail == MailWhen::AtOnce {
            let work = Work::Notice {
                notification: new.id,
            };
            job::enqueue(conn, app.new_id(), news.at, &work).await?;
        }
    }
    Ok(told)
}
