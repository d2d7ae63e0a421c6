//! The real program in a real window: how long until somebody can use it.

use crate::{figures, library};
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What the shell logs when the first page is painted; see `src-tauri/commands/system.rs`.
const USABLE: &str = "the window is usable";

/// Starts the program a few times on a large library, prints the times.
pub async fn run(assets: u32, keep: Option<PathBuf>, program: &Path) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let large = keep.unwrap_or_else(|| temporary.path().join("library"));
    library::prepare(&large, assets).await?;
    let small = temporary.path().join("small");
    library::prepare(&small, 10).await?;

    let display = Display::open()?;
    let mut with_small = Vec::new();
    let mut with_large = Vec::new();
    start(program, &large, &display, temporary.path())?; // warm: the file cache has the program and the library
    for _ in 0..5 {
        with_small.push(start(program, &small, &display, temporary.path())?);
        with_large.push(start(program, &large, &display, temporary.path())?);
    }
    figures::times("start to usable window, 10 assets", &mut with_small, 500.0);
    figures::times(
        &format!("start to usable window, {assets} assets"),
        &mut with_large,
        500.0,
    );
    figures::print(
        "what the size of the library adds to the start",
        "ratio",
        figures::median(with_large).as_secs_f64() / figures::median(with_small).as_secs_f64(),
        &json!({ "assets": assets, "peer": "the same program on 10 assets" }),
    );
    Ok(())
}

fn start(program: &Path, library: &Path, display: &Display, temporary: &Path) -> Result<Duration> {
    let begun = Instant::now();
    let mut studio = Command::new(program)
        .arg("--library")
        .arg(library)
        .env("DISPLAY", &display.name)
        .env("GAMEFORGE_CONFIG_DIR", temporary.join("config"))
        .env("GAMEFORGE_LOG", "info")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!(
                "{} does not start; build it with `cargo xtask run`",
                program.display()
            )
        })?;
    let words = studio.stderr.take().context("the program has no log")?;
    let seen = BufReader::new(words)
        .lines()
        .map_while(Result::ok)
        .find(|line| line.contains(USABLE));
    let took = begun.elapsed();
    studio.kill()?;
    studio.wait()?;
    if seen.is_none() {
        bail!("the program ended without a usable window");
    }
    Ok(took)
}

/// A display to draw on: the present one, else a virtual one that ends with this value.
struct Display {
    name: String,
    server: Option<Child>,
}

impl Display {
    fn open() -> Result<Self> {
        if let Some(name) = std::env::var("DISPLAY")
            .ok()
            .filter(|name| !name.is_empty())
        {
            return Ok(Self { name, server: None });
        }
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1440x900x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("there is no display, and Xvfb is missing")?;
        let mut number = String::new();
        BufReader::new(server.stdout.take().context("Xvfb says nothing")?)
            .read_line(&mut number)?;
        Ok(Self {
            name: format!(":{}", number.trim()),
            server: Some(server),
        })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may be gone already; then there is nothing to end.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}
