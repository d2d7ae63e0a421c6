//! Writing a snapshot, without the slots that removed assets left empty.

use super::{Kept, MAGIC, VERSION, halves};
use crate::arena::{SequenceArena, TextArena};
use crate::bits::Bits;
use crate::colours::Palettes;
use crate::groups::TagSets;
use crate::index::Index;
use crate::parts::{put_dictionary, put_postings, put_tree, put_words};
use crate::posting::Posting;
use crate::sections::SectionWriter;
use gameforge_domain::CollectionId;
use gameforge_domain::query::SortKey;
use std::io::{self, BufWriter, Write};

impl Index {
    /// Writes the index, with the library's id and a stamp (the change that it includes last).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_snapshot(&self, out: impl Write, library: [u8; 16], stamp: u64) -> io::Result<()> {
        let kept = Kept::new(self);
        let mut buffered = BufWriter::with_capacity(1 << 20, out);
        let mut out = SectionWriter::new(&mut buffered);
        let (high, low) = halves(library);
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
}
