//! The fields of assets that people set, many assets at a time.

use crate::{Error, Result, store};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

/// A column of `asset`. The words are stored in the history and never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Field {
    Name,
    Rating,
    Label,
    Notes,
    Licence,
    Source,
    Author,
    Content,
    Modified,
    Removed,
}

/// Assets that had one value and get another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewValue {
    /// What they get.
    pub to: Value,
    /// Which.
    pub rows: Vec<i64>,
}

macro_rules! read_groups {
    ($conn:expr, $rows:expr, $column:tt) => {
        sqlx::query!(
            "SELECT "
                + $column
                + r#" AS "value", json_group_array(row) AS "rows!: String" FROM asset
             WHERE removed_ms IS NULL AND row IN (SELECT value FROM json_each(?)) GROUP BY 1"#,
            $rows
        )
        .fetch_all($conn)
        .await?
        .into_iter()
        .map(|found| (Value::from(found.value), found.rows))
        .collect::<Vec<(Value, String)>>()
    };
}

/// The values that assets have at present, with the assets of each. Removed assets are left out.
pub(crate) async fn values(
    conn: &mut SqliteConnection,
    field: Field,
    rows: &[i64],
) -> Result<Vec<(Value, Vec<i64>)>> {
    let rows = store::json(rows)?;
    let groups = match field {
        Field::Name => read_groups!(conn, rows, "name"),
        Field::Rating => read_groups!(conn, rows, "rating"),
        Field::Label => read_groups!(conn, rows, "label"),
        Field::Notes => read_groups!(conn, rows, "notes"),
        Field::Licence => read_groups!(conn, rows, "licence"),
        Field::Source => read_groups!(conn, rows, "source"),
        Field::Author => read_groups!(conn, rows, "author"),
        Field::Content => read_groups!(conn, rows, "content"),
        Field::Modified => read_groups!(conn, rows, "modified_ms"),
        Field::Removed => read_groups!(conn, rows, "removed_ms"),
    };
    groups
        .into_iter()
        .map(|(value, rows)| {
            let rows = serde_json::from_str(&rows).map_err(Error::json("rows of assets"))?;
            Ok((value, rows))
        })
        .collect()
}

macro_rules! write_values {
    ($conn:expr, $values:expr, $now:expr, $column:tt) => {{
        let (many, few): (Vec<&NewValue>, Vec<&NewValue>) =
            $values.iter().partition(|new| new.rows.len() >= MANY);
        for new in many {
            let (value, rows) = (store::json(&new.to)?, store::json(&new.rows)?);
            sqlx::query!(
                "UPDATE asset SET "
                    + $column
                    + " = json_extract(?, '$'), edited_ms = ?
                 WHERE row IN (SELECT value FROM json_each(?))",
                value,
                $now,
                rows
            )
            .execute(&mut *$conn)
            .await?;
        }
        if !few.is_empty() {
            let each: Vec<One<'_>> = few.into_iter().flat_map(NewValue::each).collect();
            let each = store::json(&each)?;
            sqlx::query!(
                "UPDATE asset SET "
                    + $column
                    + " = new.value ->> 'to', edited_ms = ?
                 FROM json_each(?) AS new WHERE asset.row = new.value ->> 'row'",
                $now,
                each
            )
            .execute(&mut *$conn)
            .await?;
        }
    }};
}

/// From so many assets on, a value has a statement of its own; the others share one, asset by asset.
/// (One statement over nested lists would read a value's whole list anew for each of its assets.)
const MANY: usize = 64;

#[derive(Serialize)]
struct One<'a> {
    to: &'a Value,
    row: i64,
}

impl NewValue {
    fn each(&self) -> impl Iterator<Item = One<'_>> {
        self.rows.iter().map(|row| One {
            to: &self.to,
            row: *row,
        })
    }
}

/// Gives assets new values.
pub(crate) async fn set(
    conn: &mut SqliteConnection,
    field: Field,
    values: &[NewValue],
    now_ms: i64,
) -> Result<()> {
    match field {
        Field::Name => write_values!(conn, values, now_ms, "name"),
        Field::Rating => write_values!(conn, values, now_ms, "rating"),
        Field::Label => write_values!(conn, values, now_ms, "label"),
        Field::Notes => write_values!(conn, values, now_ms, "notes"),
        Field::Licence => write_values!(conn, values, now_ms, "licence"),
        Field::Source => write_values!(conn, values, now_ms, "source"),
        Field::Author => write_values!(conn, values, now_ms, "author"),
        Field::Content => write_values!(conn, values, now_ms, "content"),
        Field::Modified => write_values!(conn, values, now_ms, "modified_ms"),
        Field::Removed => write_values!(conn, values, now_ms, "removed_ms"),
    }
    Ok(())
}
