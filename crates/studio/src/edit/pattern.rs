//! The pattern of a batch rename: `{name} {n} {n:03} {ext} {folder} {date} {w} {h}` and plain text.

use crate::{Error, Result};

/// What a pattern can put in for one asset.
pub(super) struct Subject<'a> {
    /// The present name, ending included.
    pub name: &'a str,
    /// The folder that it lies in, the last name only.
    pub folder: &'a str,
    /// The file's own time, Unix milliseconds.
    pub modified_ms: i64,
    /// Columns in pixels; 0 where there are none.
    pub width: u32,
    /// Rows in pixels.
    pub height: u32,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name,
    Number { digits: usize },
    Ext,
    Folder,
    Date,
    Width,
    Height,
}

/// A pattern with what is searched for and replaced in its result.
#[derive(Debug)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
    find: String,
    replace: String,
}

/// Name and ending of a file name; a name that begins with its only dot has no ending.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.is_empty() => (stem, Some(ending)),
        _ => (name, None),
    }
}

impl Pattern {
    /// Reads a pattern; an empty one keeps the name. An empty `find` replaces nothing.
    pub(crate) fn new(pattern: &str, find: &str, replace: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            let Some(close) = rest[open..].find('}').map(|at| open + at) else {
                return Err(Error::invalid(format!(
                    "The pattern opens a “{{” that it does not close: “{pattern}”."
                )));
            };
            pieces.push(placeholder(&rest[open + 1..close])?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if pieces.is_empty() {
            pieces.push(Piece::Name);
        }
        Ok(Self {
            pieces,
            find: find.to_owned(),
            replace: replace.to_owned(),
        })
    }

    /// The new name of the `number`th asset (from 1). The ending stays as it is unless the pattern sets it.
    pub(super) fn name(&self, subject: &Subject<'_>, number: usize) -> String {
        let (stem, ending) = split(subject.name);
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name => out.push_str(stem),
                Piece::Number { digits } => out.push_str(&format!("{number:0digits$}")),
                Piece::Ext => out.push_str(ending.unwrap_or_default()),
                Piece::Folder => out.push_str(subject.folder),
                Piece::Date => out.push_str(&date(subject.modified_ms)),
                Piece::Width => out.push_str(&subject.width.to_string()),
                Piece::Height => out.push_str(&subject.height.to_string()),
            }
        }
        if !self.find.is_empty() {
            out = out.replace(&self.find, &self.replace);
        }
        match ending {
            Some(ending) if !self.pieces.contains(&Piece::Ext) => format!("{out}.{ending}"),
            _ => out,
        }
    }
}

fn placeholder(text: &str) -> Result<Piece> {
    Ok(match text {
        "name" => Piece::Name,
        "n" => Piece::Number { digits: 1 },
        "ext" => Piece::Ext,
        "folder" => Piece::Folder,
        "date" => Piece::Date,
        "w" => Piece::Width,
        "h" => Piece::Height,
        other => {
            let digits = other
                .strip_prefix("n:0")
                .and_then(|digits| digits.parse().ok())
                .filter(|digits| (1..=9).contains(digits));
            let digits = digits.ok_or_else(|| {
                Error::invalid(format!(
                    "“{{{other}}}” is not known; use {{name}}, {{n}}, {{n:03}}, {{ext}}, {{folder}}, {{date}}, {{w}} or {{h}}."
                ))
            })?;
            Piece::Number { digits }
        }
    })
}

fn date(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms)
        .map(|at| at.format("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pattern: &str, find: &str, replace: &str, name: &str) -> String {
        let subject = Subject {
            name,
            folder: "chars",
            modified_ms: 1_767_225_600_000,
            width: 64,
            height: 32,
        };
        Pattern::new(pattern, find, replace)
            .unwrap()
            .name(&subject, 7)
    }

    #[test]
    fn every_placeholder_gives_its_value() {
        assert_eq!(
            named("{folder}_{name}_{n:03}_{w}x{h}_{date}", "", "", "orc.png"),
            "chars_orc_007_64x32_2026-01-01.png"
        );
        assert_eq!(named("{n}.{ext}", "", "", "orc.png"), "7.png");
    }

    #[test]
    fn the_ending_stays_unless_the_pattern_sets_it() {
        assert_eq!(named("hero", "", "", "orc.png"), "hero.png");
        assert_eq!(named("hero", "", "", "README"), "hero");
        assert_eq!(named("{name}", "", "", ".gitignore"), ".gitignore");
        assert_eq!(
            named("", ".png", "", "a.png.png"),
            "a.png",
            "the ending is not searched"
        );
    }

    #[test]
    fn find_and_replace_alone_keep_the_rest() {
        assert_eq!(
            named("", "goblin", "orc", "goblin_goblin_idle.png"),
            "orc_orc_idle.png"
        );
    }

    #[test]
    fn unknown_and_open_placeholders_are_refused() {
        for pattern in ["{nme}", "{n:0}", "{n:x}", "{name"] {
            assert!(Pattern::new(pattern, "", "").is_err(), "{pattern}");
        }
    }
}
