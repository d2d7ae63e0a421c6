//! Meshes of COLLADA: sources, inputs with offsets, and five ways to write faces.

use super::{Collada, LocalName, child, children, numbers};
use crate::normals;
use crate::polygon::triangulate;
use crate::scene::{Budget, Mesh, count};
use gameforge_domain::ReadError;
use roxmltree::Node;

/// Numbers with how to step through them.
struct Stream {
    values: Vec<f32>,
    stride: usize,
    offset: usize,
}

impl Stream {
    fn read(collada: &Collada, url: &str, budget: &mut Budget) -> Result<Option<Self>, ReadError> {
        let Some(source) = collada.target(url) else {
            return Ok(None);
        };
        let Some(array) = child(source, "float_array") else {
            return Ok(None);
        };
        budget.take(array.text().unwrap_or("").len() as u64 * 2)?;
        let accessor =
            child(source, "technique_common").and_then(|technique| child(technique, "accessor"));
        let number = |name| {
            accessor
                .and_then(|a| a.attribute(name))
                .and_then(|text| text.parse::<usize>().ok())
        };
        Ok(Some(Self {
            values: numbers(array).collect(),
            stride: number("stride").unwrap_or(1).max(1),
            offset: number("offset").unwrap_or(0),
        }))
    }

    fn get<const N: usize>(&self, index: usize) -> Option<[f32; N]> {
        let start = index.checked_mul(self.stride)?.checked_add(self.offset)?;
        let mut values = [0.0; N];
        let given = self.values.get(start..)?;
        let width = N.min(self.stride).min(given.len());
        values[..width].copy_from_slice(&given[..width]);
        (width > 0).then_some(values)
    }
}

/// What each corner is made of, and where in its run of numbers that stands.
#[derive(Default)]
struct Inputs {
    position: Option<(usize, Stream)>,
    normal: Option<(usize, Stream)>,
    uv: Option<(usize, Stream)>,
    colour: Option<(usize, Stream)>,
    /// Numbers a corner.
    width: usize,
}

impl Inputs {
    fn read(collada: &Collada, faces: Node, budget: &mut Budget) -> Result<Self, ReadError> {
        let mut inputs = Self {
            width: 1,
            ..Self::default()
        };
        for input in children(faces, "input") {
            let offset = input
                .attribute("offset")
                .and_then(|text| text.parse::<usize>().ok())
                .unwrap_or(0)
                .min(63);
            inputs.width = inputs.width.max(offset + 1);
            let Some(source) = input.attribute("source") else {
                continue;
            };
            if input.attribute("semantic") == Some("VERTEX") {
                let Some(vertices) = collada.target(source) else {
                    continue;
                };
                for shared in children(vertices, "input") {
                    if let Some(source) = shared.attribute("source") {
                        inputs.add(
                            collada,
                            shared.attribute("semantic"),
                            offset,
                            source,
                            budget,
                        )?;
                    }
                }
            } else {
                inputs.add(collada, input.attribute("semantic"), offset, source, budget)?;
            }
        }
        Ok(inputs)
    }

    fn add(
        &mut self,
        collada: &Collada,
        semantic: Option<&str>,
        offset: usize,
        source: &str,
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        let slot = match semantic {
            Some("POSITION") => &mut self.position,
            Some("NORMAL") => &mut self.normal,
            Some("TEXCOORD") => &mut self.uv,
            Some("COLOR") => &mut self.colour,
            _ => return Ok(()),
        };
        // The first set is the one that materials show.
        if slot.is_none() {
            *slot = Stream::read(collada, source, budget)?.map(|stream| (offset, stream));
        }
        Ok(())
    }
}

/// The faces of a geometry, one mesh for each of its groups, with the group's material symbol.
pub fn read<'a>(
    collada: &Collada<'a, '_>,
    geometry: Node<'a, '_>,
    budget: &mut Budget,
) -> Result<Vec<(Mesh, Option<&'a str>)>, ReadError> {
    let Some(mesh) = child(geometry, "mesh") else {
        return Ok(Vec::new());
    };
    let mut parts = Vec::new();
    for faces in mesh.children().filter(is_faces) {
        let inputs = Inputs::read(collada, faces, budget)?;
        let Some((_, positions)) = &inputs.position else {
            continue;
        };
        if positions.values.is_empty() {
            continue;
        }
        let mut made = Mesh::default();
        for polygon in polygons(faces, inputs.width) {
            add_polygon(&mut made, &inputs, &polygon, budget)?;
        }
        if made.triangles.is_empty() {
            continue;
        }
        if made.normals.is_empty() {
            normals::compute(&mut made, normals::SMOOTH, budget)?;
        }
        parts.push((made, faces.attribute("material")));
    }
    Ok(parts)
}

fn is_faces(node: &Node) -> bool {
    ["triangles", "polylist", "polygons", "tristrips", "trifans"]
        .iter()
        .any(|name| node.has_tag_name_of(name))
}

fn indices(node: Node) -> Vec<u32> {
    node.text()
        .unwrap_or("")
        .split_ascii_whitespace()
        .map_while(|word| word.parse().ok())
        .collect()
}

