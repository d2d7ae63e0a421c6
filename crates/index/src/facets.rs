//! Counts beside the hits.

use crate::bits::Bits;
use crate::classes::Class;
use crate::columns::Flag;
use crate::hits::{FacetField, Facets, Hits};
use crate::index::Index;
use crate::tree::ROOT;
use gameforge_domain::{Format, Kind};

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
        let counts = self.class_counts(&matched);
        // Counted anew only for fields whose own filter is left out.
        let own = |field: FacetField| hits.without.iter().find(|(other, _)| *other == field);
        let each = |field: FacetField, count: &mut dyn FnMut(Class, u32)| {
            let without = own(field).map(|(_, bits)| self.class_counts(&alive(bits)));
            self.classes
                .each(without.as_ref().unwrap_or(&counts))
                .for_each(|(class, number)| count(class, number));
        };
        let mut facets = self.counted_by_class(&counts, each);
        let tagged = own(FacetField::Tag).map(|(_, bits)| alive(bits));
        let tagged = tagged.as_ref().unwrap_or(&matched);
        facets.tags = self.tag_facet(tagged);
        facets.folders = self.folder_facet(&matched);
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
        self.by_smaller_half(bits, &self.columns.class, &self.classes.sizes)
    }

    /// How many of the slots, all of them live, have each number, given how many of all live slots have. Counts
    /// those that are not among them where these are fewer.
    fn by_smaller_half(&self, bits: &Bits, column: &[u32], all: &[u32]) -> Vec<u32> {
        if bits.count() <= self.live / 2 {
            return histogram(bits, column, all.len());
        }
        let mut rest = self.columns.flag(Flag::Live).clone();
        rest.and_not(bits);
        let rest = histogram(&rest, column, all.len());
        all.iter().zip(rest).map(|(all, rest)| all - rest).collect()
    }

    fn tag_facet(&self, bits: &Bits) -> Vec<(String, u32)> {
        let counts = self.tag_counts(bits);
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

    /// For each node of the tags how many of the slots have it or one below it.
    fn tag_counts(&self, bits: &Bits) -> Vec<u32> {
        let live = self.columns.flag(Flag::Live);
        let inside = bits.count_and(live);
        // What is not among the hits may be quicker to count.
        let outside = inside > self.live / 2;
        let counted = if outside {
            let mut rest = live.clone();
            rest.and_not(bits);
            self.count_tags(&rest, (self.live - inside) as usize)
        } else {
            self.count_tags(bits, inside as usize)
        };
        if !outside {
            return counted;
        }
        self.tags
            .postings
            .iter()
            .zip(counted)
            .map(|(posting, rest)| (posting.len() as u32).saturating_sub(rest))
            .collect()
    }

    fn count_tags(&self, bits: &Bits, count: usize) -> Vec<u32> {
        let mut counts = vec![0u32; self.tags.len()];
        let sets = &self.columns.tagset;
        if self.tagsets.len() > count {
            bits.each(|slot| {
                for node in self.tagsets.get(sets[slot as usize]) {
                    counts[*node as usize] += 1;
                }
            });
            return counts;
        }
        let of_set = histogram(bits, sets, self.tagsets.len());
        for (set, count) in of_set
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            for node in self.tagsets.get(set as u32) {
                counts[*node as usize] += count;
            }
        }
        counts
    }

    fn folder_facet(&self, bits: &Bits) -> Vec<(String, u32)> {
        let counts = self.folder_counts(bits);
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); counts.len()];
        for node in (1..counts.len() as u32).filter(|node| counts[*node as usize] > 0) {
            children[self.folders.parent(node) as usize].push(node);
        }
        // Down while everything lies in one folder.
        let mut at = ROOT;
        while let [only] = children[at as usize].as_slice() {
            if counts[*only as usize] < counts[at as usize] || children[*only as usize].is_empty() {
                break;
            }
            at = *only;
        }
        let mut folders: Vec<(String, u32)> = children[at as usize]
            .iter()
            .map(|node| (self.folders.path(*node).to_owned(), counts[*node as usize]))
            .collect();
        folders.sort_by(|a, b| crate::collate::paths(&a.0, &b.0));
        folders
    }

    /// For each folder how many of the slots are in it or below it, once each however many locations they have.
    pub(crate) fn folder_counts(&self, bits: &Bits) -> Vec<u32> {
        let column = &self.columns.folder;
        let mut counts = self.by_smaller_half(bits, column, &self.folder_sizes);
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

/// How many of the slots have each number. Neighbours often have the same one; few numbers are counted in four
/// rows by turns, so that an addition need not wait for the one before.
fn histogram(bits: &Bits, column: &[u32], len: usize) -> Vec<u32> {
    let rows = if len < 1 << 13 { 4 } else { 1 };
    let mut counts = vec![0u32; len * rows];
    let (mut row, end) = (0, len * rows);
    bits.each(|slot| {
        counts[row + column[slot as usize] as usize] += 1;
        row += len;
        if row == end {
            row = 0;
        }
    });
    for row in 1..rows {
        let (first, others) = counts.split_at_mut(row * len);
        first
            .iter_mut()
            .zip(others)
            .for_each(|(count, other)| *count += *other);
    }
    counts.truncate(len);
    counts
}
