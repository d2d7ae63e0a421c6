//! Collections and what is in them. A collection is told by its id.

use crate::{Error, Result, store};
use gameforge_domain::CollectionId;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

/// A collection as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CollectionRow {
    /// Which.
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// The one above it.
    pub parent: Option<CollectionId>,
    /// Order among its siblings.
    pub position: f64,
}

/// All collections, in the order of their positions.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<CollectionRow>> {
    sqlx::query!(
        r#"SELECT it.id, it.name, above.id AS "parent?", it.position
           FROM collection AS it LEFT JOIN collection AS above ON above.row = it.parent
           ORDER BY it.position, it.name, it.id"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| {
        Ok(CollectionRow {
            id: id(&found.id)?,
            name: found.name,
            parent: found.parent.as_deref().map(id).transpose()?,
            position: found.position,
        })
    })
    .collect()
}

fn id(bytes: &[u8]) -> Result<CollectionId> {
    CollectionId::from_slice(bytes).ok_or_else(|| Error::stored("a collection's id"))
}

/// Writes a new collection.
pub(crate) async fn insert(conn: &mut SqliteConnection, it: &CollectionRow) -> Result<()> {
    let id = it.id.as_bytes().as_slice();
    let parent = it
        .parent
        .as_ref()
        .map(|parent| parent.as_bytes().as_slice());
    sqlx::query!(
        "INSERT INTO collection (id, name, parent, position)
         VALUES (?, ?, (SELECT row FROM collection WHERE id = ?), ?)",
        id,
        it.name,
        parent,
        it.position
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a collection another name or place.
pub(crate) async fn update(conn: &mut SqliteConnection, to: &CollectionRow) -> Result<()> {
    let id = to.id.as_bytes().as_slice();
    let parent = to
        .parent
        .as_ref()
        .map(|parent| parent.as_bytes().as_slice());
    sqlx::query!(
        "UPDATE collection SET name = ?, parent = (SELECT row FROM collection WHERE id = ?), position = ?
         WHERE id = ?",
        to.name,
        parent,
        to.position,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes out a collection that has nothing in or below it.
pub(crate) async fn delete(conn: &mut SqliteConnection, which: CollectionId) -> Result<()> {
    let id = which.as_bytes().as_slice();
    sqlx::query!("DELETE FROM collection WHERE id = ?", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// What is in a collection, by position: runs of assets that share one.
pub(crate) async fn members(
    conn: &mut SqliteConnection,
    which: CollectionId,
) -> Result<Vec<(f64, i64)>> {
    let id = which.as_bytes().as_slice();
    Ok(sqlx::query!(
        "SELECT position, asset FROM collection_asset
         WHERE collection = (SELECT row FROM collection WHERE id = ?) ORDER BY position, asset",
        id
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| (found.position, found.asset))
    .collect())
}

/// The same, of these assets only.
pub(crate) async fn members_among(
    conn: &mut SqliteConnection,
    which: CollectionId,
    rows: &[i64],
) -> Result<Vec<(f64, i64)>> {
    let id = which.as_bytes().as_slice();
    let rows = store::json(rows)?;
    Ok(sqlx::query!(
        "SELECT position, asset FROM collection_asset
         WHERE collection = (SELECT row FROM collection WHERE id = ?)
           AND asset IN (SELECT value FROM json_each(?)) ORDER BY position, asset",
        id,
        rows
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| (found.position, found.asset))
    .collect())
}

/// The collections that any of these assets is in.
pub(crate) async fn of(conn: &mut SqliteConnection, rows: &[i64]) -> Result<Vec<CollectionId>> {
    let rows = store::json(rows)?;
    sqlx::query_scalar!(
        "SELECT id FROM collection WHERE row IN
             (SELECT collection FROM collection_asset WHERE asset IN (SELECT value FROM json_each(?)))
         ORDER BY name, id",
        rows
    )
    .fetch_all(conn)
    .await?
    .iter()
    .map(|bytes| id(bytes))
    .collect()
}

/// How many assets are in each collection, removed ones apart.
pub(crate) async fn counts(conn: &mut SqliteConnection) -> Result<Vec<(CollectionId, u32)>> {
    sqlx::query!(
        r#"SELECT it.id, (
               SELECT count(*) FROM collection_asset AS member JOIN asset ON asset.row = member.asset
               WHERE member.collection = it.row AND asset.removed_ms IS NULL
           ) AS "count!: i64" FROM collection AS it"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| Ok((id(&found.id)?, u32::try_from(found.count).unwrap_or(u32::MAX))))
    .collect()
}

/// Puts assets into a collection, all at one position.
pub(crate) async fn put(
    conn: &mut SqliteConnection,
    which: CollectionId,
    position: f64,
    rows: &[i64],
) -> Result<()> {
    let id = which.as_bytes().as_slice();
    let rows = store::json(rows)?;
    sqlx::query!(
        "INSERT OR IGNORE INTO collection_asset (collection, asset, position)
         SELECT collection.row, each.value, ? FROM json_each(?) AS each, collection WHERE collection.id = ?",
        position,
        rows,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes assets out of a collection.
pub(crate) async fn take(
    conn: &mut SqliteConnection,
    which: CollectionId,
    rows: &[i64],
) -> Result<()> {
    let id = which.as_bytes().as_slice();
    let rows = store::json(rows)?;
    sqlx::query!(
        "DELETE FROM collection_asset WHERE collection = (SELECT row FROM collection WHERE id = ?)
           AND asset IN (SELECT value FROM json_each(?))",
        id,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The greatest position in a collection; none when it is empty.
pub(crate) async fn last_position(
    conn: &mut SqliteConnection,
    which: CollectionId,
) -> Result<Option<f64>> {
    let id = which.as_bytes().as_slice();
    Ok(sqlx::query_scalar!(
        r#"SELECT max(position) AS "position: f64" FROM collection_asset
           WHERE collection = (SELECT row FROM collection WHERE id = ?)"#,
        id
    )
    .fetch_one(conn)
    .await?)
}
