//! Makes the package of all of a person's data: a ZIP with a JSON file a table and a page that says what is what. It
//! is written to a temporary file, so that a large one needs no memory, and goes to the object storage from there.

use super::Work;
use crate::{
    App, Error, Result,
    mail::{Letter, Words},
    store::{
        self,
        audit::{Act, Actor},
        data_export, person_data,
    },
};
use futures_util::StreamExt;
use gameforge_domain::{AccountId, DataExportId, Email};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Makes one.
pub async fn run(app: &App, id: DataExportId) -> Result<()> {
    let mut tx = app.store.worker().await?;
    let waiting = data_export::waiting(&mut tx, id).await?;
    tx.commit().await?;
    let Some((account, email, locale)) = waiting else {
        return Ok(());
    };
    let folder = tempfile::tempdir().map_err(Error::BlobFolder)?;
    let file = folder.path().join("data.zip");
    write(app, account, &file).await?;
    // The same key at every try: nothing is left behind when one breaks off.
    let key = format!("exports/{id}.zip");
    let size = app.blobs.put_file(&key, &file).await?;
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    if !data_export::ready(&mut tx, id, &key, size, now).await? {
        tx.commit().await?;
        return app.blobs.delete(&key).await;
    }
    let base = app.config.public_url.as_str().trim_end_matches('/');
    let letter = Letter {
        to: Email::parse(&email).map_err(|error| Error::stored("account.email", error))?,
        locale,
        words: Words::ExportReady {
            link: format!("{base}/exports"),
            days: u32::try_from(data_export::LIFE.num_days()).unwrap_or(7),
        },
    };
    store::job::enqueue(&mut tx, app.new_id(), now, &Work::Mail(letter)).await?;
    // Who waits for it in the Studio sees it there.
    let seq = store::scope::next(&mut tx, account.uuid()).await?;
    let act = Act {
        action: "export.made",
        target_kind: "account",
        target_id: Some(account.uuid()),
        flags: &["gdpr"],
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::system(), &act).await?;
    tx.commit().await?;
    app.poke(account.uuid(), seq);
    Ok(())
}

/// Writes all of it. Each part is read in one statement; rows come and go one at a time.
async fn write(app: &App, account: AccountId, path: &Path) -> Result<()> {
    let mut zip = ZipWriter::new(File::create(path).map_err(Error::BlobFolder)?);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let packed = |error: zip::result::ZipError| Error::BlobFolder(io::Error::other(error));
    zip.start_file("README.txt", options).map_err(packed)?;
    zip.write_all(readme(app, account).as_bytes())
        .map_err(Error::BlobFolder)?;
    let mut tx = app.store.worker().await?;
    for part in person_data::PARTS {
        zip.start_file(format!("{part}.json"), options)
            .map_err(packed)?;
        let mut rows = person_data::rows(&mut tx, part, account);
        let mut open: &[u8] = b"[\n";
        while let Some(row) = rows.next().await {
            let row = serde_json::to_vec(&row?)
                .map_err(|error| Error::stored("a row of an export", error))?;
            zip.write_all(open)
                .and_then(|()| zip.write_all(&row))
                .map_err(Error::BlobFolder)?;
            open = b",\n";
        }
        let close: &[u8] = if open == b"[\n" { b"[]\n" } else { b"\n]\n" };
        zip.write_all(close).map_err(Error::BlobFolder)?;
    }
    tx.commit().await?;
    zip.finish().map_err(packed)?;
    Ok(())
}

fn readme(app: &App, account: AccountId) -> String {
    let parts: String = person_data::PARTS
        .iter()
        .map(|part| format!("  {part}.json\n"))
        .collect();
    let left_out: String = person_data::NOT_EXPORTED
        .iter()
        .map(|(table, why)| format!("  {table}: {why}\n"))
        .collect();
    format!(
        "All that GameForge keeps about the account {account}\nWritten at {}\n\n\
         Each file is a list of rows in JSON (RFC 8259), named after the table that they are kept in:\n{parts}\n\
         Not in it, because it would weaken the account's safety or lives for minutes only:\n{left_out}",
        app.clock.now().to_rfc3339()
    )
}
