//! COLLADA 1.4 and 1.5 (.dae): XML with sources of numbers, effects, and a tree of nodes.

mod geometry;
mod material;
mod nodes;

use crate::scene::{MOST_NAMES, Scene, count, name_or};
use crate::source::{Drawing, Opened, Source};
use gameforge_domain::{ModelMetadata, ReadError};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashMap;

/// The document with its elements by id.
pub struct Collada<'a, 'input> {
    root: Node<'a, 'input>,
    by_id: HashMap<&'a str, Node<'a, 'input>>,
}

impl<'a, 'input> Collada<'a, 'input> {
    fn new(document: &'a Document<'input>) -> Self {
        let mut by_id = HashMap::new();
        for node in document.descendants().filter(Node::is_element) {
            if let Some(id) = node.attribute("id") {
                by_id.entry(id).or_insert(node);
            }
        }
        Self {
            root: document.root_element(),
            by_id,
        }
    }

    /// The element that `#id` means; references to other documents mean nothing here.
    fn target(&self, url: &str) -> Option<Node<'a, 'input>> {
        self.by_id.get(url.trim().strip_prefix('#')?).copied()
    }

    /// Elements of this name in all libraries of that name.
    fn library(
        &self,
        library: &'a str,
        element: &'a str,
    ) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
        children(self.root, library).flat_map(move |library| children(library, element))
    }
}

/// Child elements of a name, whatever their namespace.
fn children<'a, 'input>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &'a str) -> Option<Node<'a, 'input>> {
    children(node, name).next()
}

/// The numbers in an element's text; what is not a number ends them.
fn numbers<'a>(node: Node<'a, '_>) -> impl Iterator<Item = f32> + use<'a> {
    node.text()
        .unwrap_or("")
        .split_ascii_whitespace()
        .map_while(|word| word.parse().ok())
}

pub fn open(bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| ReadError::unsupported("COLLADA that is not in UTF-8"))?;
    check_depth(text, source.limits.depth.saturating_mul(8))?;
    // An element takes some 100 bytes in memory and as few as four in the file.
    let tags = text.bytes().filter(|byte| *byte == b'<').count() as u64;
    source.budget.take(tags.saturating_mul(160))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: u32::MAX,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::UnclosedRootNode => {
            ReadError::truncated("the model's XML")
        }
        other => ReadError::corrupt(format!("the model's XML: {other}")),
    })?;
    if document.root_element().tag_name().name() != "COLLADA" {
        return Err(ReadError::corrupt("the XML is not COLLADA"));
    }
    let collada = Collada::new(&document);
    let mut scene = Scene::default();
    let up = child(collada.root, "asset")
        .and_then(|asset| child(asset, "up_axis"))
        .and_then(|up| up.text());
    match up.map(str::trim) {
        Some("Z_UP") => scene.upright = Scene::Z_UP,
        Some("X_UP") => scene.upright = Scene::X_UP,
        _ => {}
    }
    let mut metadata = describe(&collada);
    let mut materials = material::Materials::new(&collada);
    nodes::place(&collada, &mut materials, &mut scene, &mut source.budget)?;
    materials.finish(&mut scene, source, &mut metadata);
    metadata.vertices = geometry::vertices(&collada);
    scene.measure(&mut metadata);
    metadata.triangles = geometry::triangles(&collada);
    Ok(Opened {
        metadata,
        drawing: Drawing::Scene(Box::new(scene)),
    })
}

/// Refuses deep nesting before the tree is built: other code may walk the tree by recursion.
fn check_depth(text: &str, limit: u32) -> Result<(), ReadError> {
    let bytes = text.as_bytes();
    let (mut depth, mut deepest) = (0u64, 0u64);
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'<') {
        let tag = at + found;
        let end = bytes[tag..]
            .iter()
            .position(|byte| *byte == b'>')
            .map_or(bytes.len(), |size| tag + size);
        match bytes.get(tag + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) if end > 0 && bytes[end - 1] == b'/' => {}
            Some(_) => depth += 1,
        }
        deepest = deepest.max(depth);
        at = (end + 1).min(bytes.len());
    }
    if deepest > u64::from(limit) {
        return Err(ReadError::TooLarge {
            what: "the depth of the XML",
            found: deepest,
            limit: u64::from(limit),
        });
    }
    Ok(())
}

fn describe(collada: &Collada) -> ModelMetadata {
    let names = |library, element, word| -> Vec<String> {
        collada
            .library(library, element)
            .enumerate()
            .map(|(i, node)| name_or(node.attribute("name").or(node.attribute("id")), word, i))
            .take(MOST_NAMES)
            .collect()
    };
    let tool = child(collada.root, "asset")
        .and_then(|asset| child(asset, "contributor"))
        .and_then(|contributor| child(contributor, "authoring_tool"))
        .and_then(|tool| tool.text());
    let version = format!(
        "COLLADA {}",
        name_or(collada.root.attribute("version"), "1.4 or 1.5; version", 0)
    );
    ModelMetadata {
        meshes: count(
            collada
                .library("library_geometries", "geometry")
                .filter(|g| child(*g, "mesh").is_some())
                .count(),
        ),
        materials: names("library_materials", "material", "material"),
        material_count: count(collada.library("library_materials", "material").count()),
        textures: count(collada.library("library_images", "image").count()),
        bones: count(
            collada
                .root
                .descendants()
                .filter(|n| n.has_tag_name_of("node") && n.attribute("type") == Some("JOINT"))
                .count(),
        ),
        animations: names("library_animations", "animation", "animation"),
        duration: duration(collada),
        generator: match tool.map(str::trim) {
            Some(tool) if !tool.is_empty() => format!("{} · {version}", name_or(Some(tool), "", 0)),
            _ => version,
        },
        ..ModelMetadata::default()
    }
}

/// The last key of any animation, in seconds.
fn duration(collada: &Collada) -> f64 {
    let inputs = collada
        .root
        .descendants()
        .filter(|node| node.has_tag_name_of("input") && node.attribute("semantic") == Some("INPUT"))
        .filter(|node| {
            node.parent()
                .is_some_and(|parent| parent.has_tag_name_of("sampler"))
        });
    inputs
        .filter_map(|input| child(collada.target(input.attribute("source")?)?, "float_array"))
        .filter_map(|times| {
            times
                .text()?
                .split_ascii_whitespace()
                .next_back()?
                .parse::<f64>()
                .ok()
        })
        .filter(|time| time.is_finite())
        .fold(0.0, f64::max)
}

/// Names without namespaces: every COLLADA version has its own.
trait LocalName {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_without_a_tree() {
        assert!(check_depth("<a><b/><c><d/></c><!-- <x><x><x> --></a>", 4).is_ok());
        let deep = "<a>".repeat(2000);
        assert!(matches!(
            check_depth(&deep, 1000),
            Err(ReadError::TooLarge { found: 2000, .. })
        ));
        assert!(check_depth("<", 1).is_ok());
    }
}
