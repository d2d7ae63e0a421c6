//! Work after the answer: letters go out, failures are tried again, what nothing helps is kept.

use crate::support::Cloud;
use chrono::TimeDelta;
use gameforge_cloud::{
    jobs::{Work, run_due},
    mail::{Letter, Words},
    store,
};
use std::path::PathBuf;

fn letter() -> Work {
    Work::Mail(Letter {
        to: "ada@example.org".parse().expect("an address"),
        locale: "de".to_owned(),
        words: Words::PasswordChanged {},
    })
}

async fn enqueue(cloud: &Cloud, work: &Work) {
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    store::job::enqueue(&mut tx, cloud.app.new_id(), cloud.clock.now(), work)
        .await
        .expect("enqueued");
    tx.commit().await.expect("committed");
}

async fn rows(cloud: &Cloud, state: &str) -> Vec<gameforge_wire::cloud::JobRow> {
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    store::job::list(&mut tx, state, None, 100)
        .await
        .expect("the list")
}

fn mails(cloud: &Cloud) -> Vec<String> {
    let folder: PathBuf = cloud.folder.path().join("mail");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| {
            entries
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .collect()
        })
        .unwrap_or_default();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("a letter"))
        .collect()
}

#[tokio::test]
async fn a_letter_goes_out_once() {
    let cloud = Cloud::start().await;
    enqueue(&cloud, &letter()).await;
    assert_eq!(run_due(&cloud.app).await.expect("the loop runs"), 1);
    assert_eq!(
        run_due(&cloud.app).await.expect("the loop runs"),
        0,
        "it is done"
    );
    let mails = mails(&cloud);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ada@example.org"), "{}", mails[0]);
    assert_eq!(rows(&cloud, "done").await.len(), 1);
}

#[tokio::test]
async fn what_was_not_committed_never_happens() {
    let cloud = Cloud::start().await;
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    store::job::enqueue(&mut tx, cloud.app.new_id(), cloud.clock.now(), &letter())
        .await
        .expect("enqueued");
    tx.rollback().await.expect("rolled back");
    assert_eq!(run_due(&cloud.app).await.expect("the loop runs"), 0);
    assert!(mails(&cloud).is_empty());
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_tried_again_and_then_given_up() {
    // Port 9 of this machine: nobody listens there.
    let cloud = Cloud::with(&[("MAIL_FOLDER", ""), ("SMTP_URL", "smtp://127.0.0.1:9")]).await;
    enqueue(&cloud, &letter()).await;
    assert_eq!(run_due(&cloud.app).await.expect("the loop runs"), 1);
    let waiting = rows(&cloud, "waiting").await;
    assert_eq!(waiting[0].attempts, 1);
    assert!(
        waiting[0]
            .last_error
            .as_deref()
            .is_some_and(|it| it.contains("mail server")),
        "{waiting:?}"
    );
    assert_eq!(
        run_due(&cloud.app).await.expect("the loop runs"),
        0,
        "not before its pause is over"
    );
    for _ in 0..20 {
        cloud.clock.advance(TimeDelta::hours(5));
        run_due(&cloud.app).await.expect("the loop runs");
    }
    let dead = rows(&cloud, "dead").await;
    assert_eq!(dead.len(), 1, "it is kept for somebody to see");
    assert_eq!(dead[0].attempts, dead[0].most_attempts);
}

#[tokio::test]
async fn a_silent_holder_loses_its_job_and_two_never_hold_one() {
    let cloud = Cloud::start().await;
    enqueue(&cloud, &letter()).await;
    let (mut one, mut other) = (
        cloud.app.store.worker().await.expect("a transaction"),
        cloud.app.store.worker().await.expect("a transaction"),
    );
    let now = cloud.clock.now();
    let taken = store::job::take(&mut one, now, "one").await.expect("asked");
    assert!(taken.is_some());
    let second = store::job::take(&mut other, now, "other")
        .await
        .expect("asked");
    assert!(second.is_none(), "it is in the first one's hands");
    one.commit().await.expect("committed");
    let later = now + store::job::LEASE + TimeDelta::seconds(1);
    let taken = store::job::take(&mut other, later, "other")
        .await
        .expect("asked");
    assert_eq!(
        taken.map(|it| it.attempt),
        Some(2),
        "the first one fell silent"
    );
}

#[tokio::test]
async fn a_turn_is_taken_by_one() {
    let cloud = Cloud::start().await;
    let now = cloud.clock.now();
    let every = TimeDelta::minutes(10);
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    let mut turns = Vec::new();
    for minutes in [0, 0, 9, 10, 11] {
        let at = now + TimeDelta::minutes(minutes);
        turns.push(
            store::job::take_turn(&mut tx, "sweep", every, at)
                .await
                .expect("asked"),
        );
    }
    assert_eq!(turns, [true, false, false, true, false]);
}
