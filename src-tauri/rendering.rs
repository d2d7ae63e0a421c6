//! How the web view puts its picture on the screen, where that has to be decided before it starts.
//!
//! Without a graphics card WebKitGTK still hands every frame over by way of a GPU buffer that is emulated: a window
//! of 1440 × 900 then shows about 20 frames a second, whatever is in it. Through shared memory it shows 60.
//! WebKit reads the choice from its environment, which a running program cannot change soundly; so the program
//! starts itself again with it, under the same process id.

use std::{ffi::OsStr, os::unix::process::CommandExt, path::Path, process::Command};

/// WebKitGTK's switch for the GPU buffers.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Where the kernel lists graphics cards that can draw.
const CARDS: &str = "/dev/dri";

/// Starts the program again with shared-memory drawing if the machine has no graphics card and nobody chose
/// otherwise. Returns where nothing needs to change, and where starting again fails: slow is better than not at all.
pub fn suit_the_machine() {
    if !wants_shared_memory(std::env::var_os(SWITCH).as_deref(), Path::new(CARDS)) {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut arguments = std::env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    let error = again.args(arguments).env(SWITCH, "1").exec();
    tracing::warn!(%error, "Drawing goes through an emulated graphics card");
}

/// Whether drawing should go through shared memory: no choice was made, and no card can render.
fn wants_shared_memory(chosen: Option<&OsStr>, cards: &Path) -> bool {
    if chosen.is_some() {
        return false;
    }
    let Ok(listed) = cards.read_dir() else {
        return true;
    };
    !listed
        .filter_map(Result::ok)
        .any(|card| card.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_card_that_renders_draws_through_shared_memory() {
        let devices = tempfile::tempdir().unwrap();
        let cards = devices.path().join("dri");
        assert!(wants_shared_memory(None, &cards));
        std::fs::create_dir(&cards).unwrap();
        // A card that only lights up the screen.
        std::fs::write(cards.join("card0"), "").unwrap();
        assert!(wants_shared_memory(None, &cards));
        std::fs::write(cards.join("renderD128"), "").unwrap();
        assert!(!wants_shared_memory(None, &cards));
    }

    #[test]
    fn a_choice_that_was_made_stands_and_ends_the_starting_again() {
        let nowhere = Path::new("/nowhere/dri");
        for choice in ["1", "0", ""] {
            assert!(!wants_shared_memory(Some(OsStr::new(choice)), nowhere));
        }
    }
}
