//! What is kept of each slot: a column a field, and a bit a yes-or-no.

use crate::arena::TextArena;
use crate::bits::Bits;
use crate::classes::NO_CLASS;
use crate::colours::{self, Palette, Palettes};
use crate::entry::{Entry, PreviewState};
use crate::paged::PagedColumn;
use gameforge_domain::query::{NumberField, SortKey};
use gameforge_domain::{AssetId, Format};

/// Numbers that most assets do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Fact {
    SizeHigh,
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
    /// Hundredths of a LUFS plus [`LOUDNESS_ZERO`].
    Loudness,
}

pub(crate) const FACTS: usize = 13;

/// Keeps stored loudness above 0, which means none.
pub(crate) const LOUDNESS_ZERO: i32 = 1 << 24;

/// The first word of a name without letters and digits.
pub(crate) const NO_WORD: u32 = u32::MAX;

/// Yes-or-no facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Flag {
    Live,
    Alpha,
    Opaque,
    Animated,
    Missing,
    Failed,
    Duplicate,
    Untagged,
    Hashed,
    PreviewReady,
    PreviewNone,
    /// The name is a single word, an ending aside.
    OneWord,
}

pub(crate) const FLAGS: usize = 12;

/// All columns; each vector has one element a slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub id: Vec<[u8; 16]>,
    pub row: Vec<u32>,
    /// Offset in `names`.
    pub name: Vec<u32>,
    /// Number of the name's first word; [`NO_WORD`] where it has none.
    pub first: Vec<u32>,
    /// Node in the tree of folders.
    pub folder: Vec<u32>,
    /// Number of the licence; 0 is none.
    pub licence: Vec<u32>,
    /// Number of the set of tags; 0 is none.
    pub tagset: Vec<u32>,
    /// Offset of the sequence of other words.
    pub words: Vec<u32>,
    /// Number of the class for counting.
    pub class: Vec<u32>,
    pub kind: Vec<u8>,
    pub format: Vec<u8>,
    pub rating: Vec<u8>,
    pub label: Vec<u8>,
    /// The lower half; the upper one is a [`Fact`].
    pub size: Vec<u32>,
    /// Seconds since 1970.
    pub added: Vec<u32>,
    pub modified: Vec<u32>,
    pub width: Vec<u32>,
    pub height: Vec<u32>,
    pub phash: Vec<u64>,
    /// The first eight bytes, big end first.
    pub content: Vec<u64>,
    pub palettes: Palettes,
    pub facts: [PagedColumn; FACTS],
    pub flags: [Bits; FLAGS],
    pub names: TextArena,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.id.len()
    }

    /// A new slot with nothing in it.
    pub(crate) fn push(&mut self) -> u32 {
        let slot = self.id.len() as u32;
        self.id.push([0; 16]);
        self.row.push(0);
        self.name.push(0);
        self.first.push(NO_WORD);
        self.folder.push(0);
        self.licence.push(0);
        self.tagset.push(0);
        self.words.push(0);
        self.class.push(NO_CLASS);
        self.kind.push(0);
        self.format.push(0);
        self.rating.push(0);
        self.label.push(0);
        self.size.push(0);
        self.added.push(0);
        self.modified.push(0);
        self.width.push(0);
        self.height.push(0);
        self.phash.push(0);
        self.content.push(0);
        self.palettes.push(Palette::default());
        slot
    }

    pub(crate) fn flag(&self, flag: Flag) -> &Bits {
        &self.flags[flag as usize]
    }

    pub(crate) fn is(&self, flag: Flag, slot: u32) -> bool {
        self.flag(flag).get(slot)
    }

    pub(crate) fn fact(&self, fact: Fact, slot: u32) -> u32 {
        self.facts[fact as usize].get(slot)
    }

    pub(crate) fn name(&self, slot: u32) -> &str {
        self.names.get(self.name[slot as usize])
    }

    /// The name's bytes: what only compares them need not know that they are text.
    pub(crate) fn raw_name(&self, slot: u32) -> &[u8] {
        self.names.raw(self.name[slot as usize])
    }

    pub(crate) fn id(&self, slot: u32) -> Option<AssetId> {
        AssetId::from_slice(&self.id[slot as usize])
    }

    pub(crate) fn size(&self, slot: u32) -> u64 {
        u64::from(self.fact(Fact::SizeHigh, slot)) << 32 | u64::from(self.size[slot as usize])
    }

    /// Writes all that is a plain number or a flag.
    pub(crate) fn set_numbers(&mut self, slot: u32, entry: &Entry) {
        let at = slot as usize;
        self.row[at] = entry.row;
        self.kind[at] = entry.kind as u8;
        self.format[at] = entry.format as u8;
        self.rating[at] = entry.rating;
        self.label[at] = entry.label;
        self.size[at] = entry.size as u32;
        self.added[at] = seconds(entry.added_ms);
        self.modified[at] = seconds(entry.modified_ms);
        self.width[at] = entry.width;
        self.height[at] = entry.height;
        self.phash[at] = entry.phash.unwrap_or(0);
        self.content[at] = entry
            .content
            .first_chunk()
            .map_or(0, |first| u64::from_be_bytes(*first));
        self.palettes.set(slot, colours::palette(&entry.palette));
        for (fact, value) in facts(entry) {
            self.facts[fact as usize].set(slot, value);
        }
        for (flag, value) in flags(entry) {
            self.flags[flag as usize].put(slot, value);
        }
    }

    /// The key by which numbers order; `None` for orders by text.
    pub(crate) fn sort_key(&self, key: SortKey, slot: u32) -> Option<u64> {
        let at = slot as usize;
        Some(match key {
            SortKey::Added => u64::from(self.added[at]),
            SortKey::Modified => u64::from(self.modified[at]),
            SortKey::Size => self.size(slot),
            SortKey::Kind => u64::from(self.kind[at]),
            SortKey::Format => format_rank(self.format[at]),
            SortKey::Rating => u64::from(self.rating[at]),
            SortKey::Pixels => u64::from(self.width[at]) * u64::from(self.height[at]),
            SortKey::Duration => u64::from(self.fact(Fact::Duration, slot)),
            SortKey::Triangles => u64::from(self.fact(Fact::Triangles, slot)),
            SortKey::Colour => colours::hue_key(&self.palettes.get(slot)),
            SortKey::Relevance | SortKey::Name | SortKey::Folder => return None,
        })
    }
}

