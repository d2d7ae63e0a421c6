//! Formats that are text: known by their first words, and where those are silent by the name.

use super::Sample;
use gameforge_domain::{Format, Kind};

/// The format of a text; `None` for bytes that are not text.
pub fn by_words(sample: &Sample<'_>) -> Option<Format> {
    let hint = sample.hint();
    if sample.head.starts_with(b"\xff\xfe") || sample.head.starts_with(b"\xfe\xff") {
        return is_utf16(sample.head).then(|| fallback(hint));
    }
    let head = sample
        .head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(sample.head);
    let text = readable(head, hint)?;
    let start = text.trim_start();
    if start.starts_with('<') {
        return Some(xml(start));
    }
    if let Some(format) = godot(start, hint)
        .or_else(|| unity(start))
        .or_else(|| model(start, hint))
    {
        return Some(format);
    }
    if looks_like_json(start) {
        return Some(json(start, hint));
    }
    Some(fallback(hint))
}

/// The text of the head, or `None` when it holds what texts do not. Latin-1 counts where the name is a text's.
fn readable(head: &[u8], hint: Option<Format>) -> Option<String> {
    if head
        .iter()
        .any(|byte| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f))
    {
        return None;
    }
    match std::str::from_utf8(head) {
        Ok(text) => Some(text.to_owned()),
        // The head may end within a letter.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()])
                .ok()
                .map(str::to_owned)
        }
        Err(_) => {
            let named_text = hint.is_some_and(|format| {
                matches!(format.kind(), Kind::Text | Kind::Scene) || is_text_model(format)
            });
            let letters = head.iter().filter(|byte| byte.is_ascii()).count();
            (named_text && letters * 2 > head.len())
                .then(|| head.iter().map(|byte| char::from(*byte)).collect())
        }
    }
}

fn is_utf16(head: &[u8]) -> bool {
    let little = head.starts_with(b"\xff\xfe");
    let units = head[2..].chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    });
    let mut letters = char::decode_utf16(units).peekable();
    letters.peek().is_some()
        && letters
            .take(256)
            .all(|letter| letter.is_ok_and(|letter| !letter.is_control() || letter.is_whitespace()))
}

const fn is_text_model(format: Format) -> bool {
    matches!(
        format,
        Format::Obj | Format::Gltf | Format::Stl | Format::Fbx | Format::Dae | Format::Svg
    )
}

/// What the name says, among formats without any mark of their own.
fn fallback(hint: Option<Format>) -> Format {
    match hint {
        Some(
            format @ (Format::Markdown | Format::Json | Format::Csv | Format::Obj | Format::Gltf),
        ) => format,
        _ => Format::Plain,
    }
}

/// The root element decides. Declarations, comments and document types before it are passed over.
fn xml(text: &str) -> Format {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("<!--") {
            let Some(end) = after.find("-->") else {
                return Format::Plain;
            };
            rest = &after[end + 3..];
        } else if let Some(after) = rest.strip_prefix("<?") {
            let Some(end) = after.find("?>") else {
                return Format::Plain;
            };
            rest = &after[end + 2..];
        } else if let Some(after) = rest.strip_prefix("<!") {
            // An inner subset stands in brackets and may hold any number of “>”.
            let close = after.find('>').unwrap_or(after.len());
            let inner = after.find('[').filter(|open| *open < close);
            let end = match inner {
                Some(open) => after[open..]
                    .find(']')
                    .and_then(|shut| after[open + shut..].find('>').map(|gt| open + shut + gt)),
                None => (close < after.len()).then_some(close),
            };
            let Some(end) = end else { return Format::Plain };
            rest = &after[end + 1..];
        } else {
            break;
        }
    }
    let name: String = rest
        .strip_prefix('<')
        .unwrap_or_default()
        .chars()
        .take_while(|c| !c.is_whitespace() && !matches!(c, '>' | '/'))
        .collect();
    match name.rsplit(':').next() {
        Some("svg") => Format::Svg,
        Some("COLLADA") => Format::Dae,
        _ => Format::Plain,
    }
}

/// The first line that is neither empty nor a comment.
fn first_line(text: &str) -> &str {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with(';'))
        .unwrap_or_default()
}

fn godot(text: &str, hint: Option<Format>) -> Option<Format> {
    let line = first_line(text);
    if line.starts_with("[gd_scene") {
        return Some(Format::GodotScene);
    }
    if line.starts_with("[gd_resource") {
        return Some(Format::GodotResource);
    }
    if line == "[remap]" || (hint == Some(Format::GodotImport) && line.starts_with('[')) {
        return Some(Format::GodotImport);
    }
    let is_project = line.starts_with("config_version=")
        || (hint == Some(Format::GodotProject) && line.starts_with('['));
    is_project.then_some(Format::GodotProject)
}

fn unity(text: &str) -> Option<Format> {
    let line = text.lines().next().unwrap_or_default();
    if line.starts_with("%YAML") && (text.contains("tag:unity3d.com") || text.contains("--- !u!")) {
        return Some(Format::UnityScene);
    }
    if text.starts_with("--- !u!") {
        return Some(Format::UnityScene);
    }
    (line.starts_with("fileFormatVersion:") && text.contains("guid:")).then_some(Format::UnityMeta)
}

fn model(text: &str, hint: Option<Format>) -> Option<Format> {
    if text.starts_with("; FBX ") || (text.starts_with(';') && text.contains("FBXHeaderExtension"))
    {
        return Some(Format::Fbx);
    }
    if text.starts_with("solid")
        && (text.contains("facet") || text.contains("endsolid") || hint == Some(Format::Stl))
    {
        return Some(Format::Stl);
    }
    looks_like_obj(text).then_some(Format::Obj)
}

/// Wavefront OBJ has no mark: two vertices of three or more numbers, and nothing but its own words before them.
fn looks_like_obj(text: &str) -> bool {
    let mut vertices = 0;
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .take(200)
    {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("v") => {
                let numbers = words
                    .clone()
                    .filter(|word| word.parse::<f64>().is_ok())
                    .count();
                if numbers < 3 || numbers != words.count() {
                    return false;
                }
                vertices += 1;
                if vertices == 2 {
                    return true;
                }
            }
            Some("mtllib" | "usemtl" | "o" | "g" | "s" | "vt" | "vn") => {}
            _ => return false,
        }
    }
    false
}

fn looks_like_json(text: &str) -> bool {
    let mut letters = text.chars();
    let open = letters.next();
    let next = letters.as_str().trim_start();
    match open {
        Some('{') => next.is_empty() || next.starts_with(['"', '}', '/']),
        Some('[') => {
            next.is_empty()
                || next.starts_with([
                    '{', '[', '"', ']', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
                ])
                || ["true", "false", "null"].iter().any(|word| {
                    next.starts_with(word)
                        && next[word.len()..].trim_start().starts_with([',', ']'])
                })
        }
        _ => false,
    }
}

/// glTF is JSON with an `asset` of a version and things to draw; with its ending the first brace is enough.
fn json(text: &str, hint: Option<Format>) -> Format {
    let has = |word: &str| text.contains(word);
    let is_gltf = has("\"asset\"")
        && has("\"version\"")
        && [
            "\"meshes\"",
            "\"accessors\"",
            "\"bufferViews\"",
            "\"scenes\"",
        ]
        .iter()
        .any(|word| has(word));
    if is_gltf || (hint == Some(Format::Gltf) && text.starts_with('{')) {
        Format::Gltf
    } else {
        Format::Json
    }
}
