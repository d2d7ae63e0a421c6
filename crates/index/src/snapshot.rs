//! The index as a file and back: written without removed slots, read as flat buffers.
//!
//! A snapshot is a cache. It is tied to one version of this code and one byte order; whatever does not fit is an
//! error, and the caller builds the index again.

use crate::arena::{SequenceArena, TextArena};
use crate::bits::Bits;
use crate::classes::Classes;
use crate::colours::Palettes;
use crate::columns::{Columns, FACTS, FLAGS, Flag};
use crate::groups::{ByteGroups, TagSets, TextGroups};
use crate::index::Index;
use crate::keys::{IdMap, RowMap};
use crate::paged::PagedColumn;
use crate::parts::{
    put_dictionary, put_postings, put_tree, put_words, take_bits, take_dictionary, take_orders,
    take_postings, take_tree, take_words,
};
use crate::posting::Posting;
use crate::sections::{SectionReader, SectionWriter, SnapshotError};
use bytemuck::Pod;
use gameforge_domain::CollectionId;
use gameforge_domain::query::SortKey;
use std::borrow::Cow;
use std::io::{self, BufWriter, Read, Write};

/// Native order on purpose: on a machine of the other order it does not match.
const MAGIC: u64 = u64::from_be_bytes(*b"GFindex\n");
/// Changes with every change of the layout, and of what words or keys are computed.
const VERSION: u64 = 1;

type Loaded<T> = Result<T, SnapshotError>;

/// Which slots are written, and as which.
pub(crate) struct Kept {
    /// Live slots, ascending, where some are not; else all are kept as they are.
    slots: Option<Vec<u32>>,
    /// The new slot of each old one.
    renumbered: Vec<u32>,
    count: usize,
}

impl Kept {
    fn new(index: &Index) -> Self {
        let count = index.live as usize;
        if index.vacant() == 0 {
            return Self {
                slots: None,
                renumbered: Vec::new(),
                count,
            };
        }
        let slots: Vec<u32> = index.columns.flag(Flag::Live).iter().collect();
        let mut renumbered = vec![u32::MAX; index.columns.len()];
        for (new, old) in (0..).zip(&slots) {
            renumbered[*old as usize] = new;
        }
        Self {
            slots: Some(slots),
            renumbered,
            count,
        }
    }

    /// All of so many, as they are.
    pub(crate) fn all(count: usize) -> Self {
        Self {
            slots: None,
            renumbered: Vec::new(),
            count,
        }
    }

    fn column<'a, T: Pod>(&self, column: &'a [T]) -> Cow<'a, [T]> {
        match &self.slots {
            None => Cow::Borrowed(column),
            Some(slots) => slots.iter().map(|slot| column[*slot as usize]).collect(),
        }
    }

    pub(crate) fn new_slot(&self, slot: u32) -> u32 {
        if self.slots.is_some() {
            self.renumbered[slot as usize]
        } else {
            slot
        }
    }

    fn each(&self, mut f: impl FnMut(u32)) {
        match &self.slots {
            None => (0..self.count as u32).for_each(f),
            Some(slots) => slots.iter().for_each(|slot| f(*slot)),
        }
    }

    pub(crate) fn posting<'a>(&self, posting: &'a Posting) -> Cow<'a, Posting> {
        if self.slots.is_none() {
            return Cow::Borrowed(posting);
        }
        let mut members = Vec::with_capacity(posting.len());
        posting.each(|slot| members.push(self.new_slot(slot)));
        Cow::Owned(Posting::from_sorted(&members))
    }
}

