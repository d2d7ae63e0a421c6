//! Materials and pictures of glTF.

use super::accessor::Data;
use super::container::{data_uri, decode_data};
use super::json::{self, AlphaMode, Root, Text, TextureRef};
use crate::scene::{Alpha, Material, Scene, TextureUse};
use crate::siblings::parse_reference;
use crate::source::Source;
use crate::texture::{Sampling, Texture, Wrap};
use std::borrow::Cow;

/// Fills the scene's materials and those textures that they show. Pictures that cannot be had are noted.
pub fn build(data: &Data, scene: &mut Scene, source: &mut Source, missing: &mut Vec<String>) {
    scene.materials = data.root.materials.iter().map(material).collect();
    // Primitives without a material get one past the last: white and matte.
    scene.materials.push(Material {
        double_sided: false,
        ..Material::default()
    });
    let mut shown = vec![false; data.root.textures.len()];
    for material in &scene.materials {
        for used in [
            material.base_texture,
            material.emissive_texture,
            material.metal_rough_texture,
        ]
        .into_iter()
        .flatten()
        {
            if let Some(mark) = shown.get_mut(used.texture) {
                *mark = true;
            }
        }
    }
    scene.textures = data
        .root
        .textures
        .iter()
        .zip(shown)
        .map(|(texture, shown)| {
            if shown {
                decode(data, texture, source)
            } else {
                None
            }
        })
        .collect();
    note_missing_pictures(data, source, missing);
}

/// Notes the pictures beside the model that are not there, whether they would be shown or not.
pub fn note_missing_pictures(data: &Data, source: &mut Source, missing: &mut Vec<String>) {
    for Text(uri) in data
        .root
        .images
        .iter()
        .filter_map(|image| image.uri.as_ref())
    {
        if uri
            .get(..5)
            .is_some_and(|head| head.eq_ignore_ascii_case("data:"))
        {
            continue;
        }
        // As people know it: “my skin.png”, not “my%20skin.png”.
        let name =
            parse_reference(uri).map_or_else(|_| uri.clone().into_owned(), |names| names.join("/"));
        if source.siblings.read(uri, source.limits.file_bytes).is_err() {
            crate::scene::note_missing(missing, &name);
        }
    }
}

/// Which set of texture coordinates a material's colour uses.
pub fn uv_set(root: &Root, material: usize) -> u32 {
    root.materials
        .get(material)
        .and_then(base_texture)
        .map_or(0, |used| {
            let moved = used
                .extensions
                .transform
                .as_ref()
                .and_then(|transform| transform.tex_coord);
            moved.unwrap_or(used.tex_coord)
        })
}

fn base_texture<'a>(material: &'a json::Material) -> Option<&'a TextureRef> {
    let older = material
        .extensions
        .specular_glossiness
        .as_ref()
        .and_then(|old| old.diffuse_texture.as_ref());
    older.or_else(|| {
        material
            .pbr_metallic_roughness
            .as_ref()?
            .base_color_texture
            .as_ref()
    })
}

fn material(material: &json::Material) -> Material {
    let mut made = Material {
        base: [1.0; 4],
        metallic: 1.0,
        roughness: 1.0,
        base_texture: base_texture(material).map(texture_use),
        emissive: material.emissive_factor.unwrap_or([0.0; 3]),
        emissive_texture: material.emissive_texture.as_ref().map(texture_use),
        metal_rough_texture: None,
        alpha: match material.alpha_mode {
            AlphaMode::Opaque | AlphaMode::Unknown => Alpha::Opaque,
            AlphaMode::Mask => Alpha::Mask(material.alpha_cutoff.unwrap_or(0.5)),
            AlphaMode::Blend => Alpha::Blend,
        },
        double_sided: material.double_sided,
        unlit: material.extensions.unlit.is_some(),
    };
    if let Some(surface) = &material.pbr_metallic_roughness {
        made.base = surface.base_color_factor.unwrap_or(made.base);
        made.metallic = surface.metallic_factor.unwrap_or(made.metallic);
        made.roughness = surface.roughness_factor.unwrap_or(made.roughness);
        made.metal_rough_texture = surface.metallic_roughness_texture.as_ref().map(texture_use);
    }
    if let Some(old) = &material.extensions.specular_glossiness {
        made.base = old.diffuse_factor.unwrap_or([1.0; 4]);
        made.metallic = 0.0;
        made.roughness = 1.0 - old.glossiness_factor.unwrap_or(1.0) * 0.7;
        made.metal_rough_texture = None;
    }
    if let Some(strength) = material
        .extensions
        .emissive_strength
        .as_ref()
        .and_then(|e| e.emissive_strength)
    {
        made.emissive = made.emissive.map(|value| value * strength);
    }
    let through = material
        .extensions
        .transmission
        .as_ref()
        .map_or(0.0, |t| t.transmission_factor);
    if through > 0.0 && made.alpha == Alpha::Opaque {
        made.alpha = Alpha::Blend;
        made.base[3] *= 1.0 - 0.75 * through.min(1.0);
    }
    made
}

fn texture_use(used: &TextureRef) -> TextureUse {
    let transform = used
        .extensions
        .transform
        .as_ref()
        .map_or(TextureUse::PLAIN, |moved| {
            let ([ox, oy], [sx, sy]) = (
                moved.offset.unwrap_or([0.0; 2]),
                moved.scale.unwrap_or([1.0; 2]),
            );
            let (sin, cos) = moved.rotation.sin_cos();
            [cos * sx, sin * sy, ox, -sin * sx, cos * sy, oy]
        });
    TextureUse {
        texture: used.index,
        transform,
    }
}

fn decode(data: &Data, texture: &json::TextureSource, source: &mut Source) -> Option<Texture> {
    let extensions = &texture.extensions;
    let instead = [&extensions.webp, &extensions.dds]
        .into_iter()
        .flatten()
        .find_map(|image| image.source);
    let number = instead
        .or(texture.source)
        .or_else(|| extensions.basisu.as_ref()?.source)?;
    let image = data.root.images.get(number)?;
    let bytes: Cow<[u8]> = match (&image.uri, image.buffer_view) {
        (Some(Text(uri)), _) => Cow::Owned(match data_uri(uri) {
            Some(encoded) => decode_data(encoded, source).ok()?,
            None => source.siblings.read(uri, source.limits.file_bytes).ok()?,
        }),
        (None, Some(view)) => Cow::Borrowed(data.view(view).ok()?.0),
        (None, None) => return None,
    };
    let sampler = texture
        .sampler
        .and_then(|sampler| data.root.samplers.get(sampler));
    let wrap = |code: Option<u32>| match code {
        Some(33071) => Wrap::Clamp,
        Some(33648) => Wrap::Mirror,
        _ => Wrap::Repeat,
    };
    let sampling = sampler.map_or_else(Sampling::default, |sampler| Sampling {
        u: wrap(sampler.wrap_s),
        v: wrap(sampler.wrap_t),
        hard: sampler.mag_filter == Some(9728),
    });
    source.texture(&bytes, sampling)
}
