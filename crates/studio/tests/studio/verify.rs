//! Checking a library, and copying out of it.

use crate::at::{Place, cards, eventually, import, picture};
use gameforge_wire::{Targets, VerifyReport};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

fn what(report: &VerifyReport) -> Vec<&str> {
    let mut found: Vec<&str> = report
        .damaged
        .iter()
        .map(|damage| damage.what.as_str())
        .collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn whatever_is_damaged_is_named_and_nothing_else() {
    let place = Place::new();
    let copied = place.write("copied/a.png", picture(1));
    place.write("kept/b.png", picture(2));
    place.write("kept/c.png", picture(3));
    let library = place.open().await;
    import(&library, copied.parent().unwrap(), true).await;
    import(&library, &place.file("kept"), false).await;
    cards(&library, "", 3).await;
    let told = Arc::new(AtomicU32::new(0));
    let last = Arc::clone(&told);
    let report = library.verify(move |done, of| {
        assert!(done <= of);
        last.store(done, Ordering::SeqCst);
    });
    let report = report.await.unwrap();
    assert!(report.damaged.is_empty(), "{:?}", report.damaged);
    // One database, one object, two files, three previews.
    assert_eq!((report.checked, told.load(Ordering::SeqCst)), (7, 7));

    let asset = cards(&library, "a.png", 1).await[0].id;
    let object = library.content(asset).await.unwrap().path;
    let mut bytes = fs::read(&object).unwrap();
    bytes[40] ^= 1;
    fs::write(&object, bytes).unwrap();
    fs::remove_file(place.file("kept/b.png")).unwrap();
    place.write("kept/c.png", [picture(3), vec![0]].concat());
    let shard = fs::read_dir(place.library.join("previews"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let preview = fs::read_dir(shard).unwrap().next().unwrap().unwrap().path();
    fs::write(&preview, "not a picture").unwrap();
    let report = library.verify(|_, _| ()).await.unwrap();
    assert_eq!(
        what(&report),
        ["file", "file", "object", "preview"],
        "{:?}",
        report.damaged
    );
    assert!(
        report
            .damaged
            .iter()
            .all(|damage| damage.message.ends_with('.'))
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_preview_that_verify_finds_damaged_is_made_again() {
    let place = Place::new();
    place.write("a.png", picture(1));
    let library = place.open().await;
    import(&library, &place.files, false).await;
    cards(&library, "", 1).await;
    fs::remove_dir_all(place.library.join("previews")).unwrap();
    assert_eq!(what(&library.verify(|_, _| ()).await.unwrap()), ["preview"]);
    eventually(&library, "the preview is back", async || {
        library
            .verify(|_, _| ())
            .await
            .unwrap()
            .damaged
            .is_empty()
            .then_some(())
    })
    .await;
    library.close().await.unwrap();
}

#[tokio::test]
async fn assets_are_copied_out_under_their_names_without_overwriting() {
    let place = Place::new();
    place.write("one/hero.png", picture(1));
    place.write("two/hero.png", picture(2));
    let library = place.open().await;
    import(&library, &place.files, false).await;
    let ids = cards(&library, "", 2)
        .await
        .into_iter()
        .map(|card| card.id)
        .collect();
    fs::remove_file(place.file("two/hero.png")).unwrap();
    let out = place.files.join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("hero.png"), "mine").unwrap();
    let done = library.export(Targets::Ids { ids }, &out).await.unwrap();
    assert_eq!((done.written, done.problems.len()), (1, 1));
    assert_eq!(done.problems[0].code, "vanished");
    assert_eq!(fs::read(out.join("hero.png")).unwrap(), b"mine");
    assert_eq!(fs::read(out.join("hero (2).png")).unwrap(), picture(1));
    library.close().await.unwrap();
}
