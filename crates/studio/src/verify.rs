//! Whether everything is as it should be: the database, every stored object, every file in place, every preview.

use crate::{Library, Result, files::path_from_bytes, preview::Pictures, store};
use gameforge_domain::{Format, Limits};
use gameforge_media::raster;
use gameforge_wire::{Damage, VerifyReport};
use std::{io, path::PathBuf};

/// Files that are hashed beside each other.
const TOGETHER: usize = 32;

/// Counts what was checked, and tells about a hundred times in all.
struct Tally<F> {
    report: VerifyReport,
    of: u32,
    progress: F,
}

impl<F: Fn(u32, u32)> Tally<F> {
    fn checked(&mut self, number: usize) {
        let before = self.report.checked;
        self.report.checked = before
            .saturating_add(u32::try_from(number).unwrap_or(u32::MAX))
            .min(self.of);
        let step = (self.of / 100).max(1);
        if before / step != self.report.checked / step || self.report.checked == self.of {
            (self.progress)(self.report.checked, self.of);
        }
    }

    fn damage(&mut self, what: &str, path: impl Into<PathBuf>, message: impl Into<String>) {
        let path = path.into().to_string_lossy().into_owned();
        self.report.damaged.push(Damage {
            what: what.to_owned(),
            path,
            message: message.into(),
        });
    }
}

impl Library {
    /// Checks the whole library; `progress` gets how much of how much is done. Changes nothing but this: a preview that
    /// is gone or damaged will be made again.
    ///
    /// # Errors
    /// When the database cannot be read at all. What is damaged is in the report.
    pub async fn verify(
        &self,
        progress: impl Fn(u32, u32) + Send + Sync + 'static,
    ) -> Result<VerifyReport> {
        let mut conn = self.reader().await?;
        let objects = store::content::objects(&mut conn).await?;
        let files = store::location::expected_count(&mut conn).await?;
        let previews = store::content::preview_count(&mut conn).await?;
        let of = u32::try_from(objects.len() as i64 + files + previews + 1).unwrap_or(u32::MAX);
        let report = VerifyReport {
            checked: 0,
            damaged: Vec::new(),
        };
        let mut tally = Tally {
            report,
            of,
            progress,
        };
        for message in store::library::damages(&mut conn).await? {
            let advice = "Close the library and put the newest file of its “backups” folder in the database's place.";
            tally.damage(
                "database",
                self.path().join("library.db"),
                format!("{message}. {advice}"),
            );
        }
        drop(conn);
        tally.checked(1);
        self.verify_objects(&objects, &mut tally).await?;
        self.verify_files(&mut tally).await?;
        self.verify_previews(&mut tally).await?;
        tally.checked(tally.of.saturating_sub(tally.report.checked) as usize);
        Ok(tally.report)
    }

    async fn verify_objects<F: Fn(u32, u32)>(
        &self,
        objects: &[(blake3::Hash, u64)],
        tally: &mut Tally<F>,
    ) -> Result<()> {
        let folder = crate::files::objects::Objects::new(self.objects_dir());
        let wanted = objects
            .iter()
            .map(|(hash, size)| (folder.path(hash), *hash, *size));
        for chunk in wanted.collect::<Vec<_>>().chunks(TOGETHER) {
            for (path, problem) in self.compare(chunk).await? {
                let message = match problem {
                    Difference::Gone => "The library's copy is gone. Import the original again to put it back.".to_owned(),
                    Difference::Other => "The library's copy is not what was imported. Import the original again after moving the damaged file away.".to_owned(),
                    Difference::Unreadable(error) => format!("The library's copy cannot be read: {error}."),
                };
                tally.damage("object", path, message);
            }
            tally.checked(chunk.len());
        }
        Ok(())
    }

