//! PostgreSQL is killed in the middle of many writes. On a server that the test has for itself, durable as in earnest.

use crate::{
    operations::get,
    support::{Cloud, Person, programs, with_database},
    teams::{comment, project, workspace},
};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use gameforge_cloud::App;
use gameforge_postgres::{Safety, Server};
use gameforge_stores::Wire;
use sqlx::{Connection, PgConnection};
use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use tower::ServiceExt;
use url::Url;
use uuid::Uuid;

/// Only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(60);
const WRITERS: usize = 4;

/// What a writer heard.
enum Heard {
    Kept(Uuid),
    Away,
}

/// Writes comments; after the database went it waits until it is back, writes one more, and is done.
async fn write(
    router: Router,
    cloud: std::sync::Arc<Cloud>,
    ada: Person,
    path: String,
    told: mpsc::UnboundedSender<Heard>,
    mut is_back: watch::Receiver<bool>,
) {
    loop {
        let was_back = *is_back.borrow();
        let body = comment(&cloud, cloud.app.new_id(), "said");
        let id = body["id"].as_str().expect("an id").parse().expect("an id");
        let request = Request::post(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = router.clone().oneshot(request).await.expect("an answer");
        match answer.status() {
            StatusCode::CREATED => {
                told.send(Heard::Kept(id)).expect("somebody counts");
                if was_back {
                    return;
                }
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(answer.headers().contains_key("retry-after"));
                if !was_back {
                    told.send(Heard::Away).expect("somebody counts");
                    is_back.changed().await.expect("it comes back");
                }
            }
            other => panic!("{other}"),
        }
    }
}

fn start(data: &Path) -> Server {
    let began = Instant::now();
    loop {
        // What is left of the killed one may hold its memory for a moment; then a start is refused.
        match Server::start(&programs(), data, Safety::Durable) {
            Ok(server) => return server,
            Err(error) => assert!(began.elapsed() < PATIENCE, "{error}"),
        }
    }
}

fn place(url: &str) -> String {
    let url = Url::parse(url).expect("an address");
    format!(
        "{}:{}",
        url.host_str().expect("a host"),
        url.port().expect("a port")
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_in_the_middle_of_writes_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = start(&data);
    let cloud = std::sync::Arc::new(Cloud::on(server.url("postgres"), None, &[]).await);
    let ada = cloud.person("ada").await;
    let nord = workspace(&cloud, &ada, "Nord").await;
    let game = project(&cloud, &ada, &nord, "Game").await;
    let wire = Wire::lay(place(&cloud.owner_url), None)
        .await
        .expect("a wire");
    let at = wire.address;
    let mut url = Url::parse(&cloud.owner_url).expect("an address");
    url.set_host(Some("127.0.0.1")).expect("a host");
    url.set_port(Some(at.port())).expect("a port");
    let mut config = cloud.app.config.clone();
    config.database_url = url.to_string().into();
    let router =
        gameforge_cloud::service(App::new(config, cloud.clock.clone()).expect("the parts fit"));

    let (told, mut heard) = mpsc::unbounded_channel();
    let (back, is_back) = watch::channel(false);
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let path = format!("/v1/projects/{game}/comments");
        writers.spawn(write(
            router.clone(),
            cloud.clone(),
            ada.clone(),
            path,
            told.clone(),
            is_back.clone(),
        ));
    }
    drop(told);
    let mut kept = BTreeSet::new();
    let mut away = 0;
    let mut killed = None;
    while away < WRITERS {
        let next = timeout(PATIENCE, heard.recv()).await.expect("in time");
        match next.expect("the writers go on") {
            Heard::Kept(id) => _ = kept.insert(id),
            Heard::Away => away += 1,
        }
        if kept.len() == 60 && killed.is_none() {
            let done = Command::new("sh")
                .args(["-c", "kill -KILL $0", &server.id().to_string()])
                .status();
            killed = Some(done.expect("a shell").success());
        }
    }
    assert_eq!(killed, Some(true), "it went by our hand alone");
    wire.cut().await;
    cloud.clock.advance(TimeDelta::seconds(3));
    let (status, wait, _) = get(&router, "/readyz", None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(wait.is_some());

    drop(server);
    let server = start(&data);
    let _wire = Wire::lay(place(&server.url("postgres")), Some(at))
        .await
        .expect("a wire");
    back.send(true).expect("the writers wait");
    while let Some(Heard::Kept(id)) = timeout(PATIENCE, heard.recv()).await.expect("in time") {
        kept.insert(id);
    }
    while let Some(done) = writers.join_next().await {
        done.expect("a writer saw what it should");
    }
    cloud.clock.advance(TimeDelta::seconds(3));
    let (status, _, health) = get(&router, "/readyz", None).await;
    assert_eq!(status, StatusCode::OK, "without a restart: {health}");
    let name = url.path().trim_start_matches('/');
    let mut owner = PgConnection::connect(&with_database(&server.url("postgres"), name))
        .await
        .expect("the owner");
    let there: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM comment")
        .fetch_all(&mut owner)
        .await
        .expect("the comments");
    let there: BTreeSet<Uuid> = there.into_iter().collect();
    let lost: Vec<_> = kept.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), kept.len());
    assert!(kept.len() >= 60 + WRITERS, "each wrote once more after it");
}
