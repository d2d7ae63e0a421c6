//! The window, as a person uses it: it is looked at, clicked, typed into, closed.

use crate::{
    mouse,
    stage::{Stage, alive, child_of, program},
};
use anyhow::{Context, Result, bail};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
    key::Key,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use xtask::desktop::{Running, wait_until};

/// How long anything may take that a person waits for. Two cores in debug need some patience.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open window.
#[derive(Debug)]
pub struct Studio<'a> {
    stage: &'a Stage,
    pub(crate) client: Client,
    driver: Running,
    process: u32,
}

impl<'a> Studio<'a> {
    /// Opens the Studio on the stage's library and waits until it can be used.
    ///
    /// # Errors
    /// When the window does not come up.
    pub async fn open(stage: &'a Stage) -> Result<Self> {
        Self::open_with(stage, &["--library".into(), stage.library.clone()]).await
    }

    /// Opens the Studio with other arguments.
    ///
    /// # Errors
    /// When the window does not come up.
    pub async fn open_with(stage: &'a Stage, arguments: &[PathBuf]) -> Result<Self> {
        let studio = Self::start(stage, arguments).await?;
        mouse::place_window(&stage.desktop)?;
        studio.opened().await?;
        Ok(studio)
    }

    /// Opens the Studio on the stage's library and leaves its window where and as large as it comes up.
    ///
    /// # Errors
    /// When the window does not come up.
    pub async fn open_as_left(stage: &'a Stage) -> Result<Self> {
        let studio = Self::start(stage, &["--library".into(), stage.library.clone()]).await?;
        studio.opened().await?;
        Ok(studio)
    }

    async fn opened(&self) -> Result<()> {
        self.appears(r#"[data-testid="window"][data-library]:not([data-library="opening"])"#)
            .await?;
        Ok(())
    }

    async fn start(stage: &'a Stage, arguments: &[PathBuf]) -> Result<Self> {
        let (driver, port) = stage.driver()?;
        let options = json!({ "binary": program()?, "args": arguments });
        let capabilities = json!({ "browserName": "wry", "webkitgtk:browserOptions": options });
        let Value::Object(capabilities) = capabilities else {
            bail!("capabilities are an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("The window did not open")?;
        let process = child_of(&driver)?;
        Ok(Self {
            stage,
            client,
            driver,
            process,
        })
    }

    /// Closes the window as a person does, and waits until the program has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(mut self) -> Result<()> {
        mouse::close_window(&self.stage.desktop)?;
        let process = self.process;
        wait_until("the end of the Studio", PATIENCE, || Ok(!alive(process)))
            .with_context(|| self.what_it_does())?;
        // The session ended with the window; telling the driver so may fail.
        let _ = self.client.close().await;
        self.driver.kill();
        Ok(())
    }

    /// For the one who looks for the reason: whether the window is there, and where each thread of the program waits.
    fn what_it_does(&self) -> String {
        let windows = mouse::count(&self.stage.desktop, "GameForge Studio");
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process));
        let threads = threads.into_iter().flatten().flatten().map(|thread| {
            let part = |name| std::fs::read_to_string(thread.path().join(name)).unwrap_or_default();
            format!("{} {}", part("comm").trim(), part("wchan").trim())
        });
        let threads: Vec<String> = threads.collect();
        format!("windows: {windows:?}; threads: {}", threads.join(", "))
    }

