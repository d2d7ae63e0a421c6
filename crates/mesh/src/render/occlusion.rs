//! How much of the surroundings is blocked near a point, guessed from the picture's own depths.

use super::camera::Camera;
use crate::math::{Vec3, add, dot, length, scale, sub};

/// Places to look at, as parts of the radius: a sunflower spiral, evenly spread over the disc.
const LOOKS: usize = 12;

/// The distance of the nearest surface at each pixel; infinite where there is none.
#[derive(Debug)]
pub struct Depths {
    side: u32,
    distance: Vec<f32>,
    spiral: [[f32; 2]; LOOKS],
}

impl Depths {
    /// `inverse` is one over the distance, 0 where there is nothing.
    pub fn new(side: u32, inverse: Vec<f32>) -> Self {
        let spiral = std::array::from_fn(|i| {
            let radius = ((i as f32 + 0.5) / LOOKS as f32).sqrt();
            let angle = i as f32 * 2.399_963;
            [angle.cos() * radius, angle.sin() * radius]
        });
        let distance = inverse.into_iter().map(|inverse| 1.0 / inverse).collect();
        Self {
            side,
            distance,
            spiral,
        }
    }

    /// 1 in the open, towards 0 in a hole. `position` and `normal` are in the camera's space; `size` is the model's
    /// extent there, which sets how far away things still count.
    pub fn openness(&self, pixel: (u32, u32), position: Vec3, normal: Vec3, size: f32) -> f32 {
        let side = self.side as f32;
        let reach = size * 0.11;
        // A radius in pixels: what `reach` measures at this distance.
        let radius = (Camera::project(add(position, [reach, 0.0, 0.0]))[0]
            - Camera::project(position)[0])
            * side;
        let start = add(position, scale(normal, reach * 0.02));
        let step = 1.0 / side;
        let (mut blocked, mut looks) = (0.0, 0.0);
        for offset in &self.spiral {
            let x = pixel.0 as f32 + 0.5 + offset[0] * radius;
            let y = pixel.1 as f32 + 0.5 + offset[1] * radius;
            if x < 0.0 || y < 0.0 || x >= side || y >= side {
                continue;
            }
            looks += 1.0;
            let (column, row) = (x as u32, y as u32);
            let away = self.distance[(row * self.side + column) as usize];
            if away == f32::INFINITY {
                continue;
            }
            let there = Camera::unproject(
                (column as f32 + 0.5) * step,
                (row as f32 + 0.5) * step,
                away,
            );
            let gap = sub(there, start);
            let above = dot(gap, normal);
            // Most of a convex surface lies below itself; no need to ask how far.
            if above <= 0.0 {
                continue;
            }
            let distance = length(gap).max(1e-12);
            let rise = above / distance;
            let near = (1.0 - distance / (reach * 1.8)).max(0.0);
            blocked += (rise - 0.12).max(0.0) * near;
        }
        if looks == 0.0 {
            1.0
        } else {
            (1.0 - 2.1 * blocked / looks).clamp(0.25, 1.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_darkens_the_floor_beside_it() {
        // A wall that faces the viewer at distance 10, its right half nearer by 0.5.
        let side = 64;
        let inverse = (0..side * side)
            .map(|i| if i % side < side / 2 { 0.1 } else { 1.0 / 9.5 })
            .collect();
        let depths = Depths::new(side, inverse);
        let openness = |x: u32| {
            let position = Camera::unproject((x as f32 + 0.5) / 64.0, 32.5 / 64.0, 10.0);
            depths.openness((x, 32), position, [0.0, 0.0, 1.0], 4.8)
        };
        assert_eq!(openness(10), 1.0);
        assert!(openness(31) < 0.9, "{}", openness(31));
    }
}
