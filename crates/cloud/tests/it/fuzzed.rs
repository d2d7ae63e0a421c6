//! What `cargo xtask schemathesis` found once, each find as a request that stays.

use crate::support::Cloud;
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};
use sqlx::Executor;
use tower::ServiceExt;

/// A service with a workspace and a project of Ada's; Ada administers the platform, too.
struct Scene {
    cloud: Cloud,
    token: String,
    workspace: String,
    project: String,
    account: String,
}

impl Scene {
    async fn new() -> Self {
        let cloud = Cloud::start().await;
        let ada = cloud.person("ada").await;
        cloud
            .owner()
            .await
            .execute("UPDATE account SET role = 'ADMIN'")
            .await
            .expect("an administrator");
        let made = cloud
            .ask(
                Method::POST,
                &format!("/v1/workspaces/{}/projects", ada.workspace),
                Some(&ada.token),
                Some(json!({ "name": "Towers" })),
            )
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        let project = made.body["id"].as_str().expect("an id").to_owned();
        Self {
            workspace: ada.workspace.to_string(),
            account: ada.account.to_string(),
            token: ada.token,
            project,
            cloud,
        }
    }

    async fn status(&self, method: Method, path: &str, body: Option<Value>) -> StatusCode {
        let path = path
            .replace("{workspace}", &self.workspace)
            .replace("{project}", &self.project)
            .replace("{account}", &self.account);
        let answer = self.cloud.ask(method, &path, Some(&self.token), body).await;
        if answer.status.is_client_error() {
            assert_eq!(
                answer.headers["content-type"], "application/problem+json",
                "{path}: {:?}",
                answer.body
            );
        }
        answer.status
    }
}

#[tokio::test]
async fn a_zero_in_a_text_is_refused_and_no_fault_of_the_service() {
    let scene = Scene::new().await;
    let zero = json!({ "settings": { "a\u{0}b": "c\u{0}d" } });
    for (method, path, body) in [
        (Method::GET, "/v1/admin/accounts?q=%00", None),
        (Method::GET, "/v1/admin/audit?action=a%00", None),
        (
            Method::PATCH,
            "/v1/workspaces/{workspace}",
            Some(zero.clone()),
        ),
        (Method::PATCH, "/v1/projects/{project}", Some(zero)),
        (Method::GET, "/v1/projects/{project}/people?text=%00", None),
        (
            Method::GET,
            "/v1/projects/{project}/activity?object_id=%00",
            None,
        ),
        (
            Method::POST,
            "/v1/projects/{project}/comments",
            Some(json!({
                "id": "019a0000-0000-7000-8000-000000000001",
                "object": { "kind": "asset", "id": "a\u{0}" },
                "body": "So tall!",
            })),
        ),
    ] {
        let status = scene.status(method.clone(), path, body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{method} {path}");
    }
}

#[tokio::test]
async fn an_answer_is_packed_as_its_header_says() {
    let cloud = Cloud::start().await;
    for (path, status) in [
        ("/v1/permissions", 200),
        ("/v1/account", 401),
        ("/v1/nowhere", 404),
        ("/v1/auth/sign-in", 405),
    ] {
        let request = Request::get(path)
            .header("accept-encoding", "gzip")
            .body(Body::empty())
            .expect("a request");
        let answer = cloud.router.clone().oneshot(request).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
        let encoding = answer.headers().get("content-encoding").cloned();
        let length = answer.headers().get("content-length").cloned();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .expect("a body");
        match encoding {
            // RFC 1952 begins so.
            Some(gzip) => assert!(
                gzip == "gzip" && bytes.starts_with(&[0x1f, 0x8b]),
                "{path} says {gzip:?} and begins with {:?}",
                bytes.first()
            ),
            None => {
                serde_json::from_slice::<Value>(&bytes).expect("JSON as it is");
            }
        }
        let told = length.and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
        assert!(told.is_none_or(|told| told == bytes.len()), "{path}");
    }
}
