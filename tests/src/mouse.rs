//! A real pointer, real keys and the window manager: what no WebDriver can do.

use crate::other::Way;
use anyhow::{Context, Result};
use std::{
    process::{Command, Stdio},
    time::Duration,
};
use xtask::{
    desktop::{Desktop, wait_until},
    step,
};

/// The Studio's window, in pixels.
pub const WINDOW: (u32, u32) = (1_440, 900);

/// Puts the Studio's window into the corner, in its size, with the keyboard.
///
/// # Errors
/// When there is no such window.
pub fn place_window(desktop: &Desktop) -> Result<()> {
    let window = window(desktop)?;
    let (width, height) = (WINDOW.0.to_string(), WINDOW.1.to_string());
    xdotool(desktop, &["windowsize", &window, &width, &height])?;
    xdotool(desktop, &["windowmove", &window, "0", "0"])?;
    xdotool(desktop, &["windowactivate", "--sync", &window])
}

/// Closes the Studio's window by the window manager's own key, as a person does.
///
/// # Errors
/// When there is no such window.
pub fn close_window(desktop: &Desktop) -> Result<()> {
    let window = window(desktop)?;
    xdotool(desktop, &["windowactivate", "--sync", &window])?;
    xdotool(desktop, &["key", "alt+F4"])
}

/// The middle of the window with a name.
///
/// # Errors
/// When there is none.
pub fn middle(desktop: &Desktop, name: &str) -> Result<(i32, i32)> {
    let window = search(desktop, &["--onlyvisible", "--name", name])?;
    let place = output(desktop, &["getwindowgeometry", "--shell", &window])?;
    let at = |name| number(&place, name);
    Ok((at("X")? + at("WIDTH")? / 2, at("Y")? + at("HEIGHT")? / 2))
}

/// Where the page of the Studio's window begins on the screen.
///
/// # Errors
/// When there is no such window.
pub fn origin(desktop: &Desktop) -> Result<(i32, i32)> {
    let place = output(
        desktop,
        &["getwindowgeometry", "--shell", &window(desktop)?],
    )?;
    Ok((number(&place, "X")?, number(&place, "Y")?))
}

/// Gives the Studio's window another size, as dragging its edge does.
///
/// # Errors
/// When there is no such window.
pub fn resize(desktop: &Desktop, (width, height): (u32, u32)) -> Result<()> {
    let (width, height) = (width.to_string(), height.to_string());
    xdotool(desktop, &["windowsize", &window(desktop)?, &width, &height])
}

/// The name of the window that has the keyboard.
///
/// # Errors
/// When xdotool cannot ask.
pub fn active(desktop: &Desktop) -> Result<String> {
    // For a moment no window has it.
    Ok(output(desktop, &["getactivewindow", "getwindowname"]).unwrap_or_default())
}

/// Gives the keyboard to the window with a name, once it is there.
///
/// # Errors
/// When it does not come up.
pub fn activate(desktop: &Desktop, name: &str) -> Result<()> {
    let window = search(desktop, &["--onlyvisible", "--name", name])?;
    xdotool(desktop, &["windowactivate", "--sync", &window])
}

/// How many windows with a name can be seen.
///
/// # Errors
/// When xdotool cannot be started.
pub fn count(desktop: &Desktop, name: &str) -> Result<usize> {
    let mut search = tool(desktop, &["search", "--onlyvisible", "--name", name]);
    let found = search.stderr(Stdio::null()).output()?;
    Ok(String::from_utf8_lossy(&found.stdout).lines().count())
}

/// Presses a key of the real keyboard, in xdotool's words: `ctrl+v`.
///
/// # Errors
/// When xdotool refuses.
pub fn key(desktop: &Desktop, key: &str) -> Result<()> {
    xdotool(desktop, &["key", key])
}

/// Writes on the real keyboard.
///
/// # Errors
/// When xdotool refuses.
pub fn write(desktop: &Desktop, text: &str) -> Result<()> {
    xdotool(desktop, &["type", "--delay", "5", text])
}

/// Goes to a point and presses the button there.
///
/// # Errors
/// When xdotool refuses.
pub fn press(desktop: &Desktop, at: (i32, i32)) -> Result<()> {
    point(desktop, at)?;
    xdotool(desktop, &["mousedown", "1"])
}

/// Lets the button go.
///
/// # Errors
/// When xdotool refuses.
pub fn release(desktop: &Desktop) -> Result<()> {
    xdotool(desktop, &["mouseup", "1"])
}

/// Goes along a way in steps.
///
/// # Errors
/// When xdotool refuses.
pub fn go(desktop: &Desktop, Way { from, to }: Way) -> Result<()> {
    // A drag begins after some pixels, and the window under it is told by every step.
    for step in 1..=20 {
        let at = |from: i32, to: i32| from + (to - from) * step / 20;
        point(desktop, (at(from.0, to.0), at(from.1, to.1)))?;
    }
    point(desktop, (to.0 + 3, to.1 + 2))
}

/// Goes to a point.
///
/// # Errors
/// When xdotool refuses.
pub fn point(desktop: &Desktop, (x, y): (i32, i32)) -> Result<()> {
    let (x, y) = (x.to_string(), y.to_string());
    xdotool(desktop, &["mousemove", "--sync", &x, &y])?;
    // X sends a program the motions of one frame as one; a drag needs some frames to be seen as one.
    std::thread::sleep(Duration::from_millis(15));
    Ok(())
}

fn window(desktop: &Desktop) -> Result<String> {
    search(desktop, &["--onlyvisible", "--name", "GameForge Studio$"])
}

fn search(desktop: &Desktop, words: &[&str]) -> Result<String> {
    let mut found = String::new();
    wait_until("the window", Duration::from_secs(30), || {
        let mut search = tool(desktop, &["search"]);
        let output = search.args(words).stderr(Stdio::null()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines()
            .next()
            .unwrap_or_default()
            .clone_into(&mut found);
        Ok(!found.is_empty())
    })?;
    Ok(found)
}

fn number(geometry: &str, name: &str) -> Result<i32> {
    let line = geometry
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}=")));
    Ok(line.context("the window's place")?.parse()?)
}

fn output(desktop: &Desktop, words: &[&str]) -> Result<String> {
    step::output(&mut tool(desktop, words))
}

fn xdotool(desktop: &Desktop, words: &[&str]) -> Result<()> {
    step::run(tool(desktop, words).stdout(Stdio::null()))
}

fn tool(desktop: &Desktop, words: &[&str]) -> Command {
    let mut tool = desktop.command("xdotool");
    tool.args(words);
    tool
}
