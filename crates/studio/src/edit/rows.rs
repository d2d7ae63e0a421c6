//! A set of assets by row, written small: runs of neighbours, each as the gap before it and its length.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Rows, ascending, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rows(Vec<i64>);

impl Rows {
    /// Takes rows in any order.
    pub(crate) fn new(mut rows: Vec<i64>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        Self(rows)
    }

    /// As a slice, ascending.
    pub(crate) fn as_slice(&self) -> &[i64] {
        &self.0
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that are not in the other set.
    pub(crate) fn without(&self, other: &[i64]) -> Self {
        Self(
            self.0
                .iter()
                .copied()
                .filter(|row| other.binary_search(row).is_err())
                .collect(),
        )
    }
}

impl FromIterator<i64> for Rows {
    fn from_iter<I: IntoIterator<Item = i64>>(rows: I) -> Self {
        Self::new(rows.into_iter().collect())
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut runs: Vec<i64> = Vec::new();
        let mut next = 0;
        for &row in &self.0 {
            match runs.last_mut() {
                Some(length) if row == next => *length += 1,
                _ => runs.extend([row - next, 1]),
            }
            next = row + 1;
        }
        runs.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let runs = Vec::<i64>::deserialize(from)?;
        let mut rows = Vec::new();
        let mut next: i64 = 0;
        for run in runs.chunks(2) {
            let &[gap, length] = run else {
                return Err(D::Error::custom("a run without its length"));
            };
            let start = next.checked_add(gap).filter(|start| *start >= next);
            let end = start.and_then(|start| start.checked_add(length));
            match (start, end) {
                // Rows are numbers of a database of at most a few million assets.
                (Some(start), Some(end)) if (0..=i64::from(u32::MAX)).contains(&length) => {
                    rows.extend(start..end);
                    next = end;
                }
                _ => return Err(D::Error::custom("a run out of order")),
            }
        }
        Ok(Self(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_read_as_they_were_written(rows in prop::collection::vec(0i64..500, 0..200)) {
            let rows = Rows::new(rows);
            let text = serde_json::to_string(&rows).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rows>(&text).unwrap(), rows);
        }
    }

    #[test]
    fn a_million_neighbours_are_a_few_letters() {
        let text = serde_json::to_string(&Rows::new((1..=1_000_000).collect())).unwrap();
        assert_eq!(text, "[1,1000000]");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["[1]", "[-5,2]", "[1,-1]", "[1,99999999999999]"] {
            assert!(serde_json::from_str::<Rows>(text).is_err(), "{text}");
        }
    }
}
