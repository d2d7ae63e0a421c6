//! What the window asks of the Studio about its cloud. The Studio answers from what it remembers and asks the cloud
//! behind that, so every list has an age. What crosses to the cloud itself is in [`crate::cloud`].

use crate::{
    Failure,
    cloud::{
        Account, AccountChange, Activity, ApiKey, ApiKeyCreated, BinItem, Comment, CommentChange,
        Consent, ConsentAnswer, ConsentText, DataExport, ErasureState, FactorSetup, Identity,
        Invitation, InvitationOffer, Member, Notification, NotificationPreference, ObjectRef,
        PermissionTables, Person, Presence, PresencePlace, Project, ProjectChange, ProjectRequest,
        Quota, Session, StepUp, Workspace, WorkspaceChange,
    },
};
use gameforge_domain::{
    AccountId, ApiKeyId, CommentId, DataExportId, Email, InvitationId, KeyScope, Name,
    NotificationId, ProjectId, SessionId, SignInProvider, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CloudLink {
    /// No cloud was chosen: the Studio works alone.
    None,
    /// A cloud was chosen, nobody is signed in.
    SignedOut,
    /// Signed in; the connection is being made.
    Connecting,
    /// Signed in and connected.
    Live,
    /// Signed in; the cloud cannot be reached, lists are as they were.
    Offline,
}

/// How the Studio stands to its cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CloudState {
    /// Which cloud; none when none was chosen.
    pub address: Option<String>,
    /// A cloud that was started beside this Studio, to be proposed where none was chosen.
    pub offered: Option<String>,
    /// How the connection stands.
    pub link: CloudLink,
    /// Who is signed in, as last heard.
    pub account: Option<Account>,
    /// Since when it cannot be reached.
    pub offline_since_ms: Option<f64>,
    /// There is no keychain: the sign-in ends with the program.
    pub memory_only: bool,
    /// Comments that wait to be sent.
    pub unsent: u32,
    /// Notifications that were not read.
    pub unread: u32,
    /// Invitations to answer.
    pub offers: u32,
}

/// A workspace or a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "is", content = "id", rename_all = "camelCase")]
pub enum CloudPlace {
    /// A workspace.
    Workspace(WorkspaceId),
    /// A project.
    Project(ProjectId),
}

/// A list to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(
    tag = "list",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum CloudAsk {
    /// Workspaces of the person.
    Workspaces,
    /// One of them.
    Workspace {
        /// Which.
        workspace: WorkspaceId,
    },
    /// Projects of a workspace.
    Projects {
        /// Which.
        workspace: WorkspaceId,
    },
    /// One of them.
    Project {
        /// Which.
        project: ProjectId,
    },
    /// What a workspace's plan allows, and how much of it is used.
    Quotas {
        /// Whose.
        workspace: WorkspaceId,
    },
    /// What can be restored: the projects of a workspace, the comments of a project; without a place the own
    /// workspaces.
    Bin {
        /// Of what.
        place: Option<CloudPlace>,
    },
    /// Who is in a place.
    Members {
        /// Which.
        place: CloudPlace,
    },
    /// Who was asked into it.
    Invitations {
        /// Which.
        place: CloudPlace,
    },
    /// What happened in it.
    Activity {
        /// Which.
        place: CloudPlace,
    },
    /// What happened to one object.
    ObjectActivity {
        /// In which project.
        project: ProjectId,
        /// To what.
        object: ObjectRef,
    },
    /// What was said about an object.
    Comments {
        /// In which project.
        project: ProjectId,
        /// About what.
        object: ObjectRef,
    },
    /// What the person should know.
    Notifications,
    /// How the person wants to be told.
    Preferences,
    /// What the person is asked into.
    Offers,
    /// Who may do what.
    Permissions,
    /// The own account.
    Account,
    /// Devices.
    Sessions,
    /// Keys for programs.
    Keys,
    /// Accounts elsewhere.
    Identities,
    /// What was agreed to.
    Consents,
    /// Packages of the own data.
    Exports,
    /// Whether the account goes.
    Erasure,
}

