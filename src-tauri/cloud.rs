//! What the cloud needs of the desktop: a name for this computer, and the browser.

use crate::window;
use gameforge_domain::Name;
use gameforge_studio::{
    Config, Error,
    cloud::{Cloud, Desk, Device, tokens},
};
use std::sync::Arc;

/// Where `cargo xtask run` tells of the cloud that it started beside the Studio.
const OFFERED: &str = "GAMEFORGE_CLOUD_URL";

/// The cloud of this configuration; nothing is sent yet.
pub fn open(config: &Config) -> Result<Cloud, Error> {
    let device = Device {
        name: Name::parse(&computer()).map_err(|error| Error::Invalid {
            message: error.to_string(),
        })?,
        platform: platform().to_owned(),
    };
    let desk = Desk {
        device,
        browser: Box::new(|address| window::browse(address).map_err(Error::NoBrowser)),
        secrets: Arc::new(tokens::open),
        offered: std::env::var(OFFERED).ok().filter(|told| !told.is_empty()),
    };
    Cloud::open(config.folder(), desk)
}

/// What the list of devices shows.
const fn platform() -> &'static str {
    if cfg!(target_os = "macos") {
        "macOS"
    } else if cfg!(target_os = "windows") {
        "Windows"
    } else {
        "Linux"
    }
}

/// The computer's name, or what kind of computer it is where it has none that can be shown.
fn computer() -> String {
    let told = ["COMPUTERNAME", "HOSTNAME"]
        .into_iter()
        .find_map(|variable| std::env::var(variable).ok())
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok());
    named(told.as_deref())
}

fn named(told: Option<&str>) -> String {
    told.and_then(|name| Name::parse(name).ok())
        .map_or_else(|| platform().to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_without_a_name_is_called_after_its_system() {
        assert_eq!(named(Some("mira-desk\n")), "mira-desk");
        for nameless in [None, Some(""), Some("\u{202e}evil")] {
            assert_eq!(named(nameless), platform());
        }
    }
}
