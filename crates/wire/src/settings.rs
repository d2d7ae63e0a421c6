//! What a person sets once.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Dark first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Theme {
    #[default]
    Dark,
    Light,
    System,
}

/// Grid or list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Density {
    #[default]
    Grid,
    List,
}

/// Of the Studio on this machine (not of one library). Kept in the configuration folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// How the content is laid out.
    pub view: Density,
    /// Side of a thumbnail in the grid, in CSS pixels, 72 to 400.
    pub thumb: u32,
    /// Width of the side bar in CSS pixels.
    pub sidebar: u32,
    /// Width of the inspector in CSS pixels; 0 when folded.
    pub inspector: u32,
    /// Last sort, for example `-added`; empty for the best order: by relevance with words, else the newest first.
    pub sort: String,
    /// Whether dropped files are copied into the library.
    pub copy: bool,
    /// Threads that an import may use; 0 for one less than the machine has.
    pub import_threads: u32,
    /// Memory that an import may use, in MiB.
    pub import_memory: u32,
    /// Language of the window, `en` or `system`.
    pub language: String,
    /// Whether the first-start guide was closed.
    pub welcomed: bool,
    /// Whether engines' import files (`.import`, `.meta`) are shown among the assets that they stand beside.
    pub show_sidecars: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            view: Density::default(),
            thumb: 132,
            sidebar: 216,
            inspector: 300,
            sort: String::new(),
            copy: false,
            import_threads: 0,
            import_memory: 400,
            language: "system".to_owned(),
            welcomed: false,
            show_sidecars: false,
        }
    }
}
