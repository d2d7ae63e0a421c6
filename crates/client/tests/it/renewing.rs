//! Tokens that end, waits that are asked for, clouds that are away: against a small server over HTTP.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::stream;
use gameforge_client::{
    Address, Client, Error,
    tokens::{Kept, Memory, TokenStore},
};
use gameforge_domain::{AccountId, DataExportId, SessionId};
use gameforge_wire::cloud::{Problem, ProblemCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::net::TcpListener;
use uuid::Uuid;

/// What the server has seen.
#[derive(Default)]
struct Seen {
    refreshes: AtomicU32,
    reads: AtomicU32,
    /// Refuses every refresh.
    revoked: bool,
}

fn problem(status: u16, code: ProblemCode) -> Response {
    let problem = Problem {
        r#type: "about:blank".into(),
        title: String::new(),
        status,
        code,
        detail: "Not now.".into(),
        request_id: String::new(),
        fields: Vec::new(),
    };
    (StatusCode::from_u16(status).unwrap(), Json(problem)).into_response()
}

fn account() -> Value {
    json!({
        "id": Uuid::nil(), "email": "ada@example.org", "email_verified": true, "display_name": "Ada", "role": "USER",
        "plan": "free", "locale": "en", "has_password": true, "has_second_factor": false, "recovery_codes_left": 0,
        "created_at": "2026-11-22T12:00:00Z", "erase_after": null,
    })
}

/// Each refresh token works once: `r0` gives `r1` and so on.
async fn refresh(State(seen): State<Arc<Seen>>, Json(body): Json<Value>) -> Response {
    let turn = seen.refreshes.fetch_add(1, Ordering::SeqCst);
    if seen.revoked || body["refresh_token"] != format!("r{turn}") {
        return problem(401, ProblemCode::Unauthenticated);
    }
    Json(json!({
        "access_token": format!("a{}", turn + 1), "expires_in": 900, "refresh_token": format!("r{}", turn + 1),
        "session_id": Uuid::nil(), "account": account(),
    }))
    .into_response()
}

async fn read(State(seen): State<Arc<Seen>>, headers: HeaderMap) -> Response {
    seen.reads.fetch_add(1, Ordering::SeqCst);
    let newest = format!("Bearer a{}", seen.refreshes.load(Ordering::SeqCst));
    if headers
        .get(header::AUTHORIZATION)
        .is_some_and(|it| *it == *newest)
    {
        Json(account()).into_response()
    } else {
        problem(401, ProblemCode::Unauthenticated)
    }
}

/// Away at first, with a word on when to come again.
async fn away_once(State(seen): State<Arc<Seen>>) -> Response {
    if seen.reads.fetch_add(1, Ordering::SeqCst) == 0 {
        let mut answer = problem(503, ProblemCode::Unavailable);
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, "0".parse().unwrap());
        return answer;
    }
    Json(json!({"workspace": [], "project": []})).into_response()
}

/// A package larger than any answer, in parts.
const PACKAGE: usize = 40 << 20;

async fn package() -> Response {
    let part = vec![7_u8; 1 << 20];
    let parts = stream::iter((0..PACKAGE >> 20).map(move |_| Ok::<_, Infallible>(part.clone())));
    axum::body::Body::from_stream(parts).into_response()
}

async fn serve(seen: Arc<Seen>) -> Address {
    let routes = Router::new()
        .route("/v1/auth/refresh", post(refresh))
        .route("/v1/account", get(read))
        .route("/v1/permissions", get(away_once))
        .route(
            "/v1/notifications/unread",
            get(|| async { (StatusCode::BAD_GATEWAY, "<html>nginx</html>") }),
        )
        .route("/v1/workspaces", get(|| async { "<html>a router</html>" }))
        .route("/v1/account/exports/{id}/file", get(package))
        .with_state(seen);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Address::parse(&format!("http://127.0.0.1:{port}")).unwrap()
}

fn store() -> Arc<Memory> {
    let store = Arc::new(Memory::default());
    let kept = Kept {
        refresh_token: "r0".to_owned().into(),
        session: SessionId::from_uuid(Uuid::nil()),
        account: AccountId::from_uuid(Uuid::nil()),
    };
    store.save(&kept).unwrap();
    store
}

#[tokio::test]
async fn ten_requests_renew_the_token_once() {
    let (seen, store) = (Arc::new(Seen::default()), store());
    let client = Client::open(serve(Arc::clone(&seen)).await, store.clone())
        .await
        .unwrap();
    let asked: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.account().await })
        })
        .collect();
    for one in asked {
        assert_eq!(one.await.unwrap().unwrap().display_name.as_str(), "Ada");
    }
    assert_eq!(
        seen.refreshes.load(Ordering::SeqCst),
        1,
        "a second refresh would look like a stolen token"
    );
    assert_eq!(
        store.load().unwrap().unwrap().refresh_token.expose_secret(),
        "r1",
        "the new pair is what the next start finds"
    );
}

