//! The tree of a COLLADA scene, walked without recursion.

use super::material::Materials;
use super::{Collada, LocalName, child, children, geometry, numbers};
use crate::math::Affine;
use crate::scene::{Budget, Placement, Scene};
use gameforge_domain::ReadError;
use roxmltree::Node;
use std::collections::HashMap;

/// Nodes that are visited, copies included: `instance_node` can multiply a few into billions.
const MOST_NODES: u64 = 200_000;

/// Places every geometry that the scene shows; all of them where the file has no scene.
pub fn place<'a, 'input>(
    collada: &Collada<'a, 'input>,
    materials: &mut Materials<'a, 'input>,
    scene: &mut Scene,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let chosen = child(collada.root, "scene")
        .and_then(|scene| child(scene, "instance_visual_scene"))
        .and_then(|instance| collada.target(instance.attribute("url")?))
        .or_else(|| {
            collada
                .library("library_visual_scenes", "visual_scene")
                .next()
        });
    let mut read = HashMap::new();
    let mut placer = Placer {
        collada,
        materials,
        scene,
        budget,
        read: &mut read,
        placed: 0,
    };
    let Some(chosen) = chosen else {
        for geometry in collada.library("library_geometries", "geometry") {
            placer.geometry(geometry, None, Affine::IDENTITY)?;
        }
        return Ok(());
    };
    let mut waiting: Vec<(Node, Affine)> = children(chosen, "node")
        .map(|node| (node, Affine::IDENTITY))
        .collect();
    let mut visited = 0;
    while let Some((node, parent)) = waiting.pop() {
        visited += 1;
        if visited > MOST_NODES {
            return Err(ReadError::TooLarge {
                what: "the number of nodes with all copies",
                found: visited,
                limit: MOST_NODES,
            });
        }
        let global = parent.after(&local(node));
        placer.shapes(node, global)?;
        waiting.extend(children(node, "node").map(|node| (node, global)));
        let copies = children(node, "instance_node")
            .filter_map(|copy| collada.target(copy.attribute("url")?));
        waiting.extend(
            copies
                .filter(|copy| copy.has_tag_name_of("node"))
                .map(|copy| (copy, global)),
        );
    }
    Ok(())
}

/// The geometry below a controller, and the place that its skin was bound at: in that pose the joints move nothing.
fn skinned<'a, 'input>(
    collada: &Collada<'a, 'input>,
    instance: Node<'a, 'input>,
) -> Option<(Node<'a, 'input>, Affine)> {
    let mut target = collada.target(instance.attribute("url")?)?;
    let mut shape = Affine::IDENTITY;
    // A skin over a morph over a geometry is as deep as it goes.
    for _ in 0..4 {
        if target.has_tag_name_of("geometry") {
            return Some((target, shape));
        }
        let below = child(target, "skin").or_else(|| child(target, "morph"))?;
        if let Some(matrix) = child(below, "bind_shape_matrix").and_then(matrix) {
            shape = shape.after(&matrix);
        }
        target = collada.target(below.attribute("source")?)?;
    }
    None
}

struct Placer<'p, 'a, 'input> {
    collada: &'p Collada<'a, 'input>,
    materials: &'p mut Materials<'a, 'input>,
    scene: &'p mut Scene,
    budget: &'p mut Budget,
    /// Meshes of a geometry with its materials bound in one way.
    read: &'p mut HashMap<String, std::ops::Range<usize>>,
    placed: u64,
}

impl<'a, 'input> Placer<'_, 'a, 'input> {
    /// Places what a node itself shows.
    fn shapes(&mut self, node: Node<'a, 'input>, global: Affine) -> Result<(), ReadError> {
        for instance in children(node, "instance_geometry") {
            if let Some(geometry) = instance
                .attribute("url")
                .and_then(|url| self.collada.target(url))
            {
                self.geometry(geometry, Some(instance), global)?;
            }
        }
        for instance in children(node, "instance_controller") {
            if let Some((geometry, shape)) = skinned(self.collada, instance) {
                self.geometry(geometry, Some(instance), global.after(&shape))?;
            }
        }
        Ok(())
    }

    fn geometry(
        &mut self,
        geometry: Node<'a, '_>,
        instance: Option<Node<'a, '_>>,
        transform: Affine,
    ) -> Result<(), ReadError> {
        if !geometry.has_tag_name_of("geometry") || !transform.is_finite() {
            return Ok(());
        }
        let bound: Vec<(&str, &str)> = instance
            .into_iter()
            .flat_map(|instance| children(instance, "bind_material"))
            .flat_map(|bind| children(bind, "technique_common"))
            .flat_map(|technique| children(technique, "instance_material"))
            .filter_map(|material| {
                Some((material.attribute("symbol")?, material.attribute("target")?))
            })
            .collect();
        let key = format!("{:?} {bound:?}", geometry.id());
        let meshes = match self.read.get(&key) {
            Some(meshes) => meshes.clone(),
            None => {
                let first = self.scene.meshes.len();
                for (mut mesh, symbol) in geometry::read(self.collada, geometry, self.budget)? {
                    let target =
                        symbol.and_then(|symbol| bound.iter().find(|(name, _)| *name == symbol));
                    // Without a binding some exporters mean the material's own id.
                    let id = target
                        .map(|(_, target)| target.trim_start_matches('#'))
                        .or(symbol);
                    mesh.material = id.map_or(0, |id| self.materials.number(id));
                    self.scene.meshes.push(mesh);
                }
                let meshes = first..self.scene.meshes.len();
                self.read.insert(key, meshes.clone());
                meshes
            }
        };
        for mesh in meshes {
            self.placed += self.scene.meshes[mesh].positions.len() as u64;
            self.scene.placements.push(Placement { mesh, transform });
        }
        let limit = self.budget.limits().vertices;
        if self.placed > limit {
            return Err(ReadError::TooLarge {
                what: "the number of vertices with all copies",
                found: self.placed,
                limit,
            });
        }
        Ok(())
    }
}

fn matrix(node: Node) -> Option<Affine> {
    let values: Vec<f32> = numbers(node).take(16).collect();
    values
        .try_into()
        .ok()
        .map(|rows: [f32; 16]| Affine::from_rows(&rows))
}

/// A node's own transforms, applied in the order in which they are written.
fn local(node: Node) -> Affine {
    let mut local = Affine::IDENTITY;
    for step in node.children().filter(Node::is_element) {
        let values: Vec<f32> = numbers(step).take(16).collect();
        let next = match (step.tag_name().name(), values.as_slice()) {
            ("matrix", _) => matrix(step),
            ("translate", [x, y, z, ..]) => Some(Affine {
                origin: [*x, *y, *z],
                ..Affine::IDENTITY
            }),
            ("scale", [x, y, z, ..]) => Some(Affine::from_parts(
                [0.0; 3],
                [0.0, 0.0, 0.0, 1.0],
                [*x, *y, *z],
            )),
            ("rotate", [x, y, z, degrees, ..]) if [*x, *y, *z] != [0.0; 3] => {
                Some(Affine::turn([*x, *y, *z], degrees.to_radians()))
            }
            _ => None,
        };
        if let Some(next) = next {
            local = local.after(&next);
        }
    }
    local
}
