//! From filters to sets of slots.

use crate::arena::NumberedTerm;
use crate::bits::Bits;
use crate::colours::{Coloured, Target};
use crate::columns::{Fact, Flag, LOUDNESS_ZERO, fact_of};
use crate::entry::CollectionNames;
use crate::index::Index;
use crate::likeness::LIKE;
use crate::term::{Term, parts};
use crate::text::Normal;
use gameforge_domain::query::{
    Aspect, ColourFilter, Condition, DateField, DateSpan, Filter, Label, Now, NumberField, Range,
};
use gameforge_domain::{AssetId, CollectionId, Kind};

/// Folders with more than one in so many of all slots are found by going through the column of folders.
const IN_FOLDERS: usize = 32;

/// Where a word was found.
pub(crate) struct Found {
    pub name: Bits,
    /// In the folder or a tag.
    pub place: Bits,
    pub all: Bits,
}

impl Index {
    pub(crate) fn matching(
        &self,
        filter: &Filter,
        now: Now,
        collections: &dyn CollectionNames,
    ) -> Bits {
        match filter {
            Filter::Word(text) => self.find(&Term::word(text)).all,
            Filter::Phrase(text) => self.find(&Term::phrase(text)).all,
            Filter::Name(names) => self.union(names, |name, bits| {
                bits.or(&self.in_names(&Term::word(name)))
            }),
            Filter::Kind(kinds) => {
                self.union(kinds, |kind, bits| self.kinds.add_to(*kind as u8, bits))
            }
            Filter::Format(formats) => self.union(formats, |format, bits| {
                self.formats.add_to(*format as u8, bits)
            }),
            Filter::Label(labels) => self.union(labels, |label, bits| {
                self.labels
                    .add_to(label.map_or(0, |label: Label| label as u8), bits);
            }),
            Filter::Tag(tags) => self.union(tags, |tag, bits| {
                if let Some(node) = self.tags.find(tag.as_str()) {
                    self.tags.postings[node as usize].add_to(bits);
                }
            }),
            Filter::Folder(folders) => self.union(folders, |folder, bits| {
                self.add_in_folders(&self.folders.under(folder), bits);
            }),
            Filter::Ext(endings) => self.union(endings, |ending, bits| {
                if let Some(number) = self.endings.texts.find(ending) {
                    self.endings.postings[number as usize].add_to(bits);
                }
            }),
            Filter::Collection(names) => self.union(names, |name, bits| {
                self.add_collections(collections.by_name(name), bits);
            }),
            Filter::Id(ids) => self.union(ids, |id, bits| {
                if let Some(slot) = self.slot_of(*id) {
                    bits.set(slot);
                }
            }),
            Filter::Licence(licences) => self.union(licences, |licence, bits| {
                self.add_licence(licence.as_deref(), bits)
            }),
            Filter::Is(condition) => self.in_state(*condition),
            Filter::Number(field, range) => self.number(*field, *range),
            Filter::Loudness(min, max) => self.loudness(*min, *max),
            Filter::Date(field, span) => self.date(*field, *span, now),
            Filter::Alpha(true) => self.columns.flag(Flag::Alpha).clone(),
            Filter::Alpha(false) => self.columns.flag(Flag::Opaque).clone(),
            Filter::Aspect(shapes) => self.aspect(shapes),
            Filter::Colour(colour) => self.coloured(colour).slots,
            Filter::Like(id) => self.like(*id),
            Filter::Content(digits) => self.content(digits),
        }
    }

    fn union<T>(&self, values: &[T], add: impl Fn(&T, &mut Bits)) -> Bits {
        let mut bits = Bits::new(self.columns.len());
        values.iter().for_each(|value| add(value, &mut bits));
        bits
    }

    /// Everywhere that a word or phrase is looked for.
    pub(crate) fn find(&self, term: &Term) -> Found {
        let len = self.columns.len();
        let name = self.in_names(term);
        let mut place = Bits::new(len);
        self.add_in_folders(&self.folders.matching(term), &mut place);
        self.tags
            .matching(term)
            .each(|node| self.tags.postings[node as usize].add_to(&mut place));
        let mut all = self.in_words(term);
        all.or(&name);
        all.or(&place);
        Found { name, place, all }
    }

