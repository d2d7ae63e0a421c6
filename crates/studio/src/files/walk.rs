//! Going through folders: every file once, whatever links there are.

use super::{problem::Problem, stat::Stat};
use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

/// What was met on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Met {
    /// An ordinary file.
    File { path: PathBuf, stat: Stat },
    /// Passed over: a file, or a whole folder.
    Skipped { path: PathBuf, problem: Problem },
    /// Could not be looked into.
    Failed { path: PathBuf, problem: Problem },
}

/// Which folder not to go into: the library's own.
pub(crate) struct Walk<'a> {
    own: Option<PathBuf>,
    visited: HashSet<PathBuf>,
    /// Takes what was met; false ends the walk.
    visit: &'a mut dyn FnMut(Met) -> bool,
}

impl<'a> Walk<'a> {
    pub fn new(library: &Path, visit: &'a mut dyn FnMut(Met) -> bool) -> Self {
        Self {
            own: fs::canonicalize(library).ok(),
            visited: HashSet::new(),
            visit,
        }
    }

    /// Goes through a file or folder that somebody named; its own name may be hidden. False when it was ended.
    pub fn root(&mut self, path: &Path) -> bool {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => self.folder(path),
            Ok(found) => self.file(path, &found),
            Err(error) => (self.visit)(Met::Failed {
                path: path.to_owned(),
                problem: Problem::reading(&error),
            }),
        }
    }

    /// Folders are gone through in order of name, without recursion: their depth has no limit here.
    fn folder(&mut self, path: &Path) -> bool {
        let mut open = vec![path.to_owned()];
        while let Some(folder) = open.pop() {
            let entries = match self.entries(&folder) {
                Ok(Some(entries)) => entries,
                Ok(None) => continue,
                Err(met) => {
                    if !(self.visit)(met) {
                        return false;
                    }
                    continue;
                }
            };
            let mut inner = Vec::new();
            for entry in entries {
                if !self.entry(entry, &mut inner) {
                    return false;
                }
            }
            open.extend(inner.into_iter().rev());
        }
        true
    }

    /// The entries of a folder in order of name; none when it was gone through before.
    fn entries(&mut self, folder: &Path) -> Result<Option<Vec<PathBuf>>, Met> {
        let failed = |error: io::Error| Met::Failed {
            path: folder.to_owned(),
            problem: Problem::reading(&error),
        };
        let real = fs::canonicalize(folder).map_err(failed)?;
        if self.own.as_ref() == Some(&real) {
            return Err(Met::Skipped {
                path: folder.to_owned(),
                problem: Problem::new("library", "It is the library's own folder."),
            });
        }
        if !self.visited.insert(real) {
            return Ok(None);
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            entries.push(entry.map_err(failed)?.path());
        }
        entries.sort_unstable();
        Ok(Some(entries))
    }

    fn entry(&mut self, path: PathBuf, inner: &mut Vec<PathBuf>) -> bool {
        if let Some(problem) = clutter(path.file_name().unwrap_or_default()) {
            return (self.visit)(Met::Skipped { path, problem });
        }
        // Follows links: a loop gives an error here, a link to a folder is caught by `visited`.
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => {
                inner.push(path);
                true
            }
            Ok(found) => self.file(&path, &found),
            Err(error) => {
                let is_link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
                let met = if is_link {
                    Met::Skipped {
                        path,
                        problem: Problem::new("link", "It is a link that leads nowhere."),
                    }
                } else {
                    Met::Failed {
                        path,
                        problem: Problem::reading(&error),
                    }
                };
                (self.visit)(met)
            }
        }
    }

    fn file(&mut self, path: &Path, found: &Metadata) -> bool {
        let path = path.to_owned();
        (self.visit)(if found.is_file() {
            Met::File {
                path,
                stat: Stat::of(found),
            }
        } else {
            Met::Skipped {
                path,
                problem: Problem::new(
                    "special",
                    "It is not a file but a pipe, a socket or a device.",
                ),
            }
        })
    }
}

/// Why a name is not wanted. Hidden files hold programs' own state; the rest is litter that systems leave.
fn clutter(name: &OsStr) -> Option<Problem> {
    const LITTER: [&str; 8] = [
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "__macosx",
        "$recycle.bin",
        "system volume information",
        "icon\r",
        "lost+found",
    ];
    let name = name.to_string_lossy();
    if LITTER.contains(&name.to_lowercase().as_str()) {
        return Some(Problem::new(
            "system",
            "The operating system made it for itself.",
        ));
    }
    name.starts_with('.')
        .then(|| Problem::new("hidden", "It is hidden: its name begins with a full stop."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(library: &Path, root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut visit = |met: Met| {
            let (word, path) = match met {
                Met::File { path, .. } => ("file", path),
                Met::Skipped { path, problem } => (problem.code, path),
                Met::Failed { path, problem } => (problem.code, path),
            };
            found.push(format!(
                "{word} {}",
                path.strip_prefix(root).unwrap_or(&path).display()
            ));
            true
        };
        Walk::new(library, &mut visit).root(root);
        found
    }

    #[test]
    fn files_are_met_once_in_order_and_clutter_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in [
            "b/two.png",
            "a/one.png",
            "three.png",
            ".git/config",
            "Thumbs.db",
            "lib/library.db",
            "lib/objects/x",
        ] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), name).unwrap();
        }
        assert_eq!(
            walked(&root.join("lib"), root),
            [
                "hidden .git",
                "system Thumbs.db",
                "file three.png",
                "file a/one.png",
                "file b/two.png",
                "library lib"
            ]
        );
        assert_eq!(walked(root, &root.join("a/one.png")), ["file "]);
        assert_eq!(walked(root, &root.join("gone")), ["vanished "]);
    }

    #[cfg(unix)]
    #[test]
    fn loops_of_links_end_and_dead_links_are_named() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("inner")).unwrap();
        fs::write(root.join("inner/a.png"), "a").unwrap();
        symlink("..", root.join("inner/up")).unwrap();
        symlink("inner", root.join("other")).unwrap();
        symlink("self", root.join("self")).unwrap();
        let _socket = UnixListener::bind(root.join("socket")).unwrap();
        assert_eq!(
            walked(folder.path(), &root),
            ["link self", "special socket", "file inner/a.png"]
        );
    }

    #[test]
    fn the_walk_ends_when_told() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let mut seen = 0;
        let mut visit = |_| {
            seen += 1;
            seen < 2
        };
        assert!(!Walk::new(Path::new("/nowhere"), &mut visit).root(folder.path()));
        assert_eq!(seen, 2);
    }
}
