//! What crosses between the Studio and the cloud over HTTP and WebSocket: the service describes its interface from
//! these types and the Studio's client is built of them. Times are RFC 3339, ids are UUIDs, and every list is a
//! [`Page`].

mod account;
mod admin;
mod live;
mod problem;
mod talk;
mod team;

pub use account::{
    Account, AccountChange, ApiKey, ApiKeyCreated, ApiKeyRequest, Consent, ConsentAnswer,
    ConsentText, DataExport, DataExportState, EmailChange, ErasureState, FactorCode, FactorSetup,
    FreshAccess, Identity, MailAgain, MailProof, PasswordChange, PasswordForgotten, PasswordReset,
    ProviderFinish, ProviderLink, ProviderStart, ProviderStarted, Providers, RecoveryCodes,
    Refresh, Register, Registered, SecondFactorProof, Session, SignIn, SignInAnswer, StepUp,
    Tokens,
};
pub use admin::{
    AdminAccount, AuditEvent, AuditQuery, Health, HealthPart, JobRow, RoleChange, Suspension,
};
pub use live::{LiveFrame, LiveRequest, Presence, PresencePlace};
pub use problem::{FieldProblem, Problem, ProblemCode};
pub use talk::{
    Activity, ActivityQuery, Comment, CommentChange, CommentQuery, CommentRequest, MailWhen,
    Notification, NotificationKind, NotificationPreference, NotificationQuery, ObjectKind,
    ObjectRef, PeopleQuery, Reaction, ReactionRequest, ReadAll, Unread,
};
pub use team::{
    BinItem, Invitation, InvitationOffer, InvitationRequest, InvitationState, InvitationToken,
    Member, MemberChange, PermissionRow, PermissionTables, Person, Project, ProjectChange,
    ProjectRequest, Quota, Transfer, Workspace, WorkspaceChange, WorkspaceRequest,
};

use serde::{Deserialize, Serialize};
use specta::Type;

/// Part of a list. The order is fixed, so that a list that grows shows nothing twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// To be given as `after` for what follows; none at the end.
    pub next: Option<String>,
}

/// Which part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200; 50 when not given.
    pub limit: Option<u32>,
}
