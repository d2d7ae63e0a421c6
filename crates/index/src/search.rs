//! One search: clauses to sets, the sets to one, that one into order.

use crate::bits::{Bits, unpack};
use crate::colours::Coloured;
use crate::columns::Flag;
use crate::entry::CollectionNames;
use crate::hits::{FacetField, Hits};
use crate::index::Index;
use crate::matching::Found;
use crate::orders::{Sortable, compare};
use crate::term::Term;
use crate::text::{Normal, found_inside};
use gameforge_domain::AssetId;
use gameforge_domain::query::{Clause, Filter, Now, Query, Sort, SortKey};
use std::sync::Arc;

/// Up to so many hits are sorted by comparing them; more are picked out of the whole order.
const COMPARED: usize = 256;

/// What a query's clauses found on the way, which the order by relevance goes by.
#[derive(Default)]
struct Asked {
    words: Vec<(Term, Found)>,
    /// Of the first colour asked for.
    colour: Option<Coloured>,
}

/// Names that are found before they are read, so that the processor waits for all of them at once.
const READ_TOGETHER: usize = 64;

impl Index {
    /// Every asset that a query asks for, in order.
    #[must_use]
    pub fn search(
        &self,
        query: &Query,
        sort: Sort,
        now: Now,
        collections: &dyn CollectionNames,
    ) -> Hits {
        let mut found = Asked::default();
        let sets: Vec<Bits> = query
            .clauses
            .iter()
            .map(|clause| {
                let term = match &clause.filter {
                    Filter::Word(text) => Term::word(text),
                    Filter::Phrase(text) => Term::phrase(text),
                    Filter::Colour(colour) if !clause.negated && found.colour.is_none() => {
                        let coloured = found.colour.insert(self.coloured(colour));
                        return coloured.slots.clone();
                    }
                    filter => return self.matching(filter, now, collections),
                };
                let mut of_term = self.find(&term);
                let all = std::mem::take(&mut of_term.all);
                if !clause.negated {
                    found.words.push((term, of_term));
                }
                all
            })
            .collect();
        let matched = self.all_of(query.clauses.iter().zip(&sets));
        let without = FacetField::ALL
            .into_iter()
            .filter(|field| {
                let mut clauses = query.clauses.iter();
                clauses.any(|clause| FacetField::of(&clause.filter) == Some(*field))
            })
            .map(|field| {
                let others = query
                    .clauses
                    .iter()
                    .zip(&sets)
                    .filter(|(clause, _)| FacetField::of(&clause.filter) != Some(field));
                (field, Arc::new(self.all_of(others)))
            })
            .collect();
        let slots = self.ordered(query, sort, &matched, &found);
        Hits {
            slots,
            matched: Arc::new(matched),
            without,
            generation: self.generation,
        }
    }

    /// Brings the orders in use up to date after [`apply`](Self::apply), so that the next search need not. Call
    /// it on the importing thread, under a shared lock.
    pub fn settle(&self) {
        self.orders.settle(self.sortable());
    }

    /// Prepares an order, so that the first search by it need not.
    pub fn prepare(&self, sort: Sort) {
        if sort.key != SortKey::Relevance {
            self.orders.get(sort, self.sortable());
        }
    }

