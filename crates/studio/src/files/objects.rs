//! Copies of content in the library's own folder, by hash: `objects/ab/cdef…`. Written once, never changed.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// The folder of copies.
#[derive(Debug, Clone)]
pub(crate) struct Objects {
    root: PathBuf,
}

/// A copy that is being written; gone when dropped before it was kept.
#[derive(Debug)]
pub(crate) struct Draft {
    path: PathBuf,
    file: File,
    kept: bool,
}

static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// A name in `folder` that no other draft of any process has.
pub(crate) fn draft_name(folder: &Path) -> PathBuf {
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".draft-{}-{number}", std::process::id()))
}

impl Objects {
    pub const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where the content with a hash lies.
    pub fn path(&self, hash: &blake3::Hash) -> PathBuf {
        let hex = hash.to_hex();
        let (folder, name) = hex.split_at(2);
        self.root.join(folder).join(name)
    }

    /// Whether it is there at its full length.
    pub fn has(&self, hash: &blake3::Hash, size: u64) -> bool {
        fs::metadata(self.path(hash)).is_ok_and(|found| found.is_file() && found.len() == size)
    }

    /// Begins a copy.
    pub fn draft(&self) -> io::Result<Draft> {
        let path = draft_name(&self.root);
        let file = File::options().write(true).create_new(true).open(&path);
        let file = match file {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.root)?;
                File::options().write(true).create_new(true).open(&path)?
            }
            other => other?,
        };
        Ok(Draft {
            path,
            file,
            kept: false,
        })
    }

    /// Makes a finished copy last under its hash: bytes first, then the name, so that whatever has a name is whole.
    pub fn keep(&self, mut draft: Draft, hash: &blake3::Hash, size: u64) -> io::Result<()> {
        if self.has(hash, size) {
            return Ok(());
        }
        draft.file.sync_data()?;
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        fs::create_dir_all(&folder)?;
        fs::rename(&draft.path, &path)?;
        draft.kept = true;
        sync_folder(&folder)
    }

    /// Stores bytes that are in memory.
    pub fn store(&self, bytes: &[u8]) -> io::Result<blake3::Hash> {
        let hash = blake3::hash(bytes);
        if !self.has(&hash, bytes.len() as u64) {
            let mut draft = self.draft()?;
            draft.write(bytes)?;
            self.keep(draft, &hash, bytes.len() as u64)?;
        }
        Ok(hash)
    }

    /// Removes drafts that a process left when it was ended; those of living processes are younger than a day.
    pub fn sweep(&self) {
        const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
        let Ok(entries) = fs::read_dir(&self.root) else {
            return;
        };
        for entry in entries.flatten() {
            let is_draft = entry.file_name().to_string_lossy().starts_with(".draft-");
            let is_old = entry
                .metadata()
                .and_then(|found| found.modified())
                .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > DAY));
            if is_draft && is_old && fs::remove_file(entry.path()).is_ok() {
                tracing::info!(path = %entry.path().display(), "removed a copy that was never finished");
            }
        }
    }
}

/// On Unix a new name lasts only when its folder was written, too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

impl Draft {
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes a file that can be made again: whole or not at all, without waiting for the disk.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = draft_name(folder);
    let written = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_stored_once_under_its_hash_and_drafts_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::new(folder.path().join("objects"));
        let hash = objects.store(b"goblin").unwrap();
        assert_eq!(objects.store(b"goblin").unwrap(), hash);
        assert_eq!(fs::read(objects.path(&hash)).unwrap(), b"goblin");
        assert!(objects.has(&hash, 6) && !objects.has(&hash, 7));
        let mut draft = objects.draft().unwrap();
        draft.write(b"half").unwrap();
        drop(draft);
        let names: Vec<_> = fs::read_dir(folder.path().join("objects"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, [&hash.to_hex()[..2]], "only the shard is left");
    }
}
