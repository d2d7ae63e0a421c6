//! Searching through the engine: snapshots, other programs, paging, completions, reviews.

use crate::{
    editing::tag,
    support::{Place, add_asset, found, ids, search},
};
use gameforge_studio::Library;
use gameforge_wire::{Edit, Event, ReviewKind, SearchRequest};
use std::time::Duration;

/// Waits for an event, and fails when it does not come.
async fn wait_for(events: &mut tokio::sync::broadcast::Receiver<Event>, wanted: &Event) {
    let waiting = async { while events.recv().await.unwrap() != *wanted {} };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .expect("the event comes");
}

async fn newest(library: &Library) -> gameforge_wire::SearchResult {
    let request = SearchRequest {
        query: String::new(),
        sort: "-added".to_owned(),
    };
    library.search(request).await.unwrap()
}

#[tokio::test]
async fn a_damaged_or_stale_snapshot_gives_the_same_answers() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png", "tree.wav"]).await;
    library
        .edit(Edit::AddTags {
            targets: ids(&assets[..2]),
            tags: vec![tag("folk")],
        })
        .await
        .unwrap();
    let right = found(&library, "tag:folk").await;
    assert_eq!(right, ["elf.png", "orc.png"]);
    library.close().await.unwrap();
    let snapshot = place.library().join("index.bin");
    let whole = std::fs::read(&snapshot).expect("closing wrote the snapshot");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    for broken in [
        flipped,
        whole[..middle].to_vec(),
        Vec::new(),
        b"nonsense".to_vec(),
    ] {
        std::fs::write(&snapshot, broken).unwrap();
        let library = place.open().await;
        assert_eq!(found(&library, "tag:folk").await, right);
        library.close().await.unwrap();
    }
    // Changes since the snapshot, and a log that no longer reaches back to it.
    place.add(&["dwarf.png"]).await;
    let library = place.open().await;
    assert_eq!(found(&library, "").await.len(), 4, "caught up from the log");
    drop(library);
    std::fs::write(&snapshot, &whole).unwrap();
    let mut conn = place.connect().await;
    sqlx::query("DELETE FROM change")
        .execute(&mut conn)
        .await
        .unwrap();
    sqlx::query("UPDATE asset SET name = 'ogre.png' WHERE name = 'orc.png'")
        .execute(&mut conn)
        .await
        .unwrap();
    let library = place.open().await;
    assert_eq!(
        found(&library, "tag:folk").await,
        ["elf.png", "ogre.png"],
        "built anew"
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_window_shows_the_newest_at_once_and_pages_on_when_the_index_is_there() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    place.add(&["a.png", "b.png", "c.png"]).await;
    let library = place.open_window().await;
    let mut events = library.events();
    let result = newest(&library).await;
    assert_eq!((result.total, result.of), (3, 3));
    let names: Vec<&str> = result.first.iter().map(|card| card.name.as_str()).collect();
    assert_eq!(names, ["c.png", "b.png", "a.png"]);
    if !result.complete {
        wait_for(&mut events, &Event::Changed).await;
    }
    let page = library.page(result.handle, 1, 1).await.unwrap();
    assert_eq!(page, result.first[1..2], "the same cards, whoever answers");
    let at = library
        .position(result.handle, result.first[2].id)
        .await
        .unwrap();
    assert_eq!(at, Some(2));
    assert!(newest(&library).await.complete);
    library.close().await.unwrap();
}

#[tokio::test]
async fn two_programs_on_one_library_see_each_others_work() {
    let place = Place::new();
    let one = place.open_window().await;
    let two = place.open_window().await;
    let assets = place.add(&["orc.png"]).await;
    let mut news = two.events();
    search(&one, "x").await;
    search(&two, "x").await;
    one.edit(Edit::AddTags {
        targets: ids(&assets),
        tags: vec![tag("enemy")],
    })
    .await
    .unwrap();
    assert_eq!(
        found(&one, "tag:enemy").await,
        ["orc.png"],
        "one's own work at once"
    );
    while found(&two, "tag:enemy").await.is_empty() {
        wait_for(&mut news, &Event::Changed).await;
    }
    one.edit(Edit::CreateCollection {
        name: "Level".to_owned(),
        parent: None,
    })
    .await
    .unwrap();
    while two.summary().await.unwrap().collections.is_empty() {
        wait_for(&mut news, &Event::Places).await;
    }
    // The history is the library's: the other program takes the step back.
    assert_eq!(
        two.undo().await.unwrap().unwrap().label,
        "Create collection Level"
    );
    assert_eq!(
        two.undo().await.unwrap().unwrap().label,
        "Add tag enemy to 1 asset"
    );
    let mut news = one.events();
    while !found(&one, "tag:enemy").await.is_empty() {
        wait_for(&mut news, &Event::Changed).await;
    }
    one.close().await.unwrap();
    two.close().await.unwrap();
}

