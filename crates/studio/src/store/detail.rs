//! One asset with everything that is known of it.

use crate::{Error, Result};
use gameforge_domain::{AssetId, Metadata, Swatch};
use gameforge_wire::{AssetLocation, AssetVersion};
use sqlx::SqliteConnection;

/// The asset's and its content's own columns.
pub(crate) struct Detail {
    /// The asset's row.
    pub row: i64,
    /// BLAKE3 of the content.
    pub hash: Vec<u8>,
    /// What the readers found.
    pub metadata: Metadata,
    /// Main colours.
    pub palette: Vec<Swatch>,
    /// A person's words.
    pub notes: String,
    /// SPDX identifier or own words.
    pub licence: Option<String>,
    /// Where it is from.
    pub source: String,
    /// Who made it.
    pub author: String,
    /// Whether a copy is in `objects`.
    pub stored: bool,
    /// Code and words of why it could not be read.
    pub problem: Option<(String, String)>,
}

/// The columns of an asset that is in the library.
pub(crate) async fn of(conn: &mut SqliteConnection, id: AssetId) -> Result<Option<Detail>> {
    let id = id.as_bytes().as_slice();
    let found = sqlx::query!(
        "SELECT asset.row, hash, metadata, palette, notes, licence, source, author, stored, error_code, error
         FROM asset JOIN content ON content.row = asset.content WHERE id = ? AND removed_ms IS NULL",
        id
    )
    .fetch_optional(conn)
    .await?;
    found
        .map(|found| {
            Ok(Detail {
                row: found.row,
                hash: found.hash,
                metadata: serde_json::from_str(&found.metadata)
                    .map_err(Error::json("what a reader found"))?,
                palette: serde_json::from_str(&found.palette)
                    .map_err(Error::json("main colours"))?,
                notes: found.notes,
                licence: found.licence,
                source: found.source,
                author: found.author,
                stored: found.stored != 0,
                problem: found
                    .error_code
                    .map(|code| (code, found.error.unwrap_or_default())),
            })
        })
        .transpose()
}

/// Where it lies, in the order in which the places were found.
pub(crate) async fn locations(conn: &mut SqliteConnection, row: i64) -> Result<Vec<AssetLocation>> {
    Ok(sqlx::query!(
        "SELECT path, in_place, missing_ms FROM location WHERE asset = ? ORDER BY row",
        row
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| AssetLocation {
        path: crate::files::path_from_bytes(&found.path)
            .to_string_lossy()
            .into_owned(),
        in_place: found.in_place != 0,
        missing_ms: found.missing_ms.map(|at| at as f64),
    })
    .collect())
}

/// What its content was, newest first.
pub(crate) async fn versions(conn: &mut SqliteConnection, row: i64) -> Result<Vec<AssetVersion>> {
    Ok(sqlx::query!(
        "SELECT hash, size, cause, at_ms FROM version JOIN content ON content.row = version.content
         WHERE asset = ? ORDER BY version.row DESC",
        row
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|found| AssetVersion {
        content: super::hex(found.hash.get(..8).unwrap_or_default()),
        cause: found.cause,
        at_ms: found.at_ms as f64,
        size: found.size as f64,
    })
    .collect())
}

/// Names of the collections that it is in.
pub(crate) async fn collections(conn: &mut SqliteConnection, row: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT name FROM collection WHERE row IN (SELECT collection FROM collection_asset WHERE asset = ?)
         ORDER BY name",
        row
    )
    .fetch_all(conn)
    .await?)
}
