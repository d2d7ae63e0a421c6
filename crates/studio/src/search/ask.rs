//! Searches, pages and positions.

use super::{cards, newest::Newest, results::Kept};
use crate::{Error, Library, Result, store};
use gameforge_domain::{
    AssetId,
    query::{Filter, Label, Now, Query, Sort},
};
use gameforge_index::{CollectionNames, Facets, Index};
use gameforge_wire::{Card, Facet, FacetValue, SearchRequest, SearchResult};
use std::{collections::HashMap, sync::Arc, time::Instant};

/// Cards in the first page.
pub(super) const FIRST: u32 = 200;
/// The most cards in one page.
const MOST: u32 = 2_000;

/// The moment of a search, on the clock on the wall.
pub(crate) fn now() -> Now {
    let now = chrono::Local::now();
    Now {
        unix_ms: now.timestamp_millis(),
        offset_seconds: now.offset().local_minus_utc(),
    }
}

/// The order of a request; empty for the best one.
pub(crate) fn sort_of(text: &str) -> Result<Sort> {
    if text.trim().is_empty() {
        return Ok(Sort::RELEVANCE);
    }
    text.parse()
        .map_err(|error| Error::invalid(format!("{error}.")))
}

impl Library {
    /// Searches. While the index is still being read, everything, newest first, perhaps without some formats, comes from
    /// the database at once (`complete` is false then: the counts may be off by what changed since the last start, and
    /// there are no facets); all other questions wait for the index.
    ///
    /// # Errors
    /// `Invalid` for an order that there is none of. A query is never wrong: what of it was not understood is in
    /// the warnings.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchResult> {
        let start = Instant::now();
        self.0.activity.asked(&request);
        let (query, warnings) = Query::parse(&request.query);
        let kept = Kept::new(query, sort_of(&request.sort)?);
        self.start_loading();
        let early = if self.options().watch && !self.0.searcher.is_ready() {
            self.search_newest(&kept).await?
        } else {
            None
        };
        let found = match early {
            Some(found) => found,
            None => self.search_index(kept).await?,
        };
        self.0.activity.served();
        Ok(SearchResult {
            warnings: warnings.into_iter().map(|it| it.message).collect(),
            took_ms: start.elapsed().as_secs_f64() * 1000.0,
            ..found
        })
    }

    async fn search_index(&self, kept: Kept) -> Result<SearchResult> {
        if !self.options().watch {
            // Nobody follows other programs for a command: it looks itself.
            self.ready().await?;
            self.caught_up().await?;
            self.names_changed().await?;
        }
        let likeness = self.likeness(&kept.query).await?;
        let (kept, facets, first, of) = self
            .ask(move |index, names| {
                let kept = searched(index, names, kept, likeness);
                let facets = kept.hits.as_ref().map(|hits| index.facets(hits));
                let first = page_of(index, &kept, 0, FIRST);
                (kept, facets.unwrap_or_default(), first, index.len())
            })
            .await?;
        let total = kept.hits.as_ref().map_or(0, gameforge_index::Hits::len);
        Ok(SearchResult {
            handle: self.0.searcher.results.lock().keep(kept),
            total: u32::try_from(total).unwrap_or(u32::MAX),
            of: u32::try_from(of).unwrap_or(u32::MAX),
            first,
            facets: facet_list(&facets),
            warnings: Vec::new(),
            took_ms: 0.0,
            complete: true,
        })
    }

    /// None for a question that only the index can answer.
    async fn search_newest(&self, kept: &Kept) -> Result<Option<SearchResult>> {
        let Some(newest) = Newest::for_search(&kept.query, kept.sort)? else {
            return Ok(None);
        };
        let Some(first) = self.newest_page(&newest, 0, FIRST).await? else {
            return Ok(None);
        };
        let (total, of) = self.newest_count(&newest, first.len()).await?;
        let kept = Kept {
            newest: Some(Arc::new(newest)),
            ..kept.clone()
        };
        Ok(Some(SearchResult {
            handle: self.0.searcher.results.lock().keep(kept),
            total,
            of,
            first,
            facets: Vec::new(),
            warnings: Vec::new(),
            took_ms: 0.0,
            complete: false,
        }))
    }

    /// Cards of rows in their order, from the database.
    pub(crate) async fn cards_of(
        &self,
        conn: &mut sqlx::SqliteConnection,
        rows: &[i64],
    ) -> Result<Vec<Card>> {
        let names = store::entry::names(conn).await?;
        let entries = store::entry::read(conn, rows).await?.entries(&names)?;
        let mut by_row: HashMap<i64, Card> = entries
            .into_iter()
            .map(|entry| (i64::from(entry.row), cards::from_entry(entry)))
            .collect();
        Ok(rows.iter().filter_map(|row| by_row.remove(row)).collect())
    }

    /// Cards of a result, from `offset` on, at most 2,000. Assets that were removed since are left out.
    ///
    /// # Errors
    /// `NotFound` when sixteen newer searches were made since: search again.
    pub async fn page(&self, handle: u32, offset: u32, limit: u32) -> Result<Vec<Card>> {
        let limit = limit.min(MOST);
        let kept = self.kept(handle)?;
        if let Some(newest) = &kept.newest
            && !self.0.searcher.is_ready()
            && let Some(cards) = self.newest_page(newest, offset, limit).await?
        {
            return Ok(cards);
        }
        self.ask_kept(handle, kept, move |index, kept| {
            page_of(index, kept, offset, limit)
        })
        .await
    }

    /// Where an asset is in a result; none when it is not in it.
    ///
    /// # Errors
    /// Like [`page`](Self::page).
    pub async fn position(&self, handle: u32, id: AssetId) -> Result<Option<u32>> {
        let kept = self.kept(handle)?;
        self.ask_kept(handle, kept, move |index, kept| {
            let at = index.position(kept.hits.as_ref()?, id)?;
            u32::try_from(at).ok()
        })
        .await
    }

    /// The rows of all that a search found, in its order, without some.
    pub(crate) async fn result_rows(&self, handle: u32, except: &[AssetId]) -> Result<Vec<i64>> {
        let kept = self.kept(handle)?;
        let except: std::collections::HashSet<AssetId> = except.iter().copied().collect();
        self.ask_kept(handle, kept, move |index, kept| {
            let Some(hits) = &kept.hits else {
                return Vec::new();
            };
            index
                .cards(hits, 0, hits.len())
                .flatten()
                .filter(|card| except.is_empty() || !except.contains(&card.id))
                .map(|card| i64::from(card.row))
                .collect()
        })
        .await
    }

    /// The ids of all that a search found, without some.
    pub(crate) async fn result_ids(&self, handle: u32, except: &[AssetId]) -> Result<Vec<AssetId>> {
        let kept = self.kept(handle)?;
        let except: std::collections::HashSet<AssetId> = except.iter().copied().collect();
        self.ask_kept(handle, kept, move |index, kept| {
            let Some(hits) = &kept.hits else {
                return Vec::new();
            };
            index
                .cards(hits, 0, hits.len())
                .flatten()
                .map(|card| card.id)
                .filter(|id| !except.contains(id))
                .collect()
        })
        .await
    }

    fn kept(&self, handle: u32) -> Result<Kept> {
        let found = self.0.searcher.results.lock().get(handle);
        found.ok_or_else(|| Error::not_found("The result of this search"))
    }

    /// Runs a question on a result; searches again first where the index has been read or renumbered since.
    async fn ask_kept<T: Send + 'static>(
        &self,
        handle: u32,
        kept: Kept,
        question: impl FnOnce(&Index, &Kept) -> T + Send + 'static,
    ) -> Result<T> {
        let likeness = self.likeness(&kept.query).await?;
        let (answer, renewed) = self
            .ask(move |index, names| {
                if kept
                    .hits
                    .as_ref()
                    .is_some_and(|hits| index.is_current(hits))
                {
                    return (question(index, &kept), None);
                }
                let kept = searched(index, names, kept, likeness);
                (question(index, &kept), Some(kept))
            })
            .await?;
        if let Some(kept) = renewed {
            self.0.searcher.results.lock().renew(handle, kept);
        }
        Ok(answer)
    }

    /// The perceptual hash of the asset that `like:` asks about.
    async fn likeness(&self, query: &Query) -> Result<Option<u64>> {
        let asked = query.clauses.iter().find_map(|clause| match clause.filter {
            Filter::Like(id) if !clause.negated => Some(id),
            _ => None,
        });
        match asked {
            None => Ok(None),
            Some(id) => store::asset::phash(&mut *self.reader().await?, id).await,
        }
    }
}

