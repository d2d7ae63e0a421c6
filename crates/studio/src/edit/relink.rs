//! Saying where a missing file is now: one by one, or everything below a folder by content.

use super::{
    Plan, Rows,
    change::{Fact, Move},
    words,
};
use crate::{
    Error, Library, Result,
    files::{TakenIn, folder_text, path_bytes},
    store::{
        self,
        asset::Facts,
        asset_field::Field,
        place::{self, PlaceRow},
    },
};
use gameforge_domain::{AssetId, grouped};
use gameforge_wire::EditDone;
use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

/// The most files that a search below a folder looks at.
const FILES: usize = 2_000_000;

fn place_of(asset: i64, path: &Path, taken: &TakenIn) -> PlaceRow {
    PlaceRow {
        asset,
        path: path_bytes(path),
        folder: folder_text(path),
        in_place: 1,
        size: taken.size,
        mtime_ns: taken.mtime_ns,
        file_id: taken.file_id.clone(),
        missing_ms: None,
    }
}

fn changed(field: Field, row: i64, from: i64, to: i64) -> Option<Fact> {
    (from != to).then(|| Fact::Field {
        field,
        moves: vec![Move {
            from: from.into(),
            to: to.into(),
            rows: Rows::new(vec![row]),
        }],
    })
}

impl Library {
    pub(super) async fn relink(&self, id: AssetId, path: &Path) -> Result<EditDone> {
        let taken = self.take_in(path).await?;
        let mut write = self.write_edit().await?;
        let rows = store::asset::rows_of(&mut write, &[id]).await?;
        let asset = store::asset::facts(&mut write, &rows)
            .await?
            .into_iter()
            .next();
        let asset = asset.ok_or_else(|| Error::not_found("The asset"))?;
        let places = place::of(&mut write, &rows).await?;
        let to = place_of(asset.row, path, &taken);
        if let Some(other) = place::at(&mut write, &to.path).await?
            && other.asset != asset.row
        {
            return Err(Error::Exists {
                message: format!(
                    "“{}” belongs to another asset already; merge the two instead.",
                    path.display()
                ),
            });
        }
        let from = relinked(&places, &to).cloned();
        let same = asset.hash == taken.hash;
        let mut facts = Vec::new();
        if from.as_ref() != Some(&to) {
            facts.push(Fact::Place { from, to: Some(to) });
        }
        let mut problems = Vec::new();
        if !same {
            facts.extend(new_content(&asset, &taken, self.now_ms()));
            problems.push(format!(
                "“{}” is not the same file as before; it was noted as a new version of {}.",
                path.display(),
                asset.name
            ));
        }
        let mut plan = Plan::new(format!("Relink {}", asset.name), facts);
        plan.problems = problems;
        self.finish(write, plan).await
    }

    pub(super) async fn relink_below(&self, rows: Rows, folder: PathBuf) -> Result<EditDone> {
        let mut conn = self.reader().await?;
        let lost: Vec<PlaceRow> = place::of(&mut conn, rows.as_slice())
            .await?
            .into_iter()
            .filter(|place| place.in_place == 1 && place.missing_ms.is_some())
            .collect();
        let hashes: HashMap<i64, Vec<u8>> = store::asset::facts(&mut conn, rows.as_slice())
            .await?
            .into_iter()
            .map(|it| (it.row, it.hash))
            .collect();
        drop(conn);
        let below = folder.clone();
        let (matches, mut problems) =
            tokio::task::spawn_blocking(move || find_below(&below, lost, &hashes)).await??;
        let mut facts = Vec::new();
        for (lost, path) in matches {
            let taken = match self.take_in(&path).await {
                Ok(taken) => taken,
                Err(error) => {
                    problems.push(error.failure().message);
                    continue;
                }
            };
            let to = place_of(lost.asset, &path, &taken);
            if place::at(&mut *self.reader().await?, &to.path)
                .await?
                .is_some()
            {
                problems.push(format!(
                    "“{}” belongs to another asset already.",
                    path.display()
                ));
                continue;
            }
            facts.push(Fact::Place {
                from: Some(lost),
                to: Some(to),
            });
        }
        let label = format!("Relink {}", words::assets(facts.len()));
        let write = self.write_edit().await?;
        let mut plan = Plan::new(label, facts);
        plan.problems = problems;
        self.finish(write, plan).await
    }
}

