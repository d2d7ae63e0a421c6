//! Assets as the window draws them.

use gameforge_domain::{AssetId, Format, Kind, Metadata, Swatch, TagPath};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whether there is a picture of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum PreviewState {
    /// It will be made.
    Waiting,
    /// `preview://` gives it.
    Ready,
    /// This format has none; a sign stands for it.
    None,
    /// The file could not be read.
    Failed,
}

/// One cell of the grid or row of the list: all that drawing needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Which asset.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// Folder of its first place, for the list.
    pub folder: String,
    /// What it is.
    pub kind: Kind,
    /// In which format.
    pub format: Format,
    /// First 16 hex digits of its content's hash: part of preview addresses, so that they can be cached for ever.
    pub content: String,
    /// Bytes.
    pub size: f64,
    /// Columns in pixels; 0 where there are none. Likewise the other facts.
    pub width: u32,
    /// Rows in pixels.
    pub height: u32,
    /// Pictures in the animation.
    pub frames: u32,
    /// Seconds.
    pub duration: f64,
    /// Triangles.
    pub triangles: u32,
    /// Glyphs.
    pub glyphs: u32,
    /// Integrated loudness in LUFS.
    pub loudness: Option<f64>,
    /// Whether something of it is transparent.
    pub alpha: bool,
    /// 0 to 5.
    pub rating: u32,
    /// 0 none, 1 red, 2 orange, 3 yellow, 4 green, 5 blue, 6 violet, 7 grey.
    pub label: u32,
    /// When it came into the library.
    pub added_ms: f64,
    /// The file's own time.
    pub modified_ms: f64,
    /// Whether its file is gone.
    pub missing: bool,
    /// Whether there is a picture.
    pub preview: PreviewState,
    /// Distance to what was asked for, with `like:` queries: 0 the same, 64 the opposite.
    pub distance: Option<u32>,
}

/// A place where the bytes lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssetLocation {
    /// For showing; not always the exact bytes of the name.
    pub path: String,
    /// Whether the asset lives here (else it was copied from here).
    pub in_place: bool,
    /// Since when the file is gone.
    pub missing_ms: Option<f64>,
}

/// What the content was at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssetVersion {
    /// Sixteen hex digits of the content's hash.
    pub content: String,
    /// How it came about, in words.
    pub cause: String,
    /// When.
    pub at_ms: f64,
    /// Bytes.
    pub size: f64,
}

/// Everything the inspector and `gameforge show` tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssetDetail {
    /// The cell's facts.
    pub card: Card,
    /// BLAKE3 of the content, 64 hex digits.
    pub blake3: String,
    /// What the readers found.
    pub metadata: Metadata,
    /// Main colours.
    pub palette: Vec<Swatch>,
    /// Tags, sorted.
    pub tags: Vec<TagPath>,
    /// Names of the collections that it is in.
    pub collections: Vec<String>,
    /// A person's words.
    pub notes: String,
    /// SPDX identifier or own words.
    pub licence: Option<String>,
    /// Where it is from.
    pub source: String,
    /// Who made it.
    pub author: String,
    /// Whether a copy is in the library's own folder.
    pub stored: bool,
    /// Where it lies; several for exact duplicates.
    pub locations: Vec<AssetLocation>,
    /// Newest first.
    pub versions: Vec<AssetVersion>,
    /// Why it could not be read, with the code of the report.
    pub problem: Option<(String, String)>,
}

/// How many assets carry a tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TagCount {
    /// The tag.
    pub tag: TagPath,
    /// Assets.
    pub count: u32,
}

/// What many selected assets have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SelectionSummary {
    /// How many.
    pub count: u32,
    /// Bytes together.
    pub size: f64,
    /// How many of each kind.
    pub kinds: Vec<(Kind, u32)>,
    /// Tags on any of them.
    pub tags: Vec<TagCount>,
    /// The rating of all, if it is the same.
    pub rating: Option<u32>,
    /// The label of all, if it is the same.
    pub label: Option<u32>,
    /// The licence of all, if it is the same: outer none for “differs”.
    pub licence: Option<Option<String>>,
    /// Whether there are several licences, or some without one: in JSON both kinds of none above look alike.
    pub licence_differs: bool,
}