    /// Adds the slots of folders. Of many slots each is asked for its folder; the folders of few are gone through.
    fn add_in_folders(&self, nodes: &Bits, bits: &mut Bits) {
        let mut slots = 0;
        nodes.each(|node| slots += self.folder_sizes.get(node as usize).copied().unwrap_or(0));
        if (slots as usize) < self.columns.len() / IN_FOLDERS {
            nodes.each(|node| self.folders.postings[node as usize].add_to(bits));
            return;
        }
        bits.or(&Bits::scan_column(&self.columns.folder, |node| {
            nodes.get(node)
        }));
        for (slot, others) in &self.other_folders {
            if others.iter().any(|node| nodes.get(*node)) {
                bits.set(*slot);
            }
        }
    }

    pub(crate) fn in_names(&self, term: &Term) -> Bits {
        let len = self.columns.len();
        if let Some(word) = term.single() {
            return self.names.matching(word, len);
        }
        let candidates = candidates(&self.names, term, len);
        if is_one_word(term) {
            return candidates;
        }
        let mut text = Normal::default();
        let mut found = Bits::new(len);
        candidates.each(|slot| {
            text.read(self.columns.name(slot));
            if term.follows_in(&text) {
                found.set(slot);
            }
        });
        found
    }

    fn in_words(&self, term: &Term) -> Bits {
        let len = self.columns.len();
        if let Some(word) = term.single() {
            return self.words.matching(word, len);
        }
        let candidates = candidates(&self.words, term, len);
        if is_one_word(term) {
            return candidates;
        }
        let numbered = NumberedTerm::new(term, &self.words);
        let mut found = Bits::new(len);
        candidates.each(|slot| {
            if numbered.follows_in(self.sequences.elements(self.columns.words[slot as usize])) {
                found.set(slot);
            }
        });
        found
    }

    fn add_collections(&self, ids: impl IntoIterator<Item = CollectionId>, bits: &mut Bits) {
        for posting in ids.into_iter().filter_map(|id| self.collections.get(&id)) {
            posting.add_to(bits);
        }
    }

    fn add_licence(&self, licence: Option<&str>, bits: &mut Bits) {
        let Some(asked) = licence else {
            bits.or(&Bits::scan_column(&self.columns.licence, |number| {
                number == 0
            }));
            return;
        };
        let asked = asked.to_lowercase();
        for (_, posting) in self
            .licences
            .each()
            .filter(|(name, _)| licence_matches(name, &asked))
        {
            posting.add_to(bits);
        }
    }

    fn in_state(&self, condition: Condition) -> Bits {
        match condition {
            Condition::Missing => self.columns.flag(Flag::Missing).clone(),
            Condition::Animated => self.columns.flag(Flag::Animated).clone(),
            Condition::Duplicate => self.columns.flag(Flag::Duplicate).clone(),
            Condition::Failed => self.columns.flag(Flag::Failed).clone(),
            Condition::Untagged => self.columns.flag(Flag::Untagged).clone(),
            Condition::Favourite => self.number(NumberField::Rating, Range { min: 5, max: 5 }),
        }
    }

    fn number(&self, field: NumberField, range: Range) -> Bits {
        let columns = &self.columns;
        let (min, max) = (
            u32::try_from(range.min).unwrap_or(u32::MAX),
            u32::try_from(range.max).unwrap_or(u32::MAX),
        );
        // Past 32 bits only sizes and pixels go.
        let possible = range.min <= u64::from(u32::MAX);
        let within = |value: u32| possible & (min <= value) & (value <= max);
        let mut bits = match field {
            NumberField::Size => {
                let mut bits = Bits::scan_column(&columns.size, within);
                let (slots, _) = columns.facts[Fact::SizeHigh as usize].entries();
                slots
                    .into_iter()
                    .for_each(|slot| bits.put(slot, range.contains(columns.size(slot))));
                bits
            }
            NumberField::Rating => {
                Bits::scan_column(&columns.rating, |value| within(u32::from(value)))
            }
            NumberField::Width => Bits::scan_column(&columns.width, within),
            NumberField::Height => Bits::scan_column(&columns.height, within),
            NumberField::Pixels => {
                Bits::scan_pairs(&columns.width, &columns.height, |width, height| {
                    range.contains(u64::from(width) * u64::from(height))
                })
            }
            _ => match fact_of(field) {
                Some(fact) => columns.facts[fact as usize].scan(columns.len(), within),
                None => Bits::new(columns.len()),
            },
        };
        if let Some(kind) = field.only_kind() {
            bits.and(&self.union(&[kind], |kind: &Kind, bits| {
                self.kinds.add_to(*kind as u8, bits)
            }));
        }
        bits
    }

