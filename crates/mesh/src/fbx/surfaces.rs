//! What FBX says of surfaces: materials and the pictures on them.

use crate::scene::{Alpha, Material, Scene, TextureUse, note_missing};
use crate::siblings::read_loosely;
use crate::source::Source;
use crate::texture::{Sampling, Texture, Wrap, srgb_to_linear};

/// The materials, in the file's order.
pub fn materials(loaded: &ufbx::Scene, scene: &mut Scene) {
    // Blender writes its linear colours as they are; others write what their users picked on a screen.
    let linear = matches!(
        loaded.metadata.exporter,
        ufbx::Exporter::BlenderBinary | ufbx::Exporter::BlenderAscii
    );
    let surfaces = loaded.materials.iter();
    scene
        .materials
        .extend(surfaces.map(|found| material(found, linear)));
}

fn material(found: &ufbx::Material, linear: bool) -> Material {
    let surface = &found.pbr;
    let base_texture = used(&surface.base_color);
    let base = if base_texture.is_some() {
        [1.0; 3]
    } else if surface.base_color.has_value {
        colour(&surface.base_color, &surface.base_factor, linear)
    } else {
        [0.6; 3]
    };
    let opacity = number(&surface.opacity, 1.0);
    // Exporters disagree about which end is opaque, so wholly invisible is taken as a mistake.
    let opacity = if opacity < 0.02 { 1.0 } else { opacity };
    let cut_out = surface.opacity.texture.is_some();
    Material {
        base: [base[0], base[1], base[2], opacity],
        base_texture,
        emissive: emissive(found, linear),
        emissive_texture: used(&surface.emission_color),
        metallic: number(&surface.metalness, 0.0),
        roughness: number(&surface.roughness, 0.7).max(0.2),
        alpha: match (opacity < 0.98, cut_out) {
            (true, _) => Alpha::Blend,
            (false, true) => Alpha::Mask(0.5),
            (false, false) => Alpha::Opaque,
        },
        ..Material::default()
    }
}

/// The light that a material gives off.
fn emissive(found: &ufbx::Material, linear: bool) -> [f32; 3] {
    let surface = &found.pbr;
    let new = surface
        .emission_color
        .has_value
        .then(|| colour(&surface.emission_color, &surface.emission_factor, linear));
    let old = old_emissive(found).map(|light| to_linear(light, linear));
    [new, old]
        .into_iter()
        .flatten()
        .find(|light| *light != [0.0; 3])
        .unwrap_or([0.0; 3])
}

/// The light that a material gives off under the name of FBX 6, which some exporters write alone.
fn old_emissive(material: &ufbx::Material) -> Option<[f64; 3]> {
    let props = &material.element.props.props;
    let found = props.iter().find(|prop| &*prop.name == "Emissive")?;
    Some([found.value_vec4.x, found.value_vec4.y, found.value_vec4.z])
}

fn colour(map: &ufbx::MaterialMap, factor: &ufbx::MaterialMap, linear: bool) -> [f32; 3] {
    let strength = if factor.has_value {
        factor.value_vec4.x as f32
    } else {
        1.0
    };
    let value = [map.value_vec4.x, map.value_vec4.y, map.value_vec4.z];
    to_linear(value, linear).map(|v| v * strength)
}

fn to_linear(colour: [f64; 3], linear: bool) -> [f32; 3] {
    colour
        .map(|v| (v as f32).clamp(0.0, 1.0))
        .map(|v| if linear { v } else { srgb_to_linear(v) })
}

fn number(map: &ufbx::MaterialMap, otherwise: f32) -> f32 {
    if map.has_value {
        (map.value_vec4.x as f32).clamp(0.0, 1.0)
    } else {
        otherwise
    }
}

fn used(map: &ufbx::MaterialMap) -> Option<TextureUse> {
    let texture = map.texture.as_ref().filter(|_| map.texture_enabled)?;
    // A layered texture shows its first file.
    let first = texture.file_textures.first();
    let number = first.map_or(texture.element.typed_id, |file| file.element.typed_id);
    Some(TextureUse {
        texture: number as usize,
        transform: TextureUse::PLAIN,
    })
}

/// The picture of a texture: embedded, or beside the model.
pub fn picture(
    texture: &ufbx::Texture,
    source: &mut Source,
    missing: &mut Vec<String>,
) -> Option<Texture> {
    let wrap = |mode| {
        if mode == ufbx::WrapMode::Clamp {
            Wrap::Clamp
        } else {
            Wrap::Repeat
        }
    };
    let sampling = Sampling {
        u: wrap(texture.wrap_u),
        v: wrap(texture.wrap_v),
        hard: false,
    };
    let embedded = texture
        .video
        .as_ref()
        .map(|video| &*video.content)
        .filter(|content| !content.is_empty());
    let own: &[u8] = &texture.content;
    if let Some(content) = embedded.or((!own.is_empty()).then_some(own)) {
        return source.texture(content, sampling);
    }
    let names = [
        &*texture.relative_filename,
        &*texture.filename,
        &*texture.absolute_filename,
    ];
    let limit = source.limits.file_bytes.min(source.budget.memory_left());
    let named = || names.iter().filter(|name| !name.is_empty());
    match named().find_map(|name| read_loosely(source.siblings, name, limit).ok()) {
        Some(bytes) => source.texture(&bytes, sampling),
        None => {
            if let Some(name) = named().next() {
                note_missing(missing, &name.replace('\\', "/"));
            }
            None
        }
    }
}
