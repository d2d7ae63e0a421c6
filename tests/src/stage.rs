//! Where a scenario plays: a desktop, a home, a library, and the WebDriver that opens the window.

use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    fs::Permissions,
    io::Write,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use xtask::{
    desktop::{Desktop, Running, wait_until},
    step,
};

/// What starts the bus of assistive technology, where Debian has it.
const AT_SPI: &str = "/usr/libexec/at-spi-bus-launcher";

/// The screen, in pixels: the window, and room for another one beside it.
pub const SCREEN: (u32, u32) = (1_900, 960);

/// The bus that assistive technology speaks on.
#[derive(Debug)]
struct Assistance(Running);

impl Drop for Assistance {
    fn drop(&mut self) {
        // Asked to end, it ends the bus that it started; killed, it would leave it behind.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            // A launcher that does not go is killed with its value.
            let _ = wait_until("the end of the bus", Duration::from_secs(5), || {
                Ok(self.0.ended()?.is_some())
            });
        }
    }
}

/// The name on the bus behind which desktops keep secrets.
const SECRETS: &str = "org.freedesktop.secrets";

/// A desktop with a home of its own; nothing of the person's is read or written.
#[derive(Debug)]
pub struct Stage {
    // Ended before the desktop that they are on.
    assistance: Option<Assistance>,
    _keychain: Option<Running>,
    /// What programs find in their environment beside the usual.
    told: Vec<(String, String)>,
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
        for folder in ["art", "bin", "config", "data", "runtime", "tmp"] {
            std::fs::create_dir(home.path().join(folder))?;
        }
        let data = home.path().join("data");
        without_keychain(&data)?;
        Ok(Self {
            assistance: None,
            _keychain: None,
            told: Vec::new(),
            desktop: Desktop::with_services(SCREEN.0, SCREEN.1, &data)?.with_window_manager()?,
            library: home.path().join("Library"),
            files,
            home,
        })
    }

    /// Lets programs that start from now on speak to assistive technology, as they do beside a screen reader.
    ///
    /// # Errors
    /// When its bus does not come up.
    pub fn with_assistance(mut self) -> Result<Self> {
        let mut launcher = self.desktop.command(AT_SPI);
        launcher
            .arg("--launch-immediately")
            .env("XDG_RUNTIME_DIR", self.home.path().join("runtime"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.assistance = Some(Assistance(Running::start(&mut launcher)?));
        wait_until(
            "the bus of assistive technology",
            Duration::from_secs(20),
            || {
                let mut question = self.desktop.command("dbus-send");
                question
                    .args(["--session", "--print-reply", "--dest=org.a11y.Bus"])
                    .args(["/org/a11y/bus", "org.a11y.Bus.GetAddress"])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
                Ok(question.status()?.success())
            },
        )?;
        Ok(self)
    }

    /// Has a keychain on this desktop, unlocked, as after somebody signed in to their computer.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn with_keychain(mut self) -> Result<Self> {
        let mut keychain = self.command("gnome-keyring-daemon")?;
        keychain
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut keychain = Running::start(&mut keychain)?;
        // The password; the end of the input ends it.
        let mut input = keychain.stdin().context("the keychain's input")?;
        input.write_all(b"of this desktop")?;
        drop(input);
        wait_until("the keychain", Duration::from_secs(20), || {
            let mut question = self.desktop.command("dbus-send");
            question
                .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
                .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
                .arg(format!("string:{SECRETS}"));
            Ok(step::output(&mut question)?.contains("boolean true"))
        })?;
        self._keychain = Some(keychain);
        Ok(self)
    }

    /// Tells programs that start from now on something by their environment.
    #[must_use]
    pub fn telling(mut self, name: &str, value: &str) -> Self {
        self.told.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A file that does not belong to the library, such as a picture of a failure.
    #[must_use]
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A program on the stage's desktop, with its home.
    ///
    /// # Errors
    /// When the search path cannot be written.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Result<Command> {
        let home = |name: &str| self.home.path().join(name);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(home("bin")).chain(std::env::split_paths(&path));
        let mut command = self.desktop.command(program);
        command
            .env("PATH", std::env::join_paths(path)?)
            .env("HOME", self.home.path())
            .env("TMPDIR", self.temporary())
            .env("XDG_CONFIG_HOME", home("config"))
            .env("XDG_DATA_HOME", home("data"))
            .env("XDG_CACHE_HOME", home("cache"))
            .env("XDG_RUNTIME_DIR", home("runtime"))
            .env("GAMEFORGE_CONFIG_DIR", home("config/gameforge"))
            .env("LANG", "C.UTF-8")
            .env_remove("GAMEFORGE_LIBRARY")
            .env_remove("GAMEFORGE_CLOUD_URL")
            .envs(self.told.iter().map(|(name, value)| (name, value)));
        if self.assistance.is_some() {
            command.env_remove("NO_AT_BRIDGE");
        }
        Ok(command)
    }

    /// Where the programs put what they need for a while.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.home.path().join("tmp")
    }

    /// Puts a stand-in for a program of the system first on the search path. It notes what it is asked, one argument a
    /// line, in the file that is given back, and does nothing else.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn stand_in(&self, name: &str) -> Result<PathBuf> {
        let noted = self.home.path().join(format!("{name}-was-asked"));
        let program = self.home.path().join("bin").join(name);
        // By another name first: whoever finds the file finds all that it was asked so far.
        let noted_at = noted.display();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{noted_at}.all' && cp '{noted_at}.all' '{noted_at}.'$$ && mv '{noted_at}.'$$ '{noted_at}'\n"
        );
        std::fs::write(&program, script)?;
        std::fs::set_permissions(&program, Permissions::from_mode(0o755))?;
        Ok(noted)
    }

    /// What `gameforge` says on the stage's library.
    ///
    /// # Errors
    /// When it fails.
    pub fn gameforge(&self, words: &[&str]) -> Result<String> {
        let mut gameforge = self.command(built("gameforge", "gameforge-cli")?)?;
        gameforge.arg("--library").arg(&self.library).args(words);
        step::output(&mut gameforge)
    }

    /// Starts the WebDriver, which starts the Studio when a session begins.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn driver(&self) -> Result<(Running, u16)> {
        let port = free_port()?;
        let mut driver = self.command("WebKitWebDriver")?;
        driver
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Drawing through shared memory, which the Studio picks on machines without a graphics card, makes
            // WebDriver's screenshots wait for ever.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "0")
            .stdin(Stdio::null());
        let driver = Running::start(&mut driver)?;
        wait_until("WebKitWebDriver", Duration::from_secs(20), || {
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })?;
        Ok((driver, port))
    }
}

/// Keeps the bus from starting a keychain of the machine: it would be locked, and ask for a password that nobody types.
fn without_keychain(data: &Path) -> Result<()> {
    let services = data.join("dbus-1/services");
    std::fs::create_dir_all(&services)?;
    let none = format!("[D-BUS Service]\nName={SECRETS}\nExec=/bin/false\n");
    Ok(std::fs::write(
        services.join(format!("{SECRETS}.service")),
        none,
    )?)
}

/// The program under test.
///
/// # Errors
/// When it is not built.
pub fn program() -> Result<PathBuf> {
    match std::env::var_os("GAMEFORGE_STUDIO_BINARY") {
        Some(program) => Ok(PathBuf::from(program)),
        None => built("gameforge-studio", "gameforge-studio-app"),
    }
}

pub(crate) fn built(name: &str, package: &str) -> Result<PathBuf> {
    let program = xtask::project::target().join("debug").join(name);
    if !program.is_file() {
        bail!(
            "“{}” is not there; build it with `cargo build --package {package}`.",
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

pub(crate) fn free_port() -> Result<u16> {
    // The listener is closed on return; nobody else on this desktop asks for ports in between.
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
