//! Reading a snapshot: every section is checked, and what they say of each other.

use super::{MAGIC, VERSION, halves};
use crate::classes::Classes;
use crate::colours::Palettes;
use crate::columns::{Columns, FACTS, FLAGS, Flag};
use crate::groups::{ByteGroups, TagSets, TextGroups};
use crate::index::Index;
use crate::keys::{IdMap, RowMap};
use crate::paged::PagedColumn;
use crate::parts::{take_bits, take_dictionary, take_orders, take_postings, take_tree, take_words};
use crate::sections::{SectionReader, SnapshotError, with_room};
use gameforge_domain::CollectionId;
use std::io::Read;

type Loaded<T> = Result<T, SnapshotError>;

/// What a snapshot begins with: its stamp and how many assets it has.
fn take_head<R: Read>(from: &mut SectionReader<R>, library: [u8; 16]) -> Loaded<(u64, usize)> {
    let head: Vec<u64> = match from.take() {
        Err(SnapshotError::Damaged { section: 0 }) => return Err(SnapshotError::Version),
        head => head?,
    };
    let (high, low) = halves(library);
    match head[..] {
        [MAGIC, VERSION, found_high, found_low, stamp, count] => {
            if (found_high, found_low) != (high, low) {
                return Err(SnapshotError::OtherLibrary);
            }
            Ok((stamp, usize::try_from(count).map_err(|_| from.damaged())?))
        }
        _ => Err(SnapshotError::Version),
    }
}

impl Index {
    /// Reads what [`write_snapshot`](Self::write_snapshot) wrote; `length` is the file's. Returns the stamp, too.
    ///
    /// # Errors
    /// When it cannot be read, is of another version or library, or is damaged in any way.
    pub fn read_snapshot(
        from: impl Read,
        length: u64,
        library: [u8; 16],
    ) -> Result<(Self, u64), SnapshotError> {
        let mut from = SectionReader::new(from, length);
        let (stamp, count) = take_head(&mut from, library)?;
        let mut index = Self::new();
        index.live = count as u32;
        index.take_columns(&mut from, count)?;
        index.names = take_words(&mut from, count)?;
        index.words = take_words(&mut from, count)?;
        index.folders = take_tree(&mut from, false, count)?;
        index.tags = take_tree(&mut from, true, count)?;
        for groups in [&mut index.licences, &mut index.endings] {
            let texts = take_dictionary(&mut from)?;
            let postings = take_postings(&mut from, count)?;
            if postings.len() != texts.len() {
                return Err(from.damaged());
            }
            *groups = TextGroups { texts, postings };
        }
        for groups in [&mut index.kinds, &mut index.formats, &mut index.labels] {
            *groups = ByteGroups {
                postings: take_postings(&mut from, count)?,
            };
        }
        index.take_collections(&mut from, count)?;
        index.orders = take_orders(&mut from, count)?;
        if !index.fits() {
            return Err(from.damaged());
        }
        index.count_folders();
        from.finish()?;
        Ok((index, stamp))
    }

    fn take_collections<R: Read>(
        &mut self,
        from: &mut SectionReader<R>,
        count: usize,
    ) -> Loaded<()> {
        let ids: Vec<[u8; 16]> = from.take()?;
        let postings = take_postings(from, count)?;
        if postings.len() != ids.len() {
            return Err(from.damaged());
        }
        for (id, posting) in ids.iter().zip(postings) {
            let id = CollectionId::from_slice(id).ok_or_else(|| from.damaged())?;
            posting.each(|slot| self.in_collections.entry(slot).or_default().push(id));
            self.collections.insert(id, posting);
        }
        Ok(())
    }

    /// Whether what the columns refer to is there.
    fn fits(&self) -> bool {
        let folders = self.folders.len();
        let there = |node: &u32| (*node as usize) < folders;
        self.classes.licences_within(self.licences.texts.len())
            && self.columns.folder.iter().all(there)
            && self.other_folders.values().flatten().all(there)
            && self.tagsets.nodes_within(self.tags.len())
    }

    /// Works out what is counted of folders, which no snapshot has.
    fn count_folders(&mut self) {
        let mut sizes = vec![0; self.folders.len()];
        let nodes = self.columns.folder.iter();
        nodes.for_each(|node| sizes[*node as usize] += 1);
        self.folder_sizes = sizes;
        let several: Vec<u32> = self.other_folders.keys().copied().collect();
        for slot in several {
            self.note_also_in(slot);
        }
    }

    fn take_columns<R: Read>(&mut self, from: &mut SectionReader<R>, count: usize) -> Loaded<()> {
        let columns = &mut self.columns;
        columns.id = from.take_exactly(count)?;
        for column in [
            &mut columns.row,
            &mut columns.class,
            &mut columns.first,
            &mut columns.folder,
            &mut columns.licence,
            &mut columns.size,
            &mut columns.added,
            &mut columns.modified,
            &mut columns.width,
            &mut columns.height,
        ] {
            *column = from.take_exactly(count)?;
        }
        for column in [
            &mut columns.kind,
            &mut columns.format,
            &mut columns.rating,
            &mut columns.label,
        ] {
            *column = from.take_exactly(count)?;
        }
        columns.phash = from.take_exactly(count)?;
        columns.content = from.take_exactly(count)?;
        let class_keys = from.take()?;
        self.classes =
            Classes::from_raw(class_keys, &columns.class).ok_or_else(|| from.damaged())?;
        let blocks = from.take()?;
        columns.palettes = Palettes::from_blocks(blocks, count).ok_or_else(|| from.damaged())?;
        for fact in 0..FACTS {
            let slots: Vec<u32> = from.take()?;
            let values: Vec<u32> = from.take()?;
            let fits = slots.last().is_none_or(|last| (*last as usize) < count);
            let column = PagedColumn::from_entries(&slots, &values).filter(|_| fits);
            columns.facts[fact] = column.ok_or_else(|| from.damaged())?;
        }
        for flag in 0..FLAGS {
            let bits = take_bits(from, count)?;
            columns.flags[flag] = bits;
        }
        if columns.flag(Flag::Live).count() as usize != count {
            return Err(from.damaged());
        }
        self.take_texts(from, count)?;
        (self.ids, self.rows) = keys(&self.columns);
        Ok(())
    }

    /// Names, sequences, tag sets and further folders; the counterpart of `put_texts`.
    fn take_texts<R: Read>(&mut self, from: &mut SectionReader<R>, count: usize) -> Loaded<()> {
        let columns = &mut self.columns;
        columns.name = from.take_exactly(count)?;
        columns.names.bytes = from.take()?;
        columns.words = from.take_exactly(count)?;
        self.sequences.bytes = from.take()?;
        columns.tagset = from.take_exactly(count)?;
        let (nodes, starts) = (from.take()?, from.take()?);
        self.tagsets = TagSets::from_raw(nodes, starts).ok_or_else(|| from.damaged())?;
        if columns
            .tagset
            .iter()
            .any(|set| *set as usize >= self.tagsets.len())
        {
            return Err(from.damaged());
        }
        let others: Vec<[u32; 2]> = from.take()?;
        for [slot, node] in others {
            if slot as usize >= count {
                return Err(from.damaged());
            }
            self.other_folders.entry(slot).or_default().push(node);
        }
        Ok(())
    }
}

fn keys(columns: &Columns) -> (IdMap, RowMap) {
    let mut ids = IdMap::with_capacity(with_room(columns.len()));
    let mut rows = RowMap::default();
    for slot in 0..columns.len() as u32 {
        ids.insert(slot, &columns.id);
        rows.insert(columns.row[slot as usize], slot);
    }
    (ids, rows)
}
