//! Values that exist, for completion: tags, folders, licences, words.

use crate::columns::Flag;
use crate::index::Index;
use crate::text::Normal;
use std::cmp::Reverse;

impl Index {
    /// Tags whose path contains what was typed, those where a name starts with it first, each with how many
    /// assets have it.
    #[must_use]
    pub fn suggest_tags(&self, typed: &str, limit: usize) -> Vec<(String, u32)> {
        let counts = self
            .tags
            .postings
            .iter()
            .map(|posting| posting.len() as u32);
        best(self.tags.paths().zip(counts).skip(1), typed, limit)
    }

    /// Folders, like [`suggest_tags`](Self::suggest_tags); what is below them is counted.
    #[must_use]
    pub fn suggest_folders(&self, typed: &str, limit: usize) -> Vec<(String, u32)> {
        let counts = self.folder_counts(self.columns.flag(Flag::Live));
        best(self.folders.paths().zip(counts).skip(1), typed, limit)
    }

    /// Licences in use, like [`suggest_tags`](Self::suggest_tags).
    #[must_use]
    pub fn suggest_licences(&self, typed: &str, limit: usize) -> Vec<(String, u32)> {
        best(
            self.licences
                .each()
                .map(|(name, posting)| (name, posting.len() as u32)),
            typed,
            limit,
        )
    }

    /// Words in names that start with what was typed, the most frequent first.
    #[must_use]
    pub fn suggest_words(&self, typed: &str, limit: usize) -> Vec<(String, u32)> {
        let typed = Normal::of(typed).whole;
        let needle = typed.trim_matches(' ');
        if needle.is_empty() || needle.contains(' ') {
            return Vec::new();
        }
        let mut found = Vec::new();
        self.names.words.starting(needle, |number| {
            let count = self.names.postings[number as usize].len() as u32;
            if count > 0 {
                found.push((Reverse(count), number));
            }
        });
        found.sort_unstable();
        found.truncate(limit);
        found
            .into_iter()
            .map(|(Reverse(count), number)| (self.names.words.get(number).to_owned(), count))
            .collect()
    }
}

fn best<'a>(
    values: impl Iterator<Item = (&'a str, u32)>,
    typed: &str,
    limit: usize,
) -> Vec<(String, u32)> {
    let typed = typed.to_lowercase();
    let mut found: Vec<(bool, Reverse<u32>, &str)> = values
        .filter(|(_, count)| *count > 0)
        .filter_map(|(value, count)| {
            let lower = value.to_lowercase();
            let at = lower.find(&typed)?;
            let starts = at == 0 || lower.contains(&format!("/{typed}"));
            Some((!starts, Reverse(count), value))
        })
        .collect();
    found.sort_unstable();
    found.truncate(limit);
    found
        .into_iter()
        .map(|(_, Reverse(count), value)| (value.to_owned(), count))
        .collect()
}
