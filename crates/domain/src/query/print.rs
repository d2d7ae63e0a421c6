//! Canonical text: what a query prints parses to the same query.

use super::dates::{DateSpan, civil_from_days};
use super::lex::{quote, quote_always};
use super::model::{Clause, ColourFilter, Filter, Label, NumberField, Query, Range};
use std::fmt;

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, clause) in self.clauses.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{clause}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        write!(f, "{}", self.filter)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Phrase(phrase) => f.write_str(&quote_always(phrase)),
            Self::Kind(kinds) => list(f, "kind", kinds, |kind| kind.name().to_owned()),
            Self::Format(formats) => list(f, "format", formats, |format| format.name().to_owned()),
            Self::Tag(tags) => list(f, "tag", tags, |tag| quote(tag.as_str())),
            Self::Is(condition) => write!(f, "is:{}", condition.name()),
            Self::Number(field, range) => number(f, *field, *range),
            Self::Loudness(min, max) => loudness(f, *min, *max),
            Self::Date(field, span) => date(f, field.name(), *span),
            Self::Alpha(yes) => f.write_str(if *yes { "alpha:yes" } else { "alpha:no" }),
            Self::Aspect(shapes) => list(f, "aspect", shapes, |shape| shape.name().to_owned()),
            Self::Label(labels) => list(f, "label", labels, |label| {
                label.map_or("none", Label::name).to_owned()
            }),
            Self::Licence(licences) => list(f, "licence", licences, |licence| {
                licence.as_deref().map_or_else(|| "none".to_owned(), quote)
            }),
            Self::Folder(folders) => list(f, "folder", folders, |folder| quote(folder)),
            Self::Name(names) => list(f, "name", names, |name| quote(name)),
            Self::Ext(endings) => list(f, "ext", endings, |ending| quote(ending)),
            Self::Collection(names) => list(f, "collection", names, |name| quote(name)),
            Self::Colour(ColourFilter { colour, tolerance }) => {
                write!(f, "colour:{colour}~{}", f64::from(*tolerance) / 1000.0)
            }
            Self::Like(id) => write!(f, "like:{id}"),
            Self::Content(digits) => write!(f, "content:{digits}"),
            Self::Id(ids) => list(f, "id", ids, ToString::to_string),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    values: &[T],
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    let values: Vec<String> = values.iter().map(text).collect();
    write!(f, "{name}:{}", values.join(","))
}

fn number(f: &mut fmt::Formatter<'_>, field: NumberField, range: Range) -> fmt::Result {
    // Base units, which are exact whatever was written.
    let unit = match field {
        NumberField::Size => "b",
        NumberField::Duration => "ms",
        _ => "",
    };
    let name = field.name();
    match range {
        Range { min, max: u64::MAX } => write!(f, "{name}>={min}{unit}"),
        Range { min, max } if min == max => write!(f, "{name}:{min}{unit}"),
        Range { min, max } => write!(f, "{name}:{min}{unit}..{max}{unit}"),
    }
}

fn loudness(f: &mut fmt::Formatter<'_>, min: i32, max: i32) -> fmt::Result {
    let text = |value: i32| format!("{}", f64::from(value) / 100.0);
    match (min, max) {
        (min, i32::MAX) => write!(f, "loudness>={}", text(min)),
        (i32::MIN, max) => write!(f, "loudness<={}", text(max)),
        (min, max) => write!(f, "loudness:{}..{}", text(min), text(max)),
    }
}

fn date(f: &mut fmt::Formatter<'_>, name: &str, span: DateSpan) -> fmt::Result {
    let text = |days: i32| {
        let (year, month, day) = civil_from_days(days);
        format!("{year:04}-{month:02}-{day:02}")
    };
    match span {
        DateSpan::Days {
            from: Some(from),
            to: Some(to),
        } if from == to => write!(f, "{name}:{}", text(from)),
        DateSpan::Days {
            from: Some(from),
            to: Some(to),
        } => write!(f, "{name}:{}..{}", text(from), text(to)),
        DateSpan::Days {
            from: Some(from),
            to: None,
        } => write!(f, "{name}>={}", text(from)),
        DateSpan::Days {
            from: None,
            to: Some(to),
        } => write!(f, "{name}<={}", text(to)),
        // Everything: the parser never makes it, and any asset is younger than a century.
        DateSpan::Days {
            from: None,
            to: None,
        } => write!(f, "{name}<100y"),
        DateSpan::Recent(1) => write!(f, "{name}:today"),
        DateSpan::Recent(7) => write!(f, "{name}:week"),
        DateSpan::Recent(30) => write!(f, "{name}:month"),
        DateSpan::Recent(365) => write!(f, "{name}:year"),
        DateSpan::Recent(days) => write!(f, "{name}<{days}d"),
        DateSpan::Yesterday => write!(f, "{name}:yesterday"),
        DateSpan::Newer(hours) => write!(f, "{name}<{}", age(hours)),
        DateSpan::Older(hours) => write!(f, "{name}>{}", age(hours)),
    }
}

fn age(hours: u32) -> String {
    if hours > 0 && hours.is_multiple_of(24) {
        format!("{}d", hours / 24)
    } else {
        format!("{hours}h")
    }
}
