//! glTF 2.0, as .gltf (JSON with files beside it or data URIs) and .glb (all in one).
//!
//! Read without the usual crates: those load files by themselves or trust what a file says about itself.

mod accessor;
mod container;
mod geometry;
mod json;
mod material;
mod nodes;

use crate::scene::{Budget, MOST_NAMES, Scene, count, extend, name_or};
use crate::source::{Drawing, Opened, Source};
use accessor::Data;
use container::Glb;
use gameforge_bytes::Window;
use gameforge_domain::{Bounds, ModelMetadata, ReadError};
use json::{Root, Text};
use nodes::Nodes;
use std::collections::HashSet;
use std::io::{Read, Seek};

/// A .glb file.
pub fn open_binary(bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    let glb = Glb::parse(bytes)?;
    open(glb.json, glb.binary, source)
}

/// A .glb file that is too large to be held: its description only.
pub fn open_large(
    file: impl Read + Seek,
    len: u64,
    source: &mut Source,
) -> Result<Opened, ReadError> {
    let mut window = Window::new(file, len);
    let cut = || ReadError::truncated("the header of a GLB file");
    let head: [u8; 20] = window.array(0)?.ok_or_else(cut)?;
    let [.., a, b, c, d, _, _, _, _] = head;
    let size = u32::from_le_bytes([a, b, c, d]);
    source.budget.take(u64::from(size))?;
    // The same checks as for a file that is held, of its first chunk alone.
    let start = window.upto(0, 20 + size as usize)?.to_vec();
    let root = parse(Glb::parse(&start)?.json, &mut source.budget)?;
    let mut metadata = describe(&root);
    metadata.bounds = declared_bounds(&root, &Nodes::new(&root));
    let why = ReadError::TooLarge {
        what: "the file",
        found: len,
        limit: source.limits.file_bytes,
    };
    Ok(Opened {
        metadata,
        drawing: Drawing::Nothing(why),
    })
}

/// A .gltf file.
pub fn open_text(bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    open(
        bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
        None,
        source,
    )
}

fn open(json: &[u8], binary: Option<&[u8]>, source: &mut Source) -> Result<Opened, ReadError> {
    let root = parse(json, &mut source.budget)?;
    let nodes = Nodes::new(&root);
    let mut metadata = describe(&root);
    if let Some(compression) = compression(&root) {
        metadata.bounds = declared_bounds(&root, &nodes);
        // The pictures are looked for all the same, so that what is missing is known.
        let data = Data {
            root: &root,
            buffers: &[],
        };
        material::note_missing_pictures(&data, source, &mut metadata.missing);
        let why = ReadError::unsupported(format!("geometry compressed with {compression}"));
        return Ok(Opened {
            metadata,
            drawing: Drawing::Nothing(why),
        });
    }
    let buffers = container::buffers(&root, binary, source)?;
    let data = Data {
        root: &root,
        buffers: &buffers,
    };
    let mut scene = Scene::default();
    match geometry::build(&data, &nodes, &mut scene, &mut source.budget) {
        Ok(()) => {}
        Err(why @ (ReadError::TooLarge { .. } | ReadError::Unsupported { .. })) => {
            metadata.bounds = declared_bounds(&root, &nodes);
            material::note_missing_pictures(&data, source, &mut metadata.missing);
            return Ok(Opened {
                metadata,
                drawing: Drawing::Nothing(why),
            });
        }
        Err(error) => return Err(error),
    }
    metadata.bounds = scene.bounds();
    material::build(&data, &mut scene, source, &mut metadata.missing);
    Ok(Opened {
        metadata,
        drawing: Drawing::Scene(Box::new(scene)),
    })
}

fn parse<'a>(json: &'a [u8], budget: &mut Budget) -> Result<Root<'a>, ReadError> {
    // Each “{}” of three bytes becomes a structure of hundreds; counted before any is made.
    let structures = json.iter().filter(|byte| **byte == b'{').count() as u64;
    let numbers = json.iter().filter(|byte| **byte == b',').count() as u64;
    budget.take(structures.saturating_mul(640).saturating_add(numbers * 8))?;
    let root: Root = serde_json::from_slice(json).map_err(|error| explain(json, &error))?;
    match root
        .asset
        .version
        .as_ref()
        .map(|Text(version)| version.as_ref())
    {
        Some(version) if !version.starts_with("2") => {
            let version: String = version.chars().take(20).collect();
            Err(ReadError::unsupported(format!(
                "glTF {version}; version 2 is read"
            )))
        }
        _ => Ok(root),
    }
}

