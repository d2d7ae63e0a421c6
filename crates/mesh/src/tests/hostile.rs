//! Broken and malicious files: an error or a picture, never a panic, never long, never much memory.

use super::*;
use std::time::{Duration, Instant};

/// A small generator with a seed, so that a failure can be repeated (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

fn small() -> Limits {
    Limits {
        memory: 16 << 20,
        vertices: 20_000,
        pixels: 1 << 16,
        depth: 64,
        ..Limits::STANDARD
    }
}

/// Anything but a panic will do.
fn survives(format: Format, bytes: &[u8], siblings: &dyn Siblings) {
    match read(format, bytes, siblings, 16, &small()) {
        Err(ReadError::Panicked { what }) => panic!("{format}: {what}"),
        Err(error) => assert!(!error.code().is_empty()),
        Ok(model) => assert_eq!(model.preview.is_some(), model.undrawn.is_none()),
    }
}

#[test]
fn files_cut_at_any_place_are_errors_or_models() {
    for (format, bytes, memory) in all_fixtures() {
        for end in 0..bytes.len() {
            survives(format, &bytes[..end], &memory);
        }
    }
}

#[test]
fn cut_files_say_that_they_are_cut() {
    let code = |format, bytes: &[u8]| {
        probe(format, bytes, &NoSiblings, &Limits::STANDARD)
            .unwrap_err()
            .code()
    };
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    assert_eq!(code(Format::Glb, &half(&glb_cube())), "truncated");
    assert_eq!(
        code(Format::Gltf, &half(gltf_cube().as_bytes())),
        "truncated"
    );
    assert_eq!(code(Format::Dae, &half(DAE.as_bytes())), "truncated");
    assert_eq!(code(Format::Stl, &half(&stl_binary())), "truncated");
    assert_eq!(code(Format::Blend, &half(&blend())), "truncated");
    for format in [
        Format::Glb,
        Format::Gltf,
        Format::Obj,
        Format::Fbx,
        Format::Stl,
        Format::Dae,
        Format::Blend,
    ] {
        assert_eq!(code(format, b""), "empty", "{format}");
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    let mut random = Random(0x5eed);
    for (format, original, memory) in all_fixtures() {
        for _ in 0..250 {
            let mut bytes = original.clone();
            for _ in 0..=random.below(6) {
                let at = random.below(bytes.len());
                match random.below(5) {
                    0 => bytes[at] = random.below(256) as u8,
                    1 => bytes[at] ^= 1 << random.below(8),
                    2 => bytes.truncate(at.max(1)),
                    3 => bytes.insert(at, b"0123456789-.\0\xff{}[]<>"[random.below(20)]),
                    _ => {
                        let piece =
                            bytes[at..(at + 1 + random.below(24)).min(bytes.len())].to_vec();
                        let to = random.below(bytes.len());
                        bytes.splice(to..to, piece);
                    }
                }
            }
            survives(format, &bytes, &memory);
        }
    }
}

#[test]
fn one_formats_bytes_as_another_are_an_error_or_a_model() {
    for (_, bytes, memory) in all_fixtures() {
        for (format, ..) in all_fixtures() {
            survives(format, &bytes, &memory);
        }
    }
}

#[test]
fn the_stored_corpus_does_no_harm() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/mesh");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is part of the tree") {
        fuzz(&std::fs::read(entry.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files >= 10, "the corpus has {files} files");
}

#[track_caller]
fn quickly<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "took {:?}",
        start.elapsed()
    );
    result
}

#[test]
fn four_billion_vertices_are_refused() {
    let json = gltf_cube().replace(
        r#""count":24,"type":"VEC3""#,
        r#""count":4000000000,"type":"VEC3""#,
    );
    let model = quickly(|| model(Format::Gltf, json.as_bytes(), &NoSiblings));
    assert_eq!(model.metadata.vertices, 4_000_000_000);
    assert_eq!(model.undrawn.unwrap().code(), "too_large");
    assert_bounds(model.metadata.bounds, CUBE);

    // Without a view nothing has to be in the file at all.
    let json = json.replace(
        r#""bufferView":0,"componentType":5126,"count":4000000000"#,
        r#""componentType":5126,"count":19000000"#,
    );
    let model = quickly(|| read(Format::Gltf, json.as_bytes(), &NoSiblings, 16, &small()).unwrap());
    assert_eq!(model.undrawn.unwrap().code(), "too_large");
}

