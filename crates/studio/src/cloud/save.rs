//! Puts a package of the own data into a folder, part by part: it may be larger than the memory. It has another name
//! until it is whole, so that nobody takes half of one for the whole.

use crate::{Error, Result};
use gameforge_client::Download;
use gameforge_domain::DataExportId;
use std::path::{Path, PathBuf};
use tokio::{
    fs::{self, File},
    io::AsyncWriteExt,
};

/// Where it was put.
///
/// # Errors
/// When the cloud breaks off or the folder does not take it; nothing is left behind then.
pub(super) async fn package(from: Download, folder: &Path, id: DataExportId) -> Result<PathBuf> {
    let whole = folder.join(format!("gameforge-data-{id}.zip"));
    let part = whole.with_extension(format!("zip-{}", std::process::id()));
    let written = write(from, &part).await;
    let placed = match written {
        Ok(()) => fs::rename(&part, &whole)
            .await
            .map_err(Error::io("Writing", &whole)),
        Err(error) => Err(error),
    };
    if placed.is_err()
        && let Err(error) = fs::remove_file(&part).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(part = %part.display(), %error, "half a package stays");
    }
    placed.map(|()| whole)
}

async fn write(mut from: Download, to: &Path) -> Result<()> {
    let failed = || Error::io("Writing", to);
    let mut file = File::create(to).await.map_err(failed())?;
    while let Some(part) = from.next().await? {
        file.write_all(&part).await.map_err(failed())?;
    }
    file.flush().await.map_err(failed())?;
    file.sync_all().await.map_err(failed())
}
