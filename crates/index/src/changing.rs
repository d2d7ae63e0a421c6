//! How entries go into the index and out of it: a slot's columns, postings and groups, kept in step.

use crate::arena::Element;
use crate::classes::{Class, NO_CLASS};
use crate::columns::{Flag, NO_WORD};
use crate::entry::Entry;
use crate::index::Index;
use crate::orders::Keys;
use crate::search::begins;
use crate::text::searched;
use gameforge_domain::CollectionId;

impl Index {
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
