//! The same run over every kind of object storage, on real servers of the protocols.

use crate::{
    operations::{get, part},
    program::check_config,
    support::{Cloud, Person},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use chrono::TimeDelta;
use futures_util::{StreamExt, TryStreamExt};
use gameforge_cloud::{
    backup,
    blobs::Blobs,
    jobs::{run_due, run_purge},
};
use gameforge_stores::{AZURE_ACCOUNT, AZURE_OTHER_KEY, Kind, Store};
use serde_json::Value;
use std::{collections::BTreeMap, io::Cursor};
use tower::ServiceExt;

/// More than one request takes: uploads go in parts from 10 MiB on.
const LARGE: usize = 24 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_is_a_storage() {
    whole_use(Kind::Folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_of_s3_is_a_storage() {
    whole_use(Kind::S3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_of_azure_is_a_storage() {
    whole_use(Kind::Azure).await;
}

/// All that the service asks of a storage.
async fn whole_use(kind: Kind) {
    let mut store = Store::start(kind).await.expect("a storage");
    let cloud = on(&store).await;
    let (status, _, health) = get(&cloud.router, "/readyz", None).await;
    assert_eq!(status, StatusCode::OK, "{health}");
    assert_eq!(names(&cloud.app.blobs, None).await, [] as [&str; 0]);
    objects_come_and_go(&cloud).await;
    a_cut_transfer_is_an_error(&mut store, &cloud).await;
    an_export_is_made_over_a_loss(&mut store, &cloud).await;
    a_backup_lists_them(&store, &cloud).await;
    mistakes_are_said(&store, &cloud).await;
}

/// A service on a storage.
async fn on(store: &Store) -> Cloud {
    let settings = store.settings();
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Cloud::with(&settings).await
}

async fn names(blobs: &Blobs, prefix: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = blobs
        .list(prefix)
        .map_ok(|found| found.location.to_string())
        .try_collect()
        .await
        .expect("the list");
    names.sort();
    names
}

async fn whole(blobs: &Blobs, key: &str) -> Option<Vec<u8>> {
    let (size, stream) = blobs.read(key).await.expect("asked")?;
    let pieces: Vec<_> = stream.try_collect().await.expect("all of it");
    let bytes = pieces.concat();
    assert_eq!(size, bytes.len() as u64, "{key}");
    Some(bytes)
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 251) as u8).collect()
}

async fn objects_come_and_go(cloud: &Cloud) {
    let blobs = &cloud.app.blobs;
    let file = cloud.folder.path().join("file");
    let objects: [(&str, Vec<u8>); 4] = [
        ("a/none", Vec::new()),
        ("a/some", bytes(3)),
        // What signatures and addresses have to write in another way.
        ("b/some + (1) =&;.bin", bytes(70_000)),
        ("b/large", bytes(LARGE)),
    ];
    for (key, content) in &objects {
        std::fs::write(&file, content).expect("a file");
        let size = blobs.put_file(key, &file).await.expect("put");
        assert_eq!(size, content.len() as u64);
    }
    let mut keys: Vec<&str> = objects.iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    assert_eq!(names(blobs, None).await, keys);
    assert_eq!(names(blobs, Some("a")).await, ["a/none", "a/some"]);
    assert_eq!(names(blobs, Some("c")).await, [] as [&str; 0]);
    for (key, content) in &objects {
        assert_eq!(
            blobs.size(key).await.expect("asked"),
            Some(content.len() as u64),
            "{key}"
        );
        assert!(
            whole(blobs, key).await.as_ref() == Some(content),
            "{key} came back as another"
        );
    }

    std::fs::write(&file, b"anew").expect("a file");
    blobs.put_file("a/some", &file).await.expect("replaced");
    assert_eq!(whole(blobs, "a/some").await.as_deref(), Some(&b"anew"[..]));

    assert_eq!(whole(blobs, "a/nothing").await, None);
    assert_eq!(blobs.size("a/nothing").await.expect("asked"), None);
    blobs.delete("a/nothing").await.expect("gone already");
    blobs.delete("b/some + (1) =&;.bin").await.expect("gone");
    blobs.delete("a/none").await.expect("gone");
    blobs.delete("a/none").await.expect("gone already");
    assert_eq!(names(blobs, None).await, ["a/some", "b/large"]);
}

/// For the kinds that are reached over a wire.
async fn a_cut_transfer_is_an_error(store: &mut Store, cloud: &Cloud) {
    if store.kind == Kind::Folder {
        return;
    }
    let read = cloud.app.blobs.read("b/large").await.expect("asked");
    let (size, mut stream) = read.expect("there");
    let first = stream.next().await.expect("some").expect("readable");
    store.lose().await.expect("lost");
    let (mut count, mut broke) = (first.len() as u64, false);
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => count += piece.len() as u64,
            Err(_) => broke = true,
        }
    }
    assert!(broke, "{count} of {size} bytes came, and no error");
    let file = cloud.folder.path().join("file");
    std::fs::write(&file, bytes(LARGE)).expect("a file");
    let error = cloud.app.blobs.put_file("b/lost", &file).await;
    let error = error.expect_err("nobody takes it");
    assert!(
        matches!(error, gameforge_cloud::Error::Storage(_)),
        "{error:?}"
    );
    store.find().await.expect("found");
    let names = names(&cloud.app.blobs, Some("b")).await;
    assert_eq!(names, ["b/large"], "half an object is none");
}

async fn an_export_is_made_over_a_loss(store: &mut Store, cloud: &Cloud) {
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    store.lose().await.expect("lost");
    cloud.clock.advance(TimeDelta::seconds(3));
    let (status, wait, health) = get(&cloud.router, "/readyz", None).await;
    assert_eq!(
        (status, part(&health, "storage"), part(&health, "database")),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            &Value::Bool(false),
            &Value::Bool(true)
        )
    );
    assert!(wait.is_some(), "it says when to come again");
    let asked = cloud
        .ask(Method::POST, "/v1/account/exports", Some(&ada.token), None)
        .await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
    run_due(&cloud.app).await.expect("the loop runs");
    assert_eq!(state(cloud, &ada).await, "waiting", "the work is kept");

    store.find().await.expect("found");
    cloud.clock.advance(TimeDelta::seconds(10));
    run_due(&cloud.app).await.expect("the loop runs");
    assert_eq!(state(cloud, &ada).await, "ready");
    let (status, _, health) = get(&cloud.router, "/readyz", None).await;
    assert_eq!(status, StatusCode::OK, "{health}");
    let id = asked.body["id"].as_str().expect("an id");
    let path = format!("/v1/account/exports/{id}/file");
    let (status, zip) = fetch(cloud, &path, &ada).await;
    assert_eq!(status, StatusCode::OK);
    zip::ZipArchive::new(Cursor::new(zip))
        .expect("a ZIP")
        .by_name("account.json")
        .expect("the account is in it");
    assert_eq!(
        fetch(cloud, &path, &bob).await.0,
        StatusCode::NOT_FOUND,
        "it is Ada’s"
    );

    store.lose().await.expect("lost");
    let (status, problem) = fetch(cloud, &path, &ada).await;
    let problem: Value = serde_json::from_slice(&problem).expect("a problem");
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &Value::from("unavailable")),
        "away is not gone: {problem}"
    );
    store.find().await.expect("found");
    assert_eq!(fetch(cloud, &path, &ada).await.0, StatusCode::OK);

    cloud.clock.advance(TimeDelta::days(8));
    run_purge(&cloud.app).await.expect("purged");
    assert_eq!(
        names(&cloud.app.blobs, Some("exports")).await,
        [] as [&str; 0],
        "its time is over"
    );
}

