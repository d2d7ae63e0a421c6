//! `Idempotency-Key`: a request that makes something and whose answer was lost is sent again.

use crate::{
    front_door::code,
    support::{Answer, Cloud, Person},
    teams::{delete, get, let_in, post, project, workspace},
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

async fn send(cloud: &Cloud, who: &Person, path: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .expect("a request");
    cloud.send(request).await
}

async fn count(cloud: &Cloud, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(&mut cloud.owner().await)
        .await
        .expect("a count")
}

#[tokio::test]
async fn the_same_request_with_the_same_key_makes_one_and_gets_the_same_answer() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let place = workspace(&cloud, &ada, "Nord").await;
    let game = project(&cloud, &ada, &place, "Game").await;
    for (path, body, rows) in [
        (
            "/v1/workspaces".to_owned(),
            json!({ "name": "Süd" }),
            "SELECT count(*) FROM workspace WHERE name = 'Süd'",
        ),
        (
            format!("/v1/workspaces/{place}/projects"),
            json!({ "name": "Other" }),
            "SELECT count(*) FROM project WHERE name = 'Other'",
        ),
        (
            format!("/v1/workspaces/{place}/invitations"),
            json!({ "email": "n@example.org", "role": "member" }),
            "SELECT count(*) FROM invitation WHERE project_id IS NULL",
        ),
        (
            format!("/v1/projects/{game}/invitations"),
            json!({ "email": "m@example.org", "role": "viewer" }),
            "SELECT count(*) FROM invitation WHERE project_id IS NOT NULL",
        ),
        (
            "/v1/account/keys".to_owned(),
            json!({ "name": "k", "scopes": ["account:read"] }),
            "SELECT count(*) FROM api_key",
        ),
    ] {
        let key = format!("of {path}").replace([' ', '/'], "-");
        let first = send(&cloud, &ada, &path, &key, &body).await;
        assert_eq!(first.status, StatusCode::CREATED, "{path}: {}", first.body);
        let again = send(&cloud, &ada, &path, &key, &body).await;
        assert_eq!(again.status, StatusCode::CREATED, "{path}: {}", again.body);
        assert_eq!(again.body, first.body, "{path}");
        assert_eq!(count(&cloud, rows).await, 1, "{path}");
        let other = send(&cloud, &ada, &path, "another-key", &json!({ "name": 1 })).await;
        assert_eq!(
            code(&other),
            (422, "invalid"),
            "{path} reads its body first"
        );
    }
    let letters = count(&cloud, "SELECT count(*) FROM job WHERE kind = 'mail'").await;
    assert_eq!(letters, 2, "nobody is asked twice");
}

#[tokio::test]
async fn a_kept_answer_shows_no_secret() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let body = json!({ "name": "k", "scopes": ["account:read"] });
    let made = send(&cloud, &ada, "/v1/account/keys", "k-1", &body).await;
    let secret = made.body["secret"].as_str().expect("a secret").to_owned();
    let kept: Vec<u8> = sqlx::query_scalar("SELECT answer FROM idempotency")
        .fetch_one(&mut cloud.owner().await)
        .await
        .expect("the answer");
    let shows = |words: &str| {
        kept.windows(words.len())
            .any(|part| part == words.as_bytes())
    };
    assert!(kept.len() > secret.len() && !shows(&secret) && !shows("secret"));
    // Bound to its row: under another key it is none.
    cloud
        .owner()
        .await
        .execute("UPDATE idempotency SET key = 'k-2'")
        .await
        .expect("moved");
    let moved = send(&cloud, &ada, "/v1/account/keys", "k-2", &body).await;
    assert_eq!(code(&moved), (500, "internal"));
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let name = |name: &str| json!({ "name": name });
    let first = send(&cloud, &ada, "/v1/workspaces", "k", &name("Nord")).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let other = send(&cloud, &ada, "/v1/workspaces", "k", &name("Süd")).await;
    assert_eq!(code(&other), (422, "idempotency_mismatch"));
    let place = first.body["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/workspaces/{place}/projects");
    let elsewhere = send(&cloud, &ada, &path, "k", &name("Nord")).await;
    assert_eq!(code(&elsewhere), (422, "idempotency_mismatch"));
    let bobs = send(&cloud, &bob, "/v1/workspaces", "k", &name("Nord")).await;
    assert_eq!(bobs.status, StatusCode::CREATED, "each has their own keys");
    assert_ne!(bobs.body["id"], first.body["id"]);
    for key in ["", "two words", &"k".repeat(201)] {
        let bad = send(&cloud, &ada, "/v1/workspaces", key, &name("Ost")).await;
        assert_eq!(code(&bad), (422, "invalid"), "{key:?}");
    }
}

