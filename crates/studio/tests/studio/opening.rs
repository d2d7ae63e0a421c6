//! Opening, refusing, backing up, reading only.

use crate::support::{Place, command, found, ids};
use gameforge_studio::{Error, Library, Options};
use gameforge_wire::{Edit, ErrorCode};

async fn refused(place: &Place, options: Options) -> Error {
    match Library::open(&place.library(), options).await {
        Ok(_) => panic!("the library was opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_folder_without_a_library_is_refused_and_left_alone() {
    let place = Place::new();
    let options = Options {
        create: false,
        ..command()
    };
    let error = refused(&place, options.clone()).await;
    assert_eq!(error.code(), ErrorCode::NotALibrary);
    assert!(!place.library().exists(), "nothing was made");
    std::fs::create_dir(place.library()).unwrap();
    std::fs::write(place.library().join("library.db"), "").unwrap();
    let error = refused(&place, options).await;
    assert_eq!(
        error.code(),
        ErrorCode::NotALibrary,
        "an empty file is no library"
    );
}

#[tokio::test]
async fn a_library_keeps_its_id() {
    let place = Place::new();
    let library = place.open().await;
    let id = library.id();
    library.close().await.unwrap();
    let library = place.open().await;
    assert_eq!(library.id(), id);
    library.close().await.unwrap();
}

#[tokio::test]
async fn another_programs_database_is_refused() {
    let place = Place::new();
    std::fs::create_dir(place.library()).unwrap();
    let mut conn = sqlx::SqliteConnection::connect_with(
        &sqlx::sqlite::SqliteConnectOptions::new()
            .filename(place.library().join("library.db"))
            .create_if_missing(true),
    )
    .await
    .unwrap();
    sqlx::query("CREATE TABLE recipes (name TEXT)")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let before = std::fs::read(place.library().join("library.db")).unwrap();
    assert_eq!(
        refused(&place, command()).await.code(),
        ErrorCode::NotALibrary
    );
    let after = std::fs::read(place.library().join("library.db")).unwrap();
    assert_eq!(before, after, "not a byte of it was changed");
}

use sqlx::{ConnectOptions as _, Connection as _};

#[tokio::test]
async fn a_newer_library_is_refused_before_anything_is_migrated() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let mut conn = place.connect().await;
    sqlx::query("PRAGMA user_version = 999")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let error = refused(&place, command()).await;
    assert_eq!(error.code(), ErrorCode::NewerLibrary);
    assert!(error.to_string().contains("999"), "{error}");
    let backups = std::fs::read_dir(place.library().join("backups"))
        .unwrap()
        .count();
    assert_eq!(backups, 0, "nothing was about to be changed");
}

#[tokio::test]
async fn an_older_library_is_backed_up_before_it_is_migrated() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    place.add(&["orc.png"]).await;
    for _ in 0..7 {
        let mut conn = place.connect().await;
        sqlx::query("PRAGMA user_version = 0")
            .execute(&mut conn)
            .await
            .unwrap();
        conn.close().await.unwrap();
        let library = place.open().await;
        assert_eq!(found(&library, "orc").await, ["orc.png"]);
        library.close().await.unwrap();
    }
    let mut backups: Vec<_> = std::fs::read_dir(place.library().join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    backups.sort();
    assert_eq!(backups.len(), 5, "the oldest ones were let go");
    let mut copy = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&backups[4])
        .read_only(true)
        .connect()
        .await
        .unwrap();
    let assets: i64 = sqlx::query_scalar("SELECT count(*) FROM asset")
        .fetch_one(&mut copy)
        .await
        .unwrap();
    assert_eq!(assets, 1, "the backup is a whole database");
}

#[tokio::test]
async fn a_damaged_database_is_named_with_its_backup() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let file = place.library().join("library.db");
    let backup = place
        .library()
        .join("backups")
        .join("000000000000001-format-1.db");
    std::fs::copy(&file, &backup).unwrap();
    let sound = std::fs::read(&file).unwrap();
    for damaged in [
        b"this is not a database, but it is long enough for a header".to_vec(),
        sound[..sound.len() / 2].to_vec(),
    ] {
        std::fs::write(&file, &damaged).unwrap();
        let error = refused(&place, command()).await;
        assert_eq!(error.code(), ErrorCode::Damaged, "{error:?}");
        let message = error.failure().message;
        assert!(message.contains("library.db"), "{message}");
        assert!(message.contains("000000000000001-format-1.db"), "{message}");
    }
}

#[tokio::test]
async fn a_library_that_can_only_be_read_is_searched_and_not_changed() {
    let place = Place::new();
    let library = place.open().await;
    let assets = place.add(&["orc.png", "elf.png"]).await;
    library.close().await.unwrap();
    let options = Options {
        read_only: true,
        create: false,
        ..command()
    };
    let library = Library::open(&place.library(), options).await.unwrap();
    assert!(library.read_only());
    assert_eq!(found(&library, "orc").await, ["orc.png"]);
    assert_eq!(library.asset(assets[1]).await.unwrap().card.name, "elf.png");
    let edit = Edit::SetRating {
        targets: ids(&assets),
        rating: 3,
    };
    let error = library.edit(edit).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ReadOnly);
    assert_eq!(
        library.undo().await.unwrap_err().code(),
        ErrorCode::ReadOnly
    );
    library.close().await.unwrap();
}
