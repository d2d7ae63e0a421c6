//! What people say and do, and what they are told of it.

use super::Person;
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, CommentId, NotificationId, ProjectId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

/// What a comment can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// The project as a whole.
    Project,
    /// An asset.
    Asset,
    /// A template.
    Template,
    /// A run of an experiment.
    Run,
}

/// One object of a project.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectRef {
    /// What it is.
    pub kind: ObjectKind,
    /// Which; a UUID.
    pub id: String,
    /// What it was called.
    pub name: String,
}

/// Who reacted how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// One of eight.
    pub emoji: String,
    /// Who.
    pub people: Vec<Person>,
}

/// Something that somebody said. A thread is a first comment and those that answer it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comment {
    /// Which.
    pub id: CommentId,
    /// Where.
    pub project_id: ProjectId,
    /// About what.
    pub object: ObjectRef,
    /// The first of its thread; none for that one.
    pub thread_id: Option<CommentId>,
    /// Who said it.
    pub author: Person,
    /// The words; a mention is `@[name](account id)`. Empty once it is removed.
    pub body: String,
    /// Who is mentioned.
    pub mentions: Vec<Person>,
    /// How people reacted.
    pub reactions: Vec<Reaction>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Set when the words were changed.
    pub edited_at: Option<DateTime<Utc>>,
    /// Set on a first comment whose thread is settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub resolved_by: Option<Person>,
    /// Set when it is removed; it stays as a gap while others answered it.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Its number in the project's order.
    pub seq: f64,
}

/// Says something.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CommentRequest {
    /// The Studio's own id for it (UUIDv7), so that one written offline is sent once.
    pub id: CommentId,
    /// About what. For an answer: that of the thread.
    pub object: ObjectRef,
    /// Which thread it answers.
    #[serde(default)]
    pub thread_id: Option<CommentId>,
    /// 1 to 10,000 characters.
    pub body: String,
}

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CommentChange {
    /// New words, by the author.
    pub body: Option<String>,
    /// Settles a thread or opens it again.
    pub resolved: Option<bool>,
}

/// Reacts, or takes it back.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReactionRequest {
    /// One of 👍 👎 🎉 ❤️ 😄 👀 🚀 ❓.
    pub emoji: String,
    /// Whether it should be there.
    pub on: bool,
}

/// Which comments of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct CommentQuery {
    /// About this kind of object; together with its id.
    pub object_kind: Option<ObjectKind>,
    /// About this object; a UUID.
    pub object_id: Option<String>,
    /// To catch up: those that were written after this number of the project's order, in that order, and also those
    /// that were removed since.
    pub since: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200; 50 when not given.
    pub limit: Option<u32>,
}

/// Whom one could mention.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct PeopleQuery {
    /// What was typed so far.
    pub text: String,
    /// People, 1 to 200; 10 when not given.
    pub limit: Option<u32>,
}

/// Which part of what happened in a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ActivityQuery {
    /// About this object; a UUID.
    pub object_id: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200; 50 when not given.
    pub limit: Option<u32>,
}

/// Which notifications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct NotificationQuery {
    /// Only those that are not read.
    pub unread: bool,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200; 50 when not given.
    pub limit: Option<u32>,
}

/// Marks all notifications as read.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReadAll {
    /// Up to and including this one: the newest that was shown. All when not given.
    pub up_to: Option<NotificationId>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// In the order of its scope.
    pub seq: f64,
    /// Among those of one transaction.
    pub part: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Person,
    /// For example `project.renamed`.
    pub verb: String,
    /// `workspace`, `project`, `member`, `invitation`, `comment` …
    pub object_kind: String,
    /// Which; a UUID.
    pub object_id: String,
    /// What else there is to say, for example `from` and `to`.
    #[specta(type = specta_typescript::Unknown)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub details: Value,
}

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Was mentioned.
    Mention,
    /// Somebody answered in a thread of theirs.
    Reply,
    /// Somebody commented in a project of theirs.
    Comment,
    /// Was asked in.
    Invitation,
    /// Has another role.
    Role,
    /// Was let go.
    Removed,
    /// A thread of theirs was settled.
    Resolved,
    /// Something happened to the account: a new device, a changed password, a reused token.
    Security,
}

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Which.
    pub id: NotificationId,
    /// Why.
    pub kind: NotificationKind,
    /// Where.
    pub workspace_id: Option<WorkspaceId>,
    /// Where.
    pub project_id: Option<ProjectId>,
    /// About what.
    pub object: Option<ObjectRef>,
    /// Said where.
    pub comment_id: Option<CommentId>,
    /// By whom.
    pub actor: Option<Person>,
    /// What else there is to say: `workspace`, `project`, `excerpt`, `role`, `device` …
    #[specta(type = specta_typescript::Unknown)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub details: Value,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Set when it was seen.
    pub read_at: Option<DateTime<Utc>>,
    /// Whether the desktop should show it, by the person's preference.
    pub desktop: bool,
}

/// Mail about it: when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailWhen {
    /// Not at all.
    Never,
    /// Each alone.
    AtOnce,
    /// Once a day, together.
    Digest,
}

/// How a person wants to be told of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NotificationPreference {
    /// Of what.
    pub kind: NotificationKind,
    /// In the list.
    pub in_app: bool,
    /// On the desktop.
    pub desktop: bool,
    /// By mail.
    pub mail: MailWhen,
}

/// How many are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unread {
    /// Notifications.
    pub notifications: u32,
    /// Invitations to answer.
    pub invitations: u32,
    /// Whose.
    pub account_id: AccountId,
}
