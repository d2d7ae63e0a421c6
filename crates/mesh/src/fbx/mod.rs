//! FBX by way of ufbx, a parser in C that is fuzzed by its authors. It gets bytes only: it may open no file, start no
//! thread, and allocate no more than the limits allow.

mod lists;
mod surfaces;

use crate::math::{Affine, Vec3, cross, length};
use crate::scene::{Budget, MOST_NAMES, Mesh, Placement, Scene, count, name_or};
use crate::source::{Drawing, Opened, Source};
use crate::texture::srgb_to_linear;
use gameforge_domain::{ModelMetadata, ReadError};

/// Allocations that ufbx may make; a real character with animations needs some tens of thousands.
const MOST_ALLOCATIONS: usize = 4_000_000;

pub fn open(bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    let loaded = load(bytes, source)?;
    let loaded: &ufbx::Scene = &loaded;
    let mut metadata = describe(loaded);
    let mut scene = Scene {
        upright: upright(&loaded.settings.axes),
        ..Scene::default()
    };
    match place_meshes(loaded, &mut scene, &mut source.budget) {
        Ok(()) => {}
        Err(why @ ReadError::TooLarge { .. }) => {
            return Ok(Opened {
                metadata,
                drawing: Drawing::Nothing(why),
            });
        }
        Err(error) => return Err(error),
    }
    metadata.bounds = scene.bounds();
    surfaces::materials(loaded, &mut scene);
    scene.textures = loaded
        .textures
        .iter()
        .map(|texture| surfaces::picture(texture, source, &mut metadata.missing))
        .collect();
    Ok(Opened {
        metadata,
        drawing: Drawing::Scene(Box::new(scene)),
    })
}

/// Loads the file; one that lacks the ends of its lists a second time with them.
fn load(bytes: &[u8], source: &mut Source) -> Result<ufbx::SceneRoot, ReadError> {
    let error = match ufbx::load_memory(bytes, options(source)) {
        Ok(loaded) => return Ok(loaded),
        Err(error) => explain(&error, source),
    };
    let affordable = bytes.len() as u64 * 3 < source.budget.memory_left() / 2;
    if !affordable || !matches!(error, ReadError::Corrupt { .. }) {
        return Err(error);
    }
    let Some(whole) = lists::ended(bytes) else {
        return Err(error);
    };
    source.budget.take(whole.len() as u64)?;
    ufbx::load_memory(&whole, options(source)).map_err(|error| explain(&error, source))
}

fn options<'a>(source: &Source) -> ufbx::LoadOpts<'a> {
    let memory = usize::try_from(source.budget.memory_left() / 2)
        .unwrap_or(usize::MAX)
        .max(1);
    let allocator = || ufbx::AllocatorOpts {
        memory_limit: memory,
        allocation_limit: MOST_ALLOCATIONS,
        ..ufbx::AllocatorOpts::default()
    };
    ufbx::LoadOpts {
        temp_allocator: allocator(),
        result_allocator: allocator(),
        file_format: ufbx::FileFormat::Fbx,
        no_format_from_content: true,
        no_format_from_extension: true,
        load_external_files: false,
        evaluate_caches: false,
        evaluate_skinning: true,
        force_single_thread_ascii_parsing: true,
        index_error_handling: ufbx::IndexErrorHandling::Clamp,
        allow_missing_vertex_position: true,
        generate_missing_normals: true,
        normalize_normals: true,
        clean_skin_weights: true,
        node_depth_limit: source.limits.depth.saturating_mul(8),
        ..ufbx::LoadOpts::default()
    }
}

