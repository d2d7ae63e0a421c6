//! From items to clauses: which filter a name means, and whether its values fit.

use super::filters::{FilterSpec, find, nearest};
use super::lex::{Body, Item, Operator, Value, items, utf16};
use super::model::{
    Aspect, Clause, Condition, DateField, Filter, Label, NumberField, Query, QueryWarning,
};
use super::values::{self, NotUnderstood};
use std::str::FromStr;

/// Parses a text; what is left out is in the warnings.
pub(super) fn parse(text: &str) -> (Query, Vec<QueryWarning>) {
    let mut query = Query::default();
    let mut warnings = Vec::new();
    for item in items(text) {
        match clause(&item) {
            Ok(clause) => query.clauses.push(clause),
            Err(NotUnderstood(message)) => warnings.push(QueryWarning {
                message,
                start: utf16(text, item.start),
                end: utf16(text, item.end),
            }),
        }
    }
    (query, warnings)
}

/// What one item asks.
pub(super) fn clause(item: &Item) -> Result<Clause, NotUnderstood> {
    let filter = match &item.body {
        Body::Word(word) if word.eq_ignore_ascii_case("untagged") => {
            Filter::Is(Condition::Untagged)
        }
        Body::Word(word) => Filter::Word(searchable(word)?),
        Body::Phrase(phrase) => Filter::Phrase(searchable(phrase)?),
        Body::Filter {
            name,
            operator,
            values,
            ..
        } => {
            let Some(spec) = find(name) else {
                return Err(unknown_filter(name, *operator));
            };
            if values.iter().all(|value| value.text.trim().is_empty()) {
                return Err(NotUnderstood(format!(
                    "“{}:” needs a value, for example “{}”",
                    spec.name, spec.example
                )));
            }
            filter(spec, *operator, values)?
        }
    };
    Ok(Clause {
        negated: item.negated,
        filter,
    })
}

fn unknown_filter(name: &str, operator: Operator) -> NotUnderstood {
    let sign = operator.sign();
    NotUnderstood(match nearest(name) {
        Some(near) => format!("there is no filter “{name}{sign}”, did you mean “{near}{sign}”?"),
        None => format!(
            "there is no filter “{name}{sign}”; to search for the text itself, put it in quotation marks"
        ),
    })
}

/// A text with at least one letter or digit; others could never be found.
fn searchable(text: &str) -> Result<String, NotUnderstood> {
    if text.chars().any(char::is_alphanumeric) {
        Ok(text.trim().to_owned())
    } else {
        Err(NotUnderstood(format!(
            "“{text}” has no letter or digit to look for; leave it out"
        )))
    }
}

fn filter(
    spec: &FilterSpec,
    operator: Operator,
    values: &[Value],
) -> Result<Filter, NotUnderstood> {
    if let Some(field) = NumberField::ALL
        .into_iter()
        .find(|field| field.name() == spec.name)
    {
        return Ok(Filter::Number(
            field,
            values::range(field, operator, single(spec, values)?)?,
        ));
    }
    match spec.name {
        "loudness" => {
            let (min, max) = values::loudness(operator, single(spec, values)?)?;
            return Ok(Filter::Loudness(min, max));
        }
        "added" => {
            return Ok(Filter::Date(
                DateField::Added,
                values::dates(operator, single(spec, values)?)?,
            ));
        }
        "modified" => {
            return Ok(Filter::Date(
                DateField::Modified,
                values::dates(operator, single(spec, values)?)?,
            ));
        }
        _ => {}
    }
    if operator != Operator::Is {
        return Err(NotUnderstood(format!(
            "“{}” cannot be compared with “{}”; write “{}”",
            spec.name,
            operator.sign(),
            spec.example
        )));
    }
    listed(spec, values)
}

