//! What a search gives: every hit in order, and the counts beside them.

use crate::bits::Bits;
use gameforge_domain::query::{Condition, Filter, NumberField};
use gameforge_domain::{Format, Kind};
use std::sync::Arc;

/// The whole ordered result of one search. Cheap to clone; a page is a slice of [`slots`](Self::slots).
///
/// Stays usable while the index changes: a slot of an asset that was removed since gives no card, and one of an
/// asset that was changed gives its new card. Slots are never reused before
/// [`Index::compact`](crate::Index::compact), which makes all older hits give no cards.
#[derive(Debug, Clone)]
pub struct Hits {
    pub(crate) slots: Arc<Vec<u32>>,
    pub(crate) matched: Arc<Bits>,
    /// For a facet whose own filter is in the query: the matches of all other clauses.
    pub(crate) without: Vec<(FacetField, Arc<Bits>)>,
    pub(crate) generation: u32,
}

/// Fields whose counts leave their own filter out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FacetField {
    Kind,
    Format,
    Tag,
    Rating,
    Label,
    Licence,
    Alpha,
}

impl FacetField {
    pub(crate) const ALL: [Self; 7] = [
        Self::Kind,
        Self::Format,
        Self::Tag,
        Self::Rating,
        Self::Label,
        Self::Licence,
        Self::Alpha,
    ];

    /// The facet that a filter chooses from.
    pub(crate) const fn of(filter: &Filter) -> Option<Self> {
        Some(match filter {
            Filter::Kind(_) => Self::Kind,
            Filter::Format(_) => Self::Format,
            Filter::Tag(_) | Filter::Is(Condition::Untagged) => Self::Tag,
            Filter::Label(_) => Self::Label,
            Filter::Licence(_) => Self::Licence,
            Filter::Alpha(_) => Self::Alpha,
            Filter::Number(NumberField::Rating, _) | Filter::Is(Condition::Favourite) => {
                Self::Rating
            }
            _ => return None,
        })
    }
}

impl Hits {
    /// Slots in an order of one's own, as an index without assets would give them. They make no cards.
    #[must_use]
    pub fn of_slots(slots: Vec<u32>) -> Self {
        Self {
            slots: Arc::new(slots),
            matched: Arc::default(),
            without: Vec::new(),
            generation: 0,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All hits in order.
    #[must_use]
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// The hits from `offset` on, at most `count`; fewer at the end, none past it.
    #[must_use]
    pub fn page(&self, offset: usize, count: usize) -> &[u32] {
        let start = offset.min(self.slots.len());
        &self.slots[start..start.saturating_add(count).min(self.slots.len())]
    }
}

/// How many of the hits have each value. Values with none are left out; the most frequent come first unless
/// said otherwise. Counts of a field leave out the query's own filter on that field, so that one sees what else
/// could be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By kind.
    pub kinds: Vec<(Kind, u32)>,
    /// By format.
    pub formats: Vec<(Format, u32)>,
    /// By tag path, what is below it included; the 200 most frequent.
    pub tags: Vec<(String, u32)>,
    /// Without a tag.
    pub untagged: u32,
    /// By licence.
    pub licences: Vec<(String, u32)>,
    /// Without a licence.
    pub unlicensed: u32,
    /// By stars, 0 to 5, in that order.
    pub ratings: Vec<(u8, u32)>,
    /// By colour label 0 to 7, in that order.
    pub labels: Vec<(u8, u32)>,
    /// By folder: the children of the deepest folder that all hits share, each with what is below it, by path.
    pub folders: Vec<(String, u32)>,
    /// With transparent pixels.
    pub alpha_yes: u32,
    /// Without any.
    pub alpha_no: u32,
    /// Animated.
    pub animated: u32,
    /// Missing.
    pub missing: u32,
    /// Could not be read.
    pub failed: u32,
    /// In more than one place.
    pub duplicates: u32,
}
