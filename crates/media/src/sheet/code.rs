//! Texts without a format of their own: code, settings or words, told apart by how their lines look. The language is
//! not known; what nearly all of them share (comments, strings, the commonest keywords) is enough for a glance.

use super::line::{Ink, Line};
use super::page::{Page, ROWS};
use super::prose;

/// Lines by which the manner is judged.
const JUDGED: usize = 40;

/// Words that begin or steer statements in the languages of games.
const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "async",
    "await",
    "break",
    "case",
    "class",
    "class_name",
    "const",
    "def",
    "do",
    "elif",
    "else",
    "end",
    "enum",
    "export",
    "extends",
    "extern",
    "false",
    "float",
    "fn",
    "for",
    "foreach",
    "from",
    "func",
    "function",
    "if",
    "impl",
    "import",
    "in",
    "include",
    "int",
    "interface",
    "let",
    "local",
    "match",
    "mod",
    "mut",
    "namespace",
    "new",
    "nil",
    "not",
    "null",
    "onready",
    "or",
    "pass",
    "private",
    "protected",
    "public",
    "pub",
    "return",
    "self",
    "shader_type",
    "signal",
    "static",
    "struct",
    "switch",
    "then",
    "this",
    "true",
    "uniform",
    "use",
    "using",
    "var",
    "varying",
    "vec2",
    "vec3",
    "vec4",
    "void",
    "where",
    "while",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Words,
    Settings,
    /// Wavefront materials: a word and its values.
    Materials,
    Code,
}

/// The first lines of a text whose format is not known closer.
pub fn page(text: &str) -> Page {
    let manner = manner(text);
    if manner == Manner::Words {
        return prose::plain(text);
    }
    let mut page = Page::new();
    let mut within_comment = false;
    // Of blank lines most are left out.
    for words in text.lines().take(ROWS * 4) {
        let mut line = Line::new();
        let seen = words.trim_start();
        within_comment |= seen.starts_with("/*") || seen.starts_with("<!--");
        if within_comment {
            line.put(Ink::Faint, words);
            within_comment = !(seen.contains("*/") || seen.contains("-->"));
        } else {
            match manner {
                Manner::Settings => setting(&mut line, words),
                Manner::Materials => material(&mut line, words),
                Manner::Words | Manner::Code => code(&mut line, words),
            }
        }
        page.push(line);
    }
    page
}

fn manner(text: &str) -> Manner {
    let lines = || {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take(JUDGED)
    };
    let all = lines().count();
    let share = |is: fn(&str) -> bool| lines().filter(|line| is(line)).count() * 100 / all.max(1);
    if lines().any(|line| line.starts_with("newmtl ")) {
        Manner::Materials
    } else if share(is_setting) >= 60 {
        Manner::Settings
    } else if share(is_code) >= 35 {
        Manner::Code
    } else {
        Manner::Words
    }
}

fn is_setting(line: &str) -> bool {
    if line.ends_with([';', '{', '}']) {
        return false;
    }
    let section = line.starts_with('[') && line.ends_with(']');
    let key =
        split_key(line).is_some_and(|(key, _, _)| key.len() <= 48 && !key.trim().contains(' '));
    section || key || line.starts_with(['#', ';']) || line.starts_with("- ")
}

fn is_code(line: &str) -> bool {
    line.ends_with(['{', '}', ';', ')', '(', ']', '>', '"']) && !line.starts_with("- ")
        || line.starts_with("//")
        || line.starts_with("#include")
        || line.ends_with(':')
            && line
                .split_whitespace()
                .next()
                .is_some_and(|word| KEYWORDS.contains(&word))
        || [
            "var ", "func ", "extends ", "import ", "const ", "return ", "local ",
        ]
        .iter()
        .any(|word| line.starts_with(word))
        || line.contains(" = ")
}

/// Key, separator and value of `key = value` or `key: value`.
fn split_key(line: &str) -> Option<(&str, &str, &str)> {
    let at = line.find(['=', ':'])?;
    let (key, rest) = line.split_at(at);
    let word = key.trim().trim_matches(['"', '\'']);
    let named = !word.is_empty()
        && word
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_-./ *?".contains(letter));
    let (separator, value) = rest.split_at(1);
    // `http://` is no key.
    (named && !value.starts_with("//")).then_some((key, separator, value))
}

fn setting(line: &mut Line, words: &str) {
    let seen = words.trim_start();
    if seen.starts_with(['#', ';']) {
        line.put(Ink::Faint, words);
    } else if seen.starts_with('[') {
        line.put(Ink::Accent, words);
    } else if let Some((key, separator, value)) = split_key(words) {
        line.put(Ink::Text, key)
            .put(Ink::Faint, separator)
            .put(Ink::Second, value);
    } else {
        line.put(Ink::Text, words);
    }
}

