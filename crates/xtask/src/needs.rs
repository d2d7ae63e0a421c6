//! What the machine must have, and putting it there: Debian's and Ubuntu's packages by apt. On other systems it
//! says exactly what to install, and stops.

use crate::{
    project,
    step::{self, command},
    window,
};
use anyhow::{Context, Result, bail};
use std::process::Stdio;

/// To build the window.
pub const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libgtk-3-dev",
];

/// To show it where there is no display.
pub const HEADLESS: &[&str] = &["xvfb", "dbus-daemon", "imagemagick", "fonts-dejavu-core"];

/// To test it.
pub const TEST: &[&str] = &[
    "xvfb",
    "dbus-daemon",
    "imagemagick",
    "fonts-dejavu-core",
    "openbox",
    "xdotool",
    "webkit2gtk-driver",
    "python3-gi",
    "gir1.2-gtk-3.0",
    "at-spi2-core",
    "gir1.2-atspi-2.0",
    "dbus-bin",
    "gnome-keyring",
    "sqlite3",
];

/// To measure it against others.
pub const BENCH: &[&str] = &["libvips-tools", "b3sum"];

/// Oldest Node that builds the front end.
const NODE: (u32, u32) = (20, 19);

/// Installs the packages of these lists that are missing.
///
/// # Errors
/// On other systems than Debian and Ubuntu when something is missing; when apt fails.
pub fn packages(lists: &[&[&'static str]]) -> Result<()> {
    let mut wanted: Vec<&str> = lists.concat();
    wanted.sort_unstable();
    wanted.dedup();
    if !step::has("dpkg-query") {
        return elsewhere();
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        println!("System packages: all there.");
        return Ok(());
    }
    println!(
        "System packages: installing {} (about a minute).",
        missing.join(" ")
    );
    let mut install = apt("install");
    install
        .args(["-y", "--no-install-recommends"])
        .args(&missing);
    // The lists of a fresh machine are empty or old; they are fetched only when they are needed.
    if step::run(&mut install).is_err() {
        step::run(&mut apt("update"))?;
        step::run(&mut install)
            .with_context(|| format!("Install these packages by hand: {}", missing.join(" ")))?;
    }
    Ok(())
}

fn installed(package: &str) -> bool {
    let query = command("dpkg-query", &["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output();
    query.is_ok_and(|answer| answer.stdout.ends_with(b" installed"))
}

fn apt(what: &str) -> std::process::Command {
    let root = step::output(&mut command("id", &["-u"])).is_ok_and(|id| id == "0");
    let mut apt = if root {
        command("apt-get", &[what])
    } else {
        command("sudo", &["apt-get", what])
    };
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn elsewhere() -> Result<()> {
    if cfg!(target_os = "macos") {
        // The web view is part of the system; a compiler is all it takes.
        return if step::has("cc") {
            Ok(())
        } else {
            bail!("Install Apple's compiler with `xcode-select --install`, then start again.")
        };
    }
    if cfg!(windows) {
        println!(
            "Windows needs the Visual Studio Build Tools (C++) and WebView2; both come with most systems."
        );
        return Ok(());
    }
    let libraries = ["webkit2gtk-4.1", "gtk+-3.0"];
    let missing: Vec<&str> = libraries
        .into_iter()
        .filter(|library| {
            let mut question = command("pkg-config", &["--exists", library]);
            !question.status().is_ok_and(|status| status.success())
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "Missing: {} (with headers), a C compiler and pkg-config.\n\
         Fedora: sudo dnf install webkit2gtk4.1-devel gtk3-devel gcc pkgconf\n\
         Arch:   sudo pacman -S webkit2gtk-4.1 gtk3 base-devel\n\
         Then start again.",
        missing.join(", ")
    )
}

/// Says so, before a long build, where it will not fit: while the Studio was not built yet in a profile (`debug`,
/// `release`), the gigabytes that this takes are compared with those that are free.
pub fn room(profile: &str, gigabytes: u64) {
    if window::program(profile).exists() {
        return;
    }
    let target = project::target();
    // What is not there yet lies where its folder does.
    let folder = if target.exists() {
        target
    } else {
        project::root()
    };
    let listed = step::output(command("df", &["-Pk"]).arg(&folder));
    // Where there is no `df`, the build itself will tell.
    let Some(free) = listed.ok().as_deref().and_then(free_kilobytes) else {
        return;
    };
    if free < gigabytes * 1_000_000 {
        println!(
            "Room on the disk of “{}”: {:.1} GB. This takes about {gigabytes} GB the first time; it will probably \
             not fit.",
            folder.display(),
            free as f64 / 1e6
        );
    }
}

/// The fourth column of the second line, as POSIX has it; names of devices have no spaces in it.
fn free_kilobytes(listed: &str) -> Option<u64> {
    listed
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()
}

/// Checks that Node is there and new enough.
///
/// # Errors
/// When it is not, with what to do.
pub fn node() -> Result<()> {
    let advice = format!(
        "Install Node {}.{} or newer with npm from https://nodejs.org, then start again.",
        NODE.0, NODE.1
    );
    if !step::has("node") || !step::has("npm") {
        bail!("Node is missing. {advice}");
    }
    let version = step::output(&mut command("node", &["--version"]))?;
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else {
        bail!("`node --version` says “{version}”. {advice}");
    };
    if (major, minor) < NODE {
        bail!("Node {version} is too old. {advice}");
    }
    Ok(())
}

/// Installs `cargo nextest` where it is missing.
///
/// # Errors
/// When cargo cannot install it.
pub fn nextest() -> Result<()> {
    if step::has("cargo-nextest") {
        return Ok(());
    }
    println!("Installing cargo-nextest; this takes some minutes, once.");
    step::run(&mut step::cargo(&["install", "cargo-nextest", "--locked"]))
}

/// Makes sure that `python3 -m pip` is there.
///
/// # Errors
/// When it is not and cannot be installed.
pub fn pip() -> Result<()> {
    let there = command("python3", &["-m", "pip", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if there {
        return Ok(());
    }
    if step::has("dpkg-query") {
        return packages(&[&["python3-pip"]]);
    }
    bail!("Install Python 3 with pip, then start again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_read_as_df_says_it() {
        let listed = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n\
                      /dev/vda         263174212 18034512  74123008      20% /";
        assert_eq!(free_kilobytes(listed), Some(74_123_008));
        assert_eq!(free_kilobytes("df: no such folder"), None);
    }
}
