//! Where the model is seen from: a three-quarter view that frames it exactly.

use crate::math::{Affine, Vec3, direction_or, is_finite};
use crate::scene::Scene;

/// From where a model is looked at, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// How far to the right of the model's front the viewer stands; 0 is straight in front, 90 its left-hand side.
    pub yaw: f32,
    /// How far above the model's middle; 0 is level, 90 straight from above.
    pub pitch: f32,
}

impl Default for View {
    /// The view of thumbnails: from the right and a little above, so that three sides of a box show.
    fn default() -> Self {
        Self {
            yaw: 35.0,
            pitch: 24.0,
        }
    }
}

impl View {
    /// The default view, from higher above for what lies flat: tiles, roads and platforms show little from the side.
    pub fn of(scene: &Scene) -> Self {
        let mut bounds = None;
        for_each_corner(
            scene,
            |transform| scene.upright.after(transform),
            |p| crate::scene::extend(&mut bounds, p),
        );
        let Some(bounds) = bounds else {
            return Self::default();
        };
        let [width, height, depth] = [0, 1, 2].map(|axis| bounds.max[axis] - bounds.min[axis]);
        let ground = width.max(depth).max(f32::MIN_POSITIVE);
        let flatness = (1.0 - 2.5 * height / ground).clamp(0.0, 1.0);
        let pitch = Self::default().pitch + 14.0 * flatness;
        Self {
            pitch,
            ..Self::default()
        }
    }
}

/// Tangent of half the opening angle: a long lens, so that boxes stay boxes.
const HALF_OPENING: f32 = 0.24;
/// The part of the picture that the model fills.
const FILLED: f32 = 0.94;

/// Takes points of the scene to the picture.
///
/// Its space has x to the right, y up and z towards the viewer, who stands at the origin.
#[derive(Debug)]
pub struct Camera {
    /// From the scene's space to the camera's.
    pub transform: Affine,
    /// The scene's “up” in the camera's space.
    pub up: Vec3,
}

impl Camera {
    /// A camera that shows all drawn triangles as large as fits; `None` where there is nothing with finite corners.
    pub fn framing(scene: &Scene, view: View) -> Option<Self> {
        let yaw = if view.yaw.is_finite() {
            view.yaw.rem_euclid(360.0)
        } else {
            View::default().yaw
        };
        let pitch = if view.pitch.is_finite() {
            view.pitch.clamp(-90.0, 90.0)
        } else {
            View::default().pitch
        };
        let turn = Affine::turn([1.0, 0.0, 0.0], pitch.to_radians())
            .after(&Affine::turn([0.0, 1.0, 0.0], -yaw.to_radians()));
        let rotation = turn.after(&scene.upright);
        let middle = middle_of(scene)?;
        // Points are moved to the middle before anything else, so that a model far from the origin keeps its precision.
        let centred = |transform: &Affine| {
            let mut moved = *transform;
            moved.origin = crate::math::sub(moved.origin, middle);
            rotation.after(&moved)
        };

        // For a fixed direction the nearest camera that sees a point p inside its four side planes has, per axis,
        // z ≥ p.z + |p.x − c| / t; the widest demands on both sides give both c and z.
        let slope = HALF_OPENING * FILLED;
        let mut demands = [f32::NEG_INFINITY; 4];
        let (mut nearest, mut reach) = (f32::NEG_INFINITY, 0.0f32);
        for_each_corner(scene, centred, |p| {
            let along = slope * p[2];
            for (demand, across) in demands.iter_mut().zip([p[0], -p[0], p[1], -p[1]]) {
                *demand = demand.max(across + along);
            }
            nearest = nearest.max(p[2]);
            reach = reach.max(p[0].abs()).max(p[1].abs()).max(p[2].abs());
        });
        if !nearest.is_finite() {
            return None;
        }
        let eye = [
            (demands[0] - demands[1]) / 2.0,
            (demands[2] - demands[3]) / 2.0,
            ((demands[0] + demands[1]) / (2.0 * slope))
                .max((demands[2] + demands[3]) / (2.0 * slope))
                // A single point or a line towards the viewer demands no distance at all.
                .max(nearest + reach.max(1e-6) * 0.05),
        ];
        let origin = crate::math::sub(rotation.vector(crate::math::scale(middle, -1.0)), eye);
        let transform = Affine {
            axes: rotation.axes,
            origin,
        };
        let up = direction_or(turn.vector([0.0, 1.0, 0.0]), [0.0, 1.0, 0.0]);
        (transform.is_finite()).then_some(Self { transform, up })
    }

