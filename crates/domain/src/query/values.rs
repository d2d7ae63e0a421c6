//! Reads the values of filters: numbers with units, times, dates, colours. Says what is wrong in words.

use super::dates::{DateSpan, parse_days};
use super::filters::nearest_of;
use super::lex::Operator;
use super::model::{ColourFilter, NumberField, Range};
use crate::Colour;

/// Why a value cannot be used, and what can be written instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotUnderstood(pub(super) String);

impl NotUnderstood {
    /// None of a fixed set of words.
    pub(super) fn one_of(what: &str, text: &str, words: &[&str]) -> Self {
        match nearest_of(text, words.iter().copied()) {
            Some(word) => Self(format!(
                "there is no {what} “{text}”, did you mean “{word}”?"
            )),
            None => Self(format!(
                "there is no {what} “{text}”; use one of {}",
                words.join(", ")
            )),
        }
    }
}

/// A quantity and how precisely it was written, both in the field's base unit.
struct Quantity {
    value: f64,
    /// Half of the last digit's worth; 0 where the number is exact.
    slack: f64,
}

/// The two ends of “from..to”, an empty one being open; none where the text is no span.
type Ends<T> = Option<(Option<T>, Option<T>)>;

fn ends<T>(
    operator: Operator,
    text: &str,
    read: impl Fn(&str) -> Result<T, NotUnderstood>,
) -> Result<Ends<T>, NotUnderstood> {
    let Some((from, to)) = text.split_once("..").filter(|_| operator == Operator::Is) else {
        return Ok(None);
    };
    let end = |text: &str| (!text.is_empty()).then(|| read(text)).transpose();
    Ok(Some((end(from)?, end(to)?)))
}

fn backwards(text: &str, first: &str) -> NotUnderstood {
    NotUnderstood(format!(
        "“{text}” ends before it begins; write the {first} first"
    ))
}

/// Bounds of a number filter.
pub(super) fn range(
    field: NumberField,
    operator: Operator,
    text: &str,
) -> Result<Range, NotUnderstood> {
    let least = field.least();
    if let Some((from, to)) = ends(operator, text, |text| quantity(field, text))? {
        let min = from.map_or(least, |from| ceil(from.value));
        let max = to.map_or(u64::MAX, |to| floor(to.value));
        return if min > max {
            Err(backwards(text, "smaller number"))
        } else {
            Ok(Range { min, max })
        };
    }
    let Quantity { value, slack } = quantity(field, text)?;
    let range = match operator {
        Operator::Is => Range {
            min: ceil(value - slack),
            max: floor(value + slack),
        },
        Operator::AtLeast => Range {
            min: ceil(value),
            max: u64::MAX,
        },
        Operator::Above => Range {
            min: floor(value).saturating_add(1),
            max: u64::MAX,
        },
        Operator::AtMost => Range {
            min: least.min(floor(value)),
            max: floor(value),
        },
        Operator::Below => match ceil(value).checked_sub(1) {
            Some(max) => Range {
                min: least.min(max),
                max,
            },
            None => {
                return Err(NotUnderstood(format!(
                    "nothing is less than {text}; use a number above 0"
                )));
            }
        },
    };
    if range.min > range.max {
        return Err(NotUnderstood(format!(
            "“{text}” is between two whole numbers; use a whole one"
        )));
    }
    Ok(range)
}

/// Bounds of a loudness in hundredths of a LUFS.
pub(super) fn loudness(operator: Operator, text: &str) -> Result<(i32, i32), NotUnderstood> {
    let read = |text: &str| {
        let number = text.to_ascii_lowercase();
        let number = number.trim_end_matches("lufs").trim_end_matches("db");
        match number.parse::<f64>() {
            Ok(value) if value.abs() <= 1000.0 => Ok((value * 100.0).round() as i32),
            _ => Err(NotUnderstood(format!(
                "“{text}” is not a loudness; write LUFS such as -14"
            ))),
        }
    };
    if let Some((from, to)) = ends(operator, text, read)? {
        let (min, max) = (from.unwrap_or(i32::MIN), to.unwrap_or(i32::MAX));
        return if min > max {
            Err(backwards(text, "quieter one"))
        } else {
            Ok((min, max))
        };
    }
    let value = read(text)?;
    let slack = if text.contains('.') { 5 } else { 50 };
    Ok(match operator {
        Operator::Is => (value - slack, value + slack),
        Operator::AtLeast => (value, i32::MAX),
        Operator::Above => (value + 1, i32::MAX),
        Operator::AtMost => (i32::MIN, value),
        Operator::Below => (i32::MIN, value - 1),
    })
}

