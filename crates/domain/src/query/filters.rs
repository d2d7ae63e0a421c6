//! The filters by name: what they are called, what follows them, what a newcomer is told about them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Where the values of a filter come from, so that the window can offer them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// The words in [`FilterSpec::values`].
    Fixed,
    /// A tag in the library.
    Tag,
    /// A folder in the library.
    Folder,
    /// A licence in the library.
    Licence,
    /// A collection in the library.
    Collection,
    /// A number, with the field's units.
    Number,
    /// A length of time.
    Duration,
    /// A date, a span of dates or an age.
    Date,
    /// A colour, `#rrggbb`.
    Colour,
    /// The id of an asset.
    Asset,
    /// Any text.
    Text,
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FilterSpec {
    /// Its name in canonical text.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// What may follow.
    pub value: ValueKind,
    /// The values, where they are few and fixed; otherwise useful ones.
    pub values: &'static [&'static str],
    /// One whole filter as an example.
    pub example: &'static str,
    /// What it finds, in a few words.
    pub about: &'static str,
}

macro_rules! filters {
    ($($name:literal [$($alias:literal),*] $kind:ident [$($value:literal),*] $example:literal $about:literal;)+) => {
        /// Every filter, in the order in which help shows them.
        pub const FILTERS: &[FilterSpec] = &[$(FilterSpec {
            name: $name, aliases: &[$($alias),*], value: ValueKind::$kind, values: &[$($value),*],
            example: $example, about: $about,
        }),+];
    };
}

filters! {
    "kind" ["type"] Fixed ["image", "model", "audio", "font", "video", "scene", "text", "other"]
        "kind:image,model" "what it is";
    "format" [] Fixed ["png", "jpg", "webp", "gif", "bmp", "tga", "tiff", "hdr", "exr", "dds", "svg", "psd",
        "aseprite", "glb", "gltf", "obj", "fbx", "stl", "dae", "blend", "wav", "ogg", "mp3", "flac", "ttf", "otf",
        "woff2", "mp4", "webm", "tscn", "tres", "godot", "import", "godot-binary", "meta", "unity", "text", "md",
        "json", "csv", "zip", "file"] "format:png" "file format, by content";
    "tag" ["tags"] Tag [] "tag:ui" "a tag and everything below it";
    "is" [] Fixed ["untagged", "missing", "animated", "duplicate", "failed", "favourite"] "is:untagged" "a state";
    "rating" ["stars"] Number ["1", "2", "3", "4", "5"] "rating>=3" "stars, 0 to 5";
    "label" [] Fixed ["red", "orange", "yellow", "green", "blue", "purple", "grey", "none"] "label:red"
        "colour label";
    "licence" ["license"] Licence ["none"] "licence:CC0-1.0" "licence, or “none”";
    "collection" ["in"] Collection [] "collection:\"Level 1\"" "a collection, by name";
    "folder" ["path"] Folder [] "folder:art/chars" "a folder and everything below it";
    "name" [] Text [] "name:goblin" "a word in the name";
    "ext" ["extension"] Text [] "ext:png" "the name’s ending";
    "size" [] Number ["100kb", "1mb", "10mb"] "size>1mb" "file size, in b, kb, mb, gb of 1,024";
    "width" ["w"] Number ["64", "512", "1024"] "width>=512" "columns, in pixels";
    "height" ["h"] Number ["64", "512", "1024"] "height<256" "rows, in pixels";
    "pixels" [] Number ["1m"] "pixels>1m" "width × height";
    "aspect" ["shape"] Fixed ["square", "wide", "tall"] "aspect:square" "the picture’s shape";
    "alpha" ["transparent"] Fixed ["yes", "no"] "alpha:yes" "transparent pixels";
    "colour" ["color"] Colour ["#e03131", "#f08c00", "#2f9e44", "#1971c2", "#000000", "#ffffff"]
        "colour:#ff8800~0.1" "a main colour, with tolerance 0 to 1";
    "frames" [] Number ["1"] "frames>1" "pictures in the animation";
    "layers" [] Number ["1"] "layers>3" "layers of a picture";
    "duration" ["length"] Duration ["1s", "30s", "2m"] "duration<30s" "length in time, such as 1m30s";
    "rate" [] Number ["44.1k", "48k"] "rate:44.1k" "samples a second";
    "channels" [] Number ["1", "2"] "channels:2" "channels of sound";
    "loudness" ["lufs"] Number ["-14", "-23"] "loudness<-14" "loudness, in LUFS";
    "triangles" ["tris"] Number ["1k", "10k", "100k"] "triangles>5k" "triangles of a model";
    "vertices" ["verts"] Number ["1k", "10k", "100k"] "vertices<1k" "vertices of a model";
    "materials" [] Number ["0", "1"] "materials:1" "materials of a model";
    "bones" [] Number ["0"] "bones>0" "bones of a model";
    "animations" [] Number ["0"] "animations>0" "animations of a model";
    "glyphs" [] Number ["100", "1k"] "glyphs>500" "glyphs of a font";
    "added" [] Date ["today", "yesterday", "week", "month", "year"] "added:week" "when it came into the library";
    "modified" ["changed"] Date ["today", "yesterday", "week", "month", "year"] "modified>2026-01-01"
        "when its file was changed";
    "like" ["similar"] Asset [] "like:01920000-0000-7000-8000-000000000000" "looking like an asset";
    "content" ["blake3", "hash"] Text [] "content:af1349b9" "BLAKE3 of the content, or its start";
    "id" [] Asset [] "id:01920000-0000-7000-8000-000000000000" "one asset";
}

/// The filter of this name or alias, any case.
pub(super) fn find(name: &str) -> Option<&'static FilterSpec> {
    let name = name.to_ascii_lowercase();
    FILTERS
        .iter()
        .find(|filter| filter.name == name || filter.aliases.contains(&name.as_str()))
}

/// The filter whose name is nearest to a mistyped one, if any is near.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    nearest_of(
        name,
        FILTERS
            .iter()
            .flat_map(|filter| std::iter::once(filter.name).chain(filter.aliases.iter().copied())),
    )
}

/// The word with the fewest single-letter changes to `text`, where that is at most a third of its letters.
pub(super) fn nearest_of<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text: Vec<char> = text.to_lowercase().chars().take(32).collect();
    words
        .map(|word| (distance(&text, word), word))
        .filter(|(distance, word)| *distance * 3 <= word.chars().count().max(text.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Edit distance in which swapping two neighbours counts once (optimal string alignment).
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut above: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(above[j - 2] + 1);
            }
        }
        above = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}