/// Filters that ask for any of some values.
fn listed(spec: &FilterSpec, values: &[Value]) -> Result<Filter, NotUnderstood> {
    Ok(match spec.name {
        "kind" => Filter::Kind(each(values, |text| {
            text.parse()
                .map_err(|_| NotUnderstood::one_of("kind", text, spec.values))
        })?),
        "format" => Filter::Format(each(values, |text| {
            text.parse()
                .map_err(|_| NotUnderstood::one_of("format", text, spec.values))
        })?),
        "tag" => Filter::Tag(each(values, |text| {
            let path = text.trim_end_matches('/');
            path.parse()
                .map_err(|error: crate::tag::TagPathError| NotUnderstood(error.to_string()))
        })?),
        "is" => Filter::Is(condition(single(spec, values)?)?),
        "label" => Filter::Label(each(values, |text| {
            if text.eq_ignore_ascii_case("none") {
                Ok(None)
            } else {
                Label::from_str(text).map(Some)
            }
        })?),
        "licence" => Filter::Licence(each(values, |text| {
            Ok((!text.eq_ignore_ascii_case("none")).then(|| text.to_owned()))
        })?),
        "aspect" => Filter::Aspect(each(values, |text| aspect(text, spec.values))?),
        "alpha" => Filter::Alpha(values::truth(single(spec, values)?)?),
        "folder" => Filter::Folder(each(values, folder)?),
        "name" => Filter::Name(each(values, searchable)?),
        "ext" => Filter::Ext(each(values, ending)?),
        "collection" => Filter::Collection(each(values, |text| Ok(text.to_owned()))?),
        "colour" => Filter::Colour(values::colour(single(spec, values)?)?),
        "like" => Filter::Like(id(single(spec, values)?)?),
        "id" => Filter::Id(each(values, id)?),
        "content" => Filter::Content(content(single(spec, values)?)?),
        other => return Err(NotUnderstood(format!("there is no filter “{other}:”"))),
    })
}

fn aspect(text: &str, known: &[&str]) -> Result<Aspect, NotUnderstood> {
    let lower = text.to_ascii_lowercase();
    let found = Aspect::ALL
        .into_iter()
        .find(|aspect| aspect.name() == lower);
    found.ok_or_else(|| NotUnderstood::one_of("shape", text, known))
}

fn folder(text: &str) -> Result<String, NotUnderstood> {
    let path = text.replace('\\', "/");
    if path.trim_matches('/').is_empty() {
        return Err(NotUnderstood(
            "“folder:/” is everything; name a folder".to_owned(),
        ));
    }
    Ok(path)
}

fn ending(text: &str) -> Result<String, NotUnderstood> {
    let ending = text.trim_start_matches('.').to_lowercase();
    if ending.is_empty() {
        return Err(NotUnderstood(
            "“ext:” needs an ending such as png".to_owned(),
        ));
    }
    Ok(ending)
}

fn condition(text: &str) -> Result<Condition, NotUnderstood> {
    let lower = text.to_ascii_lowercase();
    let lower = if lower == "favorite" {
        "favourite"
    } else {
        lower.as_str()
    };
    let found = Condition::ALL
        .into_iter()
        .find(|condition| condition.name() == lower);
    found.ok_or_else(|| {
        NotUnderstood::one_of(
            "state",
            text,
            Condition::ALL.map(Condition::name).as_slice(),
        )
    })
}

fn id<T: FromStr<Err = crate::ParseIdError>>(text: &str) -> Result<T, NotUnderstood> {
    text.parse().map_err(|error: crate::ParseIdError| {
        NotUnderstood(format!(
            "{error}; copy an id from the inspector or from “gameforge search --json”"
        ))
    })
}

fn content(text: &str) -> Result<String, NotUnderstood> {
    let digits = text.to_ascii_lowercase();
    if digits.len() <= 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(digits)
    } else {
        Err(NotUnderstood(format!(
            "“{text}” is not a BLAKE3; write up to 64 hexadecimal digits"
        )))
    }
}

/// Every value that is not blank, read; the first that cannot be read is the error.
fn each<T>(
    values: &[Value],
    read: impl Fn(&str) -> Result<T, NotUnderstood>,
) -> Result<Vec<T>, NotUnderstood> {
    values
        .iter()
        .map(|value| value.text.trim())
        .filter(|text| !text.is_empty())
        .map(read)
        .collect()
}

fn single<'a>(spec: &FilterSpec, values: &'a [Value]) -> Result<&'a str, NotUnderstood> {
    match values {
        [value] => Ok(value.text.trim()),
        _ => Err(NotUnderstood(format!(
            "“{}:” takes one value; write “{}”",
            spec.name, spec.example
        ))),
    }
}
