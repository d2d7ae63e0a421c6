//! Making things over a wire that loses answers: sent again with the same key, and made once.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use gameforge_client::{
    Address, Client,
    tokens::{Kept, Memory, TokenStore},
};
use gameforge_domain::{AccountId, SessionId};
use gameforge_wire::cloud::WorkspaceRequest;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{net::Ipv4Addr, sync::Arc};
use tokio::net::TcpListener;
use uuid::Uuid;

/// What happens to the requests that come first; afterwards all goes well.
#[derive(Clone, Copy)]
enum Trouble {
    /// The connection breaks before the answer.
    AnswerLost,
    /// Another request with the same key is being worked on.
    InFlight,
    /// A part of the cloud is away.
    Away,
}

#[derive(Clone)]
struct Seen {
    keys: Arc<Mutex<Vec<String>>>,
    troubles: Arc<Mutex<Vec<Trouble>>>,
}

fn problem(status: StatusCode, code: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": "", "status": status.as_u16(), "code": code,
        "detail": "Not now.", "request_id": "" });
    (status, [(header::RETRY_AFTER, "0")], Json(body)).into_response()
}

async fn make(State(seen): State<Seen>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    seen.keys.lock().push(key);
    let trouble = seen.troubles.lock().pop();
    match trouble {
        // The connection ends with its task; nothing is printed, unlike with a panic.
        Some(Trouble::AnswerLost) => std::panic::resume_unwind(Box::new("lost")),
        Some(Trouble::InFlight) => problem(StatusCode::CONFLICT, "conflict"),
        Some(Trouble::Away) => problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        None => {
            let made = json!({ "id": Uuid::nil(), "name": body["name"], "personal": false, "role": "owner",
                "permissions": [], "plan": "free", "settings": {}, "members": 1, "projects": 0,
                "created_at": "2026-11-22T12:00:00Z", "updated_at": "2026-11-22T12:00:00Z", "seq": 1.0 });
            (StatusCode::CREATED, Json(made)).into_response()
        }
    }
}

async fn refresh() -> Json<Value> {
    Json(json!({
        "access_token": "a", "expires_in": 900, "refresh_token": "r", "session_id": Uuid::nil(),
        "account": { "id": Uuid::nil(), "email": "ada@example.org", "email_verified": true, "display_name": "Ada",
            "role": "USER", "plan": "free", "locale": "en", "has_password": true, "has_second_factor": false,
            "recovery_codes_left": 0, "created_at": "2026-11-22T12:00:00Z", "erase_after": null },
    }))
}

async fn client(troubles: &[Trouble]) -> (Client, Seen) {
    let seen = Seen {
        keys: Arc::default(),
        troubles: Arc::new(Mutex::new(troubles.to_vec())),
    };
    let routes = Router::new()
        .route("/v1/auth/refresh", post(refresh))
        .route("/v1/workspaces", post(make))
        .with_state(seen.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let store = Arc::new(Memory::default());
    let kept = Kept {
        refresh_token: "r".to_owned().into(),
        session: SessionId::from_uuid(Uuid::nil()),
        account: AccountId::from_uuid(Uuid::nil()),
    };
    store.save(&kept).unwrap();
    let address = Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    (Client::open(address, store).await.unwrap(), seen)
}

fn nord() -> WorkspaceRequest {
    serde_json::from_value(json!({ "name": "Nord" })).unwrap()
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_key() {
    for trouble in [Trouble::AnswerLost, Trouble::InFlight, Trouble::Away] {
        let (client, seen) = client(&[trouble]).await;
        let made = client.create_workspace(&nord()).await.unwrap();
        assert_eq!(made.name.as_str(), "Nord");
        let keys = seen.keys.lock().clone();
        assert_eq!(keys.len(), 2, "sent twice");
        assert_eq!(keys[0], keys[1], "as one");
        assert!(keys[0].len() >= 20, "nobody else draws it");
    }
}

#[tokio::test]
async fn each_thing_has_a_key_of_its_own_and_trouble_that_stays_is_told() {
    let (other, seen) = client(&[]).await;
    other.create_workspace(&nord()).await.unwrap();
    other.create_workspace(&nord()).await.unwrap();
    let keys = seen.keys.lock().clone();
    assert_ne!(keys[0], keys[1]);
    let (lost, seen) = client(&[Trouble::AnswerLost, Trouble::AnswerLost]).await;
    let error = lost.create_workspace(&nord()).await.unwrap_err();
    assert!(error.is_away(), "{error}");
    assert_eq!(seen.keys.lock().len(), 2, "not for ever");
}
