//! Edits that reach the files: renames, the trash, finding missing ones again.

use crate::{
    editing::{edit, label},
    support::{Place, dump, found, ids},
};
use gameforge_wire::{Edit, ErrorCode};

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
