//! Renaming assets, one or many, with their files or without.

use super::{
    Plan, Rows,
    change::{Fact, Move},
    pattern::{Pattern, Subject},
    words,
};
use crate::{
    Error, Library, Result,
    files::{folder_text, path_bytes, path_from_bytes},
    store::{self, asset::Facts, asset_field::Field, place::PlaceRow},
};
use gameforge_domain::{AssetId, Metadata};
use gameforge_wire::{RenamePreview, RenameRow, Targets};
use sqlx::SqliteConnection;
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
};

/// How many lines a preview shows.
const SHOWN: usize = 200;
/// What no file name may hold, so that a library can be moved between systems.
const FORBIDDEN: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Why a name cannot be used.
fn problem(name: &str) -> Option<String> {
    let stem = super::pattern::split(name).0;
    if name.trim().is_empty() || stem.trim().is_empty() {
        Some("the name is empty".to_owned())
    } else if name == "." || name == ".." {
        Some("“.” and “..” are not names".to_owned())
    } else if let Some(wrong) = name
        .chars()
        .find(|c| c.is_control() || FORBIDDEN.contains(c))
    {
        Some(format!("a name cannot contain {wrong:?}"))
    } else if name.len() > 255 {
        Some("the name is too long; 255 bytes are the most".to_owned())
    } else if name.ends_with(['.', ' ']) || name.starts_with(' ') {
        Some("a name cannot begin with a space, or end with a space or a full stop".to_owned())
    } else {
        None
    }
}

/// One asset with its old and its new name, and the files that would follow.
struct Renaming {
    row: i64,
    id: AssetId,
    before: String,
    after: String,
    places: Vec<PlaceRow>,
    problem: Option<String>,
}

fn target(place: &PlaceRow, name: &str) -> PathBuf {
    path_from_bytes(&place.path).with_file_name(name)
}

pub(super) async fn one(
    conn: &mut SqliteConnection,
    id: AssetId,
    name: &str,
    file_too: bool,
) -> Result<Plan> {
    let rows = store::asset::rows_of(conn, &[id]).await?;
    let found = store::asset::facts(conn, &rows).await?.into_iter().next();
    let found = found.ok_or_else(|| Error::not_found("The asset"))?;
    let name = name.trim();
    let label = format!("Rename {} to {name}", found.name);
    let mut renamings = vec![Renaming {
        row: found.row,
        id,
        before: found.name,
        after: name.to_owned(),
        places: store::place::of(conn, &rows).await?,
        problem: problem(name),
    }];
    check(&mut renamings, file_too);
    refuse(&renamings)?;
    Ok(Plan::new(label, facts(&renamings, file_too)))
}

pub(super) async fn many(
    conn: &mut SqliteConnection,
    order: &[i64],
    pattern: &Pattern,
    file_too: bool,
) -> Result<Plan> {
    let mut renamings = gather(conn, order, pattern).await?;
    check(&mut renamings, file_too);
    refuse(&renamings)?;
    let count = renamings.iter().filter(|it| it.before != it.after).count();
    let label = format!("Rename {}", words::assets(count));
    Ok(Plan::new(label, facts(&renamings, file_too)))
}

async fn gather(
    conn: &mut SqliteConnection,
    order: &[i64],
    pattern: &Pattern,
) -> Result<Vec<Renaming>> {
    let rows = Rows::new(order.to_vec());
    let mut found: HashMap<i64, Facts> = store::asset::facts(conn, rows.as_slice())
        .await?
        .into_iter()
        .map(|it| (it.row, it))
        .collect();
    let mut places: HashMap<i64, Vec<PlaceRow>> = HashMap::new();
    for place in store::place::of(conn, rows.as_slice()).await? {
        places.entry(place.asset).or_default().push(place);
    }
    let mut renamings = Vec::with_capacity(order.len());
    for row in order {
        let Some(asset) = found.remove(row) else {
            continue;
        };
        let places = places.remove(row).unwrap_or_default();
        let after = new_name(&asset, &places, pattern, renamings.len() + 1);
        renamings.push(Renaming {
            row: *row,
            id: asset.id,
            problem: problem(&after),
            before: asset.name,
            after,
            places,
        });
    }
    Ok(renamings)
}

fn new_name(asset: &Facts, places: &[PlaceRow], pattern: &Pattern, number: usize) -> String {
    let (width, height) = match serde_json::from_str(&asset.metadata) {
        Ok(Metadata::Image(image)) => (image.width, image.height),
        Ok(Metadata::Video(video)) => (video.width, video.height),
        _ => (0, 0),
    };
    let folder = places.first().map_or("", |place| {
        place.folder.rsplit('/').next().unwrap_or_default()
    });
    let subject = Subject {
        name: &asset.name,
        folder,
        modified_ms: asset.modified_ms,
        width,
        height,
    };
    pattern.name(&subject, number)
}