#[tokio::test]
async fn the_sixteen_last_results_stay_good() {
    let place = Place::new();
    let library = place.open().await;
    place.add(&["orc.png"]).await;
    let first = search(&library, "").await.handle;
    for _ in 0..15 {
        search(&library, "orc").await;
    }
    assert_eq!(library.page(first, 0, 10).await.unwrap().len(), 1);
    for _ in 0..16 {
        search(&library, "orc").await;
    }
    let error = library.page(first, 0, 10).await.unwrap_err();
    assert_eq!(error.code(), gameforge_wire::ErrorCode::NotFound);
    library.close().await.unwrap();
}

#[tokio::test]
async fn completions_offer_filters_and_what_the_library_has() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png"]).await;
    library
        .edit(Edit::AddTags {
            targets: ids(&assets),
            tags: vec![tag("enemy/boss")],
        })
        .await
        .unwrap();
    let offers = library.complete("ki", 2).await.unwrap();
    assert_eq!(
        (offers[0].label.as_str(), offers[0].query.as_str()),
        ("kind:", "kind:")
    );
    assert!(!offers[0].detail.is_empty());
    let offers = library.complete("rating>2 tag:bo", 15).await.unwrap();
    assert_eq!(offers[0].query.trim_end(), "rating>2 tag:enemy/boss");
    let offers = library.complete("orc", 3).await.unwrap();
    assert!(
        offers.iter().any(|offer| offer.label == "orc"),
        "{offers:?}"
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn exact_duplicates_come_with_a_suggestion_and_its_reason() {
    let place = Place::new();
    let library = place.open().await;
    let mut conn = place.connect().await;
    let mut same = Vec::new();
    for name in ["Downloads-orc.png", "orc.png", "orc-copy.png"] {
        same.push(add_asset(&mut conn, name, &place.art().join(name), b"the same bytes").await);
    }
    add_asset(
        &mut conn,
        "elf.png",
        &place.art().join("elf.png"),
        b"other bytes",
    )
    .await;
    library
        .edit(Edit::SetRating {
            targets: ids(&same[1..2]),
            rating: 3,
        })
        .await
        .unwrap();
    let (groups, total) = library.duplicates(ReviewKind::Exact, 0, 10).await.unwrap();
    assert_eq!((groups.len(), total), (1, 1));
    let group = &groups[0];
    assert_eq!(group.cards.len(), 3);
    assert_eq!((group.keep, group.cards[0].id), (same[1], same[1]));
    assert_eq!(group.reason, "it has the higher rating");
    assert_eq!(group.paths.len(), 3);
    assert!(
        (group.spare - 28.0).abs() < f64::EPSILON,
        "two times fourteen bytes, not {}",
        group.spare
    );
    let others = vec![same[0], same[2]];
    library
        .edit(Edit::Merge {
            keep: same[1],
            others,
        })
        .await
        .unwrap();
    let (groups, _) = library.duplicates(ReviewKind::Exact, 0, 10).await.unwrap();
    assert_eq!(
        groups[0].cards.len(),
        1,
        "one asset in three places is left"
    );
    assert_eq!(groups[0].paths.len(), 3);
    library.close().await.unwrap();
}

#[tokio::test]
async fn look_alikes_and_like_go_by_the_picture() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["a.png", "b.png", "far.png"]).await;
    let mut conn = place.connect().await;
    for (name, phash) in [("a", 0b0111_i64), ("b", 0b0101), ("far", !0)] {
        sqlx::query("UPDATE content SET phash = ? WHERE hash = ?")
            .bind(phash)
            .bind(
                blake3::hash(format!("what is in {name}.png").as_bytes())
                    .as_bytes()
                    .as_slice(),
            )
            .execute(&mut conn)
            .await
            .unwrap();
    }
    sqlx::query("INSERT INTO change (asset) SELECT row FROM asset")
        .execute(&mut conn)
        .await
        .unwrap();
    let request = SearchRequest {
        query: format!("like:{}", assets[0]),
        sort: String::new(),
    };
    let result = library.search(request).await.unwrap();
    let seen: Vec<_> = result
        .first
        .iter()
        .map(|card| (card.name.as_str(), card.distance))
        .collect();
    assert_eq!(seen, [("a.png", Some(0)), ("b.png", Some(1))]);
    let (groups, total) = library.duplicates(ReviewKind::Alike, 0, 10).await.unwrap();
    assert_eq!((groups.len(), total, groups[0].cards.len()), (1, 1, 2));
    library.close().await.unwrap();
}

