//! Followed folders: what appears, moves, changes and goes there is noticed.

use crate::at::{Place, cards, eventually, picture};
use std::fs;

#[tokio::test]
async fn what_happens_in_a_followed_folder_is_noticed() {
    let place = Place::new();
    place.write("a.png", picture(1));
    let library = place.open_watching().await;
    let watched = library.watch_folder(&place.files, false).await.unwrap();
    let first = cards(&library, "", 1).await.remove(0);

    place.write("deep/er/b.png", picture(2));
    cards(&library, "", 2).await;

    fs::rename(place.file("a.png"), place.file("deep/c.png")).unwrap();
    let moved = cards(&library, "name:c.png", 1).await.remove(0);
    assert_eq!(moved.id, first.id, "followed, not imported anew");

    fs::write(place.file("deep/c.png"), [picture(9), vec![0]].concat()).unwrap();
    eventually(&library, "the change is a version", async || {
        (library.asset(first.id).await.unwrap().versions.len() == 2).then_some(())
    })
    .await;

    let bytes = fs::read(place.file("deep/er/b.png")).unwrap();
    fs::remove_file(place.file("deep/er/b.png")).unwrap();
    cards(&library, "is:missing", 1).await;
    place.write("deep/er/b.png", bytes);
    cards(&library, "is:missing", 0).await;

    library.unwatch_folder(watched.id).await.unwrap();
    assert!(library.unwatch_folder(watched.id).await.is_err());
    assert!(library.rescan(watched.id).await.is_err());
    library.close().await.unwrap();
}

#[tokio::test]
async fn what_happened_while_the_library_was_closed_is_found_at_the_next_start() {
    let place = Place::new();
    place.write("a.png", picture(1));
    place.write("b.png", picture(2));
    let library = place.open_watching().await;
    library.watch_folder(&place.files, true).await.unwrap();
    cards(&library, "", 2).await;
    library.close().await.unwrap();
    place.write("c.png", picture(3));
    let library = place.open_watching().await;
    cards(&library, "", 3).await;
    let summary = library.summary().await.unwrap();
    assert!(summary.watched[0].present && summary.watched[0].copy);
    library.close().await.unwrap();
}

#[tokio::test]
async fn the_librarys_own_folder_within_a_followed_one_is_left_alone() {
    let place = Place::new();
    place.write("a.png", picture(1));
    let library = place.open_watching().await;
    library
        .watch_folder(place.library.parent().unwrap(), true)
        .await
        .unwrap();
    cards(&library, "", 1).await;
    let job = eventually(&library, "a scan has ended", async || {
        library
            .jobs()
            .await
            .unwrap()
            .into_iter()
            .find(|job| job.ended_ms.is_some())
    })
    .await;
    let report = library.job_report(job.id).await.unwrap();
    assert!(
        report.skipped.iter().any(|line| line.code == "library"),
        "{:?}",
        report.skipped
    );
    library.close().await.unwrap();
}
