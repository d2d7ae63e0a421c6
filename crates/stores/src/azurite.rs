//! Azurite, the server of Azure Blob Storage that its makers give to developers.
//!
//! `cargo xtask test` fetches it and names it in `GAMEFORGE_TEST_AZURITE`; without that, the one is started that it
//! fetched the last time.

use crate::PLACE;
use anyhow::{Context, Result, bail, ensure};
use axum::http::Request;
use object_store::{
    azure::{AzureAccessKey, AzureAuthorizer, AzureCredential},
    client::HttpRequestBody,
};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// The account and key that Azurite is born with; both are in its manual.
pub const ACCOUNT: &str = "devstoreaccount1";
/// The key of [`ACCOUNT`].
pub const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// A key of the right form that is not that one.
pub const OTHER_KEY: &str = "bm90IHRoZSBrZXkgb2YgdGhpcyBhY2NvdW50";

/// A running Azurite. It ends when this is dropped.
#[derive(Debug)]
pub struct Azurite {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
    // It ends when nobody reads what it says.
    _said: BufReader<ChildStdout>,
}

impl Azurite {
    /// Starts one over a folder, with an empty container.
    pub async fn start(folder: &Path) -> Result<Self> {
        let mut process = Command::new("node")
            .arg(program()?)
            .args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--location"])
            .arg(folder)
            .args(["--skipApiVersionCheck", "--disableTelemetry", "--silent"])
            .stdout(Stdio::piped())
            .spawn()
            .context("Node starts Azurite")?;
        let mut said = BufReader::new(process.stdout.take().context("its output")?);
        let mut all = String::new();
        let address = loop {
            let mut line = String::new();
            if said.read_line(&mut line)? == 0 {
                bail!("Azurite ended at its start: {all}");
            }
            if let Some((_, address)) = line.split_once(" listens on http://") {
                break address.trim().parse()?;
            }
            all.push_str(&line);
        };
        let started = Self {
            address,
            process,
            _said: said,
        };
        make_container(address).await?;
        Ok(started)
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        self.process.kill().unwrap_or_default();
        let _ended = self.process.wait();
    }
}

/// Where `cargo xtask test` puts it.
fn program() -> Result<PathBuf> {
    let fetched = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/azurite/node_modules/azurite/dist/src/blob/main.js"
    );
    let program = std::env::var_os("GAMEFORGE_TEST_AZURITE").map_or(fetched.into(), PathBuf::from);
    ensure!(
        program.is_file(),
        "NOT RUN: Azurite is not in “{}”; `cargo xtask test` fetches it, or name its blob/main.js in \
         GAMEFORGE_TEST_AZURITE",
        program.display()
    );
    Ok(program)
}

/// The service makes no container, as it makes no bucket.
async fn make_container(azurite: SocketAddr) -> Result<()> {
    // Two crypto libraries may be linked; this one is meant. It fails only when it was chosen already.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let address = format!("http://{azurite}/{ACCOUNT}/{PLACE}?restype=container");
    let mut request = Request::put(&address)
        .header("content-length", "0")
        .body(HttpRequestBody::empty())?;
    let key = AzureAccessKey::try_new(KEY)?;
    AzureAuthorizer::new(&AzureCredential::AccessKey(key), ACCOUNT).try_authorize(&mut request)?;
    let answer = reqwest::Client::new()
        .put(&address)
        .headers(request.headers().clone())
        .send()
        .await?;
    ensure!(
        answer.status() == 201,
        "Azurite made no container: {}",
        answer.text().await?
    );
    Ok(())
}
