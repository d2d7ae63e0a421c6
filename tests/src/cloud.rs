//! A real cloud beside the window: `gameforge-cloud dev`, as `cargo xtask run` starts it, on a data folder and a
//! PostgreSQL of its own. Its letters are read where a developer reads them, on its mail page.

use crate::stage::{built, free_port};
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy, rt::TokioExecutor};
use serde_json::{Value, json};
use std::{
    fs::{File, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use xtask::{
    desktop::{Running, wait_until},
    postgres, step,
};

/// How long a start or an end may take: PostgreSQL's folder is made, the tables are.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a letter may be on its way.
const POST: Duration = Duration::from_secs(20);
/// Of everybody whom [`DevCloud::person`] registers.
pub const PASSWORD: &str = "a long enough password";

/// A running cloud. It ends with this value, with its PostgreSQL.
#[derive(Debug)]
pub struct DevCloud {
    // Ended before its folder goes.
    process: Option<Running>,
    /// How it is reached; the same after another start.
    pub url: String,
    settings: Vec<(String, String)>,
    data: TempDir,
}

/// A letter that went out.
#[derive(Debug)]
pub struct Letter {
    /// Where the mail page shows it.
    pub page: String,
    /// What it says.
    pub text: String,
    /// The first address in it; empty where there is none.
    pub link: String,
}

impl DevCloud {
    /// Starts one, with settings as `GITHUB_CLIENT_ID` beside those that it makes itself.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(settings: Vec<(String, String)>) -> Result<Self> {
        let data = tempfile::Builder::new()
            .prefix("gameforge-cloud-")
            .tempdir()?;
        // Where this is root, PostgreSQL is another user, who must be able to come here.
        std::fs::set_permissions(data.path(), Permissions::from_mode(0o755))?;
        // The usual port may be that of a cloud that somebody works with.
        std::fs::write(data.path().join("port"), format!("{}\n", free_port()?))?;
        let mut cloud = Self {
            process: None,
            url: String::new(),
            settings,
            data,
        };
        cloud.start_again()?;
        Ok(cloud)
    }

    /// Starts it once more, on what it kept.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<()> {
        let postgres = match std::env::var_os("GAMEFORGE_POSTGRES") {
            Some(folder) => PathBuf::from(folder),
            None => postgres::programs()?,
        };
        let log = self.data.path().join("cloud.log");
        let mut program = Command::new(built("gameforge-cloud", "gameforge-cloud")?);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GAMEFORGE_") {
                program.env_remove(name);
            }
        }
        for (name, value) in &self.settings {
            program.env(format!("GAMEFORGE_{name}"), value);
        }
        program
            .arg("dev")
            .arg("--data")
            .arg(self.data.path())
            .arg("--postgres")
            .arg(postgres)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut process = Running::start(&mut program)?;
        let said = process.stdout().context("the cloud's output")?;
        let url = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once(" listens on ")
                    .map(|(_, url)| url.to_owned())
            });
        let Some(url) = url else {
            bail!(
                "the cloud did not start: {}",
                std::fs::read_to_string(log).unwrap_or_default()
            );
        };
        self.url = url;
        self.process = Some(process);
        Ok(())
    }

    /// Asks it to stop and waits until it has, with its PostgreSQL.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self) -> Result<()> {
        let Some(process) = self.process.as_mut() else {
            return Ok(());
        };
        step::run(Command::new("kill").arg(process.id().to_string()))?;
        wait_until("the end of the cloud", PATIENCE, || {
            Ok(process.ended()?.is_some())
        })?;
        self.process = None;
        Ok(())
    }

    /// The newest letter to an address with a subject, once it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn letter(&self, to: &str, subject: &str) -> Result<Letter> {
        let begun = Instant::now();
        loop {
            let list = self.page("/dev/mail").await?;
            let row = list
                .split("<tr>")
                .find(|row| row.contains(to) && row.contains(&format!(">{subject}</a>")));
            if let Some(row) = row {
                let page = between(row, "href=\"", "\"").context("a letter's page")?;
                let letter = self.page(page).await?;
                let text = between(&letter, "<pre>", "</pre>").context("a letter's text")?;
                return Ok(Letter {
                    page: format!("{}{page}", self.url),
                    link: plain(between(text, "href=\"", "\"").unwrap_or_default()),
                    text: plain(text),
                });
            }
            if begun.elapsed() > POST {
                bail!("no letter “{subject}” to {to}; the mail page says: {list}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Makes an account and proves its address, as the window and the letter's page do.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn person(&self, name: &str, email: &str) -> Result<()> {
        let texts = self.ask(Method::GET, "/v1/consents", None).await?;
        let texts = texts["items"].as_array().context("the texts")?;
        let consents: Vec<Value> = texts
            .iter()
            .map(|text| json!({ "purpose": text["purpose"], "version": text["version"], "given": text["required"] }))
            .collect();
        let body = json!({ "email": email, "password": PASSWORD, "display_name": name, "locale": "en",
            "consents": consents });
        self.ask(Method::POST, "/v1/auth/register", Some(body))
            .await?;
        let letter = self.letter(email, "Confirm your address").await?;
        let (_, token) = letter.link.split_once('#').context("the letter's secret")?;
        let body = json!({ "token": token });
        self.ask(Method::POST, "/v1/auth/verify", Some(body))
            .await?;
        Ok(())
    }

    /// Moves the proofs of all devices into the past, as if some hours went by since their sign-in.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn hours_pass(&self) -> Result<()> {
        let folder = self.data.path().join("postgres");
        let password = std::fs::read_to_string(folder.join("password"))?;
        let server = std::fs::read_to_string(folder.join("cluster/postmaster.pid"))?;
        let port = server.lines().nth(3).context("PostgreSQL's port")?;
        let url = format!("postgres://gameforge:{password}@127.0.0.1:{port}/gameforge_cloud");
        let mut psql = postgres::psql()?;
        psql.arg(url)
            .args(["--quiet", "--set", "ON_ERROR_STOP=1", "--command"])
            .arg("UPDATE session SET stepped_up_at = stepped_up_at - interval '3 hours'");
        step::run(&mut psql)
    }

    async fn page(&self, path: &str) -> Result<String> {
        let (status, text) = self.send(Method::GET, path, None).await?;
        if !status.is_success() {
            bail!("{path}: {status}: {text}");
        }
        Ok(text)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let (status, text) = self.send(method, path, body).await?;
        if !status.is_success() {
            bail!("{path}: {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(StatusCode, String)> {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let client = legacy::Client::builder(TokioExecutor::new()).build_http();
        let answer = client.request(request).await?;
        let status = answer.status();
        let text = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&text).into_owned()))
    }
}

impl Drop for DevCloud {
    fn drop(&mut self) {
        // Killed, it would leave its PostgreSQL behind; one that does not go when asked is killed with its value.
        let _ = self.stop();
    }
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// The words of a piece of HTML.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
    }
    for (entity, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_it_reads() {
        let html = "<pre>Confirm:\n\n<a href=\"http://a/#b\">http://a/#b</a>\n\nA &amp; B say &quot;hi&quot;</pre>";
        assert_eq!(between(html, "href=\"", "\""), Some("http://a/#b"));
        assert_eq!(plain(html), "Confirm:\n\nhttp://a/#b\n\nA & B say \"hi\"");
    }
}
