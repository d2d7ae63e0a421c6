//! Every edit, its words, its undo; and that what was acknowledged is there after the program was cut off.

use crate::support::{Place, dump, found, ids, search};
use gameforge_domain::{AssetId, CollectionId, TagPath};
use gameforge_studio::Library;
use gameforge_wire::{Edit, EditDone, ErrorCode, Targets};
use std::{io::BufRead, process::Stdio};

pub fn tag(text: &str) -> TagPath {
    text.parse().unwrap()
}

async fn edit(library: &Library, edit: Edit) -> EditDone {
    library.edit(edit).await.unwrap()
}

fn label(done: &EditDone) -> &str {
    &done.step.as_ref().expect("something changed").label
}

async fn collection(library: &Library, name: &str) -> CollectionId {
    let summary = library.summary().await.unwrap();
    summary
        .collections
        .iter()
        .find(|it| it.name == name)
        .unwrap()
        .id
}

#[tokio::test]
async fn tags_are_added_searched_renamed_merged_and_taken_back() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png", "tree.png"]).await;
    let targets = || ids(&assets[..2]);
    let done = edit(
        &library,
        Edit::AddTags {
            targets: targets(),
            tags: vec![tag("Enemy/Boss")],
        },
    )
    .await;
    assert_eq!(label(&done), "Add tag Enemy/Boss to 2 assets");
    assert_eq!(done.changed, 2);
    assert_eq!(
        found(&library, "tag:enemy").await,
        ["elf.png", "orc.png"],
        "at once, and by the tag above"
    );
    let again = edit(
        &library,
        Edit::AddTags {
            targets: targets(),
            tags: vec![tag("enemy/boss")],
        },
    )
    .await;
    assert!(
        again.step.is_none(),
        "another case is the same tag: nothing changed"
    );
    edit(
        &library,
        Edit::AddTags {
            targets: ids(&assets[2..]),
            tags: vec![tag("foe")],
        },
    )
    .await;
    let before = dump(&place).await;
    // Onto a tag that is there: the two become one.
    edit(
        &library,
        Edit::RenameTag {
            tag: tag("enemy/boss"),
            to: tag("foe"),
        },
    )
    .await;
    assert_eq!(
        found(&library, "tag:foe").await,
        ["elf.png", "orc.png", "tree.png"]
    );
    assert_eq!(found(&library, "tag:enemy").await, [""; 0]);
    library.undo().await.unwrap().unwrap();
    assert_eq!(dump(&place).await, before);
    assert_eq!(found(&library, "tag:foe").await, ["tree.png"]);
    // Into itself, and out again.
    edit(
        &library,
        Edit::AddTags {
            targets: ids(&assets[..1]),
            tags: vec![tag("foe/foe")],
        },
    )
    .await;
    edit(
        &library,
        Edit::RenameTag {
            tag: tag("foe"),
            to: tag("foe/foe"),
        },
    )
    .await;
    assert_eq!(found(&library, "tag:foe/foe/foe").await, ["orc.png"]);
    assert_eq!(
        found(&library, "tag:foe/foe").await,
        ["orc.png", "tree.png"]
    );
    edit(&library, Edit::DeleteTag { tag: tag("foe") }).await;
    assert_eq!(found(&library, "tag:foe").await, [""; 0]);
    for _ in 0..3 {
        library.undo().await.unwrap().unwrap();
    }
    assert_eq!(dump(&place).await, before);
    library.close().await.unwrap();
}

