//! What a person sets once, and which libraries were open: one JSON file in the configuration folder.

use crate::{Error, Result};
use gameforge_wire::{KnownLibrary, Settings};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// How many libraries are remembered.
const REMEMBERED: usize = 20;

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    settings: Settings,
    /// Folders, the last one opened first.
    libraries: Vec<PathBuf>,
}

/// The configuration of the Studio on this machine.
pub struct Config {
    folder: PathBuf,
    kept: Mutex<Kept>,
}

impl Config {
    /// Reads the configuration, making its folder where there is none. A file that cannot be read is kept aside
    /// as `settings-damaged-….json`, and everything is as at the first start.
    ///
    /// # Errors
    /// When the folder can neither be found nor made.
    pub fn open() -> Result<Self> {
        let folder = std::env::var_os("GAMEFORGE_CONFIG_DIR")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
            .or_else(system_folder)
            .ok_or_else(|| {
                Error::invalid(
                    "The system names no folder for settings; set GAMEFORGE_CONFIG_DIR to one.",
                )
            })?;
        Self::open_in(&folder)
    }

    /// The same in a folder of one's choice.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open_in(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::io("Making the folder", folder))?;
        let file = folder.join("settings.json");
        let kept = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                set_aside(&file, &error);
                Kept::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(Error::io("Reading", &file)(error)),
        };
        Ok(Self {
            folder: folder.to_owned(),
            kept: Mutex::new(kept),
        })
    }

    /// Where it is kept.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The settings as they are.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.kept.lock().settings.clone()
    }

    /// Keeps settings, all of them.
    ///
    /// # Errors
    /// When the file cannot be written; the old settings stay then.
    pub fn save_settings(&self, settings: &Settings) -> Result<()> {
        self.change(|kept| kept.settings = settings.clone())
    }

    /// Libraries that were open before, the last one first.
    #[must_use]
    pub fn known(&self) -> Vec<KnownLibrary> {
        let libraries = self.kept.lock().libraries.clone();
        libraries
            .into_iter()
            .map(|path| KnownLibrary {
                name: path.file_name().map_or_else(
                    || path.display().to_string(),
                    |name| name.to_string_lossy().into_owned(),
                ),
                present: path.join("library.db").is_file(),
                path: path.to_string_lossy().into_owned(),
            })
            .collect()
    }

    /// Notes that a library was opened.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn opened(&self, library: &Path) -> Result<()> {
        self.change(|kept| {
            kept.libraries.retain(|known| known != library);
            kept.libraries.insert(0, library.to_owned());
            kept.libraries.truncate(REMEMBERED);
        })
    }

    /// Forgets a library; its folder is not touched.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget(&self, library: &Path) -> Result<()> {
        self.change(|kept| kept.libraries.retain(|known| known != library))
    }

    /// Where a first library is suggested: beside the person's documents.
    #[must_use]
    pub fn default_library() -> PathBuf {
        home()
            .unwrap_or_else(|| PathBuf::from("."))
            .join("GameForge Library")
    }

    /// In memory only once it is on the disk.
    fn change(&self, how: impl FnOnce(&mut Kept)) -> Result<()> {
        let mut kept = self.kept.lock();
        let mut new = kept.clone();
        how(&mut new);
        let text = serde_json::to_vec_pretty(&new).map_err(Error::json("the settings"))?;
        write_whole(&self.folder.join("settings.json"), &text)?;
        *kept = new;
        Ok(())
    }
}

/// Puts a file in place in one step: whoever reads sees the old one or the new one, never half of it.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    let new = file.with_extension(format!("new-{}", std::process::id()));
    let written = fs::File::create(&new)
        .and_then(|mut to| {
            to.write_all(bytes)?;
            to.sync_all()
        })
        .and_then(|()| fs::rename(&new, file));
    if written.is_err() {
        // The failure is what is told; a left-over is overwritten the next time.
        let _ = fs::remove_file(&new);
    }
    written.map_err(Error::io("Writing", file))
}

fn set_aside(file: &Path, error: &serde_json::Error) {
    let now = chrono::Utc::now().format("%Y%m%d-%H%M%S");
    let aside = file.with_file_name(format!("settings-damaged-{now}.json"));
    tracing::warn!(file = %file.display(), aside = %aside.display(), %error, "the settings could not be read; starting afresh");
    if let Err(error) = fs::rename(file, &aside) {
        tracing::warn!(file = %file.display(), %error, "the damaged settings could not be kept aside");
    }
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

#[cfg(target_os = "windows")]
fn system_folder() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("APPDATA")?).join("GameForge Studio"))
}

#[cfg(target_os = "macos")]
fn system_folder() -> Option<PathBuf> {
    Some(home()?.join("Library/Application Support/GameForge Studio"))
}

#[cfg(not(any(target_os = "windows", target_os = "macos")))]
fn system_folder() -> Option<PathBuf> {
    // The XDG base directory specification: a relative path there is to be ignored.
    let folder = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.is_absolute());
    Some(
        folder
            .or_else(|| Some(home()?.join(".config")))?
            .join("gameforge-studio"),
    )
}
