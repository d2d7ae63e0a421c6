//! STL: triangles and nothing else, as text or as numbers.

use crate::math::{Vec3, is_finite};
use crate::normals;
use crate::scene::{Budget, Mesh, Scene, count, name_or};
use crate::source::{Drawing, Opened, Source};
use gameforge_domain::{ModelMetadata, ReadError};
use std::collections::HashSet;

/// Bytes before the triangles of a binary file.
const HEADER: usize = 84;
/// Bytes of a binary triangle: a normal, three corners, two bytes of attributes.
const FACET: usize = 50;

pub fn open(bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    let (corners, generator) = match binary_count(bytes) {
        Some(triangles) => (
            binary(bytes, triangles, &mut source.budget)?,
            "STL, binary".to_owned(),
        ),
        None if is_text(bytes) => {
            let (corners, name) = text(bytes, &mut source.budget)?;
            (
                corners,
                name.map_or_else(
                    || "STL, text".to_owned(),
                    |name| format!("STL, text · {name}"),
                ),
            )
        }
        None if bytes.len() < HEADER => {
            return Err(ReadError::truncated("the header of an STL file"));
        }
        None => return Err(ReadError::truncated("the triangles of an STL file")),
    };
    if corners.is_empty() {
        return Err(ReadError::corrupt("an STL file without triangles"));
    }
    source.budget.vertices(corners.len() as u64)?;
    source.budget.take(corners.len() as u64 * 32)?;
    // Corners come once for each triangle; people count the places.
    let places: HashSet<[u32; 3]> = corners
        .iter()
        .map(|corner| corner.map(|c| (c + 0.0).to_bits()))
        .collect();
    let vertices = count(places.len());
    drop(places);
    let triangles = (0..count(corners.len() / 3))
        .map(|i| [i * 3, i * 3 + 1, i * 3 + 2])
        .collect();
    let mut mesh = Mesh {
        positions: corners,
        triangles,
        ..Mesh::default()
    };
    normals::compute(&mut mesh, normals::SMOOTH, &mut source.budget)?;
    // Printing and CAD, where STL comes from, have z pointing up.
    let mut scene = Scene {
        upright: Scene::Z_UP,
        ..Scene::default()
    };
    scene.place_as_is(mesh);
    let mut metadata = ModelMetadata {
        vertices,
        meshes: 1,
        generator,
        ..ModelMetadata::default()
    };
    scene.measure(&mut metadata);
    Ok(Opened {
        metadata,
        drawing: Drawing::Scene(Box::new(scene)),
    })
}

/// The number of triangles when the file's length agrees with it. Some binary files start with “solid”, so the length
/// is asked before the first word.
fn binary_count(bytes: &[u8]) -> Option<usize> {
    let declared = u32::from_le_bytes(bytes.get(80..HEADER)?.try_into().ok()?) as usize;
    let size = declared.checked_mul(FACET)?.checked_add(HEADER)?;
    // A few programs add bytes at the end.
    (bytes.len() >= size && (declared > 0 || !is_text(bytes)) && bytes.len() - size < FACET * 4)
        .then_some(declared)
}

fn is_text(bytes: &[u8]) -> bool {
    let start = bytes
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(0);
    bytes[start..]
        .get(..5)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"solid"))
}

fn binary(bytes: &[u8], triangles: usize, budget: &mut Budget) -> Result<Vec<Vec3>, ReadError> {
    budget.take(triangles as u64 * 36)?;
    let mut corners = Vec::with_capacity(triangles * 3);
    for facet in bytes[HEADER..].chunks_exact(FACET).take(triangles) {
        for corner in facet[12..48].chunks_exact(12) {
            let number = |i: usize| {
                f32::from_le_bytes([corner[i], corner[i + 1], corner[i + 2], corner[i + 3]])
            };
            corners.push([number(0), number(4), number(8)]);
        }
    }
    Ok(corners)
}

fn text(bytes: &[u8], budget: &mut Budget) -> Result<(Vec<Vec3>, Option<String>), ReadError> {
    let mut corners: Vec<Vec3> = Vec::new();
    let mut name = None;
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("solid") if name.is_none() => {
                name = line
                    .trim()
                    .get(5..)
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(|name| name_or(Some(name), "solid", 0));
            }
            Some("vertex") => {
                let mut corner = [f32::NAN; 3];
                for value in &mut corner {
                    *value = words
                        .next()
                        .and_then(|word| word.parse().ok())
                        .ok_or_else(|| {
                            ReadError::corrupt(format!(
                                "line {}: a vertex needs three numbers",
                                number + 1
                            ))
                        })?;
                }
                if corners.len().is_multiple_of(4096) {
                    budget.take(4096 * 12)?;
                }
                corners.push(if is_finite(corner) {
                    corner
                } else {
                    [f32::NAN; 3]
                });
            }
            _ => {}
        }
    }
    if !corners.len().is_multiple_of(3) {
        return Err(ReadError::truncated("the last triangle of an STL file"));
    }
    Ok((corners, name))
}
