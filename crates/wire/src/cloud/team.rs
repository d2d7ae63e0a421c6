//! Workspaces, projects, who is in them, and who is asked to be.

use chrono::{DateTime, Utc};
use gameforge_domain::{
    AccountId, Email, InvitationId, Name, ProjectId, WorkspaceId,
    access::{ProjectPermission, ProjectRole, Visibility, WorkspacePermission, WorkspaceRole},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

/// What people see of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Who.
    pub id: AccountId,
    /// “Erased account” once it is.
    pub display_name: String,
}

/// How much of something the plan allows, and how much there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quota {
    /// Of what, for example `members`.
    pub resource: String,
    /// In use.
    pub used: f64,
    /// None: not limited.
    pub most: Option<f64>,
}

/// A tenant, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    /// Which.
    pub id: WorkspaceId,
    /// What it is called.
    pub name: Name,
    /// Somebody's own first one.
    pub personal: bool,
    /// What the person at hand is in it; none for guests of some of its projects.
    pub role: Option<WorkspaceRole>,
    /// What the person at hand may do in it.
    pub permissions: Vec<WorkspacePermission>,
    /// Whose quotas hold.
    pub plan: String,
    /// Open settings.
    #[specta(type = specta_typescript::Unknown)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: Value,
    /// Members.
    pub members: u32,
    /// Projects that the person at hand sees.
    pub projects: u32,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// The last change.
    pub updated_at: DateTime<Utc>,
    /// Its number in its scope's order.
    pub seq: f64,
}

/// Asks for a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkspaceRequest {
    /// What to call it.
    pub name: Name,
}

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceChange {
    /// What to call it.
    pub name: Option<Name>,
    /// Settings to set; those with null go, those not named stay.
    #[specta(type = Option<specta_typescript::Unknown>)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub settings: Option<Value>,
}

/// Somebody in a workspace or a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    pub person: Person,
    /// `owner`, `admin`, `member`; in a project `owner`, `admin`, `editor`, `viewer`.
    pub role: String,
    /// Whether the role comes from the workspace.
    pub inherited: bool,
    /// Since when.
    pub joined_at: DateTime<Utc>,
}

/// Gives another role.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// As in [`Member`]; the owner's is given by a transfer.
    pub role: String,
}

/// Makes somebody else the owner; the one before becomes an admin.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// A member already.
    pub to: AccountId,
}

/// A project, as the person at hand sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// Which.
    pub id: ProjectId,
    /// Where.
    pub workspace_id: WorkspaceId,
    /// What it is called.
    pub name: Name,
    /// What it is about.
    pub description: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// For finding it.
    pub tags: Vec<String>,
    /// Open settings.
    #[specta(type = specta_typescript::Unknown)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: Value,
    /// What the person at hand is in it; none for those who may only look because everybody may.
    pub role: Option<ProjectRole>,
    /// What the person at hand may do in it.
    pub permissions: Vec<ProjectPermission>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// The last change.
    pub updated_at: DateTime<Utc>,
    /// Its number in its scope's order.
    pub seq: f64,
}

/// Asks for a project.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProjectRequest {
    /// What to call it; one of a name in a workspace.
    pub name: Name,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// Who sees it; the workspace when not given.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// For finding it.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ProjectChange {
    /// What to call it.
    pub name: Option<Name>,
    /// What it is about.
    pub description: Option<String>,
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// All of them.
    pub tags: Option<Vec<String>>,
    /// Settings to set; those with null go, those not named stay.
    #[specta(type = Option<specta_typescript::Unknown>)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub settings: Option<Value>,
}

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Not answered yet.
    Pending,
    /// Came in.
    Accepted,
    /// Did not want to.
    Declined,
    /// Taken back.
    Revoked,
    /// Nobody answered in fourteen days.
    Expired,
}

/// An invitation, to those who manage members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// To where.
    pub workspace_id: WorkspaceId,
    /// None: to the workspace itself.
    pub project_id: Option<ProjectId>,
    /// Who is asked.
    pub email: Email,
    /// As what.
    pub role: String,
    /// How it stands.
    pub state: InvitationState,
    /// Who asked.
    pub invited_by: Person,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Asks somebody in.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// Whom; an account is not needed yet.
    pub email: Email,
    /// As what: `admin`, `member`; in a project `admin`, `editor`, `viewer`. Not above the own role.
    pub role: String,
    /// A word to go with it, up to 1,000 characters.
    #[serde(default)]
    pub message: String,
}

/// An invitation, to the one who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationOffer {
    /// Which.
    pub id: InvitationId,
    /// The workspace's name.
    pub workspace: String,
    /// The project's, where it is to one.
    pub project: Option<String>,
    /// As what.
    pub role: String,
    /// Who asks.
    pub invited_by: Person,
    /// Their word.
    pub message: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// The secret of an invitation's letter.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    /// What stands behind the “#” of its link.
    pub token: String,
}

/// Something in a bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BinItem {
    /// `workspace`, `project` or `comment`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What it was called, or how it begins.
    pub name: String,
    /// Who put it there.
    pub deleted_by: Option<Person>,
    /// Since when.
    pub deleted_at: DateTime<Utc>,
    /// When it goes for good.
    pub purge_after: DateTime<Utc>,
}

/// One permission and the least role that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionRow {
    /// For example `manage_members`.
    pub permission: String,
    /// For example `admin`.
    pub least_role: String,
}

/// Who may do what, from the table that the service decides by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionTables {
    /// In a workspace.
    pub workspace: Vec<PermissionRow>,
    /// In a project.
    pub project: Vec<PermissionRow>,
}
