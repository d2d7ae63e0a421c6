//! A real pointer and another program's window: what no WebDriver can do.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use xtask::{
    desktop::{Desktop, wait_until},
    step,
};

/// The Studio's window, in pixels.
pub const WINDOW: (u32, u32) = (1_440, 900);

/// Another program's window with something to drag: prints a line when it can be seen, another when it was taken.
const SOURCE: &str = r#"
import sys, gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk, Gdk, GLib
window = Gtk.Window(title="Other program", default_width=300, default_height=200)
label = Gtk.EventBox()
label.add(Gtk.Label(label="Drag me"))
label.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
label.drag_source_add_uri_targets()
uris = [GLib.filename_to_uri(path, None) for path in sys.argv[1:]]
label.connect("drag-data-get", lambda w, c, data, i, t: data.set_uris(uris))
label.connect("drag-end", lambda w, c: (print("dropped", flush=True)))
window.add(label)
window.connect("map-event", lambda *a: (print("ready", flush=True)) or False)
window.move(1520, 300)
window.show_all()
Gtk.main()
"#;

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

/// Drags files from another program's window onto the middle of the Studio's and drops them there.
///
/// # Errors
/// When the other window does not come up or the files are not taken.
pub fn drag_in(desktop: &Desktop, files: &[&Path]) -> Result<()> {
    // The system's Python: GTK's bindings are a package of the system, which a Python from elsewhere does not see.
    let mut other = desktop.command("/usr/bin/python3");
    other
        .args(["-c", SOURCE])
        .args(files)
        .stdout(Stdio::piped());
    let mut other = other.spawn().context("another program's window")?;
    let lines = other.stdout.take().context("its output")?;
    let mut lines = BufReader::new(lines).lines();
    let result = drag_from(desktop, &mut lines);
    // It may have ended by itself.
    let _ = other.kill();
    let _ = other.wait();
    result
}

fn drag_from(
    desktop: &Desktop,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) -> Result<()> {
    let mut next = |wanted: &str| match lines.next() {
        Some(Ok(line)) if line == wanted => Ok(()),
        other => bail!("the other program said {other:?}, not “{wanted}”"),
    };
    next("ready")?;
    let source = search(desktop, &["--name", "^Other program$"])?;
    let geometry = output(desktop, &["getwindowgeometry", "--shell", &source])?;
    let (x, y) = (number(&geometry, "X")? + 150, number(&geometry, "Y")? + 100);
    go(desktop, x, y)?;
    xdotool(desktop, &["mousedown", "1"])?;
    // A drag begins after some pixels, and the window under it is told by every step.
    let (to_x, to_y) = (700, 450);
    for step in 1..=20 {
        go(
            desktop,
            x + (to_x - x) * step / 20,
            y + (to_y - y) * step / 20,
        )?;
    }
    go(desktop, to_x + 3, to_y + 2)?;
    xdotool(desktop, &["mouseup", "1"])?;
    next("dropped")
}

fn go(desktop: &Desktop, x: i32, y: i32) -> Result<()> {
    xdotool(
        desktop,
        &["mousemove", "--sync", &x.to_string(), &y.to_string()],
    )?;
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