/// Each face as its run of indices, `width` numbers a corner.
fn polygons<'a>(faces: Node<'a, '_>, width: usize) -> Box<dyn Iterator<Item = Vec<u32>> + 'a> {
    let runs = || {
        children(faces, "p")
            .map(indices)
            .collect::<Vec<_>>()
            .into_iter()
    };
    match faces.tag_name().name() {
        "triangles" => Box::new(runs().flat_map(move |run| {
            run.chunks_exact(width * 3)
                .map(<[u32]>::to_vec)
                .collect::<Vec<_>>()
        })),
        "polylist" => {
            let counts = child(faces, "vcount").map(indices).unwrap_or_default();
            let run: Vec<u32> = runs().flatten().collect();
            let mut at = 0usize;
            Box::new(counts.into_iter().map_while(move |corners| {
                let end = at.checked_add((corners as usize).checked_mul(width)?)?;
                let polygon = run.get(at..end)?.to_vec();
                at = end;
                Some(polygon)
            }))
        }
        "polygons" => {
            // Those with holes are drawn without them.
            let outer = children(faces, "ph")
                .filter_map(|holed| child(holed, "p"))
                .map(indices)
                .collect::<Vec<_>>();
            Box::new(runs().chain(outer))
        }
        kind => {
            let fan = kind == "trifans";
            Box::new(runs().flat_map(move |run| {
                let corner = |i: usize| run[i * width..(i + 1) * width].to_vec();
                (2..run.len() / width)
                    .map(|i| match (fan, i % 2) {
                        (true, _) => [corner(0), corner(i - 1), corner(i)].concat(),
                        (false, 0) => [corner(i - 2), corner(i - 1), corner(i)].concat(),
                        (false, _) => [corner(i - 1), corner(i - 2), corner(i)].concat(),
                    })
                    .collect::<Vec<_>>()
            }))
        }
    }
}

fn add_polygon(
    mesh: &mut Mesh,
    inputs: &Inputs,
    polygon: &[u32],
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let corners = polygon.len() / inputs.width;
    budget.vertices(corners as u64)?;
    budget.take(corners as u64 * 72)?;
    let first = mesh.positions.len();
    let wrong = |what| ReadError::corrupt(format!("a face uses a {what} that is not there"));
    for corner in polygon.chunks_exact(inputs.width) {
        let pick = |offset: usize| corner[offset] as usize;
        if let Some((offset, stream)) = &inputs.position {
            mesh.positions
                .push(stream.get(pick(*offset)).ok_or_else(|| wrong("vertex"))?);
        }
        if let Some((offset, stream)) = &inputs.normal {
            mesh.normals
                .push(stream.get(pick(*offset)).ok_or_else(|| wrong("normal"))?);
        }
        if let Some((offset, stream)) = &inputs.uv {
            let [u, v] = stream
                .get(pick(*offset))
                .ok_or_else(|| wrong("texture coordinate"))?;
            mesh.uvs.push([u, 1.0 - v]);
        }
        if let Some((offset, stream)) = &inputs.colour {
            let [r, g, b, a]: [f32; 4] =
                stream.get(pick(*offset)).ok_or_else(|| wrong("colour"))?;
            let linear = |c: f32| crate::texture::srgb_to_linear(c.clamp(0.0, 1.0));
            mesh.colours.push([
                linear(r),
                linear(g),
                linear(b),
                if stream.stride > 3 { a } else { 1.0 },
            ]);
        }
    }
    let places = mesh.positions[first..].to_vec();
    triangulate(&places, |triangle| {
        mesh.triangles.push(triangle.map(|i| (first + i) as u32))
    });
    Ok(())
}

/// Vertices of all geometries, as they are stored.
pub fn vertices(collada: &Collada) -> u32 {
    let all = collada
        .library("library_geometries", "geometry")
        .filter_map(|geometry| child(geometry, "mesh"));
    let sum = all
        .filter_map(|mesh| {
            let position = children(child(mesh, "vertices")?, "input")
                .find(|i| i.attribute("semantic") == Some("POSITION"))?;
            let source = collada.target(position.attribute("source")?)?;
            let words = child(source, "float_array")?
                .text()?
                .split_ascii_whitespace()
                .count();
            let accessor = child(child(source, "technique_common")?, "accessor")?;
            let stride = accessor
                .attribute("stride")
                .and_then(|text| text.parse().ok())
                .unwrap_or(3usize)
                .max(1);
            Some(words / stride)
        })
        .sum();
    count(sum)
}

/// Triangles of all geometries after cutting, whether they stand somewhere or not.
pub fn triangles(collada: &Collada) -> u32 {
    let all = collada
        .library("library_geometries", "geometry")
        .filter_map(|geometry| child(geometry, "mesh"));
    let sum = all
        .flat_map(|mesh| mesh.children().filter(is_faces))
        .map(|faces| {
            let width = children(faces, "input")
                .filter_map(|input| input.attribute("offset")?.parse::<usize>().ok())
                .max()
                .map_or(1, |offset| offset.min(63) + 1);
            polygons(faces, width)
                .map(|polygon| (polygon.len() / width).saturating_sub(2))
                .sum::<usize>()
        })
        .sum();
    count(sum)
}
