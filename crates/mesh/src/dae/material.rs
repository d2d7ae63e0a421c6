//! Effects of COLLADA's common profile: a colour or a picture, and how it shines.

use super::{Collada, child, children, numbers};
use crate::scene::{Alpha, Material, Scene, TextureUse};
use crate::source::Source;
use crate::texture::{Sampling, Wrap, srgb_to_linear};
use gameforge_domain::ModelMetadata;
use roxmltree::Node;
use std::collections::HashMap;

/// Numbers the materials as the scene uses them; 0 is the plain one.
pub struct Materials<'a, 'input> {
    collada: &'a Collada<'a, 'input>,
    numbers: HashMap<String, usize>,
    found: Vec<Option<Node<'a, 'input>>>,
}

impl<'a, 'input> Materials<'a, 'input> {
    pub fn new(collada: &'a Collada<'a, 'input>) -> Self {
        Self {
            collada,
            numbers: HashMap::new(),
            found: Vec::new(),
        }
    }

    /// The number of the material with this id.
    pub fn number(&mut self, id: &str) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        self.found.push(self.collada.by_id.get(id).copied());
        self.numbers.insert(id.to_owned(), self.found.len());
        self.found.len()
    }

    /// Reads the numbered materials and the pictures that they show. Pictures that cannot be had are noted.
    pub fn finish(self, scene: &mut Scene, source: &mut Source, metadata: &mut ModelMetadata) {
        let images: Vec<Node> = self.collada.library("library_images", "image").collect();
        let numbers: HashMap<&str, usize> = images
            .iter()
            .enumerate()
            .filter_map(|(i, image)| Some((image.attribute("id")?, i)))
            .collect();
        scene.materials.push(Material::default());
        for found in &self.found {
            let material = found
                .and_then(|material| {
                    self.collada
                        .target(child(material, "instance_effect")?.attribute("url")?)
                })
                .and_then(|effect| child(effect, "profile_COMMON"))
                .map(|profile| material(profile, &numbers));
            scene.materials.push(material.unwrap_or_default());
        }
        for image in images {
            let from = child(image, "init_from");
            let name = from
                .and_then(|from| child(from, "ref").unwrap_or(from).text())
                .map(str::trim)
                .unwrap_or("");
            let name = name.strip_prefix("./").unwrap_or(name);
            let bytes = if name.is_empty() {
                None
            } else {
                source.picture(name, &mut metadata.missing)
            };
            let sampling = Sampling {
                u: Wrap::Repeat,
                v: Wrap::Repeat,
                hard: false,
            };
            scene
                .textures
                .push(bytes.and_then(|bytes| source.texture(&bytes, sampling)));
        }
    }
}

fn material(profile: Node, images: &HashMap<&str, usize>) -> Material {
    let mut made = Material::default();
    let technique = children(profile, "technique")
        .next()
        .and_then(|t| t.children().find(Node::is_element));
    let Some(shading) = technique else {
        return made;
    };
    made.unlit = false;
    let constant = shading.tag_name().name() == "constant";
    let texture_of = |name: &str| texture(profile, shading, name, images);
    let ground = if constant { "emission" } else { "diffuse" };
    if let Some([r, g, b]) = colour(shading, ground) {
        made.base = [r, g, b, 1.0];
    }
    if let Some(texture) = texture_of(ground) {
        made.base = [1.0; 4];
        made.base_texture = Some(texture);
    }
    if !constant {
        if let Some(light) = colour(shading, "emission") {
            made.emissive = light;
        }
        if let Some(texture) = texture_of("emission") {
            made.emissive = [1.0; 3];
            made.emissive_texture = Some(texture);
        }
    }
    let number = |name: &str| {
        child_named(shading, name)
            .and_then(|c| child(c, "float"))
            .and_then(|f| numbers(f).next())
    };
    if let Some(shininess) = number("shininess").filter(|s| s.is_finite() && *s > 1.0) {
        made.roughness = (2.0 / (shininess + 2.0)).powf(0.25).max(0.25);
    }
    // Exporters write transparency both ways round; only what leaves something to see is believed.
    if let Some(opacity) = number("transparency").filter(|t| (0.02..0.98).contains(t)) {
        made.base[3] = opacity;
        made.alpha = Alpha::Blend;
    } else if texture_of("transparent").is_some() {
        made.alpha = Alpha::Mask(0.5);
    }
    made
}

/// A colour of the shading by its name, linear. Its own alpha says nothing: see `transparency`.
fn colour(shading: Node, name: &str) -> Option<[f32; 3]> {
    let colour = child_named(shading, name).and_then(|c| child(c, "color"))?;
    let values: Vec<f32> = numbers(colour).take(3).collect();
    let linear = |c: f32| {
        if c.is_finite() {
            srgb_to_linear(c.clamp(0.0, 1.0))
        } else {
            0.5
        }
    };
    <[f32; 3]>::try_from(values).ok().map(|rgb| rgb.map(linear))
}

fn texture(
    profile: Node,
    shading: Node,
    name: &str,
    images: &HashMap<&str, usize>,
) -> Option<TextureUse> {
    let texture = child_named(shading, name)
        .and_then(|c| child(c, "texture"))?
        .attribute("texture")?;
    Some(TextureUse {
        texture: image_number(profile, texture, images)?,
        transform: TextureUse::PLAIN,
    })
}

fn child_named<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// From a sampler's name through its surface to the image; some exporters name the image at once.
fn image_number(profile: Node, name: &str, images: &HashMap<&str, usize>) -> Option<usize> {
    let parameter =
        |sid: &str| children(profile, "newparam").find(|p| p.attribute("sid") == Some(sid));
    let direct = || images.get(name).copied();
    let Some(sampler) = parameter(name).and_then(|p| child(p, "sampler2D")) else {
        return direct();
    };
    // 1.5: the sampler names the image itself.
    if let Some(url) = child(sampler, "instance_image").and_then(|image| image.attribute("url")) {
        return images.get(url.trim_start_matches('#')).copied();
    }
    let source = child(sampler, "source")?.text()?.trim();
    let surface = parameter(source).and_then(|p| child(p, "surface"));
    match surface
        .and_then(|surface| child(surface, "init_from"))
        .and_then(|from| from.text())
    {
        Some(image) => images.get(image.trim()).copied(),
        None => images.get(source).copied().or_else(direct),
    }
}
