//! A query's items as chips that the window shows and can take away one by one.

use super::lex::{Body, Item, items, utf16};
use super::model::Filter;
use super::parse::clause;
use serde::{Deserialize, Serialize};
use specta::Type;

/// One item of a query. Removing the characters from `start` to `end` removes the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FilterChip {
    /// The item as written.
    pub text: String,
    /// What the chip says: without the minus sign, with quotes and aliases resolved.
    pub label: String,
    /// The filter's canonical name; empty for a word or a phrase.
    pub filter: String,
    /// Whether it asks for the opposite.
    pub negated: bool,
    /// Whether it is understood; what is not does not take part in the search.
    pub valid: bool,
    /// Where it starts, in UTF-16 code units.
    pub start: u32,
    /// Where it ends, in UTF-16 code units.
    pub end: u32,
}

/// The chips of a text, in order.
#[must_use]
pub fn chips(text: &str) -> Vec<FilterChip> {
    items(text).iter().map(|item| chip(text, item)).collect()
}

fn chip(text: &str, item: &Item) -> FilterChip {
    let understood = clause(item).ok();
    let (filter, label) = match &item.body {
        Body::Word(word) | Body::Phrase(word) => match &understood {
            Some(clause) if matches!(clause.filter, Filter::Is(_)) => {
                ("is".to_owned(), word.clone())
            }
            _ => (String::new(), word.clone()),
        },
        Body::Filter {
            name,
            operator,
            values,
            ..
        } => {
            let name = super::filters::find(name)
                .map_or_else(|| name.clone(), |spec| spec.name.to_owned());
            let values: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
            let sign = if operator.sign() == ":" {
                ": "
            } else {
                operator.sign()
            };
            let label = format!("{name}{sign}{}", values.join(", "));
            (name, label)
        }
    };
    FilterChip {
        text: text[item.start..item.end].to_owned(),
        label,
        filter,
        negated: item.negated,
        valid: understood.is_some(),
        start: utf16(text, item.start),
        end: utf16(text, item.end),
    }
}
