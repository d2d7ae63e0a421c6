//! Shorter words for the tests of teams and talk.

use crate::support::{Answer, Cloud, Person};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

pub async fn get(cloud: &Cloud, who: &Person, path: &str) -> Answer {
    cloud.ask(Method::GET, path, Some(&who.token), None).await
}

pub async fn post(cloud: &Cloud, who: &Person, path: &str, body: Value) -> Answer {
    cloud
        .ask(Method::POST, path, Some(&who.token), Some(body))
        .await
}

/// Without a body.
pub async fn order(cloud: &Cloud, who: &Person, path: &str) -> Answer {
    cloud.ask(Method::POST, path, Some(&who.token), None).await
}

pub async fn patch(cloud: &Cloud, who: &Person, path: &str, body: Value) -> Answer {
    cloud
        .ask(Method::PATCH, path, Some(&who.token), Some(body))
        .await
}

pub async fn put(cloud: &Cloud, who: &Person, path: &str, body: Value) -> Answer {
    cloud
        .ask(Method::PUT, path, Some(&who.token), Some(body))
        .await
}

pub async fn delete(cloud: &Cloud, who: &Person, path: &str) -> Answer {
    cloud
        .ask(Method::DELETE, path, Some(&who.token), None)
        .await
}

impl Cloud {
    /// The same person with a token of now: after the clock was moved.
    pub fn again(&self, who: &Person) -> Person {
        let now = self.clock.now();
        Person {
            token: self
                .app
                .tokens
                .sign(who.account, who.session, Some(now), now)
                .expect("a token"),
            ..who.clone()
        }
    }
}

impl Answer {
    /// The body, when the status is this one.
    #[track_caller]
    pub fn is(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The body's id, of something that was made.
    #[track_caller]
    pub fn made(self) -> String {
        let body = self.is(StatusCode::CREATED);
        body["id"].as_str().expect("an id").to_owned()
    }

    /// A refusal with this status and code.
    #[track_caller]
    pub fn refused(self, status: StatusCode, code: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.body["code"], json!(code), "{}", self.body);
    }
}

/// A workspace of several people.
pub async fn workspace(cloud: &Cloud, owner: &Person, name: &str) -> String {
    post(cloud, owner, "/v1/workspaces", json!({ "name": name }))
        .await
        .made()
}

pub async fn project(cloud: &Cloud, owner: &Person, workspace: &str, name: &str) -> String {
    let path = format!("/v1/workspaces/{workspace}/projects");
    post(cloud, owner, &path, json!({ "name": name }))
        .await
        .made()
}

/// Lets somebody into a workspace (`/v1/workspaces/…`) or project (`/v1/projects/…`) the way people do.
pub async fn let_in(cloud: &Cloud, by: &Person, place: &str, who: &Person, role: &str) {
    let request = json!({ "email": who.email, "role": role });
    let id = post(cloud, by, &format!("{place}/invitations"), request)
        .await
        .made();
    order(cloud, who, &format!("/v1/invitations/{id}/accept"))
        .await
        .is(StatusCode::NO_CONTENT);
}

/// A comment's request about an asset.
pub fn comment(cloud: &Cloud, asset: Uuid, body: &str) -> Value {
    json!({
        "id": cloud.app.new_id(),
        "object": { "kind": "asset", "id": asset, "name": "goblin.png" },
        "body": body,
    })
}

/// The letters that wait or went out, as they are stored: kind of letter with its words.
pub async fn letters(cloud: &Cloud) -> Vec<Value> {
    let mut owner = cloud.owner().await;
    sqlx::query_scalar::<_, Value>("SELECT payload FROM job WHERE kind = 'mail' ORDER BY id")
        .fetch_all(&mut owner)
        .await
        .expect("the jobs")
}

/// The audit log's actions about a target, the oldest first.
pub async fn audited(cloud: &Cloud, target: &str) -> Vec<String> {
    let mut owner = cloud.owner().await;
    sqlx::query_scalar("SELECT action FROM audit_event WHERE target_id = $1 ORDER BY seq")
        .bind(Uuid::parse_str(target).expect("an id"))
        .fetch_all(&mut owner)
        .await
        .expect("the audit log")
}

/// Verbs of a list of activity, the newest first.
pub fn verbs(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page");
    items
        .iter()
        .map(|it| it["verb"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A field of every item of a page.
pub fn each(page: &Value, field: &str) -> Vec<Value> {
    let items = page["items"].as_array().expect("a page");
    items.iter().map(|it| it[field].clone()).collect()
}
