//! How much light a surface sends to the eye: a small photo studio that stands still around the viewer.
//! Directions are in the camera's space, colours are linear.

use crate::math::{Vec3, add, direction_or, dot, mix, scale, sub};

/// What is known about a point of a surface.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    /// Colour without light.
    pub base: Vec3,
    /// 0 to 1.
    pub metallic: f32,
    /// 0 to 1.
    pub roughness: f32,
    /// Light that it gives off itself.
    pub emissive: Vec3,
    /// Unit length, towards the outside.
    pub normal: Vec3,
    /// Unit length, towards the viewer.
    pub to_viewer: Vec3,
    /// How open the surroundings are: 1 in the open, 0 in a hole.
    pub open: f32,
}

struct Light {
    direction: Vec3,
    colour: Vec3,
    /// How far the light reaches around the edge, 0 to 1: large sources are soft.
    wrap: f32,
}

/// The set-up of product photography: a warm key from the upper left, a cool fill from the right, a light from behind
/// that draws the outline. Directions are of unit length.
const LIGHTS: [Light; 3] = [
    Light {
        direction: [-0.452_9, 0.653_1, 0.606_9],
        colour: [0.80, 0.775, 0.73],
        wrap: 0.08,
    },
    Light {
        direction: [0.870_4, 0.174_1, 0.460_5],
        colour: [0.17, 0.19, 0.22],
        wrap: 0.3,
    },
    Light {
        direction: [0.358_1, 0.447_6, -0.819_4],
        colour: [0.30, 0.32, 0.36],
        wrap: 0.1,
    },
];
const SKY: Vec3 = [0.47, 0.49, 0.52];
const HORIZON: Vec3 = [0.30, 0.30, 0.31];
const GROUND: Vec3 = [0.17, 0.155, 0.145];

/// The colour that reaches the eye, each channel 0 to 1. `up` is the scene's up.
pub fn shade(surface: &Surface, up: Vec3) -> Vec3 {
    let Surface {
        normal,
        to_viewer,
        open,
        ..
    } = *surface;
    let roughness = surface.roughness.clamp(0.08, 1.0);
    let facing = dot(normal, to_viewer).clamp(0.0, 1.0);
    let mirror = mix([0.04; 3], surface.base, surface.metallic);
    let matte = scale(surface.base, 1.0 - surface.metallic);

    let mut lit = scale(multiply(matte, around(dot(normal, up))), open);
    // Direct light is dimmed less by what is near than the light from all around.
    let direct = 0.45 + 0.55 * open;
    for light in &LIGHTS {
        let cosine = dot(normal, light.direction);
        let soft = ((cosine + light.wrap) / (1.0 + light.wrap)).max(0.0) * direct;
        lit = add(lit, multiply(matte, scale(light.colour, soft)));
        if cosine > 0.0 {
            let half = direction_or(add(light.direction, to_viewer), normal);
            let gloss = highlight(dot(normal, half).max(0.0), roughness) * cosine * direct;
            lit = add(lit, scale(multiply(mirror, light.colour), gloss));
        }
    }

    let reflected = sub(scale(normal, 2.0 * dot(normal, to_viewer)), to_viewer);
    let edge = (1.0 - facing).powi(5) * (1.0 - roughness) * 0.5;
    let share = mix(mirror, [1.0; 3], edge);
    let room = mix(
        studio(reflected, up),
        around(dot(normal, up)),
        roughness * roughness,
    );
    // Metals show nothing but the room, so theirs is a brighter one.
    let room = scale(room, open * (1.0 + 0.9 * surface.metallic));
    tone(add(add(lit, multiply(share, room)), surface.emissive))
}

/// Light from all around at a surface that is tilted by `height` (cosine to “up”).
fn around(height: f32) -> Vec3 {
    if height >= 0.0 {
        mix(HORIZON, SKY, height)
    } else {
        mix(HORIZON, GROUND, -height)
    }
}

/// What a mirror sees in a direction: floor, wall, ceiling and a large soft box where the key light stands.
fn studio(direction: Vec3, up: Vec3) -> Vec3 {
    let height = dot(direction, up);
    let wall = around((height * 2.5).clamp(-1.0, 1.0));
    let soft_box = ((dot(direction, LIGHTS[0].direction) - 0.72) * 6.0).clamp(0.0, 1.0);
    let strip = ((dot(direction, LIGHTS[1].direction) - 0.85) * 8.0).clamp(0.0, 1.0);
    add(
        add(wall, scale([0.9, 0.88, 0.85], soft_box)),
        scale([0.35, 0.37, 0.4], strip),
    )
}

/// Blinn–Phong with the exponent and norm that match a microfacet roughness (Burley, 2012, as in common use).
fn highlight(cosine: f32, roughness: f32) -> f32 {
    let alpha = roughness * roughness;
    let exponent = (2.0 / (alpha * alpha) - 2.0).clamp(0.0, 600.0);
    (cosine.powf(exponent) * (exponent + 2.0) / 8.0).min(8.0)
}

/// Leaves colours as they are up to a knee and bends what is brighter towards white instead of cutting it off.
fn tone(colour: Vec3) -> Vec3 {
    const KNEE: f32 = 0.75;
    colour.map(|value| {
        let value = if value.is_finite() {
            value.max(0.0)
        } else {
            0.0
        };
        if value <= KNEE {
            value
        } else {
            KNEE + (1.0 - KNEE) * (1.0 - (-(value - KNEE) / (1.0 - KNEE)).exp())
        }
    })
}

pub fn multiply(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] * b[0], a[1] * b[1], a[2] * b[2]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matte(normal: Vec3) -> Surface {
        Surface {
            base: [0.5; 3],
            metallic: 0.0,
            roughness: 1.0,
            emissive: [0.0; 3],
            normal: direction_or(normal, [0.0, 0.0, 1.0]),
            to_viewer: [0.0, 0.0, 1.0],
            open: 1.0,
        }
    }

    #[test]
    fn lights_are_directions() {
        for light in &LIGHTS {
            assert!((dot(light.direction, light.direction) - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn the_three_sides_of_a_box_differ() {
        let up = [0.0, 1.0, 0.0];
        let light = |normal| shade(&matte(normal), up)[1];
        let (top, left, right) = (
            light([0.0, 1.0, 0.4]),
            light([-0.6, 0.2, 0.8]),
            light([0.8, 0.2, 0.6]),
        );
        assert!(
            top > right * 1.2 && left > right * 1.2,
            "{top} {left} {right}"
        );
    }

    #[test]
    fn nothing_is_brighter_than_white_or_darker_than_black() {
        let mut surface = matte([0.0, 1.0, 1.0]);
        surface.emissive = [f32::INFINITY, 50.0, -4.0];
        surface.base = [9.0; 3];
        for value in shade(&surface, [0.0, 1.0, 0.0]) {
            assert!((0.0..=1.0).contains(&value));
        }
    }

    #[test]
    fn corners_are_darker_than_open_ground() {
        let up = [0.0, 1.0, 0.0];
        let open = matte([0.0, 1.0, 0.0]);
        let hidden = Surface { open: 0.2, ..open };
        assert!(shade(&hidden, up)[0] < shade(&open, up)[0] * 0.8);
    }
}