#[test]
fn one_mesh_in_a_million_places_is_refused() {
    let nodes = vec![r#"{"mesh":0}"#; 100_000].join(",");
    let places: Vec<String> = (0..100_000).map(|i| i.to_string()).collect();
    let json = gltf_cube()
        .replace(r#""nodes":[{"mesh":0}]"#, &format!(r#""nodes":[{nodes}]"#))
        .replace(
            r#""scenes":[{"nodes":[0]}]"#,
            &format!(r#""scenes":[{{"nodes":[{}]}}]"#, places.join(",")),
        );
    let limits = Limits {
        vertices: 1_000_000,
        ..Limits::STANDARD
    };
    let model = quickly(|| read(Format::Gltf, json.as_bytes(), &NoSiblings, 16, &limits).unwrap());
    assert_eq!(model.undrawn.unwrap().code(), "too_large");
    assert_eq!(model.metadata.vertices, 24);
}

#[test]
fn millions_of_empty_structures_are_refused() {
    let json = format!(
        r#"{{"asset":{{"version":"2.0"}},"materials":[{}{{}}]}}"#,
        "{},".repeat(2_000_000)
    );
    let error = quickly(|| {
        probe(
            Format::Gltf,
            json.as_bytes(),
            &NoSiblings,
            &Limits::STANDARD,
        )
    })
    .unwrap_err();
    assert_eq!(error.code(), "too_large");
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("<COLLADA>{}", "<a>".repeat(500_000));
    assert_eq!(
        quickly(|| probe(Format::Dae, deep.as_bytes(), &NoSiblings, &Limits::STANDARD))
            .unwrap_err()
            .code(),
        "too_large"
    );
    let json = format!(r#"{{"extras":{}"#, "[".repeat(500_000));
    assert!(
        quickly(|| probe(
            Format::Gltf,
            json.as_bytes(),
            &NoSiblings,
            &Limits::STANDARD
        ))
        .is_err()
    );
    let fbx = format!("; FBX 7.4.0 project file\n{}", "a: {\n".repeat(200_000));
    assert!(
        quickly(|| probe(Format::Fbx, fbx.as_bytes(), &NoSiblings, &Limits::STANDARD)).is_err()
    );
}

#[test]
fn xml_entities_are_refused() {
    let laughs = DAE.replacen(
        "<COLLADA",
        "<!DOCTYPE a [<!ENTITY b \"b\"><!ENTITY c \"&b;&b;\">]><COLLADA",
        1,
    );
    assert_eq!(
        probe(
            Format::Dae,
            laughs.as_bytes(),
            &NoSiblings,
            &Limits::STANDARD
        )
        .unwrap_err()
        .code(),
        "corrupt"
    );
}

#[test]
fn nodes_that_copy_each_other_are_refused() {
    let node = |id: usize| {
        format!(
            r##"<node id="n{id}"><instance_node url="#n{0}"/><instance_node url="#n{0}"/></node>"##,
            id + 1
        )
    };
    let nodes: String = (0..60).map(node).collect();
    let dae = DAE.replace(
        r#"<visual_scene id="scene">"#,
        &format!(r#"<visual_scene id="scene">{nodes}"#),
    );
    let error =
        quickly(|| probe(Format::Dae, dae.as_bytes(), &NoSiblings, &Limits::STANDARD)).unwrap_err();
    assert_eq!(error.code(), "too_large");
    let own = DAE.replace(
        "<node><translate>",
        r##"<node id="n"><instance_node url="#n"/><translate>"##,
    );
    assert_eq!(
        quickly(|| probe(Format::Dae, own.as_bytes(), &NoSiblings, &Limits::STANDARD))
            .unwrap_err()
            .code(),
        "too_large"
    );
}

#[test]
fn a_packed_blend_file_stops_at_the_memory_limit() {
    let mut bytes = b"BLENDER-v402".to_vec();
    bytes.extend(b"DATA");
    bytes.extend((64u32 << 20).to_le_bytes());
    bytes.extend([0; 16]);
    bytes.resize(bytes.len() + (64 << 20), 0);
    for packed in [gzipped(&bytes), zstandard(&bytes)] {
        assert!(packed.len() < 200_000);
        let model = quickly(|| read(Format::Blend, &packed, &NoSiblings, 16, &small()).unwrap());
        assert_eq!(model.undrawn.unwrap().code(), "too_large");
        assert_eq!(model.metadata.generator, "Blender 4.2");
    }
}

#[test]
fn a_picture_of_a_million_by_a_million_leaves_its_surface_plain() {
    let mut bomb = red_png();
    bomb[16..24].copy_from_slice(&[0, 0x0f, 0x42, 0x40, 0, 0x0f, 0x42, 0x40]);
    let json = gltf_cube_with(
        &data_uri("application/octet-stream", &cube_buffer()),
        &data_uri("image/png", &bomb),
    );
    let model = quickly(|| model(Format::Gltf, json.as_bytes(), &NoSiblings));
    assert_cube(&model, |[r, g, b, _]| {
        r.abs_diff(g) < 30 && g.abs_diff(b) < 30
    });
}

#[test]
fn models_without_extent_are_drawn_or_explained() {
    for place in [
        "0 0 0",
        "nan nan nan",
        "1e38 1e38 1e38",
        "inf 0 0",
        "1e-40 0 0",
    ] {
        let obj = format!("v {place}\nv {place}\nv {place}\nf 1 2 3\n");
        survives(Format::Obj, obj.as_bytes(), &NoSiblings);
    }
    let line = b"v 0 0 0\nv 0 0 1\nv 0 0 2\nf 1 2 3\n";
    survives(Format::Obj, line, &NoSiblings);
    let huge = b"v -3e38 0 0\nv 3e38 0 0\nv 0 3e38 1\nf 1 2 3\n";
    survives(Format::Obj, huge, &NoSiblings);
    let tiny = b"v 0 0 0\nv 1e-20 0 0\nv 0 1e-20 0\nf 1 2 3\n";
    survives(Format::Obj, tiny, &NoSiblings);
}
