//! A service of one's own for a test: its database is a fresh copy of the migrated one, its clock can be moved.
//!
//! `cargo xtask test` starts one server for all tests and names it in `GAMEFORGE_TEST_POSTGRES`; without that, each
//! test's process starts its own from the programs that `cargo xtask postgres` fetched.

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use gameforge_cloud::{App, Config, clock::Clock};
use gameforge_domain::{AccountId, SessionId};
use gameforge_postgres::{Safety, Server};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::{collections::BTreeMap, path::PathBuf};
use tower::ServiceExt;
use uuid::Uuid;

/// A service with its own database.
pub struct Cloud {
    pub app: App,
    pub router: Router,
    pub clock: Clock,
    /// The owner's address of the database, to look behind the service's back.
    pub owner_url: String,
    database: String,
    admin_url: String,
    pub folder: tempfile::TempDir,
    // Last: it stops after everything that uses it.
    _server: Option<(Server, tempfile::TempDir)>,
}

/// Somebody who is signed in; the second factor counts as fresh for ten minutes.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: AccountId,
    pub session: SessionId,
    /// The personal workspace.
    pub workspace: Uuid,
    pub email: String,
    pub token: String,
}

/// An answer, its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Value,
}

impl Cloud {
    /// A service as `dev` would start it, but silent.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same with other settings (`NAME`, value; without the prefix).
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        match std::env::var("GAMEFORGE_TEST_POSTGRES") {
            Ok(url) => Self::on(url, None, settings).await,
            Err(_) => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let server =
                    Server::start(&programs(), &folder.path().join("data"), Safety::Fleeting)
                        .expect("PostgreSQL starts");
                Self::on(server.url("postgres"), Some((server, folder)), settings).await
            }
        }
    }

    /// The same on a server that the test has for itself.
    pub async fn on(
        admin_url: String,
        server: Option<(Server, tempfile::TempDir)>,
        settings: &[(&str, &str)],
    ) -> Self {
        let database = format!("test_{}", Uuid::now_v7().simple());
        let owner_url = fresh_database(&admin_url, &database).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut values: BTreeMap<String, String> = [
            ("DATABASE_URL", owner_url.as_str()),
            ("CONNECTIONS", "5"),
            ("TOKEN_KEYS", "a-key-of-a-test-0123456789abcdef"),
            ("SEAL_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            (
                "STORAGE_FOLDER",
                &folder.path().join("blobs").to_string_lossy(),
            ),
            ("MAIL_FOLDER", &folder.path().join("mail").to_string_lossy()),
            ("PUBLIC_URL", "http://127.0.0.1:8477"),
        ]
        .into_iter()
        .map(|(name, value)| (format!("GAMEFORGE_{name}"), value.to_owned()))
        .collect();
        values.extend(
            settings
                .iter()
                .map(|(name, value)| (format!("GAMEFORGE_{name}"), (*value).to_owned())),
        );
        let config = Config::read(&values).expect("the settings are right");
        let clock = Clock::default();
        let app = App::new(config, clock.clone()).expect("the parts fit");
        Self {
            router: gameforge_cloud::service(app.clone()),
            app,
            clock,
            owner_url,
            database,
            admin_url,
            folder,
            _server: server,
        }
    }

    /// Asks as somebody (an access token or a key) or as nobody.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20)
            .await
            .expect("the body ends");
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// Somebody with a verified account, a personal workspace and a device, without the way through the mails.
    pub async fn person(&self, name: &str) -> Person {
        let (id, session, scope) = (self.app.new_id(), self.app.new_id(), self.app.new_id());
        let now = self.clock.now();
        let mut owner = self.owner().await;
        let statements = format!(
            "INSERT INTO account (id, email, email_verified_at, display_name, created_at, updated_at)
                 VALUES ('{id}', '{name}@example.org', '{now}', '{name}', '{now}', '{now}');
             INSERT INTO scope (id, kind) VALUES ('{id}', 'account'), ('{scope}', 'workspace');
             INSERT INTO workspace (id, name, personal_of, created_at, updated_at) VALUES ('{scope}', '{name}', '{id}', '{now}', '{now}');
             INSERT INTO workspace_member (workspace_id, account_id, role, joined_at) VALUES ('{scope}', '{id}', 'owner', '{now}');
             INSERT INTO session (id, account_id, device_name, created_at, last_used_at, expires_at)
                 VALUES ('{session}', '{id}', 'test', '{now}', '{now}', '{now}'::timestamptz + interval '60 days');
             INSERT INTO consent (id, account_id, purpose, version, given_at)
                 SELECT gen_random_uuid(), '{id}', purpose, max(version), '{now}' FROM consent_text WHERE required GROUP BY purpose;"
        );
        owner
            .execute(AssertSqlSafe(statements))
            .await
            .expect("a person");
        let (account, session) = (AccountId::from_uuid(id), SessionId::from_uuid(session));
        let token = self
            .app
            .tokens
            .sign(account, session, Some(now), now)
            .expect("a token");
        Person {
            account,
            session,
            workspace: scope,
            email: format!("{name}@example.org"),
            token,
        }
    }

    /// A connection as the tables' owner.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect(&self.owner_url)
            .await
            .expect("the owner may connect")
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // The pool belongs to the test's runtime, which is at its end: a thread of its own drops the database.
        let (url, database) = (self.admin_url.clone(), self.database.clone());
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&url)
                    .await
                    .map_err(std::io::Error::other)?;
                admin
                    .execute(AssertSqlSafe(format!(
                        "DROP DATABASE {database} WITH (FORCE)"
                    )))
                    .await
                    .map_err(std::io::Error::other)
            })
        });
        if let Ok(Err(error)) = done.join() {
            eprintln!("the test's database stays behind: {error}");
        }
    }
}

