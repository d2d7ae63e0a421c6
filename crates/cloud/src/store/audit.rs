//! `audit_event`: who did what to what, each row chained to the one before by its hash. The table is written by the
//! database's function `audit_append` alone.

use crate::{
    Result,
    http::{Asked, Caller, caller::Via},
};
use chrono::{DateTime, Utc};
use gameforge_domain::AccountId;
use ipnetwork::IpNetwork;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Who did it, from where.
#[derive(Debug, Clone)]
pub struct Actor {
    kind: &'static str,
    id: Option<Uuid>,
    address: Option<IpNetwork>,
    request: String,
}

impl Actor {
    /// The service itself: a job.
    #[must_use]
    pub const fn system() -> Self {
        Self {
            kind: "system",
            id: None,
            address: None,
            request: String::new(),
        }
    }

    /// Somebody who is not known (yet).
    #[must_use]
    pub fn nobody(asked: &Asked) -> Self {
        Self::of("nobody", None, asked)
    }

    /// A person who is known otherwise than by a token: by a password, a mail.
    #[must_use]
    pub fn account(id: AccountId, asked: &Asked) -> Self {
        Self::of("account", Some(id.uuid()), asked)
    }

    fn of(kind: &'static str, id: Option<Uuid>, asked: &Asked) -> Self {
        Self {
            kind,
            id,
            address: Some(asked.address.into()),
            request: asked.id.to_string(),
        }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        match &caller.via {
            Via::Session { .. } => Self::of("account", Some(caller.account.uuid()), &caller.asked),
            Via::Key { id, .. } => Self::of("key", Some(id.uuid()), &caller.asked),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Act<'a> {
    /// `thing.done`, for example `session.revoked`.
    pub action: &'a str,
    /// To what kind of thing.
    pub target_kind: &'a str,
    /// Which.
    pub target_id: Option<Uuid>,
    /// In which tenant.
    pub workspace: Option<Uuid>,
    /// What was so before.
    pub before: Option<Value>,
    /// What is so since.
    pub after: Option<Value>,
    /// For example `gdpr`.
    pub flags: &'a [&'a str],
}

/// Notes an act. It locks the chain's head until the transaction ends: call it last.
///
/// # Errors
/// When the database is away.
pub async fn append(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: &Actor,
    act: &Act<'_>,
) -> Result<()> {
    let flags: Vec<String> = act.flags.iter().map(|flag| (*flag).to_owned()).collect();
    sqlx::query!(
        "SELECT audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        now,
        actor.kind,
        actor.id,
        act.action,
        act.target_kind,
        act.target_id,
        act.workspace,
        act.before,
        act.after,
        actor.address,
        actor.request,
        &flags,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
