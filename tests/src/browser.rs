//! The system's browser: WebKit's own small one, on a desktop of its own, driven over WebDriver. It is a real browser:
//! it follows redirects, runs the pages' scripts and keeps cookies. The Studio asks for it by `xdg-open`, for which the
//! stage has a stand-in that notes the address; whoever plays the person opens that here.

use crate::stage::Stage;
use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use xtask::desktop::Running;

const PATIENCE: Duration = Duration::from_secs(20);

/// An open browser.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    // The driver ends before the desktop that it is on.
    _driver: Running,
    _stage: Stage,
}

impl Browser {
    /// Opens it.
    ///
    /// # Errors
    /// When it is not installed or does not come up.
    pub async fn open() -> Result<Self> {
        let stage = Stage::new()?;
        let (driver, port) = stage.driver()?;
        let options = json!({ "binary": program()?, "args": ["--automation"] });
        let capabilities = json!({ "webkitgtk:browserOptions": options });
        let Value::Object(capabilities) = capabilities else {
            bail!("capabilities are an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("the browser did not open")?;
        Ok(Self {
            client,
            _driver: driver,
            _stage: stage,
        })
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When there is no page.
    pub async fn go(&self, address: &str) -> Result<()> {
        Ok(self.client.goto(address).await?)
    }

    /// Goes where the Studio asked the system's browser to go: the last line of what the stand-in for `xdg-open` noted,
    /// once there are more than `before`. Gives how many there are now.
    ///
    /// # Errors
    /// When the Studio asks for nothing.
    pub async fn follow(&self, noted: &Path, before: usize) -> Result<usize> {
        let begun = Instant::now();
        loop {
            let asked = std::fs::read_to_string(noted).unwrap_or_default();
            let lines: Vec<&str> = asked.lines().collect();
            if let Some(last) = lines.last().filter(|_| lines.len() > before) {
                self.go(last).await?;
                return Ok(lines.len());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the Studio opened no page");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks what a selector finds, once it is there.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(selector))
            .await;
        match found {
            Ok(element) => Ok(element.click().await?),
            Err(error) => {
                let words = self.words().await?;
                Err(error).with_context(|| format!("“{selector}” is not on the page: {words}"))
            }
        }
    }

    /// Waits until the page says something.
    ///
    /// # Errors
    /// When it never does.
    pub async fn says(&self, wanted: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            let words = self.words().await?;
            if words.contains(wanted) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                let at = self.client.current_url().await?;
                bail!("{at} does not say “{wanted}” but: {words}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Writes a picture of the page.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, self.client.screenshot().await?)?)
    }

    async fn words(&self) -> Result<String> {
        // Between two pages there is none.
        let script = "return document.body?.innerText ?? '';";
        let words = self.client.execute(script, Vec::new()).await?;
        Ok(words.as_str().unwrap_or_default().to_owned())
    }
}

/// It comes with the library that the Studio's window is made of.
fn program() -> Result<PathBuf> {
    let found = std::fs::read_dir("/usr/lib")?
        .filter_map(|entry| Some(entry.ok()?.path().join("webkit2gtk-4.1/MiniBrowser")))
        .find(|program| program.is_file());
    found.context("WebKit's MiniBrowser is not in /usr/lib/*/webkit2gtk-4.1")
}
