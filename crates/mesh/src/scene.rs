//! A model in memory, whatever format it came from: meshes, where they stand, what they are made of.
//! Readers fill it, `render` draws it. No bytes and no pixels of the result here.

use crate::math::{Affine, Vec3, is_finite};
use crate::texture::Texture;
use gameforge_domain::{Bounds, Limits, ModelMetadata, ReadError};

/// How many names of materials and animations the metadata keeps.
pub const MOST_NAMES: usize = 256;

/// Triangles of one material with their corners' attributes.
///
/// `normals`, `uvs` and `colours` are either empty or as long as `positions`; every index is below that length.
#[derive(Debug, Default, Clone)]
pub struct Mesh {
    /// Corners, in the mesh's own space.
    pub positions: Vec<Vec3>,
    /// Outward directions; lengths do not matter.
    pub normals: Vec<Vec3>,
    /// Texture coordinates with the origin in the top left corner.
    pub uvs: Vec<[f32; 2]>,
    /// Linear colours with alpha that multiply the material's.
    pub colours: Vec<[f32; 4]>,
    /// Corners of each triangle, counter-clockwise from outside.
    pub triangles: Vec<[u32; 3]>,
    /// Index into [`Scene::materials`]; out of range means the plain material.
    pub material: usize,
}

/// A mesh at a place.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    /// Index into [`Scene::meshes`].
    pub mesh: usize,
    /// From the mesh's space to the scene's.
    pub transform: Affine,
}

/// What becomes of a surface's alpha.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Alpha {
    /// Ignored.
    Opaque,
    /// Visible where at least this much.
    Mask(f32),
    /// Mixed with what is behind.
    Blend,
}

/// A picture laid over a surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextureUse {
    /// Index into [`Scene::textures`].
    pub texture: usize,
    /// Coordinates are `[u v 1]` times this: `u' = m[0]·u + m[1]·v + m[2]`, `v' = m[3]·u + m[4]·v + m[5]`.
    pub transform: [f32; 6],
}

impl TextureUse {
    /// The picture as it is.
    pub const PLAIN: [f32; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
}

/// What a surface is made of, in the terms of glTF's metallic-roughness model. Colours are linear.
#[derive(Debug, Clone)]
pub struct Material {
    /// Colour with alpha.
    pub base: [f32; 4],
    /// Multiplies `base`.
    pub base_texture: Option<TextureUse>,
    /// Light that the surface gives off itself.
    pub emissive: Vec3,
    /// Multiplies `emissive`.
    pub emissive_texture: Option<TextureUse>,
    /// 0 to 1.
    pub metallic: f32,
    /// 0 to 1.
    pub roughness: f32,
    /// Green multiplies `roughness`, blue multiplies `metallic`.
    pub metal_rough_texture: Option<TextureUse>,
    /// What becomes of alpha.
    pub alpha: Alpha,
    /// Whether back faces are drawn.
    pub double_sided: bool,
    /// Whether light has no effect.
    pub unlit: bool,
}

impl Default for Material {
    fn default() -> Self {
        Self {
            base: [0.8, 0.8, 0.8, 1.0],
            base_texture: None,
            emissive: [0.0; 3],
            emissive_texture: None,
            metallic: 0.0,
            roughness: 0.7,
            metal_rough_texture: None,
            alpha: Alpha::Opaque,
            double_sided: true,
            unlit: false,
        }
    }
}

/// A whole model.
#[derive(Debug)]
pub struct Scene {
    /// Distinct meshes.
    pub meshes: Vec<Mesh>,
    /// Where they stand; a mesh may stand in several places or in none.
    pub placements: Vec<Placement>,
    /// Surfaces.
    pub materials: Vec<Material>,
    /// Pictures; `None` where one could not be had.
    pub textures: Vec<Option<Texture>>,
    /// Turns the file's axes so that y is up and z faces the viewer. Drawing only; bounds stay in the file's axes.
    pub upright: Affine,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            meshes: Vec::new(),
            placements: Vec::new(),
            materials: Vec::new(),
            textures: Vec::new(),
            upright: Affine::IDENTITY,
        }
    }
}

