//! Counts beside the hits.

use crate::bits::Bits;
use crate::columns::Flag;
use crate::groups::ByteGroups;
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
        let columns = &self.columns;
        let all = |field: FacetField| {
            let without = hits.without.iter().find(|(other, _)| *other == field);
            without.map_or(&hits.matched, |(_, bits)| bits).as_ref()
        };
        let count = |field: FacetField, flag: Flag| columns.flag(flag).count_and(all(field));
        let state = |flag: Flag| columns.flag(flag).count_and(&hits.matched);
        let licensed = all(FacetField::Licence);
        let mut licences: Vec<(String, u32)> = self
            .licences
            .each()
            .map(|(name, posting)| (name.to_owned(), posting.count_in(licensed)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let unlicensed = licensed.count_and(columns.flag(Flag::Live))
            - licences.iter().map(|(_, count)| count).sum::<u32>();
        most_first(&mut licences);
        Facets {
            kinds: bytes(&self.kinds, &columns.kind, all(FacetField::Kind), |value| {
                Kind::ALL.get(usize::from(value)).copied()
            }),
            formats: bytes(
                &self.formats,
                &columns.format,
                all(FacetField::Format),
                Format::from_number,
            ),
            ratings: in_order(bytes(
                &self.ratings,
                &columns.rating,
                all(FacetField::Rating),
                Some,
            )),
            labels: in_order(bytes(
                &self.labels,
                &columns.label,
                all(FacetField::Label),
                Some,
            )),
            tags: self.tag_facet(all(FacetField::Tag)),
            untagged: count(FacetField::Tag, Flag::Untagged),
            licences,
            unlicensed,
            folders: self.folder_facet(&hits.matched),
            alpha_yes: count(FacetField::Alpha, Flag::Alpha),
            alpha_no: count(FacetField::Alpha, Flag::Opaque),
            animated: state(Flag::Animated),
            missing: state(Flag::Missing),
            failed: state(Flag::Failed),
            duplicates: state(Flag::Duplicate),
        }
    }

    fn tag_facet(&self, bits: &Bits) -> Vec<(String, u32)> {
        let counts = self.tag_counts(bits);
        let mut nodes: Vec<u32> = (1..counts.len() as u32)
            .filter(|node| counts[*node as usize] > 0)
            .collect();
        let key = |node: &u32| {
            (
                std::cmp::Reverse(counts[*node as usize]),
                self.tags.path(*node),
            )
        };
        nodes.sort_by(|a, b| key(a).cmp(&key(b)));
        nodes.truncate(MOST_TAGS);
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
        let mut of_set = vec![0u32; self.tagsets.len()];
        bits.each(|slot| of_set[sets[slot as usize] as usize] += 1);
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
        let mut counts = vec![0u32; self.folders.len()];
        let column = &self.columns.folder;
        bits.each(|slot| counts[column[slot as usize] as usize] += 1);
        for node in (1..counts.len()).rev() {
            counts[self.folders.parent(node as u32) as usize] += counts[node];
        }
        let mut seen = Vec::new();
        for (slot, others) in self
            .other_folders
            .iter()
            .filter(|(slot, _)| bits.get(**slot))
        {
            seen.clear();
            seen.extend(self.folders.upwards(column[*slot as usize]));
            for other in others {
                let new: Vec<u32> = self
                    .folders
                    .upwards(*other)
                    .take_while(|node| !seen.contains(node))
                    .collect();
                new.iter().for_each(|node| counts[*node as usize] += 1);
                seen.extend(new);
            }
        }
        counts
    }
}

/// Counts of a small number, the most frequent first. Few slots are walked, many are intersected.
fn bytes<T: Ord + Copy>(
    groups: &ByteGroups,
    column: &[u8],
    bits: &Bits,
    read: impl Fn(u8) -> Option<T>,
) -> Vec<(T, u32)> {
    let few = bits.count() as usize * 24 < column.len();
    let mut walked = [0u32; 256];
    if few {
        bits.each(|slot| walked[usize::from(column[slot as usize])] += 1);
    }
    let mut counts: Vec<(T, u32)> = groups
        .each()
        .filter_map(|(value, posting)| {
            let count = if few {
                walked[usize::from(value)]
            } else {
                posting.count_in(bits)
            };
            (count > 0).then_some((read(value)?, count))
        })
        .collect();
    most_first(&mut counts);
    counts
}

fn most_first<T: Ord>(counts: &mut [(T, u32)]) {
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

fn in_order(mut counts: Vec<(u8, u32)>) -> Vec<(u8, u32)> {
    counts.sort_unstable();
    counts
}
