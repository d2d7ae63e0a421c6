//! The words and rules of the Studio: what an asset is, how it is named, described, asked for; and, in the cloud,
//! who a person is and who may do what.
//!
//! Nothing here does I/O, reads a clock or draws a random number; ids and times come in as values.

pub mod access;
mod account;
mod colour;
mod counted;
mod format;
mod ids;
mod limits;
mod metadata;
mod pixels;
pub mod query;
mod read_error;
mod tag;

pub use account::{
    Email, EmailError, KeyScope, Name, NameError, PlatformRole, SignInProvider, UnknownWord,
};
pub use colour::{Colour, Swatch};
pub use counted::{counted, grouped};
pub use format::{Format, Kind};
pub use ids::{
    AccountId, ApiKeyId, AssetId, CloudJobId, CollectionId, CommentId, DataExportId, HistoryId,
    InvitationId, JobId, NotificationId, ParseIdError, ProjectId, SessionId, SmartFolderId,
    WatchId, WorkspaceId,
};
pub use limits::Limits;
pub use metadata::{
    AnimationTag, AudioMetadata, Bounds, FontMetadata, ImageMetadata, Metadata, ModelMetadata,
    SceneMetadata, TextMetadata, VideoMetadata,
};
pub use pixels::Pixels;
pub use read_error::ReadError;
pub use tag::{TagPath, TagPathError};
