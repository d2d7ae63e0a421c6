//! Bringing files in: what becomes of them the first time, the second time, after a change, in two programs at once.

use crate::at::{Place, cards, ended, found, import, job_that, options, picture, request, sum};
use gameforge_domain::{Format, Kind};
use gameforge_studio::Options;
use gameforge_testkit as testkit;
use gameforge_wire::{ImportCounts, ImportRequest, JobState, PreviewState};
use std::fs;

#[tokio::test]
async fn a_game_project_comes_in_once_and_is_unchanged_the_second_time() {
    let place = Place::new();
    testkit::game_project(&place.files).unwrap();
    let library = place.open().await;
    let first = import(&library, &place.files, false).await;
    assert!(first.failed.is_empty(), "{:?}", first.failed);
    let counts = first.job.counts;
    assert_eq!(
        counts.duplicates as usize,
        testkit::PROJECT_DUPLICATES,
        "{counts:?}"
    );
    assert_eq!(
        (counts.imported + counts.duplicates) as usize,
        testkit::PROJECT_FILES,
        "{counts:?} {:?}",
        first.skipped
    );
    let all = cards(&library, "", counts.imported as usize).await;
    assert!(
        all.iter().all(|card| card.preview != PreviewState::Waiting),
        "the job ends when all is read"
    );
    for kind in [Kind::Image, Kind::Model, Kind::Audio, Kind::Font] {
        assert!(
            all.iter()
                .any(|card| card.kind == kind && card.preview == PreviewState::Ready),
            "a preview of a {kind}"
        );
    }

    let second = import(&library, &place.files, false).await.job.counts;
    let expected = ImportCounts {
        unchanged: counts.imported + counts.duplicates,
        skipped: counts.skipped,
        ..ImportCounts::default()
    };
    assert_eq!(second, expected);
    cards(&library, "", counts.imported as usize).await;
    library.close().await.unwrap();
}

#[tokio::test]
async fn copies_live_in_the_library_and_the_originals_may_go() {
    let place = Place::new();
    place.write("hero.png", picture(1));
    place.write("again.png", picture(1));
    let library = place.open().await;
    let counts = import(&library, &place.files, true).await.job.counts;
    assert_eq!((counts.imported, counts.duplicates), (1, 1));
    fs::remove_dir_all(&place.files).unwrap();
    let card = cards(&library, "", 1).await.remove(0);
    let content = library.content(card.id).await.unwrap();
    assert!(content.path.starts_with(place.library.join("objects")));
    assert_eq!(fs::read(&content.path).unwrap(), picture(1));
    assert_eq!(content.format, Format::Png);
    let objects = walkdir(&place.library.join("objects"));
    assert_eq!(objects.len(), 1, "stored once: {objects:?}");
    library.close().await.unwrap();
}

fn walkdir(root: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walkdir(&path))
        } else {
            found.push(path)
        }
    }
    found
}