fn explain(error: &ufbx::Error, source: &Source) -> ReadError {
    let what = match error.info() {
        "" => error.description.to_string(),
        more => format!("{}: {more}", &*error.description),
    };
    match error.type_ {
        ufbx::ErrorType::EmptyFile => ReadError::Empty,
        ufbx::ErrorType::TruncatedFile => ReadError::truncated("an FBX file"),
        ufbx::ErrorType::UnsupportedVersion => ReadError::unsupported(format!("FBX: {what}")),
        ufbx::ErrorType::MemoryLimit
        | ufbx::ErrorType::OutOfMemory
        | ufbx::ErrorType::AllocationLimit => {
            // How much it would have wanted is not known; it stopped at the limit.
            let limit = source.limits.memory;
            ReadError::TooLarge {
                what: "the memory that the model needs",
                found: limit.saturating_add(1),
                limit,
            }
        }
        ufbx::ErrorType::NodeDepthLimit => {
            let limit = u64::from(source.limits.depth.saturating_mul(8));
            ReadError::TooLarge {
                what: "the depth of the node tree",
                found: limit + 1,
                limit,
            }
        }
        _ => ReadError::corrupt(format!("FBX: {what}")),
    }
}

fn describe(loaded: &ufbx::Scene) -> ModelMetadata {
    let sum = |of: fn(&ufbx::Mesh) -> usize| count(loaded.meshes.iter().map(|mesh| of(mesh)).sum());
    let application = &loaded.metadata.latest_application;
    let program = [
        &*application.name,
        &*application.version,
        &*loaded.metadata.creator,
    ]
    .into_iter()
    .filter(|word| !word.is_empty())
    .take(2)
    .collect::<Vec<_>>()
    .join(" ");
    let version = loaded.metadata.version;
    let kind = if loaded.metadata.ascii {
        "text"
    } else {
        "binary"
    };
    let format = format!("FBX {}.{}, {kind}", version / 1000, version % 1000 / 100);
    let duration = loaded
        .anim_stacks
        .iter()
        .map(|stack| stack.time_end - stack.time_begin)
        .filter(|length| length.is_finite())
        .fold(0.0, f64::max);
    ModelMetadata {
        vertices: sum(|mesh| mesh.num_vertices),
        triangles: sum(|mesh| mesh.num_triangles),
        meshes: count(loaded.meshes.len()),
        materials: loaded
            .materials
            .iter()
            .take(MOST_NAMES)
            .enumerate()
            .map(|(i, material)| name_or(Some(&material.element.name), "material", i))
            .collect(),
        material_count: count(loaded.materials.len()),
        textures: count(loaded.textures.len()),
        bones: count(loaded.bones.len()),
        animations: loaded
            .anim_stacks
            .iter()
            .take(MOST_NAMES)
            .enumerate()
            .map(|(i, stack)| name_or(Some(&stack.element.name), "animation", i))
            .collect(),
        duration,
        bounds: None,
        missing: Vec::new(),
        generator: if program.is_empty() {
            format
        } else {
            format!("{} · {format}", name_or(Some(&program), "", 0))
        },
    }
}

/// From the file's axes to y up and z towards the viewer; y up where it says nothing usable.
fn upright(axes: &ufbx::CoordinateAxes) -> Affine {
    let direction = |axis: ufbx::CoordinateAxis| -> Option<Vec3> {
        Some(match axis {
            ufbx::CoordinateAxis::PositiveX => [1.0, 0.0, 0.0],
            ufbx::CoordinateAxis::NegativeX => [-1.0, 0.0, 0.0],
            ufbx::CoordinateAxis::PositiveY => [0.0, 1.0, 0.0],
            ufbx::CoordinateAxis::NegativeY => [0.0, -1.0, 0.0],
            ufbx::CoordinateAxis::PositiveZ => [0.0, 0.0, 1.0],
            ufbx::CoordinateAxis::NegativeZ => [0.0, 0.0, -1.0],
            ufbx::CoordinateAxis::Unknown => return None,
        })
    };
    let (Some(up), Some(front)) = (direction(axes.up), direction(axes.front)) else {
        return Affine::IDENTITY;
    };
    let right = cross(up, front);
    if length(right) < 0.5 {
        return Affine::IDENTITY;
    }
    // Its rows are the file's directions, so that each of them lands on its own axis.
    let axes = [0, 1, 2].map(|i| [right[i], up[i], front[i]]);
    Affine {
        axes,
        origin: [0.0; 3],
    }
}

