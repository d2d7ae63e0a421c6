//! Whole files of every format, made here: what is said of them, what is drawn, what happens to broken ones.

mod fixtures;
mod hostile;

use super::*;
use fixtures::*;
use gameforge_domain::Bounds;
use std::cell::RefCell;
use std::collections::HashMap;

/// Files in memory that notes what it was asked for.
#[derive(Default)]
pub struct Memory {
    files: HashMap<&'static str, Vec<u8>>,
    asked: RefCell<Vec<String>>,
}

impl Memory {
    pub fn with(files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        Self {
            files: files.into_iter().collect(),
            asked: RefCell::default(),
        }
    }
}

impl Siblings for Memory {
    fn read(&self, relative: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.asked.borrow_mut().push(relative.to_owned());
        let name = siblings::parse_reference(relative)?.join("/");
        let bytes = self
            .files
            .get(name.as_str())
            .ok_or_else(|| siblings::absent(relative))?;
        assert!(bytes.len() as u64 <= limit);
        Ok(bytes.clone())
    }
}

const CUBE: Bounds = Bounds {
    min: [-1.0; 3],
    max: [1.0; 3],
};
const SIDE: u32 = 64;

fn model(format: Format, bytes: &[u8], siblings: &dyn Siblings) -> Model {
    read(format, bytes, siblings, SIDE, &Limits::STANDARD).unwrap()
}

fn pixel(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
    let start = ((y * pixels.width + x) * 4) as usize;
    pixels.rgba[start..start + 4].try_into().unwrap()
}

/// A cube in the middle: corners clear, the middle solid and of the expected hue.
fn assert_cube(model: &Model, is_hue: impl Fn([u8; 4]) -> bool) {
    let picture = model.preview.as_ref().expect("a preview");
    assert_eq!((picture.width, picture.height), (SIDE, SIDE));
    for (x, y) in [(0, 0), (SIDE - 1, 0), (0, SIDE - 1), (SIDE - 1, SIDE - 1)] {
        assert_eq!(pixel(picture, x, y)[3], 0, "the corners are clear");
    }
    // A little off the middle, where the cube's front edge is.
    for (x, y) in [
        (SIDE / 2 - 8, SIDE / 2 + 6),
        (SIDE / 2 + 8, SIDE / 2 + 6),
        (SIDE / 2, 14),
    ] {
        let colour = pixel(picture, x, y);
        assert!(colour[3] == 255 && is_hue(colour), "{x} {y}: {colour:?}");
    }
    let solid = picture.rgba.chunks_exact(4).filter(|p| p[3] == 255).count();
    let share = solid as f32 / (SIDE * SIDE) as f32;
    assert!(
        (0.45..0.85).contains(&share),
        "the cube fills the picture: {share}"
    );
}

fn reddish([r, g, b, _]: [u8; 4]) -> bool {
    r > 90 && i32::from(r) > 2 * i32::from(g) && i32::from(r) > 2 * i32::from(b)
}

fn greenish([r, g, b, _]: [u8; 4]) -> bool {
    g > 70 && g > r && g > b
}

fn assert_bounds(found: Option<Bounds>, expected: Bounds) {
    let found = found.expect("bounds");
    for axis in 0..3 {
        assert!(
            (found.min[axis] - expected.min[axis]).abs() < 1e-4,
            "{found:?}"
        );
        assert!(
            (found.max[axis] - expected.max[axis]).abs() < 1e-4,
            "{found:?}"
        );
    }
}

#[test]
fn a_gltf_cube_with_data_uris() {
    let model = model(Format::Gltf, gltf_cube().as_bytes(), &NoSiblings);
    let facts = &model.metadata;
    assert_eq!((facts.vertices, facts.triangles, facts.meshes), (24, 12, 1));
    assert_eq!(
        (facts.material_count, facts.textures, facts.bones),
        (1, 1, 0)
    );
    assert_eq!(facts.materials, ["Paint"]);
    assert_eq!(facts.animations, ["spin"]);
    assert_eq!(facts.duration, 2.5);
    assert_eq!(facts.generator, "by hand · glTF 2.0");
    assert!(facts.missing.is_empty());
    assert_bounds(facts.bounds, CUBE);
    assert_cube(&model, reddish);
}

#[test]
fn the_same_cube_as_glb_is_the_same_model() {
    let text = model(Format::Gltf, gltf_cube().as_bytes(), &NoSiblings);
    let binary = model(Format::Glb, &glb_cube(), &NoSiblings);
    assert_eq!(text.metadata, binary.metadata);
    assert_eq!(text.preview, binary.preview);
}

#[test]
fn probing_says_what_reading_says() {
    for (format, bytes, memory) in all_fixtures() {
        let whole = read(format, &bytes, &memory, SIDE, &Limits::STANDARD).unwrap();
        let facts = probe(format, &bytes, &memory, &Limits::STANDARD).unwrap();
        assert_eq!(whole.metadata, facts, "{format}");
    }
}

