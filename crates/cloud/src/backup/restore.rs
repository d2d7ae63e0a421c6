//! Putting a backup back into an empty, migrated database: every file is checked first, then all of it goes in within
//! one transaction, then what is there is counted and compared.

use super::{BLOBS, Blob, Error, LAYOUT, MANIFEST, Manifest, Result, TableFile, catalog, file};
use crate::{
    App,
    chain::{self, Finding, Head},
};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

/// Bytes given to the database at a time.
const PIECE: usize = 256 * 1024;

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was put back.
    pub manifest: Manifest,
    /// Objects of the list that the storage does not have, or not in that size.
    pub missing_blobs: Vec<String>,
    /// What is wrong with the audit log; nothing, unless it was wrong before.
    pub findings: Vec<Finding>,
}

/// Puts a backup back. Devices notice by the changed epoch of every scope that numbers of before mean nothing.
///
/// # Errors
/// `Refused` when a file is missing or not the one that was written, the backup is of other migrations, or the
/// database is not empty: nothing was changed then. When the database or the storage is away: all of it is taken back.
pub async fn restore(app: &App, folder: &Path) -> Result<Restored> {
    let manifest = read(folder)?;
    let mut conn = PgConnection::connect(app.config.owner_url.expose_secret()).await?;
    conn.execute("SET timezone = 'UTC'; SET statement_timeout = 0")
        .await?;
    let applied = catalog::migrations(&mut conn).await?;
    if applied != manifest.migrations {
        return Err(Error::Refused(format!(
            "The backup was written by version {} with other migrations; restore it with that version, then migrate.",
            manifest.version
        )));
    }
    let tables = catalog::tables(&mut conn).await?;
    let (there, in_backup): (Vec<_>, Vec<_>) = (
        tables.iter().map(|it| (&it.name, &it.columns)).collect(),
        manifest
            .tables
            .iter()
            .map(|it| (&it.name, &it.columns))
            .collect(),
    );
    if there != in_backup {
        return Err(Error::Refused(
            "The backup's tables are not those of this database.".to_owned(),
        ));
    }
    let mut tx = conn.begin().await?;
    lock_and_empty(&mut tx, &manifest).await?;
    for table in &manifest.tables {
        copy_in(&mut tx, folder, table).await?;
    }
    tx.execute("UPDATE scope SET epoch = epoch + 1").await?;
    for table in &manifest.tables {
        let rows = count(&mut tx, &table.name).await?;
        if rows != table.rows {
            return Err(Error::Refused(format!(
                "The table {} has {rows} rows where the backup has {}; all of it was taken back.",
                table.name, table.rows
            )));
        }
    }
    let verdict = chain::verify(&mut tx, &kept(&manifest))
        .await
        .map_err(Error::Service)?;
    tx.commit().await?;
    conn.execute("ANALYZE").await?;
    conn.close().await?;
    Ok(Restored {
        missing_blobs: missing(app, folder).await?,
        findings: verdict.findings,
        manifest,
    })
}

fn kept(manifest: &Manifest) -> Vec<Head> {
    manifest
        .audit_head
        .parse::<Head>()
        .ok()
        .filter(|head| head.seq > 0)
        .into_iter()
        .collect()
}

/// Reads the manifest and checks every file against it.
fn read(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    if !path.is_file() {
        return Err(Error::Refused(format!(
            "“{}” holds no backup, or one that was not finished: it has no manifest.",
            folder.display()
        )));
    }
    let bytes = std::fs::read(&path).map_err(file(path))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)?;
    if manifest.layout != LAYOUT {
        return Err(Error::Refused(format!(
            "The backup's layout is {}; this version reads {LAYOUT}.",
            manifest.layout
        )));
    }
    let files = manifest
        .tables
        .iter()
        .map(|table| (table.file(), &table.blake3))
        .chain([(BLOBS.to_owned(), &manifest.blobs.blake3)]);
    for (name, expected) in files {
        let path = folder.join(&name);
        let mut hash = blake3::Hasher::new();
        let from = File::open(&path).map_err(file(&path))?;
        hash.update_reader(from).map_err(file(&path))?;
        if hash.finalize().to_hex().as_str() != expected {
            return Err(Error::Refused(format!(
                "“{name}” is not the file that was written: its hash is another."
            )));
        }
    }
    Ok(manifest)
}

/// Empties the tables that a migration filled; refuses when anybody else has put something in.
async fn lock_and_empty(conn: &mut PgConnection, manifest: &Manifest) -> Result<()> {
    let names: Vec<String> = manifest.tables.iter().map(|it| it.name.clone()).collect();
    let all = catalog::list(&names);
    conn.execute(AssertSqlSafe(format!(
        "LOCK TABLE {all} IN ACCESS EXCLUSIVE MODE"
    )))
    .await?;
    for table in ["account", "workspace", "audit_event"] {
        if count(conn, table).await? > 0 {
            return Err(Error::Refused(format!(
                "The database is not empty (there is something in “{table}”); restore into a new, migrated one."
            )));
        }
    }
    conn.execute(AssertSqlSafe(format!("TRUNCATE {all}")))
        .await?;
    Ok(())
}

async fn count(conn: &mut PgConnection, table: &str) -> Result<u64> {
    let statement = format!("SELECT count(*) FROM public.{}", catalog::quoted(table));
    let row = conn.fetch_one(AssertSqlSafe(statement)).await?;
    Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
}

async fn copy_in(conn: &mut PgConnection, folder: &Path, table: &TableFile) -> Result<()> {
    let path = folder.join(table.file());
    let from = File::open(&path).map_err(file(&path))?;
    let mut from = zstd::Decoder::new(from).map_err(file(&path))?;
    let statement = format!(
        "COPY public.{} ({}) FROM STDIN",
        catalog::quoted(&table.name),
        catalog::list(&table.columns)
    );
    let mut to = conn.copy_in_raw(&statement).await?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = match from.read(&mut piece) {
            Ok(read) => read,
            Err(error) => {
                to.abort("the file cannot be read").await?;
                return Err(file(path)(error));
            }
        };
        if read == 0 {
            break;
        }
        to.send(&piece[..read]).await?;
    }
    to.finish().await?;
    Ok(())
}

/// Objects of the list that are not there in the size that was listed.
async fn missing(app: &App, folder: &Path) -> Result<Vec<String>> {
    let path = folder.join(BLOBS);
    let from = File::open(&path).map_err(file(&path))?;
    let lines = BufReader::new(zstd::Decoder::new(from).map_err(file(&path))?).lines();
    let mut missing = Vec::new();
    for line in lines {
        let blob: Blob = serde_json::from_str(&line.map_err(file(&path))?)?;
        let size = app.blobs.size(&blob.key).await.map_err(Error::Service)?;
        if size != Some(blob.size) {
            missing.push(blob.key);
        }
    }
    Ok(missing)
}