/// The list itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "list", content = "rows", rename_all = "camelCase")]
#[allow(missing_docs, reason = "named as in `CloudAsk`")]
pub enum CloudRows {
    Workspaces(Vec<Workspace>),
    Workspace(Workspace),
    Projects(Vec<Project>),
    Project(Project),
    Quotas(Vec<Quota>),
    Bin(Vec<BinItem>),
    Members(Vec<Member>),
    Invitations(Vec<Invitation>),
    Activity(Vec<Activity>),
    ObjectActivity(Vec<Activity>),
    Comments(Vec<Comment>),
    Notifications(Vec<Notification>),
    Preferences(Vec<NotificationPreference>),
    Offers(Vec<InvitationOffer>),
    Permissions(PermissionTables),
    Account(Account),
    Sessions(Vec<Session>),
    Keys(Vec<ApiKey>),
    Identities(Vec<Identity>),
    Consents(Vec<Consent>),
    Exports(Vec<DataExport>),
    Erasure(ErasureState),
}

/// A list as it is known here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CloudList {
    /// None when it was never heard.
    pub rows: Option<CloudRows>,
    /// When it was heard.
    pub as_of_ms: Option<f64>,
    /// Whether it is being asked for now; an event follows.
    pub asking: bool,
    /// Why the last try to hear it went wrong.
    pub failure: Option<Failure>,
}

/// A comment that was written here and is not at the cloud yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnsentComment {
    /// The id that it will have.
    pub id: CommentId,
    /// In which project.
    pub project: ProjectId,
    /// About what.
    pub object: ObjectRef,
    /// Which thread it answers.
    pub thread: Option<CommentId>,
    /// The words.
    pub body: String,
    /// When it was written.
    pub written_ms: f64,
    /// Why the cloud does not take it; none while it waits.
    pub refused: Option<String>,
}

