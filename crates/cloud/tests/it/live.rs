//! The live connection: two copies of the service on one database, real sockets. On two threads: at a test's end one
//! of them drops the database and waits until connections that are being made have come to their end on the other.

use crate::{
    support::{Cloud, Person},
    teams::{comment, delete, get, let_in, order, patch, post, project, workspace},
};
use axum::http::StatusCode;
use futures_util::{SinkExt, StreamExt};
use gameforge_cloud::{App, identity::follow, jobs::run_due, live::Running};
use gameforge_wire::cloud::LiveFrame;
use serde_json::json;
use sqlx::Executor;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

/// How long a frame may take. Far more than it does: only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running copy of the service.
struct Copy {
    app: App,
    address: SocketAddr,
    _running: Running,
}

impl Copy {
    async fn start(app: App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = gameforge_cloud::service(app.clone());
        tokio::spawn(async move {
            axum::serve(
                listener,
                service.into_make_service_with_connect_info::<SocketAddr>(),
            )
            .await
        });
        let before = listeners(&app).await;
        tokio::spawn(follow::follow(app.clone()));
        let running = Running::start(app.clone());
        // What is said before a copy listens is made good by asking anew, which is not what these tests are about.
        let listening = async { while listeners(&app).await < before + 2 {} };
        timeout(PATIENCE, listening).await.expect("it listens");
        Self {
            _running: running,
            app,
            address,
        }
    }

    /// Another copy on the same database.
    async fn beside(cloud: &Cloud) -> Self {
        let app = App::new(cloud.app.config.clone(), cloud.clock.clone()).expect("the parts fit");
        Self::start(app).await
    }

    async fn connect(&self, who: &Person) -> Socket {
        let mut socket = Socket(
            self.try_connect(Some(&who.token), None)
                .await
                .expect("a socket"),
        );
        let first = socket.next().await;
        assert_eq!(
            first,
            LiveFrame::Welcome {
                account_id: who.account
            }
        );
        socket
    }

    async fn try_connect(
        &self,
        token: Option<&str>,
        origin: Option<&str>,
    ) -> Result<WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>, Error> {
        let mut request = format!("ws://{}/v1/live", self.address)
            .into_client_request()
            .expect("a request");
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().expect("a header");
            request.headers_mut().insert("authorization", value);
        }
        if let Some(origin) = origin {
            let value = origin.parse().expect("a header");
            request.headers_mut().insert("origin", value);
        }
        connect_async(request).await.map(|(socket, _)| socket)
    }
}

/// Connections to the database that listen.
async fn listeners(app: &App) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .fetch_one(app.store.pool())
    .await
    .expect("the list of connections")
}

/// An open connection.
struct Socket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Socket {
    /// The next frame.
    async fn next(&mut self) -> LiveFrame {
        self.frame().await.expect("the connection stands")
    }

    /// The next frame; none when the connection was closed.
    async fn frame(&mut self) -> Option<LiveFrame> {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("in time");
            match message {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).expect("a frame"));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads until a poke of this scope with at least this number.
    async fn poked(&mut self, scope: &str, least: f64) {
        loop {
            if let LiveFrame::Poke { scope_id, seq } = self.next().await
                && scope_id == scope
                && seq >= least
            {
                return;
            }
        }
    }

    /// Reads until these people are there in a project.
    async fn sees(&mut self, names: &[&str]) {
        loop {
            if let LiveFrame::Present { people, .. } = self.next().await {
                let there: Vec<_> = people
                    .iter()
                    .map(|it| it.person.display_name.as_str())
                    .collect();
                if there == names {
                    return;
                }
            }
        }
    }

    async fn look(&mut self, project: Option<&str>) {
        let place = project.map(|id| json!({ "project_id": id }));
        let request = json!({ "type": "look", "place": place }).to_string();
        self.0.send(Message::text(request)).await.expect("sent");
    }
}

/// Ada's project with Bob in it.
async fn scene(cloud: &Cloud) -> (Person, Person, String) {
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(cloud, &ada, "Nord").await;
    let id = project(cloud, &ada, &place, "Game").await;
    let_in(cloud, &ada, &format!("/v1/projects/{id}"), &bob, "editor").await;
    (ada, bob, id)
}

