//! Devices: tokens that turn, devices that are signed out, on all copies of the service.

use crate::{
    front_door::{Pair, code, credentials},
    support::Cloud,
};
use axum::http::{Method, StatusCode};
use gameforge_cloud::{App, identity::follow};
use serde_json::json;
use std::time::Duration;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn a_refresh_token_works_once_and_gives_the_next() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let first = cloud.sign_in(ADA, "Desk").await;
    cloud.wait_minutes(11);
    assert!(
        !cloud.opens(&first.access).await,
        "it lives for ten minutes"
    );
    let second = Pair::of(&cloud.refresh(&first.refresh).await);
    assert_eq!(second.session, first.session, "the device stays the same");
    assert!(cloud.opens(&second.access).await);
    let third = Pair::of(&cloud.refresh(&second.refresh).await);
    assert!(cloud.opens(&third.access).await);
    cloud.wait_minutes(61 * 24 * 60);
    assert_eq!(
        cloud.refresh(&third.refresh).await.status,
        StatusCode::UNAUTHORIZED,
        "a device that nobody uses is signed out"
    );
}

#[tokio::test]
async fn a_lost_answer_may_be_asked_for_again_until_its_successor_is_used() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let first = cloud.sign_in(ADA, "Desk").await;
    let lost = Pair::of(&cloud.refresh(&first.refresh).await);
    let got = Pair::of(&cloud.refresh(&first.refresh).await);
    assert_ne!(lost.refresh, got.refresh);
    let next = Pair::of(&cloud.refresh(&got.refresh).await);
    assert!(cloud.opens(&next.access).await);
    assert_eq!(cloud.audited("session.reuse_detected").await, 0);
    // Whoever has the lost answer after all has a copy.
    assert_eq!(
        cloud.refresh(&lost.refresh).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(!cloud.opens(&next.access).await);
}

#[tokio::test]
async fn a_copied_refresh_token_signs_the_device_out() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let other = cloud.sign_in(ADA, "Couch").await;
    let first = cloud.sign_in(ADA, "Desk").await;
    let second = Pair::of(&cloud.refresh(&first.refresh).await);
    let third = Pair::of(&cloud.refresh(&second.refresh).await);
    let copied = cloud.refresh(&first.refresh).await;
    assert_eq!(code(&copied), (401, "unauthenticated"));
    assert!(
        !cloud.opens(&third.access).await,
        "the newest is dead at once"
    );
    assert_eq!(
        cloud.refresh(&third.refresh).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(
        cloud.opens(&other.access).await,
        "other devices are not touched"
    );
    assert_eq!(cloud.audited("session.reuse_detected").await, 1);
    assert!(cloud.told(ADA).await.contains(&"token_reused".to_owned()));
    assert_eq!(
        cloud.letter_kinds(ADA).await.last().map(String::as_str),
        Some("token_reused")
    );
}

#[tokio::test]
async fn two_refreshes_at_the_same_time_do_not_both_count() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let first = cloud.sign_in(ADA, "Desk").await;
    let (one, other) = tokio::join!(cloud.refresh(&first.refresh), cloud.refresh(&first.refresh));
    let (one, other) = (Pair::of(&one), Pair::of(&other));
    assert_ne!(one.refresh, other.refresh);
    let good: i64 = sqlx::query_scalar("SELECT count(*) FROM refresh_token WHERE used_at IS NULL")
        .fetch_one(&mut cloud.owner().await)
        .await
        .expect("the tokens");
    assert_eq!(good, 1, "one of the two was given in place of the other");
}

#[tokio::test]
async fn devices_are_listed_and_signed_out_one_by_one_or_all() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let desk = cloud.sign_in(ADA, "Desk").await;
    let couch = cloud.sign_in(ADA, "Couch").await;
    let train = cloud.sign_in(ADA, "Train").await;
    let listed = cloud.get_as(&desk.access, "/v1/account/sessions").await;
    let names: Vec<(&str, bool)> = listed.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|it| Some((it["device_name"].as_str()?, it["current"].as_bool()?)))
        .collect();
    assert_eq!(names, [("Train", false), ("Couch", false), ("Desk", true)]);
    let page = cloud
        .get_as(&desk.access, "/v1/account/sessions?limit=2")
        .await;
    let next = page.body["next"].as_str().expect("there is more");
    let rest = cloud
        .get_as(
            &desk.access,
            &format!("/v1/account/sessions?limit=2&after={next}"),
        )
        .await;
    assert_eq!(rest.body["items"][0]["device_name"], "Desk");
    assert_eq!(rest.body["next"], json!(null));

    let eve = cloud.person("eve").await;
    let path = |session: &str| format!("/v1/account/sessions/{session}");
    let foreign = cloud
        .ask(
            Method::DELETE,
            &path(&couch.session),
            Some(&eve.token),
            None,
        )
        .await;
    assert_eq!(code(&foreign), (404, "not_found"));
    assert!(cloud.opens(&couch.access).await);
    let own = cloud
        .ask(
            Method::DELETE,
            &path(&couch.session),
            Some(&desk.access),
            None,
        )
        .await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
    assert!(!cloud.opens(&couch.access).await);
    let again = cloud
        .ask(
            Method::DELETE,
            &path(&couch.session),
            Some(&desk.access),
            None,
        )
        .await;
    assert_eq!(code(&again), (404, "not_found"));
    let others = cloud
        .ask(
            Method::POST,
            "/v1/account/sessions/revoke-others",
            Some(&desk.access),
            None,
        )
        .await;
    assert_eq!(others.status, StatusCode::NO_CONTENT);
    assert!(!cloud.opens(&train.access).await);
    assert!(cloud.opens(&desk.access).await);
    assert!(cloud.opens(&eve.token).await, "nobody else's");
}

