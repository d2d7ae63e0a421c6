//! Writing a batch of examined files, in one transaction: what is known is gathered, decided on and written under the
//! writer's lock, so that two programs at work on one library cannot make two assets of one content.

use super::{
    Outcome, Task,
    decide::{Candidate, Decision, Deed, Known, Target, decide},
    running::Running,
};
use crate::{
    Library, Result,
    files::{examine::Examined, folder_text, hex, name_text, path_bytes, path_from_bytes},
    store::{
        self,
        asset::NewAsset,
        content::{NewContent, preview},
        job::{Dealt, Line},
        location::{NewPlace, Place},
        version::NewVersion,
    },
};
use gameforge_domain::{AssetId, Format};
use gameforge_media::{Appetite, appetite, broken_promise};
use sqlx::SqliteConnection;
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
};
use uuid::Uuid;

/// Files and lines that are written together.
#[derive(Default)]
pub(super) struct Batch {
    pub examined: Vec<(PathBuf, Examined)>,
    pub lines: Vec<Line>,
}

/// Places of one content whose files are looked for; an asset with more copies than this has places enough.
const LOOKED_FOR: usize = 64;

impl Batch {
    pub fn len(&self) -> usize {
        self.examined.len() + self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Writes a batch and counts its files.
pub(super) async fn write(
    library: &Library,
    running: &Running,
    batch: Batch,
    task: &Task,
) -> Result<()> {
    let now = library.now_ms();
    let mut tx = library.write_bulk().await?;
    store::job::add_lines(&mut tx, running.row(), &batch.lines).await?;
    let candidates: Vec<Candidate> = batch
        .examined
        .iter()
        .map(|(path, examined)| candidate(path, examined))
        .collect();
    let mut known = gather(&mut tx, &candidates).await?;
    let decisions = decide(&candidates, &mut known, task.is_scan());
    let plan = Plan {
        batch: &batch,
        candidates: &candidates,
        decisions: &decisions,
        in_place: u8::from(!task.copies()),
        now,
    };
    let written = plan.apply(&mut tx).await?;
    store::change::append(&mut tx, &written.assets).await?;
    store::job::deal(&mut tx, running.row(), &written.dealt).await?;
    tx.commit().await?;

    for ((outcome, waits), (_, examined)) in written.outcomes.iter().zip(&batch.examined) {
        running.count(*outcome, 1, u32::from(*waits), examined.stat.size);
    }
    for line in &batch.lines {
        running.count(
            if line.skipped == 1 {
                Outcome::Skipped
            } else {
                Outcome::Failed
            },
            1,
            0,
            0,
        );
    }
    if !written.assets.is_empty() {
        library.assets_changed();
        library.0.files.readings.wake();
    }
    Ok(())
}

fn candidate(path: &std::path::Path, examined: &Examined) -> Candidate {
    Candidate {
        path: path_bytes(path),
        name: name_text(path),
        hash: hex(examined.hash.as_bytes()),
        format: examined.format,
        file_id: examined.stat.file_id.clone(),
    }
}

async fn gather(conn: &mut SqliteConnection, candidates: &[Candidate]) -> Result<Known> {
    let mut known = Known::default();
    if candidates.is_empty() {
        return Ok(known);
    }
    let paths: Vec<String> = candidates.iter().map(|file| hex(&file.path)).collect();
    let hashes: HashSet<String> = candidates.iter().map(|file| file.hash.clone()).collect();
    let ids: HashSet<String> = candidates
        .iter()
        .filter_map(|file| file.file_id.as_deref())
        .map(hex)
        .collect();
    for place in store::location::by_paths(conn, &paths).await? {
        known.by_path.insert(place.path.clone(), place);
    }
    for place in store::location::by_hashes(conn, &hashes.into_iter().collect::<Vec<_>>()).await? {
        known
            .by_hash
            .entry(place.hash.clone())
            .or_default()
            .push(place);
    }
    for place in store::location::by_file_ids(conn, &ids.into_iter().collect::<Vec<_>>()).await? {
        known
            .by_file_id
            .entry(place.file_id.clone().unwrap_or_default())
            .or_default()
            .push(place);
    }
    let assets: HashSet<i64> = known.by_path.values().map(|place| place.asset).collect();
    for place in store::location::of_assets(conn, &assets.into_iter().collect::<Vec<_>>()).await? {
        known.by_asset.entry(place.asset).or_default().push(place);
    }
    known.gone = gone(&known);
    Ok(known)
}

/// Which of the places have no file. Those that the batch has just met are there.
fn gone(known: &Known) -> HashSet<i64> {
    let lists = known
        .by_hash
        .values()
        .chain(known.by_file_id.values())
        .chain(known.by_asset.values());
    let mut asked: HashMap<i64, bool> = HashMap::new();
    for places in lists {
        for place in places.iter().take(LOOKED_FOR) {
            asked.entry(place.row).or_insert_with(|| is_gone(place));
        }
    }
    asked
        .into_iter()
        .filter_map(|(row, gone)| gone.then_some(row))
        .collect()
}

fn is_gone(place: &Place) -> bool {
    std::fs::metadata(path_from_bytes(&place.path))
        .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

struct Plan<'a> {
    batch: &'a Batch,
    candidates: &'a [Candidate],
    decisions: &'a [Decision],
    in_place: u8,
    now: i64,
}

#[derive(Default)]
struct Written {
    /// Assets that changed.
    assets: Vec<i64>,
    dealt: Vec<Dealt>,
    /// Of each file: its way, and whether it waits to be read.
    outcomes: Vec<(Outcome, bool)>,
}

/// What is written at the end, all at once.
#[derive(Default)]
struct Lists {
    places: Vec<NewPlace>,
    versions: Vec<NewVersion>,
}

impl Plan<'_> {
    fn rows(&self) -> impl Iterator<Item = (usize, &Candidate, &Examined, &Deed)> {
        let files = self.candidates.iter().zip(&self.batch.examined);
        files.zip(self.decisions).enumerate().filter_map(
            |(at, ((file, (_, examined)), decision))| {
                Some((at, file, examined, decision.deed.as_ref()?))
            },
        )
    }

    async fn apply(&self, conn: &mut SqliteConnection) -> Result<Written> {
        let contents = self.contents(conn).await?;
        let content_of = |file: &Candidate| contents.get(&file.hash).map_or(0, |known| known.row);
        let new: Vec<NewAsset> = self
            .rows()
            .filter(|(.., deed)| matches!(deed, Deed::Make))
            .map(|(_, file, examined, _)| NewAsset {
                id: AssetId::from_uuid(Uuid::now_v7()),
                content: content_of(file),
                name: file.name.clone(),
                added_ms: self.now,
                modified_ms: examined.stat.modified_ms(),
            })
            .collect();
        let made = if new.is_empty() {
            Vec::new()
        } else {
            store::asset::insert(conn, &new).await?
        };

        let mut written = Written::default();
        let mut lists = Lists::default();
        let mut next = made.iter().copied();
        for (at, file, examined, deed) in self.rows() {
            let asset = match deed {
                Deed::Make => next.next().unwrap_or_default(),
                Deed::Put(Target::There(asset))
                | Deed::Follow { asset, .. }
                | Deed::Change { asset }
                | Deed::FollowAndChange { asset, .. }
                | Deed::Revive { asset } => *asset,
                Deed::Put(Target::New(number)) => made.get(*number).copied().unwrap_or_default(),
            };
            let place = self.place(at, file, examined, asset);
            let version = NewVersion {
                asset,
                content: content_of(file),
                cause: match deed {
                    Deed::Make => "imported",
                    _ => "changed on disk",
                },
                at_ms: self.now,
            };
            let modified_ms = examined.stat.modified_ms();
            self.carry_out(conn, deed, place, version, modified_ms, &mut lists)
                .await?;
            written.assets.push(asset);
        }
        store::location::put(conn, &lists.places).await?;
        store::version::insert(conn, &lists.versions).await?;
        self.deal(&contents, &mut written);
        Ok(written)
    }

    /// Writes what one file means for its asset; places and versions are gathered, to be written together.
    async fn carry_out(
        &self,
        conn: &mut SqliteConnection,
        deed: &Deed,
        place: NewPlace,
        version: NewVersion,
        modified_ms: i64,
        lists: &mut Lists,
    ) -> Result<()> {
        let asset = place.asset;
        match deed {
            Deed::Make => {
                lists.places.push(place);
                lists.versions.push(version);
            }
            Deed::Put(_) => lists.places.push(place),
            Deed::Follow {
                place: row, name, ..
            } => {
                store::location::follow(conn, *row, &place).await?;
                if let Some(name) = name {
                    store::asset::follow_name(conn, asset, name, self.now).await?;
                }
            }
            Deed::Change { .. } | Deed::FollowAndChange { .. } => {
                if let Deed::FollowAndChange { place: row, .. } = deed {
                    store::location::follow(conn, *row, &place).await?;
                } else {
                    lists.places.push(place);
                }
                let content = version.content;
                store::asset::set_content(conn, asset, content, modified_ms, self.now).await?;
                lists.versions.push(version);
            }
            Deed::Revive { .. } => {
                store::asset::revive(conn, asset, self.now).await?;
                lists.places.push(place);
            }
        }
        Ok(())
    }

    /// Writes the contents that are to be had, and sends those that could not be read before to the readers again.
    async fn contents(
        &self,
        conn: &mut SqliteConnection,
    ) -> Result<HashMap<String, store::content::Known>> {
        let mut new: HashMap<&str, NewContent> = HashMap::new();
        for (_, file, examined, _) in self.rows() {
            let entry = new.entry(&file.hash).or_insert_with(|| NewContent {
                hash: file.hash.clone(),
                size: i64::try_from(examined.stat.size).unwrap_or(i64::MAX),
                format: file.format as u8,
                stored: 0,
                preview: first_state(file.format, &file.name),
            });
            entry.stored |= u8::from(examined.stored);
        }
        let new: Vec<NewContent> = new.into_values().collect();
        let known = store::content::insert(conn, &new).await?;
        let failed: Vec<i64> = known
            .iter()
            .filter(|known| known.preview == preview::FAILED)
            .map(|known| known.row)
            .collect();
        if !failed.is_empty() {
            store::content::read_again(conn, &failed).await?;
        }
        Ok(known
            .into_iter()
            .map(|mut known| {
                if known.preview == preview::FAILED {
                    known.preview = preview::WAITING;
                }
                (known.hash.clone(), known)
            })
            .collect())
    }

    fn place(&self, at: usize, file: &Candidate, examined: &Examined, asset: i64) -> NewPlace {
        NewPlace {
            asset,
            path: hex(&file.path),
            folder: self
                .batch
                .examined
                .get(at)
                .map(|(path, _)| folder_text(path))
                .unwrap_or_default(),
            in_place: self.in_place,
            size: i64::try_from(examined.stat.size).unwrap_or(i64::MAX),
            mtime_ns: examined.stat.mtime_ns,
            file_id: examined.stat.file_id.as_deref().map(hex),
        }
    }

    /// Each file's way, and for a later run of the same job that it was dealt with. Unchanged files are seen to be
    /// unchanged again and need no note.
    fn deal(&self, contents: &HashMap<String, store::content::Known>, written: &mut Written) {
        for (file, decision) in self.candidates.iter().zip(self.decisions) {
            let reads = matches!(decision.outcome, Outcome::Imported | Outcome::Updated);
            let waiting = contents
                .get(&file.hash)
                .filter(|known| reads && known.preview == preview::WAITING);
            written.outcomes.push((decision.outcome, waiting.is_some()));
            if decision.outcome != Outcome::Unchanged {
                written.dealt.push(Dealt {
                    path: hex(&file.path),
                    outcome: decision.outcome as u8,
                    content: waiting.map(|known| known.row),
                });
            }
        }
    }
}

/// A file that no reader wants is ready at once, unless its name promises what its bytes are not.
fn first_state(format: Format, name: &str) -> i64 {
    if appetite(format) == Appetite::Nothing && broken_promise(format, name).is_none() {
        preview::NONE
    } else {
        preview::WAITING
    }
}
