//! The Studio's side of the cloud: lists from memory while it is away, comments that wait and are sent once.
//! The cloud here is a small server that can be switched off; the real one is what `gameforge-client` is tested with.

use axum::{
    Json, Router,
    extract::{Path, State, WebSocketUpgrade, ws::Message},
    response::IntoResponse,
    routing::{get, post},
};
use gameforge_domain::{DataExportId, Email, Name, ProjectId};
use gameforge_studio::cloud::{Cloud, Desk, Device, tokens::Memory};
use gameforge_wire::{
    CloudAct, CloudAsk, CloudDone, CloudLink, CloudNews, CloudRows, ErrorCode,
    cloud::{ObjectKind, ObjectRef},
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    sync::{broadcast, oneshot},
    task::JoinHandle,
    time::timeout,
};
use uuid::Uuid;

/// Far more than anything takes: only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server was told, by the comments' ids.
type Said = Arc<Mutex<Vec<Value>>>;

fn account() -> Value {
    json!({
        "id": Uuid::nil(), "email": "ada@example.org", "email_verified": true, "display_name": "Ada", "role": "USER",
        "plan": "free", "locale": "en", "has_password": true, "has_second_factor": false, "recovery_codes_left": 0,
        "created_at": "2026-11-22T12:00:00Z", "erase_after": null,
    })
}

fn tokens() -> Value {
    json!({ "result": "done", "access_token": "a", "expires_in": 900, "refresh_token": "r", "session_id": Uuid::nil(), "account": account() })
}

async fn say(
    State(said): State<Said>,
    Path(project): Path<Uuid>,
    Json(body): Json<Value>,
) -> Json<Value> {
    said.lock().push(body["id"].clone());
    Json(json!({
        "id": body["id"], "project_id": project, "object": body["object"], "thread_id": null,
        "author": { "id": Uuid::nil(), "display_name": "Ada" }, "body": body["body"], "mentions": [], "reactions": [],
        "created_at": "2026-11-22T12:00:00Z", "edited_at": null, "resolved_at": null, "resolved_by": null,
        "deleted_at": null, "seq": 1,
    }))
}

async fn live(upgrade: WebSocketUpgrade) -> impl IntoResponse {
    upgrade.on_upgrade(|mut socket| async move {
        let welcome = json!({ "type": "welcome", "account_id": Uuid::nil() }).to_string();
        if socket.send(Message::text(welcome)).await.is_ok() {
            while socket.recv().await.is_some_and(|message| message.is_ok()) {}
        }
    })
}

/// A server that can be switched off and, at the same address, on again.
struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Server {
    async fn start(at: &str, said: &Said) -> Self {
        Self::with(at, said, &Said::default()).await
    }

    /// With notifications and a package of data.
    async fn with(at: &str, said: &Said, notices: &Said) -> Self {
        let empty = || async { Json(json!({ "items": [], "next": null })) };
        let workspaces = || async {
            Json(json!({ "items": [{
                "id": Uuid::nil(), "name": "Emberworks", "personal": false, "role": "owner", "permissions": ["view"], "plan": "free",
                "settings": {}, "members": 1, "projects": 0, "created_at": "2026-11-22T12:00:00Z", "updated_at": "2026-11-22T12:00:00Z", "seq": 1,
            }], "next": null }))
        };
        let routes = Router::new()
            .route(
                "/v1/auth/providers",
                get(|| async { Json(json!({ "providers": [] })) }),
            )
            .route("/v1/auth/sign-in", post(|| async { Json(tokens()) }))
            .route("/v1/auth/refresh", post(|| async { Json(tokens()) }))
            .route("/v1/account", get(|| async { Json(account()) }))
            .route(
                "/v1/notifications",
                get({
                    let notices = Arc::clone(notices);
                    || async move {
                        let rows = notices.lock().clone();
                        Json(json!({ "items": rows, "next": null }))
                    }
                }),
            )
            .route(
                "/v1/account/exports/{id}/file",
                get(|| async { vec![7_u8; PACKAGE] }),
            )
            .route(
                "/v1/notifications/unread",
                get(|| async {
                    Json(json!({ "notifications": 2, "invitations": 1, "account_id": Uuid::nil() }))
                }),
            )
            .route("/v1/workspaces", get(workspaces))
            .route("/v1/projects/{id}/comments", get(empty).post(say))
            .route("/v1/live", get(live))
            .with_state(Arc::clone(said));
        let listener = TcpListener::bind(at).await.expect("the port is free");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        // A runtime of its own: when it goes, every connection goes with it, as when a machine is switched off.
        let listener = listener.into_std().expect("a listener");
        let task = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::spawn(async move { axum::serve(listener, routes).await });
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        });
        Self {
            address,
            task,
            stop,
        }
    }

    async fn off(self) -> SocketAddr {
        let _ = self.stop.send(());
        self.task.await.expect("the server ends");
        self.address
    }
}

