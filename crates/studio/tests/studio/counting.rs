//! What is said about many assets at once: the counts of the side bar, and what a selection has in common.

use crate::support::{Place, ids};
use gameforge_studio::Library;
use gameforge_wire::{Edit, SelectionSummary, Sidecars};
use sqlx::Connection;

#[tokio::test]
async fn engines_import_files_are_counted_apart_for_each_place_of_the_side_bar() {
    let place = Place::new();
    let library = place.open().await;
    let art = place.add(&["orc.png", "elf.png"]).await;
    let summary = library.summary().await.unwrap();
    assert_eq!(summary.sidecars, Sidecars::default(), "there are none yet");

    let beside = place
        .add(&["orc.png.import", "elf.png.meta", "tree.png.import"])
        .await;
    let mut conn = place.connect().await;
    for id in [art[0], beside[1]] {
        sqlx::query("UPDATE asset SET added_ms = ? WHERE id = ?")
            .bind(chrono::Utc::now().timestamp_millis())
            .bind(id.as_bytes().as_slice())
            .execute(&mut conn)
            .await
            .unwrap();
        sqlx::query("INSERT INTO change (asset) SELECT row FROM asset WHERE id = ?")
            .bind(id.as_bytes().as_slice())
            .execute(&mut conn)
            .await
            .unwrap();
    }
    conn.close().await.unwrap();
    library
        .edit(Edit::AddTags {
            targets: ids(&[art[1], beside[0]]),
            tags: vec!["enemy".parse().unwrap()],
        })
        .await
        .unwrap();

    let summary = library.summary().await.unwrap();
    assert_eq!(
        (summary.assets, summary.untagged, summary.recent),
        (5, 3, 2),
        "all are in the counts of all"
    );
    assert_eq!(
        summary.sidecars,
        Sidecars {
            assets: 3,
            untagged: 2,
            recent: 1
        },
        "and those beside the pictures are told, to be left out"
    );
    library.close().await.unwrap();
}

async fn selected(library: &Library, targets: gameforge_wire::Targets) -> SelectionSummary {
    library.selection(targets).await.unwrap()
}

#[tokio::test]
async fn a_selection_tells_several_licences_from_none() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png", "tree.wav"]).await;
    let licence = async |which: &[gameforge_domain::AssetId], licence: Option<&str>| {
        library
            .edit(Edit::SetLicence {
                targets: ids(which),
                licence: licence.map(str::to_owned),
            })
            .await
            .unwrap();
    };

    let all = selected(&library, ids(&assets)).await;
    assert_eq!(
        (all.licence_differs, all.licence),
        (false, Some(None)),
        "none has one: they do not differ"
    );

    licence(&assets[..1], Some("CC0-1.0")).await;
    let all = selected(&library, ids(&assets)).await;
    assert_eq!(
        (all.licence_differs, all.licence),
        (true, None),
        "one has one"
    );
    let rest = selected(&library, ids(&assets[1..])).await;
    assert!(!rest.licence_differs, "the others still have none");

    licence(&assets, Some("CC0-1.0")).await;
    let all = selected(&library, ids(&assets)).await;
    assert_eq!(
        (all.licence_differs, all.licence),
        (false, Some(Some("CC0-1.0".to_owned()))),
        "all have the same"
    );

    licence(&assets[2..], Some("MIT")).await;
    assert!(selected(&library, ids(&assets)).await.licence_differs);
    library.close().await.unwrap();
}
