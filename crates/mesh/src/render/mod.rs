//! Draws a scene into pixels without a window or a GPU.
//!
//! In three steps: every triangle marks the samples that it wins (`coverage`), each pixel shades every triangle that
//! it sees once at the middle of its samples (`surface`, `shade`), and see-through triangles are laid over from back
//! to front. Edges are smoothed by nine (large pictures: four) samples a pixel, mixed in linear light.

mod camera;
mod coverage;
mod occlusion;
mod projected;
mod scenery;
mod shade;
mod surface;

pub use camera::View;
pub use scenery::leave_out_scenery;

use crate::scene::{Alpha, Budget, Scene};
use crate::texture::encode;
use camera::Camera;
use coverage::{Corner, cover};
use gameforge_domain::{Pixels, ReadError};
use occlusion::Depths;
use projected::Projected;
use surface::Painter;

/// The largest picture that is drawn, in pixels a side.
pub const MOST_SIDE: u32 = 2048;

/// How often the samples of a whole picture may be looked at before the drawing is given up: as if that many sheets of
/// its full size lay behind each other. Bounds the time that a hostile model takes to a few seconds.
const MOST_LOOKS: u64 = 150;

/// Draws the scene on a transparent background, `side` × `side` pixels (at least 1, at most [`MOST_SIDE`]).
///
/// # Errors
/// `Unsupported` where there is nothing to draw; `TooLarge` over the budget.
pub fn draw(
    scene: &Scene,
    side: u32,
    view: View,
    budget: &mut Budget,
) -> Result<Pixels, ReadError> {
    let side = side.clamp(1, MOST_SIDE);
    let camera = Camera::framing(scene, view)
        .ok_or_else(|| ReadError::unsupported("there are no triangles to draw"))?;
    let per_pixel = if side <= 512 { 3 } else { 2 };
    let samples = side * per_pixel;
    let pixels = u64::from(side) * u64::from(side);
    budget.take(u64::from(samples) * u64::from(samples) * 8 + pixels * (16 + 4 + 8 + 4))?;
    let projected = Projected::new(scene, &camera, samples, budget)?;
    let mut canvas = Canvas::new(side, per_pixel);
    canvas.mark(&projected)?;
    let painter = Painter::new(&projected, &camera, side, canvas.depths());
    canvas.paint(&painter);
    canvas.lay_over(&projected, &painter)?;
    Ok(canvas.finish())
}

/// The picture while it is made.
struct Canvas {
    side: u32,
    per_pixel: u32,
    samples: u32,
    /// One over the distance of what each sample sees; 0 where it sees nothing.
    inverse: Vec<f32>,
    /// One more than the number of the triangle that each sample sees; 0 for none.
    winner: Vec<u32>,
    /// Linear colours with premultiplied alpha, one a pixel.
    colour: Vec<[f32; 4]>,
    looks: u64,
}

impl Canvas {
    fn new(side: u32, per_pixel: u32) -> Self {
        let samples = side * per_pixel;
        let count = samples as usize * samples as usize;
        Self {
            side,
            per_pixel,
            samples,
            inverse: vec![0.0; count],
            winner: vec![0; count],
            colour: vec![[0.0; 4]; side as usize * side as usize],
            looks: 0,
        }
    }

    /// Gives each sample to the nearest triangle that is not see-through.
    fn mark(&mut self, projected: &Projected) -> Result<(), ReadError> {
        for number in 0..projected.triangle_count() {
            let Some(triangle) = projected.triangle(number) else {
                continue;
            };
            let mask = match triangle.material.alpha {
                Alpha::Blend => continue,
                Alpha::Opaque => None,
                Alpha::Mask(least) => Some((surface::Paint::new(&triangle, self.per_pixel), least)),
            };
            let width = self.samples as usize;
            let (depth, winner) = (&mut self.inverse, &mut self.winner);
            let looks = cover(&triangle.corners, self.samples, |x, y, weights| {
                let inverse = depth_at(&triangle.corners, weights);
                let at = y as usize * width + x as usize;
                if inverse > depth[at]
                    && mask
                        .as_ref()
                        .is_none_or(|(paint, least)| paint.alpha(weights) >= *least)
                {
                    depth[at] = inverse;
                    winner[at] = number + 1;
                }
            });
            self.charge(looks)?;
        }
        Ok(())
    }

    fn charge(&mut self, looks: u64) -> Result<(), ReadError> {
        self.looks += looks;
        let limit = MOST_LOOKS * u64::from(self.samples).pow(2).max(1 << 18);
        if self.looks > limit {
            return Err(ReadError::TooLarge {
                what: "the drawing work of triangles that hide each other",
                found: self.looks,
                limit,
            });
        }
        Ok(())
    }

    /// The nearest sample of each pixel.
    fn depths(&self) -> Depths {
        let mut nearest = vec![0.0f32; self.side as usize * self.side as usize];
        for (y, row) in self.inverse.chunks_exact(self.samples as usize).enumerate() {
            let start = y / self.per_pixel as usize * self.side as usize;
            for (pixel, samples) in row.chunks_exact(self.per_pixel as usize).enumerate() {
                let near = samples.iter().copied().fold(0.0, f32::max);
                nearest[start + pixel] = nearest[start + pixel].max(near);
            }
        }
        Depths::new(self.side, nearest)
    }

