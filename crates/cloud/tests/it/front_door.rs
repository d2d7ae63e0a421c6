//! People who come in by the front door: by registration, letters and passwords, from addresses of their own.

use crate::support::{Answer, Cloud};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};

pub const PASSWORD: &str = "vier kleine Worte";

/// What a new account agrees to.
pub fn consents() -> Value {
    json!([
        { "purpose": "terms", "version": 1, "given": true },
        { "purpose": "privacy", "version": 1, "given": true },
    ])
}

pub fn registration(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password, "display_name": "Ada", "consents": consents() })
}

pub fn credentials(email: &str, password: &str, device: &str) -> Value {
    json!({ "email": email, "password": password, "device_name": device, "platform": "Linux" })
}

/// A pair of tokens.
#[derive(Debug, Clone)]
pub struct Pair {
    pub access: String,
    pub refresh: String,
    pub session: String,
}

impl Pair {
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        let text = |name: &str| {
            answer.body[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name} in {:?}", answer.body))
                .to_owned()
        };
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
            session: text("session_id"),
        }
    }
}

impl Cloud {
    /// Asks from an address.
    pub async fn ask_from(
        &self,
        address: &str,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let address: IpAddr = address.parse().expect("an address");
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let mut request = request.body(body).expect("a request");
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((address, 4711))));
        self.send(request).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, None, Some(body)).await
    }

    pub async fn post_as(&self, token: &str, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(token), Some(body)).await
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        self.ask(Method::GET, path, Some(token), None).await
    }

    /// The letters to an address in the order in which they were written: each as it waits to go out.
    pub async fn letters(&self, to: &str) -> Vec<Value> {
        let rows: Vec<Value> = sqlx::query_scalar(
            "SELECT payload FROM job WHERE kind = 'mail' AND payload->>'to' = $1 ORDER BY created_at, id",
        )
        .bind(to)
        .fetch_all(&mut self.owner().await)
        .await
        .expect("the queue");
        rows
    }

    /// The kinds of the letters to an address.
    pub async fn letter_kinds(&self, to: &str) -> Vec<String> {
        self.letters(to)
            .await
            .iter()
            .map(|letter| letter["words"]["letter"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    /// The secret in the last letter of a kind to an address.
    pub async fn secret(&self, to: &str, kind: &str) -> String {
        let letters = self.letters(to).await;
        let letter = letters
            .iter()
            .rfind(|letter| letter["words"]["letter"] == kind)
            .unwrap_or_else(|| panic!("a letter “{kind}” among {letters:?}"));
        let link = letter["words"]["link"].as_str().expect("a link");
        link.split_once('#')
            .unwrap_or_else(|| panic!("a secret in {link}"))
            .1
            .to_owned()
    }

    /// What the audit log has of an action.
    pub async fn audited(&self, action: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM audit_event WHERE action = $1")
            .bind(action)
            .fetch_one(&mut self.owner().await)
            .await
            .expect("the audit log")
    }

    /// Notifications about the safety of whoever has an address.
    pub async fn told(&self, email: &str) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT details->>'event' FROM notification JOIN account ON account.id = account_id
             WHERE kind = 'security' AND email = $1 ORDER BY notification.created_at, notification.id",
        )
        .bind(email)
        .fetch_all(&mut self.owner().await)
        .await
        .expect("the notifications")
    }

    /// Registers and verifies.
    pub async fn register(&self, email: &str) {
        let answer = self
            .post("/v1/auth/register", registration(email, PASSWORD))
            .await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{:?}", answer.body);
        let token = self.secret(email, "verify").await;
        let answer = self
            .post("/v1/auth/verify", json!({ "token": token }))
            .await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{:?}", answer.body);
    }

    /// Signs a device in.
    pub async fn sign_in(&self, email: &str, device: &str) -> Pair {
        Pair::of(
            &self
                .post("/v1/auth/sign-in", credentials(email, PASSWORD, device))
                .await,
        )
    }

    pub async fn refresh(&self, refresh: &str) -> Answer {
        self.post("/v1/auth/refresh", json!({ "refresh_token": refresh }))
            .await
    }

    /// Whether an access token opens the account.
    pub async fn opens(&self, access: &str) -> bool {
        self.get_as(access, "/v1/account").await.status == StatusCode::OK
    }

    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }
}

/// Status and body, but for the request's id.
pub fn said(answer: &Answer) -> (StatusCode, Value) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    (answer.status, body)
}

/// The code of a problem.
pub fn code(answer: &Answer) -> (u16, &str) {
    (
        answer.status.as_u16(),
        answer.body["code"].as_str().unwrap_or(""),
    )
}
