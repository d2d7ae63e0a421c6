//! What holds for every address: health, problems, who may ask.

use crate::support::Cloud;
use axum::http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn it_is_alive_and_ready() {
    let cloud = Cloud::start().await;
    assert_eq!(
        cloud.ask(Method::GET, "/healthz", None, None).await.status,
        StatusCode::OK
    );
    let ready = cloud.ask(Method::GET, "/readyz", None, None).await;
    assert_eq!(ready.status, StatusCode::OK, "{:?}", ready.body);
}

#[tokio::test]
async fn nobody_has_no_account() {
    let cloud = Cloud::start().await;
    let answer = cloud.ask(Method::GET, "/v1/account", None, None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.body["code"], json!("unauthenticated"));
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(
        answer.headers["x-request-id"].to_str().ok(),
        answer.body["request_id"].as_str(),
        "the answer names the request as the log does"
    );
}

#[tokio::test]
async fn a_key_that_is_none_opens_nothing() {
    let cloud = Cloud::start().await;
    for token in ["gf_key_nonsense", "nonsense", ""] {
        let answer = cloud
            .ask(Method::GET, "/v1/account", Some(token), None)
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_a_problem_too() {
    let cloud = Cloud::start().await;
    let answer = cloud.ask(Method::GET, "/v1/nothing", None, None).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::NOT_FOUND, &json!("not_found"))
    );
    let answer = cloud.ask(Method::DELETE, "/healthz", None, None).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_signed_in_person_sees_the_own_account_until_the_token_ends() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let answer = cloud
        .ask(Method::GET, "/v1/account", Some(&ada.token), None)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
    assert_eq!(answer.body["email"], json!(ada.email));
    assert_eq!(answer.body["id"], json!(ada.account));
    cloud.clock.advance(chrono::TimeDelta::minutes(11));
    let late = cloud
        .ask(Method::GET, "/v1/account", Some(&ada.token), None)
        .await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
}
