//! A cube in every model format.

use crate::bytes::Writer;
use std::fmt::Write as _;

/// Corner, normal and the two directions of each face of a cube of side 1 around the origin.
const FACES: [([f32; 3], [f32; 3], [f32; 3]); 6] = [
    ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]),
    ([-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
    ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]),
    ([0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
    ([0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
    ([0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
];

/// 24 positions with normals, four a face, and 36 indices, counter-clockwise from outside.
fn cube() -> (Vec<[f32; 3]>, Vec<[f32; 3]>, Vec<u16>) {
    let (mut positions, mut normals, mut indices) = (Vec::new(), Vec::new(), Vec::new());
    for (normal, u, v) in FACES {
        let start = positions.len() as u16;
        for (a, b) in [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)] {
            positions.push([0, 1, 2].map(|axis| normal[axis] * 0.5 + u[axis] * a + v[axis] * b));
            normals.push(normal);
        }
        indices.extend([0, 1, 2, 0, 2, 3].map(|corner| start + corner));
    }
    (positions, normals, indices)
}

fn gltf_parts(colour: [f32; 3], uri: &str) -> (String, Vec<u8>) {
    let (positions, normals, indices) = cube();
    let mut buffer = Writer::default();
    for number in positions.iter().chain(&normals).flatten() {
        buffer.f32(*number);
    }
    for index in &indices {
        buffer.le16(*index);
    }
    let [r, g, b] = colour;
    let json = format!(
        r#"{{"asset":{{"version":"2.0","generator":"GameForge testkit"}},"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0,"name":"Cube"}}],"meshes":[{{"name":"Cube","primitives":[{{"attributes":{{"POSITION":0,"NORMAL":1}},"indices":2,"material":0}}]}}],"materials":[{{"name":"Paint","pbrMetallicRoughness":{{"baseColorFactor":[{r},{g},{b},1],"metallicFactor":0,"roughnessFactor":0.8}}}}],"accessors":[{{"bufferView":0,"componentType":5126,"count":24,"type":"VEC3","min":[-0.5,-0.5,-0.5],"max":[0.5,0.5,0.5]}},{{"bufferView":1,"componentType":5126,"count":24,"type":"VEC3"}},{{"bufferView":2,"componentType":5123,"count":36,"type":"SCALAR"}}],"bufferViews":[{{"buffer":0,"byteOffset":0,"byteLength":288}},{{"buffer":0,"byteOffset":288,"byteLength":288}},{{"buffer":0,"byteOffset":576,"byteLength":72}}],"buffers":[{{"byteLength":648{uri}}}]}}"#
    );
    (json, buffer.0)
}

/// A binary glTF of one cube.
#[must_use]
pub fn glb(colour: [f32; 3]) -> Vec<u8> {
    let (json, buffer) = gltf_parts(colour, "");
    let mut text = Writer(json.into_bytes());
    text.pad(4, b' ');
    let mut out = Writer(b"glTF".to_vec());
    out.le32(2)
        .le32((12 + 8 + text.0.len() + 8 + buffer.len()) as u32);
    out.le32(text.0.len() as u32).raw(b"JSON").raw(&text.0);
    out.le32(buffer.len() as u32).raw(b"BIN\0").raw(&buffer);
    out.0
}

/// A glTF of one cube with its buffer inside.
#[must_use]
pub fn gltf(colour: [f32; 3]) -> String {
    let (_, buffer) = gltf_parts(colour, "");
    let uri = format!(
        r#","uri":"data:application/octet-stream;base64,{}""#,
        base64(&buffer)
    );
    gltf_parts(colour, &uri).0
}

/// A glTF that refers to `cube.bin` beside it, and that file.
#[must_use]
pub fn gltf_with_file(colour: [f32; 3]) -> (String, Vec<u8>) {
    gltf_parts(colour, r#","uri":"cube.bin""#)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize];
            out.push(if at > chunk.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}

/// A Wavefront OBJ of a cube in quads, with normals, a group and a material library.
#[must_use]
pub fn obj() -> String {
    let (positions, normals, _) = cube();
    let mut text = String::from("# GameForge testkit\nmtllib cube.mtl\no Cube\nusemtl Paint\n");
    for [x, y, z] in positions {
        let _ = writeln!(text, "v {x} {y} {z}");
    }
    for [x, y, z] in normals.iter().step_by(4) {
        let _ = writeln!(text, "vn {x} {y} {z}");
    }
    for face in 0..6 {
        let (at, normal) = (face * 4, face + 1);
        let _ = writeln!(
            text,
            "f {}//{normal} {}//{normal} {}//{normal} {}//{normal}",
            at + 1,
            at + 2,
            at + 3,
            at + 4
        );
    }
    text
}

/// The material library of [`obj`].
pub const MTL: &str = "newmtl Paint\nKd 0.8 0.3 0.2\n";

/// A binary STL of a cube.
#[must_use]
pub fn stl() -> Vec<u8> {
    let (positions, normals, indices) = cube();
    let mut out = Writer(b"GameForge testkit".to_vec());
    out.pad(80, 0).le32(12);
    for triangle in indices.chunks(3) {
        let corners = triangle
            .iter()
            .map(|corner| positions[usize::from(*corner)]);
        for number in std::iter::once(normals[usize::from(triangle[0])])
            .chain(corners)
            .flatten()
        {
            out.f32(number);
        }
        out.le16(0);
    }
    out.0
}

/// A COLLADA document of a cube.
#[must_use]
pub fn dae() -> String {
    let (positions, _, indices) = cube();
    let numbers: Vec<String> = positions
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    let corners: Vec<String> = indices.iter().map(ToString::to_string).collect();
    format!(
        r##"<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
  <asset><contributor><authoring_tool>GameForge testkit</authoring_tool></contributor><unit name="meter" meter="1"/><up_axis>Y_UP</up_axis></asset>
  <library_effects><effect id="paint-fx"><profile_COMMON><technique sid="common"><lambert><diffuse><color>0.8 0.3 0.2 1</color></diffuse></lambert></technique></profile_COMMON></effect></library_effects>
  <library_materials><material id="paint" name="Paint"><instance_effect url="#paint-fx"/></material></library_materials>
  <library_geometries><geometry id="cube" name="Cube"><mesh>
    <source id="cube-p"><float_array id="cube-pa" count="72">{}</float_array><technique_common><accessor source="#cube-pa" count="24" stride="3"><param name="X" type="float"/><param name="Y" type="float"/><param name="Z" type="float"/></accessor></technique_common></source>
    <vertices id="cube-v"><input semantic="POSITION" source="#cube-p"/></vertices>
    <triangles material="paint" count="12"><input semantic="VERTEX" source="#cube-v" offset="0"/><p>{}</p></triangles>
  </mesh></geometry></library_geometries>
  <library_visual_scenes><visual_scene id="scene"><node id="Cube"><instance_geometry url="#cube"><bind_material><technique_common><instance_material symbol="paint" target="#paint"/></technique_common></bind_material></instance_geometry></node></visual_scene></library_visual_scenes>
  <scene><instance_visual_scene url="#scene"/></scene>
</COLLADA>
"##,
        numbers.join(" "),
        corners.join(" ")
    )
}

/// One record of a binary FBX.
struct Record {
    name: &'static str,
    properties: Vec<Vec<u8>>,
    children: Vec<Record>,
}

impl Record {
    fn new(name: &'static str, properties: Vec<Vec<u8>>, children: Vec<Self>) -> Self {
        Self {
            name,
            properties,
            children,
        }
    }

    /// Writes the record at its place: ends are counted from the start of the file.
    fn write(&self, out: &mut Writer) {
        let start = out.0.len();
        let size: usize = self.properties.iter().map(Vec::len).sum();
        out.le32(0)
            .le32(self.properties.len() as u32)
            .le32(size as u32)
            .u8(self.name.len() as u8)
            .raw(self.name);
        for property in &self.properties {
            out.raw(property);
        }
        for child in &self.children {
            child.write(out);
        }
        if !self.children.is_empty() {
            out.zeros(13);
        }
        let end = (out.0.len() as u32).to_le_bytes();
        out.0[start..start + 4].copy_from_slice(&end);
    }
}

fn text(value: &str) -> Vec<u8> {
    let mut out = Writer(b"S".to_vec());
    out.le32(value.len() as u32).raw(value);
    out.0
}

fn long(value: i64) -> Vec<u8> {
    let mut out = Writer(b"L".to_vec());
    out.raw(value.to_le_bytes());
    out.0
}

fn int(value: i32) -> Vec<u8> {
    let mut out = Writer(b"I".to_vec());
    out.raw(value.to_le_bytes());
    out.0
}

fn array(kind: u8, count: usize, body: &[u8]) -> Vec<u8> {
    let mut out = Writer(vec![kind]);
    out.le32(count as u32)
        .le32(0)
        .le32(body.len() as u32)
        .raw(body);
    out.0
}

fn fbx_geometry() -> Record {
    let (positions, _, _) = cube();
    let doubles: Vec<u8> = positions
        .iter()
        .flatten()
        .flat_map(|number| f64::from(*number).to_le_bytes())
        .collect();
    // The last corner of a polygon is stored as its complement.
    let corners: Vec<u8> = (0..6)
        .flat_map(|face| {
            [0, 1, 2, 3].map(|at| {
                if at == 3 {
                    !(face * 4 + 3)
                } else {
                    face * 4 + at
                }
            })
        })
        .flat_map(i32::to_le_bytes)
        .collect();
    Record::new(
        "Geometry",
        vec![long(1), text("Cube\0\u{1}Geometry"), text("Mesh")],
        vec![
            Record::new("Vertices", vec![array(b'd', 72, &doubles)], vec![]),
            Record::new(
                "PolygonVertexIndex",
                vec![array(b'i', 24, &corners)],
                vec![],
            ),
        ],
    )
}

/// A binary FBX 7.4 of a cube in quads with one material.
#[must_use]
pub fn fbx() -> Vec<u8> {
    let objects = vec![
        fbx_geometry(),
        Record::new(
            "Model",
            vec![long(2), text("Cube\0\u{1}Model"), text("Mesh")],
            vec![Record::new("Version", vec![int(232)], vec![])],
        ),
        Record::new(
            "Material",
            vec![long(3), text("Paint\0\u{1}Material"), text("")],
            vec![Record::new("Version", vec![int(102)], vec![])],
        ),
    ];
    let link = |from, to| Record::new("C", vec![text("OO"), long(from), long(to)], vec![]);
    let records = [
        Record::new(
            "FBXHeaderExtension",
            vec![],
            vec![
                Record::new("FBXVersion", vec![int(7400)], vec![]),
                Record::new("Creator", vec![text("GameForge testkit")], vec![]),
            ],
        ),
        Record::new(
            "GlobalSettings",
            vec![],
            vec![Record::new("Version", vec![int(1000)], vec![])],
        ),
        Record::new("Objects", vec![], objects),
        Record::new(
            "Connections",
            vec![],
            vec![link(2, 0), link(1, 2), link(3, 2)],
        ),
    ];
    let mut out = Writer(b"Kaydara FBX Binary  \0\x1a\0".to_vec());
    out.le32(7400);
    for record in &records {
        record.write(&mut out);
    }
    out.zeros(13);
    fbx_footer(&mut out);
    out.0
}

/// An id, padding, version, zeros and a magic, as other readers expect them.
fn fbx_footer(out: &mut Writer) {
    out.raw([
        0xfa, 0xbc, 0xab, 0x09, 0xd0, 0xc8, 0xd4, 0x66, 0xb1, 0x76, 0xfb, 0x83, 0x1c, 0xf7, 0x26,
        0x7e,
    ])
    .pad(16, 0);
    out.zeros(4).le32(7400).zeros(120).raw([
        0xf8, 0x5a, 0x8c, 0x6a, 0xde, 0xf5, 0xd9, 0x7e, 0xec, 0xe9, 0x0c, 0xe3, 0x75, 0x8f, 0x29,
        0x0b,
    ]);
}

/// A Blender 3.6 file with a thumbnail of 32 × 32 and no scene.
#[must_use]
pub fn blend() -> Vec<u8> {
    let mut out = Writer(b"BLENDER-v306".to_vec());
    let mut thumbnail = Writer::default();
    thumbnail.le32(32).le32(32);
    for y in 0..32u32 {
        for x in 0..32u32 {
            let inside = (x as i32 - 16).pow(2) + (y as i32 - 16).pow(2) < 140;
            thumbnail.raw(if inside {
                [232, 125, 13, 255]
            } else {
                [40, 44, 52, 255]
            });
        }
    }
    for (code, body) in [(b"TEST", &thumbnail.0[..]), (b"ENDB", &[])] {
        out.raw(code)
            .le32(body.len() as u32)
            .le64(0)
            .le32(0)
            .le32(1)
            .raw(body);
    }
    out.0
}
