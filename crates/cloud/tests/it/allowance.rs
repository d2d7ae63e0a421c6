//! How often an account and its keys may ask, by the plan, on all copies of the service together.

use crate::{
    front_door::code,
    support::{Answer, Cloud, Person},
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use chrono::TimeDelta;
use gameforge_cloud::{App, metrics};
use sqlx::{AssertSqlSafe, Executor};
use std::time::Instant;
use tower::ServiceExt;
use uuid::Uuid;

async fn allow(cloud: &Cloud, resource: &str, amount: u32) {
    let statement = format!(
        "UPDATE plan_quota SET amount = {amount} WHERE plan_id = 'free' AND resource = '{resource}'"
    );
    cloud
        .owner()
        .await
        .execute(AssertSqlSafe(statement))
        .await
        .expect("another plan");
}

async fn ask(router: &Router, token: &str) -> (StatusCode, HeaderMap) {
    let request = Request::get("/v1/account")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .expect("a request");
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("the router always answers");
    (response.status(), response.headers().clone())
}

/// Asks copies in turn until all of them refuse; how many went through.
async fn until_refused(copies: &[&Router], token: &str) -> u32 {
    let mut through = 0;
    let mut refused = vec![false; copies.len()];
    while refused.contains(&false) {
        for (copy, refused) in copies.iter().zip(&mut refused) {
            match ask(copy, token).await.0 {
                StatusCode::OK => {
                    through += 1;
                    *refused = false;
                }
                StatusCode::TOO_MANY_REQUESTS => *refused = true,
                other => panic!("{other}"),
            }
        }
        assert!(through < 10_000, "nobody refuses");
    }
    through
}

/// The most that may go through: the bucket, and what came back while it was asked.
#[track_caller]
fn within(through: u32, most: u32, began: Instant) {
    let back = began.elapsed().as_secs_f64() * f64::from(most) / 60.0;
    assert!(through >= most, "{through} of {most}");
    assert!(
        f64::from(through) <= f64::from(most) + back + 1.0,
        "{through} went through where the plan has {most}"
    );
}

fn copy_of(cloud: &Cloud) -> Router {
    let app = App::new(cloud.app.config.clone(), cloud.clock.clone()).expect("the same settings");
    gameforge_cloud::service(app)
}

async fn leases(cloud: &Cloud) -> u32 {
    let text = metrics::text(&cloud.app).await;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("gameforge_allowance_leases_total "))
        .expect("it is counted");
    line.parse().expect("a number")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .unwrap_or_else(|| panic!("{name} in {headers:?}"))
        .to_str()
        .expect("words")
}

#[tokio::test]
async fn a_plan_says_how_often_one_may_ask_and_so_does_each_answer() {
    let cloud = Cloud::start().await;
    allow(&cloud, "requests_a_minute", 30).await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let began = Instant::now();
    let (_, headers) = ask(&cloud.router, &ada.token).await;
    assert_eq!(
        header(&headers, "ratelimit-policy"),
        "\"account\";q=30;w=60"
    );
    assert!(header(&headers, "ratelimit").starts_with("\"account\";r=29;t="));
    within(
        1 + until_refused(&[&cloud.router], &ada.token).await,
        30,
        began,
    );

    let refused: Answer = cloud.get_as(&ada.token, "/v1/account").await;
    assert_eq!(code(&refused), (429, "rate_limited"));
    assert!(header(&refused.headers, "ratelimit").starts_with("\"account\";r=0;t="));
    let wait: i64 = header(&refused.headers, "retry-after")
        .parse()
        .expect("seconds");
    assert!((1..=2).contains(&wait), "one comes back every two seconds");
    assert!(cloud.opens(&bob.token).await, "others have their own");
    cloud.clock.advance(TimeDelta::seconds(wait));
    assert!(cloud.opens(&ada.token).await, "as it was said");
}

