//! How every change ends: noted in the order of its scope, noted in the audit log, and after the commit a hint to
//! those who look.

use crate::{
    App, Result,
    http::Caller,
    store::{
        Tx,
        activity::{self, Event},
        audit::{self, Act, Actor},
    },
};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, ProjectId, WorkspaceId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A change that was made.
#[derive(Debug, Clone)]
pub struct Done<'a> {
    /// By whom.
    pub caller: &'a Caller,
    /// When.
    pub now: DateTime<Utc>,
    /// In which tenant.
    pub workspace: WorkspaceId,
    /// In which project; none: in the workspace itself.
    pub project: Option<ProjectId>,
    /// `thing.done`, for the activity and the audit log.
    pub verb: &'a str,
    /// To what kind of thing.
    pub kind: &'a str,
    /// Which.
    pub object: Uuid,
    /// What was so before.
    pub before: Option<Value>,
    /// What is so since.
    pub after: Option<Value>,
    /// For the activity.
    pub details: Value,
}

impl Done<'_> {
    /// In whose order it is.
    pub fn scope(&self) -> Uuid {
        self.project
            .map_or_else(|| self.workspace.uuid(), ProjectId::uuid)
    }

    /// Notes it in the order of its scope; the number there.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn happened(&self, conn: &mut PgConnection) -> Result<i64> {
        self.happened_in(conn, self.scope()).await
    }

    /// Notes it in the order of another scope too: the workspace's, of a project.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn happened_in(&self, conn: &mut PgConnection, scope: Uuid) -> Result<i64> {
        activity::add(
            conn,
            &Event {
                scope,
                workspace: self.workspace.uuid(),
                project: self.project.map(ProjectId::uuid),
                at: self.now,
                actor: self.caller.account,
                verb: self.verb,
                object_kind: self.kind,
                object: self.object,
                details: self.details.clone(),
            },
        )
        .await
    }

    /// Notes it in the audit log: the last thing before the commit.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn audited(&self, conn: &mut PgConnection) -> Result<()> {
        audit::append(
            conn,
            self.now,
            &Actor::from(self.caller),
            &Act {
                action: self.verb,
                target_kind: self.kind,
                target_id: Some(self.object),
                workspace: Some(self.workspace.uuid()),
                before: self.before.clone(),
                after: self.after.clone(),
                flags: &[],
            },
        )
        .await
    }

    /// The end of it: noted in the audit log, committed, and those who look are told that something is new, after it
    /// is asked anew what the people in `anew` may see.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn ended(
        &self,
        app: &App,
        mut tx: Tx,
        numbers: &[(Uuid, i64)],
        anew: &[AccountId],
    ) -> Result<()> {
        self.audited(&mut tx).await?;
        tx.commit().await?;
        if !anew.is_empty() {
            app.live.recheck(anew, &[]);
        }
        app.poke_all(numbers);
        Ok(())
    }
}
