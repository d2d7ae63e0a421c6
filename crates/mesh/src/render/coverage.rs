//! Which samples of the picture a triangle covers. Exact: neighbours share no sample and leave none out.

/// Steps between two neighbouring samples.
const STEPS: i64 = 256;

/// A corner on the picture in [`STEPS`] of a sample, and what has to be known per corner for depth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corner {
    /// From the left, in 1/256 of a sample.
    pub x: i32,
    /// From the top, in 1/256 of a sample.
    pub y: i32,
    /// One over the distance from the viewer.
    pub inverse: f32,
}

impl Corner {
    /// From parts of a side; far outside positions are held at a distance that cannot overflow.
    pub fn new(projected: [f32; 3], samples: u32) -> Self {
        let fixed =
            |part: f32| (part.clamp(-1.0, 2.0) * samples as f32 * STEPS as f32).round() as i32;
        Self {
            x: fixed(projected[0]),
            y: fixed(projected[1]),
            inverse: projected[2],
        }
    }
}

/// Twice the area in square steps; below zero for triangles that are counter-clockwise to the eye (y points down).
pub fn doubled_area(corners: &[Corner; 3]) -> i64 {
    let [a, b, c] = corners;
    let (ax, ay) = (i64::from(a.x), i64::from(a.y));
    (i64::from(b.x) - ax) * (i64::from(c.y) - ay) - (i64::from(b.y) - ay) * (i64::from(c.x) - ax)
}

/// Calls `visit(x, y, weights)` for every covered sample of a `samples` × `samples` grid. `weights` are the linear
/// (not perspective) barycentric coordinates. Returns how many samples were looked at.
///
/// Edge functions and the top-left rule after Pineda, “A Parallel Algorithm for Polygon Rasterization”, 1988.
pub fn cover(
    corners: &[Corner; 3],
    samples: u32,
    mut visit: impl FnMut(u32, u32, [f32; 3]),
) -> u64 {
    let area = doubled_area(corners);
    if area == 0 {
        return 0;
    }
    // Both windings count; the weights are given in the caller's order.
    let order: [usize; 3] = if area > 0 { [0, 1, 2] } else { [0, 2, 1] };
    let [a, b, c] = order.map(|index| corners[index]);
    let (left, right) = centres([a.x, b.x, c.x], samples);
    let (top, bottom) = centres([a.y, b.y, c.y], samples);
    if left > right || top > bottom {
        return 0;
    }
    let edges = [Edge::new(b, c), Edge::new(c, a), Edge::new(a, b)];
    let inverse_area = 1.0 / area.unsigned_abs() as f32;
    let start = (left * STEPS + STEPS / 2, top * STEPS + STEPS / 2);
    let mut rows = edges.map(|edge| edge.at(start.0, start.1) + edge.bias);
    let mut looks = 0;
    for y in top..=bottom {
        // Where each half-plane begins or ends on this row; only samples inside all three are visited.
        let (mut first, mut last) = (0, right - left);
        for (value, edge) in rows.iter().zip(&edges) {
            match edge.right {
                0 if *value < 0 => last = -1,
                0 => {}
                step if step > 0 => first = first.max((-*value + step - 1).div_euclid(step)),
                step => last = last.min(value.div_euclid(-step)),
            }
        }
        looks += 1;
        if first <= last {
            looks += (last - first + 1) as u64;
            let mut values: [i64; 3] =
                std::array::from_fn(|i| rows[i] - edges[i].bias + first * edges[i].right);
            for x in left + first..=left + last {
                let ordered = values.map(|value| value as f32 * inverse_area);
                visit(
                    x as u32,
                    y as u32,
                    [ordered[0], ordered[order[1]], ordered[order[2]]],
                );
                for (value, edge) in values.iter_mut().zip(&edges) {
                    *value += edge.right;
                }
            }
        }
        for (row, edge) in rows.iter_mut().zip(&edges) {
            *row += edge.down;
        }
    }
    looks
}

/// The first sample centre at or after the least of three places and the last at or before the greatest, on the grid.
fn centres([a, b, c]: [i32; 3], samples: u32) -> (i64, i64) {
    let (least, most) = (i64::from(a.min(b).min(c)), i64::from(a.max(b).max(c)));
    (
        (least + STEPS / 2 - 1).div_euclid(STEPS).max(0),
        (most - STEPS / 2)
            .div_euclid(STEPS)
            .min(i64::from(samples) - 1),
    )
}

/// A half-plane; zero on the edge, above zero inside.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: (i64, i64),
    along: (i64, i64),
    /// Change by one sample to the right and by one down.
    right: i64,
    down: i64,
    /// 0 where samples exactly on the edge belong to this triangle, else −1.
    bias: i64,
}

impl Edge {
    fn new(from: Corner, to: Corner) -> Self {
        let along = (
            i64::from(to.x) - i64::from(from.x),
            i64::from(to.y) - i64::from(from.y),
        );
        let top_or_left = along.1 < 0 || (along.1 == 0 && along.0 > 0);
        Self {
            from: (i64::from(from.x), i64::from(from.y)),
            along,
            right: -along.1 * STEPS,
            down: along.0 * STEPS,
            bias: if top_or_left { 0 } else { -1 },
        }
    }

    fn at(&self, x: i64, y: i64) -> i64 {
        self.along.0 * (y - self.from.1) - self.along.1 * (x - self.from.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn corner(x: i32, y: i32) -> Corner {
        Corner { x, y, inverse: 1.0 }
    }

    proptest! {
        /// A fan around a point inside the picture covers each sample of its hull exactly once.
        #[test]
        fn neighbours_share_no_sample(x in 100i32..3900, y in 100i32..3900) {
            let middle = corner(x, y);
            let frame = [corner(0, 0), corner(4096, 0), corner(4096, 4096), corner(0, 4096)];
            let mut hits = vec![0u8; 16 * 16];
            for i in 0..4 {
                // Every other one with the opposite winding.
                let (p, q) = (frame[i], frame[(i + 1) % 4]);
                let triangle = if i % 2 == 0 { [middle, p, q] } else { [middle, q, p] };
                cover(&triangle, 16, |x, y, _| hits[(y * 16 + x) as usize] += 1);
            }
            prop_assert!(hits.iter().all(|count| *count == 1), "{hits:?}");
        }

        #[test]
        fn weights_are_the_samples_place(points in prop::array::uniform6(-4096i32..8192)) {
            let triangle = [corner(points[0], points[1]), corner(points[2], points[3]), corner(points[4], points[5])];
            prop_assume!(doubled_area(&triangle).abs() > 40_000);
            cover(&triangle, 16, |x, y, weights| {
                let back: f32 = triangle.iter().zip(weights).map(|(c, w)| c.x as f32 * w).sum();
                let down: f32 = triangle.iter().zip(weights).map(|(c, w)| c.y as f32 * w).sum();
                assert!((back - (x * 256 + 128) as f32).abs() < 4.0);
                assert!((down - (y * 256 + 128) as f32).abs() < 4.0);
            });
        }
    }

    #[test]
    fn triangles_without_area_or_outside_cover_nothing() {
        let mut count = 0;
        cover(
            &[corner(0, 0), corner(512, 512), corner(1024, 1024)],
            16,
            |_, _, _| count += 1,
        );
        cover(
            &[corner(-900, 0), corner(-500, 0), corner(-700, 900)],
            16,
            |_, _, _| count += 1,
        );
        assert_eq!(count, 0);
    }
}
