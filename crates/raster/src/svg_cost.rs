//! What drawing an SVG would cost, counted before anything is built. `use`, patterns, masks and
//! markers repeat content, so ten lines can ask for a billion shapes; filters can ask for billions
//! of steps with one number.

use gameforge_domain::{Limits, ReadError};
use roxmltree::{Document, Node, NodeId};
use std::collections::HashMap;

/// Elements after everything is repeated as often as it is referred to.
const MOST_ELEMENTS: u64 = 400_000;
/// Of noise; after eight the rest is under one step of colour.
const MOST_OCTAVES: f64 = 16.0;
/// Numbers in a convolution's matrix, or pixels of a spread: both multiply every pixel.
const MOST_KERNEL: f64 = 64.0;
/// Bytes of an embedded picture that count as one element.
const PICTURE_BYTES: u64 = 64;

/// Checks depth, repetition and filters of a parsed document.
pub(crate) fn check(document: &Document<'_>, limits: &Limits) -> Result<(), ReadError> {
    let mut costs = Costs::new(document, limits);
    let found = costs.of(document.root_element(), 0)?;
    if found > MOST_ELEMENTS {
        return Err(ReadError::TooLarge {
            what: "the number of drawn SVG elements",
            found,
            limit: MOST_ELEMENTS,
        });
    }
    Ok(())
}

struct Costs<'d, 'i> {
    limits: &'d Limits,
    ids: HashMap<&'d str, Node<'d, 'i>>,
    /// What style sheets refer to, by class.
    by_class: HashMap<&'d str, Vec<&'d str>>,
    /// What rules with other selectors refer to; counted for every shape.
    by_any: Vec<&'d str>,
    /// None while an element is being counted: a circle, which the builder cuts.
    known: HashMap<NodeId, Option<u64>>,
}

impl<'d, 'i> Costs<'d, 'i> {
    fn new(document: &'d Document<'i>, limits: &'d Limits) -> Self {
        let mut costs = Self {
            limits,
            ids: HashMap::new(),
            by_class: HashMap::new(),
            by_any: Vec::new(),
            known: HashMap::new(),
        };
        for node in document.descendants().filter(Node::is_element) {
            if let Some(id) = node.attribute("id") {
                costs.ids.entry(id).or_insert(node);
            }
            if node.tag_name().name() == "style" {
                node.children()
                    .filter_map(|child| child.text())
                    .for_each(|css| costs.style_sheet(css));
            }
        }
        costs
    }

    /// Only asks which rules refer to what; the cascade does not matter for an upper bound.
    fn style_sheet(&mut self, css: &'d str) {
        for (selector, body) in css.split('}').filter_map(|rule| rule.split_once('{')) {
            let targets: Vec<&str> = references(body).collect();
            if targets.is_empty() {
                continue;
            }
            for selector in selector.split(',').map(str::trim) {
                match selector.strip_prefix('.') {
                    Some(class)
                        if class
                            .chars()
                            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) =>
                    {
                        self.by_class.entry(class).or_default().extend(&targets);
                    }
                    _ => self.by_any.extend(&targets),
                }
            }
        }
    }

    /// Elements that come of this one.
    fn of(&mut self, node: Node<'d, 'i>, depth: u32) -> Result<u64, ReadError> {
        if depth > self.limits.depth {
            return Err(ReadError::TooLarge {
                what: "the depth of SVG elements",
                found: u64::from(depth),
                limit: u64::from(self.limits.depth),
            });
        }
        match self.known.get(&node.id()) {
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => return Ok(0),
            None => {}
        }
        self.known.insert(node.id(), None);
        filter(node)?;
        let mut cost = 1_u64;
        if node.tag_name().name() == "image" {
            let bytes: usize = node
                .attributes()
                .map(|attribute| attribute.value().len())
                .sum();
            cost = cost.saturating_add(bytes as u64 / PICTURE_BYTES);
        }
        for child in node.children().filter(Node::is_element) {
            cost = cost.saturating_add(self.of(child, depth + 1)?);
        }
        for (target, times) in self.targets(node) {
            if let Some(target) = self.ids.get(target).copied() {
                cost = cost.saturating_add(self.of(target, depth + 1)?.saturating_mul(times));
            }
        }
        self.known.insert(node.id(), Some(cost));
        Ok(cost)
    }

    /// Ids that an element refers to, and how often each is drawn.
    fn targets(&self, node: Node<'d, 'i>) -> Vec<(&'d str, u64)> {
        let mut targets = Vec::new();
        // A marker is drawn at every point; three bytes are the least that a point takes.
        let points = ["d", "points"]
            .into_iter()
            .filter_map(|name| node.attribute(name))
            .map(str::len)
            .sum::<usize>();
        let points = points as u64 / 3 + 1;
        let inherits = |name: &str| name.starts_with("marker");
        for attribute in node.attributes() {
            let value = attribute.value();
            match attribute.name() {
                "href" => targets.extend(value.trim().strip_prefix('#').map(|id| (id, 1))),
                "class" => {
                    let classes = value
                        .split_whitespace()
                        .filter_map(|class| self.by_class.get(class));
                    targets.extend(classes.flatten().map(|id| (*id, points)));
                }
                name => {
                    let times = if inherits(name) || name == "style" {
                        points
                    } else {
                        1
                    };
                    targets.extend(references(value).map(|id| (id, times)));
                }
            }
        }
        if matches!(
            node.tag_name().name(),
            "path" | "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" | "text" | "g"
        ) {
            targets.extend(self.by_any.iter().map(|id| (*id, points)));
        }
        targets
    }
}

/// The ids in `url(#id)`, with or without quotation marks.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let id = rest.split(')').next()?;
        id.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
            .strip_prefix('#')
    })
}

/// Filter steps whose work is set by a number and not by content.
fn filter(node: Node<'_, '_>) -> Result<(), ReadError> {
    let (attribute, most, what) = match node.tag_name().name() {
        "feTurbulence" => (
            "numOctaves",
            MOST_OCTAVES,
            "the octaves of an SVG turbulence",
        ),
        "feMorphology" => ("radius", MOST_KERNEL, "the radius of an SVG morphology"),
        "feConvolveMatrix" => (
            "order",
            MOST_KERNEL.sqrt(),
            "the order of an SVG convolution",
        ),
        _ => return Ok(()),
    };
    let numbers = node
        .attribute(attribute)
        .unwrap_or_default()
        .split([' ', ',', '\t', '\n', '\r']);
    for number in numbers.filter_map(|text| text.parse::<f64>().ok()) {
        if number > most {
            return Err(ReadError::TooLarge {
                what,
                found: number as u64,
                limit: most as u64,
            });
        }
    }
    Ok(())
}
