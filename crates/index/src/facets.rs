//! Counts beside the hits.

use crate::bits::Bits;
use crate::classes::Class;
use crate::columns::Flag;
use crate::hits::{FacetField, Facets, Hits};
use crate::index::Index;
use crate::tree::ROOT;
use gameforge_domain::{Format, Kind};
use std::borrow::Cow;

/// Tags counted at most.
const MOST_TAGS: usize = 200;

impl Index {
    /// Counts for hits of this index. Empty for hits from before a [`compact`](Self::compact).
    #[must_use]
    pub fn facets(&self, hits: &Hits) -> Facets {
        if !self.is_current(hits) {
            return Facets::default();
        }
        let live = self.columns.flag(Flag::Live);
        let alive = |bits: &Bits| {
            let mut bits = bits.clone();
            bits.and(live);
            bits
        };
        let matched = alive(&hits.matched);
        let own = |field: FacetField| hits.without.iter().find(|(other, _)| *other == field);
        let (columns, sizes) = (
            &self.columns,
            (self.classes.sizes.len(), self.folders.len()),
        );
        // What most searches count, they count in one pass over the hits.
        let counted = Counted::new(self, &matched);
        let (counts, tags, folders) = match own(FacetField::Tag) {
            None => {
                let [classes, folders, sets] = histograms(
                    &counted.bits,
                    [&columns.class, &columns.folder, &columns.tagset],
                    [sizes.0, sizes.1, self.tagsets.len()],
                );
                (classes, self.tag_counts(&counted, sets), folders)
            }
            Some((_, bits)) => {
                let [classes, folders] = histograms(
                    &counted.bits,
                    [&columns.class, &columns.folder],
                    [sizes.0, sizes.1],
                );
                let bits = alive(bits);
                let tagged = Counted::new(self, &bits);
                let [sets] = histograms(&tagged.bits, [&columns.tagset], [self.tagsets.len()]);
                (classes, self.tag_counts(&tagged, sets), folders)
            }
        };
        let counts = counted.of(&self.classes.sizes, counts);
        // Counted anew only for fields whose own filter is left out.
        let each = |field: FacetField, count: &mut dyn FnMut(Class, u32)| {
            let without = own(field).map(|(_, bits)| self.class_counts(&alive(bits)));
            self.classes
                .each(without.as_ref().unwrap_or(&counts))
                .for_each(|(class, number)| count(class, number));
        };
        let mut facets = self.counted_by_class(&counts, each);
        facets.tags = self.tag_facet(&tags);
        let folders = self.with_those_below(&matched, counted.of(&self.folder_sizes, folders));
        facets.folders = self.folder_facet(&folders);
        facets
    }

    /// All counts that come from classes; `each` goes through those of a field.
    fn counted_by_class(
        &self,
        counts: &[u32],
        each: impl Fn(FacetField, &mut dyn FnMut(Class, u32)),
    ) -> Facets {
        let mut facets = Facets::default();
        let mut bytes = [[0u32; 256]; 4];
        each(FacetField::Kind, &mut |class, count| {
            bytes[0][usize::from(class.kind)] += count
        });
        each(FacetField::Format, &mut |class, count| {
            bytes[1][usize::from(class.format)] += count
        });
        each(FacetField::Rating, &mut |class, count| {
            bytes[2][usize::from(class.rating)] += count
        });
        each(FacetField::Label, &mut |class, count| {
            bytes[3][usize::from(class.label)] += count
        });
        let [kinds, formats, ratings, labels] = &bytes;
        facets.kinds = most_first(
            counted(kinds)
                .filter_map(|(value, count)| Some((*Kind::ALL.get(usize::from(value))?, count))),
        );
        facets.formats = most_first(
            counted(formats)
                .filter_map(|(value, count)| Some((Format::from_number(value)?, count))),
        );
        facets.ratings = counted(ratings).collect();
        facets.labels = counted(labels).collect();
        let mut licences = vec![0u32; self.licences.texts.len() + 1];
        each(FacetField::Licence, &mut |class, count| {
            licences[class.licence as usize] += count
        });
        facets.unlicensed = licences[0];
        let named = (0..).zip(licences).filter(|(_, count)| *count > 0);
        facets.licences =
            most_first(named.filter_map(|(number, count)| {
                Some((self.licences.text(number)?.to_owned(), count))
            }));
        each(FacetField::Alpha, &mut |class, count| {
            facets.alpha_yes += class.counts(Flag::Alpha, count);
            facets.alpha_no += class.counts(Flag::Opaque, count);
        });
        for (class, count) in self.classes.each(counts) {
            facets.animated += class.counts(Flag::Animated, count);
            facets.missing += class.counts(Flag::Missing, count);
            facets.failed += class.counts(Flag::Failed, count);
            facets.duplicates += class.counts(Flag::Duplicate, count);
        }
        each(FacetField::Tag, &mut |class, count| {
            facets.untagged += class.counts(Flag::Untagged, count)
        });
        facets
    }

    /// How many of the slots, all of them live, are in each class.
    fn class_counts(&self, bits: &Bits) -> Vec<u32> {
        let counted = Counted::new(self, bits);
        let [counts] = histograms(
            &counted.bits,
            [&self.columns.class],
            [self.classes.sizes.len()],
        );
        counted.of(&self.classes.sizes, counts)
    }

