//! Locations as edits see them: whole rows that are written, changed and taken out as facts.

use crate::{Result, store};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

/// Bytes in JSON, as hexadecimal digits.
pub(crate) mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&crate::store::hex(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        crate::store::unhex(&text).ok_or_else(|| D::Error::custom("not hexadecimal"))
    }
}

mod hex_option {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&crate::store::hex(bytes)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let wrong = || D::Error::custom("not hexadecimal");
        Option::<String>::deserialize(from)?
            .map(|text| crate::store::unhex(&text).ok_or_else(wrong))
            .transpose()
    }
}

/// A location, all of it. Told by its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaceRow {
    /// Whose.
    pub asset: i64,
    /// As the system gave it.
    #[serde(with = "hex")]
    pub path: Vec<u8>,
    /// For showing and searching.
    pub folder: String,
    /// 1 where the asset lives here.
    pub in_place: i64,
    /// Bytes.
    pub size: i64,
    /// The file's own time.
    pub mtime_ns: i64,
    /// Device and inode.
    #[serde(with = "hex_option")]
    pub file_id: Option<Vec<u8>>,
    /// Since when it is gone.
    pub missing_ms: Option<i64>,
}

/// The locations of assets, in the order in which they were found.
pub(crate) async fn of(conn: &mut SqliteConnection, rows: &[i64]) -> Result<Vec<PlaceRow>> {
    let rows = store::json(rows)?;
    Ok(sqlx::query_as!(
        PlaceRow,
        "SELECT asset, path, folder, in_place, size, mtime_ns, file_id, missing_ms FROM location
         WHERE asset IN (SELECT value FROM json_each(?)) ORDER BY asset, row",
        rows
    )
    .fetch_all(conn)
    .await?)
}

/// The location with a path.
pub(crate) async fn at(conn: &mut SqliteConnection, path: &[u8]) -> Result<Option<PlaceRow>> {
    Ok(sqlx::query_as!(
        PlaceRow,
        "SELECT asset, path, folder, in_place, size, mtime_ns, file_id, missing_ms FROM location WHERE path = ?",
        path
    )
    .fetch_optional(conn)
    .await?)
}

/// Writes a new location.
pub(crate) async fn insert(conn: &mut SqliteConnection, it: &PlaceRow) -> Result<()> {
    sqlx::query!(
        "INSERT INTO location (asset, path, folder, in_place, size, mtime_ns, file_id, missing_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        it.asset,
        it.path,
        it.folder,
        it.in_place,
        it.size,
        it.mtime_ns,
        it.file_id,
        it.missing_ms
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives the location with a path another form.
pub(crate) async fn update(conn: &mut SqliteConnection, path: &[u8], to: &PlaceRow) -> Result<()> {
    sqlx::query!(
        "UPDATE location SET asset = ?, path = ?, folder = ?, in_place = ?, size = ?, mtime_ns = ?,
             file_id = ?, missing_ms = ? WHERE path = ?",
        to.asset,
        to.path,
        to.folder,
        to.in_place,
        to.size,
        to.mtime_ns,
        to.file_id,
        to.missing_ms,
        path
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes out the location with a path.
pub(crate) async fn delete(conn: &mut SqliteConnection, path: &[u8]) -> Result<()> {
    sqlx::query!("DELETE FROM location WHERE path = ?", path)
        .execute(conn)
        .await?;
    Ok(())
}
