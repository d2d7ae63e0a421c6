//! Erasing a person: with a time to take it back, and without harming what others need.

use crate::support::{Cloud, Person};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use gameforge_cloud::jobs::{run_due, run_erasures};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};

fn fresh(cloud: &Cloud, person: &Person) -> String {
    let now = cloud.clock.now();
    cloud
        .app
        .tokens
        .sign(person.account, person.session, Some(now), now)
        .expect("a token")
}

async fn workspace(cloud: &Cloud, owner: &Person, name: &str) -> String {
    let body = json!({ "name": name });
    let made = cloud
        .ask(
            Method::POST,
            "/v1/workspaces",
            Some(&owner.token),
            Some(body),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    made.body["id"].as_str().expect("an id").to_owned()
}

async fn let_in(cloud: &Cloud, workspace: &str, person: &Person, role: &str) {
    let statement = format!(
        "INSERT INTO workspace_member (workspace_id, account_id, role, joined_at)
         VALUES ('{workspace}', '{}', '{role}', now())",
        person.account
    );
    cloud
        .owner()
        .await
        .execute(AssertSqlSafe(statement))
        .await
        .expect("let in");
}

async fn ask(cloud: &Cloud, person: &Person) -> crate::support::Answer {
    let token = fresh(cloud, person);
    cloud
        .ask(Method::POST, "/v1/account/erasure", Some(&token), None)
        .await
}

#[tokio::test]
async fn who_alone_owns_what_others_use_names_an_heir_first() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let team = workspace(&cloud, &ada, "Team").await;
    let_in(&cloud, &team, &bob, "member").await;
    let refused = ask(&cloud, &ada).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.body["detail"]
            .as_str()
            .is_some_and(|it| it.contains("“Team”"))
    );
    let state = cloud
        .ask(Method::GET, "/v1/account/erasure", Some(&ada.token), None)
        .await;
    assert_eq!(
        state.body,
        json!({ "erase_after": null, "sole_owner_of": ["Team"] })
    );
}

#[tokio::test]
async fn it_can_be_taken_back_until_its_time() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let asked = ask(&cloud, &ada).await;
    assert_eq!(asked.status, StatusCode::OK, "{:?}", asked.body);
    let again = ask(&cloud, &ada).await;
    assert_eq!(again.body, asked.body, "asked twice, its time stays");
    cloud.clock.advance(TimeDelta::days(13));
    run_erasures(&cloud.app).await.expect("looked");
    run_due(&cloud.app).await.expect("the jobs run");
    let token = fresh(&cloud, &ada);
    let back = cloud
        .ask(Method::DELETE, "/v1/account/erasure", Some(&token), None)
        .await;
    assert_eq!(back.body["erase_after"], json!(null));
    cloud.clock.advance(TimeDelta::days(30));
    run_erasures(&cloud.app).await.expect("looked");
    run_due(&cloud.app).await.expect("the jobs run");
    let here = cloud
        .ask(Method::GET, "/v1/account", Some(&fresh(&cloud, &ada)), None)
        .await;
    assert_eq!(here.status, StatusCode::OK, "the account stays");
}

#[tokio::test]
async fn the_person_goes_and_what_was_said_stays() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let team = workspace(&cloud, &bob, "Team").await;
    let_in(&cloud, &team, &ada, "member").await;
    let alone = workspace(&cloud, &ada, "Alone").await;
    let body = json!({ "name": "Game", "visibility": "workspace" });
    let project = cloud
        .ask(
            Method::POST,
            &format!("/v1/workspaces/{team}/projects"),
            Some(&bob.token),
            Some(body),
        )
        .await;
    assert_eq!(project.status, StatusCode::CREATED, "{:?}", project.body);
    let project = project.body["id"].as_str().expect("an id").to_owned();
    let said = format!(
        "INSERT INTO project_member (project_id, workspace_id, account_id, role, joined_at)
            VALUES ('{project}', '{team}', '{0}', 'editor', now());
         INSERT INTO comment (id, workspace_id, project_id, object_kind, object_id, author_id, body, created_at)
            VALUES (gen_random_uuid(), '{team}', '{project}', 'project', '{project}', '{0}', 'a good point', now());
         INSERT INTO invitation (id, workspace_id, email, role, token_hash, invited_by, created_at, expires_at)
            VALUES (gen_random_uuid(), '{team}', 'ADA@example.org', 'member', sha256('x'), '{1}', now(), now())",
        ada.account, bob.account
    );
    cloud
        .owner()
        .await
        .execute(AssertSqlSafe(said))
        .await
        .expect("said");
    assert_eq!(ask(&cloud, &ada).await.status, StatusCode::OK);
    cloud.clock.advance(TimeDelta::days(15));
    run_erasures(&cloud.app).await.expect("looked");
    run_due(&cloud.app).await.expect("the jobs run");

    let mut owner = cloud.owner().await;
    let (email, name): (Option<String>, String) =
        sqlx::query_as("SELECT email, display_name FROM account WHERE id = $1")
            .bind(ada.account.uuid())
            .fetch_one(&mut owner)
            .await
            .expect("the row stays");
    assert_eq!((email, name.as_str()), (None, "Erased account"));
    let body: String = sqlx::query_scalar("SELECT body FROM comment WHERE author_id = $1")
        .bind(ada.account.uuid())
        .fetch_one(&mut owner)
        .await
        .expect("the comment stays");
    assert_eq!(body, "a good point");
    // Her own places are gone; the team’s stays with Bob.
    let left: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM workspace ORDER BY id")
        .fetch_all(&mut owner)
        .await
        .expect("workspaces");
    assert!(!left.contains(&ada.workspace) && !left.contains(&alone.parse().expect("an id")));
    assert!(left.contains(&team.parse().expect("an id")));
    // No table but the audit log, what happened, and letters on their way knows the address or the name.
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('audit_event', '_sqlx_migrations')",
    )
    .fetch_all(&mut owner)
    .await
    .expect("the tables");
    for table in tables {
        let found: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT count(*) FROM {table} AS it WHERE to_jsonb(it)::text ILIKE '%ada@example.org%'"
        )))
        .fetch_one(&mut owner)
        .await
        .expect("looked");
        assert_eq!(found, 0, "the address is still in “{table}”");
    }
    let late = cloud
        .ask(Method::GET, "/v1/account", Some(&fresh(&cloud, &ada)), None)
        .await;
    assert_eq!(
        late.status,
        StatusCode::UNAUTHORIZED,
        "nobody is that any more"
    );
    // Once more changes nothing.
    run_erasures(&cloud.app).await.expect("looked");
    assert_eq!(run_due(&cloud.app).await.expect("the jobs run"), 0);
}