fn place_meshes(
    loaded: &ufbx::Scene,
    scene: &mut Scene,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let mut placed = 0u64;
    for mesh in &loaded.meshes {
        let first = scene.meshes.len();
        let moved = mesh.skinned_position.exists && !mesh.skinned_is_local;
        budget.vertices(mesh.num_indices as u64)?;
        budget.take(mesh.num_indices as u64 * (12 + 12 + 8 + 16 + 12))?;
        for part in &mesh.material_parts {
            scene.meshes.extend(part_of(mesh, part));
        }
        for node in &mesh.element.instances {
            let m = &node.geometry_to_world;
            let column = |x: f64, y: f64, z: f64| [x as f32, y as f32, z as f32];
            let standing = Affine {
                axes: [
                    column(m.m00, m.m10, m.m20),
                    column(m.m01, m.m11, m.m21),
                    column(m.m02, m.m12, m.m22),
                ],
                origin: column(m.m03, m.m13, m.m23),
            };
            let transform = if moved { Affine::IDENTITY } else { standing };
            placed += mesh.num_indices as u64;
            if placed > budget.limits().vertices {
                return Err(ReadError::TooLarge {
                    what: "the number of vertices with all copies",
                    found: placed,
                    limit: budget.limits().vertices,
                });
            }
            if transform.is_finite() {
                scene
                    .placements
                    .extend((first..scene.meshes.len()).map(|mesh| Placement { mesh, transform }));
            }
        }
    }
    Ok(())
}

/// The faces of one material.
fn part_of(mesh: &ufbx::Mesh, part: &ufbx::MeshPart) -> Option<Mesh> {
    let mut made = Mesh {
        material: usize::MAX,
        ..Mesh::default()
    };
    if let Some(material) = mesh.materials.get(part.index as usize) {
        made.material = material.element.typed_id as usize;
    }
    let vector = |v: ufbx::Vec3| [v.x as f32, v.y as f32, v.z as f32];
    let (positions, normals) = if mesh.skinned_position.exists {
        (&mesh.skinned_position, &mesh.skinned_normal)
    } else {
        (&mesh.vertex_position, &mesh.vertex_normal)
    };
    let mut cut = Vec::new();
    for face in part
        .face_indices
        .iter()
        .filter_map(|face| mesh.faces.get(*face as usize))
    {
        if face.num_indices < 3 {
            continue;
        }
        let start = made.positions.len() as u32;
        let corners =
            face.index_begin as usize..face.index_begin as usize + face.num_indices as usize;
        for corner in corners {
            made.positions.push(vector(positions[corner]));
            if normals.exists {
                made.normals.push(vector(normals[corner]));
            }
            if mesh.vertex_uv.exists {
                let uv = mesh.vertex_uv[corner];
                made.uvs.push([uv.x as f32, 1.0 - uv.y as f32]);
            }
            if mesh.vertex_color.exists {
                let c = mesh.vertex_color[corner];
                let linear = |value: f64| srgb_to_linear((value as f32).clamp(0.0, 1.0));
                made.colours
                    .push([linear(c.x), linear(c.y), linear(c.z), c.w as f32]);
            }
        }
        cut.clear();
        let triangles = ufbx::triangulate_face_vec(&mut cut, mesh, *face) as usize;
        for triangle in cut.chunks_exact(3).take(triangles) {
            let local =
                [triangle[0], triangle[1], triangle[2]].map(|i| i.wrapping_sub(face.index_begin));
            if local.iter().all(|i| *i < face.num_indices) {
                made.triangles.push(local.map(|i| start + i));
            }
        }
    }
    (!made.triangles.is_empty()).then_some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_axes_land_on_ours() {
        use ufbx::CoordinateAxis as Axis;
        let max = ufbx::CoordinateAxes {
            right: Axis::PositiveX,
            up: Axis::PositiveZ,
            front: Axis::NegativeY,
        };
        assert_eq!(upright(&max), Scene::Z_UP);
        let maya = ufbx::CoordinateAxes {
            right: Axis::PositiveX,
            up: Axis::PositiveY,
            front: Axis::PositiveZ,
        };
        assert_eq!(upright(&maya), Affine::IDENTITY);
        let none = ufbx::CoordinateAxes {
            right: Axis::Unknown,
            up: Axis::PositiveY,
            front: Axis::PositiveY,
        };
        assert_eq!(upright(&none), Affine::IDENTITY);
    }
}
