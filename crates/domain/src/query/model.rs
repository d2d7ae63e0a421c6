//! What can be asked: the types that a parsed query consists of.

use super::DateSpan;
use crate::{AssetId, Colour, Format, Kind, TagPath};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::str::FromStr;

/// A search: every clause must hold. The empty query finds everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// The clauses, in the order in which they were written.
    pub clauses: Vec<Clause>,
}

/// One thing that must hold, or must not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Whether the filter must *not* hold.
    pub negated: bool,
    /// What is asked.
    pub filter: Filter,
}

/// One question about an asset. A list of values means “any of them”.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// The start of a word, or from three letters on any part of one, in name, folder, tags or other text.
    /// A word with separators inside (`goblin_03`) asks for its parts one after the other.
    Word(String),
    /// Whole words one after the other, in one text.
    Phrase(String),
    /// Of one of these kinds.
    Kind(Vec<Kind>),
    /// In one of these formats.
    Format(Vec<Format>),
    /// With one of these tags, or a tag below one of them. Case does not matter.
    Tag(Vec<TagPath>),
    /// In a state.
    Is(Condition),
    /// A number within bounds.
    Number(NumberField, Range),
    /// Integrated loudness within bounds, in hundredths of a LUFS; both ends included.
    Loudness(i32, i32),
    /// A date within a span.
    Date(DateField, DateSpan),
    /// With (`true`) or without transparent pixels. Assets that cannot have any match neither.
    Alpha(bool),
    /// Of a shape.
    Aspect(Vec<Aspect>),
    /// With one of these colour labels; `None` is “no label”.
    Label(Vec<Option<Label>>),
    /// Under one of these licences, by name or by the start of the name up to a hyphen; `None` is “no licence”.
    Licence(Vec<Option<String>>),
    /// In or below a folder: names in a row somewhere in the path, the last of which may go on, case aside. A
    /// `/` in front ties them to the top, one at the end closes the last name: `folder:/art/` is that folder alone.
    Folder(Vec<String>),
    /// Like [`Word`](Self::Word), in the name alone.
    Name(Vec<String>),
    /// With one of these endings, lower case and without the dot.
    Ext(Vec<String>),
    /// In one of these collections, by name.
    Collection(Vec<String>),
    /// Near a colour.
    Colour(ColourFilter),
    /// Looking like another asset.
    Like(AssetId),
    /// Whose BLAKE3 starts with these lower-case hexadecimal digits.
    Content(String),
    /// One of these assets.
    Id(Vec<AssetId>),
}

/// States to ask for with `is:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// No file was found at any of its places.
    Missing,
    /// More than one frame, or at least one animation.
    Animated,
    /// In more than one place.
    Duplicate,
    /// Its content could not be read.
    Failed,
    /// Five stars.
    Favourite,
    /// Without a tag.
    Untagged,
}

impl Condition {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Animated,
        Self::Duplicate,
        Self::Failed,
        Self::Favourite,
        Self::Untagged,
    ];

    /// The word after `is:`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Animated => "animated",
            Self::Duplicate => "duplicate",
            Self::Failed => "failed",
            Self::Favourite => "favourite",
            Self::Untagged => "untagged",
        }
    }
}

/// Numbers to ask for. All are whole: sizes in bytes, durations in milliseconds, rates in hertz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the name says it")]
pub enum NumberField {
    Size,
    Rating,
    Width,
    Height,
    /// Width × height.
    Pixels,
    Frames,
    Layers,
    Duration,
    Rate,
    Channels,
    Triangles,
    Vertices,
    Materials,
    Bones,
    Animations,
    Glyphs,
}

impl NumberField {
    /// Every field.
    pub const ALL: [Self; 16] = [
        Self::Size,
        Self::Rating,
        Self::Width,
        Self::Height,
        Self::Pixels,
        Self::Frames,
        Self::Layers,
        Self::Duration,
        Self::Rate,
        Self::Channels,
        Self::Triangles,
        Self::Vertices,
        Self::Materials,
        Self::Bones,
        Self::Animations,
        Self::Glyphs,
    ];

