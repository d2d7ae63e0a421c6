//! The database's own roles: made by the migrations where they may, taken as they are where a managed server's
//! administrator made them.

use crate::support::{Cloud, programs, with_database};
use axum::http::StatusCode;
use gameforge_cloud::{App, store};
use gameforge_postgres::{Safety, Server};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

/// The address of a login on the server.
fn login(server: &Server, name: &str) -> String {
    let mut url = Url::parse(&with_database(&server.url("postgres"), "cloud")).expect("an address");
    url.set_username(name).expect("a name");
    url.set_password(Some("pw")).expect("a password");
    url.to_string()
}

async fn run(admin: &mut PgConnection, statements: &[&str]) {
    for statement in statements {
        admin
            .execute(AssertSqlSafe((*statement).to_owned()))
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

#[tokio::test]
async fn an_owner_that_may_make_no_roles_migrates_once_they_are_there() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&programs(), &folder.path().join("data"), Safety::Fleeting)
        .expect("PostgreSQL starts");
    let mut admin = PgConnection::connect(&server.url("postgres"))
        .await
        .expect("the administrator");
    run(
        &mut admin,
        &[
            "CREATE ROLE plain LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD 'pw'",
            "CREATE DATABASE cloud OWNER plain",
        ],
    )
    .await;
    let owner = login(&server, "plain");
    let refused = store::migrate(&owner.clone().into())
        .await
        .expect_err("the roles are missing");
    let words = refused.to_string();
    assert!(
        words.contains("“gameforge_service” is missing"),
        "it says what is missing: {words}"
    );
    run(
        &mut admin,
        &[
            "CREATE ROLE gameforge_service NOLOGIN NOINHERIT",
            "CREATE ROLE gameforge_identity NOLOGIN NOINHERIT",
            "CREATE ROLE gameforge_worker NOLOGIN NOINHERIT",
            "CREATE ROLE app LOGIN NOINHERIT PASSWORD 'pw'",
            "GRANT gameforge_service, gameforge_identity, gameforge_worker TO app",
        ],
    )
    .await;
    for _ in 0..2 {
        store::migrate(&owner.clone().into())
            .await
            .expect("they are there now");
    }

    // And a login that owns nothing runs the whole service.
    let mut config = cloud.app.config.clone();
    config.database_url = login(&server, "app").into();
    config.listen_url = config.database_url.clone();
    let app = App::new(config, cloud.clock.clone()).expect("the parts fit");
    assert!(app.store.is_ready().await.expect("asked"));
    let router = gameforge_cloud::service(app);
    let (status, _, health) = crate::operations::get(&router, "/readyz", None).await;
    assert_eq!(status, StatusCode::OK, "{health}");
    let (status, _, texts) = crate::operations::get(&router, "/v1/consents", None).await;
    assert_eq!(status, StatusCode::OK, "{texts}");
}
