//! `cargo xtask run`: from a fresh checkout to an open window, with a cloud of one's own beside it. The Studio never
//! needs that cloud: what goes wrong with it is said, and the window opens all the same.

use crate::{
    desktop::{Desktop, Running, wait_until},
    needs, postgres, project,
    step::{self, cargo},
    ui, window,
};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What the first build leaves in `target/`, in gigabytes.
const ROOM: u64 = 3;
/// Where a Studio learns of the cloud beside it.
const CLOUD_URL: &str = "GAMEFORGE_CLOUD_URL";

/// Builds and opens the Studio and starts the development cloud beside it (`--no-cloud`: without). Words after `--` go
/// to the Studio.
///
/// # Errors
/// When something needed is missing, the build fails, or the Studio ends badly.
pub fn run(words: &[&str]) -> Result<()> {
    let (ours, theirs) = match words.iter().position(|word| *word == "--") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[][..]),
    };
    let (mut keep, mut with_cloud) = (false, true);
    for word in ours {
        match *word {
            "--keep" => keep = true,
            "--no-cloud" => with_cloud = false,
            other => bail!("`run` does not know “{other}”; words for the Studio come after `--`."),
        }
    }
    let visible = has_display();
    let program = build(visible)?;
    // Ended when this function is left, after the Studio.
    let cloud = if with_cloud { beside() } else { None };
    let url = cloud.as_ref().map(|cloud| cloud.url.as_str());
    if visible {
        let mut studio = Command::new(&program);
        studio.args(theirs);
        if let Some(url) = url {
            studio.env(CLOUD_URL, url);
        }
        println!("Opening the Studio.");
        return step::run(&mut studio);
    }
    pictured(&program, theirs, keep, url)
}

/// The cloud beside the Studio, where it can be had; why not is said.
fn beside() -> Option<Cloud> {
    match Cloud::start() {
        Ok(cloud) => {
            println!(
                "The development cloud runs on {}; its letters are on {}/dev/mail",
                cloud.url, cloud.url
            );
            Some(cloud)
        }
        Err(error) => {
            println!(
                "The development cloud did not start; the Studio works without it. ({error:#})"
            );
            None
        }
    }
}

/// The development cloud of this checkout. It ends with this value, as it would when asked by hand.
#[derive(Debug)]
pub struct Cloud {
    /// How it is reached.
    pub url: String,
    process: Child,
}

impl Cloud {
    /// Builds and starts it; its data stays in the target folder.
    ///
    /// # Errors
    /// When PostgreSQL cannot be fetched, the build fails, or it does not start.
    pub fn start() -> Result<Self> {
        step::run(
            cargo(&[
                "build",
                "--release",
                "--locked",
                "--package",
                "gameforge-cloud",
            ])
            .env("SQLX_OFFLINE", "true"),
        )?;
        let program = project::target().join("release/gameforge-cloud");
        Self::open(&program, &project::target().join("cloud"), &[])
    }

    /// Starts a program that is built already, its data in a folder, with variables of its own.
    ///
    /// # Errors
    /// When PostgreSQL cannot be fetched, or it does not start.
    pub fn open(program: &Path, data: &Path, variables: &[(&str, &str)]) -> Result<Self> {
        let postgres = postgres::programs()?;
        std::fs::create_dir_all(data)?;
        let log = std::fs::File::create(data.join("cloud.log"))?;
        let mut process = Command::new(program)
            .arg("dev")
            .arg("--data")
            .arg(data)
            .arg("--postgres")
            .arg(&postgres)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("the development cloud")?;
        let said = process.stdout.take().context("no output to read")?;
        // It says its address once it listens; when it ends before, there are no more lines.
        let url = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once(" listens on ")
                    .map(|(_, url)| url.to_owned())
            });
        let Some(url) = url else {
            let status = process.wait()?;
            let log = std::fs::read_to_string(data.join("cloud.log")).unwrap_or_default();
            let last = log.lines().last().unwrap_or("it said nothing").to_owned();
            bail!("it ended at its start ({status}): {last}");
        };
        Ok(Self { url, process })
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // Asked to stop, it ends its requests, its jobs and its PostgreSQL; it may have ended by itself.
        let asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Whether a window could be seen.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Builds what is needed for the Studio in release, and gives the program.
///
/// # Errors
/// When something needed is missing or the build fails.
pub fn build(visible: bool) -> Result<PathBuf> {
    if !window::program("release").exists() {
        println!(
            "The first time takes a while: about 8 minutes on two cores, 2 on sixteen. \
             Later starts are immediate."
        );
        needs::room("release", ROOM);
    }
    let begun = Instant::now();
    if visible {
        needs::packages(&[needs::BUILD])?;
    } else {
        needs::packages(&[needs::BUILD, needs::HEADLESS])?;
    }
    ui::install()?;
    ui::build()?;
    let program = window::release()?;
    println!("Ready after {:.0} s.", begun.elapsed().as_secs_f64());
    Ok(program)
}

/// Without a display: shows the Studio on a virtual one, takes a picture when it has painted, and ends it, or keeps
/// it until Ctrl-C.
fn pictured(program: &Path, words: &[&str], keep: bool, cloud: Option<&str>) -> Result<()> {
    println!("There is no display here: the Studio starts on a virtual one.");
    let desktop = Desktop::start(1440, 900)?;
    let mut studio = desktop.command(program);
    studio.args(words);
    if let Some(url) = cloud {
        studio.env(CLOUD_URL, url);
    }
    let mut studio = Running::start(&mut studio)?;

    let folder = project::stamps();
    std::fs::create_dir_all(&folder)?;
    let picture = project::target().join("studio.png");
    let scratch = folder.join("painting.png");
    wait_until("the Studio's window", Duration::from_secs(60), || {
        if let Some(status) = studio.ended()? {
            bail!("The Studio ended before its window was painted ({status}).");
        }
        Ok(desktop.colours(&scratch)? > PAINTED)
    })?;
    // The first paint is of the frame; the library's content follows within moments.
    wait_until(
        "a window that stands still",
        Duration::from_secs(10),
        || {
            let before = std::fs::read(&scratch)?;
            std::thread::sleep(Duration::from_millis(400));
            desktop.picture(&scratch)?;
            Ok(std::fs::read(&scratch)? == before)
        },
    )
    .or_else(|_| {
        println!("Something in the window keeps moving.");
        anyhow::Ok(())
    })?;
    std::fs::copy(&scratch, &picture).context("the picture")?;
    println!(
        "The Studio runs; a picture of it is in {}",
        picture.display()
    );
    if keep {
        println!(
            "It keeps running on display {}; Ctrl-C ends it.",
            desktop.display
        );
        let status = studio.wait()?;
        if !status.success() {
            bail!("The Studio ended badly ({status}).");
        }
    }
    Ok(())
}

/// More colours than an empty window of one colour has, with its frame.
const PAINTED: u32 = 40;