/// More than the client takes as an answer.
const PACKAGE: usize = 33 << 20;

fn desk(secrets: &Arc<Memory>) -> Desk {
    let secrets = Arc::clone(secrets);
    Desk {
        device: Device {
            name: Name::parse("desk").expect("a name"),
            platform: "Linux".to_owned(),
        },
        browser: Box::new(|_| Ok(())),
        secrets: Arc::new(move |_| secrets.clone()),
        offered: None,
    }
}

/// Waits until the news bring what is waited for; asks before the first, since it may be so already.
async fn until(news: &mut broadcast::Receiver<CloudNews>, what: &str, so: impl Fn() -> bool) {
    let wait = async {
        while !so() {
            match news.recv().await {
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            }
        }
    };
    assert!(timeout(PATIENCE, wait).await.is_ok(), "{what}");
}

fn comment(project: ProjectId) -> CloudAct {
    CloudAct::Comment {
        project,
        object: ObjectRef {
            kind: ObjectKind::Asset,
            id: Uuid::now_v7().to_string(),
            name: "goblin.png".to_owned(),
        },
        thread: None,
        body: "A little darker?".to_owned(),
    }
}

async fn signed_in(cloud: &Cloud, server: &Server) {
    let address = format!("http://{}", server.address);
    cloud
        .act(CloudAct::Connect { address })
        .await
        .expect("connected");
    let email = Email::parse("ada@example.org").expect("an address");
    let done = cloud
        .act(CloudAct::SignIn {
            email,
            password: "vier kleine Worte".to_owned(),
        })
        .await;
    assert!(matches!(done, Ok(CloudDone::Done)), "{done:?}");
}

#[tokio::test]
async fn what_was_heard_is_there_offline_and_what_was_written_is_sent_once() {
    let (folder, secrets, said) = (
        tempfile::tempdir().expect("a folder"),
        Arc::default(),
        Said::default(),
    );
    let server = Server::start("127.0.0.1:0", &said).await;
    let cloud = Cloud::open(folder.path(), desk(&secrets)).expect("a cloud");
    let mut news = cloud.news();
    signed_in(&cloud, &server).await;
    until(&mut news, "connected", || {
        cloud.state().link == CloudLink::Live
    })
    .await;
    until(&mut news, "the bell", || {
        cloud.state().unread == 2 && cloud.state().offers == 1
    })
    .await;
    let heard = |cloud: &Cloud| {
        cloud
            .list(&CloudAsk::Workspaces, false)
            .expect("signed in")
            .rows
    };
    cloud.list(&CloudAsk::Workspaces, true).expect("signed in");
    until(&mut news, "workspaces", || heard(&cloud).is_some()).await;

    let address = server.off().await;
    until(&mut news, "the loss is seen", || {
        cloud.state().link == CloudLink::Offline
    })
    .await;
    assert!(cloud.state().offline_since_ms.is_some());
    cloud
        .act(comment(ProjectId::from_uuid(Uuid::now_v7())))
        .await
        .expect("kept here");
    assert_eq!((cloud.state().unsent, said.lock().len()), (1, 0));
    let invited = cloud
        .act(CloudAct::KeepAccount)
        .await
        .expect_err("that needs the cloud");
    assert_eq!(invited.code(), ErrorCode::Offline);
    cloud.close();
    drop((cloud, news));

    // The Studio starts anew, still offline.
    let cloud = Cloud::open(folder.path(), desk(&secrets)).expect("a cloud");
    let mut news = cloud.news();
    cloud.start().await.expect("started");
    assert!(
        matches!(heard(&cloud), Some(CloudRows::Workspaces(rows)) if rows[0].name.as_str() == "Emberworks")
    );
    assert_eq!(cloud.unsent()[0].body, "A little darker?");
    let account = cloud.state().account.expect("who it is, is remembered");
    assert_eq!(account.display_name.as_str(), "Ada");
    let server = Server::start(&address.to_string(), &said).await;
    until(&mut news, "sent", || {
        cloud.state().unsent == 0 && cloud.state().link == CloudLink::Live
    })
    .await;
    assert_eq!(said.lock().len(), 1, "said once");
    cloud.act(CloudAct::SignOut).await.expect("signed out");
    assert_eq!(cloud.state().link, CloudLink::SignedOut);
    assert!(cloud.list(&CloudAsk::Workspaces, false).is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path().join("cloud"))
        .expect("a folder")
        .collect();
    assert!(
        left.is_empty(),
        "nothing of a person stays after the sign-out: {left:?}"
    );
    server.off().await;
}

fn notice(id: u128) -> Value {
    json!({
        "id": Uuid::from_u128(id), "kind": "mention", "workspace_id": null, "project_id": null, "object": null,
        "comment_id": null, "actor": null, "details": {}, "created_at": chrono::Utc::now(), "read_at": null, "desktop": true,
    })
}

