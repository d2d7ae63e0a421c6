//! The scene's triangles on the picture: which there are, which are facing away, which are see-through.

use super::camera::Camera;
use super::coverage::{Corner, doubled_area};
use crate::math::{Affine, Vec3, is_finite};
use crate::scene::{Alpha, Budget, Material, Mesh, Scene};
use gameforge_domain::ReadError;

/// All placed triangles, numbered through.
pub struct Projected<'a> {
    pub scene: &'a Scene,
    placed: Vec<Placed<'a>>,
    corners: Vec<Corner>,
    plain: Material,
    /// The model's extent in the camera's space.
    pub size: f32,
}

struct Placed<'a> {
    mesh: &'a Mesh,
    first_corner: usize,
    first_triangle: u32,
    /// To the camera's space.
    transform: Affine,
    normals: Affine,
    mirrored: bool,
}

/// One triangle that faces the viewer or has two sides.
pub struct Triangle<'a> {
    pub scene: &'a Scene,
    pub mesh: &'a Mesh,
    pub material: &'a Material,
    pub indices: [usize; 3],
    pub corners: [Corner; 3],
    transform: &'a Affine,
    normals: &'a Affine,
}

impl<'a> Projected<'a> {
    pub fn new(
        scene: &'a Scene,
        camera: &Camera,
        samples: u32,
        budget: &mut Budget,
    ) -> Result<Self, ReadError> {
        let mut placed = Vec::with_capacity(scene.placements.len());
        let mut corners = Vec::new();
        let mut triangles = 0u32;
        let mut bounds = None;
        for placement in &scene.placements {
            let mesh = &scene.meshes[placement.mesh];
            budget.take(
                mesh.positions.len() as u64 * size_of::<Corner>() as u64
                    + size_of::<Placed>() as u64,
            )?;
            let transform = camera.transform.after(&placement.transform);
            let first_corner = corners.len();
            corners.extend(mesh.positions.iter().map(|position| {
                let seen = transform.point(*position);
                if is_finite(seen) && seen[2] < 0.0 {
                    crate::scene::extend(&mut bounds, seen);
                    Corner::new(Camera::project(seen), samples)
                } else {
                    // Not a place: marked by a distance that no corner has.
                    Corner {
                        x: 0,
                        y: 0,
                        inverse: f32::NAN,
                    }
                }
            }));
            placed.push(Placed {
                mesh,
                first_corner,
                first_triangle: triangles,
                transform,
                normals: transform.normals(),
                mirrored: transform.determinant() < 0.0,
            });
            let number = u64::from(triangles) + mesh.triangles.len() as u64;
            triangles = u32::try_from(number)
                .ok()
                .filter(|number| *number < u32::MAX)
                .ok_or(ReadError::TooLarge {
                    what: "the number of triangles",
                    found: number,
                    limit: u64::from(u32::MAX - 1),
                })?;
        }
        let size = bounds.map_or(1.0, |b| {
            (0..3).map(|i| b.max[i] - b.min[i]).fold(1e-12, f32::max)
        });
        Ok(Self {
            scene,
            placed,
            corners,
            plain: Material::default(),
            size,
        })
    }

    pub fn triangle_count(&self) -> u32 {
        self.placed.last().map_or(0, |last| {
            last.first_triangle + last.mesh.triangles.len() as u32
        })
    }

    /// A triangle by its number; `None` where it faces away, has no area or corners that are no places.
    pub fn triangle(&self, number: u32) -> Option<Triangle<'_>> {
        let index = self
            .placed
            .partition_point(|placed| placed.first_triangle <= number)
            .checked_sub(1)?;
        let placed = self.placed.get(index)?;
        let indices = placed
            .mesh
            .triangles
            .get((number - placed.first_triangle) as usize)?
            .map(|i| i as usize);
        let corners = indices.map(|i| self.corners[placed.first_corner + i]);
        if corners.iter().any(|corner| corner.inverse.is_nan()) {
            return None;
        }
        let material = self
            .scene
            .materials
            .get(placed.mesh.material)
            .unwrap_or(&self.plain);
        let area = doubled_area(&corners);
        // y points down on the picture, so what is counter-clockwise to the eye has an area below zero.
        let away = (area > 0) != placed.mirrored;
        if area == 0 || (away && !material.double_sided) {
            return None;
        }
        Some(Triangle {
            scene: self.scene,
            mesh: placed.mesh,
            material,
            indices,
            corners,
            transform: &placed.transform,
            normals: &placed.normals,
        })
    }

    /// Numbers of the see-through triangles, farthest first.
    pub fn see_through(&self) -> Vec<u32> {
        let mut found: Vec<(f32, u32)> = Vec::new();
        for placed in &self.placed {
            let material = self.scene.materials.get(placed.mesh.material);
            if material.is_none_or(|material| material.alpha != Alpha::Blend) {
                continue;
            }
            for number in
                placed.first_triangle..placed.first_triangle + placed.mesh.triangles.len() as u32
            {
                if let Some(triangle) = self.triangle(number) {
                    let nearness = triangle.corners.iter().map(|corner| corner.inverse).sum();
                    found.push((nearness, number));
                }
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.into_iter().map(|(_, number)| number).collect()
    }
}

impl Triangle<'_> {
    /// The corners in the camera's space.
    pub fn positions(&self) -> [Vec3; 3] {
        self.indices
            .map(|i| self.transform.point(self.mesh.positions[i]))
    }

    /// The corners' normals in the camera's space, where the mesh has some.
    pub fn corner_normals(&self) -> Option<[Vec3; 3]> {
        let normals = &self.mesh.normals;
        (!normals.is_empty()).then(|| {
            self.indices
                .map(|i| crate::math::direction_or(self.normals.vector(normals[i]), [0.0; 3]))
        })
    }
}
