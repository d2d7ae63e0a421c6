//! Everything a person can change, as values: what the window sends, the history keeps and `undo` reverses.

use gameforge_domain::{AssetId, CollectionId, HistoryId, SmartFolderId, TagPath};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which assets an edit is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "of", rename_all = "camelCase")]
pub enum Targets {
    /// These.
    Ids {
        /// The assets.
        ids: Vec<AssetId>,
    },
    /// All that a search found, without some.
    Results {
        /// The search's handle.
        handle: u32,
        /// Left out.
        except: Vec<AssetId>,
    },
}

/// A change. Every one can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Edit {
    AddTags {
        targets: Targets,
        tags: Vec<TagPath>,
    },
    RemoveTags {
        targets: Targets,
        tags: Vec<TagPath>,
    },
    SetRating {
        targets: Targets,
        rating: u32,
    },
    SetLabel {
        targets: Targets,
        label: u32,
    },
    SetLicence {
        targets: Targets,
        licence: Option<String>,
    },
    SetSource {
        targets: Targets,
        source: String,
    },
    SetAuthor {
        targets: Targets,
        author: String,
    },
    SetNotes {
        targets: Targets,
        notes: String,
    },
    Rename {
        target: AssetId,
        name: String,
        file_too: bool,
    },
    /// `{name} {n} {n:03} {ext} {folder} {date} {w} {h}` and plain text; see `rename_preview`.
    RenameMany {
        targets: Targets,
        pattern: String,
        find: String,
        replace: String,
        file_too: bool,
    },
    /// Out of the library; files stay where they are.
    Remove {
        targets: Targets,
    },
    /// Files to the system's trash, assets out of the library.
    Trash {
        targets: Targets,
    },
    /// Says where a missing file is now.
    Relink {
        target: AssetId,
        path: String,
    },
    /// Looks for all missing files of the targets (by content) below a folder.
    RelinkBelow {
        targets: Targets,
        folder: String,
    },
    /// Keeps one, gives it all tags, collections, notes and the best rating of the others, removes these.
    Merge {
        keep: AssetId,
        others: Vec<AssetId>,
    },
    RenameTag {
        tag: TagPath,
        to: TagPath,
    },
    DeleteTag {
        tag: TagPath,
    },
    SetTagColour {
        tag: TagPath,
        colour: u32,
    },
    CreateCollection {
        name: String,
        parent: Option<CollectionId>,
    },
    RenameCollection {
        id: CollectionId,
        name: String,
    },
    MoveCollection {
        id: CollectionId,
        parent: Option<CollectionId>,
        before: Option<CollectionId>,
    },
    DeleteCollection {
        id: CollectionId,
    },
    AddToCollection {
        id: CollectionId,
        targets: Targets,
    },
    RemoveFromCollection {
        id: CollectionId,
        targets: Targets,
    },
    CreateSmartFolder {
        name: String,
        query: String,
        sort: String,
    },
    ChangeSmartFolder {
        id: SmartFolderId,
        name: String,
        query: String,
        sort: String,
    },
    DeleteSmartFolder {
        id: SmartFolderId,
    },
}

/// What an edit did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EditDone {
    /// The step that takes it back; none when nothing changed.
    pub step: Option<HistoryStep>,
    /// Assets that changed.
    pub changed: u32,
    /// What could not be done, one line each (a file that could not be moved to the trash, say).
    pub problems: Vec<String>,
}

/// A step in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryStep {
    /// Which.
    pub id: HistoryId,
    /// In words: “Add tag enemy to 12 assets”.
    pub label: String,
    /// When.
    pub at_ms: f64,
    /// Whether it is taken back at present.
    pub undone: bool,
}

/// What a batch rename would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RenamePreview {
    /// The first 200, in order.
    pub rows: Vec<RenameRow>,
    /// How many would change.
    pub changes: u32,
    /// How many cannot (name taken, empty, not allowed), which stops the batch.
    pub problems: u32,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RenameRow {
    /// Which asset.
    pub id: AssetId,
    /// Name now.
    pub before: String,
    /// Name then.
    pub after: String,
    /// Why not.
    pub problem: Option<String>,
}
