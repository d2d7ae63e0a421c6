//! The sample library of the first start: a few assets of every kind, carried in the program.

use crate::{Error, Library, Result, files::objects::write_whole, import::Task};
use gameforge_domain::JobId;
use include_dir::{Dir, include_dir};
use std::path::Path;

static SAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/samples");

/// Where they are unpacked, in the library's own folder.
const FOLDER: &str = "samples";

impl Library {
    /// Unpacks the samples into the library's folder and imports them from there, in place. Doing it again changes
    /// nothing.
    ///
    /// # Errors
    /// `ReadOnly`, `DiskFull`.
    pub async fn add_samples(&self) -> Result<JobId> {
        if self.read_only() {
            return Err(Error::ReadOnly {
                path: self.path().to_owned(),
            });
        }
        let folder = self.path().join(FOLDER);
        let to = folder.clone();
        tokio::task::spawn_blocking(move || unpack(&SAMPLES, &to)).await??;
        self.start_job(Task::import(&[folder], false)).await
    }
}

fn unpack(dir: &Dir<'_>, to: &Path) -> Result<()> {
    for file in dir.files() {
        let path = to.join(file.path());
        let there =
            std::fs::metadata(&path).is_ok_and(|found| found.len() == file.contents().len() as u64);
        if !there {
            write_whole(&path, file.contents()).map_err(Error::io("Writing", &path))?;
        }
    }
    dir.dirs().try_for_each(|inner| unpack(inner, to))
}
