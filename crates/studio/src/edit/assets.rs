//! Edits of assets' fields.

use super::{
    Plan, Rows,
    change::{Fact, Move},
    words,
};
use crate::{
    Error, Result,
    store::{self, asset_field::Field},
};
use gameforge_domain::grouped;
use serde_json::Value;
use sqlx::SqliteConnection;

/// The most letters of notes.
const NOTES: usize = 100_000;
/// The most letters of a licence, a source, an author.
const LINE: usize = 1_000;

/// Moves every asset whose value is another one. Gives how many those are.
pub(super) async fn moves(
    conn: &mut SqliteConnection,
    field: Field,
    rows: &Rows,
    to: &Value,
) -> Result<(Option<Fact>, usize)> {
    let moves: Vec<Move> = store::asset_field::values(conn, field, rows.as_slice())
        .await?
        .into_iter()
        .filter(|(from, _)| from != to)
        .map(|(from, rows)| Move {
            from,
            to: to.clone(),
            rows: Rows::new(rows),
        })
        .collect();
    let count = moves.iter().map(|it| it.rows.len()).sum();
    let fact = (!moves.is_empty()).then_some(Fact::Field { field, moves });
    Ok((fact, count))
}

async fn set(
    conn: &mut SqliteConnection,
    field: Field,
    rows: &Rows,
    to: Value,
    label: impl FnOnce(String) -> String,
) -> Result<Plan> {
    let (fact, count) = moves(conn, field, rows, &to).await?;
    Ok(Plan::new(
        label(words::assets(count)),
        fact.into_iter().collect(),
    ))
}

pub(super) async fn set_rating(
    conn: &mut SqliteConnection,
    rows: &Rows,
    rating: u32,
) -> Result<Plan> {
    if rating > 5 {
        return Err(Error::invalid(format!(
            "A rating is 0 to 5 stars, not {rating}."
        )));
    }
    set(conn, Field::Rating, rows, rating.into(), |assets| {
        if rating == 0 {
            format!("Clear the rating of {assets}")
        } else {
            format!(
                "Rate {assets} with {}",
                words::several(rating as usize, "star")
            )
        }
    })
    .await
}

pub(super) async fn set_label(
    conn: &mut SqliteConnection,
    rows: &Rows,
    label: u32,
) -> Result<Plan> {
    let name = u8::try_from(label)
        .ok()
        .and_then(gameforge_domain::query::Label::from_number);
    if label > 0 && name.is_none() {
        return Err(Error::invalid(format!(
            "Labels have the numbers 0 to 7, not {label}."
        )));
    }
    set(
        conn,
        Field::Label,
        rows,
        label.into(),
        |assets| match name {
            Some(name) => format!("Label {assets} {}", name.name()),
            None => format!("Clear the label of {assets}"),
        },
    )
    .await
}

/// One line of text, trimmed, within bounds.
fn line(what: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > LINE {
        return Err(Error::invalid(format!(
            "{what} may have {} letters at most.",
            grouped(LINE as u64)
        )));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(format!("{what} must be a single line.")));
    }
    Ok(text.to_owned())
}

pub(super) async fn set_licence(
    conn: &mut SqliteConnection,
    rows: &Rows,
    licence: Option<String>,
) -> Result<Plan> {
    let licence = line("A licence", &licence.unwrap_or_default())?;
    let value = if licence.is_empty() {
        Value::Null
    } else {
        Value::from(licence.as_str())
    };
    set(conn, Field::Licence, rows, value, |assets| {
        if licence.is_empty() {
            format!("Clear the licence of {assets}")
        } else {
            format!("Set the licence of {assets} to {licence}")
        }
    })
    .await
}

pub(super) async fn set_source(
    conn: &mut SqliteConnection,
    rows: &Rows,
    source: &str,
) -> Result<Plan> {
    let source = line("A source", source)?;
    set(conn, Field::Source, rows, source.into(), |assets| {
        format!("Set the source of {assets}")
    })
    .await
}

pub(super) async fn set_author(
    conn: &mut SqliteConnection,
    rows: &Rows,
    author: &str,
) -> Result<Plan> {
    let author = line("An author", author)?;
    set(conn, Field::Author, rows, author.into(), |assets| {
        format!("Set the author of {assets}")
    })
    .await
}

pub(super) async fn set_notes(
    conn: &mut SqliteConnection,
    rows: &Rows,
    notes: &str,
) -> Result<Plan> {
    if notes.chars().count() > NOTES {
        return Err(Error::invalid(format!(
            "Notes may have {} letters at most.",
            grouped(NOTES as u64)
        )));
    }
    set(conn, Field::Notes, rows, notes.into(), |assets| {
        format!("Change the notes of {assets}")
    })
    .await
}

pub(super) async fn remove(conn: &mut SqliteConnection, rows: &Rows, now_ms: i64) -> Result<Plan> {
    set(conn, Field::Removed, rows, now_ms.into(), |assets| {
        format!("Remove {assets} from the library")
    })
    .await
}