#[test]
fn external_buffers_and_textures_come_from_siblings() {
    let json = gltf_cube_with("cube%20geometry.bin", "Textures/red.png");
    let both = Memory::with([
        ("cube geometry.bin", cube_buffer()),
        ("Textures/red.png", red_png()),
    ]);
    let whole = model(Format::Gltf, json.as_bytes(), &both);
    assert!(whole.metadata.missing.is_empty());
    assert_cube(&whole, reddish);

    let without_texture = Memory::with([("cube geometry.bin", cube_buffer())]);
    let plain = model(Format::Gltf, json.as_bytes(), &without_texture);
    assert_eq!(plain.metadata.missing, ["Textures/red.png"]);
    assert_cube(&plain, |[r, g, b, _]| {
        r.abs_diff(g) < 30 && g.abs_diff(b) < 30
    });

    let error = read(
        Format::Gltf,
        json.as_bytes(),
        &NoSiblings,
        SIDE,
        &Limits::STANDARD,
    )
    .unwrap_err();
    assert_eq!(error.code(), "vanished");
    assert!(error.to_string().contains("cube%20geometry.bin"), "{error}");
}

#[test]
fn references_that_leave_the_folder_are_not_followed() {
    let escapes = [
        "../../etc/passwd.png",
        "/etc/passwd.png",
        "file:///etc/passwd.png",
        "http://127.0.0.1/a.png",
    ];
    for target in escapes {
        let texture = gltf_cube_with("cube.bin", target);
        let memory = Memory::with([("cube.bin", cube_buffer()), ("etc/passwd.png", red_png())]);
        let plain = model(Format::Gltf, texture.as_bytes(), &memory);
        assert_eq!(plain.metadata.missing, [target]);
        assert!(plain.preview.is_some());

        let buffer = gltf_cube_with(target, "red.png");
        let error = read(
            Format::Gltf,
            buffer.as_bytes(),
            &memory,
            SIDE,
            &Limits::STANDARD,
        )
        .unwrap_err();
        assert_eq!(error.code(), "outside");
        assert!(error.to_string().contains(target));
    }
}

