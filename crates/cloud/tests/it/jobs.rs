//! Work after the answer: letters go out, failures are tried again, what nothing helps is kept.

use crate::support::Cloud;
use chrono::TimeDelta;
use gameforge_cloud::{
    jobs::{Turn, Work, enqueue_turns, run_due},
    mail::{Letter, Words},
    store::{self, retention},
};
use sqlx::{AssertSqlSafe, Executor};
use std::{collections::BTreeSet, path::PathBuf};

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
    let turn = Turn::Every(TimeDelta::minutes(10));
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    let mut turns = Vec::new();
    for minutes in [0, 0, 9, 10, 11] {
        let at = now + TimeDelta::minutes(minutes);
        turns.push(
            store::job::take_turn(&mut tx, "sweep", turn, at)
                .await
                .expect("asked"),
        );
    }
    assert_eq!(turns, [true, false, false, true, false]);
}

/// Kinds of jobs that wait.
async fn waiting(cloud: &Cloud) -> Vec<String> {
    sqlx::query_scalar("SELECT kind FROM job WHERE state = 'waiting' ORDER BY kind")
        .fetch_all(&mut cloud.owner().await)
        .await
        .expect("the queue")
}

#[tokio::test]
async fn the_first_digest_waits_for_its_hour() {
    let cloud = Cloud::with(&[("DIGEST_HOUR", "7")]).await;
    // In the middle of an hour that is not the digest's.
    let due = Turn::Daily(7).after(cloud.clock.now());
    cloud
        .clock
        .advance(due - TimeDelta::minutes(90) - cloud.clock.now());
    enqueue_turns(&cloud.app).await.expect("asked");
    assert_eq!(
        waiting(&cloud).await,
        ["erase_due", "purge", "sweep"],
        "the start of the service is no time for a digest"
    );
    cloud.clock.advance(TimeDelta::minutes(89));
    enqueue_turns(&cloud.app).await.expect("asked");
    assert!(!waiting(&cloud).await.contains(&"digest".to_owned()));
    cloud.clock.advance(TimeDelta::minutes(2));
    for _ in 0..2 {
        enqueue_turns(&cloud.app).await.expect("asked");
    }
    let digests: Vec<_> = waiting(&cloud).await;
    assert_eq!(digests.iter().filter(|kind| *kind == "digest").count(), 1);
    let next: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT next_at FROM job_schedule WHERE kind = 'digest'")
            .fetch_one(&mut cloud.owner().await)
            .await
            .expect("the schedule");
    assert_eq!(next, due + TimeDelta::days(1), "it does not drift");
}

#[tokio::test]
async fn no_table_is_forgotten_by_the_purge() {
    let cloud = Cloud::start().await;
    let tables: BTreeSet<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations'",
    )
    .fetch_all(&mut cloud.owner().await)
    .await
    .expect("the tables")
    .into_iter()
    .collect();
    let known: BTreeSet<String> = retention::GO
        .iter()
        .copied()
        .chain(retention::STAY.iter().map(|(name, _)| *name))
        .map(str::to_owned)
        .collect();
    assert_eq!(
        tables, known,
        "each table’s rows go at some time, or stay for a reason"
    );
}

#[tokio::test]
async fn what_is_over_goes_and_what_is_not_stays() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let statements = format!(
        "INSERT INTO second_factor (account_id, sealed_secret, created_at) VALUES ('{0}', '', now() - interval '2 days');
         INSERT INTO notification (id, account_id, kind, created_at, shown) VALUES
             (gen_random_uuid(), '{0}', 'comment', now() - interval '200 days', false),
             (gen_random_uuid(), '{0}', 'mention', now() - interval '200 days', true);
         INSERT INTO job (id, kind, payload, state, created_at, run_at, most_attempts, ended_at) VALUES
             (gen_random_uuid(), 'old', '{{}}', 'dead', now(), now(), 1, now() - interval '200 days'),
             (gen_random_uuid(), 'new', '{{}}', 'dead', now(), now(), 1, now() - interval '20 days');
         INSERT INTO idempotency (account_id, key, route, request_hash, answer, expires_at) VALUES
             ('{0}', 'old', '', decode(repeat('01', 32), 'hex'), '', now() - interval '1 minute'),
             ('{0}', 'new', '', decode(repeat('01', 32), 'hex'), '', now() + interval '1 hour');",
        ada.account
    );
    let mut owner = cloud.owner().await;
    owner
        .execute(AssertSqlSafe(statements))
        .await
        .expect("rows");
    gameforge_cloud::jobs::run_purge(&cloud.app)
        .await
        .expect("purged");
    for (query, left) in [
        (
            "SELECT coalesce(string_agg(account_id::text, ' '), '') FROM second_factor",
            "",
        ),
        ("SELECT string_agg(kind, ' ') FROM notification", "mention"),
        (
            "SELECT string_agg(kind, ' ') FROM job WHERE state = 'dead'",
            "new",
        ),
        ("SELECT string_agg(key, ' ') FROM idempotency", "new"),
    ] {
        let there: String = sqlx::query_scalar(query)
            .fetch_one(&mut owner)
            .await
            .expect("a list");
        assert_eq!(there, left, "{query}");
    }
}
