//! Rate limits that all copies of the service share.

use crate::support::Cloud;
use chrono::TimeDelta;
use gameforge_cloud::{
    Error,
    store::rate::{self, Limit},
};
use gameforge_wire::cloud::ProblemCode;

const LIMIT: Limit = Limit {
    per_minute: 60,
    burst: 3,
};

#[tokio::test]
async fn a_burst_goes_through_and_then_one_a_second() {
    let cloud = Cloud::start().await;
    let mut tx = cloud.app.store.identity().await.expect("a transaction");
    let now = cloud.clock.now();
    for _ in 0..3 {
        rate::take(&mut tx, "a", now, LIMIT)
            .await
            .expect("within the burst");
    }
    let refused = rate::take(&mut tx, "a", now, LIMIT)
        .await
        .expect_err("the burst is used up");
    assert_eq!(refused.code(), ProblemCode::RateLimited);
    assert!(
        matches!(
            refused,
            Error::Told {
                retry_after: Some(1),
                ..
            }
        ),
        "{refused:?}"
    );
    rate::take(&mut tx, "b", now, LIMIT)
        .await
        .expect("another key has its own");
    let later = now + TimeDelta::seconds(1);
    rate::take(&mut tx, "a", later, LIMIT)
        .await
        .expect("a second gives one back");
    rate::take(&mut tx, "a", later, LIMIT)
        .await
        .expect_err("and no more");
    let much_later = now + TimeDelta::hours(1);
    for _ in 0..3 {
        rate::take(&mut tx, "a", much_later, LIMIT)
            .await
            .expect("full again, not fuller");
    }
    rate::take(&mut tx, "a", much_later, LIMIT)
        .await
        .expect_err("the burst is the most");
}

#[tokio::test]
async fn all_copies_take_from_the_same() {
    let cloud = Cloud::start().await;
    let now = cloud.clock.now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = cloud.app.store.clone();
        tasks.spawn(async move {
            let mut tx = store.identity().await.expect("a transaction");
            let taken = rate::take(&mut tx, "shared", now, LIMIT).await.is_ok();
            tx.commit().await.expect("committed");
            taken
        });
    }
    let through = tasks.join_all().await.into_iter().filter(|it| *it).count();
    assert_eq!(
        through, 3,
        "no more than the burst, however many ask at once"
    );
}