/// The place that a file stands in for: itself, else one that is gone, else where the asset lives.
fn relinked<'a>(places: &'a [PlaceRow], to: &PlaceRow) -> Option<&'a PlaceRow> {
    let own = || places.iter().filter(|place| place.in_place == 1);
    places
        .iter()
        .find(|place| place.path == to.path)
        .or_else(|| own().find(|place| place.missing_ms.is_some()))
        .or_else(|| own().next())
}

fn new_content(asset: &Facts, taken: &TakenIn, at_ms: i64) -> Vec<Fact> {
    let mut facts: Vec<Fact> = [
        changed(Field::Content, asset.row, asset.content, taken.content),
        changed(
            Field::Modified,
            asset.row,
            asset.modified_ms,
            taken.modified_ms,
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    facts.push(Fact::Version {
        asset: asset.row,
        content: taken.content,
        cause: "relinked".to_owned(),
        at_ms,
        on: true,
    });
    facts
}

type Found = (Vec<(PlaceRow, PathBuf)>, Vec<String>);

/// Files below a folder with the content of lost ones. Only files of a size that is wanted are read.
fn find_below(folder: &Path, lost: Vec<PlaceRow>, hashes: &HashMap<i64, Vec<u8>>) -> Result<Found> {
    let mut wanted: HashMap<u64, Vec<PlaceRow>> = HashMap::new();
    for place in lost {
        wanted
            .entry(place.size.unsigned_abs())
            .or_default()
            .push(place);
    }
    let mut problems = Vec::new();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    let mut seen = 0;
    fs::read_dir(folder).map_err(Error::io("Looking into the folder", folder))?;
    while let Some(here) = folders.pop() {
        let entries = match fs::read_dir(&here) {
            Ok(entries) => entries,
            Err(error) => {
                problems.push(format!(
                    "“{}” could not be looked into: {error}",
                    here.display()
                ));
                continue;
            }
        };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            seen += 1;
            // `file_type` does not follow links, so that a link to a folder above cannot lead in circles.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
        files.sort();
        for path in files {
            match look(&path, &mut wanted, hashes) {
                Ok(Some(place)) => found.push((place, path)),
                Ok(None) => {}
                Err(error) => {
                    problems.push(format!("“{}” could not be read: {error}", path.display()));
                }
            }
        }
        if seen > FILES || wanted.values().all(Vec::is_empty) {
            break;
        }
    }
    if seen > FILES {
        problems.push(format!(
            "Below “{}” there are more than {} files; the rest was not looked at. Choose a folder further down.",
            folder.display(),
            grouped(FILES as u64)
        ));
    }
    Ok((found, problems))
}

/// Takes the lost place that a file is the content of.
fn look(
    path: &Path,
    wanted: &mut HashMap<u64, Vec<PlaceRow>>,
    hashes: &HashMap<i64, Vec<u8>>,
) -> io::Result<Option<PlaceRow>> {
    let size = fs::metadata(path)?.len();
    let Some(places) = wanted.get_mut(&size).filter(|places| !places.is_empty()) else {
        return Ok(None);
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(path)?)?;
    let hash = hasher.finalize();
    // The place of the same name first: copies of one content keep their own names.
    let name = path.file_name();
    let fits: HashSet<usize> = places
        .iter()
        .enumerate()
        .filter(|(_, place)| {
            hashes
                .get(&place.asset)
                .is_some_and(|wanted| wanted == hash.as_bytes())
        })
        .map(|(at, _)| at)
        .collect();
    let best = fits.iter().copied().min_by_key(|&at| {
        let theirs = crate::files::path_from_bytes(&places[at].path);
        (theirs.file_name() != name, at)
    });
    Ok(best.map(|at| places.remove(at)))
}
