//! Blender files: the version, the picture that Blender saves with them, and the counts that lie on the surface. Their
//! geometry depends on modifiers that only Blender itself can apply, so it is not drawn.

mod dna;
mod stream;

use crate::scene::{Budget, MOST_NAMES, count, name_or};
use crate::source::{Drawing, Opened, Source};
use dna::Dna;
use gameforge_domain::{ModelMetadata, Pixels, ReadError};
use std::collections::HashMap;
use std::io::{self, Read, Seek};
use stream::Unpacked;

/// How much of a data block is looked at: names and counts stand at its start.
const BLOCK_HEAD: u64 = 8192;
/// The longest side that a thumbnail has.
const MOST_SIDE: u32 = 4096;
/// How many times its size a packed file may unpack to; a small one up to the limit of memory.
const MOST_SWELLING: u64 = 8;
/// The largest catalogue of structures that is read.
const MOST_DNA: u64 = 16 << 20;

/// Reads an open file of `len` bytes; only what is looked at is held.
pub fn open(file: impl Read + Seek, len: u64, source: &mut Source) -> Result<Opened, ReadError> {
    let cap = source.limits.memory.max(len.saturating_mul(MOST_SWELLING));
    let mut reader = Unpacked::new(file, len, cap)?;
    let header = Header::read(&mut reader)?;
    let mut contents = Contents::default();
    let ended = contents.read(&mut reader, &header, &mut source.budget);
    let mut metadata = contents.describe(&header);
    let missing_picture = || {
        ReadError::unsupported(
            "this Blender file has no preview inside; save it in Blender with “File Preview” on",
        )
    };
    let drawing = match (contents.thumbnail.take(), ended) {
        (Some(picture), Ok(()) | Err(ReadError::TooLarge { .. })) => Drawing::Picture(picture),
        (None, Ok(())) => Drawing::Nothing(missing_picture()),
        (None, Err(why @ ReadError::TooLarge { .. })) => Drawing::Nothing(why),
        (_, Err(error)) => return Err(error),
    };
    metadata.meshes = count(contents.meshes.len());
    Ok(Opened { metadata, drawing })
}

/// What the first bytes say about how to read the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    /// Bytes of a pointer, 4 or 8.
    pointer: usize,
    big_endian: bool,
    /// Block headers with 64-bit sizes, from Blender 5.0.
    large: bool,
    /// For example 405 for 4.5.
    version: u32,
}

impl Header {
    fn read(reader: &mut impl Read) -> Result<Self, ReadError> {
        let mut start = [0; 12];
        fill(reader, &mut start, "the header of a Blender file")?;
        if !start.starts_with(b"BLENDER") {
            return Err(ReadError::corrupt(
                "it does not start as a Blender file does",
            ));
        }
        let wrong = || ReadError::corrupt("the header of a Blender file");
        let number = |digits: &[u8]| {
            std::str::from_utf8(digits)
                .ok()
                .and_then(|text| text.parse::<u32>().ok())
                .ok_or_else(wrong)
        };
        if start[7] == b'_' || start[7] == b'-' {
            let big_endian = match start[8] {
                b'v' => false,
                b'V' => true,
                _ => return Err(wrong()),
            };
            let pointer = if start[7] == b'_' { 4 } else { 8 };
            return Ok(Self {
                pointer,
                big_endian,
                large: false,
                version: number(&start[9..12])?,
            });
        }
        // Since 5.0: two digits of header size, “-”, two digits of file format, “v”, four digits of version.
        let size = number(&start[7..9])? as usize;
        if start[9] != b'-' || !(17..=99).contains(&size) {
            return Err(wrong());
        }
        let format = number(&start[10..12])?;
        if format != 1 {
            return Err(ReadError::unsupported(format!(
                "Blender file format {format}"
            )));
        }
        let mut rest = [0; 99];
        let rest = &mut rest[..size - 12];
        fill(reader, rest, "the header of a Blender file")?;
        if rest[0] != b'v' {
            return Err(wrong());
        }
        Ok(Self {
            pointer: 8,
            big_endian: false,
            large: true,
            version: number(&rest[1..5])?,
        })
    }

