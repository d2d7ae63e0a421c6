//! What searches found, kept for paging: the last sixteen, within a bound on their memory.

use super::newest::Newest;
use gameforge_domain::query::{Query, Sort};
use gameforge_index::Hits;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// How many results are kept.
const KEPT: usize = 16;
/// Hits that all results may hold together, four bytes each. What is beyond is searched for anew when it is asked for.
const HITS: usize = 4 << 20;
/// The results used last keep their hits, however many.
const HELD: usize = 2;

/// One search with what it found.
#[derive(Clone)]
pub(super) struct Kept {
    /// What was asked, for asking again when the index was renumbered or has only now been read, or when what was found
    /// was let go.
    pub query: Query,
    /// In which order.
    pub sort: Sort,
    /// None while the database itself answers, and when they were let go.
    pub hits: Option<Hits>,
    /// How the database answers, before the index does.
    pub newest: Option<Arc<Newest>>,
    /// Distances by slot, with `like:` queries.
    pub distances: Arc<HashMap<u32, u32>>,
}

impl Kept {
    /// Not answered yet.
    pub(super) fn new(query: Query, sort: Sort) -> Self {
        Self {
            query,
            sort,
            hits: None,
            newest: None,
            distances: Arc::default(),
        }
    }
}

/// The last results by handle, the one used last at the end.
#[derive(Default)]
pub(super) struct Results {
    last: u32,
    kept: VecDeque<(u32, Kept)>,
}

impl Results {
    /// Keeps a result and gives its handle. The one that was not used for longest is let go.
    pub(super) fn keep(&mut self, result: Kept) -> u32 {
        self.last = self.last.wrapping_add(1).max(1);
        while self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((self.last, result));
        self.let_go();
        self.last
    }

    /// The result of a handle; none when it was let go.
    pub(super) fn get(&mut self, handle: u32) -> Option<Kept> {
        let at = self.kept.iter().position(|(kept, _)| *kept == handle)?;
        let found = self.kept.remove(at)?;
        let result = found.1.clone();
        self.kept.push_back(found);
        Some(result)
    }

    /// Puts another result in the place of a handle's.
    pub(super) fn renew(&mut self, handle: u32, result: Kept) {
        if let Some(found) = self.kept.iter_mut().find(|(kept, _)| *kept == handle) {
            found.1 = result;
            self.let_go();
        }
    }

    /// Lets go of the hits of results that were not used for long, where all together are too many.
    fn let_go(&mut self) {
        let mut sum = 0;
        for (age, (_, kept)) in self.kept.iter_mut().rev().enumerate() {
            sum += kept.hits.as_ref().map_or(0, Hits::len);
            if sum > HITS && age >= HELD {
                kept.hits = None;
                kept.distances = Arc::default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result() -> Kept {
        Kept::new(Query::default(), Sort::NEWEST)
    }

    #[test]
    fn what_was_used_last_stays_longest() {
        let mut results = Results::default();
        let first = results.keep(result());
        let second = results.keep(result());
        for _ in 0..KEPT - 2 {
            results.keep(result());
        }
        assert!(results.get(first).is_some(), "sixteen are kept");
        results.keep(result());
        assert!(results.get(first).is_some(), "it was used a moment ago");
        assert!(results.get(second).is_none(), "it was not used for longest");
    }

    #[test]
    fn many_hits_are_let_go_but_their_handles_stay_good() {
        let large = || Kept {
            hits: Some(Hits::of_slots((0..HITS as u32 / 2).collect())),
            ..result()
        };
        let mut results = Results::default();
        let handles: Vec<u32> = (0..4).map(|_| results.keep(large())).collect();
        let held: Vec<bool> = results
            .kept
            .iter()
            .map(|(_, kept)| kept.hits.is_some())
            .collect();
        assert_eq!(held, [false, false, true, true]);
        assert!(
            results
                .get(handles[0])
                .is_some_and(|kept| kept.hits.is_none())
        );
        results.renew(handles[0], large());
        assert!(
            results
                .get(handles[1])
                .is_some_and(|kept| kept.hits.is_none())
        );
        assert!(
            results
                .get(handles[0])
                .is_some_and(|kept| kept.hits.is_some())
        );
    }
}