fn explain(json: &[u8], error: &serde_json::Error) -> ReadError {
    /// Just the version: glTF 1 has the same words with other shapes.
    #[derive(serde::Deserialize)]
    struct Versioned<'a> {
        #[serde(borrow)]
        asset: json::Asset<'a>,
    }
    if error.is_eof() {
        return ReadError::truncated("the model's JSON");
    }
    match serde_json::from_slice::<Versioned>(json) {
        Ok(Versioned {
            asset:
                json::Asset {
                    version: Some(Text(version)),
                    ..
                },
        }) if version.starts_with('1') => ReadError::unsupported("glTF 1; version 2 is read"),
        _ => ReadError::corrupt(format!("the model's JSON: {error}")),
    }
}

fn compression(root: &Root) -> Option<&'static str> {
    let mut primitives = root.meshes.iter().flat_map(|mesh| &mesh.primitives);
    if primitives.any(|primitive| primitive.extensions.draco.is_some()) {
        return Some("Draco");
    }
    // Optional meshopt comes with an uncompressed fallback; required meshopt does not.
    root.extensions_required
        .iter()
        .any(|name| name == "EXT_meshopt_compression")
        .then_some("meshopt")
}

fn describe(root: &Root) -> ModelMetadata {
    let (vertices, triangles) = sizes(root);
    let joints: HashSet<usize> = root
        .skins
        .iter()
        .flat_map(|skin| skin.joints.iter().copied())
        .collect();
    ModelMetadata {
        vertices: u32::try_from(vertices).unwrap_or(u32::MAX),
        triangles: u32::try_from(triangles).unwrap_or(u32::MAX),
        meshes: count(root.meshes.len()),
        materials: names(root.materials.iter().map(|found| &found.name), "material"),
        material_count: count(root.materials.len()),
        textures: count(root.textures.len()),
        bones: count(joints.len()),
        animations: names(root.animations.iter().map(|found| &found.name), "animation"),
        duration: duration(root),
        bounds: None,
        missing: Vec::new(),
        generator: generator(root),
    }
}

/// Numbers of vertices and of triangles.
fn sizes(root: &Root) -> (u64, u64) {
    let primitives = || root.meshes.iter().flat_map(|mesh| &mesh.primitives);
    let elements = |accessor: usize| root.accessors.get(accessor).map_or(0, |a| a.count);
    // Primitives often share one run of vertices; it counts once.
    let positions: HashSet<usize> = primitives()
        .filter_map(|primitive| primitive.attributes.position)
        .collect();
    let vertices: u64 = positions
        .iter()
        .fold(0, |sum, index| sum.saturating_add(elements(*index)));
    let triangles = primitives().fold(0u64, |sum, primitive| {
        let corners = primitive
            .indices
            .or(primitive.attributes.position)
            .map_or(0, elements);
        sum.saturating_add(match primitive.mode.unwrap_or(4) {
            4 => corners / 3,
            5 | 6 => corners.saturating_sub(2),
            _ => 0,
        })
    });
    (vertices, triangles)
}

fn names<'a>(found: impl Iterator<Item = &'a Option<Text<'a>>>, word: &str) -> Vec<String> {
    found
        .take(MOST_NAMES)
        .enumerate()
        .map(|(index, name)| name_or(name.as_ref().map(|Text(t)| t.as_ref()), word, index))
        .collect()
}

/// Where the last of the animations' keys lies, in seconds.
fn duration(root: &Root) -> f64 {
    root.animations
        .iter()
        .flat_map(|animation| &animation.samplers)
        .filter_map(|sampler| root.accessors.get(sampler.input?)?.max.first().copied())
        .filter(|end| end.is_finite())
        .fold(0.0, f64::max)
}

/// The program that wrote the file, and the version of the format.
fn generator(root: &Root) -> String {
    let text = |text: &Option<Text>| -> String {
        text.as_ref().map_or(String::new(), |Text(t)| {
            t.chars().filter(|c| !c.is_control()).take(200).collect()
        })
    };
    let (program, version) = (text(&root.asset.generator), text(&root.asset.version));
    let version = format!("glTF {}", if version.is_empty() { "2.0" } else { &version });
    if program.is_empty() {
        version
    } else {
        format!("{program} · {version}")
    }
}

/// The extent by what accessors say of themselves, for geometry that is not read.
fn declared_bounds(root: &Root, nodes: &Nodes) -> Option<Bounds> {
    let mut bounds = None;
    for (node, transform) in nodes.drawn() {
        let Some(mesh) = root.nodes[node].mesh.and_then(|mesh| root.meshes.get(mesh)) else {
            continue;
        };
        for position in mesh
            .primitives
            .iter()
            .filter_map(|primitive| primitive.attributes.position)
        {
            let Some(accessor) = root.accessors.get(position) else {
                continue;
            };
            let (&[ax, ay, az], &[bx, by, bz]) = (accessor.min.as_slice(), accessor.max.as_slice())
            else {
                continue;
            };
            let ends = [[ax, bx], [ay, by], [az, bz]];
            for corner in 0..8 {
                let place = [0, 1, 2].map(|axis| ends[axis][corner >> axis & 1] as f32);
                extend(&mut bounds, transform.point(place));
            }
        }
    }
    bounds
}