#[tokio::test]
async fn all_copies_together_give_no_more_than_the_plan() {
    let cloud = Cloud::start().await;
    allow(&cloud, "requests_a_minute", 200).await;
    let ada = cloud.person("ada").await;
    let (second, third) = (copy_of(&cloud), copy_of(&cloud));
    let began = Instant::now();
    let through = until_refused(&[&cloud.router, &second, &third], &ada.token).await;
    within(through, 200, began);
}

#[tokio::test]
async fn many_at_once_get_no_more_either() {
    let cloud = Cloud::start().await;
    allow(&cloud, "requests_a_minute", 20).await;
    let ada = cloud.person("ada").await;
    let copies = [cloud.router.clone(), copy_of(&cloud)];
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..80 {
        let (copy, token) = (copies[turn % 2].clone(), ada.token.clone());
        tasks.spawn(async move { ask(&copy, &token).await.0 });
    }
    let answers = tasks.join_all().await;
    let through = answers.iter().filter(|it| **it == StatusCode::OK).count();
    within(u32::try_from(through).expect("few"), 20, began);
}

/// A key of a person's that may see the account.
async fn key(cloud: &Cloud, person: &Person, secret: &str) {
    let statement = format!(
        "INSERT INTO api_key (id, account_id, name, hint, hash, scopes, created_at)
         VALUES ('{}', '{}', 'k', 'k', decode('{}', 'hex'), '{{account:read}}', now())",
        Uuid::now_v7(),
        person.account,
        blake3::hash(secret.as_bytes()).to_hex(),
    );
    cloud
        .owner()
        .await
        .execute(AssertSqlSafe(statement))
        .await
        .expect("a key");
}

#[tokio::test]
async fn a_key_has_less_than_its_person_and_takes_from_the_same() {
    let cloud = Cloud::start().await;
    allow(&cloud, "requests_a_minute", 50).await;
    allow(&cloud, "key_requests_a_minute", 20).await;
    let ada = cloud.person("ada").await;
    key(&cloud, &ada, "gf_key_one").await;
    key(&cloud, &ada, "gf_key_two").await;
    let began = Instant::now();
    let (_, headers) = ask(&cloud.router, "gf_key_one").await;
    assert_eq!(
        header(&headers, "ratelimit-policy"),
        "\"key\";q=20;w=60, \"account\";q=50;w=60"
    );
    let one = 1 + until_refused(&[&cloud.router], "gf_key_one").await;
    within(one, 20, began);
    assert!(cloud.opens(&ada.token).await, "the person goes on");
    let two = until_refused(&[&cloud.router], "gf_key_two").await;
    within(two, 20, began);
    let rest = 1 + until_refused(&[&cloud.router], &ada.token).await;
    within(one + two + rest, 50, began);
}

#[tokio::test]
async fn most_requests_cost_no_look_into_the_shared_count() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    for _ in 0..200 {
        assert_eq!(ask(&cloud.router, &ada.token).await.0, StatusCode::OK);
    }
    // 4, 8, 16, 32, then a twentieth of the minute's 1,200.
    let looked = leases(&cloud).await;
    assert!(looked <= 7, "{looked} looks for 200 requests");

    let eve = cloud.person("eve").await;
    allow(&cloud, "requests_a_minute", 1).await;
    until_refused(&[&cloud.router], &eve.token).await;
    let before = leases(&cloud).await;
    for _ in 0..20 {
        let answer = cloud
            .ask(Method::GET, "/v1/account", Some(&eve.token), None)
            .await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(leases(&cloud).await, before, "who is refused costs nothing");
}

#[tokio::test]
async fn a_plan_without_a_limit_has_none() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    cloud
        .owner()
        .await
        .execute("UPDATE account SET plan_id = 'unlimited'")
        .await
        .expect("a plan");
    let (status, headers) = ask(&cloud.router, &ada.token).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!headers.contains_key("ratelimit"));
}
