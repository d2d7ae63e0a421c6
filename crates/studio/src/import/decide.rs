//! What becomes of a file, given what the library knows. Pure: gathers nothing, writes nothing.

use super::Outcome;
use crate::store::location::Place;
use gameforge_domain::Format;
use std::collections::{HashMap, HashSet};

/// A file that was examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// As stored.
    pub path: Vec<u8>,
    pub name: String,
    /// Hexadecimal, upper case.
    pub hash: String,
    pub format: Format,
    pub file_id: Option<Vec<u8>>,
}

/// What the library knows of a batch's files, kept current while deciding.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub by_path: HashMap<Vec<u8>, Place>,
    /// Places of assets with a content, oldest asset first.
    pub by_hash: HashMap<String, Vec<Place>>,
    pub by_file_id: HashMap<Vec<u8>, Vec<Place>>,
    /// Places of the assets that are found by path, to see whether they are the only ones.
    pub by_asset: HashMap<i64, Vec<Place>>,
    /// Rows of places whose file is not there.
    pub gone: HashSet<i64>,
    /// Assets that this batch makes, by their content.
    new: HashMap<String, usize>,
}

/// An asset that is there, or one that the batch makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    There(i64),
    /// Which of the batch's new assets.
    New(usize),
}

/// What is to be written for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A new asset, and its place.
    Make,
    /// A place of an asset, new or with new facts.
    Put(Target),
    /// A place went elsewhere, and the asset's name with it where it was the file's.
    Follow {
        place: i64,
        asset: i64,
        name: Option<String>,
    },
    /// An asset's content changed in its place.
    Change { asset: i64 },
    /// An asset's file was renamed and changed.
    FollowAndChange { place: i64, asset: i64 },
    /// An asset that had been removed comes back, with its place.
    Revive { asset: i64 },
}

/// A file's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub outcome: Outcome,
    /// None: there is nothing to write.
    pub deed: Option<Deed>,
}

const fn decision(outcome: Outcome, deed: Deed) -> Decision {
    Decision {
        outcome,
        deed: Some(deed),
    }
}

/// Decides on the files of a batch one after another. In a scan nobody asked for these very files: what was removed
/// from the library stays out.
pub(crate) fn decide(files: &[Candidate], known: &mut Known, scan: bool) -> Vec<Decision> {
    let mut made = 0;
    files
        .iter()
        .map(|file| {
            let decided = one(file, known, scan);
            match &decided.deed {
                Some(Deed::Make) => {
                    known.new.insert(file.hash.clone(), made);
                    made += 1;
                }
                Some(Deed::Follow { place, .. } | Deed::FollowAndChange { place, .. }) => {
                    // It is there now, at its new path: the next file must not take it again.
                    known.gone.remove(place);
                }
                _ => {}
            }
            decided
        })
        .collect()
}

fn one(file: &Candidate, known: &Known, scan: bool) -> Decision {
    if let Some(place) = known.by_path.get(&file.path) {
        return known_place(file, place, known, scan);
    }
    if let Some(number) = known.new.get(&file.hash) {
        return decision(Outcome::Duplicate, Deed::Put(Target::New(*number)));
    }
    let same = known
        .by_hash
        .get(&file.hash)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut alive = same.iter().filter(|place| !place.removed);
    if let Some(first) = alive.clone().next() {
        if let Some(place) = moved_from(
            file,
            alive
                .clone()
                .filter(|place| known.gone.contains(&place.row)),
        ) {
            let old_name = crate::files::name_text(&crate::files::path_from_bytes(&place.path));
            let name =
                (place.asset_name == old_name && old_name != file.name).then(|| file.name.clone());
            return decision(
                Outcome::Moved,
                Deed::Follow {
                    place: place.row,
                    asset: place.asset,
                    name,
                },
            );
        }
        let asset = alive.find(|place| place.in_place).unwrap_or(first).asset;
        return decision(Outcome::Duplicate, Deed::Put(Target::There(asset)));
    }
    if let Some(removed) = same.first() {
        return returned(removed.asset, scan);
    }
    if let Some(place) = renamed_and_changed(file, known) {
        return decision(
            Outcome::Updated,
            Deed::FollowAndChange {
                place: place.row,
                asset: place.asset,
            },
        );
    }
    decision(Outcome::Imported, Deed::Make)
}

fn returned(asset: i64, scan: bool) -> Decision {
    if scan {
        return Decision {
            outcome: Outcome::Unchanged,
            deed: None,
        };
    }
    decision(Outcome::Imported, Deed::Revive { asset })
}

