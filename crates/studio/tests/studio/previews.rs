//! Pictures of assets: which are made, which first, what happens when one is gone; and what viewers ask for.

use crate::at::{Place, cards, eventually, found, import, job_that, next_previews, request};
use gameforge_domain::{AssetId, Colour, Format, Limits};
use gameforge_media::raster;
use gameforge_studio::{Library, Preview};
use gameforge_testkit as testkit;
use gameforge_wire::{JobState, PreviewState, SearchRequest};
use std::fs;

fn side(preview: &Preview) -> u32 {
    let format = if preview.mime == "image/png" {
        Format::Png
    } else {
        Format::Jpeg
    };
    let pixels = raster::decode(format, &preview.bytes, &Limits::STANDARD).unwrap();
    pixels.width.max(pixels.height)
}

async fn only(library: &Library, query: &str) -> AssetId {
    cards(library, query, 1).await[0].id
}

#[tokio::test]
async fn a_preview_is_stored_made_larger_on_demand_and_made_again_when_it_is_gone() {
    let place = Place::new();
    place.write(
        "large.png",
        testkit::image::png(900, 450, |x, y| [x as u8, y as u8, 9, 255]),
    );
    let library = place.open().await;
    import(&library, &place.files, false).await;
    let id = only(&library, "").await;
    let small = library.preview(id, 200).await.unwrap();
    assert_eq!(side(&small), 320);
    assert_eq!(side(&library.preview(id, 600).await.unwrap()), 640);
    assert_eq!(
        side(&library.preview(id, 5000).await.unwrap()),
        900,
        "never larger than the picture"
    );
    fs::remove_dir_all(place.library.join("previews")).unwrap();
    assert_eq!(library.preview(id, 200).await.unwrap(), small);
    fs::remove_file(place.file("large.png")).unwrap();
    assert_eq!(
        library.preview(id, 200).await.unwrap(),
        small,
        "kept, though the file has gone"
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn what_is_on_screen_is_read_though_the_job_is_held_up() {
    let place = Place::new();
    place.write_pictures(400);
    let library = place.open_slowly().await;
    let job = library.import(request(&place.files, false)).await.unwrap();
    job_that(&library, job, |job| {
        job.walked && job.counts.imported == 400
    })
    .await;
    library.pause(job).await.unwrap();
    let last = eventually(&library, "400 assets", async || {
        let request = SearchRequest {
            query: String::new(),
            sort: "-name".to_owned(),
        };
        let found = library.search(request).await.unwrap();
        (found.total == 400).then(|| found.first[0].clone())
    });
    let card = last.await;
    // All but a handful wait, unless this machine reads 400 files in the time of one answer.
    if card.preview != PreviewState::Waiting {
        return;
    }
    let mut events = library.events();
    library.visible(vec![card.id]);
    while !next_previews(&mut events).await.contains(&card.content) {}
    assert_eq!(
        job_that(&library, job, |_| true).await.state,
        JobState::Paused
    );
    assert_eq!(
        library.asset(card.id).await.unwrap().card.preview,
        PreviewState::Ready
    );
    library.cancel(job).await.unwrap();
    library.close().await.unwrap();
}

#[tokio::test]
async fn viewers_get_what_they_ask_for() {
    let place = Place::new();
    for format in [
        Format::Aseprite,
        Format::Wav,
        Format::Ttf,
        Format::Tga,
        Format::Markdown,
        Format::Glb,
    ] {
        place.write(
            &format!("a.{}", format.extensions()[0]),
            testkit::sample(format),
        );
    }
    let library = place.open().await;
    assert!(
        import(&library, &place.files, false)
            .await
            .failed
            .is_empty()
    );
    cards(&library, "", 6).await;

    let sprite = only(&library, "format:aseprite").await;
    let (sheet, png) = library.animation(sprite).await.unwrap();
    let pixels = raster::decode(Format::Png, &png, &Limits::STANDARD).unwrap();
    assert_eq!(pixels.width, sheet.width * sheet.columns);
    assert!(!sheet.frames.is_empty());

    let sound = only(&library, "kind:audio").await;
    let peaks = library.peaks(sound).await.unwrap();
    assert!(peaks.iter().any(|(low, high)| high > low));

    let font = only(&library, "kind:font").await;
    let ink = Colour { r: 1, g: 2, b: 3 };
    let png = library.specimen(font, "AB", 40.0, 200, ink).await.unwrap();
    assert_eq!(
        raster::decode(Format::Png, &png, &Limits::STANDARD)
            .unwrap()
            .width,
        200
    );

    let tga = only(&library, "format:tga").await;
    assert!(
        library
            .pixels_png(tga)
            .await
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    assert!(
        library.pixels_png(sound).await.is_err(),
        "a sound has no pixels"
    );

    let words = only(&library, "format:md").await;
    assert!(!library.text(words, 1 << 20).await.unwrap().is_empty());
    assert_eq!(library.text(words, 1).await.unwrap().len(), 1);
    assert!(found(&library, "is:failed").await.is_empty());
    library.close().await.unwrap();
}