#[tokio::test]
async fn while_the_first_is_being_worked_on_the_second_is_told_to_wait() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let body = json!({ "name": "Nord" });
    let mut owner = cloud.owner().await;
    let turn = format!("hashtextextended('idempotency/{}/k', 0)", ada.account);
    owner
        .execute(AssertSqlSafe(format!("SELECT pg_advisory_lock({turn})")))
        .await
        .expect("somebody works on it");
    let busy = send(&cloud, &ada, "/v1/workspaces", "k", &body).await;
    assert_eq!(code(&busy), (409, "conflict"));
    assert_eq!(busy.headers["retry-after"], "1");
    owner
        .execute(AssertSqlSafe(format!("SELECT pg_advisory_unlock({turn})")))
        .await
        .expect("done");
    let answer = send(&cloud, &ada, "/v1/workspaces", "k", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_make_one() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let body = json!({ "name": "Nord" });
    let asked = (0..8).map(|_| send(&cloud, &ada, "/v1/workspaces", "k", &body));
    let answers = futures_util::future::join_all(asked).await;
    let mut made = Vec::new();
    for answer in answers {
        match answer.status {
            StatusCode::CREATED => made.push(answer.body["id"].clone()),
            StatusCode::CONFLICT => assert!(answer.headers.contains_key("retry-after")),
            other => panic!("{other}: {}", answer.body),
        }
    }
    made.dedup();
    assert_eq!(made.len(), 1, "{made:?}");
    let rows = count(&cloud, "SELECT count(*) FROM workspace WHERE name = 'Nord'").await;
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn what_failed_is_not_kept_and_what_is_old_is_forgotten() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let place = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{place}/projects");
    let taken = project(&cloud, &ada, &place, "Game").await;
    let body = json!({ "name": "Game" });
    let refused = send(&cloud, &ada, &path, "k", &body).await;
    assert_eq!(code(&refused), (409, "conflict"), "the name is taken");
    delete(&cloud, &ada, &format!("/v1/projects/{taken}"))
        .await
        .is(StatusCode::NO_CONTENT);
    let made = send(&cloud, &ada, &path, "k", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.body["id"].as_str().expect("an id").to_owned();

    cloud.clock.advance(TimeDelta::hours(25));
    let ada = cloud.again(&ada);
    let later = send(
        &cloud,
        &ada,
        "/v1/workspaces",
        "k",
        &json!({ "name": "Süd" }),
    )
    .await;
    assert_eq!(later.status, StatusCode::CREATED, "the key is free again");
    cloud.clock.advance(TimeDelta::hours(25));
    gameforge_cloud::jobs::run_purge(&cloud.app)
        .await
        .expect("purged");
    assert_eq!(count(&cloud, "SELECT count(*) FROM idempotency").await, 0);
    let ada = cloud.again(&ada);
    get(&cloud, &ada, &format!("/v1/projects/{id}"))
        .await
        .is(StatusCode::OK);
}

#[tokio::test]
async fn who_may_not_any_more_gets_no_old_answer() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(&cloud, &ada, "Nord").await;
    let_in(
        &cloud,
        &ada,
        &format!("/v1/workspaces/{place}"),
        &bob,
        "member",
    )
    .await;
    let (path, body) = (
        format!("/v1/workspaces/{place}/projects"),
        json!({ "name": "Secret" }),
    );
    let made = send(&cloud, &bob, &path, "k", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    delete(
        &cloud,
        &ada,
        &format!("/v1/workspaces/{place}/members/{}", bob.account),
    )
    .await
    .is(StatusCode::NO_CONTENT);
    let gone = send(&cloud, &bob, &path, "k", &body).await;
    assert_eq!(code(&gone), (404, "not_found"));
    post(&cloud, &ada, &path, json!({ "name": "Mine" }))
        .await
        .is(StatusCode::CREATED);
}
