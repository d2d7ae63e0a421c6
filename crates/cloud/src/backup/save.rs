//! Writing a backup.

use super::{
    BLOBS, Blob, BlobList, LAYOUT, MANIFEST, Manifest, Result, TableFile,
    catalog::{self, Table},
    file,
};
use crate::{App, blobs::Blobs, chain::Head};
use futures_util::TryStreamExt;
use secrecy::ExposeSecret;
use sqlx::{Connection, Executor, PgConnection};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

/// How hard zstd tries: its own default.
const LEVEL: i32 = 3;

/// Writes a backup into a folder that is empty or not there yet. All of it is of one moment, while the service works
/// on. Without the manifest, which comes last, the folder is no backup.
///
/// # Errors
/// When the folder is not empty or cannot be written, or the database or the storage is away.
pub async fn save(app: &App, folder: &Path) -> Result<Manifest> {
    prepare(folder)?;
    let mut conn = PgConnection::connect(app.config.owner_url.expose_secret()).await?;
    let taken_at = app.clock.now();
    conn.execute(
        "SET timezone = 'UTC'; SET statement_timeout = 0; \
         BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    )
    .await?;
    let migrations = catalog::migrations(&mut conn).await?;
    let mut tables = Vec::new();
    for table in catalog::tables(&mut conn).await? {
        tables.push(copy_out(&mut conn, folder, table).await?);
    }
    let head: (i64, Vec<u8>) = sqlx::query_as("SELECT seq, hash FROM audit_head")
        .fetch_one(&mut conn)
        .await?;
    conn.execute("COMMIT").await?;
    conn.close().await?;
    let blobs = blob_list(&app.blobs, folder).await?;
    let manifest = Manifest {
        layout: LAYOUT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at,
        migrations,
        tables,
        blobs,
        audit_head: <[u8; 32]>::try_from(head.1)
            .map(|hash| Head { seq: head.0, hash }.to_string())
            .unwrap_or_default(),
    };
    let path = folder.join(MANIFEST);
    let fresh = folder.join("manifest.part");
    let mut to = private(&fresh)?;
    to.write_all(&serde_json::to_vec_pretty(&manifest)?)
        .and_then(|()| to.sync_all())
        .map_err(file(&fresh))?;
    std::fs::rename(&fresh, &path).map_err(file(path))?;
    Ok(manifest)
}

fn prepare(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(file(folder))?;
    let mut entries = std::fs::read_dir(folder).map_err(file(folder))?;
    if entries.next().is_some() {
        return Err(super::Error::Refused(format!(
            "“{}” is not empty; a backup goes into a folder of its own.",
            folder.display()
        )));
    }
    Ok(())
}

/// A new file that its owner alone may read: a backup holds everything.
fn private(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(file(path))
}

/// Counts and hashes what goes through it.
struct Measured<W> {
    to: W,
    hash: blake3::Hasher,
    bytes: u64,
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A compressed file that is being written.
struct Packed(zstd::Encoder<'static, Measured<File>>);

impl Packed {
    fn create(path: &Path) -> Result<Self> {
        let measured = Measured {
            to: private(path)?,
            hash: blake3::Hasher::new(),
            bytes: 0,
        };
        zstd::Encoder::new(measured, LEVEL)
            .map(Self)
            .map_err(file(path))
    }

    /// Ends it on the disk; its bytes and its hash.
    fn finish(self, path: &Path) -> Result<(u64, String)> {
        let measured = self.0.finish().map_err(file(path))?;
        measured.to.sync_all().map_err(file(path))?;
        Ok((
            measured.bytes,
            measured.hash.finalize().to_hex().to_string(),
        ))
    }
}

async fn copy_out(conn: &mut PgConnection, folder: &Path, table: Table) -> Result<TableFile> {
    let mut about = TableFile {
        name: table.name,
        columns: table.columns,
        rows: 0,
        bytes: 0,
        blake3: String::new(),
    };
    let path = folder.join(about.file());
    let mut packed = Packed::create(&path)?;
    let statement = format!(
        "COPY public.{} ({}) TO STDOUT",
        catalog::quoted(&about.name),
        catalog::list(&about.columns)
    );
    {
        let mut rows = conn.copy_out_raw(&statement).await?;
        while let Some(bytes) = rows.try_next().await? {
            // A line a row: a line's end within a value is written as two characters.
            about.rows += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            packed.0.write_all(&bytes).map_err(file(&path))?;
        }
    }
    (about.bytes, about.blake3) = packed.finish(&path)?;
    Ok(about)
}

async fn blob_list(blobs: &Blobs, folder: &Path) -> Result<BlobList> {
    let path = folder.join(BLOBS);
    let mut packed = Packed::create(&path)?;
    let mut listed = blobs.list(None);
    let (mut count, mut bytes) = (0, 0);
    while let Some(found) = listed.try_next().await.map_err(super::Error::Service)? {
        let blob = Blob {
            key: found.location.to_string(),
            size: found.size,
        };
        count += 1;
        bytes += blob.size;
        let mut line = serde_json::to_vec(&blob)?;
        line.push(b'\n');
        packed.0.write_all(&line).map_err(file(&path))?;
    }
    let (_, blake3) = packed.finish(&path)?;
    Ok(BlobList {
        count,
        bytes,
        blake3,
    })
}
