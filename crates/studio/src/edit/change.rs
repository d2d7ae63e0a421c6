//! What a step changed, as data: a list of facts, each with what was and what is. A fact turned round is the fact
//! that takes it back, so that undo and redo are one function. How facts get into the database is in `apply`,
//! how they get onto the disk in `disk`.

use super::rows::Rows;
use crate::store::{
    asset_field::Field, collection::CollectionRow, place::PlaceRow, smart_folder::SmartFolderRow,
    tag::TagRow,
};
use gameforge_domain::CollectionId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Assets whose field went from one value to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Move {
    /// What it was.
    pub from: Value,
    /// What it is.
    pub to: Value,
    /// Of which assets.
    pub rows: Rows,
}

/// One reversible fact. Stored in the history: variants may be added, and never change meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fact {
    /// A field of assets.
    Field {
        /// Which.
        field: Field,
        /// From what to what.
        moves: Vec<Move>,
    },
    /// A tag came, went, or has another form. At least one side is there.
    Tag {
        /// What it was.
        from: Option<TagRow>,
        /// What it is.
        to: Option<TagRow>,
    },
    /// Assets got (`on`) or lost a tag.
    Tagged {
        /// The tag's key.
        key: String,
        /// Which assets.
        rows: Rows,
        /// Whether they have it now.
        on: bool,
    },
    /// A collection came, went, or has another name or place.
    Collection {
        /// What it was.
        from: Option<CollectionRow>,
        /// What it is.
        to: Option<CollectionRow>,
    },
    /// Assets came into a collection (`on`) or left it.
    Members {
        /// Which collection.
        id: CollectionId,
        /// Their position, one for all.
        position: f64,
        /// Which assets.
        rows: Rows,
        /// Whether they are in it now.
        on: bool,
    },
    /// A smart folder came, went, or is another.
    SmartFolder {
        /// What it was.
        from: Option<SmartFolderRow>,
        /// What it is.
        to: Option<SmartFolderRow>,
    },
    /// A location came, went, or is another.
    Place {
        /// What it was.
        from: Option<PlaceRow>,
        /// What it is.
        to: Option<PlaceRow>,
    },
    /// An asset's content became another one, or that was taken back.
    Version {
        /// The asset.
        asset: i64,
        /// The content's row.
        content: i64,
        /// How it came about.
        cause: String,
        /// When.
        at_ms: i64,
        /// Whether the note is there now.
        on: bool,
    },
    /// A file got another name.
    FileMoved {
        /// Bytes of its path before.
        #[serde(with = "crate::store::place::hex")]
        from: Vec<u8>,
        /// Bytes of its path now.
        #[serde(with = "crate::store::place::hex")]
        to: Vec<u8>,
    },
    /// A file went into the system's trash (`on`) or came back.
    Trashed {
        /// Bytes of its path.
        #[serde(with = "crate::store::place::hex")]
        path: Vec<u8>,
        /// Whether it is in the trash now.
        on: bool,
    },
}

impl Fact {
    /// The fact that takes this one back.
    fn invert(self) -> Self {
        match self {
            Self::Field { field, moves } => Self::Field {
                field,
                moves: moves
                    .into_iter()
                    .map(|Move { from, to, rows }| Move {
                        from: to,
                        to: from,
                        rows,
                    })
                    .collect(),
            },
            Self::Tag { from, to } => Self::Tag { from: to, to: from },
            Self::Tagged { key, rows, on } => Self::Tagged { key, rows, on: !on },
            Self::Collection { from, to } => Self::Collection { from: to, to: from },
            Self::Members {
                id,
                position,
                rows,
                on,
            } => Self::Members {
                id,
                position,
                rows,
                on: !on,
            },
            Self::SmartFolder { from, to } => Self::SmartFolder { from: to, to: from },
            Self::Place { from, to } => Self::Place { from: to, to: from },
            Self::Version {
                asset,
                content,
                cause,
                at_ms,
                on,
            } => Self::Version {
                asset,
                content,
                cause,
                at_ms,
                on: !on,
            },
            Self::FileMoved { from, to } => Self::FileMoved { from: to, to: from },
            Self::Trashed { path, on } => Self::Trashed { path, on: !on },
        }
    }
}

/// What one step changed, in the order in which it was done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Change(pub Vec<Fact>);

impl Change {
    /// The change that takes this one back: every fact turned round, the last one first.
    pub(crate) fn invert(self) -> Self {
        Self(self.0.into_iter().rev().map(Fact::invert).collect())
    }

    /// Whether nothing changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the side bar looks different afterwards.
    pub(crate) fn touches_places(&self) -> bool {
        self.0.iter().any(|fact| {
            matches!(
                fact,
                Fact::Tag { .. }
                    | Fact::Collection { .. }
                    | Fact::Members { .. }
                    | Fact::SmartFolder { .. }
            )
        })
    }
}
