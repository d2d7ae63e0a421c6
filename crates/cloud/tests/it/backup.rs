//! The drill: fill, back up, destroy, restore, compare. And the audit log's chain.

use crate::support::Cloud;
use axum::http::{Method, StatusCode};
use gameforge_cloud::{
    backup::{self, Error},
    chain::{self, Finding, Head, Verdict},
    store::audit::{Act, Actor, append},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

/// A service in which several people did things.
async fn filled() -> Cloud {
    let cloud = Cloud::start().await;
    for name in ["ada", "bob", "zoë"] {
        let person = cloud.person(if name == "zoë" { "zoe" } else { name }).await;
        for kind in ["one", "two"] {
            let body = json!({ "name": format!("{name}’s {kind} \\N “x”") });
            let made = cloud
                .ask(
                    Method::POST,
                    "/v1/workspaces",
                    Some(&person.token),
                    Some(body),
                )
                .await;
            assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        }
    }
    // What a text format could stumble over.
    let statement = r"UPDATE account SET settings = jsonb_build_object('a', E'x\ty\nz\\N\\.')";
    cloud
        .owner()
        .await
        .execute(statement)
        .await
        .expect("nasty texts");
    let file = cloud.folder.path().join("a");
    std::fs::write(&file, b"an object").expect("a file");
    cloud
        .app
        .blobs
        .put_file("some/a.bin", &file)
        .await
        .expect("an object");
    cloud
}

/// Every row of every table, as text; without what a restore is meant to change.
async fn everything(conn: &mut PgConnection) -> Vec<(String, Vec<String>)> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('rate', '_sqlx_migrations') ORDER BY 1",
    )
    .fetch_all(&mut *conn)
    .await
    .expect("the tables");
    let mut all = Vec::new();
    for name in names {
        let rows = conn
            .fetch_all(AssertSqlSafe(format!(
                "SELECT (to_jsonb(it) - 'epoch')::text FROM {name} AS it ORDER BY 1"
            )))
            .await
            .expect("the rows");
        all.push((name, rows.iter().map(|row| row.get(0)).collect()));
    }
    all
}

#[tokio::test]
async fn what_was_backed_up_comes_back_whole() {
    let cloud = filled().await;
    let folder = cloud.folder.path().join("backup");
    let manifest = backup::save(&cloud.app, &folder).await.expect("a backup");
    let before = everything(&mut cloud.owner().await).await;
    let accounts = manifest
        .tables
        .iter()
        .find(|it| it.name == "account")
        .expect("accounts");
    assert_eq!((accounts.rows, manifest.blobs.count), (3, 1));

    // Destroyed: another database and another, empty storage.
    drop(cloud.owner().await);
    let other = Cloud::start().await;
    let restored = backup::restore(&other.app, &folder)
        .await
        .expect("restored");
    assert_eq!(restored.findings, [], "the audit log is whole");
    assert_eq!(
        restored.missing_blobs,
        ["some/a.bin"],
        "the objects are not in it, and it says so"
    );
    let mut owner = other.owner().await;
    assert_eq!(everything(&mut owner).await, before);
    let epochs: Vec<i32> = sqlx::query_scalar("SELECT DISTINCT epoch FROM scope")
        .fetch_all(&mut owner)
        .await
        .expect("the scopes");
    assert_eq!(
        epochs,
        [2],
        "devices learn that numbers of before mean nothing"
    );
    let again = backup::restore(&other.app, &folder)
        .await
        .expect_err("not empty any more");
    assert!(matches!(again, Error::Refused(_)), "{again}");

    // And it goes on from there: the chain, too.
    let eve = other.person("eve").await;
    let body = json!({ "name": "after" });
    let made = other
        .ask(Method::POST, "/v1/workspaces", Some(&eve.token), Some(body))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let verdict = chain::verify(&mut owner, &[]).await.expect("checked");
    assert_eq!(verdict.findings, []);
}

#[tokio::test]
async fn a_backup_that_is_not_what_was_written_is_refused_and_changes_nothing() {
    let cloud = filled().await;
    let folder = cloud.folder.path().join("backup");
    backup::save(&cloud.app, &folder).await.expect("a backup");
    let file = folder.join("account.copy.zst");
    let bytes = std::fs::read(&file).expect("the file");
    let other = Cloud::start().await;
    let mut changed = bytes.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    std::fs::write(&file, &changed).expect("changed");
    let error = backup::restore(&other.app, &folder)
        .await
        .expect_err("its hash is another");
    assert!(error.to_string().contains("account.copy.zst"), "{error}");
    std::fs::remove_file(&file).expect("removed");
    backup::restore(&other.app, &folder)
        .await
        .expect_err("a file is missing");
    std::fs::write(&file, &bytes).expect("whole again");
    std::fs::rename(folder.join("manifest.json"), folder.join("kept")).expect("moved");
    backup::restore(&other.app, &folder)
        .await
        .expect_err("it was never finished");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM account")
        .fetch_one(&mut other.owner().await)
        .await
        .expect("a count");
    assert_eq!(count, 0, "nothing was changed");
    std::fs::rename(folder.join("kept"), folder.join("manifest.json")).expect("back");
    backup::restore(&other.app, &folder)
        .await
        .expect("whole again");
    let full = backup::save(&cloud.app, &folder)
        .await
        .expect_err("a folder of its own");
    assert!(matches!(full, Error::Refused(_)), "{full}");
}

