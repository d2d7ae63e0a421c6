//! What could come next in the search field.

use crate::{Library, Result};
use gameforge_domain::query::{CompletionKind, FILTERS, ValueKind, complete};
use gameforge_wire::Completion;

/// Offers at most.
const OFFERS: usize = 12;

/// One offer: the text to put in, and what it is.
type Offer = (String, String);

impl Library {
    /// Offers for the place of the cursor (in UTF-16 code units): filters with what they find, and values that
    /// are in the library, each with how many assets have it.
    ///
    /// # Errors
    /// When the index could not be read.
    pub async fn complete(&self, text: &str, cursor: u32) -> Result<Vec<Completion>> {
        let found = complete(text, cursor);
        let offers = match &found.kind {
            CompletionKind::Nothing => Vec::new(),
            CompletionKind::Word { filters } => {
                let mut offers = filter_offers(filters);
                if !found.prefix.is_empty() {
                    offers.extend(self.tag_offers(&found.prefix, true).await?);
                    offers.extend(self.word_offers(&found.prefix).await?);
                }
                offers
            }
            CompletionKind::Value {
                value: ValueKind::Tag,
                ..
            } => self.tag_offers(&found.prefix, false).await?,
            CompletionKind::Value { value, offers, .. } => {
                self.value_offers(*value, offers, &found.prefix).await?
            }
        };
        let units: Vec<u16> = text.encode_utf16().collect();
        let part = |from: usize, to: usize| {
            let to = to.min(units.len());
            String::from_utf16_lossy(&units[from.min(to)..to])
        };
        let before = part(0, found.start as usize);
        let after = part(found.end as usize, units.len());
        Ok(offers
            .into_iter()
            .take(OFFERS)
            .map(|(value, detail)| {
                // A filter's name waits for its value; anything else is finished.
                let gap = if value.ends_with(':') || after.starts_with([' ', ',']) {
                    ""
                } else {
                    " "
                };
                Completion {
                    query: format!("{before}{value}{gap}{after}"),
                    label: value,
                    detail,
                }
            })
            .collect())
    }

    async fn tag_offers(&self, prefix: &str, with_filter: bool) -> Result<Vec<Offer>> {
        let prefix = prefix.to_owned();
        let most = if with_filter { 4 } else { OFFERS };
        let tags = self
            .ask(move |index, _| index.suggest_tags(&prefix, most))
            .await?;
        let name = if with_filter { "tag:" } else { "" };
        Ok(tags
            .into_iter()
            .map(|(tag, count)| (format!("{name}{}", quoted(&tag)), counted("tag", count)))
            .collect())
    }

    async fn word_offers(&self, prefix: &str) -> Result<Vec<Offer>> {
        let prefix = prefix.to_owned();
        let words = self
            .ask(move |index, _| index.suggest_words(&prefix, 6))
            .await?;
        Ok(words
            .into_iter()
            .map(|(word, count)| (quoted(&word), counted("word", count)))
            .collect())
    }

    async fn value_offers(
        &self,
        kind: ValueKind,
        fixed: &[String],
        prefix: &str,
    ) -> Result<Vec<Offer>> {
        let typed = prefix.to_owned();
        let mut offers = match kind {
            ValueKind::Folder => {
                let found = self
                    .ask(move |index, _| index.suggest_folders(&typed, OFFERS))
                    .await?;
                counted_all("folder", found)
            }
            ValueKind::Licence => {
                let found = self
                    .ask(move |index, _| index.suggest_licences(&typed, OFFERS))
                    .await?;
                counted_all("licence", found)
            }
            ValueKind::Collection => {
                let lower = prefix.to_lowercase();
                let all = crate::store::collection::all(&mut *self.reader().await?).await?;
                all.into_iter()
                    .filter(|it| it.name.to_lowercase().contains(&lower))
                    .map(|it| (quoted(&it.name), "collection".to_owned()))
                    .collect()
            }
            _ => Vec::new(),
        };
        let what = match kind {
            ValueKind::Number => "number",
            ValueKind::Duration => "length of time",
            ValueKind::Date => "date",
            ValueKind::Colour => "colour",
            _ => "",
        };
        offers.extend(fixed.iter().map(|value| (value.clone(), what.to_owned())));
        Ok(offers)
    }
}

fn filter_offers(filters: &[String]) -> Vec<Offer> {
    filters
        .iter()
        .map(|offer| {
            let name = offer.trim_end_matches(':');
            let about = FILTERS
                .iter()
                .find(|filter| filter.name == name)
                .map_or("", |filter| filter.about);
            (offer.clone(), about.to_owned())
        })
        .collect()
}

fn counted(what: &str, count: u32) -> String {
    let assets = if count == 1 { "asset" } else { "assets" };
    format!("{what}, {count} {assets}")
}

fn counted_all(what: &str, values: Vec<(String, u32)>) -> Vec<Offer> {
    values
        .into_iter()
        .map(|(value, count)| (quoted(&value), counted(what, count)))
        .collect()
}

/// As the query language wants values with spaces and the like.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '-' | '.');
    if value.chars().all(plain) {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('"', ""))
    }
}