/// Where `cargo xtask postgres` puts the programs.
pub fn programs() -> PathBuf {
    std::env::var_os("GAMEFORGE_POSTGRES").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../target/postgres/18.6.3"
            ))
        },
        PathBuf::from,
    )
}

/// A copy of the migrated database. The first test to come makes that one; the others wait for it.
async fn fresh_database(admin_url: &str, name: &str) -> String {
    let mut admin = PgConnection::connect(admin_url)
        .await
        .expect("the server answers");
    let versions: Vec<u8> = gameforge_cloud::store::MIGRATIONS
        .iter()
        .flat_map(|it| it.checksum.to_vec())
        .collect();
    let template = format!("template_{}", &blake3::hash(&versions).to_hex()[..16]);
    admin
        .execute("SELECT pg_advisory_lock(7261)")
        .await
        .expect("a lock");
    let there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datallowconn = false)",
    )
    .bind(&template)
    .fetch_one(&mut admin)
    .await
    .expect("the list of databases");
    if !there {
        for statement in [
            format!("DROP DATABASE IF EXISTS {template}"),
            format!("CREATE DATABASE {template}"),
        ] {
            admin
                .execute(AssertSqlSafe(statement))
                .await
                .expect("a template");
        }
        let url = with_database(admin_url, &template);
        gameforge_cloud::store::migrate(&url.into())
            .await
            .expect("the migrations apply");
        // Closed to connections, it is complete and can be copied.
        admin
            .execute(AssertSqlSafe(format!(
                "ALTER DATABASE {template} ALLOW_CONNECTIONS false"
            )))
            .await
            .expect("closing the template");
    }
    admin
        .execute(AssertSqlSafe(format!(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        )))
        .await
        .expect("a copy");
    admin
        .execute("SELECT pg_advisory_unlock(7261)")
        .await
        .expect("the lock goes");
    with_database(admin_url, name)
}

/// Another database of the same server.
pub fn with_database(url: &str, database: &str) -> String {
    let mut url = url::Url::parse(url).expect("an address");
    url.set_path(database);
    url.to_string()
}
