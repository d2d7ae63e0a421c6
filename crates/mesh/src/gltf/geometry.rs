//! Meshes of glTF: corners, triangles, morphs at their default weights, skins in the pose that the nodes are in.

use super::accessor::Data;
use super::json::{Attributes, Node, Primitive, Skin};
use super::material::uv_set;
use super::nodes::Nodes;
use crate::math::{Affine, add, scale};
use crate::normals;
use crate::scene::{Budget, Mesh, Placement, Scene};
use gameforge_domain::ReadError;

/// Reads every mesh that stands somewhere and places it.
pub fn build(
    data: &Data,
    nodes: &Nodes,
    scene: &mut Scene,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let root = data.root;
    let mut read: Vec<Option<std::ops::Range<usize>>> = vec![None; root.meshes.len()];
    let mut placed_vertices = 0u64;
    for (index, global) in nodes.drawn() {
        let node = &root.nodes[index];
        let Some(number) = node.mesh.filter(|number| *number < read.len()) else {
            continue;
        };
        let skin = node.skin.and_then(|skin| root.skins.get(skin));
        let own_shape = skin.is_some() || !node.weights.is_empty();
        let meshes = match &read[number] {
            Some(known) if !own_shape => known.clone(),
            _ => {
                let first = scene.meshes.len();
                read_group(data, nodes, number, node, skin, scene, budget)?;
                let range = first..scene.meshes.len();
                if !own_shape {
                    read[number] = Some(range.clone());
                }
                range
            }
        };
        // A skin's joints say where it stands; its node does not.
        let transform = if skin.is_some() {
            Affine::IDENTITY
        } else {
            global
        };
        for mesh in meshes {
            placed_vertices += scene.meshes[mesh].positions.len() as u64;
            scene.placements.push(Placement { mesh, transform });
        }
        if placed_vertices > budget.limits().vertices {
            return Err(ReadError::TooLarge {
                what: "the number of vertices with all copies",
                found: placed_vertices,
                limit: budget.limits().vertices,
            });
        }
    }
    Ok(())
}

fn read_group(
    data: &Data,
    nodes: &Nodes,
    number: usize,
    node: &Node,
    skin: Option<&Skin>,
    scene: &mut Scene,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let group = &data.root.meshes[number];
    let weights = if node.weights.is_empty() {
        &group.weights
    } else {
        &node.weights
    };
    let joints = skin
        .map(|skin| joint_matrices(data, nodes, skin, budget))
        .transpose()?;
    for primitive in &group.primitives {
        if let Some(mesh) = read_primitive(data, primitive, weights, joints.as_deref(), budget)? {
            scene.meshes.push(mesh);
        }
    }
    Ok(())
}

fn read_primitive(
    data: &Data,
    primitive: &Primitive,
    morphs: &[f32],
    joints: Option<&[Affine]>,
    budget: &mut Budget,
) -> Result<Option<Mesh>, ReadError> {
    let attributes = &primitive.attributes;
    let (Some(position), mode @ 4..=6) = (attributes.position, primitive.mode.unwrap_or(4)) else {
        return Ok(None);
    };
    budget.vertices(data.count(position))?;
    let positions = data.floats::<3>(position, 0.0, budget)?;
    let count = positions.len();
    // Attributes of another length than the corners cannot be matched to them.
    let fitting = |values: Vec<[f32; 3]>| {
        if values.len() == count {
            values
        } else {
            Vec::new()
        }
    };
    let normals = match attributes.normal {
        Some(normal) => fitting(data.floats::<3>(normal, 0.0, budget)?),
        None => Vec::new(),
    };
    let material = primitive.material.unwrap_or(data.root.materials.len());
    let set = if uv_set(data.root, material) == 1 {
        attributes.texcoord_1
    } else {
        attributes.texcoord_0
    };
    let uvs = set
        .map(|set| data.floats::<2>(set, 0.0, budget))
        .transpose()?
        .filter(|uvs| uvs.len() == count);
    let colours = attributes
        .color_0
        .map(|colour| data.floats::<4>(colour, 1.0, budget))
        .transpose()?
        .filter(|colours| colours.len() == count);
    let mut mesh = Mesh {
        positions,
        normals,
        uvs: uvs.unwrap_or_default(),
        colours: colours.unwrap_or_default(),
        triangles: triangles(data, primitive, mode, count, budget)?,
        material,
    };
    morph(data, &primitive.targets, morphs, &mut mesh, budget)?;
    if let Some(joints) = joints {
        bend(data, attributes, joints, &mut mesh, budget)?;
    }
    if mesh.normals.is_empty() {
        normals::compute(&mut mesh, normals::FLAT, budget)?;
    }
    Ok(Some(mesh))
}