/// How far `like:` shows distances: all that the index finds with it are nearer.
const FARTHEST: u32 = 16;

fn searched(index: &Index, names: &dyn CollectionNames, kept: Kept, likeness: Option<u64>) -> Kept {
    let hits = index.search(&kept.query, kept.sort, now(), names);
    let distances = likeness.map_or_else(HashMap::new, |phash| {
        index.similar(phash, FARTHEST).into_iter().collect()
    });
    Kept {
        hits: Some(hits),
        newest: None,
        distances: Arc::new(distances),
        ..kept
    }
}

fn page_of(index: &Index, kept: &Kept, offset: u32, limit: u32) -> Vec<Card> {
    let Some(hits) = &kept.hits else {
        return Vec::new();
    };
    let (offset, limit) = (offset as usize, limit as usize);
    index
        .cards(hits, offset, limit)
        .zip(hits.page(offset, limit))
        .filter_map(|(card, slot)| {
            let distance = kept.distances.get(slot).copied();
            Some(cards::from_index(&card?, distance))
        })
        .collect()
}

/// Counts as the window shows them, each value as the query language writes it.
fn facet_list(facets: &Facets) -> Vec<Facet> {
    let list = |filter: &str, values: Vec<(String, u32)>| Facet {
        filter: filter.to_owned(),
        values: values
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(value, count)| FacetValue { value, count })
            .collect(),
    };
    let words = |values: &[(&str, u32)]| -> Vec<(String, u32)> {
        values
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect()
    };
    let mut licences = facets.licences.clone();
    licences.push(("none".to_owned(), facets.unlicensed));
    let ratings = facets
        .ratings
        .iter()
        .map(|(stars, count)| (stars.to_string(), *count));
    let labels = facets.labels.iter().map(|(label, count)| {
        let name = Label::from_number(*label).map_or("none", Label::name);
        (name.to_owned(), *count)
    });
    let kinds = facets
        .kinds
        .iter()
        .map(|(kind, count)| (kind.to_string(), *count));
    let formats = facets
        .formats
        .iter()
        .map(|(format, count)| (format.to_string(), *count));
    [
        list("kind", kinds.collect()),
        list("format", formats.collect()),
        list("tag", facets.tags.clone()),
        list(
            "is",
            words(&[
                ("untagged", facets.untagged),
                ("missing", facets.missing),
                ("animated", facets.animated),
                ("duplicate", facets.duplicates),
                ("failed", facets.failed),
            ]),
        ),
        list("rating", ratings.rev().collect()),
        list("label", labels.collect()),
        list("licence", licences),
        list("folder", facets.folders.clone()),
        list(
            "alpha",
            words(&[("yes", facets.alpha_yes), ("no", facets.alpha_no)]),
        ),
    ]
    .into_iter()
    .filter(|facet| !facet.values.is_empty())
    .collect()
}
