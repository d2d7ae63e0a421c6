//! What a point of a triangle looks like: its attributes between the corners, its textures, its light.

use super::camera::Camera;
use super::coverage::{Corner, doubled_area};
use super::occlusion::Depths;
use super::projected::{Projected, Triangle};
use super::shade::{Surface, multiply, shade};
use crate::math::{Vec3, add, cross, direction_or, dot, scale, sub};
use crate::scene::{Alpha, Material, TextureUse};
use crate::texture::Texture;

/// Paints points of any triangle.
pub struct Painter<'a> {
    projected: &'a Projected<'a>,
    depths: Depths,
    up: Vec3,
    side: u32,
    samples: u32,
}

impl<'a> Painter<'a> {
    pub fn new(projected: &'a Projected<'a>, camera: &Camera, side: u32, depths: Depths) -> Self {
        let samples = if side <= 512 { side * 3 } else { side * 2 };
        Self {
            projected,
            depths,
            up: camera.up,
            side,
            samples,
        }
    }

    pub fn brush(&self) -> Brush<'_> {
        Brush {
            painter: self,
            current: None,
        }
    }
}

/// A painter that remembers the triangle it worked on last; neighbouring pixels mostly share it.
pub struct Brush<'a> {
    painter: &'a Painter<'a>,
    current: Option<(u32, Paint<'a>)>,
}

impl Brush<'_> {
    /// The lit colour, linear with straight alpha, of a triangle at a place in samples. `pixel` is the pixel around it.
    pub fn colour(&mut self, number: u32, place: [f32; 2], pixel: (u32, u32)) -> Option<[f32; 4]> {
        if self
            .current
            .as_ref()
            .is_none_or(|(known, _)| *known != number)
        {
            let triangle = self.painter.projected.triangle(number)?;
            let per_pixel = self.painter.samples / self.painter.side;
            self.current = Some((number, Paint::new(&triangle, per_pixel)));
        }
        let (_, paint) = self.current.as_ref()?;
        Some(paint.colour(self.painter, place, pixel))
    }
}

/// One triangle, ready to be looked up at any point.
pub struct Paint<'a> {
    material: &'a Material,
    corners: [Corner; 3],
    positions: [Vec3; 3],
    /// Of the flat triangle, towards the viewer.
    face: Vec3,
    normals: Option<[Vec3; 3]>,
    colours: Option<[[f32; 4]; 3]>,
    base: Option<Layer<'a>>,
    emissive: Option<Layer<'a>>,
    metal_rough: Option<Layer<'a>>,
}

/// A texture as this triangle uses it.
struct Layer<'a> {
    texture: &'a Texture,
    /// Coordinates of the three corners, transformed.
    uvs: [[f32; 2]; 3],
    /// The part of the picture that one pixel covers along a side.
    span: f32,
}

