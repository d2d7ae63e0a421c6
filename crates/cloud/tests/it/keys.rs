//! Keys for programs.

use crate::{front_door::code, support::Cloud};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

fn wish(scopes: &[&str]) -> Value {
    json!({ "name": "build server", "scopes": scopes })
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_is_shown_once() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let made = cloud
        .post_as(&ada.token, "/v1/account/keys", wish(&["account:read"]))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let secret = made.body["secret"].as_str().expect("a secret");
    assert!(
        secret.starts_with("gf_key_") && secret.len() == "gf_key_".len() + 43,
        "{secret}"
    );
    let account = cloud
        .ask_from("192.0.2.7", Method::GET, "/v1/account", Some(secret), None)
        .await;
    assert_eq!(account.body["email"], "ada@example.org");
    let listed = cloud.get_as(&ada.token, "/v1/account/keys").await;
    assert!(
        !listed.body.to_string().contains(secret),
        "it is not shown again"
    );
    let key = &listed.body["items"][0];
    assert_eq!(key["hint"], secret[..11]);
    assert_eq!(key["last_address"], "192.0.2.7");
    assert!(key["last_used_at"].is_string());
    let kept: Vec<String> = sqlx::query_scalar("SELECT api_key::text FROM api_key")
        .fetch_all(&mut cloud.owner().await)
        .await
        .expect("the keys");
    assert!(!kept[0].contains(&secret[12..]), "only its hash is kept");
    assert_eq!(cloud.audited("key.created").await, 1);
    let audit: Option<String> =
        sqlx::query_scalar("SELECT after::text FROM audit_event WHERE action = 'key.created'")
            .fetch_one(&mut cloud.owner().await)
            .await
            .expect("the audit log");
    assert!(!audit.unwrap_or_default().contains(&secret[12..]));
}

#[tokio::test]
async fn a_key_reaches_no_further_than_its_scopes_and_never_the_ways_in() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let key = |scopes: &'static [&'static str]| {
        let (cloud, token) = (&cloud, &ada.token);
        async move {
            let made = cloud.post_as(token, "/v1/account/keys", wish(scopes)).await;
            made.body["secret"].as_str().expect("a secret").to_owned()
        }
    };
    let blind = key(&["projects:read"]).await;
    assert_eq!(
        code(&cloud.get_as(&blind, "/v1/account").await),
        (403, "forbidden")
    );
    let all = key(&[
        "account:read",
        "workspaces:read",
        "workspaces:write",
        "projects:read",
        "projects:write",
        "comments:read",
        "comments:write",
        "notifications",
    ])
    .await;
    let body = || Some(json!({}));
    let id = "01930000-0000-7000-8000-000000000000";
    for (method, path, body) in [
        (Method::PATCH, "/v1/account".to_owned(), body()),
        (Method::GET, "/v1/account/sessions".to_owned(), None),
        (Method::DELETE, format!("/v1/account/sessions/{id}"), None),
        (
            Method::POST,
            "/v1/account/sessions/revoke-others".to_owned(),
            None,
        ),
        (Method::POST, "/v1/auth/sign-out".to_owned(), None),
        (Method::POST, "/v1/auth/step-up".to_owned(), body()),
        (
            Method::PUT,
            "/v1/account/password".to_owned(),
            Some(json!({ "password": "x" })),
        ),
        (
            Method::PUT,
            "/v1/account/email".to_owned(),
            Some(json!({ "email": "x@y.zz" })),
        ),
        (Method::POST, "/v1/account/factor".to_owned(), None),
        (Method::DELETE, "/v1/account/factor".to_owned(), None),
        (Method::POST, "/v1/account/factor/codes".to_owned(), None),
        (Method::GET, "/v1/account/keys".to_owned(), None),
        (
            Method::POST,
            "/v1/account/keys".to_owned(),
            Some(wish(&["account:read"])),
        ),
        (Method::DELETE, format!("/v1/account/keys/{id}"), None),
        (Method::GET, "/v1/account/identities".to_owned(), None),
        (
            Method::DELETE,
            "/v1/account/identities/github".to_owned(),
            None,
        ),
        (
            Method::PUT,
            "/v1/account/consents".to_owned(),
            Some(json!({ "purpose": "terms", "version": 1, "given": true })),
        ),
    ] {
        let answer = cloud.ask(method.clone(), &path, Some(&all), body).await;
        assert_eq!(code(&answer), (403, "forbidden"), "{method} {path}");
    }
}

#[tokio::test]
async fn keys_end_are_revoked_and_belong_to_one_person() {
    let cloud = Cloud::start().await;
    let (ada, eve) = (cloud.person("ada").await, cloud.person("eve").await);
    let mut short = wish(&["account:read"]);
    short["days"] = json!(1);
    let short = cloud.post_as(&ada.token, "/v1/account/keys", short).await;
    let long = cloud
        .post_as(&ada.token, "/v1/account/keys", wish(&["account:read"]))
        .await;
    let (short, long) = (&short.body["secret"], &long.body);
    let (short, secret) = (
        short.as_str().expect("a secret"),
        long["secret"].as_str().expect("a secret"),
    );
    let path = format!(
        "/v1/account/keys/{}",
        long["key"]["id"].as_str().expect("an id")
    );
    let foreign = cloud
        .ask(Method::DELETE, &path, Some(&eve.token), None)
        .await;
    assert_eq!(code(&foreign), (404, "not_found"));
    assert!(cloud.opens(secret).await);
    let listed = cloud.get_as(&eve.token, "/v1/account/keys").await;
    assert_eq!(listed.body["items"], json!([]));
    let own = cloud
        .ask(Method::DELETE, &path, Some(&ada.token), None)
        .await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
    assert!(!cloud.opens(secret).await);
    assert!(cloud.opens(short).await);
    cloud.wait_minutes(24 * 60 + 1);
    assert!(!cloud.opens(short).await, "it was for one day");
}

#[tokio::test]
async fn a_plan_has_so_many_keys_and_wishes_have_bounds() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    for bad in [
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["everything"] }),
        json!({ "name": "", "scopes": ["account:read"] }),
        json!({ "name": "x", "scopes": ["account:read"], "days": 0 }),
        json!({ "name": "x", "scopes": ["account:read"], "days": 3651 }),
        json!({ "name": "x", "scopes": ["account:read"], "days": -1 }),
    ] {
        let answer = cloud
            .post_as(&ada.token, "/v1/account/keys", bad.clone())
            .await;
        assert_eq!(code(&answer), (422, "invalid"), "{bad}");
    }
    // All at once: a lock, not luck, keeps the plan.
    let wishes =
        (0..12).map(|_| cloud.post_as(&ada.token, "/v1/account/keys", wish(&["account:read"])));
    let answers = futures_util::future::join_all(wishes).await;
    let made = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::CREATED)
        .count();
    assert_eq!(made, 10);
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != StatusCode::CREATED)
        .map(code)
        .collect();
    assert_eq!(refused, [(403, "quota_exceeded"); 2]);
    cloud.wait_minutes(10);
    let stale = cloud
        .app
        .tokens
        .sign(ada.account, ada.session, None, cloud.clock.now())
        .expect("a token");
    let answer = cloud
        .post_as(&stale, "/v1/account/keys", wish(&["account:read"]))
        .await;
    assert_eq!(code(&answer), (403, "step_up_required"));
}