#[tokio::test]
async fn a_copied_model_keeps_its_other_files() {
    let place = Place::new();
    place.write("box.obj", "mtllib box.mtl\nusemtl red\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n");
    place.write("box.mtl", "newmtl red\nKd 1 0 0\nmap_Kd skin.png\n");
    place.write("skin.png", picture(3));
    let library = place.open().await;
    assert!(
        import(&library, &place.file("box.obj"), true)
            .await
            .failed
            .is_empty()
    );
    fs::remove_dir_all(&place.files).unwrap();
    let card = cards(&library, "kind:model", 1).await.remove(0);
    assert_eq!(card.preview, PreviewState::Ready);
    let (bytes, _) = library.sibling(card.id, "box.mtl").await.unwrap();
    assert!(String::from_utf8(bytes).unwrap().contains("newmtl red"));
    let (bytes, mime) = library.sibling(card.id, "skin.png").await.unwrap();
    assert_eq!((bytes, mime), (picture(3), "image/png"));
    assert!(library.sibling(card.id, "../library.db").await.is_err());
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_moved_or_renamed_file_is_followed() {
    let place = Place::new();
    place.write("old/goblin.png", picture(1));
    place.write("old/orc.png", picture(2));
    let library = place.open().await;
    import(&library, &place.files, false).await;
    let before = cards(&library, "", 2).await;
    fs::rename(place.file("old"), place.file("new")).unwrap();
    fs::rename(place.file("new/orc.png"), place.file("new/uruk.png")).unwrap();
    let counts = import(&library, &place.files, false).await.job.counts;
    assert_eq!(
        counts,
        ImportCounts {
            moved: 2,
            ..ImportCounts::default()
        }
    );
    let after = cards(&library, "folder:new", 2).await;
    assert_eq!(
        after
            .iter()
            .map(|card| card.name.as_str())
            .collect::<Vec<_>>(),
        ["goblin.png", "uruk.png"]
    );
    assert_eq!(
        after.iter().map(|card| card.id).collect::<Vec<_>>(),
        before.iter().map(|card| card.id).collect::<Vec<_>>()
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_file_changed_in_place_is_a_new_version_of_its_asset() {
    let place = Place::new();
    let path = place.write("hero.png", picture(1));
    let library = place.open().await;
    import(&library, &place.files, false).await;
    let before = cards(&library, "", 1).await.remove(0);
    fs::write(&path, [picture(2), vec![0]].concat()).unwrap();
    let counts = import(&library, &place.files, false).await.job.counts;
    assert_eq!(
        counts,
        ImportCounts {
            updated: 1,
            ..ImportCounts::default()
        }
    );
    let detail = library.asset(before.id).await.unwrap();
    assert_ne!(detail.card.content, before.content);
    assert_eq!(detail.versions.len(), 2);
    assert_eq!(detail.card.preview, PreviewState::Ready);
    library.close().await.unwrap();
}

#[tokio::test]
async fn two_places_with_one_content_part_when_one_of_them_changes() {
    let place = Place::new();
    place.write("a.png", picture(1));
    place.write("b.png", picture(1));
    let library = place.open().await;
    let counts = import(&library, &place.files, false).await.job.counts;
    assert_eq!((counts.imported, counts.duplicates), (1, 1));
    place.write("b.png", [picture(2), vec![0]].concat());
    let counts = import(&library, &place.files, false).await.job.counts;
    assert_eq!((counts.unchanged, counts.imported), (1, 1), "{counts:?}");
    cards(&library, "", 2).await;
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_job_is_held_up_and_let_go_on() {
    let place = Place::new();
    place.write_pictures(150);
    let library = place.open_slowly().await;
    let job = library.import(request(&place.files, false)).await.unwrap();
    library.pause(job).await.unwrap();
    let paused = job_that(&library, job, |job| job.state == JobState::Paused).await;
    assert!(paused.done < 150, "it stopped on its way");
    library.resume(job).await.unwrap();
    let report = ended(&library, job).await;
    assert_eq!(
        (report.job.state, report.job.counts.imported),
        (JobState::Done, 150)
    );
    assert_eq!(report.job.done, 150);
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_job_keeps_what_it_brought_in_and_counts_right() {
    let place = Place::new();
    place.write_pictures(300);
    let library = place.open_slowly().await;
    let job = library.import(request(&place.files, false)).await.unwrap();
    job_that(&library, job, |job| job.counts.imported > 0).await;
    library.cancel(job).await.unwrap();
    let report = ended(&library, job).await;
    assert_eq!(report.job.state, JobState::Cancelled);
    let kept = report.job.counts.imported;
    let again = import(&library, &place.files, false).await.job.counts;
    assert_eq!((again.unchanged, again.imported), (kept, 300 - kept));
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_job_goes_on_after_a_restart_and_counts_every_file_once() {
    let place = Place::new();
    for number in 0..300 {
        place.write(&format!("{number}.png"), picture(number / 2));
    }
    let library = place.open_slowly().await;
    let job = library.import(request(&place.files, false)).await.unwrap();
    job_that(&library, job, |job| job.counts.imported > 0).await;
    library.close().await.unwrap();
    let library = place
        .open_with(Options {
            resume_jobs: true,
            ..options()
        })
        .await;
    let report = ended(&library, job).await;
    // Resuming is begun in the background; before that the report is of the stored state.
    let job = if report.job.state == JobState::Done {
        report.job
    } else {
        job_that(&library, job, |job| job.state == JobState::Done).await
    };
    assert_eq!(
        (job.counts.imported, job.counts.duplicates, sum(job.counts)),
        (150, 150, 300),
        "{:?}",
        job.counts
    );
    assert_eq!(job.found, 300);
    cards(&library, "", 150).await;
    library.close().await.unwrap();
}

#[tokio::test]
async fn two_programs_import_one_folder_at_once_and_make_no_asset_twice() {
    let place = Place::new();
    for number in 0..80 {
        place.write(&format!("{number}.png"), picture(number / 2));
    }
    let one = place.open().await;
    let two = place.open().await;
    let (first, second) = tokio::join!(
        async {
            ended(
                &one,
                one.import(request(&place.files, false)).await.unwrap(),
            )
            .await
        },
        async { ended(&two, two.import(request(&place.files, true)).await.unwrap()).await },
    );
    for report in [&first, &second] {
        assert_eq!(report.job.state, JobState::Done, "{:?}", report.job.failure);
        assert_eq!(sum(report.job.counts), 80);
    }
    assert_eq!(
        first.job.counts.imported + second.job.counts.imported,
        40,
        "{:?} {:?}",
        first.job.counts,
        second.job.counts
    );
    two.close().await.unwrap();
    one.close().await.unwrap();
    let library = place.open().await;
    cards(&library, "", 40).await;
    library.close().await.unwrap();
}

#[tokio::test]
async fn what_was_removed_returns_with_its_words_when_imported_again() {
    use gameforge_wire::{Edit, Targets};
    let place = Place::new();
    place.write("hero.png", picture(1));
    let library = place.open().await;
    import(&library, &place.files, false).await;
    let id = cards(&library, "", 1).await[0].id;
    let targets = || Targets::Ids { ids: vec![id] };
    library
        .edit(Edit::SetRating {
            targets: targets(),
            rating: 4,
        })
        .await
        .unwrap();
    library
        .edit(Edit::Remove { targets: targets() })
        .await
        .unwrap();
    cards(&library, "", 0).await;
    let counts = import(&library, &place.files, false).await.job.counts;
    assert_eq!(counts.imported, 1);
    assert_eq!(cards(&library, "", 1).await[0].rating, 4);
    library.close().await.unwrap();
}

#[tokio::test]
async fn nothing_to_import_is_said_so() {
    let place = Place::new();
    let library = place.open().await;
    assert!(
        library
            .import(ImportRequest {
                paths: vec![],
                copy: false
            })
            .await
            .is_err()
    );
    assert!(
        library
            .import(ImportRequest {
                paths: vec!["art".into()],
                copy: false
            })
            .await
            .is_err()
    );
    assert!(found(&library, "").await.is_empty());
    library.close().await.unwrap();
}