#[tokio::test]
async fn values_that_cannot_be_used_are_refused_and_change_nothing() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png"]).await;
    let before = dump(&place).await;
    let targets = || ids(&assets);
    let long = "x".repeat(2_000);
    for wrong in [
        Edit::SetRating {
            targets: targets(),
            rating: 6,
        },
        Edit::SetLabel {
            targets: targets(),
            label: 8,
        },
        Edit::SetAuthor {
            targets: targets(),
            author: long.clone(),
        },
        Edit::SetSource {
            targets: targets(),
            source: "two\nlines".to_owned(),
        },
        Edit::AddTags {
            targets: targets(),
            tags: vec![],
        },
        Edit::Rename {
            target: assets[0],
            name: "a/b.png".to_owned(),
            file_too: false,
        },
        Edit::Rename {
            target: assets[0],
            name: "  ".to_owned(),
            file_too: false,
        },
        Edit::CreateCollection {
            name: String::new(),
            parent: None,
        },
        Edit::CreateSmartFolder {
            name: "a".to_owned(),
            query: String::new(),
            sort: "sideways".to_owned(),
        },
        Edit::Merge {
            keep: assets[0],
            others: vec![assets[0]],
        },
    ] {
        let error = library.edit(wrong.clone()).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Invalid, "{wrong:?}");
    }
    let gone = AssetId::from_uuid(uuid::Uuid::now_v7());
    let error = library
        .edit(Edit::SetRating {
            targets: ids(&[gone]),
            rating: 1,
        })
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
    assert_eq!(dump(&place).await, before);
    assert!(library.history(10).await.unwrap().is_empty());
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_search_result_is_edited_as_a_whole_but_for_some() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["a.png", "b.png", "c.png", "d.wav"]).await;
    let result = search(&library, "kind:image").await;
    assert_eq!(result.total, 3);
    let done = edit(
        &library,
        Edit::SetRating {
            targets: Targets::Results {
                handle: result.handle,
                except: vec![assets[1]],
            },
            rating: 4,
        },
    )
    .await;
    assert_eq!(label(&done), "Rate 2 assets with 4 stars");
    assert_eq!(found(&library, "rating:4").await, ["a.png", "c.png"]);
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_new_edit_after_undo_drops_what_could_be_done_again() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png"]).await;
    let rate = |rating| Edit::SetRating {
        targets: ids(&assets),
        rating,
    };
    for stars in [1, 2, 3] {
        edit(&library, rate(stars)).await;
    }
    library.undo().await.unwrap();
    library.undo().await.unwrap();
    assert_eq!(library.asset(assets[0]).await.unwrap().card.rating, 1);
    assert_eq!(
        library.redo().await.unwrap().unwrap().label,
        "Rate 1 asset with 2 stars"
    );
    edit(&library, rate(5)).await;
    assert!(
        library.redo().await.unwrap().is_none(),
        "three stars are history"
    );
    let steps: Vec<String> = library
        .history(10)
        .await
        .unwrap()
        .into_iter()
        .map(|step| step.label)
        .collect();
    assert_eq!(
        steps,
        [
            "Rate 1 asset with 5 stars",
            "Rate 1 asset with 2 stars",
            "Rate 1 asset with 1 star"
        ]
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_rename_takes_the_file_along_and_never_writes_over_another() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png"]).await;
    let rename = |name: &str| Edit::Rename {
        target: assets[0],
        name: name.to_owned(),
        file_too: true,
    };
    let error = library.edit(rename("elf.png")).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Exists);
    let before = dump(&place).await;
    edit(&library, rename("troll.png")).await;
    assert!(place.art().join("troll.png").exists() && !place.art().join("orc.png").exists());
    let detail = library.asset(assets[0]).await.unwrap();
    assert!(
        detail.locations[0].path.ends_with("troll.png"),
        "{:?}",
        detail.locations
    );
    library.undo().await.unwrap();
    assert_eq!(dump(&place).await, before);
    // The old name is taken meanwhile: redo and undo must say so and change nothing.
    library.redo().await.unwrap();
    std::fs::write(place.art().join("orc.png"), "somebody else's").unwrap();
    let before = dump(&place).await;
    assert_eq!(library.undo().await.unwrap_err().code(), ErrorCode::Exists);
    assert_eq!(dump(&place).await, before);
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_batch_rename_may_shift_numbers_and_shows_collisions_first() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["t1.png", "t2.png", "t3.png"]).await;
    let targets = || ids(&assets[..2]);
    let preview = library
        .rename_preview(targets(), "t3", "", "")
        .await
        .unwrap();
    assert_eq!((preview.changes, preview.problems), (0, 2), "{preview:?}");
    let before = dump(&place).await;
    // t1 → t2, t2 → t3, t3 → t4: each name is taken until its owner moved on.
    let shift = |pattern: &str, find: &str, replace: &str| Edit::RenameMany {
        targets: ids(&assets),
        pattern: pattern.to_owned(),
        find: find.to_owned(),
        replace: replace.to_owned(),
        file_too: true,
    };
    let done = edit(&library, shift("x{n}", "x", "t1")).await;
    assert_eq!(label(&done), "Rename 3 assets");
    assert_eq!(found(&library, "").await, ["t11.png", "t12.png", "t13.png"]);
    edit(&library, shift("t{n}", "", "")).await;
    let swapped = Edit::RenameMany {
        targets: ids(&[assets[1], assets[0]]),
        pattern: "t{n}".to_owned(),
        find: String::new(),
        replace: String::new(),
        file_too: true,
    };
    edit(&library, swapped).await;
    assert_eq!(
        std::fs::read_to_string(place.art().join("t1.png")).unwrap(),
        "what is in t2.png"
    );
    assert_eq!(
        std::fs::read_to_string(place.art().join("t2.png")).unwrap(),
        "what is in t1.png"
    );
    for _ in 0..3 {
        library.undo().await.unwrap().unwrap();
    }
    assert_eq!(dump(&place).await, before);
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_file_goes_to_the_trash_and_comes_back() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png"]).await;
    let before = dump(&place).await;
    let done = edit(
        &library,
        Edit::Trash {
            targets: ids(&assets[..1]),
        },
    )
    .await;
    assert_eq!(label(&done), "Move 1 asset to the trash");
    assert!(done.problems.is_empty(), "{:?}", done.problems);
    assert!(!place.art().join("orc.png").exists());
    assert_eq!(found(&library, "").await, ["elf.png"]);
    let step = library.undo().await.unwrap().unwrap();
    if cfg!(not(target_os = "macos")) {
        assert_eq!(step.label, "Move 1 asset to the trash");
        assert_eq!(dump(&place).await, before);
    }
    library.close().await.unwrap();
}

