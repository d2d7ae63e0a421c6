//! What those who run the platform see and do.

use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, CloudJobId, PlatformRole};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

/// An account, to administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminAccount {
    /// Who.
    pub id: AccountId,
    /// None once erased.
    pub email: Option<String>,
    /// What others see.
    pub display_name: String,
    /// On the platform as a whole.
    pub role: PlatformRole,
    /// Whose quotas hold.
    pub plan: String,
    /// Whether the address is theirs.
    pub email_verified: bool,
    /// Whether a second factor is asked for.
    pub has_second_factor: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Set while nobody can sign in.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Set while an erasure waits.
    pub erase_after: Option<DateTime<Utc>>,
    /// The last time any device of theirs asked for anything.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// Gives another role on the platform.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Which.
    pub role: PlatformRole,
}

/// Keeps somebody out, or lets them in again.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Whether.
    pub suspended: bool,
    /// Why; kept in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// Which audit events.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct AuditQuery {
    /// Of this person.
    pub actor_id: Option<AccountId>,
    /// About this object; a UUID.
    pub target_id: Option<String>,
    /// For example `session.revoked`; a prefix ends with a dot.
    pub action: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200.
    pub limit: Option<u32>,
}

/// One act, as it was noted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    /// In the chain.
    pub seq: f64,
    /// When.
    pub at: DateTime<Utc>,
    /// `account`, `key`, `system` or `nobody`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<String>,
    /// For example `session.revoked`.
    pub action: String,
    /// For example `session`.
    pub target_kind: String,
    /// Which.
    pub target_id: Option<String>,
    /// In which tenant.
    pub workspace_id: Option<String>,
    /// What was so before.
    #[specta(type = Option<specta_typescript::Unknown>)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub before: Option<Value>,
    /// What is so since.
    #[specta(type = Option<specta_typescript::Unknown>)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub after: Option<Value>,
    /// From where.
    pub address: Option<String>,
    /// To find it in the log.
    pub request_id: String,
    /// For example `gdpr`.
    pub flags: Vec<String>,
}

/// A piece of work, to administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobRow {
    /// Which.
    pub id: CloudJobId,
    /// For example `mail`.
    pub kind: String,
    /// `waiting`, `running`, `done` or `dead`.
    pub state: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Not before.
    pub run_at: DateTime<Utc>,
    /// Tries so far.
    pub attempts: u32,
    /// The most.
    pub most_attempts: u32,
    /// Why the last one failed.
    pub last_error: Option<String>,
}

/// One part of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthPart {
    /// `database`, `storage`, `queue`, `mail`.
    pub part: String,
    /// Whether it works.
    pub ok: bool,
    /// In words, without secrets.
    pub note: String,
}

/// Whether the service can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// All that is needed works.
    pub ok: bool,
    /// The service's version.
    pub version: String,
    /// Each part.
    pub parts: Vec<HealthPart>,
}