impl<'a> Paint<'a> {
    pub fn new(triangle: &Triangle<'a>, per_pixel: u32) -> Self {
        let positions = triangle.positions();
        let across = cross(
            sub(positions[1], positions[0]),
            sub(positions[2], positions[0]),
        );
        let face = direction_or(across, [0.0, 0.0, 1.0]);
        let face = if dot(face, positions[0]) > 0.0 {
            scale(face, -1.0)
        } else {
            face
        };
        let mesh = triangle.mesh;
        let material = triangle.material;
        let layer = |used: Option<TextureUse>| -> Option<Layer<'a>> {
            let used = used?;
            let texture = triangle.scene.textures.get(used.texture)?.as_ref()?;
            if mesh.uvs.is_empty() {
                return None;
            }
            let m = used.transform;
            let uvs = triangle.indices.map(|i| {
                let [u, v] = mesh.uvs[i];
                [m[0] * u + m[1] * v + m[2], m[3] * u + m[4] * v + m[5]]
            });
            // Both doubled areas, in pictures and in pixels.
            let covered = (uvs[1][0] - uvs[0][0]) * (uvs[2][1] - uvs[0][1])
                - (uvs[1][1] - uvs[0][1]) * (uvs[2][0] - uvs[0][0]);
            let steps = 256.0 * per_pixel as f32;
            let pixels = doubled_area(&triangle.corners).unsigned_abs() as f32 / (steps * steps);
            let span = (covered.abs() / pixels.max(1e-6)).sqrt();
            Some(Layer {
                texture,
                uvs,
                span: if span.is_finite() { span } else { 1.0 },
            })
        };
        Self {
            material,
            corners: triangle.corners,
            positions,
            face,
            normals: triangle.corner_normals(),
            colours: (!mesh.colours.is_empty()).then(|| triangle.indices.map(|i| mesh.colours[i])),
            base: layer(material.base_texture),
            emissive: layer(material.emissive_texture),
            metal_rough: layer(material.metal_rough_texture),
        }
    }

    /// How much there is of the surface at a point, 0 to 1.
    pub fn alpha(&self, weights: [f32; 3]) -> f32 {
        self.base_at(self.true_weights(weights))[3]
    }

    fn colour(&self, painter: &Painter, place: [f32; 2], pixel: (u32, u32)) -> [f32; 4] {
        let weights = self.true_weights(self.weights_at(place));
        let base = self.base_at(weights);
        let emissive = match &self.emissive {
            Some(layer) => {
                let [r, g, b, _] = layer.colour(weights, true);
                multiply(self.material.emissive, [r, g, b])
            }
            None => self.material.emissive,
        };
        let rgb = [base[0], base[1], base[2]];
        let [r, g, b] = if self.material.unlit {
            add(rgb, emissive).map(|value| value.clamp(0.0, 1.0))
        } else {
            let position = blend3(self.positions, weights);
            let to_viewer = direction_or(scale(position, -1.0), [0.0, 0.0, 1.0]);
            let normal = self.normal(weights, to_viewer);
            let [_, rough, metal, _] = self.metal_rough.as_ref().map_or([1.0; 4], |layer| {
                layer.texture.numbers(layer.uv(weights), layer.span)
            });
            let surface = Surface {
                base: rgb,
                metallic: (self.material.metallic * metal).clamp(0.0, 1.0),
                roughness: self.material.roughness * rough,
                emissive,
                normal,
                to_viewer,
                open: painter
                    .depths
                    .openness(pixel, position, normal, painter.projected.size),
            };
            shade(&surface, painter.up)
        };
        let alpha = if self.material.alpha == Alpha::Blend {
            base[3].clamp(0.0, 1.0)
        } else {
            1.0
        };
        [r, g, b, alpha]
    }

    /// Material, texture and corner colours together; the alpha too.
    fn base_at(&self, weights: [f32; 3]) -> [f32; 4] {
        let mut base = self.material.base;
        let opaque = self.material.alpha == Alpha::Opaque;
        if let Some(layer) = &self.base {
            let texel = layer.colour(weights, opaque);
            base = std::array::from_fn(|i| base[i] * texel[i]);
        }
        if let Some(colours) = &self.colours {
            base = std::array::from_fn(|i| {
                base[i]
                    * (colours[0][i] * weights[0]
                        + colours[1][i] * weights[1]
                        + colours[2][i] * weights[2])
            });
        }
        base
    }

    /// The smooth normal, turned to the side that is seen. Exporters disagree about windings, so the side is decided by
    /// the triangle as it stands, not by its winding.
    fn normal(&self, weights: [f32; 3], to_viewer: Vec3) -> Vec3 {
        let Some(normals) = self.normals else {
            return self.face;
        };
        let normal = direction_or(blend3(normals, weights), self.face);
        let normal = if dot(normal, self.face) < 0.0 {
            scale(normal, -1.0)
        } else {
            normal
        };
        // Bent normals near the outline may point away from the eye, which no visible surface does.
        let away = dot(normal, to_viewer);
        if away < 0.0 {
            direction_or(sub(normal, scale(to_viewer, away)), self.face)
        } else {
            normal
        }
    }

    /// Linear weights on the picture at a place in samples, kept inside the triangle.
    fn weights_at(&self, place: [f32; 2]) -> [f32; 3] {
        let p = place.map(|c| f64::from(c) * 256.0);
        let part = |from: Corner, to: Corner| {
            (f64::from(to.x) - f64::from(from.x)) * (p[1] - f64::from(from.y))
                - (f64::from(to.y) - f64::from(from.y)) * (p[0] - f64::from(from.x))
        };
        let [a, b, c] = self.corners;
        let area = doubled_area(&self.corners) as f64;
        let weights =
            [part(b, c) / area, part(c, a) / area, part(a, b) / area].map(|w| w.max(0.0) as f32);
        let sum = (weights[0] + weights[1] + weights[2]).max(1e-12);
        weights.map(|weight| weight / sum)
    }

    /// Weights on the surface, where what is far counts for more than on the picture.
    fn true_weights(&self, weights: [f32; 3]) -> [f32; 3] {
        let raw: [f32; 3] = std::array::from_fn(|i| weights[i] * self.corners[i].inverse);
        let sum = (raw[0] + raw[1] + raw[2]).max(f32::MIN_POSITIVE);
        raw.map(|weight| weight / sum)
    }
}

impl Layer<'_> {
    fn uv(&self, weights: [f32; 3]) -> [f32; 2] {
        [0, 1].map(|i| {
            self.uvs[0][i] * weights[0] + self.uvs[1][i] * weights[1] + self.uvs[2][i] * weights[2]
        })
    }

    fn colour(&self, weights: [f32; 3], opaque: bool) -> [f32; 4] {
        self.texture.sample(self.uv(weights), self.span, opaque)
    }
}

fn blend3(corners: [Vec3; 3], weights: [f32; 3]) -> Vec3 {
    add(
        add(scale(corners[0], weights[0]), scale(corners[1], weights[1])),
        scale(corners[2], weights[2]),
    )
}