    /// From the camera's space to the picture: x and y as parts of a side from the top left corner,
    /// and one over the distance.
    pub fn project(p: Vec3) -> Vec3 {
        let inverse = 1.0 / -p[2];
        [
            0.5 + 0.5 * p[0] * inverse / HALF_OPENING,
            0.5 - 0.5 * p[1] * inverse / HALF_OPENING,
            inverse,
        ]
    }

    /// Undoes [`Camera::project`], from the distance itself.
    pub fn unproject(x: f32, y: f32, distance: f32) -> Vec3 {
        let spread = HALF_OPENING * distance;
        [
            (2.0 * x - 1.0) * spread,
            (1.0 - 2.0 * y) * spread,
            -distance,
        ]
    }
}

fn middle_of(scene: &Scene) -> Option<Vec3> {
    let mut bounds = None;
    for_each_corner(
        scene,
        |transform| *transform,
        |p| crate::scene::extend(&mut bounds, p),
    );
    let bounds = bounds?;
    Some([0, 1, 2].map(|axis| bounds.min[axis] * 0.5 + bounds.max[axis] * 0.5))
}

/// Visits the finite corners of all placed triangles (not stray vertices, which would widen the frame).
fn for_each_corner(scene: &Scene, from: impl Fn(&Affine) -> Affine, mut visit: impl FnMut(Vec3)) {
    for placement in &scene.placements {
        let mesh = &scene.meshes[placement.mesh];
        let transform = from(&placement.transform);
        for triangle in &mesh.triangles {
            let corners = triangle.map(|index| transform.point(mesh.positions[index as usize]));
            if corners.iter().all(|p| is_finite(*p)) {
                corners.into_iter().for_each(&mut visit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Mesh;
    use proptest::prelude::*;

    fn scene_of(points: &[Vec3]) -> Scene {
        let mut scene = Scene::default();
        let last = points.len() as u32;
        scene.place_as_is(Mesh {
            positions: points.to_vec(),
            triangles: (0..last)
                .map(|i| [i, (i + 1) % last, (i + 2) % last])
                .collect(),
            ..Mesh::default()
        });
        scene
    }

    proptest! {
        #[test]
        fn every_corner_is_inside_and_some_touch_the_frame(
            points in prop::collection::vec(prop::array::uniform3(-5.0f32..5.0), 3..30),
            yaw in -400.0f32..400.0, pitch in -90.0f32..90.0, shift in -1000.0f32..1000.0, size in 0.01f32..100.0,
        ) {
            let points: Vec<Vec3> = points.iter().map(|p| p.map(|c| c * size + shift)).collect();
            let camera = Camera::framing(&scene_of(&points), View { yaw, pitch }).unwrap();
            let mut widest = 0.0f32;
            for p in points {
                let [x, y, inverse] = Camera::project(camera.transform.point(p));
                prop_assert!(inverse > 0.0);
                prop_assert!((-0.01..=1.01).contains(&x) && (-0.01..=1.01).contains(&y), "{x} {y}");
                widest = widest.max((x - 0.5).abs()).max((y - 0.5).abs());
            }
            // Unless the shape is all but a point, for which the camera keeps a little distance.
            prop_assert!(widest > 0.2, "{widest}");
        }

        #[test]
        fn unproject_undoes_project(x in -1.0f32..1.0, y in -1.0f32..1.0, z in -50.0f32..-1.0) {
            let [u, v, inverse] = Camera::project([x, y, z]);
            let back = Camera::unproject(u, v, 1.0 / inverse);
            prop_assert!(crate::math::length(crate::math::sub(back, [x, y, z])) < 1e-3);
        }
    }

    #[test]
    fn a_scene_without_finite_triangles_has_no_camera() {
        assert!(Camera::framing(&scene_of(&[[f32::NAN; 3]; 3]), View::default()).is_none());
        assert!(Camera::framing(&Scene::default(), View::default()).is_none());
    }

    #[test]
    fn the_front_faces_the_viewer_and_up_is_up() {
        let camera = Camera::framing(
            &scene_of(&[
                [-1.0, -1.0, 0.0],
                [1.0, -1.0, 0.0],
                [0.0, 1.0, 0.0],
                [0.0, 0.0, 1.0],
            ]),
            View {
                yaw: 0.0,
                pitch: 0.0,
            },
        )
        .unwrap();
        let top = Camera::project(camera.transform.point([0.0, 1.0, 0.0]));
        let front = Camera::project(camera.transform.point([0.0, 0.0, 1.0]));
        let right = Camera::project(camera.transform.point([1.0, -1.0, 0.0]));
        assert!(top[1] < 0.1, "up is at the top of the picture");
        assert!(right[0] > 0.9, "x is to the right");
        assert!(front[2] > top[2], "z is towards the viewer");
    }
}
