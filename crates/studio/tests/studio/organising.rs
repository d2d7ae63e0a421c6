//! Merges, and the tree of collections.

use crate::{
    editing::{edit, label, tag},
    support::{Place, dump, found, ids},
};
use gameforge_domain::CollectionId;
use gameforge_studio::Library;
use gameforge_wire::{Edit, ErrorCode};

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
