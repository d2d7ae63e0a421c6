//! The newest assets from the database itself, for the moments before the index is there: the whole library, perhaps
//! without some formats, in the order that the index will have it in.

use super::ask::FIRST;
use crate::{
    Library, Result,
    store::{self, newest::Newcomer},
};
use gameforge_domain::{
    Format,
    query::{Filter, Query, Sort, SortKey},
};
use gameforge_index::Index;
use gameforge_wire::Card;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// Where the counts are noted for the next start.
const COUNTED: &str = "counted";
/// Assets that may have come within one second. Where more did, the index is waited for: only it has their order.
const MOST_AT_ONCE: i64 = 20_000;
/// So many assets are walked over; farther away the database counts.
const NEAR: u32 = 1_000;
/// Later than anything came.
const END_OF_TIME: i64 = i64::MAX / 1000;

/// A search that the database answers.
#[derive(Debug)]
pub(super) struct Newest {
    /// The formats that are left out, for the statements.
    without: String,
    hidden: Vec<Format>,
    /// Offsets at which a second begins, with the second after it: all that came in that one or later are above. A page
    /// goes on from there, whatever came in since.
    marks: Mutex<BTreeMap<u32, i64>>,
}

/// How many assets there are, and of which formats, as the index knew it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    /// The change that is included last.
    seq: i64,
    assets: u32,
    formats: Vec<(u8, u32)>,
}

impl Counted {
    pub(super) fn of(index: &Index, seq: i64) -> Self {
        Self {
            seq,
            assets: u32::try_from(index.len()).unwrap_or(u32::MAX),
            formats: index
                .format_counts()
                .map(|(format, count)| (format as u8, count))
                .collect(),
        }
    }

    /// Notes it for the next start.
    pub(super) async fn note(&self, conn: &mut SqliteConnection) -> Result<()> {
        store::setting::put(conn, COUNTED, self).await
    }

    fn hidden(&self, formats: &[Format]) -> u32 {
        let hidden = self
            .formats
            .iter()
            .filter(|(number, _)| formats.iter().any(|format| *format as u8 == *number));
        hidden.map(|(_, count)| count).sum()
    }
}

impl Newest {
    /// For a search that asks for everything, newest first, but for some formats; none for any other.
    pub(super) fn for_search(query: &Query, sort: Sort) -> Result<Option<Self>> {
        if sort != Sort::NEWEST && sort.key != SortKey::Relevance {
            return Ok(None);
        }
        let mut hidden = Vec::new();
        for clause in &query.clauses {
            match &clause.filter {
                Filter::Format(formats) if clause.negated => hidden.extend_from_slice(formats),
                _ => return Ok(None),
            }
        }
        Ok(Some(Self {
            without: store::newest::without(&hidden)?,
            hidden,
            marks: Mutex::new(BTreeMap::from([(0, END_OF_TIME)])),
        }))
    }

    /// The rows from `offset` on, at most `limit`. None when too many came in one second.
    async fn rows(
        &self,
        conn: &mut SqliteConnection,
        offset: u32,
        limit: u32,
    ) -> Result<Option<Vec<i64>>> {
        let Some((mut at, mut second)) = self.begin(conn, offset).await? else {
            return Ok(Some(Vec::new()));
        };
        let end = offset.saturating_add(limit);
        let mut rows = Vec::with_capacity(limit as usize);
        while at < end {
            let Some(group) = self.next(conn, second, i64::from(end - at)).await? else {
                return Ok(None);
            };
            let Some(last) = group.last() else { break };
            second = last.second();
            for of_second in group.chunk_by(|a, b| a.second() == b.second()) {
                let mut of_second = of_second.to_vec();
                Newcomer::sort(&mut of_second);
                for newcomer in of_second {
                    if (offset..end).contains(&at) {
                        rows.push(newcomer.row);
                    }
                    at = at.saturating_add(1);
                }
            }
            self.marks.lock().insert(at, second);
        }
        Ok(Some(rows))
    }

    /// At least `wanted` of those that came before a second, and all that came in the same second as the last of them;
    /// fewer at the end. None when too many came in one second.
    async fn next(
        &self,
        conn: &mut SqliteConnection,
        second: i64,
        wanted: i64,
    ) -> Result<Option<Vec<Newcomer>>> {
        let to = second.saturating_mul(1000);
        let mut found = store::newest::between(conn, i64::MIN, to, &self.without, wanted).await?;
        let Some(last) = found.last().map(Newcomer::second) else {
            return Ok(Some(found));
        };
        found.retain(|newcomer| newcomer.second() != last);
        let (from, to) = (last * 1000, (last + 1) * 1000);
        let whole = store::newest::between(conn, from, to, &self.without, MOST_AT_ONCE + 1).await?;
        if whole.len() as i64 > MOST_AT_ONCE {
            return Ok(None);
        }
        found.extend(whole);
        Ok(Some(found))
    }

    /// The nearest beginning of a second at or above an offset: its own offset, and the second after it. None past the
    /// end.
    async fn begin(&self, conn: &mut SqliteConnection, offset: u32) -> Result<Option<(u32, i64)>> {
        let (at, second) = {
            let marks = self.marks.lock();
            let known = marks.range(..=offset).next_back();
            known.map_or((0, END_OF_TIME), |(at, second)| (*at, *second))
        };
        if offset - at <= NEAR {
            return Ok(Some((at, second)));
        }
        let before = second.saturating_mul(1000);
        let found = store::newest::time_at(conn, before, &self.without, offset - at).await?;
        let Some(there) = found.map(|ms| ms.div_euclid(1000) + 1) else {
            return Ok(None);
        };
        let above = store::newest::count_between(conn, there * 1000, before, &self.without).await?;
        let begin = (at + above, there);
        self.marks.lock().insert(begin.0, begin.1);
        Ok(Some(begin))
    }
}

impl Library {
    /// Cards from `offset` on. None when too many assets came in one second: the index has to be asked.
    pub(super) async fn newest_page(
        &self,
        newest: &Newest,
        offset: u32,
        limit: u32,
    ) -> Result<Option<Vec<Card>>> {
        let mut conn = self.reader().await?;
        match newest.rows(&mut conn, offset, limit).await? {
            Some(rows) => Ok(Some(self.cards_of(&mut conn, &rows).await?)),
            None => Ok(None),
        }
    }

    /// How many there are, and how many in the library: exact where nothing changed since they were counted or where
    /// the first page holds them all, else as near as is quick.
    pub(super) async fn newest_count(&self, newest: &Newest, first: usize) -> Result<(u32, u32)> {
        let mut conn = self.reader().await?;
        let counted: Option<Counted> = store::setting::get(&mut conn, COUNTED).await?;
        let (_, seq) = store::change::span(&mut conn).await?;
        let of = match &counted {
            Some(counted) if counted.seq == seq => counted.assets,
            _ => store::asset::count(&mut conn).await?,
        };
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        if first < FIRST {
            return Ok((first, of));
        }
        let hidden = counted.map_or(0, |counted| counted.hidden(&newest.hidden));
        Ok((of.saturating_sub(hidden).max(first), of))
    }
}