    /// As Blender writes it: 2.79, 3.6, 4.0.
    fn version_text(&self) -> String {
        let (major, minor) = (self.version / 100, self.version % 100);
        if major < 3 {
            format!("{major}.{minor:02}")
        } else {
            format!("{major}.{minor}")
        }
    }

    fn u32(&self, bytes: &[u8], at: usize) -> u32 {
        let four = bytes
            .get(at..at + 4)
            .and_then(|four| four.try_into().ok())
            .unwrap_or([0; 4]);
        if self.big_endian {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        }
    }

    fn block(&self, reader: &mut impl Read) -> Result<Block, ReadError> {
        let mut bytes = [0; 32];
        let size = match (self.large, self.pointer) {
            (true, _) => 32,
            (false, 8) => 24,
            (false, _) => 20,
        };
        fill(reader, &mut bytes[..size], "a block of a Blender file")?;
        let code = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let long =
            |at: usize| u64::from(self.u32(&bytes, at)) | u64::from(self.u32(&bytes, at + 4)) << 32;
        let (structure, length, items) = if self.large {
            (self.u32(&bytes, 4), long(16), long(24))
        } else {
            let after = 8 + self.pointer;
            (
                self.u32(&bytes, after),
                u64::from(self.u32(&bytes, 4)),
                u64::from(self.u32(&bytes, after + 4)),
            )
        };
        // Lengths are signed in the file.
        let most = if self.large {
            i64::MAX as u64
        } else {
            i32::MAX as u64
        };
        if length > most {
            return Err(ReadError::corrupt(
                "a block of a Blender file with a length below zero",
            ));
        }
        Ok(Block {
            code,
            structure,
            length,
            items,
        })
    }
}

struct Block {
    code: [u8; 4],
    structure: u32,
    length: u64,
    items: u64,
}

/// What was found on the way through the file.
#[derive(Default)]
struct Contents {
    thumbnail: Option<Pixels>,
    meshes: Vec<Vec<u8>>,
    materials: Vec<Vec<u8>>,
    actions: Vec<Vec<u8>>,
    images: Vec<Vec<u8>>,
    objects: u32,
    /// How many items there are of each structure.
    items: HashMap<u32, u64>,
    dna: Option<Dna>,
}

impl Contents {
    fn read(
        &mut self,
        reader: &mut Unpacked<impl Read + Seek>,
        header: &Header,
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        loop {
            let block = header.block(reader)?;
            let head = match &block.code {
                b"ENDB" => return Ok(()),
                b"TEST" => u64::from(MOST_SIDE) * u64::from(MOST_SIDE) * 4 + 8,
                b"DNA1" => MOST_DNA,
                b"ME\0\0" | b"MA\0\0" | b"AC\0\0" | b"IM\0\0" => BLOCK_HEAD,
                _ => 0,
            }
            .min(block.length);
            let mut data = Vec::new();
            if head > 0 {
                budget.take(head)?;
                reader
                    .by_ref()
                    .take(head)
                    .read_to_end(&mut data)
                    .map_err(stream::explain)?;
            }
            let skipped = reader.skip(block.length - head).map_err(stream::explain)?;
            if data.len() as u64 + skipped < block.length {
                return Err(ReadError::truncated("a block of a Blender file"));
            }
            match &block.code {
                b"TEST" => self.thumbnail = thumbnail(&data, header),
                b"DNA1" => self.dna = Dna::parse(&data, header.big_endian, header.pointer),
                b"ME\0\0" => self.meshes.push(data),
                b"MA\0\0" => self.materials.push(data),
                b"AC\0\0" => self.actions.push(data),
                b"IM\0\0" => self.images.push(data),
                b"OB\0\0" => self.objects = self.objects.saturating_add(1),
                _ if self.items.len() < 1 << 16 => {
                    let sum = self.items.entry(block.structure).or_default();
                    *sum = sum.saturating_add(block.items);
                }
                _ => {}
            }
        }
    }

