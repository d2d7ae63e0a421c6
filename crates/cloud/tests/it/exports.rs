//! A person's right to all of the own data.

use crate::support::{Cloud, Person};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use chrono::TimeDelta;
use gameforge_cloud::{jobs::run_due, store::person_data};
use serde_json::{Value, json};
use std::io::{Cursor, Read};
use tower::ServiceExt;

/// A token as of now: the clock was moved.
fn fresh(cloud: &Cloud, person: &Person) -> String {
    let now = cloud.clock.now();
    cloud
        .app
        .tokens
        .sign(person.account, person.session, Some(now), now)
        .expect("a token")
}

async fn fetch(cloud: &Cloud, path: &str, token: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path)
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .expect("a request");
    let response = cloud
        .router
        .clone()
        .oneshot(request)
        .await
        .expect("an answer");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20)
        .await
        .expect("a body");
    (status, bytes.to_vec())
}

fn part(zip: &mut zip::ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Value {
    let mut text = String::new();
    zip.by_name(&format!("{name}.json"))
        .expect("the part is there")
        .read_to_string(&mut text)
        .expect("readable");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn all_of_a_persons_data_comes_as_a_zip_for_seven_days_and_only_to_them() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let body = json!({ "name": "Ada’s game" });
    cloud
        .ask(Method::POST, "/v1/workspaces", Some(&ada.token), Some(body))
        .await;
    let asked = cloud
        .ask(Method::POST, "/v1/account/exports", Some(&ada.token), None)
        .await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
    let again = cloud
        .ask(Method::POST, "/v1/account/exports", Some(&ada.token), None)
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT, "one at a time");
    let file = format!(
        "/v1/account/exports/{}/file",
        asked.body["id"].as_str().expect("an id")
    );
    assert_eq!(
        fetch(&cloud, &file, &ada.token).await.0,
        StatusCode::NOT_FOUND,
        "not made yet"
    );
    run_due(&cloud.app).await.expect("the jobs run");

    let list = cloud
        .ask(Method::GET, "/v1/account/exports", Some(&ada.token), None)
        .await;
    assert_eq!(list.body["items"][0]["state"], "ready", "{:?}", list.body);
    let (status, bytes) = fetch(&cloud, &file, &ada.token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        list.body["items"][0]["size"].as_f64(),
        Some(bytes.len() as f64)
    );
    assert_eq!(
        fetch(&cloud, &file, &bob.token).await.0,
        StatusCode::NOT_FOUND,
        "it is Ada’s"
    );
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    assert_eq!(part(&mut zip, "account")[0]["email"], "ada@example.org");
    assert_eq!(part(&mut zip, "account")[0].get("password_hash"), None);
    let names: Vec<String> = part(&mut zip, "workspace")
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names, ["ada", "Ada’s game"]);
    assert_eq!(part(&mut zip, "api_key"), json!([]));
    for name in person_data::PARTS {
        let text = part(&mut zip, name).to_string();
        assert!(
            !text.contains("bob@example.org"),
            "{name} holds nothing of others"
        );
    }
    let mail = std::fs::read_dir(cloud.folder.path().join("mail"))
        .expect("letters")
        .count();
    assert_eq!(mail, 1, "a letter says that it is there");

    cloud.clock.advance(TimeDelta::days(8));
    let token = fresh(&cloud, &ada);
    assert_eq!(
        fetch(&cloud, &file, &token).await.0,
        StatusCode::NOT_FOUND,
        "its time is over"
    );
    gameforge_cloud::jobs::run_purge(&cloud.app)
        .await
        .expect("purged");
    let list = cloud
        .ask(Method::GET, "/v1/account/exports", Some(&token), None)
        .await;
    assert_eq!(list.body["items"][0]["state"], "expired");
    let key = format!("exports/{}.zip", asked.body["id"].as_str().expect("an id"));
    assert_eq!(
        cloud.app.blobs.size(&key).await.expect("asked"),
        None,
        "the object is gone"
    );
}

#[tokio::test]
async fn an_export_needs_a_fresh_proof() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let now = cloud.clock.now();
    let stale = cloud
        .app
        .tokens
        .sign(
            ada.account,
            ada.session,
            Some(now - TimeDelta::hours(1)),
            now,
        )
        .expect("a token");
    for (method, path) in [
        (Method::POST, "/v1/account/exports".to_owned()),
        (
            Method::GET,
            format!("/v1/account/exports/{}/file", cloud.app.new_id()),
        ),
        (Method::POST, "/v1/account/erasure".to_owned()),
    ] {
        let answer = cloud.ask(method, &path, Some(&stale), None).await;
        assert_eq!(
            answer.body["code"], "step_up_required",
            "{path}: {:?}",
            answer.body
        );
    }
}

#[tokio::test]
async fn no_table_about_a_person_is_forgotten() {
    let cloud = Cloud::start().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'account'::regclass",
    )
    .fetch_all(&mut cloud.owner().await)
    .await
    .expect("the catalog");
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        assert!(
            person_data::PARTS.contains(&table.as_str())
                || person_data::NOT_EXPORTED
                    .iter()
                    .any(|(name, _)| *name == table),
            "“{table}” refers to accounts and is neither exported nor left out for a reason"
        );
    }
}
