//! Tables of values: columns as wide as they need, numbers to the right.

use super::line::{COLUMNS, Ink, Line, columns};
use super::page::{Page, ROWS};

/// The widest column that is shown.
const WIDEST: usize = 18;
/// Blanks between columns.
const GAP: usize = 2;

/// The first rows.
pub fn page(text: &str) -> Page {
    let rows = rows(text, separator(text));
    let count = rows.iter().map(Vec::len).max().unwrap_or(0).min(COLUMNS);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|value| width(value))
                .max()
                .unwrap_or(0)
                .min(WIDEST)
        })
        .collect();
    let mut page = Page::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = Line::new();
        for (column, (value, wide)) in row.iter().zip(&widths).enumerate() {
            let ink = match (number, column) {
                (0, _) => Ink::Accent,
                (_, 0) => Ink::Text,
                _ if is_number(value) => Ink::Second,
                _ => Ink::Text,
            };
            let value = shortened(value, *wide);
            let rest = wide.saturating_sub(width(&value));
            let (before, after) = if number > 0 && is_number(&value) {
                (rest, 0)
            } else {
                (0, rest)
            };
            line.skip(before).put(ink, &value).skip(after + GAP);
        }
        line.trim();
        page.push(line);
    }
    page
}

fn width(value: &str) -> usize {
    value.chars().take(COLUMNS).map(columns).sum()
}

fn shortened(value: &str, wide: usize) -> String {
    if width(value) <= wide {
        return value.to_owned();
    }
    let mut taken = 1;
    let fits = value.chars().take_while(|letter| {
        taken += columns(*letter);
        taken <= wide
    });
    fits.chain(['…']).collect()
}

fn is_number(value: &str) -> bool {
    let value = value.trim_end_matches('%');
    value.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
        && value.replace(',', ".").parse::<f64>().is_ok()
}

/// The one of the four usual separators that the first line has most of.
fn separator(text: &str) -> char {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |separator: &char| first.chars().filter(|letter| letter == separator).count();
    // Of equals the last is taken: a comma where there is none of them.
    ['|', '\t', ';', ',']
        .into_iter()
        .max_by_key(count)
        .unwrap_or(',')
}

/// Values by row, quotes taken off (RFC 4180), line ends within them as blanks.
fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let mut rows = vec![];
    let mut row = vec![String::new()];
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let Some(value) = row.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                value.push('"');
            }
            '"' if quoted || value.is_empty() => quoted = !quoted,
            '\n' if !quoted => {
                if row.iter().any(|value| !value.is_empty()) {
                    rows.push(std::mem::take(&mut row));
                    if rows.len() > ROWS {
                        return rows;
                    }
                }
                row = vec![String::new()];
            }
            letter if letter == separator && !quoted => row.push(String::new()),
            '\n' | '\t' => value.push(' '),
            letter if letter.is_control() => {}
            letter => value.push(letter),
        }
    }
    if row.iter().any(|value| !value.is_empty()) {
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_numbers_stand_right() {
        let found =
            page("id,name,price\r\n1,\"Sword, long\",120\r\n\r\n22,\"a \"\"b\"\"\nc\",7.5\r\n");
        assert_eq!(
            found.words(),
            [
                "id  name         price",
                " 1  Sword, long    120",
                "22  a \"b\" c        7.5"
            ]
        );
        assert_eq!(found.ink_of("name"), Some(Ink::Accent));
        assert_eq!(found.ink_of("120"), Some(Ink::Second));
    }

    #[test]
    fn the_separator_is_found_and_long_values_are_cut() {
        assert_eq!(page("a;b,c;d\n1;2;3").words(), ["a  b,c  d", "1    2  3"]);
        assert_eq!(page("a\tb\nc\td").words(), ["a  b", "c  d"]);
        let long = page(&format!("k,v\n{},x", "y".repeat(90)));
        assert_eq!(long.words()[1], format!("{}…  x", "y".repeat(WIDEST - 1)));
        assert_eq!(page("one").words(), ["one"]);
    }
}