    fn describe(&self, header: &Header) -> ModelMetadata {
        let name_of = |data: &Vec<u8>| self.dna.as_ref().and_then(|dna| dna.id_name(data));
        let names = |blocks: &[Vec<u8>], word| -> Vec<String> {
            blocks
                .iter()
                .take(MOST_NAMES)
                .enumerate()
                .map(|(i, data)| name_or(name_of(data).as_deref(), word, i))
                .collect()
        };
        let (mut vertices, mut triangles) = (0u32, 0u32);
        if let Some(dna) = &self.dna {
            for mesh in &self.meshes {
                let number = |names: [&str; 2]| {
                    names
                        .iter()
                        .find_map(|name| dna.field("Mesh", name))
                        .map_or(0, |at| header.u32(mesh, at))
                };
                vertices = vertices.saturating_add(number(["totvert", "verts_num"]));
                // A polygon of n corners makes n − 2 triangles.
                let (corners, faces) = (
                    number(["totloop", "corners_num"]),
                    number(["totpoly", "faces_num"]),
                );
                triangles =
                    triangles.saturating_add(corners.saturating_sub(faces.saturating_mul(2)));
            }
        }
        // Blender keeps its own two pictures in every file that was rendered.
        let pictures = self.images.iter().filter(|data| {
            !name_of(data).is_some_and(|name| name == "Render Result" || name == "Viewer Node")
        });
        let bones = self
            .dna
            .as_ref()
            .and_then(|dna| dna.structure("Bone"))
            .and_then(|number| self.items.get(&number));
        let objects = match self.objects {
            0 => String::new(),
            1 => " · 1 object".to_owned(),
            many => format!(" · {many} objects"),
        };
        ModelMetadata {
            vertices,
            triangles,
            materials: names(&self.materials, "material"),
            material_count: count(self.materials.len()),
            textures: count(pictures.count()),
            bones: bones.map_or(0, |bones| u32::try_from(*bones).unwrap_or(u32::MAX)),
            animations: names(&self.actions, "action"),
            generator: format!("Blender {}{objects}", header.version_text()),
            ..ModelMetadata::default()
        }
    }
}

/// The picture in a TEST block: width, height, then rows bottom up. `None` where it is none.
fn thumbnail(data: &[u8], header: &Header) -> Option<Pixels> {
    let (width, height) = (header.u32(data, 0), header.u32(data, 4));
    if !(1..=MOST_SIDE).contains(&width) || !(1..=MOST_SIDE).contains(&height) {
        return None;
    }
    let row = width as usize * 4;
    let pixels = data.get(8..8 + row * height as usize)?;
    Pixels::new(
        width,
        height,
        pixels.chunks_exact(row).rev().flatten().copied().collect(),
    )
}

fn fill(reader: &mut impl Read, into: &mut [u8], what: &str) -> Result<(), ReadError> {
    reader.read_exact(into).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::truncated(what),
        _ => stream::explain(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(bytes: &[u8]) -> Result<Header, ReadError> {
        Header::read(&mut &bytes[..])
    }

    #[test]
    fn old_and_new_headers_are_understood() {
        let old = header(b"BLENDER-v279").unwrap();
        assert_eq!(
            (old.pointer, old.large, old.version_text().as_str()),
            (8, false, "2.79")
        );
        assert_eq!(header(b"BLENDER_V248").unwrap().pointer, 4);
        assert!(header(b"BLENDER_V248").unwrap().big_endian);
        assert_eq!(header(b"BLENDER-v404").unwrap().version_text(), "4.4");
        let new = header(b"BLENDER17-01v0500").unwrap();
        assert_eq!((new.large, new.version_text().as_str()), (true, "5.0"));
        assert_eq!(
            header(b"BLENDER17-02v0600").unwrap_err().code(),
            "unsupported"
        );
        assert_eq!(header(b"BLENDER99-01v").unwrap_err().code(), "truncated");
        assert_eq!(header(b"BLENDER*v279").unwrap_err().code(), "corrupt");
    }

    #[test]
    fn a_thumbnail_is_turned_the_right_way_up() {
        let header = header(b"BLENDER-v400").unwrap();
        let mut data = vec![1, 0, 0, 0, 2, 0, 0, 0];
        data.extend([1, 1, 1, 255, 2, 2, 2, 255]);
        assert_eq!(
            thumbnail(&data, &header).unwrap().rgba,
            [2, 2, 2, 255, 1, 1, 1, 255]
        );
        assert!(thumbnail(&data[..15], &header).is_none());
        data[0] = 0;
        assert!(thumbnail(&data, &header).is_none());
    }
}
