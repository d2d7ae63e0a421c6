//! Object storages for tests, each a real server of its protocol: a folder, `s3s-fs` for S3, Azurite for Azure Blob
//! Storage. The last two are reached over a wire that can be cut.
//!
//! `cargo xtask test` fetches Azurite and names it in `GAMEFORGE_TEST_AZURITE`; without that, the one is started that
//! it fetched the last time.

use crate::operations::Wire;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    response::{IntoResponse, Response},
};
use object_store::{
    azure::{AzureAccessKey, AzureAuthorizer, AzureCredential},
    client::HttpRequestBody,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// The bucket or container.
pub const PLACE: &str = "gameforge";
const S3_KEY: &str = "the-key";
const S3_SECRET: &str = "the secret of the key";
/// The account and key that Azurite is born with; both are in its manual.
const AZURE_ACCOUNT: &str = "devstoreaccount1";
const AZURE_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// A key of the right form that is not that one.
const AZURE_OTHER_KEY: &str = "bm90IHRoZSBrZXkgb2YgdGhpcyBhY2NvdW50";

/// Which protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Folder,
    S3,
    Azure,
}

/// A storage that runs.
pub struct Store {
    pub kind: Kind,
    /// What it keeps lies here, for the kinds that keep it as files.
    pub folder: tempfile::TempDir,
    /// Where the server itself listens.
    real: Option<SocketAddr>,
    /// Where the service reaches it, while it is reached.
    wire: Option<Wire>,
    address: Option<SocketAddr>,
    _azurite: Option<Azurite>,
}

impl Store {
    /// Starts one, with an empty bucket or container.
    pub async fn start(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut azurite = None;
        let real = match kind {
            Kind::Folder => {
                std::fs::create_dir(folder.path().join(PLACE)).expect("a folder");
                None
            }
            Kind::S3 => Some(s3(folder.path()).await),
            Kind::Azure => {
                let started = Azurite::start(folder.path());
                make_container(started.address).await;
                let address = started.address;
                azurite = Some(started);
                Some(address)
            }
        };
        let wire = match real {
            Some(real) => Some(Wire::lay(real.to_string(), None).await),
            None => None,
        };
        Self {
            kind,
            folder,
            real,
            address: wire.as_ref().map(|wire| wire.address),
            wire,
            _azurite: azurite,
        }
    }

    /// What the service is told, without the prefix of the names.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let endpoint = self.address.map(|address| format!("http://{address}"));
        let endpoint = endpoint.unwrap_or_default();
        match self.kind {
            Kind::Folder => vec![
                ("STORAGE", "folder".to_owned()),
                ("STORAGE_FOLDER", self.place().display().to_string()),
            ],
            Kind::S3 => vec![
                ("STORAGE", "s3".to_owned()),
                ("S3_ENDPOINT", endpoint),
                ("S3_REGION", "us-east-1".to_owned()),
                ("S3_BUCKET", PLACE.to_owned()),
                ("S3_KEY", S3_KEY.to_owned()),
                ("S3_SECRET", S3_SECRET.to_owned()),
            ],
            Kind::Azure => vec![
                ("STORAGE", "azure".to_owned()),
                ("AZURE_ENDPOINT", format!("{endpoint}/{AZURE_ACCOUNT}")),
                ("AZURE_ACCOUNT", AZURE_ACCOUNT.to_owned()),
                ("AZURE_KEY", AZURE_KEY.to_owned()),
                ("AZURE_CONTAINER", PLACE.to_owned()),
            ],
        }
    }

    /// Settings that are wrong, and what must be said of each.
    pub fn mistakes(&self) -> Vec<((&'static str, String), &'static str)> {
        match self.kind {
            // A file, where a folder is wanted, is seen when the service is put together.
            Kind::Folder => Vec::new(),
            Kind::S3 => vec![
                (
                    ("S3_SECRET", "another".to_owned()),
                    "correct GAMEFORGE_S3_KEY and GAMEFORGE_S3_SECRET",
                ),
                (
                    ("S3_KEY", "nobody".to_owned()),
                    "correct GAMEFORGE_S3_KEY and GAMEFORGE_S3_SECRET",
                ),
                (
                    ("S3_BUCKET", "elsewhere".to_owned()),
                    "the bucket “elsewhere” is not there",
                ),
                (
                    // The discard port: nobody listens there.
                    ("S3_ENDPOINT", "http://127.0.0.1:9".to_owned()),
                    "correct GAMEFORGE_S3_ENDPOINT",
                ),
            ],
            Kind::Azure => vec![
                (
                    ("AZURE_KEY", AZURE_OTHER_KEY.to_owned()),
                    "correct GAMEFORGE_AZURE_ACCOUNT and GAMEFORGE_AZURE_KEY",
                ),
                (
                    ("AZURE_CONTAINER", "elsewhere".to_owned()),
                    "the container “elsewhere” is not there",
                ),
                (
                    (
                        "AZURE_ENDPOINT",
                        format!("http://127.0.0.1:9/{AZURE_ACCOUNT}"),
                    ),
                    "correct GAMEFORGE_AZURE_ENDPOINT",
                ),
            ],
        }
    }

    /// Takes it away: connections break, nobody answers.
    pub async fn lose(&mut self) {
        match self.wire.take() {
            Some(wire) => wire.cut().await,
            None => {
                std::fs::rename(self.place(), self.aside()).expect("moved aside");
                std::fs::write(self.place(), b"in the way").expect("a file in its place");
            }
        }
    }

    /// Gives it back, with what was in it.
    pub async fn find(&mut self) {
        match self.real {
            Some(real) => self.wire = Some(Wire::lay(real.to_string(), self.address).await),
            None => {
                std::fs::remove_file(self.place()).expect("out of the way");
                std::fs::rename(self.aside(), self.place()).expect("back");
            }
        }
    }

    /// The folder that is the bucket.
    pub fn place(&self) -> PathBuf {
        self.folder.path().join(PLACE)
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join("aside")
    }
}

