//! The real program in a real window: how long until somebody can use it.

use crate::{figures, library};
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
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
    let browser = browser();
    let mut with_nothing = Vec::new();
    start(program, &large, &display, temporary.path())?; // warm: the file cache has the program and the library
    for _ in 0..5 {
        with_small.push(start(program, &small, &display, temporary.path())?);
        with_large.push(start(program, &large, &display, temporary.path())?);
        if let Some(browser) = &browser {
            with_nothing.push(one_line(browser, &display)?);
        }
    }
    figures::times("start to usable window, 10 assets", &mut with_small, 500.0);
    figures::times(
        &format!("start to usable window, {assets} assets"),
        &mut with_large,
        500.0,
    );
    let small_takes = figures::median(with_small).as_secs_f64();
    figures::print(
        "what the size of the library adds to the start",
        "ratio",
        figures::median(with_large).as_secs_f64() / small_takes,
        &json!({ "assets": assets, "peer": "the same program on 10 assets" }),
    );
    if with_nothing.is_empty() {
        println!("the web view's own browser is not installed; its start is not measured");
        return Ok(());
    }
    let limit = figures::median(with_nothing);
    figures::print(
        "start to usable window, 10 assets, by the limit",
        "ratio",
        small_takes / limit.as_secs_f64(),
        &json!({
            "limit": "the same web view in its own browser, a page of one line from start to painted",
            "limitMs": limit.as_secs_f64() * 1e3,
        }),
    );
    Ok(())
}

/// The small browser that comes with the web view's library.
fn browser() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    folders
        .map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"))
        .find(|browser| browser.is_file())
}

/// From the start of the web view's own browser to a page of one line on the screen: less no window can take.
fn one_line(browser: &Path, display: &Display) -> Result<Duration> {
    let page = TcpListener::bind(("127.0.0.1", 0))?;
    let begun = Instant::now();
    let mut window = Command::new(browser)
        .arg(format!("http://{}/", page.local_addr()?))
        .env("DISPLAY", &display.name)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let painted = loop {
        let (mut connection, _) = page.accept()?;
        let head = asked(&mut connection)?;
        if head.starts_with("GET /painted") {
            break begun.elapsed();
        }
        if head.is_empty() {
            // Opened ahead of need.
            continue;
        }
        let line = "<p>One line.<script>requestAnimationFrame(() => requestAnimationFrame(() => fetch('/painted')))</script>";
        write!(
            connection,
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{line}",
            line.len()
        )?;
    };
    window.kill()?;
    window.wait()?;
    Ok(painted)
}

/// The head of a request; empty where none comes.
fn asked(connection: &mut TcpStream) -> Result<String> {
    connection.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match connection.read(&mut part) {
            Ok(read) if read > 0 => head.extend_from_slice(&part[..read]),
            _ => break,
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
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