    /// The filter's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Rating => "rating",
            Self::Width => "width",
            Self::Height => "height",
            Self::Pixels => "pixels",
            Self::Frames => "frames",
            Self::Layers => "layers",
            Self::Duration => "duration",
            Self::Rate => "rate",
            Self::Channels => "channels",
            Self::Triangles => "triangles",
            Self::Vertices => "vertices",
            Self::Materials => "materials",
            Self::Bones => "bones",
            Self::Animations => "animations",
            Self::Glyphs => "glyphs",
        }
    }

    /// The only kind that the number is asked of, where zero is an answer (`bones:0` means models without
    /// bones, not sounds).
    #[must_use]
    pub const fn only_kind(self) -> Option<Kind> {
        match self {
            Self::Layers => Some(Kind::Image),
            Self::Triangles | Self::Vertices | Self::Materials | Self::Bones | Self::Animations => {
                Some(Kind::Model)
            }
            Self::Glyphs => Some(Kind::Font),
            _ => None,
        }
    }

    /// The least value that “less than” can mean: where zero stands for “does not apply”, one.
    #[must_use]
    pub const fn least(self) -> u64 {
        match self {
            Self::Size
            | Self::Rating
            | Self::Layers
            | Self::Materials
            | Self::Bones
            | Self::Animations => 0,
            _ => 1,
        }
    }
}

/// Bounds of a number, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// The least value that matches.
    pub min: u64,
    /// The greatest value that matches; [`u64::MAX`] when there is no upper bound.
    pub max: u64,
}

impl Range {
    /// Whether a value is within.
    #[must_use]
    pub const fn contains(self, value: u64) -> bool {
        self.min <= value && value <= self.max
    }
}

/// Dates to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateField {
    /// When the asset came into the library.
    Added,
    /// When its file was last changed.
    Modified,
}

impl DateField {
    /// The filter's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
        }
    }
}

/// Shapes of pictures: square within 5 %, else wider or taller than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the name says it")]
pub enum Aspect {
    Square,
    Wide,
    Tall,
}

impl Aspect {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::Square, Self::Wide, Self::Tall];

    /// The word in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Wide => "wide",
            Self::Tall => "tall",
        }
    }

    /// The shape of a picture; `None` without a size.
    #[must_use]
    pub fn of(width: u32, height: u32) -> Option<Self> {
        let (width, height) = (u64::from(width), u64::from(height));
        if width == 0 || height == 0 {
            None
        } else if width * 20 > height * 21 {
            Some(Self::Wide)
        } else if height * 20 > width * 21 {
            Some(Self::Tall)
        } else {
            Some(Self::Square)
        }
    }
}

/// Colour labels, stored as the numbers 1 to 7; 0 is no label.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
#[allow(missing_docs, reason = "the name says it")]
pub enum Label {
    Red = 1,
    Orange = 2,
    Yellow = 3,
    Green = 4,
    Blue = 5,
    Purple = 6,
    Grey = 7,
}

impl Label {
    /// Every label, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Blue,
        Self::Purple,
        Self::Grey,
    ];

    /// The word in queries and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Grey => "grey",
        }
    }

    /// The label behind a stored number; `None` for 0 and anything over 7.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|label| *label as u8 == number)
    }
}

impl FromStr for Label {
    type Err = crate::query::values::NotUnderstood;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.to_ascii_lowercase();
        let text = if text == "gray" {
            "grey"
        } else {
            text.as_str()
        };
        Self::ALL
            .into_iter()
            .find(|label| label.name() == text)
            .ok_or_else(|| {
                crate::query::values::NotUnderstood::one_of(
                    "label",
                    text,
                    Self::ALL.map(Self::name).as_slice(),
                )
            })
    }
}

/// A colour and how far from it still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColourFilter {
    /// The colour asked for.
    pub colour: Colour,
    /// The greatest distance in Oklab, in thousandths.
    pub tolerance: u16,
}

impl ColourFilter {
    /// The tolerance of `colour:#rrggbb` without one: 0.1, a family of shades.
    pub const DEFAULT_TOLERANCE: u16 = 100;
}

/// Something in a query that was left out of the search, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct QueryWarning {
    /// For people: what was not understood, and what to write instead.
    pub message: String,
    /// Where it starts, in UTF-16 code units.
    pub start: u32,
    /// Where it ends, in UTF-16 code units.
    pub end: u32,
}

impl Query {
    /// Whether everything is found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Parses a text. What cannot be understood is left out and told in the warnings.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<QueryWarning>) {
        super::parse::parse(text)
    }
}