/// An S3 server over a folder, on a free port; it ends with the test's runtime.
async fn s3(folder: &Path) -> SocketAddr {
    std::fs::create_dir(folder.join(PLACE)).expect("a bucket");
    let files = s3s_fs::FileSystem::new(folder).expect("the server's folder");
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(S3_KEY, S3_SECRET));
    let service = builder.build();
    let answer = move |request: Request<Body>| {
        let service = service.clone();
        async move {
            // S3 refuses this; the server over a folder would make the bucket instead.
            let bucket = request.uri().path().split('/').nth(1).unwrap_or_default();
            if bucket != PLACE {
                return no_such_bucket();
            }
            match service.oneshot(request).await {
                Ok(response) => response.map(Body::new),
                Err(error) => {
                    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")).into_response()
                }
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

fn no_such_bucket() -> Response {
    (
        StatusCode::NOT_FOUND,
        [("content-type", "application/xml")],
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>",
    )
        .into_response()
}

/// A running Azurite. It ends when this is dropped.
struct Azurite {
    address: SocketAddr,
    process: Child,
    // It ends when nobody reads what it says.
    _said: BufReader<ChildStdout>,
}

impl Azurite {
    fn start(folder: &Path) -> Self {
        let program = azurite();
        let mut process = Command::new("node")
            .arg(&program)
            .args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--location"])
            .arg(folder)
            .args(["--skipApiVersionCheck", "--disableTelemetry", "--silent"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node starts Azurite");
        let mut said = BufReader::new(process.stdout.take().expect("its output"));
        let mut all = String::new();
        let address = loop {
            let mut line = String::new();
            let read = said.read_line(&mut line).expect("what it says");
            assert!(read > 0, "Azurite ended at its start: {all}");
            if let Some((_, address)) = line.split_once(" listens on http://") {
                break address.trim().parse().expect("its address");
            }
            all.push_str(&line);
        };
        Self {
            address,
            process,
            _said: said,
        }
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        self.process.kill().unwrap_or_default();
        let _ended = self.process.wait();
    }
}

/// Where `cargo xtask test` puts it.
fn azurite() -> PathBuf {
    let fetched = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/azurite/node_modules/azurite/dist/src/blob/main.js"
    );
    let program = std::env::var_os("GAMEFORGE_TEST_AZURITE").map_or(fetched.into(), PathBuf::from);
    assert!(
        program.is_file(),
        "NOT RUN: Azurite is not in “{}”; `cargo xtask test` fetches it, or name its blob/main.js in \
         GAMEFORGE_TEST_AZURITE",
        program.display()
    );
    program
}

/// The service makes no container, as it makes no bucket.
async fn make_container(azurite: SocketAddr) {
    // Two crypto libraries may be linked; this one is meant. It fails only when it was chosen already.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let address = format!("http://{azurite}/{AZURE_ACCOUNT}/{PLACE}?restype=container");
    let mut request = Request::put(&address)
        .header("content-length", "0")
        .body(HttpRequestBody::empty())
        .expect("a request");
    let key = AzureAccessKey::try_new(AZURE_KEY).expect("a key");
    AzureAuthorizer::new(&AzureCredential::AccessKey(key), AZURE_ACCOUNT)
        .try_authorize(&mut request)
        .expect("signed");
    let answer = reqwest::Client::new()
        .put(&address)
        .headers(request.headers().clone())
        .send()
        .await
        .expect("Azurite answers");
    assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
}
