//! Where a scenario plays: a desktop, a home, a library, and the WebDriver that opens the window.

use anyhow::{Context, Result, bail};
use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use xtask::desktop::{Desktop, Running, wait_until};

/// The screen, in pixels: the window, and room for another one beside it.
pub const SCREEN: (u32, u32) = (1_900, 960);

/// A desktop with a home of its own; nothing of the person's is read or written.
#[derive(Debug)]
pub struct Stage {
    /// The desktop that the window is on.
    pub desktop: Desktop,
    /// The library's folder; the window creates it.
    pub library: PathBuf,
    /// For files that a scenario brings in.
    pub files: PathBuf,
    home: TempDir,
}

impl Stage {
    /// Sets one up.
    ///
    /// # Errors
    /// When the desktop cannot be started.
    pub fn new() -> Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("gameforge-e2e-")
            .tempdir()?;
        let files = home.path().join("art");
        for folder in [
            &files,
            &home.path().join("config"),
            &home.path().join("runtime"),
        ] {
            std::fs::create_dir(folder)?;
        }
        Ok(Self {
            desktop: Desktop::start(SCREEN.0, SCREEN.1)?.with_window_manager()?,
            library: home.path().join("Library"),
            files,
            home,
        })
    }

    /// A file that does not belong to the library, such as a picture of a failure.
    #[must_use]
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Starts the WebDriver, which starts the Studio when a session begins.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn driver(&self) -> Result<(Running, u16)> {
        let port = free_port()?;
        let mut driver = self.desktop.command("WebKitWebDriver");
        let home = |name: &str| self.home.path().join(name);
        driver
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Drawing through shared memory, which the Studio picks on machines without a graphics card, makes
            // WebDriver's screenshots wait for ever.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "0")
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", home("config"))
            .env("XDG_DATA_HOME", home("data"))
            .env("XDG_CACHE_HOME", home("cache"))
            .env("XDG_RUNTIME_DIR", home("runtime"))
            .env("GAMEFORGE_CONFIG_DIR", home("config/gameforge"))
            .env("LANG", "C.UTF-8")
            .env_remove("GAMEFORGE_LIBRARY")
            .stdin(Stdio::null());
        let driver = Running::start(&mut driver)?;
        wait_until("WebKitWebDriver", Duration::from_secs(20), || {
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })?;
        Ok((driver, port))
    }
}

/// The program under test.
///
/// # Errors
/// When it is not built.
pub fn program() -> Result<PathBuf> {
    let program = match std::env::var_os("GAMEFORGE_STUDIO_BINARY") {
        Some(program) => PathBuf::from(program),
        None => xtask::project::target().join("debug/gameforge-studio"),
    };
    if !program.is_file() {
        bail!(
            "“{}” is not there; build it with `cargo build --package gameforge-studio-app`.",
            program.display()
        );
    }
    Ok(program)
}

/// The Studio's process among the WebDriver's children.
///
/// # Errors
/// When there is none.
pub fn child_of(driver: &Running) -> Result<u32> {
    let id = driver.id();
    let children = Path::new("/proc")
        .join(id.to_string())
        .join("task")
        .join(id.to_string());
    let children = std::fs::read_to_string(children.join("children"))?;
    let first = children
        .split_whitespace()
        .next()
        .context("the Studio's process")?;
    Ok(first.parse()?)
}

/// Whether a process is there.
#[must_use]
pub fn alive(process: u32) -> bool {
    // A process that has ended but was not waited for is a zombie: gone for our purposes.
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .trim_start()
            .starts_with('Z')
    })
}

fn free_port() -> Result<u16> {
    // The listener is closed on return; nobody else on this desktop asks for ports in between.
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