    async fn verify_files<F: Fn(u32, u32)>(&self, tally: &mut Tally<F>) -> Result<()> {
        let mut after = Vec::new();
        loop {
            let page =
                store::location::expected(&mut *self.reader().await?, &after, TOGETHER as i64)
                    .await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after.clone_from(&last.path);
            let wanted: Vec<_> = page
                .iter()
                .filter_map(|file| {
                    let hash = <[u8; 32]>::try_from(file.hash.as_slice()).ok()?;
                    Some((
                        path_from_bytes(&file.path),
                        blake3::Hash::from_bytes(hash),
                        u64::try_from(file.size).unwrap_or(0),
                    ))
                })
                .collect();
            for (path, problem) in self.compare(&wanted).await? {
                let message = match problem {
                    Difference::Gone => "The file is gone. Show the library where it is now (Relink), or remove the asset.".to_owned(),
                    Difference::Other => "The file has changed since it was imported. Import it again to take the change over.".to_owned(),
                    Difference::Unreadable(error) => format!("The file cannot be read: {error}."),
                };
                tally.damage("file", path, message);
            }
            tally.checked(page.len());
        }
    }

    /// Hashes files beside each other; gives those that are not what they should be.
    async fn compare(
        &self,
        wanted: &[(PathBuf, blake3::Hash, u64)],
    ) -> Result<Vec<(PathBuf, Difference)>> {
        let mut hashing = Vec::with_capacity(wanted.len());
        for (path, hash, size) in wanted {
            let (library, path, expected, size) = (self.clone(), path.clone(), *hash, *size);
            hashing.push(tokio::spawn(async move {
                let length = std::fs::metadata(&path).map(|found| found.len());
                let difference = match length {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Difference::Gone),
                    Err(error) => Some(Difference::Unreadable(error)),
                    Ok(length) if length != size => Some(Difference::Other),
                    Ok(_) => match library.hash_file(path.clone()).await? {
                        Ok(hash) if hash == expected => None,
                        Ok(_) => Some(Difference::Other),
                        Err(error) => Some(Difference::Unreadable(error)),
                    },
                };
                Ok::<_, crate::Error>(difference.map(|difference| (path, difference)))
            }));
        }
        let mut found = Vec::new();
        for hashed in hashing {
            found.extend(hashed.await??);
        }
        Ok(found)
    }

    async fn verify_previews<F: Fn(u32, u32)>(&self, tally: &mut Tally<F>) -> Result<()> {
        let mut after = 0;
        let pictures = Pictures::new(self.previews_dir());
        loop {
            let page = store::content::with_preview(&mut *self.reader().await?, after, 100).await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = *last;
            let number = page.len();
            let checked = pictures.clone();
            let broken = tokio::task::spawn_blocking(move || {
                page.into_iter()
                    .filter_map(|(row, hash)| Some((row, hash, preview_problem(&checked, &hash)?)))
                    .collect::<Vec<_>>()
            });
            let broken = broken.await?;
            for (_, hash, problem) in &broken {
                let path = pictures
                    .place(hash)
                    .unwrap_or_else(|| pictures.expected(hash));
                tally.damage("preview", path, format!("{problem} It will be made again."));
            }
            if !broken.is_empty() && !self.read_only() {
                for (_, hash, _) in &broken {
                    pictures.forget(hash);
                }
                let rows: Vec<i64> = broken.iter().map(|(row, ..)| *row).collect();
                let mut tx = self.write_bulk().await?;
                store::content::read_again(&mut tx, &rows).await?;
                tx.commit().await?;
                self.0.files.readings.wake();
            }
            tally.checked(number);
        }
    }
}

enum Difference {
    Gone,
    Other,
    Unreadable(io::Error),
}

fn preview_problem(pictures: &Pictures, hash: &blake3::Hash) -> Option<String> {
    let Some(path) = pictures.place(hash) else {
        return Some("The preview is gone.".to_owned());
    };
    let format = if path.extension().is_some_and(|ending| ending == "png") {
        Format::Png
    } else {
        Format::Jpeg
    };
    let decoded = std::fs::read(&path)
        .map_err(gameforge_domain::ReadError::Io)
        .and_then(|bytes| raster::decode(format, &bytes, &Limits::STANDARD));
    decoded
        .err()
        .map(|error| format!("The preview cannot be shown: {error}."))
}