/// Whole seconds since 1970, within what 32 bits hold (to the year 2106).
pub(crate) fn seconds(ms: i64) -> u32 {
    ms.div_euclid(1000).clamp(0, i64::from(u32::MAX)) as u32
}

fn facts(entry: &Entry) -> [(Fact, u32); FACTS] {
    let loudness = entry
        .loudness
        .filter(|value| value.is_finite())
        .map_or(0, |value| {
            (LOUDNESS_ZERO + (f64::from(value.clamp(-10_000.0, 10_000.0)) * 100.0).round() as i32)
                as u32
        });
    [
        (Fact::SizeHigh, (entry.size >> 32) as u32),
        (Fact::Frames, entry.frames),
        (Fact::Layers, entry.layers),
        (Fact::Duration, entry.duration_ms),
        (Fact::Rate, entry.rate),
        (Fact::Channels, entry.channels),
        (Fact::Triangles, entry.triangles),
        (Fact::Vertices, entry.vertices),
        (Fact::Materials, entry.materials),
        (Fact::Bones, entry.bones),
        (Fact::Animations, entry.animations),
        (Fact::Glyphs, entry.glyphs),
        (Fact::Loudness, loudness),
    ]
}

/// All but [`Flag::OneWord`], which goes with the name.
fn flags(entry: &Entry) -> [(Flag, bool); FLAGS - 1] {
    [
        (Flag::Live, true),
        (Flag::Alpha, entry.alpha == Some(true)),
        (Flag::Opaque, entry.alpha == Some(false)),
        (Flag::Animated, entry.frames > 1 || entry.animations > 0),
        (Flag::Missing, entry.missing),
        (Flag::Failed, entry.failed),
        (Flag::Duplicate, entry.locations > 1),
        (
            Flag::Untagged,
            entry
                .tags
                .iter()
                .all(|tag| tag.trim_matches('/').is_empty()),
        ),
        (Flag::Hashed, entry.phash.is_some()),
        (Flag::PreviewReady, entry.preview == PreviewState::Ready),
        (Flag::PreviewNone, entry.preview == PreviewState::None),
    ]
}

/// Where a fact for a number filter lies; `None` for those with a column of their own.
pub(crate) fn fact_of(field: NumberField) -> Option<Fact> {
    Some(match field {
        NumberField::Frames => Fact::Frames,
        NumberField::Layers => Fact::Layers,
        NumberField::Duration => Fact::Duration,
        NumberField::Rate => Fact::Rate,
        NumberField::Channels => Fact::Channels,
        NumberField::Triangles => Fact::Triangles,
        NumberField::Vertices => Fact::Vertices,
        NumberField::Materials => Fact::Materials,
        NumberField::Bones => Fact::Bones,
        NumberField::Animations => Fact::Animations,
        NumberField::Glyphs => Fact::Glyphs,
        NumberField::Size
        | NumberField::Rating
        | NumberField::Width
        | NumberField::Height
        | NumberField::Pixels => {
            return None;
        }
    })
}

/// A number by which formats order as their names do.
fn format_rank(number: u8) -> u64 {
    let name = Format::from_number(number)
        .map_or("", Format::name)
        .as_bytes();
    let mut first = [0; 8];
    let length = name.len().min(8);
    first[..length].copy_from_slice(&name[..length]);
    u64::from_be_bytes(first)
}
