//! What could be typed next. Knows filters and fixed values; tags, folders and licences come from the index.

use super::filters::{FILTERS, ValueKind, find};
use super::lex::{Body, items, utf16};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What fits at the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Completion {
    /// Where the part that a choice replaces starts, in UTF-16 code units.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What has been typed of it.
    pub prefix: String,
    /// What may stand there.
    pub kind: CompletionKind,
}

/// What may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum CompletionKind {
    /// A word to search for, or the name of a filter.
    Word {
        /// Filters whose name or alias starts with what was typed, each with its operator: `kind:`.
        filters: Vec<String>,
    },
    /// A value of a filter.
    Value {
        /// The filter's canonical name.
        filter: String,
        /// Where its values come from.
        value: ValueKind,
        /// Fixed or useful values that contain what was typed, those that start with it first.
        offers: Vec<String>,
    },
    /// Nothing: inside a phrase, or after an unknown filter.
    Nothing,
}

/// What fits at a cursor, given in UTF-16 code units.
#[must_use]
pub fn complete(text: &str, cursor: u32) -> Completion {
    let at = byte_offset(text, cursor);
    // Only what is left of the cursor decides; a choice replaces up to the end of the item's part.
    let before = &text[..at];
    let last = items(before)
        .into_iter()
        .next_back()
        .filter(|item| item.end == at);
    let Some(item) = last else {
        return word(text, at, at, "");
    };
    let body_start = item.start + usize::from(item.negated);
    match &item.body {
        Body::Phrase(_) => Completion {
            start: utf16(text, at),
            end: utf16(text, at),
            prefix: String::new(),
            kind: CompletionKind::Nothing,
        },
        Body::Word(prefix) => word(text, body_start, at, prefix),
        Body::Filter { name, values, .. } => {
            let (prefix, start) = values
                .last()
                .map_or(("", at), |value| (value.text.as_str(), value.start));
            let kind = match find(name) {
                None => CompletionKind::Nothing,
                Some(spec) => CompletionKind::Value {
                    filter: spec.name.to_owned(),
                    value: spec.value,
                    offers: matching(spec.values, prefix),
                },
            };
            Completion {
                start: utf16(text, start),
                end: utf16(text, part_end(text, at)),
                prefix: prefix.to_owned(),
                kind,
            }
        }
    }
}

fn word(text: &str, start: usize, at: usize, prefix: &str) -> Completion {
    let lower = prefix.to_lowercase();
    let filters = FILTERS
        .iter()
        .filter(|filter| {
            filter.name.starts_with(&lower)
                || filter.aliases.iter().any(|alias| alias.starts_with(&lower))
        })
        .map(|filter| format!("{}:", filter.name))
        .collect();
    Completion {
        start: utf16(text, start),
        end: utf16(text, part_end(text, at)),
        prefix: prefix.to_owned(),
        kind: CompletionKind::Word { filters },
    }
}

/// Where the part around a cursor ends: at white space or a comma.
fn part_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest
        .find(|c: char| c.is_whitespace() || c == ',')
        .unwrap_or(rest.len())
}

fn matching(values: &[&str], prefix: &str) -> Vec<String> {
    let lower = prefix.to_lowercase();
    let (mut first, then): (Vec<&str>, Vec<&str>) = values
        .iter()
        .copied()
        .filter(|value| value.to_lowercase().contains(&lower))
        .partition(|value| value.to_lowercase().starts_with(&lower));
    first.extend(then);
    first.into_iter().map(str::to_owned).collect()
}

/// UTF-16 code units to a byte offset on a character boundary.
fn byte_offset(text: &str, cursor: u32) -> usize {
    let mut units = 0;
    for (offset, character) in text.char_indices() {
        if units >= cursor {
            return offset;
        }
        units += character.len_utf16() as u32;
    }
    text.len()
}