/// Finds names that collide: two of the batch in one folder, or a file that is there already and does not move away.
fn check(renamings: &mut [Renaming], file_too: bool) {
    let leaving: HashSet<PathBuf> = renamings
        .iter()
        .filter(|it| it.before != it.after)
        .flat_map(|it| &it.places)
        .map(|place| path_from_bytes(&place.path))
        .collect();
    let mut taken: HashSet<String> = HashSet::new();
    for renaming in renamings {
        for place in renaming.places.iter().filter(|place| place.in_place == 1) {
            let to = target(place, &renaming.after);
            let free = taken.insert(to.to_string_lossy().to_lowercase());
            let moves = file_too && place.missing_ms.is_none() && renaming.before != renaming.after;
            if renaming.problem.is_some() {
                continue;
            }
            if !free {
                renaming.problem =
                    Some("another asset of this batch would have the same name".to_owned());
            } else if moves
                && path_from_bytes(&place.path) != to
                && !leaving.contains(&to)
                && to.symlink_metadata().is_ok()
                && !same_but_case(place, &to)
            {
                renaming.problem = Some(format!("there is a file “{}” already", to.display()));
            }
        }
    }
}

fn same_but_case(place: &PlaceRow, to: &std::path::Path) -> bool {
    path_from_bytes(&place.path)
        .to_string_lossy()
        .to_lowercase()
        == to.to_string_lossy().to_lowercase()
}

fn refuse(renamings: &[Renaming]) -> Result<()> {
    match renamings
        .iter()
        .find_map(|it| Some((it, it.problem.as_ref()?)))
    {
        None => Ok(()),
        Some((renaming, why)) => {
            let message = format!(
                "“{}” cannot be renamed to “{}”: {why}. Nothing was renamed.",
                renaming.before, renaming.after
            );
            Err(if why.starts_with("there is") {
                Error::Exists { message }
            } else {
                Error::Invalid { message }
            })
        }
    }
}

fn facts(renamings: &[Renaming], file_too: bool) -> Vec<Fact> {
    let changing: Vec<&Renaming> = renamings
        .iter()
        .filter(|it| it.before != it.after)
        .collect();
    let mut facts = Vec::new();
    if file_too {
        facts.extend(file_facts(&changing));
    }
    if !changing.is_empty() {
        facts.push(Fact::Field {
            field: Field::Name,
            moves: changing
                .into_iter()
                .map(|it| Move {
                    from: it.before.as_str().into(),
                    to: it.after.as_str().into(),
                    rows: Rows::new(vec![it.row]),
                })
                .collect(),
        });
    }
    facts
}

/// Files whose new name another file of the batch has at present first get a name in between.
fn file_facts(changing: &[&Renaming]) -> Vec<Fact> {
    let mut steps: Vec<(&PlaceRow, Vec<u8>)> = Vec::new();
    for renaming in changing {
        for place in &renaming.places {
            let to = path_bytes(&target(place, &renaming.after));
            if place.in_place == 1 && place.missing_ms.is_none() && to != place.path {
                steps.push((place, to));
            }
        }
    }
    let sources: HashSet<&[u8]> = steps
        .iter()
        .map(|(place, _)| place.path.as_slice())
        .collect();
    let mut first = Vec::new();
    let mut then = Vec::new();
    for (number, (place, to)) in steps.iter().enumerate() {
        let moved = |from: &[u8], to: &[u8]| Fact::FileMoved {
            from: from.to_vec(),
            to: to.to_vec(),
        };
        let between = sources.contains(to.as_slice()).then(|| {
            let path = path_from_bytes(&place.path);
            path_bytes(&path.with_file_name(format!(".renaming-{}-{number}", place.asset)))
        });
        let row = |path: &[u8]| PlaceRow {
            path: path.to_vec(),
            folder: folder_text(&path_from_bytes(path)),
            ..(*place).clone()
        };
        let changed = |from: PlaceRow, to: PlaceRow| Fact::Place {
            from: Some(from),
            to: Some(to),
        };
        match between {
            None => then.extend([moved(&place.path, to), changed((*place).clone(), row(to))]),
            Some(between) => {
                first.extend([
                    moved(&place.path, &between),
                    changed((*place).clone(), row(&between)),
                ]);
                then.extend([moved(&between, to), changed(row(&between), row(to))]);
            }
        }
    }
    first.extend(then);
    first
}

impl Library {
    /// What a batch rename would do, with every collision. `find` is replaced by `replace` in what the pattern gives.
    ///
    /// # Errors
    /// `Invalid` for a pattern that cannot be read, `NotFound` when no target is there.
    pub async fn rename_preview(
        &self,
        targets: Targets,
        pattern: &str,
        find: &str,
        replace: &str,
    ) -> Result<RenamePreview> {
        let pattern = Pattern::new(pattern, find, replace)?;
        let order = self.target_order(&targets).await?;
        let mut renamings = gather(&mut *self.reader().await?, &order, &pattern).await?;
        let renamings = tokio::task::spawn_blocking(move || {
            check(&mut renamings, true);
            renamings
        })
        .await?;
        let count = |of: &dyn Fn(&&Renaming) -> bool| {
            u32::try_from(renamings.iter().filter(of).count()).unwrap_or(u32::MAX)
        };
        Ok(RenamePreview {
            changes: count(&|it| it.before != it.after && it.problem.is_none()),
            problems: count(&|it| it.problem.is_some()),
            rows: renamings
                .iter()
                .take(SHOWN)
                .map(|it| RenameRow {
                    id: it.id,
                    before: it.before.clone(),
                    after: it.after.clone(),
                    problem: it.problem.clone(),
                })
                .collect(),
        })
    }
}