/// Asks for the list, as the open inbox does, until a notification of it is told to the desktop.
async fn next_told(cloud: &Cloud, news: &mut broadcast::Receiver<CloudNews>) -> Uuid {
    let ask = || cloud.list(&CloudAsk::Notifications, true);
    let wait = async {
        ask().expect("signed in");
        loop {
            match news.recv().await.expect("few enough news") {
                CloudNews::Told { notification } => return notification.id.uuid(),
                // It may have been asked for before there was something new.
                CloudNews::Heard {
                    ask: CloudAsk::Notifications,
                } => {
                    ask().expect("signed in");
                }
                _ => {}
            }
        }
    };
    timeout(PATIENCE, wait).await.expect("it is told")
}

#[tokio::test]
async fn the_desktop_is_told_of_each_new_notification_once_whoever_asked_for_the_list() {
    let (folder, secrets) = (tempfile::tempdir().expect("a folder"), Arc::default());
    let (said, notices) = (Said::default(), Said::default());
    notices.lock().push(notice(1));
    let server = Server::with("127.0.0.1:0", &said, &notices).await;
    let cloud = Cloud::open(folder.path(), desk(&secrets)).expect("a cloud");
    let mut news = cloud.news();
    signed_in(&cloud, &server).await;
    let count = |cloud: &Cloud| match cloud
        .list(&CloudAsk::Notifications, false)
        .map(|it| it.rows)
    {
        Ok(Some(CloudRows::Notifications(rows))) => rows.len(),
        _ => 0,
    };
    until(&mut news, "the first list", || count(&cloud) == 1).await;
    for id in [2, 3] {
        notices.lock().insert(0, notice(id));
        assert_eq!(
            next_told(&cloud, &mut news).await,
            Uuid::from_u128(id),
            "the old one was there before, and each is told once"
        );
    }
    cloud.close();
    server.off().await;
}

#[tokio::test]
async fn a_large_package_is_put_whole_into_the_folder_or_not_at_all() {
    let (folder, secrets) = (tempfile::tempdir().expect("a folder"), Arc::default());
    let to = tempfile::tempdir().expect("a folder");
    let server = Server::start("127.0.0.1:0", &Said::default()).await;
    let cloud = Cloud::open(folder.path(), desk(&secrets)).expect("a cloud");
    signed_in(&cloud, &server).await;
    let save = |folder: std::path::PathBuf| CloudAct::SaveExport {
        id: DataExportId::from_uuid(Uuid::nil()),
        folder: folder.display().to_string(),
    };
    let done = cloud.act(save(to.path().to_owned())).await.expect("saved");
    let CloudDone::Saved(file) = &done else {
        panic!("{done:?}");
    };
    assert_eq!(
        std::fs::metadata(file).expect("a file").len(),
        PACKAGE as u64
    );
    let files = |folder: &std::path::Path| std::fs::read_dir(folder).expect("a folder").count();
    assert_eq!(files(to.path()), 1, "nothing but the package");
    let gone = cloud
        .act(save(to.path().join("gone")))
        .await
        .expect_err("there is no such folder");
    assert_eq!(gone.code(), ErrorCode::NotFound);
    cloud.close();
    server.off().await;
}

#[tokio::test]
async fn an_address_where_no_cloud_is_is_told_at_once_and_not_kept() {
    let (folder, secrets) = (tempfile::tempdir().expect("a folder"), Arc::default());
    let cloud = Cloud::open(folder.path(), desk(&secrets)).expect("a cloud");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let away = cloud
        .act(CloudAct::Connect { address })
        .await
        .expect_err("nobody is there");
    assert_eq!(away.code(), ErrorCode::Offline);
    let clear = cloud
        .act(CloudAct::Connect {
            address: "http://example.org".to_owned(),
        })
        .await;
    assert_eq!(clear.expect_err("unencrypted").code(), ErrorCode::Invalid);
    assert_eq!(
        (cloud.state().link, cloud.state().address),
        (CloudLink::None, None)
    );
    assert!(!folder.path().join("cloud.json").exists());
}

#[tokio::test]
async fn a_cloud_beside_the_studio_is_proposed_and_not_chosen() {
    let secrets = Arc::default();
    for (told, proposed) in [
        ("http://127.0.0.1:8477/", Some("http://127.0.0.1:8477")),
        ("cloud.example.org", Some("https://cloud.example.org")),
        ("http://cloud.example.org", None),
        ("file:///etc/passwd", None),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let desk = Desk {
            offered: Some(told.to_owned()),
            ..desk(&secrets)
        };
        let cloud = Cloud::open(folder.path(), desk).expect("a cloud");
        cloud.start().await.expect("started");
        let state = cloud.state();
        assert_eq!(state.offered.as_deref(), proposed, "{told}");
        assert_eq!((state.link, state.address), (CloudLink::None, None));
        assert!(!folder.path().join("cloud.json").exists(), "{told}");
    }
}
