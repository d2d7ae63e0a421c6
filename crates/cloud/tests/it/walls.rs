//! The second wall: what PostgreSQL itself shows and lets be changed, whatever the service's code asks for. Every table
//! is found in the catalogue, so a new one without row-level security fails here.

use crate::{
    support::{Cloud, Person},
    teams::{comment, get, let_in, post, project, put, workspace},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// Tables that the service's role reads and that are nobody's: what plans allow, texts for all.
const NOBODYS: &[&str] = &["plan", "plan_quota", "consent_text", "rate"];

/// A table and how to find one tenant's or one person's rows in it.
#[derive(Debug)]
struct Table {
    name: String,
    columns: Vec<String>,
    secured: bool,
    readable: bool,
}

impl Table {
    /// The rows of a foreign workspace or person.
    fn theirs(&self, workspace: &str, project: &str, person: &Person) -> Option<String> {
        let has = |column: &str| self.columns.iter().any(|it| it == column);
        Some(match self.name.as_str() {
            "workspace" => format!("id = '{workspace}'"),
            "account" => format!("id = '{}'", person.account),
            "scope" => format!("id IN ('{workspace}', '{project}', '{}')", person.account),
            _ if has("workspace_id") => format!("workspace_id = '{workspace}'"),
            _ if has("account_id") => format!("account_id = '{}'", person.account),
            _ => return None,
        })
    }
}

async fn tables(owner: &mut PgConnection) -> Vec<Table> {
    let rows: Vec<(String, Vec<String>, bool, bool)> = sqlx::query_as(
        "SELECT relname::text, array_agg(attname::text), relrowsecurity,
            has_table_privilege('gameforge_service', pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE')
         FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE '\\_sqlx%'
         GROUP BY pg_class.oid ORDER BY relname",
    )
    .fetch_all(owner)
    .await
    .expect("the catalogue");
    rows.into_iter()
        .map(|(name, columns, secured, readable)| Table {
            name,
            columns,
            secured,
            readable,
        })
        .collect()
}

/// A connection that works as the service does on behalf of a person, or of nobody.
async fn as_service(cloud: &Cloud, person: Option<&Person>) -> PgConnection {
    let mut conn = cloud.owner().await;
    let account = person.map_or(String::new(), |it| it.account.to_string());
    conn.execute(AssertSqlSafe(format!(
        "SET ROLE gameforge_service; SET app.account = '{account}'"
    )))
    .await
    .expect("the role");
    conn
}

/// Ada's workspace with something in every table that belongs to a tenant.
async fn full(cloud: &Cloud) -> (Person, String, String) {
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(cloud, &ada, "Nord").await;
    let id = project(cloud, &ada, &place, "Game").await;
    let path = format!("/v1/projects/{id}");
    let_in(cloud, &ada, &path, &bob, "editor").await;
    let body = format!("@[ada]({}) look", ada.account);
    let request = comment(cloud, cloud.app.new_id(), &body);
    let said = post(cloud, &bob, &format!("{path}/comments"), request)
        .await
        .made();
    put(
        cloud,
        &ada,
        &format!("/v1/comments/{said}/reactions"),
        json!({ "emoji": "👍", "on": true }),
    )
    .await
    .is(StatusCode::OK);
    let wishes = json!([{ "kind": "role", "in_app": true, "desktop": true, "mail": "never" }]);
    put(cloud, &ada, "/v1/notifications/preferences", wishes)
        .await
        .is(StatusCode::OK);
    let mut owner = cloud.owner().await;
    let (account, session) = (ada.account, ada.session);
    owner
        .execute(AssertSqlSafe(format!(
            "INSERT INTO account_identity (id, account_id, provider, subject, label, linked_at)
                 VALUES ('{session}', '{account}', 'github', '1', 'ada', now());
             INSERT INTO api_key (id, account_id, name, hint, hash, scopes, created_at)
                 VALUES ('{session}', '{account}', 'k', 'k', decode(repeat('01', 32), 'hex'), '{{account:read}}', now());
             INSERT INTO consent (id, account_id, purpose, version, given_at)
                 VALUES ('{session}', '{account}', 'product_mail', 1, now());
             INSERT INTO data_export (id, account_id, state, asked_at) VALUES ('{session}', '{account}', 'waiting', now());
             INSERT INTO idempotency (account_id, key, route, request_hash, answer, expires_at)
                 VALUES ('{account}', 'k', 'POST /', decode(repeat('01', 32), 'hex'), '', now());"
        )))
        .await
        .expect("rows of the other tables");
    (ada, place, id)
}

#[tokio::test]
async fn every_table_of_a_tenant_or_person_is_walled() {
    let cloud = Cloud::start().await;
    let mut owner = cloud.owner().await;
    let all = tables(&mut owner).await;
    assert!(all.len() > 25, "the catalogue was read");
    for table in &all {
        let tenants = table.columns.iter().any(|it| it == "workspace_id");
        // The audit log has no policies because the service's roles have no rights to it at all.
        if tenants && table.name != "audit_event" {
            assert!(
                table.secured,
                "“{}” belongs to tenants but has no row-level security",
                table.name
            );
        }
        if table.readable && !NOBODYS.contains(&table.name.as_str()) && table.name != "job" {
            assert!(
                table.secured,
                "the service reads “{}”, which has no row-level security",
                table.name
            );
        }
    }
    let rights: Vec<(String, String)> = sqlx::query_as(
        "SELECT relname::text, role || ' ' || privilege FROM pg_class,
            unnest(ARRAY['gameforge_service', 'gameforge_identity']) AS role,
            unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname IN ('audit_event', 'audit_head', 'job', 'second_factor', 'refresh_token', 'mail_token')
            AND has_table_privilege(role, pg_class.oid, privilege)
         ORDER BY 1, 2",
    )
    .fetch_all(&mut owner)
    .await
    .expect("the rights");
    for (table, right) in &rights {
        let fine = match table.as_str() {
            "job" => right.ends_with("INSERT"),
            "audit_event" | "audit_head" => false,
            _ => right.starts_with("gameforge_identity") && !right.ends_with("TRUNCATE"),
        };
        assert!(fine, "{right} on {table}");
    }
    let identitys: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'workspace_id'
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND has_table_privilege('gameforge_identity', pg_class.oid, 'SELECT')",
    )
    .fetch_all(&mut owner)
    .await
    .expect("the rights");
    assert_eq!(
        identitys,
        Vec::<String>::new(),
        "signing in sees no tenant's rows"
    );
}

/// All rows of a table, as the owner sees them.
async fn dump(owner: &mut PgConnection, table: &str) -> Value {
    let statement =
        format!("SELECT coalesce(json_agg(t ORDER BY t::text), '[]') FROM {table} AS t");
    sqlx::query_scalar(AssertSqlSafe(statement))
        .fetch_one(owner)
        .await
        .expect("a dump")
}

#[tokio::test]
async fn the_database_shows_and_gives_a_stranger_nothing() {
    let cloud = Cloud::start().await;
    let (ada, place, id) = full(&cloud).await;
    let eve = cloud.person("eve").await;
    let mut owner = cloud.owner().await;
    let mut adas = as_service(&cloud, Some(&ada)).await;
    let mut strangers = [
        as_service(&cloud, Some(&eve)).await,
        as_service(&cloud, None).await,
    ];
    let mut checked = 0;
    for table in tables(&mut owner).await {
        if !table.readable || !table.secured {
            continue;
        }
        let name = &table.name;
        let theirs = table
            .theirs(&place, &id, &ada)
            .expect("a tenant's or a person's table");
        let count = format!("SELECT count(*) FROM {name} WHERE {theirs}");
        let there: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone()))
            .fetch_one(&mut owner)
            .await
            .expect("a count");
        assert!(there > 0, "the test has nothing in “{name}”");
        // Ada's own work goes through the same wall.
        if sqlx::query_scalar::<_, i64>(AssertSqlSafe(count.clone()))
            .fetch_one(&mut adas)
            .await
            .is_ok_and(|n| n == 0)
        {
            panic!("“{name}” is not even shown to its own person");
        }
        let before = dump(&mut owner, name).await;
        let row = before
            .as_array()
            .and_then(|rows| rows.iter().find(|row| belongs(row, &place, &ada)))
            .cloned();
        for stranger in &mut strangers {
            if let Ok(seen) = sqlx::query_scalar::<_, i64>(AssertSqlSafe(count.clone()))
                .fetch_one(&mut *stranger)
                .await
            {
                assert_eq!(seen, 0, "a stranger sees {seen} rows of “{name}”");
            }
            let column = &table.columns[0];
            for statement in [
                format!("UPDATE {name} SET {column} = {column} WHERE {theirs}"),
                format!("DELETE FROM {name} WHERE {theirs}"),
            ] {
                // No right at all is as good as no row.
                if let Ok(done) = stranger.execute(AssertSqlSafe(statement.clone())).await {
                    assert_eq!(done.rows_affected(), 0, "{statement}");
                }
            }
            if let Some(row) = &row {
                let statement =
                    format!("INSERT INTO {name} SELECT (json_populate_record(NULL::{name}, $1)).*");
                let done = sqlx::query(AssertSqlSafe(statement))
                    .bind(row)
                    .execute(&mut *stranger)
                    .await;
                assert!(done.is_err(), "a stranger writes into “{name}”");
            }
        }
        assert_eq!(
            dump(&mut owner, name).await,
            before,
            "“{name}” is as it was"
        );
        checked += 1;
    }
    assert!(checked >= 18, "only {checked} tables were checked");
    for conn in strangers {
        conn.close().await.expect("closed");
    }
}

