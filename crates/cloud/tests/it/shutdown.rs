//! The program itself, asked to stop (SIGTERM) in the middle of requests and of a live connection.
#![cfg(unix)]

use crate::{
    program::{Program, settings},
    support::{Cloud, Person},
    teams::{comment, project, workspace},
};
use futures_util::StreamExt;
use gameforge_wire::cloud::LiveFrame;
use sqlx::{AssertSqlSafe, Executor};
use std::{
    collections::BTreeSet,
    io::ErrorKind,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, sync::mpsc, time::timeout};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

/// Only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
const WRITERS: usize = 4;

/// Writes comments one after the other, tells which were acknowledged, and ends when nobody takes a request any more.
async fn write(
    http: reqwest::Client,
    url: String,
    ada: Person,
    ids: std::sync::Arc<Cloud>,
    acknowledged: mpsc::UnboundedSender<Uuid>,
) {
    loop {
        let body = comment(&ids, ids.app.new_id(), "said");
        let id = body["id"].as_str().expect("an id").parse().expect("an id");
        let sent = http.post(&url).bearer_auth(&ada.token).json(&body).send();
        match sent.await {
            Ok(answer) => {
                assert_eq!(answer.status(), 201, "what is answered is answered well");
                acknowledged.send(id).expect("somebody counts");
            }
            Err(error) => {
                assert!(!error.is_timeout(), "{error}");
                return;
            }
        }
    }
}

/// Waits until as many of the program's connections wait for a lock.
async fn blocked(cloud: &Cloud, wanted: i64) {
    let mut owner = cloud.owner().await;
    let waiting = async {
        loop {
            let count: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .fetch_one(&mut owner)
            .await
            .expect("the list of connections");
            if count >= wanted {
                break;
            }
        }
    };
    timeout(PATIENCE, waiting).await.expect("they wait");
}

async fn refuses_connections(address: SocketAddr) {
    let began = Instant::now();
    loop {
        match TcpStream::connect(address).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
            _ => assert!(began.elapsed() < PATIENCE, "it takes connections still"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_it_ends_what_is_on_its_way_and_loses_nothing() {
    let cloud = std::sync::Arc::new(Cloud::start().await);
    let ada = cloud.person("ada").await;
    let nord = workspace(&cloud, &ada, "Nord").await;
    let game = project(&cloud, &ada, &nord, "Game").await;
    let mut program = Program::start(settings(&cloud.owner_url, cloud.folder.path()));
    let address = program.address;

    let mut live = format!("ws://{address}/v1/live")
        .into_client_request()
        .expect("a request");
    let bearer = format!("Bearer {}", ada.token).parse().expect("a header");
    live.headers_mut().insert("authorization", bearer);
    let (mut live, _) = connect_async(live).await.expect("a live connection");
    let welcome = timeout(PATIENCE, live.next()).await.expect("in time");
    let welcome = welcome.expect("a frame").expect("a frame").into_data();
    assert!(matches!(
        serde_json::from_slice(&welcome).expect("a frame"),
        LiveFrame::Welcome { .. }
    ));

    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .expect("a client");
    let (told, mut acknowledged) = mpsc::unbounded_channel();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let url = format!("http://{address}/v1/projects/{game}/comments");
        let (http, ada, ids) = (http.clone(), ada.clone(), cloud.clone());
        writers.spawn(write(http, url, ada, ids, told.clone()));
    }
    drop(told);
    let mut kept = BTreeSet::new();
    while kept.len() < 40 {
        let id = timeout(PATIENCE, acknowledged.recv()).await;
        kept.insert(id.expect("in time").expect("the writers go on"));
    }

    // All writers are in the middle of a request when the signal comes.
    let mut holder = cloud.owner().await;
    holder
        .execute(AssertSqlSafe(format!(
            "BEGIN; SELECT FROM scope WHERE id = '{game}' FOR UPDATE"
        )))
        .await
        .expect("the scope is held");
    blocked(&cloud, i64::try_from(WRITERS).expect("few")).await;
    while let Ok(id) = acknowledged.try_recv() {
        kept.insert(id);
    }
    let before = kept.len();
    program.terminate();
    refuses_connections(address).await;
    let closed = async {
        loop {
            match live.next().await {
                Some(Ok(Message::Close(_))) => return true,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return false,
            }
        }
    };
    assert!(
        timeout(PATIENCE, closed).await.expect("in time"),
        "the window is told to connect elsewhere"
    );
    holder.execute("COMMIT").await.expect("let go");
    while let Some(id) = timeout(PATIENCE, acknowledged.recv())
        .await
        .expect("in time")
    {
        kept.insert(id);
    }
    while let Some(done) = writers.join_next().await {
        done.expect("a writer saw what it should");
    }
    assert_eq!(
        kept.len() - before,
        WRITERS,
        "each request on its way was answered, and no other taken"
    );
    let status = program.end().await;
    assert!(status.success(), "{status}");
    let there: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM comment")
        .fetch_all(&mut cloud.owner().await)
        .await
        .expect("the comments");
    let there: BTreeSet<Uuid> = there.into_iter().collect();
    assert_eq!(there, kept, "all that was acknowledged, and nothing else");
}