/// A log of five rows, with all that a row can hold.
async fn logged() -> Cloud {
    let cloud = Cloud::start().await;
    for at in 0..5 {
        let mut tx = cloud.app.store.worker().await.expect("a transaction");
        let act = Act {
            action: "thing.döne",
            target_kind: "thing",
            target_id: (at % 2 == 0).then(|| cloud.app.new_id()),
            before: Some(json!({ "b": 1.50, "a": ["ü", null, "x,3:y"] })),
            after: (at > 2).then(|| Value::String("…".to_owned())),
            flags: if at == 1 { &["gdpr", "privilege"] } else { &[] },
            ..Act::default()
        };
        append(&mut tx, cloud.clock.now(), &Actor::system(), &act)
            .await
            .expect("noted");
        tx.commit().await.expect("committed");
    }
    cloud
}

async fn after(cloud: &Cloud, statement: &'static str, kept: &[Head]) -> Verdict {
    let mut owner = cloud.owner().await;
    owner
        .execute(statement)
        .await
        .expect("the owner may do all");
    chain::verify(&mut owner, kept).await.expect("checked")
}

#[tokio::test]
async fn an_untouched_log_is_whole() {
    let cloud = logged().await;
    let verdict = after(&cloud, "SELECT 1", &[]).await;
    assert_eq!((verdict.rows, verdict.head.seq), (5, 5));
    assert_eq!(
        verdict.findings,
        [],
        "Rust and SQL take the same hash of the same row"
    );
    let kept = after(&cloud, "SELECT 1", &[verdict.head]).await;
    assert_eq!(kept.findings, []);
}

#[tokio::test]
async fn a_changed_row_is_found() {
    let cloud = logged().await;
    let verdict = after(
        &cloud,
        "UPDATE audit_event SET action = 'thing.undone' WHERE seq = 3",
        &[],
    )
    .await;
    assert_eq!(verdict.findings, [Finding::Changed(3)]);
    // Its own hash made to fit, the next row does not follow any more.
    let fitted = "UPDATE audit_event SET hash = sha256(previous_hash || convert_to(audit_text(seq, at, actor_kind, actor_id,
        action, target_kind, target_id, workspace_id, before, after, address, request_id, flags), 'UTF8')) WHERE seq = 3";
    let verdict = after(&cloud, fitted, &[]).await;
    assert_eq!(verdict.findings, [Finding::Inserted(4)]);
}

#[tokio::test]
async fn a_removed_row_is_found() {
    let cloud = logged().await;
    let verdict = after(&cloud, "DELETE FROM audit_event WHERE seq IN (2, 3)", &[]).await;
    assert_eq!(verdict.findings, [Finding::Removed(2, 3)]);
}

#[tokio::test]
async fn an_inserted_row_is_found() {
    let cloud = logged().await;
    let verdict = after(
        &cloud,
        "UPDATE audit_event SET seq = seq + 1000 WHERE seq > 2; UPDATE audit_event SET seq = seq - 999 WHERE seq > 1000;
         INSERT INTO audit_event SELECT 3, at, actor_kind, actor_id, 'put.in', target_kind, target_id, workspace_id, before,
            after, address, request_id, flags, hash, sha256('x') FROM audit_event WHERE seq = 2",
        &[],
    )
    .await;
    assert!(
        verdict.findings.contains(&Finding::Changed(3)),
        "{:?}",
        verdict.findings
    );
    assert!(
        verdict.findings.contains(&Finding::Inserted(4)),
        "{:?}",
        verdict.findings
    );
}

#[tokio::test]
async fn a_cut_tail_is_found_and_with_a_kept_head_also_when_the_head_was_cut() {
    let cloud = logged().await;
    let kept = after(&cloud, "SELECT 1", &[]).await.head;
    let verdict = after(&cloud, "DELETE FROM audit_event WHERE seq > 3", &[]).await;
    assert_eq!(verdict.findings, [Finding::Cut { last: 3, head: 5 }]);
    let both = "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_event WHERE seq = 3)";
    let verdict = after(&cloud, both, &[]).await;
    assert_eq!(verdict.findings, [], "by itself the chain cannot show that");
    let verdict = after(&cloud, "SELECT 1", &[kept]).await;
    assert_eq!(verdict.findings, [Finding::NotAsKept(5)]);
}

#[tokio::test]
async fn the_services_roles_cannot_touch_the_log() {
    let cloud = logged().await;
    for statement in [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "INSERT INTO audit_event SELECT * FROM audit_event",
        "UPDATE audit_head SET seq = 0",
    ] {
        let mut tx = cloud.app.store.worker().await.expect("a transaction");
        let error = tx.execute(statement).await.expect_err("no right");
        let code = error
            .as_database_error()
            .and_then(|it| it.code().map(|it| it.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{statement}: {error}");
    }
}