impl Scene {
    /// For files whose z axis points up and whose front is towards −y (3D printing, 3ds Max, Blender).
    pub const Z_UP: Affine = Affine {
        axes: [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]],
        origin: [0.0; 3],
    };
    /// For COLLADA's `X_UP`: right is −y, up is x, towards the viewer is z.
    pub const X_UP: Affine = Affine {
        axes: [[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        origin: [0.0; 3],
    };

    /// The box around everything that stands somewhere; without placements around the meshes themselves.
    pub fn bounds(&self) -> Option<Bounds> {
        let mut bounds = None;
        for placement in &self.placements {
            for position in &self.meshes[placement.mesh].positions {
                extend(&mut bounds, placement.transform.point(*position));
            }
        }
        bounds
    }

    /// Sets the counts and the extent that follow from the geometry.
    pub fn measure(&self, metadata: &mut ModelMetadata) {
        metadata.bounds = self.bounds();
        metadata.triangles = count(self.meshes.iter().map(|mesh| mesh.triangles.len()).sum());
    }

    /// Puts a mesh where its own coordinates say.
    pub fn place_as_is(&mut self, mesh: Mesh) {
        self.placements.push(Placement {
            mesh: self.meshes.len(),
            transform: Affine::IDENTITY,
        });
        self.meshes.push(mesh);
    }
}

/// Grows a box by a point; points that are not finite are left out.
pub fn extend(bounds: &mut Option<Bounds>, point: Vec3) {
    if !is_finite(point) {
        return;
    }
    let bounds = bounds.get_or_insert(Bounds {
        min: point,
        max: point,
    });
    for (axis, value) in point.into_iter().enumerate() {
        bounds.min[axis] = bounds.min[axis].min(value);
        bounds.max[axis] = bounds.max[axis].max(value);
    }
}

/// A count that fits the metadata; the largest number where it does not.
pub fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A name for a list, at most 200 characters; `word 3` for the third where the file gives none.
pub fn name_or(name: Option<&str>, word: &str, index: usize) -> String {
    match name.map(str::trim) {
        Some(name) if !name.is_empty() => {
            name.chars().filter(|c| !c.is_control()).take(200).collect()
        }
        _ => format!("{word} {}", index + 1),
    }
}

/// Notes a file that is not there, once.
pub fn note_missing(missing: &mut Vec<String>, target: &str) {
    let target: String = target.chars().take(1024).collect();
    if missing.len() < MOST_NAMES && !missing.contains(&target) {
        missing.push(target);
    }
}

/// What a reader may still take of memory and of vertices.
#[derive(Debug)]
pub struct Budget {
    memory: u64,
    vertices: u64,
    limits: Limits,
}

impl Budget {
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory: limits.memory,
            vertices: limits.vertices,
            limits: *limits,
        }
    }

    /// Takes `bytes` before they are allocated.
    pub fn take(&mut self, bytes: u64) -> Result<(), ReadError> {
        match self.memory.checked_sub(bytes) {
            Some(rest) => {
                self.memory = rest;
                Ok(())
            }
            None => Err(ReadError::TooLarge {
                what: "the memory that the model needs",
                found: (self.limits.memory - self.memory).saturating_add(bytes),
                limit: self.limits.memory,
            }),
        }
    }

    /// Takes `number` vertices of the model's allowance.
    pub fn vertices(&mut self, number: u64) -> Result<(), ReadError> {
        match self.vertices.checked_sub(number) {
            Some(rest) => {
                self.vertices = rest;
                Ok(())
            }
            None => Err(ReadError::TooLarge {
                what: "the number of vertices",
                found: (self.limits.vertices - self.vertices).saturating_add(number),
                limit: self.limits.vertices,
            }),
        }
    }

    pub fn memory_left(&self) -> u64 {
        self.memory
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_leaves_out_points_that_are_not_numbers() {
        let mut bounds = None;
        extend(&mut bounds, [f32::NAN, 0.0, 0.0]);
        assert_eq!(bounds, None);
        extend(&mut bounds, [1.0, 2.0, 3.0]);
        extend(&mut bounds, [0.0, f32::INFINITY, 0.0]);
        extend(&mut bounds, [-1.0, 4.0, 3.0]);
        assert_eq!(
            bounds,
            Some(Bounds {
                min: [-1.0, 2.0, 3.0],
                max: [1.0, 4.0, 3.0]
            })
        );
    }

    #[test]
    fn the_budget_says_how_much_was_wanted() {
        let mut budget = Budget::new(&Limits {
            memory: 100,
            ..Limits::STANDARD
        });
        budget.take(60).unwrap();
        match budget.take(60) {
            Err(ReadError::TooLarge { found, limit, .. }) => assert_eq!((found, limit), (120, 100)),
            other => panic!("{other:?}"),
        }
        assert_eq!(budget.memory_left(), 40);
    }

    #[test]
    fn up_is_up_in_every_convention() {
        assert_eq!(Scene::Z_UP.point([0.0, 0.0, 1.0]), [0.0, 1.0, 0.0]);
        assert_eq!(Scene::X_UP.point([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]);
        assert!(Scene::Z_UP.determinant() > 0.0);
        assert!(Scene::X_UP.determinant() > 0.0);
    }
}