fn known_place(file: &Candidate, place: &Place, known: &Known, scan: bool) -> Decision {
    if place.removed && (scan || place.hash == file.hash) {
        return returned(place.asset, scan);
    }
    if place.hash == file.hash {
        return decision(Outcome::Unchanged, Deed::Put(Target::There(place.asset)));
    }
    // The asset has the old bytes in other places as well: they stay, and this file goes its own way.
    let elsewhere = known.by_asset.get(&place.asset).is_some_and(|places| {
        places.iter().any(|other| {
            other.row != place.row && other.in_place && !known.gone.contains(&other.row)
        })
    });
    if !place.removed && !elsewhere {
        return decision(Outcome::Updated, Deed::Change { asset: place.asset });
    }
    if let Some(number) = known.new.get(&file.hash) {
        return decision(Outcome::Duplicate, Deed::Put(Target::New(*number)));
    }
    match known
        .by_hash
        .get(&file.hash)
        .and_then(|same| same.iter().find(|other| !other.removed))
    {
        Some(other) => decision(Outcome::Duplicate, Deed::Put(Target::There(other.asset))),
        None => decision(Outcome::Imported, Deed::Make),
    }
}

/// The place that a file most likely came from: by identity, then by name, then any.
fn moved_from<'a>(
    file: &Candidate,
    gone: impl Iterator<Item = &'a Place> + Clone,
) -> Option<&'a Place> {
    let named = |place: &&Place| {
        crate::files::name_text(&crate::files::path_from_bytes(&place.path)) == file.name
    };
    gone.clone()
        .find(|place| place.file_id.is_some() && place.file_id == file.file_id)
        .or_else(|| gone.clone().find(named))
        .or_else(|| gone.clone().next())
}

