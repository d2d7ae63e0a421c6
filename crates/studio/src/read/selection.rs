//! What many selected assets have in common, from the index: a million at a time.

use crate::{Error, Library, Result, search::now};
use gameforge_domain::{
    AssetId,
    query::{Clause, Filter, Query, Sort},
};
use gameforge_index::{CollectionNames, Index};
use gameforge_wire::{SelectionSummary, TagCount, Targets};
use std::collections::HashSet;

/// Tags shown at most.
const TAGS: usize = 200;

impl Library {
    /// Sums a selection up.
    ///
    /// # Errors
    /// `NotFound` when the search that it is from was too long ago.
    pub async fn selection(&self, targets: Targets) -> Result<SelectionSummary> {
        let ids: Vec<AssetId> = match targets {
            Targets::Ids { ids } => ids,
            Targets::Results { handle, except } => self.result_ids(handle, &except).await?,
        };
        if ids.is_empty() {
            return Err(Error::not_found("What was selected"));
        }
        self.ask(move |index, names| summed(index, names, ids))
            .await
    }
}

/// The value of all, as long as it is one.
struct Common<T>(Option<Option<T>>);

impl<T: PartialEq> Common<T> {
    fn see(&mut self, value: T) {
        match &self.0 {
            None => self.0 = Some(Some(value)),
            Some(Some(all)) if *all == value => {}
            Some(_) => self.0 = Some(None),
        }
    }

    fn differs(&self) -> bool {
        matches!(self.0, Some(None))
    }

    fn all(self) -> Option<T> {
        self.0.flatten()
    }
}

fn summed(index: &Index, names: &dyn CollectionNames, ids: Vec<AssetId>) -> SelectionSummary {
    let (mut count, mut size) = (0_u32, 0_u64);
    let mut rating = Common(None);
    let mut label = Common(None);
    let mut licence = Common(None);
    let mut seen = HashSet::with_capacity(ids.len());
    for id in &ids {
        let card = index.slot_of(*id).and_then(|slot| index.card(slot));
        let Some(card) = card.filter(|card| seen.insert(card.row)) else {
            continue;
        };
        count += 1;
        size += card.size;
        rating.see(u32::from(card.rating));
        label.see(u32::from(card.label));
        licence.see(card.licence.map(str::to_owned));
    }
    // The facets of the selection as if it had been searched for.
    let query = Query {
        clauses: vec![Clause {
            negated: false,
            filter: Filter::Id(ids),
        }],
    };
    let facets = index.facets(&index.search(&query, Sort::NEWEST, now(), names));
    SelectionSummary {
        count,
        size: size as f64,
        kinds: facets.kinds,
        tags: own_tags(facets.tags),
        rating: rating.all(),
        label: label.all(),
        licence_differs: licence.differs(),
        licence: licence.all(),
    }
}

fn own_tags(tags: Vec<(String, u32)>) -> Vec<TagCount> {
    tags.into_iter()
        .filter_map(|(tag, count)| {
            Some(TagCount {
                tag: tag.parse().ok()?,
                count,
            })
        })
        .take(TAGS)
        .collect()
}