#[test]
fn a_texture_transform_moves_the_picture() {
    let striped = gltf_striped(r#"{"offset":[0.5,0],"scale":[0,0]}"#);
    assert_cube(
        &model(Format::Gltf, striped.as_bytes(), &NoSiblings),
        greenish,
    );
    let striped = gltf_striped(r#"{"offset":[0.25,0.5],"scale":[0,0]}"#);
    assert_cube(
        &model(Format::Gltf, striped.as_bytes(), &NoSiblings),
        reddish,
    );
}

#[test]
fn compressed_geometry_is_described_and_said_not_to_be_drawn() {
    let json = gltf_cube().replace(
        r#""mode":4"#,
        r#""mode":4,"extensions":{"KHR_draco_mesh_compression":{"bufferView":0,"attributes":{}}}"#,
    );
    let model = model(Format::Gltf, json.as_bytes(), &NoSiblings);
    assert_eq!(
        (model.metadata.vertices, model.metadata.triangles),
        (24, 12)
    );
    assert_bounds(model.metadata.bounds, CUBE);
    assert!(model.preview.is_none());
    assert!(model.undrawn.unwrap().to_string().contains("Draco"));
}

#[test]
fn skins_follow_their_joints() {
    // The only joint stands 10 to the right; the mesh's own node, which must not count, 50 up.
    let model = model(Format::Gltf, gltf_skinned().as_bytes(), &NoSiblings);
    assert_eq!(model.metadata.bones, 1);
    assert_bounds(
        model.metadata.bounds,
        Bounds {
            min: [9.0, -1.0, -1.0],
            max: [11.0, 1.0, 1.0],
        },
    );
    assert_cube(&model, |_| true);
}

#[test]
fn an_obj_cube_with_its_library() {
    let memory = Memory::with([("cube.mtl", MTL.to_vec()), ("red.png", red_png())]);
    let whole = model(Format::Obj, OBJ.as_bytes(), &memory);
    let facts = &whole.metadata;
    assert_eq!((facts.vertices, facts.triangles, facts.meshes), (8, 12, 1));
    assert_eq!(
        (facts.materials.as_slice(), facts.textures),
        (&["paint".to_owned()][..], 1)
    );
    assert_eq!(facts.generator, "Blender 4.2 · OBJ");
    assert_bounds(facts.bounds, CUBE);
    assert_cube(&whole, reddish);

    let alone = model(Format::Obj, OBJ.as_bytes(), &NoSiblings);
    assert_eq!(alone.metadata.missing, ["cube.mtl"]);
    assert_cube(&alone, |[r, g, b, _]| {
        r.abs_diff(g) < 30 && g.abs_diff(b) < 30
    });
}

#[test]
fn obj_lines_that_are_wrong_are_named() {
    let error = probe(
        Format::Obj,
        b"v 0 0 0\nv 1 0 0\nf 1 2 3\n",
        &NoSiblings,
        &Limits::STANDARD,
    )
    .unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
    let facts = probe(
        Format::Obj,
        b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 \\\n-1\n",
        &NoSiblings,
        &Limits::STANDARD,
    )
    .unwrap();
    assert_eq!(facts.triangles, 1);
}

#[test]
fn stl_as_text_and_as_numbers() {
    for (bytes, generator) in [
        (stl_text(), "STL, text · cube"),
        (stl_binary(), "STL, binary"),
    ] {
        let model = model(Format::Stl, &bytes, &NoSiblings);
        let facts = &model.metadata;
        assert_eq!((facts.vertices, facts.triangles, facts.meshes), (8, 12, 1));
        assert_eq!(facts.generator, generator);
        assert_bounds(facts.bounds, CUBE);
        assert_cube(&model, |[r, g, b, _]| {
            r.abs_diff(g) < 30 && g.abs_diff(b) < 30
        });
    }
}

#[test]
fn a_binary_stl_that_starts_like_text_is_binary() {
    let mut bytes = stl_binary();
    bytes[..5].copy_from_slice(b"solid");
    assert_eq!(
        probe(Format::Stl, &bytes, &NoSiblings, &Limits::STANDARD)
            .unwrap()
            .triangles,
        12
    );
}

#[test]
fn an_fbx_cube() {
    let model = model(Format::Fbx, FBX.as_bytes(), &NoSiblings);
    let facts = &model.metadata;
    assert_eq!((facts.vertices, facts.triangles, facts.meshes), (8, 12, 1));
    assert_eq!(facts.materials, ["Paint"]);
    assert!(
        facts.generator.contains("FBX 7.4, text"),
        "{}",
        facts.generator
    );
    assert_bounds(facts.bounds, CUBE);
    assert_cube(&model, reddish);
}

#[test]
fn a_collada_cube() {
    let model = model(Format::Dae, DAE.as_bytes(), &NoSiblings);
    let facts = &model.metadata;
    assert_eq!((facts.vertices, facts.triangles, facts.meshes), (8, 12, 1));
    assert_eq!(facts.materials, ["Paint"]);
    assert_eq!(facts.generator, "by hand · COLLADA 1.4.1");
    // Moved by 5 along z and twice as large.
    assert_bounds(
        facts.bounds,
        Bounds {
            min: [-2.0, -2.0, 3.0],
            max: [2.0, 2.0, 7.0],
        },
    );
    assert_cube(&model, reddish);
}

#[test]
fn a_blend_file_shows_its_own_picture_however_it_is_packed() {
    let plain = blend();
    for bytes in [plain.clone(), gzipped(&plain), zstandard(&plain)] {
        let model = model(Format::Blend, &bytes, &NoSiblings);
        let facts = &model.metadata;
        assert_eq!(facts.generator, "Blender 4.2 · 1 object");
        assert_eq!((facts.vertices, facts.triangles, facts.meshes), (8, 12, 1));
        assert_eq!(facts.materials, ["Paint"]);
        let picture = model.preview.unwrap();
        assert_eq!((picture.width, picture.height), (4, 2));
        assert_eq!(
            pixel(&picture, 0, 0),
            [0, 0, 255, 255],
            "rows are stored bottom up"
        );
        assert_eq!(pixel(&picture, 0, 1), [255, 0, 0, 255]);
    }
}

#[test]
fn a_blend_file_without_a_picture_says_so() {
    let bytes = blend_without_picture();
    let model = model(Format::Blend, &bytes, &NoSiblings);
    assert!(model.preview.is_none());
    assert_eq!(model.metadata.meshes, 1);
    assert_eq!(model.undrawn.unwrap().code(), "unsupported");
    let view = View::default();
    assert!(
        render(
            Format::Blend,
            &bytes,
            &NoSiblings,
            SIDE,
            view,
            &Limits::STANDARD
        )
        .is_err()
    );
}

#[test]
fn models_turn_with_the_view() {
    let bytes = gltf_cube();
    let from = |yaw| {
        let view = View { yaw, pitch: 10.0 };
        render(
            Format::Gltf,
            bytes.as_bytes(),
            &NoSiblings,
            SIDE,
            view,
            &Limits::STANDARD,
        )
        .unwrap()
    };
    assert_eq!(from(30.0), from(390.0));
    assert_ne!(from(0.0), from(45.0));
}

#[test]
fn other_formats_are_no_models() {
    assert_eq!(
        probe(Format::Png, &red_png(), &NoSiblings, &Limits::STANDARD)
            .unwrap_err()
            .code(),
        "unsupported"
    );
}
