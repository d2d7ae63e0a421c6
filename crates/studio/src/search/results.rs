//! What searches found, kept for paging: the last sixteen.

use gameforge_domain::query::{Query, Sort};
use gameforge_index::Hits;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// How many results are kept.
const KEPT: usize = 16;

/// One search with what it found.
#[derive(Clone)]
pub(super) struct Kept {
    /// What was asked, for asking again when the index was renumbered or has only now been read.
    pub query: Query,
    /// In which order.
    pub sort: Sort,
    /// None while the database itself answers.
    pub hits: Option<Hits>,
    /// Distances by slot, with `like:` queries.
    pub distances: Arc<HashMap<u32, u32>>,
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result() -> Kept {
        Kept {
            query: Query::default(),
            sort: Sort::NEWEST,
            hits: None,
            distances: Arc::default(),
        }
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
}
