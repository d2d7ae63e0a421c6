//! Cuts polygons into triangles.

use crate::math::{Vec3, add, cross, dot, scale, sub};

/// Polygons with more corners are cut as a fan, which is right for convex ones and always quick.
const MOST_EARS: usize = 256;

/// Cuts a polygon with the given corners into triangles of corner numbers, keeping its winding.
///
/// Clips ears (G. Meisters, “Polygons have ears”, 1975) on the plane that the polygon mostly lies in; falls back to a
/// fan for what is left of a polygon that crosses itself.
pub fn triangulate(corners: &[Vec3], mut emit: impl FnMut([usize; 3])) {
    let count = corners.len();
    if count < 3 {
        return;
    }
    if count == 3 || count > MOST_EARS {
        (1..count - 1).for_each(|i| emit([0, i, i + 1]));
        return;
    }
    let flat = flattened(corners);
    let mut left: Vec<usize> = (0..count).collect();
    while left.len() > 3 {
        let size = left.len();
        let ear = (0..size).find(|&i| {
            let [before, at, after] = [left[(i + size - 1) % size], left[i], left[(i + 1) % size]];
            let [a, b, c] = [flat[before], flat[at], flat[after]];
            turn(a, b, c) > 0.0
                && left.iter().all(|&other| {
                    let p = flat[other];
                    [before, at, after].contains(&other)
                        || !(turn(a, b, p) >= 0.0 && turn(b, c, p) >= 0.0 && turn(c, a, p) >= 0.0)
                })
        });
        let Some(i) = ear else { break };
        emit([left[(i + size - 1) % size], left[i], left[(i + 1) % size]]);
        left.remove(i);
    }
    (1..left.len() - 1).for_each(|i| emit([left[0], left[i], left[i + 1]]));
}

/// The corners on the polygon's plane, so that it runs counter-clockwise.
fn flattened(corners: &[Vec3]) -> Vec<[f32; 2]> {
    // Newell's normal, which also holds for polygons that are not quite flat.
    let mut normal = [0.0; 3];
    for (i, p) in corners.iter().enumerate() {
        let q = corners[(i + 1) % corners.len()];
        normal = add(normal, cross(sub(*p, corners[0]), sub(q, corners[0])));
    }
    let most = (0..3)
        .max_by(|a, b| normal[*a].abs().total_cmp(&normal[*b].abs()))
        .unwrap_or(2);
    let mut aside = [0.0; 3];
    aside[(most + 1) % 3] = 1.0;
    let across = sub(
        aside,
        scale(
            normal,
            dot(aside, normal) / dot(normal, normal).max(f32::MIN_POSITIVE),
        ),
    );
    let along = cross(normal, across);
    corners
        .iter()
        .map(|p| {
            [
                dot(sub(*p, corners[0]), across),
                dot(sub(*p, corners[0]), along),
            ]
        })
        .collect()
}

fn turn(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> f32 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::length;
    use proptest::prelude::*;

    fn area(corners: &[Vec3]) -> f32 {
        let mut sum = 0.0;
        triangulate(corners, |t| {
            let [a, b, c] = t.map(|i| corners[i]);
            sum += length(cross(sub(b, a), sub(c, a))) / 2.0;
        });
        sum
    }

    #[test]
    fn a_notch_stays_empty() {
        // An arrow head: the fan from the first corner would fill the notch.
        let arrow = [
            [0.0, 0.0, 0.0],
            [2.0, 2.0, 0.0],
            [0.0, 1.0, 0.0],
            [-2.0, 2.0, 0.0],
        ];
        assert!((area(&arrow) - 2.0).abs() < 1e-5);
        let turned = arrow.map(|[x, y, _]| [0.0, x, y]);
        assert!((area(&turned) - 2.0).abs() < 1e-5);
    }

    proptest! {
        #[test]
        fn any_polygon_gives_two_triangles_fewer_than_corners(
            corners in prop::collection::vec(prop::array::uniform3(-9.0f32..9.0), 3..40),
        ) {
            let mut count = 0;
            triangulate(&corners, |t| { assert!(t.iter().all(|i| *i < corners.len())); count += 1; });
            prop_assert_eq!(count, corners.len() - 2);
        }

        #[test]
        fn star_shapes_are_covered_exactly(radii in prop::collection::vec(0.3f32..3.0, 4..30)) {
            let step = std::f32::consts::TAU / radii.len() as f32;
            let corners: Vec<Vec3> =
                radii.iter().enumerate().map(|(i, r)| [r * (i as f32 * step).cos(), r * (i as f32 * step).sin(), 1.0]).collect();
            let exact: f32 = (0..radii.len()).map(|i| radii[i] * radii[(i + 1) % radii.len()] * step.sin() / 2.0).sum();
            prop_assert!((area(&corners) - exact).abs() < exact * 1e-2, "{} {}", area(&corners), exact);
        }
    }
}
