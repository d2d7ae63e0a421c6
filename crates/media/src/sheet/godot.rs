//! Godot's scenes as the tree of their nodes, its resources and settings as keys and values.

use super::line::{COLUMNS, Ink, Line};
use super::page::{Page, ROWS};
use crate::quoted::{Piece, field, unquoted, word};
use gameforge_domain::Pixels;
use std::collections::HashMap;

/// Other scenes whose names are kept for the nodes that are instances of them.
const INSTANCES: usize = 1000;
/// The deepest level that is indented further.
const DEEPEST: usize = 12;

/// A node's line in the tree of a scene of either engine: rules for its ancestors, its name, what it is.
pub fn branch(depth: usize, name: &str, class: &str, page: &mut Page) {
    let mut line = Line::new();
    let depth = depth.min(DEEPEST);
    line.rules = (0..depth).map(|level| level * 2).collect();
    line.skip(depth * 2);
    line.put_joined(
        if depth == 0 { Ink::Accent } else { Ink::Text },
        clipped(name),
    );
    line.skip(2).put_joined(Ink::Second, clipped(class));
    page.push(line);
}

/// Values may be whole meshes; no more of one is looked at than a page can show.
fn clipped(value: &str) -> &str {
    let end = value
        .char_indices()
        .nth(COLUMNS * 4)
        .map_or(value.len(), |(at, _)| at);
    &value[..end]
}

/// Grows while a file is gone through.
#[derive(Default)]
pub struct Outline {
    page: Page,
    /// Paths of other scenes by their id in this file.
    scenes: HashMap<String, String>,
}

impl Outline {
    /// The page of what was met.
    pub fn draw(&self, side: u32) -> Option<Pixels> {
        self.page.draw(side)
    }

    /// For a scene: its nodes.
    pub fn node(&mut self, piece: Piece<'_>) {
        let Piece::Header(header) = piece else { return };
        match word(header) {
            "ext_resource"
                if self.scenes.len() < INSTANCES
                    && field(header, "type") == Some("PackedScene") =>
            {
                if let (Some(id), Some(path)) = (field(header, "id"), field(header, "path")) {
                    self.scenes
                        .insert(clipped(id).to_owned(), clipped(path).to_owned());
                }
            }
            "node" if !self.page.is_full() => {
                let depth = match field(header, "parent") {
                    None => 0,
                    Some(".") => 1,
                    Some(path) => 2 + path.matches('/').count(),
                };
                let instance = || {
                    let id = field(header, "instance")?.split('"').nth(1)?;
                    self.scenes
                        .get(id)
                        .and_then(|path| path.rsplit('/').next())
                        .map(str::to_owned)
                };
                let class = field(header, "type")
                    .map(str::to_owned)
                    .or_else(instance)
                    .unwrap_or_default();
                branch(
                    depth,
                    field(header, "name").unwrap_or_default(),
                    &class,
                    &mut self.page,
                );
            }
            _ => {}
        }
    }

    /// For everything else: sections, keys and values.
    pub fn entry(&mut self, piece: Piece<'_>) {
        if self.page.is_full() {
            return;
        }
        let mut line = Line::new();
        match piece {
            Piece::Header(header) => {
                let header = clipped_header(header);
                match word(header) {
                    "gd_resource" => {
                        line.title = true;
                        line.put_joined(Ink::Accent, field(header, "type").unwrap_or("Resource"));
                    }
                    "ext_resource" => {
                        let path = field(header, "path").unwrap_or_default();
                        line.put_joined(Ink::Second, path.rsplit('/').next().unwrap_or(path));
                        line.skip(2)
                            .put_joined(Ink::Faint, field(header, "type").unwrap_or_default());
                    }
                    "sub_resource" => {
                        line.put_joined(Ink::Accent, field(header, "type").unwrap_or_default());
                    }
                    _ => {
                        line.put_joined(Ink::Accent, header);
                    }
                }
            }
            Piece::Field(key, value) => {
                // Before the first section nothing is a step in.
                line.skip(if self.page.is_empty() { 0 } else { 2 });
                pair(&mut line, key, unquoted(value));
            }
        }
        self.page.push(line);
    }
}

/// A header whose fields are looked at again and again must be short.
fn clipped_header(header: &str) -> &str {
    let end = header
        .char_indices()
        .nth(COLUMNS * ROWS)
        .map_or(header.len(), |(at, _)| at);
    &header[..end]
}

/// A key with its value.
pub fn pair(line: &mut Line, key: &str, value: &str) {
    line.put_joined(Ink::Text, clipped(key))
        .skip(2)
        .put_joined(Ink::Second, clipped(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quoted::pieces;

    fn outline(text: &str, visit: fn(&mut Outline, Piece<'_>)) -> Page {
        let mut outline = Outline::default();
        pieces(text, |piece| visit(&mut outline, piece)).unwrap();
        outline.page
    }

    #[test]
    fn a_scene_is_the_tree_of_its_nodes() {
        let text = r#"[gd_scene format=3]
[ext_resource type="PackedScene" path="res://things/coin.tscn" id="1_c"]
[node name="Level" type="Node2D"]
[node name="Hero" type="CharacterBody2D" parent="."]
text = "[node name=\"no\"]"
[node name="Sprite" type="Sprite2D" parent="Hero"]
[node name="Deep" type="Node" parent="Hero/Sprite"]
[node name="Coin" parent="." instance=ExtResource("1_c")]
"#;
        let page = outline(text, Outline::node);
        assert_eq!(
            page.words(),
            [
                "Level  Node2D",
                "  Hero  CharacterBody2D",
                "    Sprite  Sprite2D",
                "      Deep  Node",
                "  Coin  coin.tscn"
            ]
        );
        let inks = ["Level", "Node2D", "Hero", "coin.tscn"].map(|word| page.ink_of(word));
        assert_eq!(
            inks,
            [Ink::Accent, Ink::Second, Ink::Text, Ink::Second].map(Some)
        );
    }

    #[test]
    fn resources_and_settings_are_keys_and_values() {
        let text = "[gd_resource type=\"Theme\"]\n[ext_resource type=\"Font\" path=\"res://a/b.ttf\" id=\"1\"]\n[sub_resource type=\"Box\" id=\"2\"]\na = {\n\"b\": 1\n}\n[resource]\ntext = \"two\nlines\"\n";
        let page = outline(text, Outline::entry);
        assert_eq!(
            page.words(),
            [
                "Theme",
                "b.ttf  Font",
                "Box",
                "  a  { \"b\": 1 }",
                "resource",
                "  text  two lines"
            ]
        );
    }
}
