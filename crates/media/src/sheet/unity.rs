//! Unity's scenes and prefabs as the tree of their objects, everything else as keys and values.

use super::godot::{branch, pair};
use super::line::{Ink, Line};
use super::page::Page;
use gameforge_domain::Pixels;
use std::collections::{HashMap, HashSet};

/// How much of a scene is looked at, in bytes, and how many objects of it are kept.
const LOOKED_AT: usize = 2 << 20;
const OBJECTS: usize = 10_000;

/// The tree of a scene; of a material or another single thing its values.
pub fn scene(text: &str, side: u32) -> Option<Pixels> {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let objects = Objects::of(text);
    if objects.named.is_empty() {
        values(text).draw(side)
    } else {
        objects.tree().draw(side)
    }
}

/// The id and the importer's settings.
pub fn meta(text: &str, side: u32) -> Option<Pixels> {
    values(text).draw(side)
}

/// Keys and values of YAML as Unity writes it.
fn values(text: &str) -> Page {
    let mut page = Page::new();
    for words in text.lines().filter(|line| !line.starts_with(['%', '-'])) {
        if page.is_full() {
            break;
        }
        let mut line = Line::new();
        let inner = words.trim_start();
        let depth = (words.len() - inner.len()).min(12);
        match inner.split_once(':') {
            Some((name, "")) if depth == 0 => {
                line.put(Ink::Accent, name);
            }
            Some((key, value)) => {
                let key = key.strip_prefix("m_").unwrap_or(key);
                line.skip(depth);
                pair(&mut line, key, value.trim());
            }
            None => {
                line.skip(depth).put(Ink::Text, inner);
            }
        }
        page.push(line);
    }
    page
}

/// What a scene's documents say of its objects, by file id.
#[derive(Default)]
struct Objects<'a> {
    /// Objects with their names, in the file's order.
    named: Vec<(&'a str, &'a str)>,
    /// The first component that is not a place in the tree, by object.
    classes: HashMap<&'a str, &'a str>,
    /// Object of a transform.
    owners: HashMap<&'a str, &'a str>,
    /// Parent transform of an object.
    parents: HashMap<&'a str, &'a str>,
}

impl<'a> Objects<'a> {
    fn of(text: &'a str) -> Self {
        let mut found = Self::default();
        let (mut id, mut class, mut owner) = ("", "", "");
        let mut begins = false;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("--- !u!") {
                id = rest
                    .split_once('&')
                    .map_or("", |(_, id)| id.split(' ').next().unwrap_or_default());
                owner = "";
                begins = true;
            } else if std::mem::take(&mut begins) {
                class = line.trim_end().trim_end_matches(':');
            } else if let Some(field) = line.strip_prefix("  m_") {
                let Some((key, value)) = field.split_once(':') else {
                    continue;
                };
                match key {
                    "Name" if class == "GameObject" && found.named.len() < OBJECTS => {
                        found.named.push((id, value.trim()))
                    }
                    "GameObject" if found.owners.len() < OBJECTS * 4 => {
                        owner = file_id(value);
                        found.owners.insert(id, owner);
                        if !class.ends_with("Transform") {
                            found.classes.entry(owner).or_insert(class);
                        }
                    }
                    "Father" if found.parents.len() < OBJECTS => {
                        found.parents.insert(owner, file_id(value));
                    }
                    _ => {}
                }
            }
        }
        found
    }

    fn tree(&self) -> Page {
        let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
        let known: HashSet<&str> = self.named.iter().map(|(id, _)| *id).collect();
        for (number, (id, _)) in self.named.iter().enumerate() {
            let parent = self
                .parents
                .get(id)
                .and_then(|transform| self.owners.get(transform));
            children
                .entry(
                    parent
                        .copied()
                        .filter(|parent| known.contains(parent))
                        .unwrap_or_default(),
                )
                .or_default()
                .push(number);
        }
        let mut page = Page::new();
        // Every object is put on the stack once: by its one parent, or as a root. Rings are never reached.
        let mut ahead: Vec<(usize, usize)> = Vec::new();
        let put = |parent: &str, depth: usize, ahead: &mut Vec<(usize, usize)>| {
            ahead.extend(
                children
                    .get(parent)
                    .into_iter()
                    .flatten()
                    .rev()
                    .map(|child| (*child, depth)),
            );
        };
        put("", 0, &mut ahead);
        while let Some((number, depth)) = ahead.pop() {
            if page.is_full() {
                break;
            }
            let (id, name) = self.named[number];
            branch(
                depth,
                name,
                self.classes.get(id).copied().unwrap_or_default(),
                &mut page,
            );
            if !id.is_empty() {
                put(id, depth + 1, &mut ahead);
            }
        }
        page
    }
}

/// `{fileID: 123}` to `123`.
fn file_id(value: &str) -> &str {
    let after = value
        .split_once("fileID:")
        .map_or("", |(_, after)| after.trim_start());
    after.split([',', '}', ' ']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENE: &str = "%YAML 1.1\n--- !u!1 &10\nGameObject:\n  m_Name: Sword\n--- !u!4 &11\nTransform:\n  m_GameObject: {fileID: 10}\n  m_Father: {fileID: 21}\n--- !u!23 &12\nMeshRenderer:\n  m_GameObject: {fileID: 10}\n--- !u!1 &20\nGameObject:\n  m_Name: Hero\n--- !u!4 &21 stripped\nTransform:\n  m_GameObject: {fileID: 20}\n  m_Father: {fileID: 0}\n--- !u!1 &30\nGameObject:\n  m_Name: Lamp\n";

    #[test]
    fn a_scene_is_the_tree_of_its_objects() {
        assert_eq!(
            Objects::of(SCENE).tree().words(),
            ["Hero", "  Sword  MeshRenderer", "Lamp"]
        );
    }

    #[test]
    fn objects_that_are_each_others_parents_end() {
        let ring = SCENE.replace("{fileID: 0}", "{fileID: 11}");
        assert_eq!(Objects::of(&ring).tree().words(), ["Lamp"]);
        let nameless = "--- !u!1 &\nGameObject:\n  m_Name: A\n";
        assert_eq!(Objects::of(nameless).tree().words(), ["A"]);
    }

    #[test]
    fn other_things_are_keys_and_values() {
        let page =
            values("%YAML 1.1\n--- !u!21 &2\nMaterial:\n  m_Name: Red\n  m_Colors:\n    - a: 1\n");
        assert_eq!(
            page.words(),
            ["Material", "  Name  Red", "  Colors", "    - a  1"]
        );
        let page = values("fileFormatVersion: 2\nguid: 0123\nTextureImporter:\n  mip: 1\n");
        assert_eq!(
            page.words(),
            [
                "fileFormatVersion  2",
                "guid  0123",
                "TextureImporter",
                "  mip  1"
            ]
        );
    }
}
