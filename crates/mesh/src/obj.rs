//! Wavefront OBJ: corners, faces and groups as lines of text, with materials in .mtl files beside it.

use crate::math::Vec3;
use crate::mtl;
use crate::normals;
use crate::polygon::triangulate;
use crate::scene::{Budget, MOST_NAMES, Mesh, Scene, count, name_or, note_missing};
use crate::siblings::read_loosely;
use crate::source::{Drawing, Opened, Source};
use gameforge_domain::{ModelMetadata, ReadError};
use std::collections::{HashMap, HashSet};

/// Material libraries that are opened for one model.
const MOST_LIBRARIES: usize = 32;
/// The largest material library that is opened.
const MOST_LIBRARY_BYTES: u64 = 16 << 20;
/// Names of objects and of groups that are told apart.
const MOST_OBJECTS: usize = 1 << 20;
/// Corners of one face; more is not a model.
const MOST_CORNERS: usize = 65_536;

pub fn open(bytes: &[u8], source: &mut Source) -> Result<Opened, ReadError> {
    let mut reading = Reading::default();
    for (number, line) in logical_lines(bytes).enumerate() {
        reading
            .line(&line, &mut source.budget)
            .map_err(|error| match error {
                ReadError::Corrupt { what } => {
                    ReadError::corrupt(format!("line {}: {what}", number + 1))
                }
                other => other,
            })?;
    }
    if reading.positions.is_empty() {
        return Err(ReadError::corrupt("an OBJ file without vertices"));
    }
    let mut metadata = ModelMetadata {
        vertices: count(reading.positions.len()),
        meshes: count(reading.mesh_count()),
        generator: generator(bytes),
        ..ModelMetadata::default()
    };
    let mut scene = Scene::default();
    reading.finish(&mut scene, &mut source.budget)?;
    materials(&reading, &mut scene, source, &mut metadata);
    scene.measure(&mut metadata);
    Ok(Opened {
        metadata,
        drawing: Drawing::Scene(Box::new(scene)),
    })
}

/// Lines without comments, those that end in a backslash joined with the next.
fn logical_lines(bytes: &[u8]) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    std::iter::from_fn(move || {
        let line = String::from_utf8_lossy(lines.next()?.trim_ascii());
        if !line.ends_with('\\') {
            return Some(line);
        }
        let mut joined = line.into_owned();
        while joined.ends_with('\\') && joined.len() < 1 << 20 {
            joined.pop();
            let Some(next) = lines.next() else { break };
            joined.push(' ');
            joined.push_str(&String::from_utf8_lossy(next.trim_ascii()));
        }
        Some(joined.into())
    })
}

/// The first comment usually names the program.
fn generator(bytes: &[u8]) -> String {
    let first = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]);
    let comment = first
        .lines()
        .next()
        .and_then(|line| line.trim().strip_prefix('#'));
    match comment.map(|line| line.trim_matches(|c: char| c == '#' || c.is_whitespace())) {
        Some(text) if !text.is_empty() => format!("{} · OBJ", name_or(Some(text), "", 0)),
        _ => "OBJ".to_owned(),
    }
}

/// A corner as faces name it: place, texture coordinate, normal; `u32::MAX` for none.
type Key = [u32; 3];

#[derive(Default)]
struct Reading {
    positions: Vec<Vec3>,
    colours: Vec<[f32; 3]>,
    uvs: Vec<[f32; 2]>,
    normals: Vec<Vec3>,
    libraries: Vec<String>,
    materials: Vec<String>,
    material_numbers: HashMap<String, usize>,
    current: usize,
    objects: HashSet<String>,
    groups: HashSet<String>,
    /// One a material.
    builders: HashMap<usize, Builder>,
    face: Vec<Key>,
}

#[derive(Default)]
struct Builder {
    known: HashMap<Key, u32>,
    corners: Vec<Key>,
    triangles: Vec<[u32; 3]>,
}