    fn loudness(&self, min: i32, max: i32) -> Bits {
        self.columns.facts[Fact::Loudness as usize].scan(self.columns.len(), |stored| {
            let value = stored as i32 - LOUDNESS_ZERO;
            stored != 0 && min <= value && value <= max
        })
    }

    fn date(&self, field: DateField, span: DateSpan, now: Now) -> Bits {
        let (from, to) = span.resolve(now);
        // Stored to the second: the first and the last whole second within.
        let first = from
            .div_euclid(1000)
            .saturating_add(i64::from(from.rem_euclid(1000) != 0));
        let last = to.div_euclid(1000);
        if last < 0 || first > i64::from(u32::MAX) || first > last {
            return Bits::new(self.columns.len());
        }
        let (first, last) = (first.max(0) as u32, last.min(i64::from(u32::MAX)) as u32);
        let column = match field {
            DateField::Added => &self.columns.added,
            DateField::Modified => &self.columns.modified,
        };
        Bits::scan_column(column, |value| (first <= value) & (value <= last))
    }

    fn aspect(&self, shapes: &[Aspect]) -> Bits {
        let [square, wide, tall] =
            [Aspect::Square, Aspect::Wide, Aspect::Tall].map(|shape| shapes.contains(&shape));
        // `Aspect::of` without branches.
        Bits::scan_pairs(
            &self.columns.width,
            &self.columns.height,
            |width, height| {
                let (width, height) = (u64::from(width), u64::from(height));
                let (is_wide, is_tall) = (width * 20 > height * 21, height * 20 > width * 21);
                let known = (width != 0) & (height != 0);
                known & ((wide & is_wide) | (tall & is_tall) | (square & !is_wide & !is_tall))
            },
        )
    }

    pub(crate) fn coloured(&self, filter: &ColourFilter) -> Coloured {
        Target::new(filter).near(&self.columns.palettes)
    }

    fn like(&self, id: AssetId) -> Bits {
        let mut bits = Bits::new(self.columns.len());
        if let Some(hash) = self.slot_of(id).and_then(|slot| self.phash(slot)) {
            self.similar(hash, LIKE)
                .into_iter()
                .for_each(|(slot, _)| bits.set(slot));
        }
        bits
    }

    fn content(&self, digits: &str) -> Bits {
        let kept = &digits[..digits.floor_char_boundary(16)];
        let Ok(prefix) = u64::from_str_radix(kept, 16) else {
            return Bits::new(self.columns.len());
        };
        let shift = 64 - 4 * kept.len() as u32;
        Bits::scan_column(&self.columns.content, |content| content >> shift == prefix)
    }
}

/// Whether a licence is the one asked for (given in lower case), or a version or variant of it.
pub(crate) fn licence_matches(licence: &str, asked: &str) -> bool {
    licence
        .to_lowercase()
        .strip_prefix(asked)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Slots that have all the words, in either reading.
fn candidates(index: &crate::words::WordIndex, term: &Term, len: usize) -> Bits {
    let mut bits = index.with_all(&term.text.whole, term.open, len);
    if !term.text.parts.is_empty() {
        bits.or(&index.with_all(parts(&term.text), term.open, len));
    }
    bits
}

/// Whether having the word is having the phrase.
fn is_one_word(term: &Term) -> bool {
    term.text.parts.is_empty() && !term.text.whole.trim_matches(' ').contains(' ')
}