#[tokio::test]
async fn merging_keeps_what_people_said() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "orc-2.png", "orc-3.png"]).await;
    edit(
        &library,
        Edit::CreateCollection {
            name: "Level 1".to_owned(),
            parent: None,
        },
    )
    .await;
    let id = collection(&library, "Level 1").await;
    edit(
        &library,
        Edit::AddToCollection {
            id,
            targets: ids(&assets[1..]),
        },
    )
    .await;
    edit(
        &library,
        Edit::AddTags {
            targets: ids(&assets[1..2]),
            tags: vec![tag("enemy")],
        },
    )
    .await;
    edit(
        &library,
        Edit::SetRating {
            targets: ids(&assets[2..]),
            rating: 5,
        },
    )
    .await;
    edit(
        &library,
        Edit::SetNotes {
            targets: ids(&assets[1..2]),
            notes: "from the jam".to_owned(),
        },
    )
    .await;
    edit(
        &library,
        Edit::SetLicence {
            targets: ids(&assets[2..]),
            licence: Some("CC0-1.0".to_owned()),
        },
    )
    .await;
    let before = dump(&place).await;
    let done = edit(
        &library,
        Edit::Merge {
            keep: assets[0],
            others: assets[1..].to_vec(),
        },
    )
    .await;
    assert_eq!(label(&done), "Merge 2 assets into orc.png");
    let kept = library.asset(assets[0]).await.unwrap();
    assert_eq!(kept.card.rating, 5);
    assert_eq!(kept.tags, [tag("enemy")]);
    assert_eq!(kept.collections, ["Level 1"]);
    assert_eq!(
        (kept.notes.as_str(), kept.licence.as_deref()),
        ("from the jam", Some("CC0-1.0"))
    );
    assert_eq!(
        library.asset(assets[1]).await.unwrap_err().code(),
        ErrorCode::NotFound
    );
    assert_eq!(found(&library, "collection:\"Level 1\"").await, ["orc.png"]);
    library.undo().await.unwrap();
    assert_eq!(dump(&place).await, before);
    library.close().await.unwrap();
}

