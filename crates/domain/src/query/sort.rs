//! In what order hits come.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// What to order by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "lowercase")]
pub enum SortKey {
    /// Best first: by where the words were found, by likeness or by colour where those were asked for;
    /// newest first where nothing was.
    Relevance,
    /// When it came into the library.
    Added,
    /// When its file was last changed.
    Modified,
    /// By name as people count: `tile2` before `tile10`, case aside.
    Name,
    /// Bytes.
    Size,
    /// Kind, in the order of [`Kind::ALL`](crate::Kind::ALL).
    Kind,
    /// Format, by its name.
    Format,
    /// Stars.
    Rating,
    /// Width × height.
    Pixels,
    /// Length in time.
    Duration,
    /// Triangles.
    Triangles,
    /// Folder path.
    Folder,
    /// Hue of the main colour, greys last.
    Colour,
}

impl SortKey {
    /// Every key.
    pub const ALL: [Self; 13] = [
        Self::Relevance,
        Self::Added,
        Self::Modified,
        Self::Name,
        Self::Size,
        Self::Kind,
        Self::Format,
        Self::Rating,
        Self::Pixels,
        Self::Duration,
        Self::Triangles,
        Self::Folder,
        Self::Colour,
    ];

    /// The word in settings and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Name => "name",
            Self::Size => "size",
            Self::Kind => "kind",
            Self::Format => "format",
            Self::Rating => "rating",
            Self::Pixels => "pixels",
            Self::Duration => "duration",
            Self::Triangles => "triangles",
            Self::Folder => "folder",
            Self::Colour => "colour",
        }
    }
}

/// A key and a direction; `-size` is the largest first. Equal keys follow by name, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Sort {
    /// What to order by.
    pub key: SortKey,
    /// Greatest first. Has no effect on [`SortKey::Relevance`].
    pub descending: bool,
}

impl Sort {
    /// Best first.
    pub const RELEVANCE: Self = Self {
        key: SortKey::Relevance,
        descending: false,
    };
    /// Newest in the library first.
    pub const NEWEST: Self = Self {
        key: SortKey::Added,
        descending: true,
    };
}

impl Default for Sort {
    fn default() -> Self {
        Self::RELEVANCE
    }
}

/// No order has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no order “{0}”; use one of relevance, added, modified, name, size, kind, format, rating, pixels, duration, triangles, folder, colour, with a “-” in front for the greatest first"
)]
pub struct UnknownSort(pub String);

impl FromStr for Sort {
    type Err = UnknownSort;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let (descending, word) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let word = word.to_ascii_lowercase();
        let word = match word.as_str() {
            "color" => "colour",
            "width" | "height" | "dimensions" => "pixels",
            "date" => "added",
            "path" => "folder",
            other => other,
        };
        let key = SortKey::ALL.into_iter().find(|key| key.name() == word);
        let key = key.ok_or_else(|| UnknownSort(text.to_owned()))?;
        // Best first is the only sensible direction, so `-relevance` is the same order.
        Ok(Self {
            key,
            descending: descending && key != SortKey::Relevance,
        })
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.descending {
            f.write_str("-")?;
        }
        f.write_str(self.key.name())
    }
}
