//! Reviewing duplicates: groups of assets that may be one, which of them to keep, and why.

use crate::{Library, Result, search, store};
use gameforge_domain::Format;
use gameforge_wire::{Card, DuplicateGroup, ReviewKind};
use std::{cmp::Reverse, collections::HashMap};

/// How far apart the perceptual hashes of look-alikes may be, of 64 bits.
const ALIKE: u32 = 6;
/// The most groups in one answer.
const MOST: u32 = 200;
/// The most members of one group that are shown.
const MEMBERS: usize = 200;

impl Library {
    /// Groups of duplicates from `offset` on, most bytes to spare first, and how many groups there are.
    ///
    /// # Errors
    /// When the database or the index cannot be read.
    pub async fn duplicates(
        &self,
        kind: ReviewKind,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<DuplicateGroup>, u32)> {
        let limit = limit.min(MOST);
        let (groups, total) = match kind {
            ReviewKind::Exact => {
                store::asset::shared_contents(&mut *self.reader().await?, offset, limit).await?
            }
            ReviewKind::Alike => self.alike(offset, limit).await?,
        };
        let mut out = Vec::with_capacity(groups.len());
        for rows in groups {
            out.extend(self.group(kind, &rows).await?);
        }
        Ok((out, total))
    }

    async fn alike(&self, offset: u32, limit: u32) -> Result<(Vec<Vec<i64>>, u32)> {
        self.ask(move |index, _| {
            let mut groups: Vec<(u64, Vec<i64>)> = index
                .look_alikes(ALIKE)
                .into_iter()
                .filter_map(|slots| {
                    let cards: Vec<_> = slots.iter().filter_map(|slot| index.card(*slot)).collect();
                    // One content several times is an exact duplicate, reviewed as such.
                    let differ = cards.iter().any(|card| card.content != cards[0].content);
                    let all: u64 = cards.iter().map(|card| card.size).sum();
                    let most = cards.iter().map(|card| card.size).max()?;
                    let rows = cards.iter().map(|card| i64::from(card.row)).collect();
                    differ.then_some((all - most, rows))
                })
                .collect();
            groups.sort_by_key(|(spare, rows): &(u64, Vec<i64>)| (Reverse(*spare), rows[0]));
            let total = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            let page = groups.into_iter().map(|(_, rows)| rows);
            let page = page.skip(offset as usize).take(limit as usize).collect();
            (page, total)
        })
        .await
    }

    async fn group(&self, kind: ReviewKind, rows: &[i64]) -> Result<Option<DuplicateGroup>> {
        let rows = &rows[..rows.len().min(MEMBERS)];
        let mut conn = self.reader().await?;
        let names = store::entry::names(&mut conn).await?;
        let entries = store::entry::read(&mut conn, rows).await?.entries(&names)?;
        let tags: HashMap<_, usize> = entries.iter().map(|it| (it.id, it.tags.len())).collect();
        let mut cards: Vec<Card> = entries.into_iter().map(search::from_entry).collect();
        cards.sort_by_cached_key(|card| Reverse(merits(card, tags[&card.id])));
        let Some(keep) = cards.first() else {
            return Ok(None);
        };
        let reason = reason(&cards, |card| tags[&card.id]);
        let keep = keep.id;
        let paths: Vec<String> = if kind == ReviewKind::Exact {
            store::place::of(&mut conn, rows)
                .await?
                .into_iter()
                .map(|place| {
                    crate::files::path_from_bytes(&place.path)
                        .to_string_lossy()
                        .into_owned()
                })
                .collect()
        } else {
            Vec::new()
        };
        let spare = match kind {
            ReviewKind::Exact => {
                let copies = paths.len().max(cards.len()).saturating_sub(1);
                cards[0].size * copies as f64
            }
            ReviewKind::Alike => cards.iter().skip(1).map(|card| card.size).sum(),
        };
        Ok(Some(DuplicateGroup {
            kind,
            cards,
            keep,
            reason,
            paths,
            spare,
        }))
    }
}

/// What speaks for keeping an asset, the weightiest first. Greater is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Merits {
    there: bool,
    rating: u32,
    tags: usize,
    pixels: u64,
    format: u8,
    folder: u8,
    shallow: Reverse<usize>,
    oldest: Reverse<u64>,
}

fn merits(card: &Card, tags: usize) -> Merits {
    Merits {
        there: !card.missing,
        rating: card.rating,
        tags,
        pixels: u64::from(card.width) * u64::from(card.height),
        format: quality(card.format),
        folder: cleanness(&card.folder),
        shallow: Reverse(card.folder.matches('/').count()),
        oldest: Reverse(card.added_ms as u64),
    }
}

/// Sources with layers first, then what loses nothing, then what does.
fn quality(format: Format) -> u8 {
    match format {
        Format::Psd | Format::Aseprite | Format::Svg | Format::Blend => 3,
        Format::Exr | Format::Hdr | Format::Tiff | Format::Flac | Format::Wav => 2,
        Format::Jpeg | Format::Gif | Format::Mp3 | Format::Ogg => 0,
        _ => 1,
    }
}

/// Folders where things lie for the time being are no place to keep something.
fn cleanness(folder: &str) -> u8 {
    const PASSING: [&str; 10] = [
        "download", "desktop", "tmp", "temp", "trash", "backup", "copy", "old", "unsorted", "cache",
    ];
    let lower = folder.to_lowercase();
    let passing = lower.split(['/', ' ', '_', '-', '.']).any(|part| {
        PASSING
            .iter()
            .any(|word| part == *word || part.strip_suffix('s') == Some(*word))
    });
    u8::from(!passing)
}

/// The weightiest difference between the one to keep and the next best, in words.
fn reason(cards: &[Card], tags: impl Fn(&Card) -> usize) -> String {
    let [best, next, ..] = cards else {
        return "It is the only asset; its file lies in several places".to_owned();
    };
    let (a, b) = (merits(best, tags(best)), merits(next, tags(next)));
    let words = if a.there != b.there {
        "its file is there"
    } else if a.rating != b.rating {
        "it has the higher rating"
    } else if a.tags != b.tags {
        "it has more tags"
    } else if a.pixels != b.pixels {
        "it is larger"
    } else if a.format != b.format {
        "its format keeps more"
    } else if a.folder != b.folder {
        "it lies in the tidier folder"
    } else if a.shallow != b.shallow {
        "it lies nearer to the top"
    } else {
        "it came first"
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_folders_are_told_from_others() {
        assert_eq!(cleanness("/home/ann/Downloads/pack"), 0);
        assert_eq!(cleanness("/art/enemies - copy"), 0);
        assert_eq!(cleanness("/art/golden"), 1, "“old” is part of a word there");
    }
}