#[tokio::test]
async fn collections_move_in_their_tree_but_not_into_themselves() {
    let place = Place::new();
    let library = place.open().await;
    for name in ["a", "b", "c"] {
        edit(
            &library,
            Edit::CreateCollection {
                name: name.to_owned(),
                parent: None,
            },
        )
        .await;
    }
    let (a, b, c) = (
        collection(&library, "a").await,
        collection(&library, "b").await,
        collection(&library, "c").await,
    );
    edit(
        &library,
        Edit::MoveCollection {
            id: b,
            parent: Some(a),
            before: None,
        },
    )
    .await;
    let wrong = Edit::MoveCollection {
        id: a,
        parent: Some(b),
        before: None,
    };
    assert_eq!(
        library.edit(wrong).await.unwrap_err().code(),
        ErrorCode::Invalid
    );
    edit(
        &library,
        Edit::MoveCollection {
            id: c,
            parent: None,
            before: Some(a),
        },
    )
    .await;
    let order: Vec<String> = library
        .summary()
        .await
        .unwrap()
        .collections
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(order, ["c", "a", "b"], "depth first");
    // Seventy moves to the same spot leave no numbers between two neighbours: the order holds all the same.
    edit(
        &library,
        Edit::MoveCollection {
            id: b,
            parent: None,
            before: None,
        },
    )
    .await;
    for turn in 0..70 {
        let (id, before) = if turn % 2 == 0 { (b, a) } else { (c, a) };
        edit(
            &library,
            Edit::MoveCollection {
                id,
                parent: None,
                before: Some(before),
            },
        )
        .await;
        let order: Vec<CollectionId> = library
            .summary()
            .await
            .unwrap()
            .collections
            .iter()
            .map(|it| it.id)
            .collect();
        let other = if id == b { c } else { b };
        assert_eq!(order, [other, id, a]);
    }
    edit(&library, Edit::DeleteCollection { id: a }).await;
    assert_eq!(library.summary().await.unwrap().collections.len(), 2);
    library.undo().await.unwrap();
    assert_eq!(library.summary().await.unwrap().collections.len(), 3);
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_missing_file_is_found_again_below_a_folder() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png"]).await;
    let moved = place.art().join("moved/deep");
    std::fs::create_dir_all(&moved).unwrap();
    std::fs::rename(place.art().join("orc.png"), moved.join("renamed.png")).unwrap();
    let mut conn = place.connect().await;
    sqlx::query("UPDATE location SET missing_ms = 5 WHERE path LIKE '%orc.png'")
        .execute(&mut conn)
        .await
        .unwrap();
    sqlx::query("INSERT INTO change (asset) SELECT row FROM asset")
        .execute(&mut conn)
        .await
        .unwrap();
    assert_eq!(found(&library, "is:missing").await, ["orc.png"]);
    let done = edit(
        &library,
        Edit::RelinkBelow {
            targets: ids(&assets),
            folder: place.art().to_string_lossy().into_owned(),
        },
    )
    .await;
    assert_eq!(label(&done), "Relink 1 asset");
    assert_eq!(found(&library, "is:missing").await, [""; 0]);
    let detail = library.asset(assets[0]).await.unwrap();
    assert!(
        detail.locations[0].path.ends_with("moved/deep/renamed.png"),
        "{:?}",
        detail.locations
    );
    library.undo().await.unwrap();
    assert_eq!(found(&library, "is:missing").await, ["orc.png"]);
    library.close().await.unwrap();
}