#[tokio::test]
async fn the_side_bar_counts_what_the_library_has() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png", "tree.wav"]).await;
    library
        .edit(Edit::AddTags {
            targets: ids(&assets[..1]),
            tags: vec![tag("enemy/boss")],
        })
        .await
        .unwrap();
    library
        .edit(Edit::AddTags {
            targets: ids(&assets[1..2]),
            tags: vec![tag("enemy")],
        })
        .await
        .unwrap();
    let smart = Edit::CreateSmartFolder {
        name: "Pictures".to_owned(),
        query: "kind:image".to_owned(),
        sort: String::new(),
    };
    library.edit(smart).await.unwrap();
    let summary = library.summary().await.unwrap();
    assert_eq!(
        (summary.assets, summary.untagged, summary.missing),
        (3, 1, 0)
    );
    let tags: Vec<_> = summary
        .tags
        .iter()
        .map(|node| (node.tag.as_str(), node.count))
        .collect();
    assert_eq!(tags, [("enemy", 2), ("enemy/boss", 1)]);
    assert_eq!(summary.smart_folders[0].count, 2);
    assert_eq!(
        summary.undo.as_deref(),
        Some("Create smart folder Pictures")
    );
    library
        .edit(Edit::Remove {
            targets: ids(&assets[..1]),
        })
        .await
        .unwrap();
    let summary = library.summary().await.unwrap();
    assert_eq!(
        (summary.assets, summary.smart_folders[0].count),
        (2, 1),
        "counts follow the assets"
    );
    let bytes: usize = ["elf.png", "tree.wav"]
        .iter()
        .map(|name| format!("what is in {name}").len())
        .sum();
    assert!((summary.bytes - bytes as f64).abs() < 0.5);
    library.close().await.unwrap();
}

/// A pipe in the snapshot's place: the index is not read before somebody lets it be.
#[cfg(unix)]
struct HeldUp(std::path::PathBuf);

#[cfg(unix)]
impl HeldUp {
    fn at(place: &Place) -> Self {
        let snapshot = place.library().join("index.bin");
        // There is none yet where no search was made.
        let _ = std::fs::remove_file(&snapshot);
        let made = std::process::Command::new("mkfifo").arg(&snapshot).status();
        assert!(made.unwrap().success());
        Self(snapshot)
    }

    /// The index is now built: what comes out of the pipe is no snapshot.
    fn let_go(self) {
        drop(std::fs::File::options().write(true).open(&self.0).unwrap());
        std::fs::remove_file(&self.0).unwrap();
    }
}

#[cfg(unix)]
fn names(cards: &[gameforge_wire::Card]) -> Vec<&str> {
    cards.iter().map(|card| card.name.as_str()).collect()
}