async fn state(cloud: &Cloud, person: &Person) -> String {
    let token = fresh(cloud, person);
    let list = cloud
        .ask(Method::GET, "/v1/account/exports", Some(&token), None)
        .await;
    let state = list.body["items"][0]["state"].as_str();
    state.expect("one export").to_owned()
}

async fn fetch(cloud: &Cloud, path: &str, person: &Person) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path)
        .header("authorization", format!("Bearer {}", fresh(cloud, person)))
        .body(Body::empty())
        .expect("a request");
    let response = cloud.router.clone().oneshot(request).await;
    let response = response.expect("an answer");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await;
    (status, bytes.expect("a body").to_vec())
}

/// A token as of now: the clock was moved.
fn fresh(cloud: &Cloud, person: &Person) -> String {
    let now = cloud.clock.now();
    cloud
        .app
        .tokens
        .sign(person.account, person.session, Some(now), now)
        .expect("a token")
}

async fn a_backup_lists_them(store: &Store, cloud: &Cloud) {
    let mut expected = 2;
    // Written behind the server's back: more than a page of a list holds.
    if store.kind == Kind::S3 {
        let many = store.place().join("many");
        std::fs::create_dir(&many).expect("a folder");
        for number in 0..1_005 {
            std::fs::write(many.join(number.to_string()), b"x").expect("an object");
        }
        expected += 1_005;
    }
    let folder = cloud.folder.path().join("backup");
    let manifest = backup::save(&cloud.app, &folder).await.expect("a backup");
    let of_many = if store.kind == Kind::S3 { 1_005 } else { 0 };
    assert_eq!(
        (manifest.blobs.count, manifest.blobs.bytes),
        (expected, 4 + LARGE as u64 + of_many)
    );
    cloud.app.blobs.delete("b/large").await.expect("lost");
    let other = on(store).await;
    let restored = backup::restore(&other.app, &folder)
        .await
        .expect("restored");
    assert_eq!(restored.missing_blobs, ["b/large"]);
}

