//! PostgreSQL over TLS: a server with a certificate of an authority of one's own.
//!
//! The PostgreSQL of the other tests is built without TLS; `cargo xtask test` fetches one with it and names its folder
//! in `GAMEFORGE_TEST_POSTGRES_TLS`. Without that, the one is started that it fetched the last time.

use crate::program::{check_config, settings};
use gameforge_cloud::{App, Config, clock::Clock, store};
use gameforge_postgres::{Safety, Server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sqlx::{Connection, Executor, PgConnection};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// The folder of programs that speak TLS.
fn programs() -> PathBuf {
    let fetched = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/postgres/tls-18.4.0-beta.17"
    );
    let folder =
        std::env::var_os("GAMEFORGE_TEST_POSTGRES_TLS").map_or(fetched.into(), PathBuf::from);
    assert!(
        folder.join("bin/postgres").is_file(),
        "NOT RUN: there is no PostgreSQL with TLS in “{}”; `cargo xtask test` fetches one, or name one in \
         GAMEFORGE_TEST_POSTGRES_TLS",
        folder.display()
    );
    folder
}

/// An authority that makes certificates.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut about = CertificateParams::new(Vec::new()).expect("parameters");
    about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(about, key).expect("an authority")
}

/// A server for `localhost` alone, by a certificate of an authority whose own is in the second file.
struct Secured {
    server: Server,
    root: PathBuf,
    other_root: PathBuf,
    folder: tempfile::TempDir,
}

impl Secured {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Where this is root, the server is another user, who must be able to come here.
        open(folder.path());
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        let ours = authority();
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(vec!["localhost".to_owned()])
            .expect("parameters")
            .signed_by(&key, &ours)
            .expect("a certificate");
        fs::write(data.join("server.crt"), certificate.pem()).expect("written");
        fs::write(data.join("server.key"), key.serialize_pem()).expect("written");
        // PostgreSQL refuses a key that others may read.
        fs::set_permissions(data.join("server.key"), fs::Permissions::from_mode(0o600))
            .expect("closed");
        let (root, other_root) = (
            folder.path().join("root.pem"),
            folder.path().join("other.pem"),
        );
        fs::write(&root, ours.pem()).expect("written");
        fs::write(&other_root, authority().pem()).expect("written");
        let settings = [
            "ssl=on".to_owned(),
            format!("ssl_cert_file={}", data.join("server.crt").display()),
            format!("ssl_key_file={}", data.join("server.key").display()),
        ];
        let server = Server::start_with(&programs(), &data, Safety::Fleeting, &settings)
            .expect("PostgreSQL starts");
        Self {
            server,
            root,
            other_root,
            folder,
        }
    }

    /// The address of a database, at a host and by a mode of TLS.
    fn url(&self, database: &str, host: &str, mode: &str, root: Option<&Path>) -> String {
        let mut url = url::Url::parse(&self.server.url(database)).expect("an address");
        url.set_host(Some(host)).expect("a host");
        url.query_pairs_mut().append_pair("sslmode", mode);
        if let Some(root) = root {
            url.query_pairs_mut()
                .append_pair("sslrootcert", &root.display().to_string());
        }
        url.to_string()
    }
}

fn open(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_reached_over_tls_and_only_the_right_one() {
    let secured = Secured::start();
    let folder = secured.folder.path();
    let right = secured.url("cloud", "localhost", "verify-full", Some(&secured.root));
    let mut conn = PgConnection::connect(&secured.url(
        "postgres",
        "localhost",
        "verify-full",
        Some(&secured.root),
    ))
    .await
    .expect("over TLS");
    conn.execute("CREATE DATABASE cloud").await.expect("made");

    // The migrations, then the service's own pool with its roles.
    store::migrate(&right.clone().into())
        .await
        .expect("the migrations apply");
    let config = Config::read(&settings(&right, folder)).expect("the settings are right");
    let app = App::new(config, Clock::default()).expect("the parts fit");
    assert!(app.store.is_ready().await.expect("asked"));
    let tx = app.store.worker().await.expect("a transaction");
    tx.rollback().await.expect("the roles are there");
    let sealed: bool =
        sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            .fetch_one(app.store.pool())
            .await
            .expect("asked");
    assert!(sealed, "the pool's connections are over TLS");

    let (good, said) = check_config(settings(&right, folder), folder).await;
    assert!(good, "{said}");
    let url = |host, mode, root| secured.url("cloud", host, mode, root);
    for (url, words) in [
        (
            url("localhost", "verify-full", Some(&*secured.other_root)),
            "`sslrootcert=FILE`",
        ),
        (url("localhost", "verify-full", None), "`sslrootcert=FILE`"),
        (
            url("127.0.0.1", "verify-full", Some(&*secured.root)),
            "another host than “127.0.0.1”",
        ),
        (
            url("127.0.0.1", "verify-ca", Some(&*secured.other_root)),
            "`sslrootcert=FILE`",
        ),
    ] {
        let (good, said) = check_config(settings(&url, folder), folder).await;
        refused(good, &said, words);
    }
    let (good, said) = check_config(
        settings(&url("127.0.0.1", "verify-ca", Some(&*secured.root)), folder),
        folder,
    )
    .await;
    assert!(good, "`verify-ca` does not ask for the name: {said}");
    let wrong = right.replace("gameforge:", "gameforge:x");
    let (good, said) = check_config(settings(&wrong, folder), folder).await;
    refused(good, &said, "refuses the login");
    let wrong = right.replace("/cloud?", "/cluod?");
    let (good, said) = check_config(settings(&wrong, folder), folder).await;
    refused(good, &said, "no such database");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_not_taken_for_one_with_it() {
    let cloud = crate::support::Cloud::start().await;
    let folder = cloud.folder.path();
    for mode in ["require", "verify-ca", "verify-full"] {
        let url = format!("{}?sslmode={mode}", cloud.owner_url);
        let (good, said) = check_config(settings(&url, folder), folder).await;
        refused(good, &said, "speaks no TLS");
    }
}

fn refused(good: bool, said: &str, words: &str) {
    let line = said.lines().find(|line| line.starts_with("database: "));
    let line = line.unwrap_or_default();
    assert!(
        !good && line.contains("does not work") && line.contains(words),
        "“{words}” in: {said}"
    );
    assert!(
        said.contains("storage: takes objects"),
        "the others are tried all the same: {said}"
    );
}