/// A span of dates.
pub(super) fn dates(operator: Operator, text: &str) -> Result<DateSpan, NotUnderstood> {
    let lower = text.to_ascii_lowercase();
    if let Some(hours) = age_hours(&lower) {
        return match operator {
            Operator::Below | Operator::AtMost | Operator::Is => Ok(DateSpan::Newer(hours)),
            Operator::Above | Operator::AtLeast => Ok(DateSpan::Older(hours)),
        };
    }
    if let Some(named) = named_span(&lower).filter(|_| operator == Operator::Is) {
        return Ok(named);
    }
    if let Some((from, to)) = ends(operator, text, days)? {
        let (from, to) = (from.map(|days| days.0), to.map(|days| days.1));
        return match (from, to) {
            (None, None) => Err(no_date(text)),
            (Some(from), Some(to)) if from > to => Err(backwards(text, "earlier date")),
            _ => Ok(DateSpan::Days { from, to }),
        };
    }
    let (first, last) = days(text)?;
    Ok(match operator {
        Operator::Is => DateSpan::Days {
            from: Some(first),
            to: Some(last),
        },
        Operator::Above => DateSpan::Days {
            from: Some(last + 1),
            to: None,
        },
        Operator::AtLeast => DateSpan::Days {
            from: Some(first),
            to: None,
        },
        Operator::Below => DateSpan::Days {
            from: None,
            to: Some(first - 1),
        },
        Operator::AtMost => DateSpan::Days {
            from: None,
            to: Some(last),
        },
    })
}

/// The first and the last day of a date as it was written.
fn days(text: &str) -> Result<(i32, i32), NotUnderstood> {
    parse_days(text).ok_or_else(|| no_date(text))
}

fn no_date(text: &str) -> NotUnderstood {
    NotUnderstood(format!(
        "“{text}” is not a date; write 2026-01-31, 2026-01, 2026-01..2026-03, today, week, month or an age such as <30d"
    ))
}

fn named_span(text: &str) -> Option<DateSpan> {
    Some(match text {
        "today" => DateSpan::Recent(1),
        "yesterday" => DateSpan::Yesterday,
        "week" => DateSpan::Recent(7),
        "month" => DateSpan::Recent(30),
        "year" => DateSpan::Recent(365),
        _ => return None,
    })
}

/// `12h`, `30d`, `2w`, `6mo`, `1y` as hours; months of 30 and years of 365 days.
fn age_hours(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: u32 = text[..digits].parse().ok()?;
    let hours = match &text[digits..] {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        "mo" => 30 * 24,
        "y" => 365 * 24,
        _ => return None,
    };
    // A hundred years: beyond that somebody leant on the keyboard.
    count.checked_mul(hours).filter(|hours| *hours <= 876_000)
}

/// `#rrggbb`, `rrggbb` or `#rgb`, with `~` and a tolerance from 0 to 1 if wanted.
pub(super) fn colour(text: &str) -> Result<ColourFilter, NotUnderstood> {
    let (colour, tolerance) = match text.split_once('~') {
        Some((colour, tolerance)) => {
            let parsed = tolerance
                .parse::<f64>()
                .ok()
                .filter(|value| (0.0..=1.0).contains(value));
            let parsed = parsed.ok_or_else(|| {
                NotUnderstood(format!(
                    "“{tolerance}” is not a tolerance; write a number from 0 to 1, such as 0.1"
                ))
            })?;
            (colour, (parsed * 1000.0).round() as u16)
        }
        None => (text, ColourFilter::DEFAULT_TOLERANCE),
    };
    let colour: Colour = colour
        .parse()
        .map_err(|error: crate::colour::ParseColourError| NotUnderstood(error.to_string()))?;
    Ok(ColourFilter { colour, tolerance })
}

