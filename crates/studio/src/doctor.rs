//! What this machine lacks for the Studio to work well.

use crate::settings::Config;
use gameforge_wire::Finding;
use std::{path::Path, thread::available_parallelism};

/// Less room than this, and an import soon stops.
const ROOM: u64 = 2 << 30;
/// Fewer watches than this, and large projects are not followed at once.
const WATCHES: u64 = 65_536;

/// Looks at the machine. Changes nothing but a file that it makes and removes in the configuration folder.
#[must_use]
pub fn doctor() -> Vec<Finding> {
    let mut findings = vec![configuration(), room(), processors()];
    if cfg!(target_os = "linux") {
        findings.extend([notices(), of_the_window(display()), of_the_window(films())]);
    }
    findings
}

fn finding(name: &str, ok: bool, message: impl Into<String>) -> Finding {
    Finding {
        name: name.to_owned(),
        ok,
        message: message.into(),
        window_only: false,
    }
}

/// One that a build server need not care about.
fn of_the_window(finding: Finding) -> Finding {
    Finding {
        window_only: true,
        ..finding
    }
}

fn configuration() -> Finding {
    let name = "settings";
    match Config::open() {
        Err(error) => finding(
            name,
            false,
            format!("{error}; set GAMEFORGE_CONFIG_DIR to a folder that can be written"),
        ),
        Ok(config) => {
            let folder = config.folder();
            let probe = folder.join(format!(".doctor-{}", std::process::id()));
            let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
            match written {
                Ok(()) => finding(name, true, format!("kept in {}", folder.display())),
                Err(error) => finding(
                    name,
                    false,
                    format!("{} cannot be written: {error}", folder.display()),
                ),
            }
        }
    }
}

fn room() -> Finding {
    let name = "disk space";
    let library = Config::default_library();
    let existing = library
        .ancestors()
        .find(|part| part.exists())
        .unwrap_or(Path::new("/"));
    match free_bytes(existing) {
        Some(free) => {
            let free_gib = free as f64 / f64::from(1 << 30);
            let advice = if free < ROOM {
                "; make room before you import copies"
            } else {
                ""
            };
            finding(
                name,
                free >= ROOM,
                format!("{free_gib:.1} GiB free at {}{advice}", existing.display()),
            )
        }
        None => finding(
            name,
            true,
            format!("the free space at {} is not known", existing.display()),
        ),
    }
}

#[cfg(unix)]
fn free_bytes(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

fn processors() -> Finding {
    match available_parallelism() {
        Ok(number) => finding("processors", true, format!("{number} can be used")),
        Err(error) => finding(
            "processors",
            true,
            format!("their number is not known ({error}); one is used"),
        ),
    }
}

/// Linux limits how many folders a user's programs may follow.
fn notices() -> Finding {
    let name = "watched folders";
    let file = "/proc/sys/fs/inotify/max_user_watches";
    let limit = std::fs::read_to_string(file)
        .ok()
        .and_then(|text| text.trim().parse::<u64>().ok());
    match limit {
        Some(limit) if limit < WATCHES => finding(
            name,
            false,
            format!(
                "the system lets {limit} folders be followed; raise it with: sudo sysctl fs.inotify.max_user_watches=524288"
            ),
        ),
        Some(limit) => finding(
            name,
            true,
            format!("the system lets {limit} folders be followed"),
        ),
        None => finding(
            name,
            true,
            "the system's limit is not known; folders that give no notices are gone through every minute",
        ),
    }
}

fn display() -> Finding {
    let name = "display";
    let set = ["WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    match set {
        Some(variable) => finding(name, true, format!("found by {variable}")),
        None => finding(
            name,
            false,
            "there is none: the window cannot open here; the command line works without",
        ),
    }
}

/// The window plays films and MP3 through GStreamer's libav plugin.
fn films() -> Finding {
    const PLACES: [&str; 5] = [
        "/usr/lib/x86_64-linux-gnu/gstreamer-1.0",
        "/usr/lib/aarch64-linux-gnu/gstreamer-1.0",
        "/usr/lib64/gstreamer-1.0",
        "/usr/lib/gstreamer-1.0",
        "/usr/local/lib/gstreamer-1.0",
    ];
    let found = PLACES
        .into_iter()
        .map(Path::new)
        .find(|place| place.join("libgstlibav.so").exists());
    match found {
        Some(place) => finding(
            "films",
            true,
            format!("GStreamer's codecs are in {}", place.display()),
        ),
        None => finding(
            "films",
            false,
            "films and some sounds will not play in the window; install gstreamer1.0-libav and gstreamer1.0-plugins-good",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_says_something_to_a_person() {
        for finding in [room(), processors(), notices(), display(), films()] {
            assert!(
                !finding.name.is_empty() && finding.message.len() > 10,
                "{finding:?}"
            );
        }
    }
}
