//! Facts about files: renames, and the system's trash. All renames of a change happen, or none.

use super::change::{Change, Fact};
use crate::{Error, Result, files::path_from_bytes};
use std::path::{Path, PathBuf};

/// What happened to files, so that it can be taken back when the database refuses.
#[derive(Debug, Default)]
pub(crate) struct Done {
    moved: Vec<(PathBuf, PathBuf)>,
    /// What could not be brought back from the trash, in words.
    pub problems: Vec<String>,
}

impl Done {
    /// Takes the renames back, as far as the disk lets it.
    pub(crate) fn take_back(self) {
        for (from, to) in self.moved.into_iter().rev() {
            if let Err(error) = std::fs::rename(&to, &from) {
                tracing::error!(from = %to.display(), to = %from.display(), %error, "a rename could not be taken back");
            }
        }
    }
}

/// Does what a change says about files. Blocks: for a thread that may.
pub(crate) fn perform(change: &Change) -> Result<Done> {
    let mut done = Done::default();
    for fact in &change.0 {
        match fact {
            Fact::FileMoved { from, to } => {
                let (from, to) = (path_from_bytes(from), path_from_bytes(to));
                if let Err(error) = rename(&from, &to) {
                    done.take_back();
                    return Err(error);
                }
                done.moved.push((from, to));
            }
            Fact::Trashed { path, on: true } => {
                let path = path_from_bytes(path);
                if let Err(error) = to_trash(&path) {
                    done.problems.push(error);
                }
            }
            Fact::Trashed { path, on: false } => {
                let path = path_from_bytes(path);
                if let Err(error) = from_trash(&path) {
                    done.problems.push(error);
                }
            }
            _ => {}
        }
    }
    Ok(done)
}

/// Renames a file, and never over another one.
fn rename(from: &Path, to: &Path) -> Result<()> {
    // A file system that takes no notice of case finds the file itself under a name that differs in case only.
    let same = from.to_string_lossy().to_lowercase() == to.to_string_lossy().to_lowercase();
    if !same && to.symlink_metadata().is_ok() {
        return Err(Error::Exists {
            message: format!(
                "There is a file “{}” already; choose another name, or move that file away.",
                to.display()
            ),
        });
    }
    std::fs::rename(from, to).map_err(Error::io("Renaming", from))
}

/// Moves a file to the system's trash; says in words why it could not.
pub(crate) fn to_trash(path: &Path) -> std::result::Result<(), String> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    trash::delete(path).map_err(|error| {
        format!(
            "“{}” could not be moved to the trash: {error}",
            path.display()
        )
    })
}

/// Brings a file back from the trash, unless it is at its place again.
fn from_trash(path: &Path) -> std::result::Result<(), String> {
    if path.symlink_metadata().is_ok() {
        return Ok(());
    }
    restore(path).map_err(|why| {
        format!(
            "“{}” could not be brought back from the trash ({why}); put it back from the system's trash yourself",
            path.display()
        )
    })
}

#[cfg(any(
    target_os = "windows",
    all(
        unix,
        not(target_os = "macos"),
        not(target_os = "ios"),
        not(target_os = "android")
    )
))]
fn restore(path: &Path) -> std::result::Result<(), String> {
    let items = trash::os_limited::list().map_err(|error| error.to_string())?;
    // The same path may have been thrown away before: the last time counts.
    let newest = items
        .into_iter()
        .filter(|item| item.original_path() == path)
        .max_by_key(|item| item.time_deleted);
    let item = newest.ok_or("it is not there any more")?;
    trash::os_limited::restore_all([item]).map_err(|error| error.to_string())
}

#[cfg(not(any(
    target_os = "windows",
    all(
        unix,
        not(target_os = "macos"),
        not(target_os = "ios"),
        not(target_os = "android")
    )
)))]
fn restore(_: &Path) -> std::result::Result<(), String> {
    Err("this system lets no program do that".to_owned())
}
