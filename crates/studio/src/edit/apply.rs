//! Facts into the database. Facts about files are done by `disk` and passed over here.

use super::{
    change::{Change, Fact, Move},
    rows::Rows,
};
use crate::{
    Error, Result,
    store::{self, asset_field::NewValue},
};
use sqlx::SqliteConnection;

/// Makes the facts true, and notes which assets changed. Gives how many those are.
pub(crate) async fn apply(
    conn: &mut SqliteConnection,
    change: &Change,
    now_ms: i64,
) -> Result<usize> {
    let mut touched = Vec::new();
    for fact in &change.0 {
        one(conn, fact, now_ms, &mut touched).await?;
    }
    let touched = Rows::new(touched);
    store::change::append(conn, touched.as_slice()).await?;
    Ok(touched.len())
}

async fn one(
    conn: &mut SqliteConnection,
    fact: &Fact,
    now_ms: i64,
    touched: &mut Vec<i64>,
) -> Result<()> {
    match fact {
        Fact::Field { field, moves } => {
            store::asset_field::set(conn, *field, &values(moves), now_ms).await?;
            touched.extend(moves.iter().flat_map(|it| it.rows.as_slice()));
        }
        Fact::Tagged { key, rows, on } => {
            if *on {
                store::tag::put(conn, key, rows.as_slice()).await?;
            } else {
                store::tag::take(conn, key, rows.as_slice()).await?;
            }
            touched.extend(rows.as_slice());
        }
        Fact::Members {
            id,
            position,
            rows,
            on,
        } => {
            if *on {
                store::collection::put(conn, *id, *position, rows.as_slice()).await?;
            } else {
                store::collection::take(conn, *id, rows.as_slice()).await?;
            }
            touched.extend(rows.as_slice());
        }
        Fact::Version {
            asset,
            content,
            cause,
            at_ms,
            on,
        } => {
            if *on {
                store::asset::put_version(conn, *asset, *content, cause, *at_ms).await?;
            } else {
                store::asset::take_version(conn, *asset, *content, *at_ms).await?;
            }
            touched.push(*asset);
        }
        Fact::Tag { from, to } => tag(conn, from.as_ref(), to.as_ref(), touched).await?,
        Fact::Place { from, to } => {
            touched.extend(from.iter().chain(to).map(|place| place.asset));
            place(conn, from.as_ref(), to.as_ref()).await?;
        }
        Fact::Collection { from, to } => collection(conn, from.as_ref(), to.as_ref()).await?,
        Fact::SmartFolder { from, to } => match (from, to) {
            (_, Some(to)) => store::smart_folder::put(conn, to).await?,
            (Some(from), None) => store::smart_folder::delete(conn, from.id).await?,
            (None, None) => {}
        },
        Fact::FileMoved { .. } | Fact::Trashed { .. } => {}
    }
    Ok(())
}

fn values(moves: &[Move]) -> Vec<NewValue> {
    moves
        .iter()
        .map(|it| NewValue {
            to: it.to.clone(),
            rows: it.rows.as_slice().to_vec(),
        })
        .collect()
}

async fn place(
    conn: &mut SqliteConnection,
    from: Option<&store::place::PlaceRow>,
    to: Option<&store::place::PlaceRow>,
) -> Result<()> {
    match (from, to) {
        (None, Some(to)) => store::place::insert(conn, to).await,
        (Some(from), None) => store::place::delete(conn, &from.path).await,
        (Some(from), Some(to)) => store::place::update(conn, &from.path, to).await,
        (None, None) => Ok(()),
    }
}

async fn collection(
    conn: &mut SqliteConnection,
    from: Option<&store::collection::CollectionRow>,
    to: Option<&store::collection::CollectionRow>,
) -> Result<()> {
    match (from, to) {
        (None, Some(to)) => store::collection::insert(conn, to).await,
        (Some(from), None) => store::collection::delete(conn, from.id).await,
        (Some(_), Some(to)) => store::collection::update(conn, to).await,
        (None, None) => Ok(()),
    }
}

async fn tag(
    conn: &mut SqliteConnection,
    from: Option<&store::tag::TagRow>,
    to: Option<&store::tag::TagRow>,
    touched: &mut Vec<i64>,
) -> Result<()> {
    match (from, to) {
        (None, Some(to)) => {
            // Another hand than the history's may have made it meanwhile (an import from another program).
            if store::tag::by_key(conn, &to.key).await?.is_none() {
                store::tag::insert(conn, to).await?;
            }
        }
        (Some(from), None) => {
            touched.extend(store::tag::rows(conn, &from.key).await?);
            store::tag::delete(conn, &from.key).await?;
        }
        (Some(from), Some(to)) => {
            if from.key != to.key && store::tag::by_key(conn, &to.key).await?.is_some() {
                return Err(Error::Exists {
                    message: format!("There is a tag “{}” already.", to.path),
                });
            }
            store::tag::update(conn, &from.key, to).await?;
            if from.path != to.path {
                touched.extend(store::tag::rows(conn, &to.key).await?);
            }
        }
        (None, None) => {}
    }
    Ok(())
}