    /// Shades every triangle that a pixel sees once and mixes them by how many samples each has.
    fn paint(&mut self, painter: &Painter) {
        let per_pixel = self.per_pixel;
        let share = 1.0 / (per_pixel * per_pixel) as f32;
        let mut brush = painter.brush();
        for y in 0..self.side {
            for x in 0..self.side {
                let mut seen = [Seen::default(); 9];
                let mut kinds = 0;
                for dy in 0..per_pixel {
                    let start = ((y * per_pixel + dy) * self.samples + x * per_pixel) as usize;
                    for dx in 0..per_pixel {
                        let number = self.winner[start + dx as usize];
                        if number == 0 {
                            continue;
                        }
                        let slot = seen[..kinds]
                            .iter()
                            .position(|s| s.number == number)
                            .unwrap_or_else(|| {
                                seen[kinds].number = number;
                                kinds += 1;
                                kinds - 1
                            });
                        seen[slot].add(dx, dy);
                    }
                }
                let pixel = &mut self.colour[(y * self.side + x) as usize];
                for seen in &seen[..kinds] {
                    let place = seen.middle(x * per_pixel, y * per_pixel);
                    if let Some([r, g, b, _]) = brush.colour(seen.number - 1, place, (x, y)) {
                        let weight = seen.count as f32 * share;
                        for (sum, value) in pixel.iter_mut().zip([r, g, b, 1.0]) {
                            *sum += value * weight;
                        }
                    }
                }
            }
        }
    }

    /// Lays see-through triangles over what is painted, farthest first.
    fn lay_over(&mut self, projected: &Projected, painter: &Painter) -> Result<(), ReadError> {
        let order = projected.see_through();
        let mut brush = painter.brush();
        let mut scratch = vec![
            Seen::default();
            if order.is_empty() {
                0
            } else {
                self.colour.len()
            }
        ];
        let mut touched: Vec<u32> = Vec::new();
        let (per_pixel, width, side) = (self.per_pixel, self.samples as usize, self.side);
        let share = 1.0 / (per_pixel * per_pixel) as f32;
        for number in order {
            let Some(triangle) = projected.triangle(number) else {
                continue;
            };
            let paint = surface::Paint::new(&triangle, per_pixel);
            let depth = &mut self.inverse;
            let looks = cover(&triangle.corners, self.samples, |x, y, weights| {
                let inverse = depth_at(&triangle.corners, weights);
                let at = y as usize * width + x as usize;
                if inverse < depth[at] {
                    return;
                }
                if paint.alpha(weights) > 0.95 {
                    depth[at] = inverse;
                }
                let pixel = y / per_pixel * side + x / per_pixel;
                let seen = &mut scratch[pixel as usize];
                if seen.count == 0 {
                    touched.push(pixel);
                }
                seen.add(x % per_pixel, y % per_pixel);
            });
            for pixel in touched.drain(..) {
                let seen = std::mem::take(&mut scratch[pixel as usize]);
                let (x, y) = (pixel % side, pixel / side);
                let place = seen.middle(x * per_pixel, y * per_pixel);
                if let Some([r, g, b, alpha]) = brush.colour(number, place, (x, y)) {
                    let cover = alpha * seen.count as f32 * share;
                    let below = &mut self.colour[pixel as usize];
                    for (value, over) in below.iter_mut().zip([r, g, b, 1.0]) {
                        *value = over * cover + *value * (1.0 - cover);
                    }
                }
            }
            self.charge(looks)?;
        }
        Ok(())
    }

    /// Straight sRGB bytes.
    fn finish(self) -> Pixels {
        let rgba = self
            .colour
            .iter()
            .flat_map(|[r, g, b, alpha]| {
                let alpha = alpha.clamp(0.0, 1.0);
                let byte = |value: f32| {
                    let straight = if alpha > 0.0 {
                        (value / alpha).clamp(0.0, 1.0)
                    } else {
                        0.0
                    };
                    encode(straight)
                };
                [byte(*r), byte(*g), byte(*b), (alpha * 255.0 + 0.5) as u8]
            })
            .collect();
        Pixels {
            width: self.side,
            height: self.side,
            rgba,
        }
    }
}

fn depth_at(corners: &[Corner; 3], weights: [f32; 3]) -> f32 {
    corners[0].inverse * weights[0]
        + corners[1].inverse * weights[1]
        + corners[2].inverse * weights[2]
}

/// The samples of one pixel that see one triangle.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    number: u32,
    count: u32,
    across: u32,
    down: u32,
}

impl Seen {
    fn add(&mut self, dx: u32, dy: u32) {
        self.count += 1;
        self.across += dx;
        self.down += dy;
    }

    /// The middle of the samples, in samples, for a pixel whose first sample is at `left`, `top`.
    fn middle(&self, left: u32, top: u32) -> [f32; 2] {
        let mean = |sum: u32| sum as f32 / self.count.max(1) as f32 + 0.5;
        [
            left as f32 + mean(self.across),
            top as f32 + mean(self.down),
        ]
    }
}

#[cfg(test)]
mod tests;