/// `check-config` says what is wrong in words, and which setting it is; so does the right one that it is right.
async fn mistakes_are_said(store: &Store, cloud: &Cloud) {
    let right = settings(store, cloud);
    let (good, said) = check_config(right.clone(), cloud.folder.path()).await;
    assert!(good, "{said}");
    for ((name, value), words) in mistakes(store.kind) {
        let mut wrong = right.clone();
        wrong.insert(format!("GAMEFORGE_{name}"), value.clone());
        let (good, said) = check_config(wrong, cloud.folder.path()).await;
        let line = said
            .lines()
            .find(|line| line.starts_with("storage: "))
            .unwrap_or_default();
        assert!(
            !good && line.contains("does not work") && line.contains(words),
            "{name}={value}: {said}"
        );
        assert!(
            said.contains("database: answers"),
            "the others are tried all the same: {said}"
        );
    }
}

/// Settings that are wrong, and what must be said of each.
fn mistakes(kind: Kind) -> Vec<((&'static str, String), &'static str)> {
    match kind {
        // A file, where a folder is wanted, is seen when the service is put together.
        Kind::Folder => Vec::new(),
        Kind::S3 => vec![
            (
                ("S3_SECRET", "another".to_owned()),
                "correct GAMEFORGE_S3_KEY and GAMEFORGE_S3_SECRET",
            ),
            (
                ("S3_KEY", "nobody".to_owned()),
                "correct GAMEFORGE_S3_KEY and GAMEFORGE_S3_SECRET",
            ),
            (
                ("S3_BUCKET", "elsewhere".to_owned()),
                "the bucket “elsewhere” is not there",
            ),
            (
                // The discard port: nobody listens there.
                ("S3_ENDPOINT", "http://127.0.0.1:9".to_owned()),
                "correct GAMEFORGE_S3_ENDPOINT",
            ),
        ],
        Kind::Azure => vec![
            (
                ("AZURE_KEY", AZURE_OTHER_KEY.to_owned()),
                "correct GAMEFORGE_AZURE_ACCOUNT and GAMEFORGE_AZURE_KEY",
            ),
            (
                ("AZURE_CONTAINER", "elsewhere".to_owned()),
                "the container “elsewhere” is not there",
            ),
            (
                (
                    "AZURE_ENDPOINT",
                    format!("http://127.0.0.1:9/{AZURE_ACCOUNT}"),
                ),
                "correct GAMEFORGE_AZURE_ENDPOINT",
            ),
        ],
    }
}

fn settings(store: &Store, cloud: &Cloud) -> BTreeMap<String, String> {
    let folder = cloud.folder.path().join("mail").display().to_string();
    let mut values = vec![
        ("DATABASE_URL", cloud.owner_url.clone()),
        ("TOKEN_KEYS", "a-key-of-a-test-0123456789abcdef".to_owned()),
        (
            "SEAL_KEY",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        ),
        ("MAIL_FOLDER", folder),
    ];
    values.extend(store.settings());
    values
        .into_iter()
        .map(|(name, value)| (format!("GAMEFORGE_{name}"), value))
        .collect()
}