    /// Kills the program as a power cut would.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn crash(mut self) -> Result<()> {
        let killed = Command::new("kill")
            .args(["-9", &self.process.to_string()])
            .status()?;
        if !killed.success() {
            bail!("the Studio could not be killed");
        }
        let process = self.process;
        wait_until("the end of the Studio", PATIENCE, || Ok(!alive(process)))?;
        let _ = self.client.close().await;
        self.driver.kill();
        Ok(())
    }

    /// The element with a test id, once it is there.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn part(&self, id: &str) -> Result<Element> {
        self.appears(&test_id(id)).await
    }

    /// The first element that a selector finds, once it is there.
    ///
    /// # Errors
    /// When none appears.
    pub async fn appears(&self, selector: &str) -> Result<Element> {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .every(Duration::from_millis(50))
            .for_element(Locator::Css(selector))
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let seen = self.evidence().await;
                Err(error).with_context(|| format!("“{selector}” did not appear; {seen}"))
            }
        }
    }

    /// Waits until an expression in the page is true.
    ///
    /// # Errors
    /// When it never is.
    pub async fn becomes(&self, what: &str, expression: &str) -> Result<()> {
        self.becomes_within(what, expression, PATIENCE).await
    }

    /// Waits longer.
    ///
    /// # Errors
    /// When it never is.
    pub async fn becomes_within(
        &self,
        what: &str,
        expression: &str,
        patience: Duration,
    ) -> Result<()> {
        let begun = Instant::now();
        loop {
            if self.value(expression).await?.as_bool() == Some(true) {
                return Ok(());
            }
            if begun.elapsed() > patience {
                bail!(
                    "{what}: not so after {} s; {}",
                    patience.as_secs(),
                    self.evidence().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What an expression in the page gives.
    ///
    /// # Errors
    /// When it throws.
    pub async fn value(&self, expression: &str) -> Result<Value> {
        let script = format!("return ({expression});");
        let answer = self.client.execute(&script, Vec::new()).await;
        answer.with_context(|| expression.to_owned())
    }

    /// Calls a command of the shell, to set a scene up faster than by hand.
    ///
    /// # Errors
    /// With the failure's words.
    pub async fn call(&self, command: &str, arguments: Value) -> Result<Value> {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given)
                .then((answer) => done({ answer }), (error) => done({ error: error.message ?? String(error) }));";
        let given = vec![json!(command), arguments];
        let mut told = self.client.execute_async(script, given).await?;
        if let Some(error) = told.get("error") {
            bail!("{command}: {error}");
        }
        Ok(told["answer"].take())
    }

    /// The text of a part.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn text(&self, id: &str) -> Result<String> {
        let expression = format!(
            "document.querySelector({})?.textContent.trim() ?? null",
            json!(test_id(id))
        );
        self.part(id).await?;
        let text = self.value(&expression).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks a part.
    ///
    /// # Errors
    /// When it is not there or covered.
    pub async fn click(&self, id: &str) -> Result<()> {
        self.click_on(&test_id(id)).await
    }

    /// Clicks what a selector finds.
    ///
    /// # Errors
    /// When it is not there or covered.
    pub async fn click_on(&self, selector: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            // What is found may be drawn anew before it is clicked, or move away under the pointer: then once more.
            let Err(error) = self.appears(selector).await?.click().await else {
                return Ok(());
            };
            if begun.elapsed() > PATIENCE {
                let seen = self.evidence().await;
                return Err(error)
                    .with_context(|| format!("“{selector}” cannot be clicked; {seen}"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks twice in the middle of what a selector finds.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn click_twice_on(&self, selector: &str) -> Result<()> {
        self.pointer(selector, 2, MOUSE_BUTTON_LEFT).await
    }

    /// Clicks with the right button.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn open_menu_on(&self, selector: &str) -> Result<()> {
        self.pointer(selector, 1, fantoccini::actions::MOUSE_BUTTON_RIGHT)
            .await
    }

    async fn pointer(&self, selector: &str, clicks: u32, button: u64) -> Result<()> {
        let element = self.appears(selector).await?;
        let (x, y, width, height) = element.rectangle().await?;
        let mut actions = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo {
            duration: None,
            x: x + width / 2.0,
            y: y + height / 2.0,
        });
        for _ in 0..clicks {
            actions = actions
                .then(PointerAction::Down { button })
                .then(PointerAction::Up { button });
        }
        self.client.perform_actions(actions).await?;
        Ok(())
    }

    /// Where on the screen the middle of what a selector finds is, for the real pointer.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn point_of(&self, selector: &str) -> Result<(i32, i32)> {
        let middle = format!(
            "(() => {{ const box = document.querySelector({})?.getBoundingClientRect();
                return box ? [box.x + box.width / 2, box.y + box.height / 2] : null; }})()",
            json!(selector)
        );
        self.becomes(selector, &format!("{middle} !== null"))
            .await?;
        let middle = self.value(&middle).await?;
        let page = mouse::origin(&self.stage.desktop)?;
        // Whole pixels: a pointer has no others.
        let at = |from: i32, offset: &Value| from + offset.as_f64().unwrap_or_default() as i32;
        Ok((at(page.0, &middle[0]), at(page.1, &middle[1])))
    }

    /// Replaces the text of a field.
    ///
    /// # Errors
    /// When the field is not there or does not take the text.
    pub async fn write(&self, id: &str, text: &str) -> Result<()> {
        let field = self.part(id).await?;
        field.click().await?;
        self.chord(&[Key::Control], 'a').await?;
        self.press(Key::Backspace).await?;
        if !text.is_empty() {
            field.send_keys(text).await?;
        }
        if field.prop("value").await?.as_deref() == Some(text) {
            return Ok(());
        }
        // Known trap: in a long session WebKitWebDriver loses track of Shift and types `;` for `:`.
        bail!("“{id}” does not take “{text}”; {}", self.evidence().await)
    }

    /// Presses a key of the keyboard.
    ///
    /// # Errors
    /// When the window does not take it.
    pub async fn press(&self, key: impl Into<char>) -> Result<()> {
        self.chord(&[], key).await
    }

    /// Presses a key while others are held.
    ///
    /// # Errors
    /// When the window does not take it.
    pub async fn chord(&self, held: &[Key], key: impl Into<char>) -> Result<()> {
        let key = key.into();
        let mut actions = KeyActions::new("keyboard".to_owned());
        for held in held {
            actions = actions.then(KeyAction::Down {
                value: (*held).into(),
            });
        }
        actions = actions
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        for held in held.iter().rev() {
            actions = actions.then(KeyAction::Up {
                value: (*held).into(),
            });
        }
        self.client.perform_actions(actions).await?;
        self.client.release_actions().await?;
        Ok(())
    }

    /// Asks the library and waits for the answer.
    ///
    /// # Errors
    /// When the field is not there.
    pub async fn search(&self, query: &str) -> Result<()> {
        self.write("search-input", query).await?;
        self.press(Key::Enter).await
    }

    /// Selects the asset with a name by a click.
    ///
    /// # Errors
    /// When no such card is on screen.
    pub async fn select(&self, name: &str) -> Result<()> {
        self.click_on(&card(name)).await?;
        let chosen = format!("{}[aria-selected=\"true\"]", card(name));
        self.appears(&chosen).await?;
        Ok(())
    }

    /// Waits until so many assets match.
    ///
    /// # Errors
    /// When another number does.
    pub async fn matches(&self, number: usize) -> Result<()> {
        let expression = format!(
            "/^{number}\\b/.test(document.querySelector('[data-testid=\"status-count\"]')?.textContent.trim().replaceAll(',', '') ?? '')"
        );
        self.becomes(&format!("{number} matches"), &expression)
            .await
    }

    /// Waits until no job runs any more.
    ///
    /// # Errors
    /// When one still does after two minutes.
    pub async fn rests(&self) -> Result<()> {
        let expression = "![...document.querySelectorAll('[data-testid=\"job\"]')].some((job) => job.dataset.state === 'running')
            && document.querySelector('[data-testid=\"job\"]') !== null";
        self.becomes_within("the end of all jobs", expression, Duration::from_secs(120))
            .await
    }

    /// Brings files in by the shell's own command, as a drop does, and waits until that is done.
    ///
    /// # Errors
    /// When the import cannot begin or does not end.
    pub async fn import(&self, paths: &[&Path], copy: bool) -> Result<()> {
        let request = json!({ "request": { "paths": paths, "copy": copy } });
        let job = self.call("import_files", request).await?;
        let begun = Instant::now();
        loop {
            let report = self.call("job_report", json!({ "id": job })).await?;
            if report["job"]["state"] != "running" {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_secs(120) {
                bail!("The import does not end: {report}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Writes a picture of the page, after it has been painted.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        self.painted().await?;
        std::fs::write(file, self.client.screenshot().await?)?;
        Ok(())
    }

    /// Waits until what the page knows by now is on the screen: after another size, each part has its new place.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn painted(&self) -> Result<()> {
        let painted = "const done = arguments[arguments.length - 1];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        self.client.execute_async(painted, Vec::new()).await?;
        Ok(())
    }

    /// For a failure: a picture, kept where it outlives the stage, and what the page says.
    async fn evidence(&self) -> String {
        let folder = xtask::project::target().join("e2e");
        let began = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let name = format!("failure-{}.png", began.unwrap_or_default().as_millis());
        let file = folder.join(name);
        let taken = match std::fs::create_dir_all(&folder) {
            Ok(()) => self.picture(&file).await,
            Err(error) => Err(error.into()),
        };
        let words = self.value("document.body.innerText.slice(0, 1200)").await;
        let words = words
            .ok()
            .and_then(|words| words.as_str().map(str::to_owned))
            .unwrap_or_default();
        match taken {
            Ok(()) => format!("see {}; the page says: {words}", file.display()),
            Err(error) => format!("no picture ({error}); the page says: {words}"),
        }
    }
}

/// The selector of a test id.
#[must_use]
pub fn test_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// The selector of the card of the asset with a name.
#[must_use]
pub fn card(name: &str) -> String {
    format!("[data-testid=\"card\"][data-name=\"{name}\"]")
}
