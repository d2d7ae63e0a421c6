//! Asking and being answered.

use crate::Card;
use gameforge_domain::AssetId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A query, as typed, and how to order what it finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// Words and filters, see the query language.
    pub query: String,
    /// For example `-added`, `name`; empty for the best order (relevance with words, else newest).
    pub sort: String,
}

/// What a query found. Pages are asked for by `handle`, which stays good until 16 newer searches were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult {
    /// For `page`, `position` and `Targets::Results`.
    pub handle: u32,
    /// How many match.
    pub total: u32,
    /// How many are in the library.
    pub of: u32,
    /// The first page, so that a search paints after one round trip.
    pub first: Vec<Card>,
    /// Counts by value.
    pub facets: Vec<Facet>,
    /// What of the query was not understood, in words.
    pub warnings: Vec<String>,
    /// Milliseconds that it took.
    pub took_ms: f64,
    /// False while the index is still being read: there are no facets then, and the counts may change a little.
    pub complete: bool,
}

/// Counts of one property among the matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Facet {
    /// The filter's name in the query language, for example `kind`.
    pub filter: String,
    /// Values, most frequent first.
    pub values: Vec<FacetValue>,
}

/// One value and how many matches have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct FacetValue {
    /// As the query language writes it.
    pub value: String,
    /// Matches.
    pub count: u32,
}

/// Something that could come next in the search field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Completion {
    /// What to show.
    pub label: String,
    /// What it is, in a few words.
    pub detail: String,
    /// The whole query after taking it.
    pub query: String,
}

/// Which likeness a review is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ReviewKind {
    /// Same bytes: several assets with one content, or one asset in several places.
    Exact,
    /// Pictures that look the same.
    Alike,
}

/// Assets that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DuplicateGroup {
    /// Which likeness.
    pub kind: ReviewKind,
    /// The members; the one suggested to stay comes first.
    pub cards: Vec<Card>,
    /// Which one is suggested to stay.
    pub keep: AssetId,
    /// Why that one, in words.
    pub reason: String,
    /// Places on disk with these bytes (exact duplicates).
    pub paths: Vec<String>,
    /// Bytes that a merge would make superfluous.
    pub spare: f64,
}