fn material(line: &mut Line, words: &str) {
    let words = words.trim();
    match words.split_once(char::is_whitespace) {
        Some(("newmtl", name)) => line.put(Ink::Accent, name),
        _ if words.starts_with('#') => line.put(Ink::Faint, words),
        Some((word, values)) => line
            .skip(2)
            .put(Ink::Text, word)
            .skip(2)
            .put(Ink::Second, values.trim_start()),
        None => line.put(Ink::Text, words),
    };
}

fn code(line: &mut Line, words: &str) {
    let mut rest = words;
    let mut after_tag = false;
    while let Some(first) = rest.chars().next() {
        let begins =
            rest.len() == words.len() || words[..words.len() - rest.len()].trim_end().is_empty();
        let (length, ink) = if is_comment(rest, begins) {
            (rest.len(), Ink::Faint)
        } else if let Some(length) = string(rest) {
            (length, Ink::Second)
        } else if first.is_alphanumeric() || first == '_' {
            let word = rest
                .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
                .unwrap_or(rest.len());
            let keyword = after_tag || KEYWORDS.contains(&&rest[..word]);
            let ink = if keyword {
                Ink::Accent
            } else if first.is_ascii_digit() {
                Ink::Second
            } else {
                Ink::Text
            };
            (word, ink)
        } else {
            (
                first.len_utf8(),
                if "{}()[];,<>".contains(first) {
                    Ink::Faint
                } else {
                    Ink::Text
                },
            )
        };
        after_tag = first == '<' && !rest[1..].starts_with([' ', '=']) || after_tag && first == '/';
        line.put(ink, &rest[..length]);
        rest = &rest[length..];
    }
}

fn is_comment(rest: &str, begins: bool) -> bool {
    rest.starts_with("//")
        || begins
            && ["# ", "## ", "--", "* ", "*/", "#!"]
                .iter()
                .any(|mark| rest.starts_with(mark))
        || begins && rest == "#"
}

/// The length of a string that ends on its line.
fn string(rest: &str) -> Option<usize> {
    let quote = rest
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str =
        "extends Node2D\n# Jumps.\nvar speed = 12\n\nfunc _ready():\n\tprint(\"hel\\\"lo\")\n";

    #[test]
    fn manners_are_told_apart() {
        for (text, manner) in [
            (SCRIPT, Manner::Code),
            ("#include <a>\nint main() {\n  return 0;\n}\n", Manner::Code),
            ("<html>\n<body>\n<p>Hi</p>\n</body>\n", Manner::Code),
            ("[a]\nb = 1\nc=2\n; note\n", Manner::Settings),
            ("version: 2\nsteps:\n  - run: a\n", Manner::Settings),
            ("newmtl Skin\nKd 1 0 0\nmap_Kd a.png\n", Manner::Materials),
            (
                "Dear player,\nthank you for everything.\nYours, for ever",
                Manner::Words,
            ),
        ] {
            assert_eq!(super::manner(text), manner, "{text}");
        }
    }

    #[test]
    fn code_has_its_inks() {
        let page = page(SCRIPT);
        assert_eq!(
            page.words(),
            [
                "extends Node2D",
                "# Jumps.",
                "var speed = 12",
                "",
                "func _ready():",
                "  print(\"hel\\\"lo\")"
            ]
        );
        let inks = ["extends", "Node2D", "Jumps", "12", "(", "print", "lo\\"]
            .map(|word| page.ink_of(word));
        use Ink::{Accent, Faint, Second, Text};
        assert_eq!(
            inks[..6],
            [Accent, Text, Faint, Second, Faint, Text].map(Some)
        );
        assert_eq!(page.ink_of("hel"), Some(Second));
    }

    #[test]
    fn materials_have_names_and_values() {
        let page = page("# Blender\nnewmtl Skin\nKd 1 0 0\n");
        assert_eq!(page.words(), ["# Blender", "Skin", "  Kd  1 0 0"]);
        assert_eq!(page.ink_of("Skin"), Some(Ink::Accent));
    }

    #[test]
    fn settings_have_keys_and_values() {
        let page = page("[core]\nname = \"x\"\n# why\nurl: http://a\n");
        let inks = ["core", "name", "x", "why", "url", "http"].map(|word| page.ink_of(word));
        use Ink::{Accent, Faint, Second, Text};
        assert_eq!(inks, [Accent, Text, Second, Faint, Text, Second].map(Some));
    }
}
