//! Making one asset of several: what people said about any of them stays.

use super::{
    Plan, Rows,
    change::{Fact, Move},
    words,
};
use crate::{
    Error, Result,
    store::{self, asset::Facts, asset_field::Field, place::PlaceRow},
};
use gameforge_domain::AssetId;
use serde_json::Value;
use sqlx::SqliteConnection;

pub(super) async fn merge(
    conn: &mut SqliteConnection,
    keep: AssetId,
    others: &[AssetId],
    now_ms: i64,
) -> Result<Plan> {
    let kept = store::asset::rows_of(conn, &[keep]).await?;
    let kept = store::asset::facts(conn, &kept).await?.into_iter().next();
    let kept = kept.ok_or_else(|| Error::not_found("The asset to keep"))?;
    let mut rows = store::asset::rows_of(conn, others).await?;
    rows.retain(|row| *row != kept.row);
    if rows.is_empty() {
        return Err(Error::invalid("Name at least one other asset to merge."));
    }
    let others = store::asset::facts(conn, &rows).await?;
    let label = format!("Merge {} into {}", words::assets(others.len()), kept.name);
    let mut facts = shared(conn, &kept, &rows).await?;
    facts.extend(fields(&kept, &others));
    facts.extend(places(conn, &kept, &others).await?);
    facts.push(Fact::Field {
        field: Field::Removed,
        moves: vec![Move {
            from: Value::Null,
            to: now_ms.into(),
            rows: Rows::new(rows),
        }],
    });
    Ok(Plan::new(label, facts))
}

/// Tags and collections that the kept one does not have yet.
async fn shared(conn: &mut SqliteConnection, kept: &Facts, rows: &[i64]) -> Result<Vec<Fact>> {
    let one = Rows::new(vec![kept.row]);
    let mut facts = Vec::new();
    let have = store::tag::of(conn, one.as_slice()).await?;
    for tag in store::tag::of(conn, rows).await? {
        if !have.contains(&tag) {
            facts.push(Fact::Tagged {
                key: tag.key,
                rows: one.clone(),
                on: true,
            });
        }
    }
    let have = store::collection::of(conn, one.as_slice()).await?;
    for id in store::collection::of(conn, rows).await? {
        let theirs = store::collection::members_among(conn, id, rows).await?;
        if let Some((position, _)) = theirs.first()
            && !have.contains(&id)
        {
            facts.push(Fact::Members {
                id,
                position: *position,
                rows: one.clone(),
                on: true,
            });
        }
    }
    Ok(facts)
}

/// The best rating, all notes, and whatever the kept one does not say itself.
fn fields(kept: &Facts, others: &[Facts]) -> Vec<Fact> {
    let rating = others
        .iter()
        .map(|it| it.rating)
        .fold(kept.rating, i64::max);
    let mut notes = kept.notes.clone();
    for other in others {
        if !other.notes.is_empty() && !notes.contains(&other.notes) {
            if !notes.is_empty() {
                notes.push_str("\n\n");
            }
            notes.push_str(&other.notes);
        }
    }
    let licence = kept
        .licence
        .clone()
        .or_else(|| others.iter().find_map(|it| it.licence.clone()));
    let first = |own: &String, of: fn(&Facts) -> &String| {
        let theirs = others.iter().map(of).find(|text| !text.is_empty());
        if own.is_empty() {
            theirs.unwrap_or(own).clone()
        } else {
            own.clone()
        }
    };
    let source = first(&kept.source, |it| &it.source);
    let author = first(&kept.author, |it| &it.author);
    [
        (Field::Rating, kept.rating.into(), rating.into()),
        (Field::Notes, kept.notes.as_str().into(), notes.into()),
        (Field::Licence, kept.licence.clone().into(), licence.into()),
        (Field::Source, kept.source.as_str().into(), source.into()),
        (Field::Author, kept.author.as_str().into(), author.into()),
    ]
    .into_iter()
    .filter(|(_, from, to): &(Field, Value, Value)| from != to)
    .map(|(field, from, to)| Fact::Field {
        field,
        moves: vec![Move {
            from,
            to,
            rows: Rows::new(vec![kept.row]),
        }],
    })
    .collect()
}

/// Places with the same bytes are places of the kept one from now on.
async fn places(conn: &mut SqliteConnection, kept: &Facts, others: &[Facts]) -> Result<Vec<Fact>> {
    let same: Vec<i64> = others
        .iter()
        .filter(|it| it.content == kept.content)
        .map(|it| it.row)
        .collect();
    Ok(store::place::of(conn, &same)
        .await?
        .into_iter()
        .map(|place| Fact::Place {
            to: Some(PlaceRow {
                asset: kept.row,
                ..place.clone()
            }),
            from: Some(place),
        })
        .collect())
}
