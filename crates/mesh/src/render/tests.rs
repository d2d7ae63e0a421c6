use super::*;
use crate::math::Affine;
use crate::scene::{Material, Mesh, Placement};
use gameforge_domain::Limits;

const RED: [f32; 4] = [0.8, 0.02, 0.02, 1.0];
const BLUE: [f32; 4] = [0.02, 0.02, 0.8, 1.0];
const FRONT: View = View {
    yaw: 0.0,
    pitch: 0.0,
};

fn material(base: [f32; 4], alpha: Alpha, double_sided: bool) -> Material {
    Material {
        base,
        alpha,
        double_sided,
        ..Material::default()
    }
}

/// A square of side 2 across z that faces the viewer, or away from it.
fn square(z: f32, material: usize, facing: bool) -> Mesh {
    let triangles = if facing {
        vec![[0, 1, 2], [0, 2, 3]]
    } else {
        vec![[0, 2, 1], [0, 3, 2]]
    };
    Mesh {
        positions: vec![
            [-1.0, -1.0, z],
            [1.0, -1.0, z],
            [1.0, 1.0, z],
            [-1.0, 1.0, z],
        ],
        triangles,
        material,
        ..Mesh::default()
    }
}

fn drawn(scene: &Scene) -> Pixels {
    draw(scene, 64, FRONT, &mut Budget::new(&Limits::STANDARD)).unwrap()
}

fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
    let start = ((y * pixels.width + x) * 4) as usize;
    pixels.rgba[start..start + 4].try_into().unwrap()
}

#[test]
fn what_is_nearer_hides_what_is_behind_in_any_order() {
    for order in [[0, 1], [1, 0]] {
        let mut scene = Scene {
            materials: vec![
                material(RED, Alpha::Opaque, true),
                material(BLUE, Alpha::Opaque, true),
            ],
            ..Scene::default()
        };
        for index in order {
            scene.place_as_is(square(index as f32, index, true));
        }
        let middle = at(&drawn(&scene), 32, 32);
        assert!(
            middle[2] > 150 && middle[0] < 100 && middle[3] == 255,
            "{middle:?}"
        );
    }
}

#[test]
fn backs_are_hidden_unless_the_surface_has_two_sides() {
    for double_sided in [false, true] {
        let mut scene = Scene {
            materials: vec![material(RED, Alpha::Opaque, double_sided)],
            ..Scene::default()
        };
        scene.place_as_is(square(0.0, 0, false));
        assert_eq!(at(&drawn(&scene), 32, 32)[3] == 255, double_sided);
    }
}

#[test]
fn a_mirrored_placement_keeps_its_front() {
    let mut scene = Scene {
        materials: vec![material(RED, Alpha::Opaque, false)],
        ..Scene::default()
    };
    scene.meshes.push(square(0.0, 0, true));
    let mut mirror = Affine::IDENTITY;
    mirror.axes[0] = [-1.0, 0.0, 0.0];
    // Mirrored in x the corners run clockwise, yet it is the same surface seen from the same side.
    scene.placements.push(Placement {
        mesh: 0,
        transform: mirror,
    });
    assert_eq!(at(&drawn(&scene), 32, 32)[3], 255);
}

#[test]
fn see_through_surfaces_mix_with_what_is_behind() {
    let glass = [0.02, 0.02, 0.8, 0.5];
    let mut scene = Scene {
        materials: vec![
            material(RED, Alpha::Opaque, true),
            material(glass, Alpha::Blend, true),
        ],
        ..Scene::default()
    };
    scene.place_as_is(square(0.5, 1, true));
    scene.place_as_is(square(0.0, 0, true));
    let middle = at(&drawn(&scene), 32, 32);
    assert!(
        middle[0] > 100 && middle[2] > 100 && middle[3] == 255,
        "{middle:?}"
    );

    let mut alone = Scene {
        materials: vec![material(glass, Alpha::Blend, true)],
        ..Scene::default()
    };
    alone.place_as_is(square(0.0, 0, true));
    let middle = at(&drawn(&alone), 32, 32);
    assert!(
        (120..=136).contains(&middle[3]) && middle[2] > 150,
        "{middle:?}"
    );
}

#[test]
fn masks_cut_where_alpha_is_low() {
    let mut scene = Scene {
        materials: vec![material([1.0; 4], Alpha::Mask(0.5), true)],
        ..Scene::default()
    };
    let mut mesh = square(0.0, 0, true);
    // Alpha rises from the left edge to the right edge.
    mesh.colours = vec![
        [1.0, 1.0, 1.0, 0.0],
        [1.0; 4],
        [1.0; 4],
        [1.0, 1.0, 1.0, 0.0],
    ];
    scene.place_as_is(mesh);
    let pixels = drawn(&scene);
    assert_eq!(at(&pixels, 20, 32)[3], 0);
    assert_eq!(at(&pixels, 44, 32)[3], 255);
}

#[test]
fn edges_are_smooth_and_the_background_is_clear() {
    let mut scene = Scene::default();
    scene.place_as_is(Mesh {
        positions: vec![[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [0.3, 1.0, 0.0]],
        triangles: vec![[0, 1, 2]],
        ..Mesh::default()
    });
    let pixels = drawn(&scene);
    assert_eq!(at(&pixels, 0, 0), [0; 4]);
    let partial = pixels
        .rgba
        .chunks_exact(4)
        .filter(|p| p[3] > 0 && p[3] < 255)
        .count();
    assert!(partial > 40, "{partial}");
}

#[test]
fn unlit_surfaces_keep_their_exact_colour() {
    let mut scene = Scene {
        materials: vec![Material {
            base: [0.5, 0.25, 1.0, 1.0],
            unlit: true,
            ..Material::default()
        }],
        ..Scene::default()
    };
    scene.place_as_is(square(0.0, 0, true));
    assert_eq!(at(&drawn(&scene), 32, 32), [188, 137, 255, 255]);
}

#[test]
fn corners_that_are_no_numbers_lose_their_triangles_only() {
    let mut scene = Scene::default();
    let mut mesh = square(0.0, 0, true);
    mesh.positions.push([f32::NAN, f32::INFINITY, 0.0]);
    mesh.triangles.push([0, 1, 4]);
    mesh.normals = vec![[f32::NAN; 3]; 5];
    mesh.uvs = vec![[f32::NAN; 2]; 5];
    scene.place_as_is(mesh);
    assert_eq!(at(&drawn(&scene), 32, 32)[3], 255);
}

#[test]
fn a_heap_of_full_size_triangles_is_given_up() {
    let mut scene = Scene::default();
    let mut mesh = square(0.0, 0, true);
    mesh.triangles = vec![[0, 1, 2]; 100_000];
    scene.place_as_is(mesh);
    let result = draw(&scene, 320, FRONT, &mut Budget::new(&Limits::STANDARD));
    assert!(matches!(result, Err(ReadError::TooLarge { .. })));
}

#[test]
fn nothing_to_draw_is_said() {
    let result = draw(
        &Scene::default(),
        64,
        FRONT,
        &mut Budget::new(&Limits::STANDARD),
    );
    assert!(matches!(result, Err(ReadError::Unsupported { .. })));
}
