//! Material libraries of OBJ files (.mtl).

use crate::scene::{Alpha, Material, TextureUse};
use crate::source::Source;
use crate::texture::{Sampling, Texture, Wrap, srgb_to_linear};
use std::collections::HashMap;

/// Materials that are kept of one library.
const MOST_MATERIALS: usize = 65_536;

/// A material as the library says it; colours as written, which is sRGB in practice.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    colour: [f32; 3],
    emissive: [f32; 3],
    opacity: f32,
    shininess: f32,
    metallic: Option<f32>,
    roughness: Option<f32>,
    colour_map: Option<Map>,
    emissive_map: Option<Map>,
    has_opacity_map: bool,
    /// Pictures that are not drawn but belong to the model: bumps, highlights.
    others: Vec<String>,
}

/// A picture with its options.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Map {
    file: String,
    clamp: bool,
}

impl Default for Description {
    fn default() -> Self {
        Self {
            colour: [0.8; 3],
            emissive: [0.0; 3],
            opacity: 1.0,
            shininess: 30.0,
            metallic: None,
            roughness: None,
            colour_map: None,
            emissive_map: None,
            has_opacity_map: false,
            others: Vec::new(),
        }
    }
}

/// Adds a library's materials; the first of a name stays.
pub fn parse(bytes: &[u8], known: &mut HashMap<String, Description>) {
    let mut current: Option<(String, Description)> = None;
    let mut keep = |entry: Option<(String, Description)>| {
        if let Some((name, description)) = entry
            && known.len() < MOST_MATERIALS
        {
            known.entry(name).or_insert(description);
        }
    };
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(line.trim_ascii());
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        let rest = rest.trim();
        if word == "newmtl" {
            keep(current.replace((rest.to_owned(), Description::default())));
        } else if let Some((_, description)) = &mut current {
            describe(description, word, rest);
        }
    }
    keep(current);
}

fn describe(description: &mut Description, word: &str, rest: &str) {
    let first = || {
        rest.split_ascii_whitespace()
            .next()
            .and_then(|word| word.parse::<f32>().ok())
            .filter(|v| v.is_finite())
    };
    let colour = || {
        let values: Vec<f32> = rest
            .split_ascii_whitespace()
            .map_while(|word| word.parse().ok())
            .take(3)
            .collect();
        match values.as_slice() {
            [r, g, b] => Some([*r, *g, *b]),
            [grey] => Some([*grey; 3]),
            _ => None,
        }
    };
    match word.to_ascii_lowercase().as_str() {
        "kd" => description.colour = colour().unwrap_or(description.colour),
        "ke" => description.emissive = colour().unwrap_or(description.emissive),
        "d" => description.opacity = first().unwrap_or(1.0),
        "tr" => description.opacity = 1.0 - first().unwrap_or(0.0),
        "ns" => description.shininess = first().unwrap_or(description.shininess),
        "pm" => description.metallic = first(),
        "pr" => description.roughness = first(),
        "map_kd" => description.colour_map = map(rest),
        "map_ke" => description.emissive_map = map(rest),
        "map_d" => {
            description.has_opacity_map = true;
            description.others.extend(map(rest).map(|map| map.file));
        }
        "map_bump" | "bump" | "norm" | "map_ks" | "map_ns" | "map_ka" | "map_pr" | "map_pm"
        | "disp"
            if description.others.len() < 16 =>
        {
            description.others.extend(map(rest).map(|map| map.file));
        }
        _ => {}
    }
}

/// A picture's name after its options (`-s 1 1 1`, `-clamp on`). Names may have spaces.
fn map(text: &str) -> Option<Map> {
    let mut rest = text.trim();
    let mut clamp = false;
    while let Some(option) = rest.strip_prefix('-') {
        let (name, after) = option.split_once(char::is_whitespace)?;
        let after = after.trim_start();
        let (least, most) = match name {
            "o" | "s" | "t" => (1, 3),
            "mm" => (2, 2),
            _ => (1, 1),
        };
        rest = after;
        for taken in 0..most {
            let Some((word, next)) = rest.split_once(char::is_whitespace) else {
                break;
            };
            if taken >= least && word.parse::<f32>().is_err() {
                break;
            }
            clamp |= name == "clamp" && word == "on";
            rest = next.trim_start();
        }
    }
    (!rest.is_empty()).then(|| Map {
        file: rest.to_owned(),
        clamp,
    })
}