    pub(crate) fn sortable(&self) -> Sortable<'_> {
        Sortable {
            columns: &self.columns,
            folders: &self.folders,
            live: self.columns.flag(Flag::Live),
            count: self.live as usize,
        }
    }

    fn all_of<'a>(&self, clauses: impl Iterator<Item = (&'a Clause, &'a Bits)>) -> Bits {
        let mut all = self.columns.flag(Flag::Live).clone();
        for (clause, bits) in clauses {
            if clause.negated {
                all.and_not(bits)
            } else {
                all.and(bits)
            }
        }
        all
    }

    fn ordered(&self, query: &Query, sort: Sort, matched: &Bits, found: &Asked) -> Arc<Vec<u32>> {
        let count = matched.count() as usize;
        if sort.key != SortKey::Relevance {
            return self.picked(sort, matched, count);
        }
        let asked = |clause: &&Clause| !clause.negated;
        let like = query
            .clauses
            .iter()
            .filter(asked)
            .find_map(|clause| match clause.filter {
                Filter::Like(id) => Some(id),
                _ => None,
            });
        if let Some(id) = like {
            Arc::new(self.by_likeness(id, matched))
        } else if let Some(coloured) = &found.colour {
            Arc::new(coloured.ordered(matched))
        } else if !found.words.is_empty() {
            Arc::new(self.by_place(matched, count, &found.words))
        } else {
            self.picked(Sort::NEWEST, matched, count)
        }
    }

    /// The matches in a fixed order.
    fn picked(&self, sort: Sort, matched: &Bits, count: usize) -> Arc<Vec<u32>> {
        let from = self.sortable();
        if count <= COMPARED {
            let mut slots: Vec<u32> = matched.iter().collect();
            slots.sort_by(|a, b| compare(sort, from, *a, *b));
            return Arc::new(slots);
        }
        let order = self.orders.get(sort, from);
        if order.len() == count {
            return order;
        }
        // Without a branch on membership, which could not be foretold. The last element takes the misses.
        let mut slots = vec![0; count + 1];
        let mut filled = 0;
        for slot in order.iter() {
            slots[filled] = *slot;
            filled += usize::from(matched.get(*slot));
        }
        slots.truncate(count);
        Arc::new(slots)
    }

    fn by_likeness(&self, id: AssetId, matched: &Bits) -> Vec<u32> {
        let Some(hash) = self.slot_of(id).and_then(|slot| self.phash(slot)) else {
            return Vec::new();
        };
        let mut slots: Vec<(u32, u32)> = matched
            .iter()
            .filter_map(|slot| Some(((self.phash(slot)? ^ hash).count_ones(), slot)))
            .collect();
        slots.sort_unstable();
        slots.into_iter().map(|(_, slot)| slot).collect()
    }

    /// By where the words were found: the whole name, the start of the name, starts of words in the name, the
    /// name at all, folder or tags, anything else. Within each by name.
    fn by_place(&self, matched: &Bits, count: usize, found: &[(Term, Found)]) -> Vec<u32> {
        let len = self.columns.len();
        let (mut placed, mut named, mut started) =
            (matched.clone(), matched.clone(), matched.clone());
        for (term, bits) in found {
            let mut place = bits.place.clone();
            place.or(&bits.name);
            placed.and(&place);
            named.and(&bits.name);
            match term.single() {
                Some(word) if found_inside(word) => started.and(&self.names.starting(word, len)),
                _ => started.and(&bits.name),
            }
        }
        let mut tiers = tiers(matched, &placed, &named, len);
        let starts = self.tier_by_start(&started, found, &mut tiers);
        let by_name = Sort {
            key: SortKey::Name,
            descending: false,
        };
        let from = self.sortable();
        if count <= COMPARED {
            let mut slots: Vec<u32> = matched.iter().collect();
            slots.sort_by(|a, b| {
                tiers[*a as usize]
                    .cmp(&tiers[*b as usize])
                    .then_with(|| compare(by_name, from, *a, *b))
            });
            return slots;
        }
        let counts = [count as u32, placed.count(), named.count(), started.count()];
        let [all, placed, named, started] = counts.map(|count| count as usize);
        // Where each tier begins among the hits.
        let mut places = [0, starts[0], starts[0] + starts[1], started, named, placed];
        let mut slots = vec![0; all];
        for slot in self.picked(by_name, matched, count).iter() {
            let place = &mut places[usize::from(tiers[*slot as usize])];
            slots[*place] = *slot;
            *place += 1;
        }
        slots
    }

    /// Tells names that are or begin with what was asked from those where it starts a later word. The numbers of
    /// first words rule most names out without reading them. Gives how many are what was asked, and how many begin
    /// with it and go on.
    fn tier_by_start(
        &self,
        started: &Bits,
        found: &[(Term, Found)],
        tiers: &mut [u8],
    ) -> [usize; 2] {
        let texts: String = found
            .iter()
            .map(|(term, _)| term.text.whole.as_str())
            .collect();
        let joined = Normal::of(&texts).whole;
        let joined = joined.trim_matches(' ');
        let (first, alone) = joined
            .split_once(' ')
            .map_or((joined, true), |(first, _)| (first, false));
        let mut begin = Bits::new(self.names.words.len());
        let exact = self.names.words.find(first);
        if alone {
            self.names.words.starting(first, |number| begin.set(number));
        } else if let Some(number) = exact {
            begin.set(number);
        }
        let mut sizes = [0; 3];
        let mut put = |slot: u32, tier: u8| {
            tiers[slot as usize] = tier;
            sizes[usize::from(tier)] += 1;
        };
        let mut to_read = Vec::new();
        started.each(|slot| {
            let number = self.columns.first[slot as usize];
            let begins = begin.get(number);
            if alone {
                // Without branches, which could not be foretold.
                let whole = begins & (Some(number) == exact) & self.columns.is(Flag::OneWord, slot);
                put(slot, 2 - u8::from(begins) - u8::from(whole));
            } else if begins {
                to_read.push(slot);
            } else {
                put(slot, 2);
            }
        });
        let mut names = Vec::with_capacity(READ_TOGETHER);
        for slots in to_read.chunks(READ_TOGETHER) {
            names.clear();
            names.extend(slots.iter().map(|slot| self.columns.raw_name(*slot)));
            for (slot, name) in slots.iter().zip(&names) {
                put(
                    *slot,
                    match begins(name, joined) {
                        Some(true) => 0,
                        Some(false) => 1,
                        None => 2,
                    },
                );
            }
        }
        [sizes[0], sizes[1]]
    }
}