fn belongs(row: &Value, workspace: &str, person: &Person) -> bool {
    let account = person.account.to_string();
    row["workspace_id"] == json!(workspace)
        || row["account_id"] == json!(account)
        || row["id"] == json!(workspace)
        || row["id"] == json!(account)
}

#[tokio::test]
async fn nobody_lets_themselves_in_not_even_past_the_service() {
    let cloud = Cloud::start().await;
    let (_, place, id) = full(&cloud).await;
    let eve = cloud.person("eve").await;
    let mut conn = as_service(&cloud, Some(&eve)).await;
    for statement in [
        format!("INSERT INTO workspace_member VALUES ('{place}', '{}', 'owner', now(), 0)", eve.account),
        format!("INSERT INTO project_member VALUES ('{id}', '{place}', '{}', 'owner', now(), 0)", eve.account),
        format!(
            "INSERT INTO comment (id, workspace_id, project_id, object_kind, object_id, author_id, body, created_at)
             VALUES ('{}', '{place}', '{id}', 'project', '{id}', '{}', 'x', now())",
            Uuid::now_v7(),
            eve.account
        ),
        format!(
            "INSERT INTO project (id, workspace_id, name, visibility, created_at, updated_at)
             VALUES ('{}', '{place}', 'x', 'private', now(), now())",
            eve.account
        ),
    ] {
        let error = conn
            .execute(AssertSqlSafe(statement.clone()))
            .await
            .expect_err("a stranger is in");
        let code = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{statement}: {error}");
    }
    let used: i64 = sqlx::query_scalar("SELECT app_used($1::uuid, 'members', now())")
        .bind(&place)
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(used, 0, "nor how many are in it");
    get(&cloud, &eve, &format!("/v1/projects/{id}"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
}
