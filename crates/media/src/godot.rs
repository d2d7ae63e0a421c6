//! Godot's own files: scenes, resources, projects, import settings, and the header of binary resources.

use crate::quoted::{Piece, field, pieces, strings, unquoted, word};
use gameforge_domain::{ReadError, SceneMetadata};
use std::io::{Read, Seek, SeekFrom};

/// The most references that are kept.
const USES: usize = 1000;

fn blank() -> SceneMetadata {
    SceneMetadata {
        engine: "godot".to_owned(),
        ..SceneMetadata::default()
    }
}

/// One of the readers below: text in, facts out; every piece of the file is handed on.
pub type Reader = fn(&str, &mut dyn FnMut(Piece<'_>)) -> Result<SceneMetadata, ReadError>;

/// `.tscn` and `.tres`.
///
/// # Errors
/// `Truncated` where a header, string or bracket does not end.
pub fn scene(text: &str, also: &mut dyn FnMut(Piece<'_>)) -> Result<SceneMetadata, ReadError> {
    let mut found = blank();
    let mut seen_node = false;
    pieces(text, |piece| {
        also(piece);
        let Piece::Header(header) = piece else { return };
        match word(header) {
            "gd_scene" | "gd_resource" => {
                found.version = field(header, "format")
                    .map(|format| format!("format {format}"))
                    .unwrap_or_default();
                found.uid = field(header, "uid").unwrap_or_default().to_owned();
                if let Some(class) = field(header, "type") {
                    found.class = class.to_owned();
                }
            }
            "ext_resource" => {
                if let Some(path) = field(header, "path").filter(|_| found.uses.len() < USES) {
                    found.uses.push(path.to_owned());
                }
            }
            "node" => {
                found.nodes = found.nodes.saturating_add(1);
                if !std::mem::replace(&mut seen_node, true) {
                    // A root without a type is an inherited or instanced scene.
                    found.class = field(header, "type").unwrap_or("PackedScene").to_owned();
                }
            }
            _ => {}
        }
    })?;
    Ok(found)
}

/// `project.godot`.
///
/// # Errors
/// As [`scene`].
pub fn project(text: &str, also: &mut dyn FnMut(Piece<'_>)) -> Result<SceneMetadata, ReadError> {
    let mut found = blank();
    let mut section = "";
    let mut config_version = "";
    pieces(text, |piece| {
        also(piece);
        match piece {
            Piece::Header(header) => section = header,
            Piece::Field("config_version", value) => config_version = value,
            Piece::Field("config/name", value) => found.class = unquoted(value).to_owned(),
            Piece::Field("config/features", value) => {
                let is_version =
                    |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
                found.version = strings(value)
                    .find(is_version)
                    .unwrap_or_default()
                    .to_owned();
            }
            Piece::Field("run/main_scene" | "config/icon", value) => {
                found.uses.push(unquoted(value).to_owned())
            }
            Piece::Field(_, value) if section == "autoload" && found.uses.len() < USES => {
                found
                    .uses
                    .push(unquoted(value).trim_start_matches('*').to_owned());
            }
            Piece::Field(..) => {}
        }
    })?;
    if found.version.is_empty() && !config_version.is_empty() {
        found.version = format!("config {config_version}");
    }
    Ok(found)
}

/// `.import`: how a source file is turned into what the engine loads.
///
/// # Errors
/// As [`scene`].
pub fn import(text: &str, also: &mut dyn FnMut(Piece<'_>)) -> Result<SceneMetadata, ReadError> {
    let mut found = blank();
    let mut importer = "";
    pieces(text, |piece| {
        also(piece);
        match piece {
            Piece::Field("importer", value) => importer = unquoted(value),
            Piece::Field("type", value) => found.class = unquoted(value).to_owned(),
            Piece::Field("uid", value) => found.uid = unquoted(value).to_owned(),
            Piece::Field("source_file", value) => found.uses.push(unquoted(value).to_owned()),
            _ => {}
        }
    })?;
    if found.class.is_empty() {
        found.class = importer.to_owned();
    }
    Ok(found)
}

/// `.scn` and `.res`: version and type stand in the header unless the file is compressed, and the mark is repeated at
/// the very end.
///
/// # Errors
/// `Truncated` where the second mark is missing, `Corrupt` where the header contradicts itself.
pub fn binary(file: &mut (impl Read + Seek), len: u64) -> Result<SceneMetadata, ReadError> {
    let cut = || ReadError::truncated("the mark at the end of a Godot resource");
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(512).read_to_end(&mut head)?;
    let mark = head.get(..4).filter(|mark| {
        [b"RSRC", b"RSCC"].contains(&<&[u8; 4]>::try_from(*mark).unwrap_or(b"    "))
    });
    let mark = mark.ok_or_else(|| ReadError::corrupt("no Godot resource begins like this"))?;
    if len < 8 {
        return Err(cut());
    }
    let mut end = [0u8; 4];
    file.seek(SeekFrom::Start(len - 4))?;
    file.read_exact(&mut end)?;
    if end != mark {
        return Err(cut());
    }
    let mut found = blank();
    if mark == b"RSRC" {
        header(&head, &mut found)
            .ok_or_else(|| ReadError::corrupt("the header of a Godot resource"))?;
    }
    Ok(found)
}

/// Mark, byte order, size of reals, major, minor, format, then the type's name with its length.
fn header(head: &[u8], found: &mut SceneMetadata) -> Option<()> {
    let big = number(head, 4, false)? != 0;
    let major = number(head, 12, big)?;
    let minor = number(head, 16, big)?;
    let length = usize::try_from(number(head, 24, big)?).ok()?.min(256);
    let name = head.get(28..28 + length)?;
    found.version = format!("{major}.{minor}");
    found.class = String::from_utf8_lossy(name)
        .trim_end_matches('\0')
        .to_owned();
    Some(())
}

fn number(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_scene_tells_its_root_its_nodes_and_what_it_uses() {
        let text = r#"[gd_scene load_steps=3 format=3 uid="uid://abc"]

[ext_resource type="Texture2D" path="res://hero.png" id="1"]
[sub_resource type="Shape" id="2"]

[node name="Hero" type="CharacterBody2D"]
script = "x [node] y"

[node name="Sprite" type="Sprite2D" parent="."]
[connection signal="a" from="." to="." method="b"]
"#;
        let found = scene(text, &mut |_| {}).unwrap();
        assert_eq!(
            (found.nodes, found.class.as_str(), found.uid.as_str()),
            (2, "CharacterBody2D", "uid://abc")
        );
        assert_eq!(found.uses, ["res://hero.png"]);
        assert_eq!(found.version, "format 3");
        assert_eq!(
            scene("[gd_resource type=\"Theme\" format=3]\n", &mut |_| {})
                .unwrap()
                .class,
            "Theme"
        );
        assert_eq!(
            scene(&text[..60], &mut |_| {}).unwrap_err().code(),
            "truncated"
        );
    }

    #[test]
    fn a_project_tells_its_name_version_and_main_scene() {
        let text = "config_version=5\n[application]\nconfig/name=\"My [Game]\"\nrun/main_scene=\"res://main.tscn\"\nconfig/features=PackedStringArray(\"Forward Plus\", \"4.5\")\n[autoload]\nState=\"*res://state.gd\"\n";
        let found = project(text, &mut |_| {}).unwrap();
        assert_eq!(
            (found.class.as_str(), found.version.as_str()),
            ("My [Game]", "4.5")
        );
        assert_eq!(found.uses, ["res://main.tscn", "res://state.gd"]);
    }

    #[test]
    fn import_settings_tell_source_and_type() {
        let found = import("[remap]\nimporter=\"texture\"\ntype=\"CompressedTexture2D\"\nuid=\"uid://q\"\n[deps]\nsource_file=\"res://a.png\"\n", &mut |_| {}).unwrap();
        assert_eq!(
            (found.class.as_str(), found.uid.as_str()),
            ("CompressedTexture2D", "uid://q")
        );
        assert_eq!(found.uses, ["res://a.png"]);
    }

    #[test]
    fn a_binary_resource_tells_version_and_type() {
        let mut bytes = b"RSRC".to_vec();
        for number in [0u32, 0, 4, 3, 5, 10] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(b"ArrayMesh\0....RSRC");
        let len = bytes.len() as u64;
        let found = binary(&mut Cursor::new(&bytes), len).unwrap();
        assert_eq!(
            (found.class.as_str(), found.version.as_str()),
            ("ArrayMesh", "4.3")
        );
        let cut = &bytes[..bytes.len() - 2];
        assert_eq!(
            binary(&mut Cursor::new(cut), cut.len() as u64)
                .unwrap_err()
                .code(),
            "truncated"
        );
    }
}