/// What a snapshot begins with: its stamp and how many assets it has.
fn take_head<R: Read>(from: &mut SectionReader<R>, library: [u8; 16]) -> Loaded<(u64, usize)> {
    let head: Vec<u64> = match from.take() {
        Err(SnapshotError::Damaged { section: 0 }) => return Err(SnapshotError::Version),
        head => head?,
    };
    let (high, low) = u128::from_be_bytes(library).halves();
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
    /// Writes the index, with the library's id and a stamp (the change that it includes last).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_snapshot(&self, out: impl Write, library: [u8; 16], stamp: u64) -> io::Result<()> {
        let kept = Kept::new(self);
        let mut buffered = BufWriter::with_capacity(1 << 20, out);
        let mut out = SectionWriter::new(&mut buffered);
        let (high, low) = u128::from_be_bytes(library).halves();
        out.put(&[MAGIC, VERSION, high, low, stamp, kept.count as u64])?;
        self.put_columns(&mut out, &kept)?;
        put_words(&mut out, &self.names, &kept)?;
        put_words(&mut out, &self.words, &kept)?;
        put_tree(&mut out, &self.folders, &kept)?;
        put_tree(&mut out, &self.tags, &kept)?;
        for groups in [&self.licences, &self.endings] {
            put_dictionary(&mut out, &groups.texts)?;
            put_postings(&mut out, groups.postings.iter(), &kept)?;
        }
        for groups in [&self.kinds, &self.formats, &self.labels] {
            put_postings(&mut out, groups.postings.iter(), &kept)?;
        }
        let collections: Vec<(&CollectionId, &Posting)> = self
            .collections
            .iter()
            .filter(|(_, posting)| !posting.is_empty())
            .collect();
        out.put(
            &collections
                .iter()
                .map(|(id, _)| *id.as_bytes())
                .collect::<Vec<[u8; 16]>>(),
        )?;
        put_postings(
            &mut out,
            collections.into_iter().map(|(_, posting)| posting),
            &kept,
        )?;
        for (sort, slots) in self.orders.all(self.sortable()) {
            let key = SortKey::ALL
                .iter()
                .position(|key| *key == sort.key)
                .unwrap_or(0) as u64;
            out.put(&[key, u64::from(sort.descending)])?;
            out.put(
                &slots
                    .iter()
                    .map(|slot| kept.new_slot(*slot))
                    .collect::<Vec<u32>>(),
            )?;
        }
        out.put::<u64>(&[])?;
        buffered.flush()
    }

    fn put_columns<W: Write>(&self, out: &mut SectionWriter<W>, kept: &Kept) -> io::Result<()> {
        let columns = &self.columns;
        out.put(&kept.column(&columns.id))?;
        for column in [
            &columns.row,
            &columns.class,
            &columns.first,
            &columns.folder,
            &columns.licence,
            &columns.size,
            &columns.added,
            &columns.modified,
            &columns.width,
            &columns.height,
        ] {
            out.put(&kept.column(column))?;
        }
        for column in [
            &columns.kind,
            &columns.format,
            &columns.rating,
            &columns.label,
        ] {
            out.put(&kept.column(column))?;
        }
        out.put(&kept.column(&columns.phash))?;
        out.put(&kept.column(&columns.content))?;
        out.put(&self.classes.keys)?;
        let mut palettes = Palettes::default();
        kept.each(|slot| palettes.push(columns.palettes.get(slot)));
        out.put(&palettes.blocks)?;
        for fact in &columns.facts {
            let (mut slots, values) = fact.entries();
            // Facts of removed slots stay behind.
            let (kept_slots, kept_values): (Vec<u32>, Vec<u32>) = if kept.slots.is_some() {
                slots
                    .drain(..)
                    .zip(values)
                    .map(|(slot, value)| (kept.new_slot(slot), value))
                    .filter(|(slot, _)| *slot != u32::MAX)
                    .unzip()
            } else {
                (slots, values)
            };
            out.put(&kept_slots)?;
            out.put(&kept_values)?;
        }
        for flag in &columns.flags {
            let mut bits = Bits::new(kept.count);
            match &kept.slots {
                None => bits.or(flag),
                Some(_) => flag.each(|slot| bits.set(kept.new_slot(slot))),
            }
            out.put(&bits.words()[..kept.count.div_ceil(64)])?;
        }
        self.put_texts(out, kept)
    }

    /// Names, sequences and tag sets, each written anew in the order of slots, without what is no longer used.
    fn put_texts<W: Write>(&self, out: &mut SectionWriter<W>, kept: &Kept) -> io::Result<()> {
        let columns = &self.columns;
        let (mut names, mut sequences, mut tagsets) = (
            TextArena::default(),
            SequenceArena::default(),
            TagSets::default(),
        );
        let mut renumbered = vec![u32::MAX; self.tagsets.len()];
        let (mut name, mut words, mut tagset) = (Vec::new(), Vec::new(), Vec::new());
        kept.each(|slot| {
            let at = slot as usize;
            name.push(names.push(columns.name(slot)));
            words.push(sequences.push_raw(self.sequences.raw(columns.words[at])));
            let set = &mut renumbered[columns.tagset[at] as usize];
            if *set == u32::MAX {
                *set = tagsets.intern(self.tagsets.get(columns.tagset[at]));
            }
            tagset.push(*set);
        });
        out.put(&name)?;
        out.put(&names.bytes)?;
        out.put(&words)?;
        out.put(&sequences.bytes)?;
        out.put(&tagset)?;
        out.put(&tagsets.nodes)?;
        out.put(&tagsets.starts)?;
        let mut others: Vec<(u32, &Vec<u32>)> = self
            .other_folders
            .iter()
            .map(|(slot, nodes)| (kept.new_slot(*slot), nodes))
            .collect();
        others.sort_unstable_by_key(|(slot, _)| *slot);
        out.put(
            &others
                .iter()
                .flat_map(|(slot, nodes)| nodes.iter().map(|node| [*slot, *node]))
                .collect::<Vec<[u32; 2]>>(),
        )
    }

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
        (self.ids, self.rows) = keys(columns);
        Ok(())
    }

    /// Gives the memory of removed assets and replaced texts back. Renumbers the slots: hits from before give no
    /// cards any more. Takes as long as writing and reading a snapshot, so call it when nobody waits.
    pub fn compact(&mut self) {
        let mut bytes = Vec::new();
        // Writing to memory and reading it back cannot fail; if it did, the index simply stays as it is.
        if self.write_snapshot(&mut bytes, [0; 16], 0).is_ok()
            && let Ok((compacted, _)) =
                Self::read_snapshot(bytes.as_slice(), bytes.len() as u64, [0; 16])
        {
            *self = Self {
                generation: self.generation.wrapping_add(1),
                ..compacted
            };
        }
    }
}

fn keys(columns: &Columns) -> (IdMap, RowMap) {
    let mut ids = IdMap::with_capacity(columns.len());
    let mut rows = RowMap::default();
    for slot in 0..columns.len() as u32 {
        ids.insert(slot, &columns.id);
        rows.insert(columns.row[slot as usize], slot);
    }
    (ids, rows)
}

trait Halves {
    fn halves(self) -> (u64, u64);
}

impl Halves for u128 {
    fn halves(self) -> (u64, u64) {
        ((self >> 64) as u64, self as u64)
    }
}