/// The tiers of hits by where words were found, as far as the sets tell: in the name (3), in folder or tags (4), elsewhere
/// (5). Each set is within the one before it. What is no hit has 6.
fn tiers(matched: &Bits, placed: &Bits, named: &Bits, len: usize) -> Vec<u8> {
    let mut tiers = vec![6u8; len];
    let words = placed.words().iter().zip(named.words());
    for ((chunk, matched), (placed, named)) in tiers.chunks_mut(64).zip(matched.words()).zip(words)
    {
        if *matched == 0 {
            continue;
        }
        let (matched, placed, named) = (unpack(*matched), unpack(*placed), unpack(*named));
        let sums = matched.iter().zip(&placed).zip(&named);
        for (tier, ((matched, placed), named)) in chunk.iter_mut().zip(sums) {
            *tier -= matched + placed + named;
        }
    }
    tiers
}

/// Whether a name begins with normalised words: `Some(true)` when it consists of them, an ending aside.
pub(crate) fn begins(name: &[u8], joined: &str) -> Option<bool> {
    if !name.is_ascii() {
        let name = std::str::from_utf8(name).ok()?;
        let text = Normal::of(name);
        let rest = text.whole.trim_start_matches(' ').strip_prefix(joined)?;
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        return Some(rest.trim().is_empty() || Normal::of(stem).whole.trim_matches(' ') == joined);
    }
    let mut rest = name;
    let gap = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| !byte.is_ascii_alphanumeric())
            .count()
    };
    rest = &rest[gap(rest)..];
    for asked in joined.bytes() {
        if asked == b' ' {
            let width = gap(rest);
            if width == 0 {
                return None;
            }
            rest = &rest[width..];
        } else {
            let (first, after) = rest.split_first()?;
            if first.to_ascii_lowercase() != asked {
                return None;
            }
            rest = after;
        }
    }
    let stem = match rest.iter().rposition(|byte| *byte == b'.') {
        Some(dot) => &rest[..dot],
        None => rest,
    };
    Some(gap(stem) == stem.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_words_whatever_divides_them() {
        let begins = |name: &str, joined| begins(name.as_bytes(), joined);
        assert_eq!(begins("Goblin_King.png", "goblin king"), Some(true));
        assert_eq!(begins("goblin-king-2.png", "goblin king"), Some(false));
        assert_eq!(begins("goblins.png", "goblin"), Some(false));
        assert_eq!(begins("goblin.png", "goblin png"), Some(true));
        assert_eq!(begins("a goblin", "goblin"), None);
        assert_eq!(begins("Köbold.png", "kobold"), Some(true));
    }
}