/// Something to be done at the cloud.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(
    missing_docs,
    reason = "the fields are those of the cloud's own requests"
)]
pub enum CloudAct {
    /// Chooses a cloud and says hello to it.
    Connect {
        address: String,
    },
    /// Works alone again; signs out first.
    Disconnect,
    Register {
        email: Email,
        password: String,
        display_name: Name,
        locale: String,
        consents: Vec<ConsentAnswer>,
    },
    /// The mail with the proof once more.
    SendAgain {
        email: Email,
    },
    SignIn {
        email: Email,
        password: String,
    },
    SecondFactor {
        challenge: String,
        code: String,
    },
    /// Through another's pages, in the browser. Answers once the browser is back.
    Provider {
        provider: SignInProvider,
        consents: Vec<ConsentAnswer>,
    },
    PasswordForgotten {
        email: Email,
    },
    /// Forgets what was remembered, and comments that were not sent.
    SignOut,
    StepUp {
        proof: StepUp,
    },
    /// By the pages of an account elsewhere that is linked; for who has neither a second factor nor a password.
    StepUpBy {
        provider: SignInProvider,
    },
    ChangeAccount {
        change: AccountChange,
    },
    ChangePassword {
        current: Option<String>,
        password: String,
    },
    ChangeEmail {
        email: Email,
    },
    BeginFactor,
    ConfirmFactor {
        code: String,
    },
    RemoveFactor,
    NewRecoveryCodes,
    EndSession {
        id: SessionId,
    },
    EndOtherSessions,
    CreateKey {
        name: Name,
        scopes: Vec<KeyScope>,
        days: Option<u32>,
    },
    RemoveKey {
        id: ApiKeyId,
    },
    Link {
        provider: SignInProvider,
    },
    Unlink {
        provider: SignInProvider,
    },
    AnswerConsent {
        answer: ConsentAnswer,
    },
    AskExport,
    /// Fetches a package and puts it into a folder.
    SaveExport {
        id: DataExportId,
        folder: String,
    },
    Erase,
    KeepAccount,
    CreateWorkspace {
        name: Name,
    },
    ChangeWorkspace {
        id: WorkspaceId,
        change: WorkspaceChange,
    },
    CreateProject {
        workspace: WorkspaceId,
        request: ProjectRequest,
    },
    ChangeProject {
        id: ProjectId,
        change: ProjectChange,
    },
    /// Into the bin.
    Remove {
        place: CloudPlace,
    },
    /// Out of the bin.
    Restore {
        place: CloudPlace,
    },
    ChangeMember {
        place: CloudPlace,
        who: AccountId,
        role: String,
    },
    RemoveMember {
        place: CloudPlace,
        who: AccountId,
    },
    /// Gives up the own role.
    Leave {
        place: CloudPlace,
    },
    Transfer {
        place: CloudPlace,
        to: AccountId,
    },
    Invite {
        place: CloudPlace,
        email: Email,
        role: String,
        message: String,
    },
    Revoke {
        id: InvitationId,
    },
    /// Sends an invitation again, with another link.
    Resend {
        id: InvitationId,
    },
    AnswerOffer {
        id: InvitationId,
        yes: bool,
    },
    /// Kept here first, sent when the cloud can be reached.
    Comment {
        project: ProjectId,
        object: ObjectRef,
        thread: Option<CommentId>,
        body: String,
    },
    /// Takes back a comment that was not sent.
    DropUnsent {
        id: CommentId,
    },
    ChangeComment {
        id: CommentId,
        change: CommentChange,
    },
    RemoveComment {
        id: CommentId,
    },
    RestoreComment {
        id: CommentId,
    },
    React {
        id: CommentId,
        emoji: String,
        on: bool,
    },
    /// Counts a notification as read.
    Read {
        id: NotificationId,
    },
    /// Counts all as read, up to the newest that was shown.
    ReadAll {
        up_to: Option<NotificationId>,
    },
    SetPreferences {
        preferences: Vec<NotificationPreference>,
    },
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "is", content = "what", rename_all = "camelCase")]
pub enum CloudDone {
    /// It is done.
    Done,
    /// The second factor is asked for; the challenge goes with the code.
    SecondFactor(String),
    /// A second factor on its way.
    Factor(FactorSetup),
    /// Recovery codes, shown this once.
    Codes(Vec<String>),
    /// A key with its secret, shown this once.
    Key(ApiKeyCreated),
    /// A new workspace.
    Workspace(WorkspaceId),
    /// A new project.
    Project(ProjectId),
    /// Where a package was put.
    Saved(String),
}

/// What somebody needs to know to sign in or register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct CloudWelcome {
    /// Other pages by which one may sign in.
    pub providers: Vec<SignInProvider>,
    /// Texts to agree to.
    pub consents: Vec<ConsentText>,
}

/// News of the cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CloudNews {
    /// It stands differently.
    State {
        /// So.
        state: Box<CloudState>,
    },
    /// A list was heard, or could not be: ask for it again.
    Heard {
        /// Which.
        ask: CloudAsk,
    },
    /// Something is new in a scope (a person's, a workspace's, a project's); none: anywhere.
    Stale {
        /// A UUID.
        scope: Option<String>,
    },
    /// Who is there in a project.
    Present {
        /// Which.
        project: ProjectId,
        /// All but the person at hand.
        people: Vec<Presence>,
    },
    /// Comments that wait changed.
    Unsent,
    /// Something that the person wants to be told on the desktop.
    Told {
        /// What.
        notification: Box<Notification>,
    },
    /// The person pressed a notice on the desktop: show what it is about.
    Pressed {
        /// Which notification it told of.
        id: NotificationId,
    },
}

/// What somebody looks at, for the others; none: at nothing.
pub type CloudLook = Option<PresencePlace>;

/// People that can be mentioned.
pub type CloudPeople = Vec<Person>;