#[tokio::test]
async fn a_second_window_on_the_same_store_takes_the_pair_of_the_first() {
    let (seen, store) = (Arc::new(Seen::default()), store());
    let address = serve(Arc::clone(&seen)).await;
    let first = Client::open(address.clone(), store.clone()).await.unwrap();
    let second = Client::open(address, store).await.unwrap();
    first.account().await.unwrap();
    second.account().await.unwrap();
    // The second renewed too, so the first's token is old now: it finds r2, not its own r1.
    first.account().await.unwrap();
    assert_eq!(seen.refreshes.load(Ordering::SeqCst), 3);
    assert!(first.signed_in().borrow().is_some() && second.signed_in().borrow().is_some());
}

#[tokio::test]
async fn a_device_that_was_signed_out_forgets_its_secret_and_says_so() {
    let seen = Arc::new(Seen {
        revoked: true,
        ..Seen::default()
    });
    let store = store();
    let client = Client::open(serve(seen).await, store.clone())
        .await
        .unwrap();
    let signed_in = client.signed_in();
    assert!(signed_in.borrow().is_some());
    assert!(matches!(client.account().await, Err(Error::SignedOut)));
    assert!(signed_in.borrow().is_none());
    assert!(store.load().unwrap().is_none());
}

#[tokio::test]
async fn a_cloud_that_is_away_keeps_the_device_signed_in() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let store = store();
    let address = Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let client = Client::open(address, store.clone()).await.unwrap();
    let error = client.account().await.unwrap_err();
    assert!(
        matches!(error, Error::Offline(_)) && error.is_away(),
        "{error}"
    );
    assert!(
        store.load().unwrap().is_some(),
        "no network is no reason to sign out"
    );
    assert!(client.signed_in().borrow().is_some());
}

#[tokio::test]
async fn a_short_wait_that_is_asked_for_is_kept_and_the_request_sent_again() {
    let seen = Arc::new(Seen::default());
    let client = Client::open(serve(Arc::clone(&seen)).await, store())
        .await
        .unwrap();
    assert!(client.permissions().await.unwrap().project.is_empty());
    assert_eq!(seen.reads.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_proxy_without_its_cloud_and_a_page_that_is_none_are_told_apart() {
    let client = Client::open(serve(Arc::default()).await, store())
        .await
        .unwrap();
    let away = client.unread().await.unwrap_err();
    assert!(matches!(away, Error::Away { status: 502, .. }) && away.is_away());
    let foreign = client.workspaces().await.unwrap_err();
    assert!(matches!(foreign, Error::Foreign { status: 200, .. }) && !foreign.is_away());
}

#[tokio::test]
async fn a_package_larger_than_any_answer_comes_part_by_part() {
    let address = serve(Arc::default()).await;
    let client = Client::open(address, store()).await.unwrap();
    let id = DataExportId::from_uuid(Uuid::nil());
    let mut package = client.fetch_export(id).await.unwrap();
    let (mut came, mut largest) = (0, 0);
    while let Some(part) = package.next().await.unwrap() {
        came += part.len();
        largest = largest.max(part.len());
    }
    assert_eq!(came, PACKAGE);
    assert!(largest < PACKAGE / 2, "never held as a whole: {largest}");
}

#[tokio::test]
async fn a_package_that_breaks_off_is_not_taken_for_a_whole_one() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut asked = vec![0; 4096];
                let n = socket.read(&mut asked).await.unwrap();
                let answer = if String::from_utf8_lossy(&asked[..n]).contains("refresh") {
                    let body = json!({
                        "access_token": "a", "expires_in": 900, "refresh_token": "r1", "session_id": Uuid::nil(), "account": account(),
                    });
                    let body = body.to_string();
                    format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    )
                } else {
                    "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this".to_owned()
                };
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.shutdown().await.unwrap();
                // Closed with something unread, it would take the answer back.
                while socket.read(&mut asked).await.is_ok_and(|n| n > 0) {}
            });
        }
    });
    let address = Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let client = Client::open(address, store()).await.unwrap();
    let id = DataExportId::from_uuid(Uuid::nil());
    let mut package = client.fetch_export(id).await.unwrap();
    assert_eq!(package.size(), Some(1000));
    let broken = loop {
        match package.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("taken for whole"),
            Err(error) => break error,
        }
    };
    assert!(matches!(broken, Error::Offline(_)), "{broken}");
}
