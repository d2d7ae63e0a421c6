//! Directions of surfaces for meshes that come without.

use crate::math::{Vec3, add, cross, direction_or, dot, length, scale, sub};
use crate::scene::{Budget, Mesh};
use gameforge_domain::ReadError;
use std::collections::HashMap;

/// Cosine of the angle up to which neighbouring faces count as one smooth surface (40°).
pub const SMOOTH: f32 = 0.766;
/// Every face for itself, which is what glTF asks for.
pub const FLAT: f32 = 2.0;
/// Points where more faces meet stay flat; comparing each with each would take too long.
const MOST_MEETING: usize = 48;

/// Gives the mesh normals: at each corner the mean of the faces that meet there at less than the crease angle, larger
/// faces weighing more. Corners are split, since one point may belong to several surfaces.
///
/// # Errors
/// `TooLarge` over the budget.
pub fn compute(mesh: &mut Mesh, crease_cosine: f32, budget: &mut Budget) -> Result<(), ReadError> {
    budget.take(mesh.triangles.len() as u64 * 3 * (12 + 12 + 8 + 16 + 4 + 12 + 24))?;
    let faces: Vec<Vec3> = mesh
        .triangles
        .iter()
        .map(|triangle| {
            let [a, b, c] = triangle.map(|i| mesh.positions[i as usize]);
            cross(sub(b, a), sub(c, a))
        })
        .collect();
    let smooth = crease_cosine <= 1.0;
    let meeting = if smooth {
        Meeting::new(mesh)
    } else {
        Meeting::default()
    };
    let units: Vec<Vec3> = faces
        .iter()
        .map(|face| direction_or(*face, [0.0; 3]))
        .collect();
    let mut split = Mesh {
        material: mesh.material,
        ..Mesh::default()
    };
    for (number, triangle) in mesh.triangles.iter().enumerate() {
        let first = split.positions.len() as u32;
        for index in triangle {
            let index = *index as usize;
            let mut sum = faces[number];
            if smooth {
                for other in meeting.faces(index) {
                    let other = *other as usize;
                    if other != number && dot(units[number], units[other]) >= crease_cosine {
                        sum = add(sum, faces[other]);
                    }
                }
            }
            // Tiny models have tiny cross products; scaled up before their length is taken.
            let most = sum.iter().fold(0.0f32, |most, value| most.max(value.abs()));
            let sum = if most > 0.0 && length(sum) < 1e-15 {
                scale(sum, 1.0 / most)
            } else {
                sum
            };
            split.normals.push(direction_or(sum, units[number]));
            split.positions.push(mesh.positions[index]);
            if let Some(uv) = mesh.uvs.get(index) {
                split.uvs.push(*uv);
            }
            if let Some(colour) = mesh.colours.get(index) {
                split.colours.push(*colour);
            }
        }
        split.triangles.push([first, first + 1, first + 2]);
    }
    *mesh = split;
    Ok(())
}

/// Which faces meet at which point; corners at the same place are one point.
#[derive(Debug, Default)]
struct Meeting {
    /// Point of each corner.
    point: Vec<u32>,
    /// Where each point's faces start; one more than there are points.
    start: Vec<u32>,
    faces: Vec<u32>,
}

impl Meeting {
    fn new(mesh: &Mesh) -> Self {
        let mut known: HashMap<[u32; 3], u32> = HashMap::with_capacity(mesh.positions.len());
        let point: Vec<u32> = mesh
            .positions
            .iter()
            .map(|position| {
                let next = known.len() as u32;
                // Adding zero makes −0 and 0 the same place.
                *known
                    .entry(position.map(|c| (c + 0.0).to_bits()))
                    .or_insert(next)
            })
            .collect();
        let mut start = vec![0u32; known.len() + 1];
        for index in mesh.triangles.iter().flatten() {
            start[point[*index as usize] as usize + 1] += 1;
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut next = start.clone();
        let mut faces = vec![0u32; mesh.triangles.len() * 3];
        for (number, triangle) in mesh.triangles.iter().enumerate() {
            for index in triangle {
                let slot = &mut next[point[*index as usize] as usize];
                faces[*slot as usize] = number as u32;
                *slot += 1;
            }
        }
        Self {
            point,
            start,
            faces,
        }
    }

    fn faces(&self, corner: usize) -> &[u32] {
        let point = self.point[corner] as usize;
        let range = self.start[point] as usize..self.start[point + 1] as usize;
        if range.len() > MOST_MEETING {
            &[]
        } else {
            &self.faces[range]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_domain::Limits;

    /// Two triangles that share the edge from (0,0,0) to (0,1,0), the second bent back by `angle`.
    fn bent(angle: f32) -> Mesh {
        Mesh {
            positions: vec![
                [0.0, 0.0, 0.0],
                [0.0, 1.0, 0.0],
                [-1.0, 0.0, 0.0],
                [angle.cos(), 0.0, -angle.sin()],
            ],
            triangles: vec![[0, 1, 2], [0, 3, 1]],
            ..Mesh::default()
        }
    }

    fn shared(angle: f32, crease: f32) -> bool {
        let mut mesh = bent(angle);
        compute(&mut mesh, crease, &mut Budget::new(&Limits::STANDARD)).unwrap();
        assert_eq!((mesh.positions.len(), mesh.normals.len()), (6, 6));
        length(sub(mesh.normals[0], mesh.normals[3])) < 1e-5
    }

    #[test]
    fn gentle_bends_are_smooth_and_sharp_ones_are_edges() {
        assert!(shared(0.4, SMOOTH));
        assert!(!shared(1.2, SMOOTH));
        assert!(!shared(0.4, FLAT));
    }

    #[test]
    fn triangles_without_area_get_no_wild_normals() {
        let mut mesh = Mesh {
            positions: vec![[1.0; 3]; 3],
            triangles: vec![[0, 1, 2]],
            ..Mesh::default()
        };
        compute(&mut mesh, SMOOTH, &mut Budget::new(&Limits::STANDARD)).unwrap();
        assert!(mesh.normals.iter().all(|normal| length(*normal) < 1.1));
    }

    #[test]
    fn ten_thousand_faces_at_one_point_do_not_take_for_ever() {
        let mut mesh = Mesh {
            positions: (0..20_000)
                .map(|i| [i as f32, (i % 7) as f32, 0.0])
                .collect(),
            triangles: (1..19_999).map(|i| [0, i, i + 1]).collect(),
            ..Mesh::default()
        };
        compute(&mut mesh, SMOOTH, &mut Budget::new(&Limits::STANDARD)).unwrap();
        assert_eq!(mesh.triangles.len(), 19_998);
    }
}
