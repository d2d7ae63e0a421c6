//! Libraries in temporary folders, filled the way another program would fill them: through the database.

use gameforge_domain::{AssetId, Format};
use gameforge_studio::{Library, Options};
use gameforge_wire::{SearchRequest, SearchResult, Targets};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use uuid::Uuid;

/// A folder for a library and one for its assets' files.
pub struct Place {
    dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("art")).unwrap();
        Self { dir }
    }

    pub fn library(&self) -> PathBuf {
        self.dir.path().join("library")
    }

    pub fn art(&self) -> PathBuf {
        self.dir.path().join("art")
    }

    /// Opens the library like a command does, making it where there is none.
    pub async fn open(&self) -> Library {
        Library::open(&self.library(), command()).await.unwrap()
    }

    /// Opens it like a window does: in the background, beside others.
    pub async fn open_window(&self) -> Library {
        let options = Options {
            watch: true,
            ..command()
        };
        Library::open(&self.library(), options).await.unwrap()
    }

    /// A connection of another program.
    pub async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(self.library().join("library.db"))
            .foreign_keys(true)
            .connect()
            .await
            .unwrap()
    }

    /// Adds assets that lie in `art`, with files there. The library must have been made.
    pub async fn add(&self, names: &[&str]) -> Vec<AssetId> {
        let mut conn = self.connect().await;
        let mut ids = Vec::new();
        for name in names {
            let path = self.art().join(name);
            let content = format!("what is in {name}");
            std::fs::write(&path, &content).unwrap();
            ids.push(add_asset(&mut conn, name, &path, content.as_bytes()).await);
        }
        conn.close().await.unwrap();
        ids
    }
}

pub fn command() -> Options {
    Options {
        create: true,
        watch: false,
        resume_jobs: false,
        ..Options::default()
    }
}

/// Adds one asset as an import does, without reading the file.
pub async fn add_asset(
    conn: &mut SqliteConnection,
    name: &str,
    path: &Path,
    bytes: &[u8],
) -> AssetId {
    let hash = blake3::hash(bytes);
    let id = Uuid::now_v7();
    let format = path
        .extension()
        .and_then(|ending| Format::from_extension(&ending.to_string_lossy()))
        .unwrap_or(Format::Other);
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("INSERT OR IGNORE INTO content (hash, size, format, preview) VALUES (?, ?, ?, 2)")
        .bind(hash.as_bytes().as_slice())
        .bind(bytes.len() as i64)
        .bind(format as u8)
        .execute(&mut *tx)
        .await
        .unwrap();
    let row: i64 = sqlx::query_scalar(
        "INSERT INTO asset (id, content, name, added_ms, modified_ms, edited_ms)
         VALUES (?, (SELECT row FROM content WHERE hash = ?), ?, 1000 * (SELECT count(*) FROM asset), 0, 0)
         RETURNING row",
    )
    .bind(id.as_bytes().as_slice())
    .bind(hash.as_bytes().as_slice())
    .bind(name)
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO location (asset, path, folder, in_place, size, mtime_ns) VALUES (?, ?, ?, 1, ?, 0)",
    )
    .bind(row)
    .bind(path.as_os_str().as_encoded_bytes())
    .bind(path.parent().unwrap().to_string_lossy().into_owned())
    .bind(bytes.len() as i64)
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query("INSERT INTO change (asset) VALUES (?)")
        .bind(row)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    AssetId::from_uuid(id)
}

pub fn ids(ids: &[AssetId]) -> Targets {
    Targets::Ids { ids: ids.to_vec() }
}

pub async fn search(library: &Library, query: &str) -> SearchResult {
    library
        .search(SearchRequest {
            query: query.to_owned(),
            sort: "name".to_owned(),
        })
        .await
        .unwrap()
}

/// Names of all that a query finds, by name.
pub async fn found(library: &Library, query: &str) -> Vec<String> {
    let result = search(library, query).await;
    result.first.into_iter().map(|card| card.name).collect()
}

/// All that a person said or did, independent of row numbers and of when it was written down.
pub async fn dump(place: &Place) -> Vec<String> {
    const TABLES: [&str; 8] = [
        "SELECT 'asset ' || hex(asset.id) || ' ' || name || ' ' || rating || ' ' || label || ' ' || notes || ' '
             || coalesce(licence, '-') || ' ' || source || ' ' || author || ' ' || hex(hash) || ' ' || modified_ms
             || ' ' || coalesce(removed_ms, '-')
         FROM asset JOIN content ON content.row = asset.content",
        "SELECT 'tag ' || key || ' ' || path || ' ' || colour FROM tag",
        "SELECT 'tagged ' || hex(id) || ' ' || key FROM asset_tag
         JOIN asset ON asset.row = asset_tag.asset JOIN tag ON tag.row = asset_tag.tag",
        "SELECT 'collection ' || hex(it.id) || ' ' || it.name || ' ' || coalesce(hex(above.id), '-') || ' ' || it.position
         FROM collection AS it LEFT JOIN collection AS above ON above.row = it.parent",
        "SELECT 'member ' || hex(collection.id) || ' ' || hex(asset.id) || ' ' || collection_asset.position
         FROM collection_asset JOIN collection ON collection.row = collection_asset.collection
         JOIN asset ON asset.row = collection_asset.asset",
        "SELECT 'smart ' || hex(id) || ' ' || name || ' ' || query || ' ' || sort || ' ' || position FROM smart_folder",
        "SELECT 'place ' || hex(path) || ' ' || hex(id) || ' ' || folder || ' ' || in_place || ' ' || size || ' '
             || coalesce(missing_ms, '-')
         FROM location JOIN asset ON asset.row = location.asset",
        "SELECT 'version ' || hex(id) || ' ' || hex(hash) || ' ' || cause FROM version
         JOIN asset ON asset.row = version.asset JOIN content ON content.row = version.content",
    ];
    let mut conn = place.connect().await;
    let mut lines = Vec::new();
    for table in TABLES {
        for row in sqlx::query(table).fetch_all(&mut conn).await.unwrap() {
            lines.push(row.get::<String, _>(0));
        }
    }
    conn.close().await.unwrap();
    for entry in std::fs::read_dir(place.art()).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read_to_string(&path).unwrap();
        lines.push(format!("file {} {content}", path.display()));
    }
    lines.sort();
    lines
}
