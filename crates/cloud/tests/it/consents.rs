//! What people agree to.

use crate::{
    front_door::{PASSWORD, code, registration},
    support::{Answer, Cloud},
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use gameforge_cloud::App;
use serde_json::json;
use tower::ServiceExt;

async fn answer(cloud: &Cloud, token: &str, purpose: &str, version: u32, given: bool) -> Answer {
    let body = json!({ "purpose": purpose, "version": version, "given": given });
    cloud
        .ask(Method::PUT, "/v1/account/consents", Some(token), Some(body))
        .await
}

async fn standing(cloud: &Cloud, token: &str) -> Vec<(String, u64, bool)> {
    let listed = cloud.get_as(token, "/v1/account/consents").await;
    listed.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|it| {
            Some((
                it["text"]["purpose"].as_str()?.to_owned(),
                it["text"]["version"].as_u64()?,
                it["given"].as_bool()?,
            ))
        })
        .collect()
}

#[tokio::test]
async fn texts_are_there_for_everybody_in_both_languages() {
    let cloud = Cloud::start().await;
    let english = cloud.ask(Method::GET, "/v1/consents", None, None).await;
    let german = cloud
        .ask(Method::GET, "/v1/consents?locale=de", None, None)
        .await;
    let required: Vec<bool> = english.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|it| it["required"].as_bool())
        .collect();
    assert_eq!(required, [true, true, false, false]);
    assert_ne!(
        english.body["items"][0]["text"],
        german.body["items"][0]["text"]
    );
    let other = cloud
        .ask(Method::GET, "/v1/consents?locale=tlh", None, None)
        .await;
    assert_eq!(code(&other), (422, "invalid"));
}

#[tokio::test]
async fn what_is_given_can_be_taken_back_and_nothing_is_forgotten() {
    let cloud = Cloud::start().await;
    cloud.register("ada@example.org").await;
    let ada = cloud.sign_in("ada@example.org", "Desk").await.access;
    assert_eq!(
        standing(&cloud, &ada).await,
        [
            ("privacy".to_owned(), 1, true),
            ("terms".to_owned(), 1, true),
            ("product_mail".to_owned(), 1, false),
            ("usage_statistics".to_owned(), 1, false),
        ]
    );
    for (given, turn) in [(true, 1), (true, 1), (false, 1), (false, 1), (true, 2)] {
        let said = answer(&cloud, &ada, "product_mail", 1, given).await;
        assert_eq!(said.body["given"], given, "{:?}", said.body);
        cloud.clock.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(cloud.audited("consent.given").await, turn);
    }
    assert_eq!(cloud.audited("consent.withdrawn").await, 1);
    let history: Vec<bool> = sqlx::query_scalar(
        "SELECT withdrawn_at IS NOT NULL FROM consent WHERE purpose = 'product_mail' ORDER BY given_at",
    )
    .fetch_all(&mut cloud.owner().await)
    .await
    .expect("the consents");
    assert_eq!(history, [true, false]);
    let required = answer(&cloud, &ada, "terms", 1, false).await;
    assert_eq!(code(&required), (422, "invalid"));
    for purpose in ["nonsense", "terms\u{0}"] {
        let unknown = answer(&cloud, &ada, purpose, 1, true).await;
        assert_eq!(code(&unknown), (404, "not_found"), "{purpose:?}");
    }
}

#[tokio::test]
async fn a_new_version_asks_again() {
    let cloud = Cloud::start().await;
    cloud.register("ada@example.org").await;
    let ada = cloud.sign_in("ada@example.org", "Desk").await.access;
    sqlx::query(
        "INSERT INTO consent_text VALUES ('terms', 2, true, 'New terms', 'Neue Bedingungen', $1),
            ('terms', 3, true, 'Not yet', 'Noch nicht', $1 + interval '1 day')",
    )
    .bind(cloud.clock.now())
    .execute(&mut cloud.owner().await)
    .await
    .expect("a new text");
    assert!(
        standing(&cloud, &ada)
            .await
            .contains(&("terms".to_owned(), 2, false)),
        "the old version does not stand for the new one"
    );
    let old = answer(&cloud, &ada, "terms", 1, true).await;
    assert_eq!(code(&old), (409, "conflict"));
    let new = answer(&cloud, &ada, "terms", 2, true).await;
    assert_eq!(new.body["given"], true);
    let newcomer = cloud
        .post(
            "/v1/auth/register",
            registration("eve@example.org", PASSWORD),
        )
        .await;
    assert_eq!(code(&newcomer), (409, "conflict"), "she read the old one");
}

/// How some addresses answer to somebody.
async fn answers(router: &Router, token: &str) -> Vec<(&'static str, u16)> {
    let mut all = Vec::new();
    for (method, path) in [
        ("GET", "/v1/workspaces"),
        ("GET", "/v1/notifications"),
        ("GET", "/v1/account/keys"),
        ("GET", "/v1/account"),
        ("GET", "/v1/account/consents"),
        ("GET", "/v1/account/sessions"),
        ("GET", "/v1/account/exports"),
        ("GET", "/v1/account/erasure"),
        ("DELETE", "/v1/account/erasure"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .expect("a request");
        let answer = router.clone().oneshot(request).await.expect("an answer");
        all.push((path, answer.status().as_u16()));
    }
    all
}

#[tokio::test]
async fn new_terms_stop_all_but_agreeing_and_going() {
    let cloud = Cloud::start().await;
    cloud.register("ada@example.org").await;
    let desk = cloud.sign_in("ada@example.org", "Desk").await;
    let ada = desk.access;
    let other = App::new(cloud.app.config.clone(), cloud.clock.clone()).expect("the parts fit");
    let other = gameforge_cloud::service(other);
    let copies = [&cloud.router, &other];
    for copy in copies {
        let all = answers(copy, &ada).await;
        assert!(all.iter().all(|(_, status)| *status == 200), "{all:?}");
    }
    sqlx::query("INSERT INTO consent_text VALUES ('terms', 2, true, 'New', 'Neu', $1)")
        .bind(cloud.clock.now())
        .execute(&mut cloud.owner().await)
        .await
        .expect("new terms");
    // That all was agreed to is believed for a minute.
    cloud.clock.advance(chrono::TimeDelta::seconds(61));
    for copy in copies {
        let all = answers(copy, &ada).await;
        let (stopped, open) = all.split_at(3);
        assert!(stopped.iter().all(|(_, status)| *status == 403), "{all:?}");
        assert!(open.iter().all(|(_, status)| *status == 200), "{all:?}");
    }
    let refused = cloud.get_as(&ada, "/v1/workspaces").await;
    assert_eq!(code(&refused), (403, "consent_required"));
    assert_eq!(refused.body["fields"][0]["field"], "terms");
    let exported = cloud
        .ask(Method::POST, "/v1/account/exports", Some(&ada), None)
        .await;
    assert_eq!(exported.status.as_u16(), 202, "{:?}", exported.body);
    let erased = cloud
        .ask(Method::POST, "/v1/account/erasure", Some(&ada), None)
        .await;
    assert_eq!(erased.status.as_u16(), 200, "{:?}", erased.body);

    let agreed = answer(&cloud, &ada, "terms", 2, true).await;
    assert_eq!(agreed.status.as_u16(), 200, "{:?}", agreed.body);
    for copy in copies {
        let all = answers(copy, &ada).await;
        assert!(
            all.iter().all(|(_, status)| *status == 200),
            "at once, on every copy: {all:?}"
        );
    }
    let out = cloud
        .ask(Method::POST, "/v1/auth/sign-out", Some(&ada), None)
        .await;
    assert_eq!(out.status.as_u16(), 204);
}