impl Reading {
    fn line(&mut self, line: &str, budget: &mut Budget) -> Result<(), ReadError> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "v" => {
                budget.vertices(1)?;
                budget.take(24)?;
                let mut values = [f32::NAN; 7];
                let given = numbers(rest, &mut values);
                if given < 3 {
                    return Err(ReadError::corrupt("a vertex needs three numbers"));
                }
                // Six numbers are place and colour; four are place and weight.
                if given >= 6 {
                    self.colours.resize(self.positions.len(), [1.0; 3]);
                    self.colours.push([values[3], values[4], values[5]]);
                }
                self.positions.push([values[0], values[1], values[2]]);
            }
            "vt" => {
                budget.take(8)?;
                let mut values = [0.0; 2];
                numbers(rest, &mut values);
                self.uvs.push([values[0], 1.0 - values[1]]);
            }
            "vn" => {
                budget.take(12)?;
                let mut values = [0.0; 3];
                numbers(rest, &mut values);
                self.normals.push(values);
            }
            "f" => self.face(rest, budget)?,
            "o" if self.objects.len() < MOST_OBJECTS => {
                self.objects.insert(rest.trim().chars().take(200).collect());
            }
            "g" if self.groups.len() < MOST_OBJECTS => {
                self.groups.insert(rest.trim().chars().take(200).collect());
            }
            "usemtl" => self.current = self.material(rest.trim()),
            "mtllib" => self.library(rest.trim()),
            _ => {}
        }
        Ok(())
    }

    /// Objects where the file names any, else groups, else the whole.
    fn mesh_count(&self) -> usize {
        match (self.objects.len(), self.groups.len()) {
            (0, 0) => usize::from(!self.builders.is_empty()),
            (0, groups) => groups,
            (objects, _) => objects,
        }
    }

    fn material(&mut self, name: &str) -> usize {
        if let Some(number) = self.material_numbers.get(name) {
            return *number;
        }
        self.materials.push(name.to_owned());
        // Zero is for faces before any material.
        self.material_numbers
            .insert(name.to_owned(), self.materials.len());
        self.materials.len()
    }

    fn library(&mut self, name: &str) {
        if self.libraries.len() < MOST_LIBRARIES
            && !name.is_empty()
            && !self.libraries.iter().any(|known| known == name)
        {
            self.libraries.push(name.to_owned());
        }
    }

    fn face(&mut self, words: &str, budget: &mut Budget) -> Result<(), ReadError> {
        self.face.clear();
        for word in words.split_ascii_whitespace() {
            let mut key = [u32::MAX; 3];
            let sizes = [self.positions.len(), self.uvs.len(), self.normals.len()];
            for ((slot, part), size) in key.iter_mut().zip(word.split('/')).zip(sizes) {
                if !part.is_empty() {
                    *slot = resolve(part, size)?;
                }
            }
            if key[0] == u32::MAX || self.face.len() >= MOST_CORNERS {
                return Err(ReadError::corrupt("a face without places"));
            }
            self.face.push(key);
        }
        budget.take(self.face.len() as u64 * 56)?;
        let builder = self.builders.entry(self.current).or_default();
        let places: Vec<Vec3> = self
            .face
            .iter()
            .map(|key| self.positions[key[0] as usize])
            .collect();
        let indices: Vec<u32> = self
            .face
            .iter()
            .map(|key| {
                *builder.known.entry(*key).or_insert_with(|| {
                    builder.corners.push(*key);
                    builder.corners.len() as u32 - 1
                })
            })
            .collect();
        triangulate(&places, |triangle| {
            builder.triangles.push(triangle.map(|i| indices[i]))
        });
        Ok(())
    }

    /// One mesh a material, in the order of the materials.
    fn finish(&mut self, scene: &mut Scene, budget: &mut Budget) -> Result<(), ReadError> {
        let mut builders: Vec<(usize, Builder)> =
            std::mem::take(&mut self.builders).into_iter().collect();
        builders.sort_by_key(|(material, _)| *material);
        self.colours.resize(
            if self.colours.is_empty() {
                0
            } else {
                self.positions.len()
            },
            [1.0; 3],
        );
        for (material, builder) in builders {
            let corners = &builder.corners;
            budget.take(corners.len() as u64 * 48)?;
            let all = |slot: usize| corners.iter().all(|key| key[slot] != u32::MAX);
            let any = |slot: usize| corners.iter().any(|key| key[slot] != u32::MAX);
            let mut mesh = Mesh {
                positions: corners
                    .iter()
                    .map(|key| self.positions[key[0] as usize])
                    .collect(),
                triangles: builder.triangles,
                material,
                ..Mesh::default()
            };
            if any(1) {
                mesh.uvs = corners
                    .iter()
                    .map(|key| self.uvs.get(key[1] as usize).copied().unwrap_or_default())
                    .collect();
            }
            if all(2) {
                mesh.normals = corners
                    .iter()
                    .map(|key| self.normals[key[2] as usize])
                    .collect();
            }
            if !self.colours.is_empty() {
                let linear = |c: f32| crate::texture::srgb_to_linear(c.clamp(0.0, 1.0));
                mesh.colours = corners
                    .iter()
                    .map(|key| self.colours[key[0] as usize].map(linear))
                    .map(|[r, g, b]| [r, g, b, 1.0])
                    .collect();
            }
            if mesh.normals.is_empty() {
                normals::compute(&mut mesh, normals::SMOOTH, budget)?;
            }
            scene.place_as_is(mesh);
        }
        Ok(())
    }
}