/// A file of another folder with the same name, format and identity, while the old one is gone. Identity alone is
/// not enough: file systems give the inode of a deleted file to the next new one.
fn renamed_and_changed<'a>(file: &Candidate, known: &'a Known) -> Option<&'a Place> {
    let same = known.by_file_id.get(file.file_id.as_ref()?)?;
    same.iter().find(|place| {
        let name = crate::files::name_text(&crate::files::path_from_bytes(&place.path));
        known.gone.contains(&place.row)
            && !place.removed
            && place.format == i64::from(file.format as u8)
            && name == file.name
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(path: &str, hash: &str) -> Candidate {
        let name = path.rsplit('/').next().unwrap().to_owned();
        Candidate {
            path: path.into(),
            name,
            hash: hash.into(),
            format: Format::Png,
            file_id: None,
        }
    }

    fn place(row: i64, asset: i64, path: &str, hash: &str) -> Place {
        Place {
            row,
            path: path.into(),
            in_place: true,
            size: 1,
            mtime_ns: 1,
            file_id: Some(row.to_be_bytes().to_vec()),
            missing: false,
            asset,
            asset_name: path.rsplit('/').next().unwrap().into(),
            removed: false,
            content: 1,
            hash: hash.into(),
            format: i64::from(Format::Png as u8),
        }
    }

    fn known(places: &[Place], gone: &[i64]) -> Known {
        let mut known = Known {
            gone: gone.iter().copied().collect(),
            ..Known::default()
        };
        for place in places {
            known.by_path.insert(place.path.clone(), place.clone());
            known
                .by_hash
                .entry(place.hash.clone())
                .or_default()
                .push(place.clone());
            known
                .by_file_id
                .entry(place.file_id.clone().unwrap())
                .or_default()
                .push(place.clone());
            known
                .by_asset
                .entry(place.asset)
                .or_default()
                .push(place.clone());
        }
        known
    }

    fn only(file: Candidate, mut known: Known, scan: bool) -> Decision {
        decide(&[file], &mut known, scan).remove(0)
    }

    #[test]
    fn never_seen() {
        assert_eq!(
            only(file("/a.png", "A"), known(&[], &[]), false),
            decision(Outcome::Imported, Deed::Make)
        );
    }

    #[test]
    fn twice_in_one_batch() {
        let decided = decide(
            &[
                file("/a.png", "A"),
                file("/b.png", "B"),
                file("/c.png", "B"),
            ],
            &mut known(&[], &[]),
            false,
        );
        assert_eq!(
            decided[2],
            decision(Outcome::Duplicate, Deed::Put(Target::New(1)))
        );
    }

    #[test]
    fn same_place_same_bytes() {
        let there = known(&[place(1, 7, "/a.png", "A")], &[]);
        assert_eq!(
            only(file("/a.png", "A"), there, false),
            decision(Outcome::Unchanged, Deed::Put(Target::There(7)))
        );
    }

    #[test]
    fn same_place_other_bytes() {
        let there = || known(&[place(1, 7, "/a.png", "A")], &[]);
        assert_eq!(
            only(file("/a.png", "B"), there(), false),
            decision(Outcome::Updated, Deed::Change { asset: 7 })
        );
        // The old bytes live on elsewhere: this is another asset now.
        let two = [place(1, 7, "/a.png", "A"), place(2, 7, "/b.png", "A")];
        assert_eq!(
            only(file("/a.png", "B"), known(&two, &[]), false),
            decision(Outcome::Imported, Deed::Make)
        );
        assert_eq!(
            only(file("/a.png", "B"), known(&two, &[2]), false),
            decision(Outcome::Updated, Deed::Change { asset: 7 })
        );
    }

    #[test]
    fn same_bytes_elsewhere() {
        let there = [place(1, 7, "/a.png", "A")];
        assert_eq!(
            only(file("/b.png", "A"), known(&there, &[]), false),
            decision(Outcome::Duplicate, Deed::Put(Target::There(7)))
        );
        assert_eq!(
            only(file("/b.png", "A"), known(&there, &[1]), false),
            decision(
                Outcome::Moved,
                Deed::Follow {
                    place: 1,
                    asset: 7,
                    name: Some("b.png".into())
                }
            )
        );
        let mut renamed = there.clone();
        renamed[0].asset_name = "Hero".into();
        assert_eq!(
            only(file("/b.png", "A"), known(&renamed, &[1]), false),
            decision(
                Outcome::Moved,
                Deed::Follow {
                    place: 1,
                    asset: 7,
                    name: None
                }
            ),
            "a name that a person gave stays"
        );
    }

    #[test]
    fn a_folder_with_equal_files_moves_as_a_whole() {
        let there = [
            place(1, 7, "/old/a.png", "A"),
            place(2, 7, "/old/b.png", "A"),
        ];
        let decided = decide(
            &[
                file("/new/b.png", "A"),
                file("/new/a.png", "A"),
                file("/new/c.png", "A"),
            ],
            &mut known(&there, &[1, 2]),
            true,
        );
        let follow = |place| {
            decision(
                Outcome::Moved,
                Deed::Follow {
                    place,
                    asset: 7,
                    name: None,
                },
            )
        };
        assert_eq!(decided[0], follow(2), "by name");
        assert_eq!(
            decided[1],
            Decision {
                outcome: Outcome::Moved,
                deed: Some(Deed::Follow {
                    place: 1,
                    asset: 7,
                    name: None
                })
            }
        );
        assert_eq!(decided[2].outcome, Outcome::Duplicate);
    }

    #[test]
    fn a_reused_inode_is_not_a_rename() {
        let there = [place(1, 7, "/old/goblin.png", "A")];
        let with_id = |path: &str| Candidate {
            file_id: Some(1i64.to_be_bytes().to_vec()),
            ..file(path, "B")
        };
        assert_eq!(
            only(with_id("/new/dragon.png"), known(&there, &[1]), false).outcome,
            Outcome::Imported
        );
        assert_eq!(
            only(with_id("/new/goblin.png"), known(&there, &[1]), false),
            decision(
                Outcome::Updated,
                Deed::FollowAndChange { place: 1, asset: 7 }
            )
        );
        assert_eq!(
            only(with_id("/new/goblin.png"), known(&there, &[]), false).outcome,
            Outcome::Imported
        );
    }

    #[test]
    fn what_was_removed_returns_only_when_asked_for() {
        let mut there = [place(1, 7, "/a.png", "A")];
        there[0].removed = true;
        assert_eq!(
            only(file("/a.png", "A"), known(&there, &[]), true),
            Decision {
                outcome: Outcome::Unchanged,
                deed: None
            }
        );
        assert_eq!(
            only(file("/a.png", "A"), known(&there, &[]), false),
            decision(Outcome::Imported, Deed::Revive { asset: 7 })
        );
        assert_eq!(
            only(file("/b.png", "A"), known(&there, &[]), true).deed,
            None
        );
    }

    proptest! {
        /// Importing a set of files and then the same set again changes nothing, in any order and with any repeats.
        #[test]
        fn a_second_time_is_unchanged(hashes in proptest::collection::vec(0u8..6, 1..30)) {
            let files: Vec<Candidate> = hashes.iter().enumerate().map(|(n, hash)| file(&format!("/{n}.png"), &format!("{hash}"))).collect();
            let first = decide(&files, &mut known(&[], &[]), false);
            let mut assets = HashMap::new();
            let mut places = Vec::new();
            for (number, (file, decided)) in files.iter().zip(&first).enumerate() {
                let row = number as i64 + 1;
                if decided.deed == Some(Deed::Make) {
                    prop_assert!(assets.insert(file.hash.clone(), row).is_none(), "one asset a content");
                }
                places.push(place(row, assets[&file.hash], std::str::from_utf8(&file.path).unwrap(), &file.hash));
            }
            let second = decide(&files, &mut known(&places, &[]), false);
            prop_assert!(second.iter().all(|decided| decided.outcome == Outcome::Unchanged));
        }
    }
}