    fn tag_facet(&self, counts: &[u32]) -> Vec<(String, u32)> {
        let mut nodes: Vec<u32> = (1..counts.len() as u32)
            .filter(|node| counts[*node as usize] > 0)
            .collect();
        let order = |a: &u32, b: &u32| {
            let count = |node: u32| counts[node as usize];
            count(*b)
                .cmp(&count(*a))
                .then_with(|| self.tags.path(*a).cmp(self.tags.path(*b)))
        };
        if nodes.len() > MOST_TAGS {
            nodes.select_nth_unstable_by(MOST_TAGS, order);
            nodes.truncate(MOST_TAGS);
        }
        nodes.sort_by(order);
        nodes
            .into_iter()
            .map(|node| (self.tags.path(node).to_owned(), counts[node as usize]))
            .collect()
    }

    /// For each node of the tags how many of the slots have it or one below it, given how many of those that are counted
    /// have each set of tags.
    fn tag_counts(&self, counted: &Counted<'_>, sets: Vec<u32>) -> Vec<u32> {
        let mut counts = vec![0u32; self.tags.len()];
        for (set, count) in (0..).zip(sets).filter(|(_, count)| *count > 0) {
            for node in self.tagsets.get(set) {
                counts[*node as usize] += count;
            }
        }
        if !counted.outside {
            return counts;
        }
        self.tags
            .postings
            .iter()
            .zip(counts)
            .map(|(posting, rest)| (posting.len() as u32).saturating_sub(rest))
            .collect()
    }

    fn folder_facet(&self, counts: &[u32]) -> Vec<(String, u32)> {
        let below = |at: u32| {
            (1..counts.len() as u32)
                .filter(move |node| self.folders.parent(*node) == at && counts[*node as usize] > 0)
        };
        // Down while everything lies in one folder.
        let mut children: Vec<u32> = below(ROOT).collect();
        let mut all = counts.first().copied().unwrap_or(0);
        while let [only] = children[..] {
            let lower: Vec<u32> = below(only).collect();
            if counts[only as usize] < all || lower.is_empty() {
                break;
            }
            all = counts[only as usize];
            children = lower;
        }
        let mut folders: Vec<(String, u32)> = children
            .iter()
            .map(|node| (self.folders.path(*node).to_owned(), counts[*node as usize]))
            .collect();
        folders.sort_by(|a, b| crate::collate::paths(&a.0, &b.0));
        folders
    }

    /// For each folder how many of the slots are in it or below it, once each however many locations they have.
    pub(crate) fn folder_counts(&self, bits: &Bits) -> Vec<u32> {
        let counted = Counted::new(self, bits);
        let [counts] = histograms(&counted.bits, [&self.columns.folder], [self.folders.len()]);
        self.with_those_below(bits, counted.of(&self.folder_sizes, counts))
    }

    /// From how many have each folder as their first.
    fn with_those_below(&self, bits: &Bits, mut counts: Vec<u32>) -> Vec<u32> {
        counts.resize(self.folders.len(), 0);
        for node in (1..counts.len()).rev() {
            counts[self.folders.parent(node as u32) as usize] += counts[node];
        }
        for (_, nodes) in self.also_in.iter().filter(|(slot, _)| bits.get(**slot)) {
            nodes.iter().for_each(|node| counts[*node as usize] += 1);
        }
        counts
    }
}

/// The slots that are gone through for counting: those in question, all of them live, or where these are more than half
/// of all, those that are not among them.
struct Counted<'a> {
    bits: Cow<'a, Bits>,
    outside: bool,
}

impl<'a> Counted<'a> {
    fn new(index: &Index, bits: &'a Bits) -> Self {
        let outside = bits.count() > index.live / 2;
        if !outside {
            return Self {
                bits: Cow::Borrowed(bits),
                outside,
            };
        }
        let mut rest = index.columns.flag(Flag::Live).clone();
        rest.and_not(bits);
        Self {
            bits: Cow::Owned(rest),
            outside,
        }
    }

    /// How many of those in question have each number, given how many of all live slots have, and how many of those
    /// that were gone through.
    fn of(&self, all: &[u32], counts: Vec<u32>) -> Vec<u32> {
        if !self.outside {
            return counts;
        }
        all.iter()
            .zip(counts)
            .map(|(all, rest)| all - rest)
            .collect()
    }
}

/// The numbers that occur, ascending.
fn counted(counts: &[u32; 256]) -> impl Iterator<Item = (u8, u32)> {
    (0..=u8::MAX)
        .zip(counts.iter().copied())
        .filter(|(_, count)| *count > 0)
}

fn most_first<T: Ord>(counts: impl Iterator<Item = (T, u32)>) -> Vec<(T, u32)> {
    let mut counts: Vec<(T, u32)> = counts.collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// How many of the slots have each number, in several columns at once: an addition to a counter waits for the one before,
/// and meanwhile those to the others go on.
fn histograms<const N: usize>(
    bits: &Bits,
    columns: [&[u32]; N],
    lengths: [usize; N],
) -> [Vec<u32>; N] {
    let mut counts = lengths.map(|length| vec![0u32; length]);
    bits.each(|slot| {
        for (counts, column) in counts.iter_mut().zip(columns) {
            counts[column[slot as usize] as usize] += 1;
        }
    });
    counts
}