#[cfg(unix)]
async fn without_sidecars(library: &Library) -> gameforge_wire::SearchResult {
    let request = SearchRequest {
        query: "-format:import,meta".to_owned(),
        sort: "-added".to_owned(),
    };
    library.search(request).await.unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_window_asks_for_first_does_not_wait_for_the_index() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let files = ["a.png", "a.png.import", "tile10.png", "tile9.png", "b.meta"];
    let assets = place.add(&files).await;
    let mut conn = place.connect().await;
    // Two of one second: then names decide, as people count.
    sqlx::query("UPDATE asset SET added_ms = 7000 + row WHERE name LIKE 'tile%'")
        .execute(&mut conn)
        .await
        .unwrap();
    std::fs::remove_file(place.art().join("a.png")).unwrap();
    let held_up = HeldUp::at(&place);
    let library = place.open_window().await;
    let mut events = library.events();
    let early = without_sidecars(&library).await;
    assert!(!early.complete && early.facets.is_empty());
    assert_eq!(names(&early.first), ["tile9.png", "tile10.png", "a.png"]);
    assert_eq!((early.total, early.of), (3, 5));
    assert_eq!(newest(&library).await.total, 5, "the whole library, too");
    let page = library.page(early.handle, 1, 1).await.unwrap();
    assert_eq!(page, early.first[1..2]);
    assert!(library.page(early.handle, 3, 9).await.unwrap().is_empty());
    let missing: i64 = sqlx::query_scalar("SELECT count(missing_ms) FROM location")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(missing, 0, "files are looked for when the index is there");

    // A handle from before the index is answered by the index, to the same question.
    let asked = tokio::spawn({
        let (library, handle) = (library.clone(), early.handle);
        async move { library.position(handle, assets[0]).await }
    });
    held_up.let_go();
    assert_eq!(asked.await.unwrap().unwrap(), Some(2));
    assert_eq!(
        library.page(early.handle, 0, 9).await.unwrap(),
        early.first,
        "in the same order"
    );
    wait_for(&mut events, &Event::Changed).await;
    let exact = without_sidecars(&library).await;
    assert!(exact.complete && !exact.facets.is_empty());
    assert_eq!((&exact.first, exact.total), (&early.first, early.total));
    while found(&library, "is:missing").await != ["a.png"] {
        wait_for(&mut events, &Event::Changed).await;
    }
    library.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn pages_from_before_the_index_go_on_where_the_last_one_ended() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let files: Vec<String> = (0..1_300)
        .map(|number| match number % 26 {
            0 => format!("{number:04}.import"),
            _ => format!("{number:04}.png"),
        })
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    place.add(&files).await;
    let library = place.open().await;
    let right: Vec<&str> = files
        .iter()
        .rev()
        .filter(|name| !name.ends_with("import"))
        .copied()
        .collect();
    without_sidecars(&library).await;
    library.close().await.unwrap();

    let held_up = HeldUp::at(&place);
    let library = place.open_window().await;
    let early = without_sidecars(&library).await;
    assert!(!early.complete);
    assert_eq!(
        (early.total, early.of),
        (1_250, 1_300),
        "as counted at the end"
    );
    assert_eq!(names(&early.first), right[..200]);
    place.add(&["newer.png"]).await;
    let next = library.page(early.handle, 200, 200).await.unwrap();
    assert_eq!(names(&next), right[200..400], "whatever came in since");
    let far = library.page(early.handle, 1_240, 200).await.unwrap();
    assert_eq!(names(&far), right[1_240..]);
    let past = library.page(early.handle, 5_000, 200).await.unwrap();
    assert!(past.is_empty());
    held_up.let_go();
    library.close().await.unwrap();
}

#[tokio::test]
async fn what_newer_readers_read_again_to_the_same_end_is_no_change() {
    use crate::at::{Place as Files, eventually, found as searched, import, picture};
    use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};
    let place = Files::new();
    for number in 0..3 {
        place.write(&format!("{number}.png"), picture(number));
    }
    let library = place.open().await;
    import(&library, &place.files, false).await;
    library.close().await.unwrap();
    let mut conn = SqliteConnectOptions::new()
        .filename(place.library.join("library.db"))
        .connect()
        .await
        .unwrap();
    let changes = "SELECT count(*) FROM change";
    let before: i64 = sqlx::query_scalar(changes)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let metadata = "SELECT metadata FROM content ORDER BY row";
    let right: Vec<String> = sqlx::query_scalar(metadata)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    for statement in [
        "UPDATE content SET reader = 1",
        "UPDATE content SET metadata = '{\"kind\":\"other\"}' WHERE row = 2",
    ] {
        sqlx::query(statement).execute(&mut conn).await.unwrap();
    }
    let library = place
        .open_with(gameforge_studio::Options {
            watch: true,
            ..crate::at::options()
        })
        .await;
    searched(&library, "").await;
    eventually(&library, "all are read again", async || {
        let older: i64 = sqlx::query_scalar("SELECT count(*) FROM content WHERE reader = 1")
            .fetch_one(&mut conn)
            .await
            .unwrap();
        (older == 0).then_some(())
    })
    .await;
    let now: Vec<String> = sqlx::query_scalar(metadata)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    assert_eq!(now, right);
    let after: i64 = sqlx::query_scalar(changes)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(
        after - before,
        1,
        "only what the older reader had not found"
    );
    library.close().await.unwrap();
    let noted: String = sqlx::query_scalar("SELECT value FROM setting WHERE key = 'read_again'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert!(
        noted.contains("\"row\":3"),
        "the next start need not look: {noted}"
    );
}
