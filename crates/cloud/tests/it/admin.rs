//! Those who run the platform, by the interface and by the page.

use crate::support::{Cloud, Person};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use chrono::TimeDelta;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};

async fn give(cloud: &Cloud, person: &Person, role: &str) {
    let statement = format!(
        "UPDATE account SET role = '{role}' WHERE id = '{}'",
        person.account
    );
    cloud
        .owner()
        .await
        .execute(AssertSqlSafe(statement))
        .await
        .expect("given");
}

#[tokio::test]
async fn each_role_reaches_its_own_and_no_more() {
    let cloud = Cloud::start().await;
    let (root, mod_, user) = (
        cloud.person("root").await,
        cloud.person("mod").await,
        cloud.person("user").await,
    );
    give(&cloud, &root, "ADMIN").await;
    give(&cloud, &mod_, "MODERATOR").await;
    give(&cloud, &user, "DEVELOPER").await;
    let job = cloud.app.new_id();
    let role = format!("/v1/admin/accounts/{}/role", user.account);
    let suspension = format!("/v1/admin/accounts/{}/suspension", user.account);
    let retry = format!("/v1/admin/jobs/{job}/retry");
    let ok = StatusCode::OK;
    let no = StatusCode::FORBIDDEN;
    for (method, path, body, moderator, administrator) in [
        (Method::GET, "/v1/admin/accounts", None, ok, ok),
        (Method::GET, "/v1/admin/jobs?state=done", None, ok, ok),
        (Method::GET, "/v1/admin/health", None, ok, ok),
        (Method::GET, "/v1/admin/audit", None, no, ok),
        (
            Method::PUT,
            role.as_str(),
            Some(json!({ "role": "USER" })),
            no,
            ok,
        ),
        (
            Method::PUT,
            suspension.as_str(),
            Some(json!({ "suspended": false })),
            no,
            ok,
        ),
        (
            Method::POST,
            retry.as_str(),
            None,
            no,
            StatusCode::NOT_FOUND,
        ),
    ] {
        for (who, expected) in [
            (None, StatusCode::UNAUTHORIZED),
            (Some(&user), no),
            (Some(&mod_), moderator),
            (Some(&root), administrator),
        ] {
            let token = who.map(|who| who.token.as_str());
            let answer = cloud.ask(method.clone(), path, token, body.clone()).await;
            let name = who.map_or("nobody", |who| who.email.as_str());
            assert_eq!(
                answer.status, expected,
                "{name} {method} {path}: {:?}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn a_change_needs_a_fresh_proof_and_is_in_the_log() {
    let cloud = Cloud::start().await;
    let (root, user) = (cloud.person("root").await, cloud.person("user").await);
    give(&cloud, &root, "ADMIN").await;
    let path = format!("/v1/admin/accounts/{}/role", user.account);
    let body = json!({ "role": "MODERATOR" });
    let now = cloud.clock.now();
    let stale = cloud
        .app
        .tokens
        .sign(
            root.account,
            root.session,
            Some(now - TimeDelta::hours(1)),
            now,
        )
        .expect("a token");
    let refused = cloud
        .ask(Method::PUT, &path, Some(&stale), Some(body.clone()))
        .await;
    assert_eq!(refused.body["code"], "step_up_required");
    let done = cloud
        .ask(Method::PUT, &path, Some(&root.token), Some(body))
        .await;
    assert_eq!(done.body["role"], "MODERATOR", "{:?}", done.body);
    let log = cloud
        .ask(
            Method::GET,
            "/v1/admin/audit?action=account.role_changed",
            Some(&root.token),
            None,
        )
        .await;
    let event = &log.body["items"][0];
    assert_eq!(event["actor_id"], json!(root.account));
    assert_eq!(event["target_id"], json!(user.account));
    assert_eq!(
        (&event["before"], &event["after"]),
        (&json!({ "role": "USER" }), &json!({ "role": "MODERATOR" }))
    );
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let cloud = Cloud::start().await;
    let root = cloud.person("root").await;
    give(&cloud, &root, "ADMIN").await;
    let role = format!("/v1/admin/accounts/{}/role", root.account);
    let body = json!({ "role": "USER" });
    let answer = cloud
        .ask(Method::PUT, &role, Some(&root.token), Some(body))
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let suspension = format!("/v1/admin/accounts/{}/suspension", root.account);
    let body = json!({ "suspended": true, "reason": "" });
    let answer = cloud
        .ask(Method::PUT, &suspension, Some(&root.token), Some(body))
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn who_is_suspended_is_signed_out() {
    let cloud = Cloud::start().await;
    let (root, user) = (cloud.person("root").await, cloud.person("user").await);
    give(&cloud, &root, "ADMIN").await;
    let path = format!("/v1/admin/accounts/{}/suspension", user.account);
    let body = json!({ "suspended": true, "reason": "spam" });
    let done = cloud
        .ask(Method::PUT, &path, Some(&root.token), Some(body))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    gameforge_cloud::identity::follow::load(&cloud.app)
        .await
        .expect("the list is read");
    let answer = cloud
        .ask(Method::GET, "/v1/account", Some(&user.token), None)
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let body = json!({ "suspended": false });
    let back = cloud
        .ask(Method::PUT, &path, Some(&root.token), Some(body))
        .await;
    assert_eq!(back.body["suspended_at"], json!(null));
}

fn page(method: Method, path: &str, cookie: Option<&str>, form: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(cookie) = cookie {
        request = request.header("cookie", format!("gameforge_admin={cookie}"));
    }
    let body = form.map_or_else(Body::empty, |form| Body::from(form.to_owned()));
    request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .expect("a request")
}

#[tokio::test]
async fn the_pages_forms_are_bound_to_who_got_them() {
    let cloud = Cloud::start().await;
    let (root, user) = (cloud.person("root").await, cloud.person("<b>user").await);
    give(&cloud, &root, "ADMIN").await;
    let people = cloud
        .send(page(Method::GET, "/admin/accounts", None, None))
        .await;
    assert_eq!(
        people.status,
        StatusCode::UNAUTHORIZED,
        "the sign-in is shown"
    );
    let people = cloud
        .send(page(
            Method::GET,
            "/admin/accounts",
            Some(&root.token),
            None,
        ))
        .await;
    let html = people.body.as_str().expect("a page");
    assert!(
        html.contains("&lt;b&gt;user") && !html.contains("<b>user"),
        "a name is no markup"
    );
    let csrf = html
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a token in the form");
    let path = format!("/admin/accounts/{}/role", user.account);
    for (cookie, token, expected) in [
        (Some(&root.token), "", StatusCode::FORBIDDEN),
        (
            Some(&root.token),
            "0".repeat(64).as_str(),
            StatusCode::FORBIDDEN,
        ),
        (Some(&user.token), csrf, StatusCode::FORBIDDEN),
        (None, csrf, StatusCode::UNAUTHORIZED),
        (Some(&root.token), csrf, StatusCode::SEE_OTHER),
    ] {
        let form = format!("csrf={token}&role=MODERATOR");
        let cookie = cookie.map(String::as_str);
        let answer = cloud
            .send(page(Method::POST, &path, cookie, Some(&form)))
            .await;
        assert_eq!(answer.status, expected, "{:?}", answer.body);
    }
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_in() {
    let cloud = Cloud::start().await;
    let mut request = page(
        Method::POST,
        "/admin/sign-in",
        None,
        Some("email=eve%40example.org&password=a+long+enough+one"),
    );
    request
        .headers_mut()
        .insert("origin", "https://evil.example".parse().expect("a header"));
    let answer = cloud.send(request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.headers.get("set-cookie").is_none());
}
