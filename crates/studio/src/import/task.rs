//! What a job is to do, written down well enough to be begun again.

use crate::files::{name_text, path_bytes, path_from_bytes};
use gameforge_domain::WatchId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Stored as JSON in `job.task`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "camelCase")]
pub(crate) enum Task {
    /// Files and folders that a person named.
    Import { paths: Vec<StoredPath>, copy: bool },
    /// A followed folder, whole or in part: also notes what is gone.
    Scan {
        watch: WatchId,
        folder: StoredPath,
        copy: bool,
    },
}

/// A path that need not be UTF-8, as text where it is and as bytes where it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum StoredPath {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<&Path> for StoredPath {
    fn from(path: &Path) -> Self {
        path.to_str().map_or_else(
            || Self::Bytes(path_bytes(path)),
            |text| Self::Text(text.to_owned()),
        )
    }
}

impl StoredPath {
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Text(text) => PathBuf::from(text),
            Self::Bytes(bytes) => path_from_bytes(bytes),
        }
    }
}

impl Task {
    pub fn import(paths: &[PathBuf], copy: bool) -> Self {
        Self::Import {
            paths: paths
                .iter()
                .map(|path| StoredPath::from(path.as_path()))
                .collect(),
            copy,
        }
    }

    /// Whether files are copied into the library.
    pub const fn copies(&self) -> bool {
        match self {
            Self::Import { copy, .. } | Self::Scan { copy, .. } => *copy,
        }
    }

    /// Whether nobody asked for just these files: what was removed from the library then stays out.
    pub const fn is_scan(&self) -> bool {
        matches!(self, Self::Scan { .. })
    }

    /// Where to begin: each place once, and none that lies in another one, so that every file is met once.
    pub fn roots(&self) -> Vec<PathBuf> {
        let mut roots: Vec<PathBuf> = Vec::new();
        for path in self.named() {
            if !roots.iter().any(|root| path.starts_with(root)) {
                roots.retain(|root| !root.starts_with(&path));
                roots.push(path);
            }
        }
        roots
    }

    fn named(&self) -> Vec<PathBuf> {
        match self {
            Self::Import { paths, .. } => paths.iter().map(StoredPath::path).collect(),
            Self::Scan { folder, .. } => vec![folder.path()],
        }
    }

    /// The word for `wire::Job::task`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Scan { .. } => "scan",
        }
    }

    /// In words: “Import art, sounds and 3 more”.
    pub fn title(&self) -> String {
        let names: Vec<String> = self.roots().iter().map(|root| name_text(root)).collect();
        match (self, names.as_slice()) {
            (Self::Scan { .. }, [name, ..]) => format!("Look through {name}"),
            (_, []) => "Import".to_owned(),
            (_, [one]) => format!("Import {one}"),
            (_, [one, two]) => format!("Import {one} and {two}"),
            (_, [one, two, rest @ ..]) => format!("Import {one}, {two} and {} more", rest.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_comes_back_from_its_words_and_has_a_title() {
        let names = |count: usize| {
            (0..count)
                .map(|n| PathBuf::from(format!("/games/part {n}")))
                .collect::<Vec<_>>()
        };
        let task = Task::import(&names(4), true);
        let words = serde_json::to_string(&task).unwrap();
        assert_eq!(serde_json::from_str::<Task>(&words).unwrap(), task);
        assert_eq!(task.title(), "Import part 0, part 1 and 2 more");
        assert_eq!(
            Task::import(&names(2), false).title(),
            "Import part 0 and part 1"
        );
    }

    #[test]
    fn a_root_within_another_is_not_gone_through_twice() {
        let paths = ["/games/a/b", "/games/a", "/games/a/c.png", "/games/ab"].map(PathBuf::from);
        assert_eq!(
            Task::import(&paths, false).roots(),
            [PathBuf::from("/games/a"), PathBuf::from("/games/ab")]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf_8_is_kept() {
        let path = path_from_bytes(b"/games/\xff\xfe");
        let task = Task::import(std::slice::from_ref(&path), false);
        let back: Task = serde_json::from_str(&serde_json::to_string(&task).unwrap()).unwrap();
        assert_eq!(back.roots(), [path]);
    }
}
