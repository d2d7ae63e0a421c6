//! `cargo xtask run`: from a fresh checkout to an open window.

use crate::{
    desktop::{Desktop, Running, wait_until},
    needs, project, step, ui, window,
};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Builds and opens the Studio. Words after `--` go to it.
///
/// # Errors
/// When something needed is missing, the build fails, or the Studio ends badly.
pub fn run(words: &[&str]) -> Result<()> {
    let (ours, theirs) = match words.iter().position(|word| *word == "--") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[][..]),
    };
    let mut keep = false;
    for word in ours {
        match *word {
            "--keep" => keep = true,
            other => bail!("`run` does not know “{other}”; words for the Studio come after `--`."),
        }
    }
    let visible = has_display();
    let program = build(visible)?;
    let mut studio = Command::new(&program);
    studio.args(theirs);
    if visible {
        println!("Opening the Studio.");
        return step::run(&mut studio);
    }
    pictured(&program, theirs, keep)
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
fn pictured(program: &Path, words: &[&str], keep: bool) -> Result<()> {
    println!("There is no display here: the Studio starts on a virtual one.");
    let desktop = Desktop::start(1440, 900)?;
    let mut studio = desktop.command(program);
    studio.args(words);
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
