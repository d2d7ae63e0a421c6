//! The index itself: what it holds, and how single assets are looked at. How entries go in and out is in
//! [`changing`](crate::changing).

use crate::arena::SequenceArena;
use crate::classes::Classes;
use crate::columns::{Columns, Fact, Flag, LOUDNESS_ZERO};
use crate::entry::{Card, PreviewState};
use crate::groups::{ByteGroups, TagSets, TextGroups};
use crate::hits::Hits;
use crate::keys::{IdMap, RowMap};
use crate::orders::Orders;
use crate::posting::Posting;
use crate::text::Normal;
use crate::tree::PathTree;
use crate::words::WordIndex;
use gameforge_domain::{AssetId, CollectionId, Format, Kind};
use std::collections::HashMap;

/// All assets of a library, ready to be searched. Derived from the database and always replaceable.
///
/// Keep it behind a lock: searches share it, [`apply`](Self::apply) has it alone for a few milliseconds.
#[derive(Debug)]
pub struct Index {
    pub(crate) columns: Columns,
    pub(crate) ids: IdMap,
    pub(crate) rows: RowMap,
    pub(crate) names: WordIndex,
    pub(crate) words: WordIndex,
    pub(crate) sequences: SequenceArena,
    pub(crate) folders: PathTree,
    /// How many assets have each folder as their first.
    pub(crate) folder_sizes: Vec<u32>,
    /// Folders of further locations.
    pub(crate) other_folders: HashMap<u32, Vec<u32>>,
    /// The folders that those add to the first one and what is above it: what counting has to look at.
    pub(crate) also_in: HashMap<u32, Box<[u32]>>,
    pub(crate) tags: PathTree,
    pub(crate) tagsets: TagSets,
    pub(crate) licences: TextGroups,
    pub(crate) endings: TextGroups,
    pub(crate) kinds: ByteGroups,
    pub(crate) formats: ByteGroups,
    pub(crate) labels: ByteGroups,
    pub(crate) classes: Classes,
    pub(crate) collections: HashMap<CollectionId, Posting>,
    pub(crate) in_collections: HashMap<u32, Vec<CollectionId>>,
    pub(crate) orders: Orders,
    pub(crate) live: u32,
    pub(crate) generation: u32,
    pub(crate) scratch: Normal,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// Without any asset.
    #[must_use]
    pub fn new() -> Self {
        Self {
            columns: Columns::default(),
            ids: IdMap::default(),
            rows: RowMap::default(),
            names: WordIndex::default(),
            words: WordIndex::default(),
            sequences: SequenceArena::default(),
            folders: PathTree::new(false),
            folder_sizes: Vec::new(),
            other_folders: HashMap::new(),
            also_in: HashMap::new(),
            tags: PathTree::new(true),
            tagsets: TagSets::default(),
            licences: TextGroups::default(),
            endings: TextGroups::default(),
            kinds: ByteGroups::default(),
            formats: ByteGroups::default(),
            labels: ByteGroups::default(),
            classes: Classes::default(),
            collections: HashMap::new(),
            in_collections: HashMap::new(),
            orders: Orders::default(),
            live: 0,
            generation: 0,
            scratch: Normal::default(),
        }
    }

    /// Number of assets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live as usize
    }

    /// Whether there is no asset.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// How many assets there are of each format that there is one of.
    pub fn format_counts(&self) -> impl Iterator<Item = (Format, u32)> {
        (0..=u8::MAX)
            .zip(&self.formats.postings)
            .filter(|(_, posting)| !posting.is_empty())
            .filter_map(|(number, posting)| {
                Some((Format::from_number(number)?, posting.len() as u32))
            })
    }

    /// Slots that removed assets left empty; [`compact`](Self::compact) gives their memory back.
    #[must_use]
    pub fn vacant(&self) -> usize {
        self.columns.len() - self.live as usize
    }

    /// The slot of an asset.
    #[must_use]
    pub fn slot_of(&self, id: AssetId) -> Option<u32> {
        self.ids.get(id, &self.columns.id)
    }

    /// The slot of a database row.
    #[must_use]
    pub fn slot_of_row(&self, row: u32) -> Option<u32> {
        self.rows.get(row)
    }

    /// What is needed to draw the asset in a slot; `None` when there is none any more. For slots of older hits
    /// use [`cards`](Self::cards), which notices when slots were renumbered.
    #[must_use]
    pub fn card(&self, slot: u32) -> Option<Card<'_>> {
        let columns = &self.columns;
        if !columns.is(Flag::Live, slot) {
            return None;
        }
        let at = slot as usize;
        Some(Card {
            id: columns.id(slot)?,
            row: columns.row[at],
            name: columns.name(slot),
            folder: self.folders.path(columns.folder[at]),
            licence: self.licences.text(columns.licence[at]),
            kind: Kind::ALL
                .get(usize::from(columns.kind[at]))
                .copied()
                .unwrap_or(Kind::Other),
            format: Format::from_number(columns.format[at]).unwrap_or(Format::Other),
            size: columns.size(slot),
            added_ms: i64::from(columns.added[at]) * 1000,
            modified_ms: i64::from(columns.modified[at]) * 1000,
            width: columns.width[at],
            height: columns.height[at],
            frames: columns.fact(Fact::Frames, slot),
            duration_ms: columns.fact(Fact::Duration, slot),
            triangles: columns.fact(Fact::Triangles, slot),
            glyphs: columns.fact(Fact::Glyphs, slot),
            loudness: match columns.fact(Fact::Loudness, slot) {
                0 => None,
                kept => Some((kept as i32 - LOUDNESS_ZERO) as f32 / 100.0),
            },
            rating: columns.rating[at],
            label: columns.label[at],
            content: columns.content[at].to_be_bytes(),
            alpha: if columns.is(Flag::Alpha, slot) {
                Some(true)
            } else {
                columns.is(Flag::Opaque, slot).then_some(false)
            },
            animated: columns.is(Flag::Animated, slot),
            missing: columns.is(Flag::Missing, slot),
            failed: columns.is(Flag::Failed, slot),
            duplicate: columns.is(Flag::Duplicate, slot),
            preview: if columns.is(Flag::PreviewReady, slot) {
                PreviewState::Ready
            } else if columns.is(Flag::PreviewNone, slot) {
                PreviewState::None
            } else {
                PreviewState::Pending
            },
        })
    }

    /// The cards of a page of hits, in order. `None` stands for an asset that was removed since, and for all
    /// when the index was compacted since: search again then.
    pub fn cards<'a>(
        &'a self,
        hits: &'a Hits,
        offset: usize,
        count: usize,
    ) -> impl Iterator<Item = Option<Card<'a>>> {
        let current = hits.generation == self.generation;
        hits.page(offset, count)
            .iter()
            .map(move |slot| if current { self.card(*slot) } else { None })
    }

    /// Where an asset is among the hits.
    #[must_use]
    pub fn position(&self, hits: &Hits, id: AssetId) -> Option<usize> {
        let slot = self
            .slot_of(id)
            .filter(|slot| hits.generation == self.generation && hits.matched.get(*slot))?;
        hits.slots.iter().position(|other| *other == slot)
    }

    /// Whether hits are of this numbering of slots: `false` after [`compact`](Self::compact).
    #[must_use]
    pub fn is_current(&self, hits: &Hits) -> bool {
        hits.generation == self.generation
    }
}
