//! The library as a whole: its places, and news of it.

use crate::{Failure, Job};
use gameforge_domain::{CollectionId, SmartFolderId, TagPath, WatchId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A library that was open before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KnownLibrary {
    /// Its folder.
    pub path: String,
    /// The folder's name.
    pub name: String,
    /// Whether it is there at present.
    pub present: bool,
}

/// Which library is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LibraryState {
    /// Being opened.
    Opening,
    /// Open.
    Open {
        /// Its folder.
        path: String,
        /// The folder's name.
        name: String,
        /// Whether nothing can be written (the disk or the folder says so).
        read_only: bool,
    },
    /// Could not be opened.
    Failed {
        /// Its folder.
        path: String,
        /// Why, and what to do.
        failure: Failure,
    },
}

/// The side bar in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LibrarySummary {
    /// Assets.
    pub assets: u32,
    /// Bytes of all contents.
    pub bytes: f64,
    /// Assets whose file is gone.
    pub missing: u32,
    /// Assets that could not be read.
    pub failed: u32,
    /// Assets without a tag.
    pub untagged: u32,
    /// Added in the last seven days.
    pub recent: u32,
    /// How many of these are engines' import files, for a side bar that leaves them out.
    pub sidecars: Sidecars,
    /// The tag tree, roots first, depth first.
    pub tags: Vec<TagNode>,
    /// Collections, depth first.
    pub collections: Vec<Collection>,
    /// Smart folders with their present counts.
    pub smart_folders: Vec<SmartFolder>,
    /// Followed folders.
    pub watched: Vec<WatchedFolder>,
    /// The last step that can be taken back, in words.
    pub undo: Option<String>,
    /// The last step that can be done again, in words.
    pub redo: Option<String>,
}

/// Counts of engines' import files (`.import`, `.meta`): one beside each asset of a Godot or Unity project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Sidecars {
    /// Of all assets.
    pub assets: u32,
    /// Of those without a tag.
    pub untagged: u32,
    /// Of those added in the last seven days.
    pub recent: u32,
}

/// A tag in its tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TagNode {
    /// Its path.
    pub tag: TagPath,
    /// Assets with it or one below it.
    pub count: u32,
    /// As a label's number.
    pub colour: u32,
}

/// A hand-made group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Collection {
    /// Which.
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// The one above it.
    pub parent: Option<CollectionId>,
    /// Assets in it.
    pub count: u32,
}

/// A stored query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SmartFolder {
    /// Which.
    pub id: SmartFolderId,
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
    /// The order.
    pub sort: String,
    /// Assets that match at present.
    pub count: u32,
}

/// A folder that the library follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WatchedFolder {
    /// Which.
    pub id: WatchId,
    /// Where.
    pub path: String,
    /// Whether new files are copied in.
    pub copy: bool,
    /// Whether the folder is there.
    pub present: bool,
    /// When it was last gone through.
    pub scanned_ms: Option<f64>,
}

/// News from the engine, for everybody who listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// Another library, or the same one in another state.
    Library {
        /// The new state.
        state: LibraryState,
    },
    /// Assets changed (coalesced, at most ten a second): ask again.
    Changed,
    /// Tags, collections, smart folders or watched folders changed.
    Places,
    /// A job moved (at most ten a second each).
    Job {
        /// As it stands.
        job: Job,
    },
    /// Previews of these contents (16 hex digits) are ready now.
    Previews {
        /// Which.
        contents: Vec<String>,
    },
}