/// `yes` or `no`, or what programmers write for them.
pub(super) fn truth(text: &str) -> Result<bool, NotUnderstood> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(NotUnderstood(format!(
            "“{text}” is neither yes nor no; write yes or no"
        ))),
    }
}

fn quantity(field: NumberField, text: &str) -> Result<Quantity, NotUnderstood> {
    let parsed = match field {
        NumberField::Duration => duration(text),
        NumberField::Size => scaled(text, |unit| match unit {
            "" | "b" => Some(1.0),
            "k" | "kb" | "kib" => Some(1024.0),
            "m" | "mb" | "mib" => Some(1024.0 * 1024.0),
            "g" | "gb" | "gib" => Some(1024.0 * 1024.0 * 1024.0),
            "t" | "tb" | "tib" => Some(1024.0 * 1024.0 * 1024.0 * 1024.0),
            _ => None,
        }),
        NumberField::Rate => scaled(text, |unit| match unit {
            "" | "hz" => Some(1.0),
            "k" | "khz" => Some(1000.0),
            _ => None,
        }),
        _ => scaled(text, |unit| match unit {
            "" | "px" => Some(1.0),
            "k" => Some(1000.0),
            "m" => Some(1_000_000.0),
            _ => None,
        }),
    };
    parsed.ok_or_else(|| {
        let example = match field {
            NumberField::Size => "bytes such as 500, 200kb or 1.5mb",
            NumberField::Duration => "a time such as 30s, 1m30s or 250ms",
            NumberField::Rate => "a rate such as 44100 or 48k",
            _ => "a number such as 512, 5k or 2m",
        };
        NotUnderstood(format!(
            "“{text}” does not fit “{}”; write {example}",
            field.name()
        ))
    })
}

/// A decimal number and a unit. Rounded units (`1.5mb`) mean what shows as that number.
fn scaled(text: &str, unit: impl Fn(&str) -> Option<f64>) -> Option<Quantity> {
    let lower = text.trim().to_ascii_lowercase();
    let (number, decimals, rest) = decimal(&lower)?;
    let unit = unit(rest)?;
    let slack = if unit > 1.0 {
        unit * 0.5 / 10f64.powi(decimals)
    } else {
        0.0
    };
    let value = number * unit;
    // Just under the half, so that neighbouring values do not share an end.
    (value <= 9.0e15).then_some(Quantity {
        value,
        slack: (slack - 1.0).max(0.0),
    })
}

/// `30`, `30s`, `250ms`, `1.5m`, `1h2m3s` in ms; a bare number is seconds.
fn duration(text: &str) -> Option<Quantity> {
    let lower = text.trim().to_ascii_lowercase();
    let mut rest = lower.as_str();
    let (mut value, mut slack) = (0.0, 0.0);
    while !rest.is_empty() {
        let (number, decimals, after) = decimal(rest)?;
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &after[..letters] {
            "ms" => 1.0,
            "s" | "sec" | "" => 1000.0,
            "m" | "min" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        value += number * unit;
        slack = if unit > 1.0 {
            unit * 0.5 / 10f64.powi(decimals)
        } else {
            0.0
        };
        rest = &after[letters..];
    }
    (!lower.is_empty() && value <= 9.0e15).then_some(Quantity {
        value,
        slack: (slack - 1.0).max(0.0),
    })
}

/// A number without sign or exponent at the start of a text: its value, its decimals, what follows.
fn decimal(text: &str) -> Option<(f64, i32, &str)> {
    let length = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let digits = &text[..length];
    let value: f64 = digits.parse().ok()?;
    let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len());
    Some((
        value,
        i32::try_from(decimals).ok().filter(|count| *count <= 9)?,
        &text[length..],
    ))
}

fn ceil(value: f64) -> u64 {
    value.max(0.0).ceil() as u64
}

fn floor(value: f64) -> u64 {
    value.max(0.0).floor() as u64
}
