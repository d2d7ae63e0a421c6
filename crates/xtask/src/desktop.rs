//! A desktop of its own where there is none, or where a test must not disturb the person's: a virtual display, a
//! session bus, a window manager. Everything is started on a free number and ended with the value.

use crate::step;
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// A child that ends with this value.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a program.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("`{name}` could not be started"))?;
        Ok(Self(child))
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// What it says, for somebody to read; once, and only of a program whose output is piped.
    pub const fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// What it reads, for somebody to write; once, and only of a program whose input is piped.
    pub const fn stdin(&mut self) -> Option<ChildStdin> {
        self.0.stdin.take()
    }

    /// Whether it has ended, and how.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn wait(&mut self) -> Result<std::process::ExitStatus> {
        Ok(self.0.wait()?)
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    fn first_line(&mut self) -> Result<String> {
        let stdout: ChildStdout = self.0.stdout.take().context("no output to read")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("the program ended before it said where it can be reached");
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A virtual display with a session bus.
#[derive(Debug)]
pub struct Desktop {
    /// Such as `:99`.
    pub display: String,
    /// Address of the session bus.
    pub bus: String,
    // Ended in this order: the window manager before its display.
    manager: Option<Running>,
    _bus: Running,
    _display: Running,
}

impl Desktop {
    /// Starts one of `width` × `height` pixels.
    ///
    /// # Errors
    /// When Xvfb or the session bus cannot be started.
    pub fn start(width: u32, height: u32) -> Result<Self> {
        Self::open(width, height, None)
    }

    /// Starts one whose bus looks in `data`/dbus-1/services first for programs that it may start.
    ///
    /// # Errors
    /// When Xvfb or the session bus cannot be started.
    pub fn with_services(width: u32, height: u32, data: &Path) -> Result<Self> {
        Self::open(width, height, Some(data))
    }

    fn open(width: u32, height: u32, data: Option<&Path>) -> Result<Self> {
        let screen = format!("{width}x{height}x24");
        // Xvfb itself picks a free number and tells it on standard output.
        let words = [
            "-displayfd",
            "1",
            "-screen",
            "0",
            &screen,
            "-nolisten",
            "tcp",
            "-noreset",
        ];
        let mut server = Command::new("Xvfb");
        server
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Running::start(&mut server)?;
        let display = format!(":{}", server.first_line().context("Xvfb")?);

        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"])
            .env("DISPLAY", &display)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(data) = data {
            bus.env("XDG_DATA_HOME", data);
        }
        let mut bus = Running::start(&mut bus)?;
        let address = bus.first_line().context("dbus-daemon")?;
        Ok(Self {
            display,
            bus: address,
            manager: None,
            _bus: bus,
            _display: server,
        })
    }

    /// Starts a window manager: without one no window gets the keyboard, and nothing can be dragged between two.
    ///
    /// # Errors
    /// When openbox cannot be started or does not take over.
    pub fn with_window_manager(mut self) -> Result<Self> {
        let mut manager = self.command("openbox");
        manager.stdout(Stdio::null()).stderr(Stdio::null());
        self.manager = Some(Running::start(&mut manager)?);
        wait_until("the window manager", Duration::from_secs(10), || {
            let mut question = self.command("xdotool");
            question
                .args(["getwindowfocus"])
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            Ok(question.status()?.success())
        })?;
        Ok(self)
    }

    /// A program on this desktop.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// Writes a picture of the whole screen.
    ///
    /// # Errors
    /// When ImageMagick's `import` fails.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let mut import = self.command("import");
        import.args(["-window", "root"]).arg(file);
        step::run(&mut import)
    }

    /// How many colours are on the screen: a few before a program has painted, many after.
    ///
    /// # Errors
    /// When ImageMagick's `import` or `identify` fails.
    pub fn colours(&self, scratch: &Path) -> Result<u32> {
        self.picture(scratch)?;
        let mut identify = Command::new("identify");
        identify.args(["-format", "%k"]).arg(scratch);
        step::output(&mut identify)?.parse().context("identify")
    }
}

/// Asks again and again until the answer is yes.
///
/// # Errors
/// When it never is within `patience`, or asking fails.
pub fn wait_until(
    what: &str,
    patience: Duration,
    mut is_so: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let begun = Instant::now();
    while !is_so()? {
        if begun.elapsed() > patience {
            bail!("{what}: not there after {} s", patience.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
