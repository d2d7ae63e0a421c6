//! Edits of what is said about assets, their words, their undo; and that what was acknowledged is there after the program was cut off.

use crate::support::{Place, dump, found, ids, search};
use gameforge_domain::{AssetId, TagPath};
use gameforge_studio::Library;
use gameforge_wire::{Edit, EditDone, ErrorCode, Targets};
use std::{io::BufRead, process::Stdio};

pub fn tag(text: &str) -> TagPath {
    text.parse().unwrap()
}

pub async fn edit(library: &Library, edit: Edit) -> EditDone {
    library.edit(edit).await.unwrap()
}

pub fn label(done: &EditDone) -> &str {
    &done.step.as_ref().expect("something changed").label
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
