//! The index itself: what it holds, how entries go in and out, how single assets are looked at.

use crate::arena::{Element, SequenceArena};
use crate::classes::{Class, Classes, NO_CLASS};
use crate::columns::{Columns, Fact, Flag, LOUDNESS_ZERO, NO_WORD};
use crate::entry::{Card, Entry, PreviewState};
use crate::groups::{ByteGroups, TagSets, TextGroups};
use crate::hits::Hits;
use crate::keys::{IdMap, RowMap};
use crate::orders::{Keys, Orders};
use crate::posting::Posting;
use crate::search::begins;
use crate::text::{Normal, searched};
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

    /// Takes in new and changed assets, known by their row, and drops removed ones. Rows that are not there are
    /// ignored; of several entries for one row the last one holds.
    pub fn apply(&mut self, upserts: Vec<Entry>, removed: &[u32]) {
        for row in removed {
            if let Some(slot) = self.rows.get(*row) {
                self.remove(slot);
            }
        }
        for entry in &upserts {
            self.upsert(entry);
        }
    }

    fn upsert(&mut self, entry: &Entry) {
        let by_id = self.ids.get(entry.id, &self.columns.id);
        let by_row = self.rows.get(entry.row);
        // An asset that was written again under another row, in either direction.
        if let (Some(old), true) = (by_id, by_id != by_row) {
            self.remove(old);
        }
        let slot = match by_row {
            Some(slot) => slot,
            None => {
                let slot = self.columns.push();
                self.rows.insert(entry.row, slot);
                self.live += 1;
                slot
            }
        };
        let known = by_row.is_some();
        let before = if known {
            self.orders.keys_of(&self.columns, slot)
        } else {
            Keys::default()
        };
        let moved = !known || self.columns.name(slot) != entry.name;
        if self.columns.id[slot as usize] != *entry.id.as_bytes() || !known {
            if known {
                self.ids.remove(slot, &self.columns.id);
            }
            self.columns.id[slot as usize] = *entry.id.as_bytes();
            self.ids.insert(slot, &self.columns.id);
        }
        if known {
            self.leave_byte_groups(slot);
        }
        self.columns.set_numbers(slot, entry);
        self.kinds.insert(entry.kind as u8, slot);
        self.formats.insert(entry.format as u8, slot);
        self.labels.insert(entry.label, slot);
        if moved {
            self.set_name(slot, &entry.name, known);
        }
        let folder_moved = self.set_folders(slot, entry);
        self.set_tags(slot, &entry.tags);
        self.set_licence(slot, entry.licence.as_deref());
        self.set_collections(slot, &entry.collections);
        self.set_words(slot, searched(&entry.words));
        self.classes.leave(self.columns.class[slot as usize]);
        self.columns.class[slot as usize] = self.classes.enter(Class::of(&self.columns, slot));
        self.orders
            .changed(&self.columns, slot, &before, moved, folder_moved || !known);
    }

    fn remove(&mut self, slot: u32) {
        self.ids.remove(slot, &self.columns.id);
        self.rows.remove(self.columns.row[slot as usize]);
        self.leave_byte_groups(slot);
        self.leave_name(slot);
        self.leave_folders(slot);
        self.set_tags(slot, &[]);
        self.set_licence(slot, None);
        self.set_collections(slot, &[]);
        self.set_words(slot, "");
        for flag in &mut self.columns.flags {
            flag.clear(slot);
        }
        let class = std::mem::replace(&mut self.columns.class[slot as usize], NO_CLASS);
        self.classes.leave(class);
        self.live -= 1;
        self.orders.removed(slot);
    }

    fn leave_byte_groups(&mut self, slot: u32) {
        let at = slot as usize;
        self.kinds.remove(self.columns.kind[at], slot);
        self.formats.remove(self.columns.format[at], slot);
        self.labels.remove(self.columns.label[at], slot);
    }

    fn set_name(&mut self, slot: u32, name: &str, known: bool) {
        if known {
            self.leave_name(slot);
        }
        self.columns.name[slot as usize] = self.columns.names.push(name);
        let name = self.columns.name(slot);
        self.scratch.read(name);
        self.names.insert_all(&self.scratch, slot);
        if let Some(ending) = ending(name) {
            self.endings.insert(&ending, slot);
        }
        let first = self.scratch.whole.split(' ').find(|word| !word.is_empty());
        let one_word = first.is_some_and(|word| begins(name.as_bytes(), word) == Some(true));
        self.columns.flags[Flag::OneWord as usize].put(slot, one_word);
        let first = first.and_then(|word| self.names.words.find(word));
        self.columns.first[slot as usize] = first.unwrap_or(NO_WORD);
    }

    fn leave_name(&mut self, slot: u32) {
        let name = self.columns.name(slot);
        self.scratch.read(name);
        self.names.remove_all(&self.scratch, slot);
        if let Some(number) = ending(name).and_then(|ending| self.endings.texts.find(&ending)) {
            self.endings.remove(number + 1, slot);
        }
    }

    /// Returns whether the first folder is another one.
    fn set_folders(&mut self, slot: u32, entry: &Entry) -> bool {
        let folder = self.folders.intern(searched(&entry.folder));
        let before = self.columns.folder[slot as usize];
        let mut others: Vec<u32> = entry
            .other_folders
            .iter()
            .map(|folder| self.folders.intern(searched(folder)))
            .collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|other| *other != folder);
        let had_others = self.other_folders.get(&slot);
        if before == folder
            && had_others.map_or(&[][..], Vec::as_slice) == others
            && self.folders.postings[folder as usize].contains(slot)
        {
            return false;
        }
        self.leave_folders(slot);
        self.columns.folder[slot as usize] = folder;
        for node in others.iter().chain([&folder]) {
            self.folders.postings[*node as usize].insert(slot);
        }
        if !others.is_empty() {
            self.other_folders.insert(slot, others);
            self.note_also_in(slot);
        }
        if self.folder_sizes.len() < self.folders.len() {
            self.folder_sizes.resize(self.folders.len(), 0);
        }
        self.folder_sizes[folder as usize] += 1;
        before != folder
    }

    /// Works out [`also_in`](Self::also_in) for a slot with several folders.
    pub(crate) fn note_also_in(&mut self, slot: u32) {
        let folders = &self.folders;
        let mut seen: Vec<u32> = folders
            .upwards(self.columns.folder[slot as usize])
            .collect();
        let first = seen.len();
        for other in self.other_folders.get(&slot).into_iter().flatten() {
            let known = seen.len();
            for node in folders.upwards(*other) {
                if seen[..known].contains(&node) {
                    break;
                }
                seen.push(node);
            }
        }
        if seen.len() > first {
            self.also_in.insert(slot, seen[first..].into());
        }
    }

    fn leave_folders(&mut self, slot: u32) {
        let folder = self.columns.folder[slot as usize];
        // A new slot says it is in the root without being there.
        if self.folders.postings[folder as usize].contains(slot) {
            self.folders.postings[folder as usize].remove(slot);
            self.folder_sizes[folder as usize] -= 1;
        }
        self.also_in.remove(&slot);
        for node in self.other_folders.remove(&slot).unwrap_or_default() {
            self.folders.postings[node as usize].remove(slot);
        }
    }

    fn set_tags(&mut self, slot: u32, tags: &[String]) {
        let mut nodes = Vec::new();
        for tag in tags {
            let node = self.tags.intern(searched(tag));
            nodes.extend(self.tags.upwards(node));
        }
        nodes.sort_unstable();
        nodes.dedup();
        let number = self.tagsets.intern(&nodes);
        let before = std::mem::replace(&mut self.columns.tagset[slot as usize], number);
        if before == number {
            return;
        }
        let old = self.tagsets.get(before);
        for node in old.iter().filter(|node| nodes.binary_search(node).is_err()) {
            self.tags.postings[*node as usize].remove(slot);
        }
        for node in nodes.iter().filter(|node| old.binary_search(node).is_err()) {
            self.tags.postings[*node as usize].insert(slot);
        }
    }

    fn set_licence(&mut self, slot: u32, licence: Option<&str>) {
        let before = self.columns.licence[slot as usize];
        self.licences.remove(before, slot);
        let licence = licence.map(str::trim).filter(|licence| !licence.is_empty());
        self.columns.licence[slot as usize] =
            licence.map_or(0, |licence| self.licences.insert(licence, slot));
    }

    fn set_collections(&mut self, slot: u32, collections: &[CollectionId]) {
        for id in self.in_collections.remove(&slot).unwrap_or_default() {
            if let Some(posting) = self.collections.get_mut(&id) {
                posting.remove(slot);
            }
        }
        for id in collections {
            self.collections.entry(*id).or_default().insert(slot);
        }
        if !collections.is_empty() {
            self.in_collections.insert(slot, collections.to_vec());
        }
    }

    fn set_words(&mut self, slot: u32, text: &str) {
        let before = self.columns.words[slot as usize];
        let length = self.sequences.bytes.len();
        let after = self
            .sequences
            .push(text, &mut self.words, &mut self.scratch);
        if self.sequences.raw(before) == self.sequences.raw(after) {
            self.sequences.bytes.truncate(length.max(1));
            return;
        }
        self.columns.words[slot as usize] = after;
        let numbers = |offset: u32| {
            let mut numbers: Vec<u32> = self
                .sequences
                .elements(offset)
                .filter_map(|element| match element {
                    Element::Line => None,
                    Element::Word(number) | Element::Part(number) => Some(number),
                })
                .collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        let (old, new) = (numbers(before), numbers(after));
        let postings = &mut self.words.postings;
        for number in old
            .iter()
            .filter(|number| new.binary_search(number).is_err())
        {
            if let Some(posting) = postings.get_mut(*number as usize) {
                posting.remove(slot);
            }
        }
        for number in new
            .iter()
            .filter(|number| old.binary_search(number).is_err())
        {
            if let Some(posting) = postings.get_mut(*number as usize) {
                posting.insert(slot);
            }
        }
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

/// The ending of a name, lower case; `None` for `.hidden`, `readme` and endings that are no word.
pub(crate) fn ending(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let fits = !stem.is_empty()
        && !ending.is_empty()
        && ending.len() <= 16
        && ending.chars().all(char::is_alphanumeric);
    fits.then(|| ending.to_lowercase())
}