#[tokio::test]
async fn a_new_device_is_told_of_and_a_known_one_is_not() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    cloud.sign_in(ADA, "Desk").await;
    assert!(cloud.told(ADA).await.is_empty(), "the first is no news");
    cloud.sign_in(ADA, "Desk").await;
    assert!(cloud.told(ADA).await.is_empty(), "it is known");
    let body = credentials(ADA, crate::front_door::PASSWORD, "Couch");
    cloud
        .ask_from(
            "192.0.2.9",
            Method::POST,
            "/v1/auth/sign-in",
            None,
            Some(body),
        )
        .await;
    assert_eq!(cloud.told(ADA).await, ["new_device"]);
    let letters = cloud.letters(ADA).await;
    let last = &letters.last().expect("a letter")["words"];
    assert_eq!(last["letter"], "new_device");
    assert_eq!(
        (&last["device"], &last["address"]),
        (&json!("Couch"), &json!("192.0.2.9"))
    );
}

/// A second copy of the service on the same database, with a clock that goes with the first's.
fn copy_of(cloud: &Cloud) -> App {
    App::new(cloud.app.config.clone(), cloud.clock.clone()).expect("the same settings")
}

// On two threads: at its end one drops the database and waits until the listening connection has ended on the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_signed_out_on_one_copy_is_out_on_all() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let desk = cloud.sign_in(ADA, "Desk").await;
    let couch = cloud.sign_in(ADA, "Couch").await;
    let session = couch.session.parse().expect("an id");
    let other = copy_of(&cloud);
    let mut told = other.revoked.subscribe();
    let following = tokio::spawn(follow::follow(other.clone()));
    // It listens once another connection hears it: the list of who listens is the database's.
    wait_for_listener(&cloud).await;
    let path = format!("/v1/account/sessions/{}", couch.session);
    let answer = cloud
        .ask(Method::DELETE, &path, Some(&desk.access), None)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let heard = tokio::time::timeout(Duration::from_secs(20), told.recv()).await;
    assert_eq!(heard.ok().and_then(Result::ok), Some(session));
    let there = Cloud::asked_at(&other, &couch.access).await;
    assert_eq!(there, StatusCode::UNAUTHORIZED, "on the other copy");
    let there = Cloud::asked_at(&other, &desk.access).await;
    assert_eq!(there, StatusCode::OK, "the one that asked stays");
    following.abort();
    following.await.expect_err("it was ended");
}

async fn wait_for_listener(cloud: &Cloud) {
    let listening = async {
        loop {
            let count: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
            )
            .fetch_one(&mut cloud.owner().await)
            .await
            .expect("the list of connections");
            if count > 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), listening)
        .await
        .expect("somebody listens");
}

#[tokio::test]
async fn a_copy_that_missed_the_message_reads_it_and_forgets_it_in_time() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let desk = cloud.sign_in(ADA, "Desk").await;
    let session = desk.session.parse().expect("an id");
    // It starts after the device was signed out: nobody tells it.
    cloud
        .ask(Method::POST, "/v1/auth/sign-out", Some(&desk.access), None)
        .await;
    let late = copy_of(&cloud);
    assert_eq!(Cloud::asked_at(&late, &desk.access).await, StatusCode::OK);
    follow::load(&late).await.expect("the list");
    assert_eq!(
        Cloud::asked_at(&late, &desk.access).await,
        StatusCode::UNAUTHORIZED
    );
    cloud.wait_minutes(10);
    follow::load(&late).await.expect("the list");
    assert!(
        late.revoked.contains(session),
        "a copy whose clock is behind may still take its token"
    );
    cloud.wait_minutes(2);
    follow::load(&late).await.expect("the list");
    assert!(!late.revoked.contains(session), "the list does not grow");
}

#[tokio::test]
async fn a_token_of_another_clock_is_refused() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    assert!(cloud.opens(&ada.token).await);
    cloud.wait_minutes(-5);
    assert!(
        !cloud.opens(&ada.token).await,
        "signed five minutes in the future"
    );
    cloud.wait_minutes(5 + 11);
    assert!(!cloud.opens(&ada.token).await, "it has ended");
}

impl Cloud {
    /// Asks another copy of the service for the account.
    async fn asked_at(app: &App, token: &str) -> StatusCode {
        use tower::ServiceExt;
        let request = axum::http::Request::builder()
            .uri("/v1/account")
            .header("authorization", format!("Bearer {token}"))
            .body(axum::body::Body::empty())
            .expect("a request");
        gameforge_cloud::service(app.clone())
            .oneshot(request)
            .await
            .expect("the router always answers")
            .status()
    }
}