#[tokio::test]
async fn relinking_to_another_file_is_a_new_version_and_says_so() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.txt"]).await;
    let other = place.art().join("better.txt");
    std::fs::write(&other, "a better orc").unwrap();
    let before = library.asset(assets[0]).await.unwrap();
    let relink = Edit::Relink {
        target: assets[0],
        path: other.to_string_lossy().into_owned(),
    };
    let done = edit(&library, relink).await;
    assert_eq!(done.problems.len(), 1, "{:?}", done.problems);
    let after = library.asset(assets[0]).await.unwrap();
    assert_ne!(after.blake3, before.blake3);
    assert_eq!(after.versions.len(), before.versions.len() + 1);
    library.undo().await.unwrap();
    let back = library.asset(assets[0]).await.unwrap();
    assert_eq!(
        (back.blake3, back.versions, back.locations),
        (before.blake3, before.versions, before.locations)
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_hundred_thousand_assets_are_changed_and_changed_back() {
    let place = Place::new();
    let library = place.open().await;
    let mut conn = place.connect().await;
    sqlx::raw_sql(
        "INSERT INTO content (hash, size, format) VALUES (zeroblob(32), 1, 1);
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
         INSERT INTO asset (id, content, name, added_ms, modified_ms, edited_ms, rating)
             SELECT unhex(printf('%032x', n)), 1, 'tile' || n || '.png', n, 0, 0, n % 3 FROM numbers;
         INSERT INTO change (asset) SELECT row FROM asset;",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    let result = search(&library, "").await;
    assert_eq!(result.total, 100_000);
    let all = || Targets::Results {
        handle: result.handle,
        except: vec![],
    };
    let done = edit(
        &library,
        Edit::SetRating {
            targets: all(),
            rating: 2,
        },
    )
    .await;
    assert_eq!(label(&done), "Rate 66,667 assets with 2 stars");
    edit(
        &library,
        Edit::AddTags {
            targets: all(),
            tags: vec![tag("tile")],
        },
    )
    .await;
    assert_eq!(search(&library, "tag:tile rating:2").await.total, 100_000);
    let kept: i64 =
        sqlx::query_scalar("SELECT max(length(change)) FROM history WHERE label LIKE 'Add%'")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert!(
        kept < 1_000,
        "neighbours are kept as runs, not one by one: {kept} bytes"
    );
    library.undo().await.unwrap();
    library.undo().await.unwrap();
    assert_eq!(search(&library, "tag:tile").await.total, 0);
    let selection = library.selection(all()).await.unwrap();
    assert_eq!((selection.count, selection.rating), (100_000, None));
    assert_eq!(search(&library, "rating:1").await.total, 33_334);
    library.close().await.unwrap();
}

/// Run by the next test in a process of its own, which is then killed.
#[tokio::test]
#[ignore = "a part of another test"]
async fn acknowledge_until_killed() {
    let Some(dir) = std::env::var_os("GAMEFORGE_TEST_LIBRARY") else {
        return;
    };
    let library = Library::open(dir.as_ref(), crate::support::command())
        .await
        .unwrap();
    let all = search(&library, "").await;
    let target = all.first[0].id;
    for number in 0..100_000 {
        let notes = Edit::SetNotes {
            targets: ids(&[target]),
            notes: format!("note {number}"),
        };
        library.edit(notes).await.unwrap();
        use std::io::Write;
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nacknowledged {number}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let assets = place.add(&["orc.png"]).await;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "editing::acknowledge_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env("GAMEFORGE_TEST_LIBRARY", place.library())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = None;
    for line in out.lines() {
        if let Some(number) = line.unwrap().strip_prefix("acknowledged ") {
            acknowledged = number.parse::<u32>().ok();
            if acknowledged >= Some(30) {
                break;
            }
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let acknowledged = acknowledged.expect("the other process got as far as its first edit");
    let library = place.open().await;
    let notes = library.asset(assets[0]).await.unwrap().notes;
    let last: u32 = notes
        .strip_prefix("note ")
        .expect("an edit is whole or not there")
        .parse()
        .unwrap();
    assert!(
        last >= acknowledged,
        "note {acknowledged} was acknowledged, note {last} is there"
    );
    let undone = library.undo().await.unwrap();
    assert!(undone.is_some(), "the history came with it");
    let notes = library.asset(assets[0]).await.unwrap().notes;
    assert_eq!(notes, format!("note {}", last - 1));
    library.close().await.unwrap();
}
