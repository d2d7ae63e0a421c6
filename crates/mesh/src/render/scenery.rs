//! What stands around the subject of a scene: a ground of kilometres, a dome of sky. A frame that holds it shows the
//! thing itself as a speck, so the picture does without it.

use crate::math::is_finite;
use crate::scene::{Placement, Scene, extend};
use gameforge_domain::Bounds;

/// Scenery is this many times as wide and as deep as all that it surrounds.
const WIDER: f32 = 4.0;
/// Scenery has at most one in so many of the triangles.
const SHARE: usize = 10;
/// Grounds, seas and skies that are looked for.
const MOST: usize = 8;

/// A placement with its triangles' box, upright.
struct Standing {
    placement: Placement,
    bounds: Option<Bounds>,
    triangles: usize,
}

/// Takes out of the scene what lies around all the rest on every side, is many times as wide and as deep, and is made
/// of few triangles.
pub fn leave_out_scenery(scene: &mut Scene) {
    let mut standing: Vec<Standing> = scene
        .placements
        .iter()
        .map(|placement| measured(scene, *placement))
        .collect();
    for _ in 0..MOST {
        let widest = standing
            .iter()
            .enumerate()
            .filter_map(|(index, one)| Some((index, extent(one.bounds.as_ref()?))))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((index, _)) = widest else { break };
        let mut rest = None;
        let mut triangles = 0;
        for (_, other) in standing.iter().enumerate().filter(|(at, _)| *at != index) {
            triangles += other.triangles;
            if let Some(bounds) = &other.bounds {
                extend(&mut rest, bounds.min);
                extend(&mut rest, bounds.max);
            }
        }
        let (Some(rest), Some(bounds)) = (rest, standing[index].bounds) else {
            break;
        };
        let few = standing[index].triangles * SHARE <= triangles;
        if !(few && surrounds(&bounds, &rest)) {
            break;
        }
        standing.swap_remove(index);
    }
    if standing.len() < scene.placements.len() {
        scene.placements = standing.into_iter().map(|one| one.placement).collect();
    }
}

fn measured(scene: &Scene, placement: Placement) -> Standing {
    let mesh = &scene.meshes[placement.mesh];
    let transform = scene.upright.after(&placement.transform);
    let mut bounds = None;
    for triangle in &mesh.triangles {
        let corners = triangle.map(|index| transform.point(mesh.positions[index as usize]));
        if corners.iter().all(|p| is_finite(*p)) {
            corners.into_iter().for_each(|p| extend(&mut bounds, p));
        }
    }
    Standing {
        placement,
        bounds,
        triangles: mesh.triangles.len(),
    }
}

fn extent(bounds: &Bounds) -> f32 {
    (bounds.max[0] - bounds.min[0]).max(bounds.max[2] - bounds.min[2])
}

/// Whether `outer` reaches beyond `inner` on all four sides and is many times as wide and as deep.
fn surrounds(outer: &Bounds, inner: &Bounds) -> bool {
    [0, 2].into_iter().all(|axis| {
        let width = inner.max[axis] - inner.min[axis];
        outer.min[axis] <= inner.min[axis]
            && outer.max[axis] >= inner.max[axis]
            && outer.max[axis] - outer.min[axis] >= WIDER * width
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Affine, Vec3};
    use crate::scene::Mesh;

    /// `count` triangles over the box.
    fn block(min: Vec3, max: Vec3, count: usize) -> Mesh {
        Mesh {
            positions: vec![min, max, [max[0], min[1], min[2]]],
            triangles: vec![[0, 1, 2]; count],
            ..Mesh::default()
        }
    }

    fn left(meshes: Vec<Mesh>, upright: Affine) -> Vec<usize> {
        let mut scene = Scene {
            upright,
            ..Scene::default()
        };
        meshes.into_iter().for_each(|mesh| scene.place_as_is(mesh));
        leave_out_scenery(&mut scene);
        let mut left: Vec<usize> = scene.placements.iter().map(|one| one.mesh).collect();
        left.sort_unstable();
        left
    }

    fn town() -> Mesh {
        block([-60.0, 0.0, -50.0], [60.0, 15.0, 50.0], 400)
    }

    #[test]
    fn a_ground_of_kilometres_and_a_sky_are_left_out() {
        let ground = block([-1000.0, -1.0, -1000.0], [1000.0, 0.0, 1000.0], 16);
        let sky = block([-5000.0; 3], [5000.0; 3], 2);
        assert_eq!(left(vec![ground, town(), sky], Affine::IDENTITY), [1]);
        let across = block([-1000.0, -1000.0, -1.0], [1000.0, 1000.0, 0.0], 2);
        let upright = block([-60.0, -50.0, 0.0], [60.0, 50.0, 15.0], 400);
        assert_eq!(left(vec![across, upright], Scene::Z_UP), [1], "z is up");
    }

    #[test]
    fn what_belongs_to_the_thing_stays() {
        // A lamp's pole is high, not wide; a wall stands on one side; terrain is of many triangles; a plinth is no
        // wider than twice its statue.
        let pole = block([0.0, -600.0, 0.0], [1.0, 0.0, 1.0], 2);
        let wall = block([-1000.0, 0.0, 60.0], [1000.0, 90.0, 61.0], 2);
        let terrain = block([-1000.0, 0.0, -1000.0], [1000.0, 90.0, 1000.0], 500);
        let plinth = block([-120.0, -9.0, -100.0], [120.0, 0.0, 100.0], 12);
        for other in [pole, wall, terrain, plinth] {
            assert_eq!(left(vec![town(), other], Affine::IDENTITY), [0, 1]);
        }
        let alone = block([-1000.0, 0.0, -1000.0], [1000.0, 0.0, 1000.0], 2);
        assert_eq!(left(vec![alone], Affine::IDENTITY), [0]);
    }
}
