//! Other programs on the same desktop: what files are dragged from and to, who answers for the clipboard, who shows
//! files. They are small Python programs over GTK, in `programs/`.

use crate::mouse;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};
use xtask::desktop::{Desktop, Running};

/// How long another program may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// One that runs until this value goes.
#[derive(Debug)]
pub struct OtherProgram {
    lines: Receiver<String>,
    questions: Option<ChildStdin>,
    _program: Running,
}

impl OtherProgram {
    /// Starts a program out of `programs/` and waits until it says that it is ready.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(
        desktop: &Desktop,
        script: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Self> {
        let script = self::script(script);
        // The system's Python: GTK's bindings are a package of the system, which a Python from elsewhere does not see.
        let mut program = desktop.command("/usr/bin/python3");
        program
            .arg(script)
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        Self::start_command(&mut program)
    }

    /// Starts any program that speaks in lines and says “ready” first.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_command(program: &mut Command) -> Result<Self> {
        let mut program = Running::start(program)?;
        let questions = program.stdin();
        let stdout = program.stdout().context("another program's output")?;
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let program = Self {
            lines,
            questions,
            _program: program,
        };
        program.says("ready")?;
        Ok(program)
    }

    /// Its next line.
    ///
    /// # Errors
    /// When it says nothing, or has ended.
    pub fn line(&self) -> Result<String> {
        self.lines
            .recv_timeout(PATIENCE)
            .context("another program says nothing")
    }

    /// Writes a line to it.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn ask(&mut self, line: &str) -> Result<()> {
        let questions = self.questions.as_mut().context("a program that listens")?;
        writeln!(questions, "{line}")?;
        Ok(questions.flush()?)
    }

    /// Waits for a line, and drops those before it.
    ///
    /// # Errors
    /// When it does not come.
    pub fn says(&self, wanted: &str) -> Result<()> {
        while self.line()? != wanted {}
        Ok(())
    }

    /// Waits for a line of JSON, and drops those before it.
    ///
    /// # Errors
    /// When it does not come.
    pub fn tells(&self) -> Result<Value> {
        loop {
            let line = self.line()?;
            if line.starts_with('{') {
                return Ok(serde_json::from_str(&line)?);
            }
        }
    }

    /// Waits for a JSON object with a field, gives the field, and drops the lines before it.
    ///
    /// # Errors
    /// When it does not come.
    pub fn tells_of(&self, field: &str) -> Result<Value> {
        loop {
            let mut told = self.tells()?;
            if let Some(told) = told.get_mut(field) {
                return Ok(told.take());
            }
        }
    }

    /// Does something again and again until the program says a line; drops those before it.
    fn says_after(&self, wanted: &str, mut again: impl FnMut() -> Result<()>) -> Result<()> {
        let begun = Instant::now();
        loop {
            match self.lines.recv_timeout(Duration::from_millis(20)) {
                Ok(line) if line == wanted => return Ok(()),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => again()?,
                Err(RecvTimeoutError::Disconnected) => bail!("the other program has ended"),
            }
            if begun.elapsed() > PATIENCE {
                bail!("the other program never said “{wanted}”");
            }
        }
    }
}

/// A program out of `programs/`.
#[must_use]
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("programs")
        .join(name)
}

/// A way from one point of the screen to another.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Where the button goes down.
    pub from: (i32, i32),
    /// Where it is let go.
    pub to: (i32, i32),
}

/// Drags files from another program's window onto a point of the Studio's and drops them there.
///
/// # Errors
/// When the other window does not come up or the files are not taken.
pub fn drag_in(desktop: &Desktop, files: &[&Path], to: (i32, i32)) -> Result<()> {
    let hovering = hover(desktop, files, to)?;
    // Let go where a person would: once the pointer shows that the files would be taken.
    let mut aside = 0;
    hovering.source.says_after("accepted", || {
        aside = 3 - aside;
        mouse::point(desktop, (to.0 + aside, to.1))
    })?;
    hovering.drop()
}

/// Files that hover over the window.
#[derive(Debug)]
pub struct Hovering<'a> {
    desktop: &'a Desktop,
    source: OtherProgram,
}

/// Drags files from another program's window over the Studio's, and holds them there.
///
/// # Errors
/// When the other window does not come up.
pub fn hover<'a>(desktop: &'a Desktop, files: &[&Path], to: (i32, i32)) -> Result<Hovering<'a>> {
    let source = OtherProgram::start(desktop, "drag_source.py", files)?;
    let from = mouse::middle(desktop, "^Other program$")?;
    mouse::press(desktop, from)?;
    mouse::go(desktop, Way { from, to })?;
    Ok(Hovering { desktop, source })
}

impl Hovering<'_> {
    /// Goes on to another point.
    ///
    /// # Errors
    /// When xdotool refuses.
    pub fn over(&self, (x, y): (i32, i32)) -> Result<()> {
        for aside in [3, 2, 1, 0] {
            mouse::point(self.desktop, (x + aside, y + aside))?;
        }
        Ok(())
    }

    /// Lets go.
    ///
    /// # Errors
    /// When nobody takes the files.
    pub fn drop(self) -> Result<()> {
        mouse::release(self.desktop)?;
        loop {
            match self.source.line()?.as_str() {
                "dropped" => return Ok(()),
                "refused" => bail!("nobody took the files"),
                _ => {}
            }
        }
    }
}

/// Drags from a point of the Studio's window onto another program's window, and gives what that one got.
///
/// # Errors
/// When nothing arrives.
pub fn drag_out(desktop: &Desktop, from: (i32, i32)) -> Result<Value> {
    drag_onto(desktop, from, &[])
}

/// As [`drag_out`], onto a program that ends before it could say that it has taken the files.
///
/// # Errors
/// When nothing arrives.
pub fn drag_out_and_vanish(desktop: &Desktop, from: (i32, i32)) -> Result<Value> {
    drag_onto(desktop, from, &["--vanish"])
}

fn drag_onto(desktop: &Desktop, from: (i32, i32), arguments: &[&str]) -> Result<Value> {
    let target = OtherProgram::start(desktop, "drop_target.py", arguments)?;
    let to = mouse::middle(desktop, "^Other program$")?;
    mouse::press(desktop, from)?;
    mouse::go(desktop, Way { from, to })?;
    // The system takes the drag over a moment after the pointer has left the window.
    let mut aside = 0;
    target.says_after("over", || {
        aside = 3 - aside;
        mouse::point(desktop, (to.0 + aside, to.1))
    })?;
    mouse::release(desktop)?;
    target.tells()
}