fn triangles(
    data: &Data,
    primitive: &Primitive,
    mode: u32,
    count: usize,
    budget: &mut Budget,
) -> Result<Vec<[u32; 3]>, ReadError> {
    let order = match primitive.indices {
        Some(indices) => data.integers(indices, budget)?,
        None => {
            budget.take(count as u64 * 4)?;
            (0..count as u32).collect()
        }
    };
    if let Some(wrong) = order.iter().find(|index| **index as usize >= count) {
        return Err(ReadError::corrupt(format!(
            "a triangle uses vertex {wrong} of {count}"
        )));
    }
    budget.take(order.len() as u64 * if mode == 4 { 4 } else { 12 })?;
    Ok(match mode {
        4 => order.chunks_exact(3).map(|t| [t[0], t[1], t[2]]).collect(),
        5 => order
            .windows(3)
            .enumerate()
            .map(|(i, t)| {
                if i % 2 == 0 {
                    [t[0], t[1], t[2]]
                } else {
                    [t[1], t[0], t[2]]
                }
            })
            .collect(),
        _ => order
            .get(1..)
            .unwrap_or(&[])
            .windows(2)
            .map(|t| [order[0], t[0], t[1]])
            .collect(),
    })
}

fn morph(
    data: &Data,
    targets: &[Attributes],
    weights: &[f32],
    mesh: &mut Mesh,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    for (target, weight) in targets.iter().zip(weights) {
        let Some(shift) = target
            .position
            .filter(|_| weight.is_finite() && *weight != 0.0)
        else {
            continue;
        };
        let shifts = data.floats::<3>(shift, 0.0, budget)?;
        for (position, shift) in mesh.positions.iter_mut().zip(shifts) {
            *position = add(*position, scale(shift, *weight));
        }
    }
    Ok(())
}

fn joint_matrices(
    data: &Data,
    nodes: &Nodes,
    skin: &Skin,
    budget: &mut Budget,
) -> Result<Vec<Affine>, ReadError> {
    budget.take(skin.joints.len() as u64 * size_of::<Affine>() as u64)?;
    let inverse = skin
        .inverse_bind_matrices
        .map(|index| data.floats::<16>(index, 0.0, budget))
        .transpose()?;
    let inverse = inverse.unwrap_or_default();
    Ok(skin
        .joints
        .iter()
        .enumerate()
        .map(|(i, joint)| {
            let global = nodes
                .global
                .get(*joint)
                .copied()
                .unwrap_or(Affine::IDENTITY);
            let bound = inverse
                .get(i)
                .map_or(Affine::IDENTITY, Affine::from_columns);
            global.after(&bound)
        })
        .collect())
}

/// Linear blend skinning with the first four influences.
fn bend(
    data: &Data,
    attributes: &Attributes,
    joints: &[Affine],
    mesh: &mut Mesh,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let (Some(joint_set), Some(weight_set)) = (attributes.joints_0, attributes.weights_0) else {
        return Ok(());
    };
    let numbers = data.floats::<4>(joint_set, 0.0, budget)?;
    let weights = data.floats::<4>(weight_set, 0.0, budget)?;
    for (i, (numbers, weights)) in numbers
        .iter()
        .zip(&weights)
        .enumerate()
        .take(mesh.positions.len())
    {
        let sum: f32 = weights.iter().sum();
        if !sum.is_finite() || sum <= 0.0 {
            continue;
        }
        let mut mixed = Affine {
            axes: [[0.0; 3]; 3],
            origin: [0.0; 3],
        };
        for (number, weight) in numbers.iter().zip(weights) {
            let Some(joint) = joints.get(*number as usize).filter(|_| *weight > 0.0) else {
                continue;
            };
            let part = weight / sum;
            for (axis, from) in mixed.axes.iter_mut().zip(joint.axes) {
                *axis = add(*axis, scale(from, part));
            }
            mixed.origin = add(mixed.origin, scale(joint.origin, part));
        }
        mesh.positions[i] = mixed.point(mesh.positions[i]);
        if let Some(normal) = mesh.normals.get_mut(i) {
            *normal = mixed.normals().vector(*normal);
        }
    }
    Ok(())
}
