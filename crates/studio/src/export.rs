//! Copies of assets for other programs, under their names.

use crate::{
    Error, Library, Result,
    files::{examine, problem::Problem},
    store,
};
use gameforge_wire::{ExportDone, JobIssue, Targets};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Names that are tried beside one that is taken.
const TRIES: u32 = 10_000;
/// The longest name that file systems take, in bytes.
const LONGEST: usize = 255;

impl Library {
    /// Copies assets into a folder under their names. Nothing there is overwritten: a taken name gets “ (2)”.
    ///
    /// # Errors
    /// `NotFound` without an asset; `Io` when the folder cannot be made. Single files that fail are in the answer.
    pub async fn export(&self, targets: Targets, to: &Path) -> Result<ExportDone> {
        let rows = self.target_rows(&targets).await?;
        fs::create_dir_all(to).map_err(Error::io("Making the folder", to))?;
        let mut done = ExportDone {
            written: 0,
            problems: Vec::new(),
        };
        for rows in rows.as_slice().chunks(500) {
            let assets = store::content::to_export(&mut *self.reader().await?, rows).await?;
            let named: Vec<(String, PathBuf)> = assets
                .into_iter()
                .map(|(name, content)| {
                    let path = self.source(&content, Vec::new()).path.unwrap_or_default();
                    (name, path)
                })
                .collect();
            let folder = to.to_owned();
            let copied = tokio::task::spawn_blocking(move || {
                named
                    .into_iter()
                    .map(|(name, path)| (copy(&path, &folder, &name), name))
                    .collect::<Vec<_>>()
            });
            for (result, name) in copied.await? {
                match result {
                    Ok(_) => done.written += 1,
                    Err(problem) => done.problems.push(JobIssue {
                        path: name,
                        code: problem.code.to_owned(),
                        message: problem.message,
                    }),
                }
            }
        }
        Ok(done)
    }
}

fn copy(from: &Path, folder: &Path, name: &str) -> Result<PathBuf, Problem> {
    let mut source = examine::open(from).map_err(|error| Problem::reading(&error))?;
    let (path, mut file) = fresh(folder, name).map_err(|error| Problem::writing(&error))?;
    let copied = io::copy(&mut source, &mut file).and_then(|_| file.sync_data());
    drop(file);
    copied.map_err(|error| {
        // Half a file is worse than none.
        let _ = fs::remove_file(&path);
        Problem::writing(&error)
    })?;
    Ok(path)
}

/// Makes a file whose name nobody has.
fn fresh(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    let name = safe(name);
    // What is as long as a sentence is no ending.
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 32 => {
            (stem, format!(".{ending}"))
        }
        _ => (name.as_str(), String::new()),
    };
    for number in 1..TRIES {
        let suffix = if number == 1 {
            ending.clone()
        } else {
            format!(" ({number}){ending}")
        };
        let path = folder.join(format!(
            "{}{suffix}",
            cut(stem, LONGEST.saturating_sub(suffix.len()))
        ));
        match File::options().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|file| (path, file)),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// A name that stays within its folder on every system.
fn safe(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    let name = name.trim_end_matches([' ', '.']);
    if name.trim_matches('.').is_empty() {
        "unnamed".to_owned()
    } else {
        name.to_owned()
    }
}

/// At most so many bytes, at the border of a letter.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("source");
        fs::write(&from, "new").unwrap();
        let to = folder.path().join("out");
        fs::create_dir(&to).unwrap();
        fs::write(to.join("hero.png"), "old").unwrap();
        let first = copy(&from, &to, "hero.png").unwrap();
        let second = copy(&from, &to, "hero.png").unwrap();
        assert_eq!(
            (first, second),
            (to.join("hero (2).png"), to.join("hero (3).png"))
        );
        assert_eq!(fs::read(to.join("hero.png")).unwrap(), b"old");
        assert_eq!(
            copy(&folder.path().join("gone"), &to, "x")
                .unwrap_err()
                .code,
            "vanished"
        );
    }

    proptest! {
        #[test]
        fn every_name_stays_in_its_folder(name in "\\PC{0,300}") {
            let folder = tempfile::tempdir().unwrap();
            let (path, _file) = fresh(folder.path(), &name).unwrap();
            prop_assert_eq!(path.parent().unwrap(), folder.path());
        }
    }
}