/// Pictures of all materials, each opened once.
#[derive(Default)]
pub struct Textures {
    numbers: HashMap<Map, usize>,
    loaded: Vec<Option<Texture>>,
    others: HashMap<String, bool>,
}

impl Textures {
    /// The looks of a material; its pictures are opened and those that are not there are noted.
    pub fn material(
        &mut self,
        description: &Description,
        source: &mut Source,
        missing: &mut Vec<String>,
    ) -> Material {
        let base_texture = description
            .colour_map
            .as_ref()
            .map(|map| self.texture(map, source, missing));
        let emissive_texture = description
            .emissive_map
            .as_ref()
            .map(|map| self.texture(map, source, missing));
        for other in &description.others {
            if !self.others.contains_key(other) {
                let there = source.picture(other, missing).is_some();
                self.others.insert(other.clone(), there);
            }
        }
        let linear = |colour: [f32; 3]| {
            colour.map(|c| {
                if c.is_finite() {
                    srgb_to_linear(c.clamp(0.0, 1.0))
                } else {
                    0.5
                }
            })
        };
        let [r, g, b] = linear(description.colour);
        // With a picture the colour is often left black, as old viewers ignored it then.
        let [r, g, b] = if base_texture.is_some() && r + g + b < 0.01 {
            [1.0; 3]
        } else {
            [r, g, b]
        };
        let opacity = if description.opacity.is_finite() {
            description.opacity.clamp(0.0, 1.0)
        } else {
            1.0
        };
        // Wholly invisible materials are an exporter's mistake far more often than meant.
        let opacity = if opacity < 0.01 { 1.0 } else { opacity };
        Material {
            base: [r, g, b, opacity],
            base_texture,
            emissive: linear(description.emissive),
            emissive_texture,
            metallic: description.metallic.unwrap_or(0.0),
            roughness: description
                .roughness
                .unwrap_or((2.0 / (description.shininess.max(0.0) + 2.0)).powf(0.25))
                .clamp(0.0, 1.0),
            alpha: match (opacity < 0.99, description.has_opacity_map) {
                (true, _) => Alpha::Blend,
                (false, true) => Alpha::Mask(0.5),
                (false, false) => Alpha::Opaque,
            },
            ..Material::default()
        }
    }

    fn texture(&mut self, map: &Map, source: &mut Source, missing: &mut Vec<String>) -> TextureUse {
        let texture = match self.numbers.get(map) {
            Some(number) => *number,
            None => {
                let wrap = if map.clamp { Wrap::Clamp } else { Wrap::Repeat };
                let bytes = source.picture(&map.file, missing);
                let sampling = Sampling {
                    u: wrap,
                    v: wrap,
                    hard: false,
                };
                self.loaded
                    .push(bytes.and_then(|bytes| source.texture(&bytes, sampling)));
                self.numbers.insert(map.clone(), self.loaded.len() - 1);
                self.loaded.len() - 1
            }
        };
        TextureUse {
            texture,
            transform: TextureUse::PLAIN,
        }
    }

    /// Distinct pictures that the materials refer to.
    pub fn count(&self) -> usize {
        let names: std::collections::HashSet<&str> = self
            .numbers
            .keys()
            .map(|map| map.file.as_str())
            .chain(self.others.keys().map(String::as_str))
            .collect();
        names.len()
    }

    pub fn finish(self) -> Vec<Option<Texture>> {
        self.loaded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_come_before_names_with_spaces() {
        assert_eq!(
            map("-s 1 1 1 -clamp on my skin.png"),
            Some(Map {
                file: "my skin.png".into(),
                clamp: true
            })
        );
        assert_eq!(map("-bm 0.3 bump.png").unwrap().file, "bump.png");
        assert_eq!(map("-o 0.5 a.png").unwrap().file, "a.png");
        assert_eq!(map("-s"), None);
        assert_eq!(map(""), None);
    }

    #[test]
    fn the_first_of_a_name_stays() {
        let mut known = HashMap::new();
        parse(
            b"newmtl a\nKd 1 0 0\r\nnewmtl b\nTr 0.25\nnewmtl a\nKd 0 1 0",
            &mut known,
        );
        assert_eq!(known.len(), 2);
        assert_eq!(known["a"].colour, [1.0, 0.0, 0.0]);
        assert_eq!(known["b"].opacity, 0.75);
    }
}