async fn say(cloud: &Cloud, who: &Person, project: &str, body: &str) -> f64 {
    let request = comment(cloud, cloud.app.new_id(), body);
    let path = format!("/v1/projects/{project}/comments");
    let made = post(cloud, who, &path, request)
        .await
        .is(StatusCode::CREATED);
    made["seq"].as_f64().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_at_one_copy_is_told_at_the_other() {
    let cloud = Cloud::start().await;
    let (ada, bob, id) = scene(&cloud).await;
    let (one, other) = (
        Copy::start(cloud.app.clone()).await,
        Copy::beside(&cloud).await,
    );
    let mut adas = one.connect(&ada).await;
    let mut bobs = other.connect(&bob).await;
    let body = format!("@[bob]({}) look", bob.account);
    let seq = say(&cloud, &ada, &id, &body).await;
    bobs.poked(&id, seq).await;
    adas.poked(&id, seq).await;
    // The mention numbers Bob's own scope, too.
    let seq = say(&cloud, &ada, &id, &body).await;
    bobs.poked(&bob.account.to_string(), 2.0).await;
    adas.poked(&id, seq).await;
    drop((one, other));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_of_the_own_data_that_is_ready_is_told() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let copy = Copy::start(cloud.app.clone()).await;
    let mut adas = copy.connect(&ada).await;
    order(&cloud, &ada, "/v1/account/exports")
        .await
        .is(StatusCode::ACCEPTED);
    run_due(&cloud.app).await.expect("the package is made");
    adas.poked(&ada.account.to_string(), 1.0).await;
    drop(copy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_hears_nothing_and_who_was_let_go_hears_nothing_more() {
    let cloud = Cloud::start().await;
    let (ada, bob, id) = scene(&cloud).await;
    let eve = cloud.person("eve").await;
    let (one, other) = (
        Copy::start(cloud.app.clone()).await,
        Copy::beside(&cloud).await,
    );
    let mut adas = one.connect(&ada).await;
    let mut bobs = other.connect(&bob).await;
    let mut eves = other.connect(&eve).await;
    let seq = say(&cloud, &ada, &id, "before").await;
    bobs.poked(&id, seq).await;
    delete(
        &cloud,
        &ada,
        &format!("/v1/projects/{id}/members/{}", bob.account),
    )
    .await
    .is(StatusCode::NO_CONTENT);
    // Bob hears of the news about himself, which come after the change of what he may see.
    bobs.poked(&bob.account.to_string(), 1.0).await;
    let last = say(&cloud, &ada, &id, "after").await;
    adas.poked(&id, last).await;
    // Something of their own, to know that whatever came before it would have been there.
    for (person, socket) in [(&bob, &mut bobs), (&eve, &mut eves)] {
        let own = person.workspace.to_string();
        let now = patch(
            &cloud,
            person,
            &format!("/v1/workspaces/{own}"),
            json!({ "name": "Own" }),
        )
        .await
        .is(StatusCode::OK);
        let least = now["seq"].as_f64().expect("a number");
        loop {
            if let LiveFrame::Poke { scope_id, seq } = socket.next().await {
                assert!(scope_id != id || seq < last, "{} heard of it", person.email);
                if scope_id == own && seq >= least {
                    break;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_in_follows_from_then_on() {
    let cloud = Cloud::start().await;
    let (ada, _, id) = scene(&cloud).await;
    let cem = cloud.person("cem").await;
    let copy = Copy::start(cloud.app.clone()).await;
    let mut cems = copy.connect(&cem).await;
    let_in(&cloud, &ada, &format!("/v1/projects/{id}"), &cem, "viewer").await;
    cems.poked(&id, 1.0).await;
    let seq = say(&cloud, &ada, &id, "welcome").await;
    cems.poked(&id, seq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_looks_is_seen_on_all_copies_and_gone_when_gone() {
    let cloud = Cloud::start().await;
    let (ada, bob, id) = scene(&cloud).await;
    let eve = cloud.person("eve").await;
    let (one, other) = (
        Copy::start(cloud.app.clone()).await,
        Copy::beside(&cloud).await,
    );
    let mut adas = one.connect(&ada).await;
    let mut bobs = other.connect(&bob).await;
    let mut eves = other.connect(&eve).await;
    eves.look(Some(&id)).await;
    adas.look(Some(&id)).await;
    bobs.look(Some(&id)).await;
    adas.sees(&["bob"]).await;
    bobs.sees(&["ada"]).await;
    // A copy that starts later hears of those who were there.
    let third = Copy::beside(&cloud).await;
    let mut more = third.connect(&bob).await;
    more.look(Some(&id)).await;
    more.sees(&["ada"]).await;
    drop(more);
    // No farewell: the connection just breaks.
    drop(bobs);
    adas.sees(&[]).await;
    adas.look(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_signed_out_is_told_and_cut_off() {
    let cloud = Cloud::start().await;
    let (ada, _, _) = scene(&cloud).await;
    let other = Copy::beside(&cloud).await;
    let mut socket = other.connect(&ada).await;
    let path = format!("/v1/account/sessions/{}", ada.session);
    let answer = delete(&cloud, &ada, &path).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    loop {
        match socket.frame().await {
            Some(LiveFrame::SignedOut) => break,
            Some(_) => {}
            None => panic!("closed without a word"),
        }
    }
    assert_eq!(socket.frame().await, None, "and closed");
    let refused = other.try_connect(Some(&ada.token), None).await;
    assert_refused(refused, 401);
}

fn assert_refused<T>(answer: Result<T, Error>, status: u16) {
    match answer {
        Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it let somebody in"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_other_sites_and_nobody_do_not_connect() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let copy = Copy::start(cloud.app.clone()).await;
    assert_refused(copy.try_connect(None, None).await, 401);
    assert_refused(copy.try_connect(Some("nonsense"), None).await, 401);
    for origin in ["https://evil.example", "null"] {
        let answer = copy.try_connect(Some(&ada.token), Some(origin)).await;
        assert_refused(answer, 403);
    }
    let own = copy
        .try_connect(Some(&ada.token), Some("http://127.0.0.1:8477"))
        .await;
    assert!(own.is_ok());
    get(&cloud, &ada, "/v1/live")
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_ends_the_connection_and_nothing_else() {
    let cloud = Cloud::start().await;
    let (ada, _, id) = scene(&cloud).await;
    let copy = Copy::start(cloud.app.clone()).await;
    let mut good = copy.connect(&ada).await;
    for bad in [
        Message::text("nonsense"),
        Message::text(r#"{"type":"sing"}"#),
        Message::text(
            json!({ "type": "look", "place": { "project_id": id, "object_kind": "asset" } })
                .to_string(),
        ),
        Message::binary(vec![0_u8; 9]),
        Message::text("x".repeat(10_000)),
    ] {
        let mut socket = copy.connect(&ada).await;
        // It may be closed while it is still being sent.
        let _sent = socket.0.send(bad).await;
        while socket.frame().await.is_some() {}
    }
    let seq = say(&cloud, &ada, &id, "still here").await;
    good.poked(&id, seq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_listening_connection_is_lost_everybody_is_poked_and_hears_again() {
    let cloud = Cloud::start().await;
    let (ada, _, id) = scene(&cloud).await;
    let copy = Copy::start(cloud.app.clone()).await;
    let mut socket = copy.connect(&ada).await;
    let seq = say(&cloud, &ada, &id, "before").await;
    socket.poked(&id, seq).await;
    let mut owner = cloud.owner().await;
    let cut = owner
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE 'LISTEN%gameforge_live%'",
        )
        .await
        .expect("the connection is cut");
    assert_eq!(cut.rows_affected(), 1, "there is one such connection");
    // Poked for what there is, though nothing was said.
    socket.poked(&id, seq).await;
    let seq = say(&cloud, &ada, &id, "after").await;
    socket.poked(&id, seq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_hints_become_few() {
    let cloud = Cloud::start().await;
    let (ada, _, id) = scene(&cloud).await;
    let copy = Copy::start(cloud.app.clone()).await;
    let mut socket = copy.connect(&ada).await;
    let scope = id.parse().expect("an id");
    for seq in 1_000..2_000 {
        copy.app.poke(scope, seq);
    }
    let mut frames = 0;
    loop {
        if let LiveFrame::Poke { scope_id, seq } = socket.next().await
            && scope_id == id
            && seq >= 1_000.0
        {
            frames += 1;
            if seq >= 1_999.0 {
                break;
            }
        }
    }
    assert!(frames < 10, "{frames} frames for a thousand hints");
    order(&cloud, &ada, &format!("/v1/projects/{id}/leave"))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
}