/// Index from 1, or from the end where below zero.
fn resolve(part: &str, size: usize) -> Result<u32, ReadError> {
    let wrong = || {
        let part: String = part.chars().take(20).collect();
        ReadError::corrupt(format!("“{part}” is not one of {size} entries"))
    };
    let number: i64 = part.parse().map_err(|_| wrong())?;
    let index = if number > 0 {
        number - 1
    } else {
        size as i64 + number
    };
    if number == 0 || index < 0 || index >= size as i64 {
        Err(wrong())
    } else {
        u32::try_from(index).map_err(|_| wrong())
    }
}

fn numbers(text: &str, into: &mut [f32]) -> usize {
    let mut given = 0;
    for (slot, word) in into.iter_mut().zip(text.split_ascii_whitespace()) {
        let Ok(value) = word.parse() else { break };
        *slot = value;
        given += 1;
    }
    given
}

/// Reads the libraries and gives each used material its looks; names that no library has stay plain.
fn materials(
    reading: &Reading,
    scene: &mut Scene,
    source: &mut Source,
    metadata: &mut ModelMetadata,
) {
    let mut known = HashMap::new();
    let limit = source
        .limits
        .file_bytes
        .min(source.budget.memory_left())
        .min(MOST_LIBRARY_BYTES);
    for library in &reading.libraries {
        if let Ok(bytes) = read_loosely(source.siblings, library, limit) {
            mtl::parse(&bytes, &mut known);
            continue;
        }
        // Several names on one line look just like one name with spaces.
        for name in library.split_ascii_whitespace() {
            match read_loosely(source.siblings, name, limit) {
                Ok(bytes) => mtl::parse(&bytes, &mut known),
                Err(_) => {
                    note_missing(&mut metadata.missing, library);
                    break;
                }
            }
        }
    }
    metadata.material_count = count(reading.materials.len());
    metadata.materials = reading
        .materials
        .iter()
        .take(MOST_NAMES)
        .enumerate()
        .map(|(i, name)| name_or(Some(name), "material", i))
        .collect();
    scene.materials.push(crate::scene::Material::default());
    let mut textures = mtl::Textures::default();
    for name in &reading.materials {
        let material = known
            .get(name)
            .map(|description| textures.material(description, source, &mut metadata.missing));
        scene.materials.push(material.unwrap_or_default());
    }
    metadata.textures = count(textures.count());
    scene.textures = textures.finish();
}
