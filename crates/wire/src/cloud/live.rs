//! The frames of the live connection (`GET /v1/live`, a WebSocket): JSON texts. A frame is a hint, never the thing
//! itself: who gets a poke asks for what is new, so a lost frame loses nothing.

use super::Person;
use gameforge_domain::{AccountId, ProjectId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What somebody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PresencePlace {
    /// In which project.
    pub project_id: ProjectId,
    /// `asset`, `run` …; none for the project as a whole.
    #[serde(default)]
    pub object_kind: Option<String>,
    /// Which; a UUID.
    #[serde(default)]
    pub object_id: Option<String>,
}

/// Somebody looks at something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Presence {
    /// Who.
    pub person: Person,
    /// At what.
    pub place: PresencePlace,
}

/// From the Studio to the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum LiveRequest {
    /// This is what I look at now; none: at nothing. To be said again every 30 s.
    Look {
        /// At what.
        place: Option<PresencePlace>,
    },
}

/// From the cloud to the Studio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveFrame {
    /// The connection stands; ask for everything once, since frames before it are lost.
    Welcome {
        /// Who is signed in.
        account_id: AccountId,
    },
    /// Something in a scope (a person's, a workspace's, a project's) is new up to a number.
    Poke {
        /// The scope's id; a UUID.
        scope_id: String,
        /// The newest number.
        seq: f64,
    },
    /// Who is there in a project, all of them.
    Present {
        /// Where.
        project_id: ProjectId,
        /// Who and at what; the person at hand not among them.
        people: Vec<Presence>,
    },
    /// This device was signed out.
    SignedOut,
}
