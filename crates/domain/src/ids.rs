//! Ids: UUIDv7 in a newtype each, so that an asset's id cannot be handed over as a job's.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not an id")]
pub struct ParseIdError {
    /// What was given.
    pub text: String,
    #[source]
    source: uuid::Error,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID made elsewhere (UUIDv7 by convention, so that ids sort by creation).
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID within, for a database that has them as a type.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The sixteen bytes, big end first: the form in the database.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the form in the database; `None` when the length is not sixteen.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text.trim())
                    .map(Self)
                    .map_err(|source| ParseIdError { text: text.to_owned(), source })
            }
        }
    )+};
}

ids! {
    /// One thing in the library, whatever its content is today.
    AssetId,
    /// A hand-made, ordered group of assets.
    CollectionId,
    /// A stored query.
    SmartFolderId,
    /// A long piece of work with progress.
    JobId,
    /// A folder that the library follows.
    WatchId,
    /// One step that can be undone.
    HistoryId,
    /// A person, in the cloud.
    AccountId,
    /// A device on which somebody is signed in.
    SessionId,
    /// A key for a program that acts for a person.
    ApiKeyId,
    /// A tenant: everything in the cloud but accounts belongs to one.
    WorkspaceId,
    /// A game, or a part of one, that people work on together.
    ProjectId,
    /// An offer to join a workspace or a project.
    InvitationId,
    /// Something that somebody said about an object.
    CommentId,
    /// Something that a person should know.
    NotificationId,
    /// A package of all of a person's data.
    DataExportId,
    /// A piece of the cloud's work that happens after the answer.
    CloudJobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_come_back_as_the_same_id() {
        let id = AssetId::from_uuid(Uuid::from_u128(0x0192_f0c1_2345_7abc_8def_0123_4567_89ab));
        assert_eq!(id.to_string().parse::<AssetId>(), Ok(id));
        assert_eq!(AssetId::from_slice(id.as_bytes()), Some(id));
    }

    #[test]
    fn text_that_is_no_id_is_named_in_the_error() {
        let error = "goblin".parse::<AssetId>().unwrap_err();
        assert_eq!(error.to_string(), "“goblin” is not an id");
    }
}
