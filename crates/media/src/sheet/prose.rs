//! Markdown and other running words: paragraphs are set to the page's width, marks become looks.

use super::line::{Ink, Line};
use super::page::Page;

/// A line at least this long was broken by an editor, not by its author: the next one goes on.
const BROKEN_BY_WIDTH: usize = 50;

/// Words without marks: letters, licences, notes.
pub fn plain(text: &str) -> Page {
    let mut page = Page::new();
    for words in paragraphs(text, |line| {
        line.trim_start().starts_with(char::is_alphabetic)
    }) {
        if page.is_full() {
            break;
        }
        if is_rule(&words) {
            continue;
        }
        let mut line = Line::new();
        line.put(Ink::Text, &words);
        page.push_broken(line, 0);
    }
    page
}

/// Markdown (CommonMark as far as a glance needs it).
pub fn markdown(text: &str) -> Page {
    let mut page = Page::new();
    let mut fenced = false;
    let continues = |line: &str| {
        let first = line.trim_start().chars().next();
        first.is_some_and(|first| first.is_alphanumeric() || "`\"(“_[".contains(first))
            && !is_numbered(line.trim_start())
    };
    for words in paragraphs(text, continues) {
        if page.is_full() {
            break;
        }
        if is_fence(&words) {
            fenced = !fenced;
        } else if fenced {
            let mut line = Line::new();
            line.put(Ink::Second, &words);
            page.push(line);
        } else if !is_rule(&words) {
            block(&words, &mut page);
        }
    }
    page
}

fn is_fence(words: &str) -> bool {
    let words = words.trim_start();
    words.starts_with("```") || words.starts_with("~~~")
}

/// A line that only draws: a thematic break or the line under a heading.
fn is_rule(words: &str) -> bool {
    let words = words.trim();
    words.len() >= 3 && words.chars().all(|letter| "-=*_".contains(letter))
}

fn is_numbered(words: &str) -> bool {
    let rest = words.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < words.len() && (rest.starts_with(". ") || rest.starts_with(") "))
}

fn block(words: &str, page: &mut Page) {
    let inner = words.trim_start();
    let depth = (words.len() - inner.len()).min(8);
    let mut line = Line::new();
    let level = inner.chars().take_while(|letter| *letter == '#').count();
    if (1..=6).contains(&level) && inner[level..].starts_with(' ') {
        line.title = level <= 2;
        inline(
            &mut line,
            Ink::Accent,
            inner[level..].trim().trim_end_matches('#').trim_end(),
        );
        page.push_broken(line, 0);
        return;
    }
    line.skip(depth);
    if let Some(rest) = ["- ", "* ", "+ "]
        .iter()
        .find_map(|mark| inner.strip_prefix(mark))
    {
        line.put(Ink::Accent, "• ");
        inline(&mut line, Ink::Text, rest);
        page.push_broken(line, depth + 2);
    } else if is_numbered(inner) {
        let (number, rest) = inner.split_at(inner.find(' ').map_or(0, |at| at + 1));
        line.put(Ink::Accent, number);
        inline(&mut line, Ink::Text, rest);
        page.push_broken(line, depth + number.len());
    } else if let Some(rest) = inner.strip_prefix('>') {
        line.rules = vec![0];
        line.skip(2);
        inline(&mut line, Ink::Second, rest.trim_start());
        page.push_broken(line, 2);
    } else if inner.starts_with('|') {
        inline(&mut line, Ink::Text, inner);
        page.push(line);
    } else {
        inline(&mut line, Ink::Text, inner);
        // A line of tags or badges only leaves nothing behind.
        if !line.is_blank() || inner.is_empty() {
            page.push_broken(line, depth);
        }
    }
}

/// Emphasis, code, links, pictures and tags within a line.
fn inline(line: &mut Line, ink: Ink, words: &str) {
    let mut rest = words;
    while let Some(first) = rest.chars().next() {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        if let Some(inner) = rest.get(ticks..)
            && ticks > 0
            && let Some(end) = inner.find(&rest[..ticks])
        {
            line.put(Ink::Second, &inner[..end]);
            rest = &inner[end + ticks..];
        } else if let Some(after) = rest.strip_prefix("**").or_else(|| rest.strip_prefix("__")) {
            rest = after;
        } else if let Some((label, after)) = rest.strip_prefix("![").and_then(link) {
            line.put(Ink::Faint, label);
            rest = after;
        } else if let Some((label, after)) = rest.strip_prefix('[').and_then(link) {
            // A picture that is a link: only its words are left.
            let label = label
                .strip_prefix("![")
                .map_or(label, |label| label.trim_end_matches(']'));
            line.put(Ink::Second, label.trim_matches('`'));
            rest = after;
        } else if let Some(after) = tag(rest) {
            rest = after;
        } else {
            line.put(ink, &rest[..first.len_utf8()]);
            rest = &rest[first.len_utf8()..];
        }
    }
}

/// `label](target)` and `label][id]` to the label and what follows. A label may hold one picture.
fn link(rest: &str) -> Option<(&str, &str)> {
    if let Some(picture) = rest.strip_prefix("![") {
        let (label, after) = link(picture.get(..)?)?;
        let after = after.strip_prefix("](")?;
        return Some((label, &after[after.find(')')? + 1..]));
    }
    let end = rest.find(']')?;
    let after = &rest[end + 1..];
    let close = match after.chars().next()? {
        '(' => ')',
        '[' => ']',
        _ => return None,
    };
    Some((&rest[..end], &after[after.find(close)? + 1..]))
}

/// Past an HTML tag or comment.
fn tag(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix('<')?;
    let named = inner
        .starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '!');
    named.then(|| inner.find('>').map(|end| &inner[end + 1..]))?
}

/// Lines, where those that an editor broke at a width are joined again. `continues` says whether a line can be the
/// second part of another.
fn paragraphs(text: &str, continues: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut last_length = 0;
    let mut fenced = false;
    for line in text.lines() {
        let line = line.trim_end();
        let length = line.chars().count();
        fenced ^= is_fence(line);
        match found.last_mut() {
            Some(last)
                if !fenced
                    && last_length >= BROKEN_BY_WIDTH
                    && continues(line)
                    && !last.starts_with('#')
                    && !is_rule(last) =>
            {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => found.push(line.to_owned()),
        }
        last_length = length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_looks() {
        let text = "# The **Goblin** #\n\n[![build](a.svg)](b) <br/>\nIt ``bites``, see [here](http://a) and ![a face](f.png).\n\n* one\n2. two\n> said\n---\n```gd\n# code\n```\n";
        let page = markdown(text);
        assert_eq!(
            page.words(),
            [
                "The Goblin",
                "",
                "build",
                "It bites, see here and a face.",
                "",
                "• one",
                "2. two",
                "  said",
                "# code"
            ]
        );
        let inks = [
            "Goblin", "bites", "here", "face", "said", "# code", "one", "• one",
        ]
        .map(|word| page.ink_of(word));
        use Ink::{Accent, Faint, Second, Text};
        assert_eq!(
            inks,
            [Accent, Second, Second, Faint, Second, Second, Text, Accent].map(Some)
        );
    }

    #[test]
    fn paragraphs_broken_by_width_are_set_anew() {
        let text = "------------------------------------------------------------\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this software and its documentation.\n\nShort\nlines\nstay";
        assert_eq!(
            plain(text).words(),
            [
                "Permission is hereby granted, free of charge,",
                "to any person obtaining a copy of this",
                "software and its documentation.",
                "",
                "Short",
                "lines",
                "stay"
            ]
        );
    }
}
