//! Small valid files: the same cube from −1 to 1, red, in every format.

use super::Memory;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use gameforge_domain::Format;
use std::io::Write;

/// Corners of the six faces, counter-clockwise from outside.
const FACES: [[[f32; 3]; 4]; 6] = {
    const fn c(x: i8, y: i8, z: i8) -> [f32; 3] {
        [x as f32, y as f32, z as f32]
    }
    [
        [c(-1, -1, 1), c(1, -1, 1), c(1, 1, 1), c(-1, 1, 1)],
        [c(1, -1, -1), c(-1, -1, -1), c(-1, 1, -1), c(1, 1, -1)],
        [c(1, -1, 1), c(1, -1, -1), c(1, 1, -1), c(1, 1, 1)],
        [c(-1, -1, -1), c(-1, -1, 1), c(-1, 1, 1), c(-1, 1, -1)],
        [c(-1, 1, 1), c(1, 1, 1), c(1, 1, -1), c(-1, 1, -1)],
        [c(-1, -1, -1), c(1, -1, -1), c(1, -1, 1), c(-1, -1, 1)],
    ]
};

fn png(width: u32, height: u32, texels: &[[u8; 4]]) -> Vec<u8> {
    let pixels = gameforge_domain::Pixels::new(width, height, texels.concat()).unwrap();
    gameforge_raster::encode_png(&pixels).unwrap()
}

pub fn red_png() -> Vec<u8> {
    png(2, 2, &[[220, 20, 20, 255]; 4])
}

/// Positions, texture coordinates, indices, then joints and weights of the only bone and the times of an animation.
pub fn cube_buffer() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut floats = |values: &[f32]| values.iter().for_each(|v| bytes.extend(v.to_le_bytes()));
    FACES.iter().flatten().for_each(|corner| floats(corner));
    (0..6).for_each(|_| floats(&[0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]));
    for face in 0..6u16 {
        [0, 1, 2, 0, 2, 3]
            .iter()
            .for_each(|corner: &u16| bytes.extend((face * 4 + corner).to_le_bytes()));
    }
    assert_eq!(bytes.len(), INDICES + 72);
    bytes
}

const UVS: usize = 24 * 12;
const INDICES: usize = UVS + 24 * 8;

pub fn data_uri(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", BASE64_STANDARD.encode(bytes))
}

/// The description of the cube; `buffer` is what the buffer says of its place.
fn description(buffer: &str, image: &str, transform: &str) -> String {
    let size = INDICES + 72;
    let transform = match transform {
        "" => String::new(),
        transform => format!(r#","extensions":{{"KHR_texture_transform":{transform}}}"#),
    };
    format!(
        r#"{{"asset":{{"version":"2.0","generator":"by hand"}},
"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0}}],
"meshes":[{{"primitives":[{{"attributes":{{"POSITION":0,"TEXCOORD_0":1}},"indices":2,"material":0,"mode":4}}]}}],
"materials":[{{"name":"Paint","pbrMetallicRoughness":{{"metallicFactor":0,"baseColorTexture":{{"index":0{transform}}}}}}}],
"textures":[{{"source":0}}],"images":[{{"uri":"{image}"}}],
"animations":[{{"name":"spin","samplers":[{{"input":3,"output":3}}],"channels":[]}}],
"accessors":[
{{"bufferView":0,"componentType":5126,"count":24,"type":"VEC3","min":[-1,-1,-1],"max":[1,1,1]}},
{{"bufferView":1,"componentType":5126,"count":24,"type":"VEC2"}},
{{"bufferView":2,"componentType":5123,"count":36,"type":"SCALAR"}},
{{"componentType":5126,"count":2,"type":"SCALAR","max":[2.5]}}],
"bufferViews":[{{"buffer":0,"byteLength":{UVS}}},
{{"buffer":0,"byteOffset":{UVS},"byteLength":192}},{{"buffer":0,"byteOffset":{INDICES},"byteLength":72}}],
"buffers":[{{{buffer}"byteLength":{size}}}]}}"#
    )
}

pub fn gltf_cube_with(buffer: &str, image: &str) -> String {
    description(&format!(r#""uri":"{buffer}","#), image, "")
}

pub fn gltf_cube() -> String {
    gltf_cube_with(
        &data_uri("application/octet-stream", &cube_buffer()),
        &data_uri("image/png", &red_png()),
    )
}

/// Red on the left, green on the right, seen through a texture transform.
pub fn gltf_striped(transform: &str) -> String {
    let stripes = png(
        4,
        1,
        &[
            [220, 20, 20, 255],
            [220, 20, 20, 255],
            [20, 200, 20, 255],
            [20, 200, 20, 255],
        ],
    );
    let moved = transform.replace("[0.5,0]", "[0.75,0.5]");
    let buffer = format!(
        r#""uri":"{}","#,
        data_uri("application/octet-stream", &cube_buffer())
    );
    description(&buffer, &data_uri("image/png", &stripes), &moved)
}

pub fn glb_cube() -> Vec<u8> {
    let mut json = description("", &data_uri("image/png", &red_png()), "").into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    glb(&json, &cube_buffer())
}

pub fn glb(json: &[u8], binary: &[u8]) -> Vec<u8> {
    let mut bytes = b"glTF\x02\0\0\0".to_vec();
    bytes.extend(((28 + json.len() + binary.len()) as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", json), (b"BIN\0", binary)] {
        bytes.extend((chunk.len() as u32).to_le_bytes());
        bytes.extend(kind);
        bytes.extend(chunk);
    }
    bytes
}

pub fn gltf_skinned() -> String {
    let mut buffer = cube_buffer();
    let joints = buffer.len();
    (0..24).for_each(|_| buffer.extend([0u8; 4]));
    (0..24).for_each(|_| buffer.extend([255u8, 0, 0, 0]));
    let uri = data_uri("application/octet-stream", &buffer);
    description(
        &format!(r#""uri":"{uri}","#),
        &data_uri("image/png", &red_png()),
        "",
    )
    .replace(
        r#"{"mesh":0}"#,
        r#"{"mesh":0,"skin":0,"translation":[0,50,0]},{"translation":[10,0,0]}"#,
    )
    .replace(
        r#""scenes":[{"nodes":[0]}]"#,
        r#""skins":[{"joints":[1]}],"scenes":[{"nodes":[0,1]}]"#,
    )
    .replace(
        r#""TEXCOORD_0":1"#,
        r#""TEXCOORD_0":1,"JOINTS_0":4,"WEIGHTS_0":5"#,
    )
    .replace(
        r#","max":[2.5]}"#,
        r#","max":[2.5]},{"bufferView":3,"componentType":5121,"count":24,"type":"VEC4"},
            {"bufferView":4,"componentType":5121,"normalized":true,"count":24,"type":"VEC4"}"#,
    )
    .replace(
        r#""byteLength":72}"#,
        &format!(
            r#""byteLength":72}},{{"buffer":0,"byteOffset":{joints},"byteLength":96}},
                {{"buffer":0,"byteOffset":{},"byteLength":96}}"#,
            joints + 96
        ),
    )
    .replace(
        &format!(r#""byteLength":{joints}}}]}}"#),
        &format!(r#""byteLength":{}}}]}}"#, joints + 192),
    )
}

pub const OBJ: &str = "# Blender 4.2\nmtllib cube.mtl\no Cube\n\
v -1 -1 -1\nv 1 -1 -1\nv 1 1 -1\nv -1 1 -1\nv -1 -1 1\nv 1 -1 1\nv 1 1 1\nv -1 1 1\n\
vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl paint\n\
f 5/1 6/2 7/3 8/4\nf 2/1 1/2 4/3 3/4\nf 6/1 2/2 3/3 7/4\nf 1/1 5/2 8/3 4/4\nf 8/1 7/2 3/3 4/4\nf 1/1 2/2 6/3 5/4\n";

pub const MTL: &[u8] = b"newmtl paint\nKd 1 1 1\nmap_Kd red.png\n";

fn triangles() -> impl Iterator<Item = [[f32; 3]; 3]> {
    FACES
        .into_iter()
        .flat_map(|[a, b, c, d]| [[a, b, c], [a, c, d]])
}

pub fn stl_text() -> Vec<u8> {
    let mut text = String::from("solid cube\n");
    for triangle in triangles() {
        text.push_str("facet normal 0 0 0\nouter loop\n");
        for [x, y, z] in triangle {
            text.push_str(&format!("vertex {x} {y} {z}\n"));
        }
        text.push_str("endloop\nendfacet\n");
    }
    text.push_str("endsolid cube\n");
    text.into_bytes()
}

pub fn stl_binary() -> Vec<u8> {
    let mut bytes = vec![0; 80];
    bytes.extend(12u32.to_le_bytes());
    for triangle in triangles() {
        bytes.extend([0; 12]);
        triangle
            .iter()
            .flatten()
            .for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes.extend([0; 2]);
    }
    bytes
}

pub const FBX: &str = "; FBX 7.4.0 project file
FBXHeaderExtension:  {
	FBXHeaderVersion: 1003
	FBXVersion: 7400
	Creator: \"by hand\"
}
GlobalSettings:  {
	Version: 1000
	Properties70:  {
		P: \"UpAxis\", \"int\", \"Integer\", \"\",1
		P: \"UpAxisSign\", \"int\", \"Integer\", \"\",1
		P: \"FrontAxis\", \"int\", \"Integer\", \"\",2
		P: \"FrontAxisSign\", \"int\", \"Integer\", \"\",1
		P: \"CoordAxis\", \"int\", \"Integer\", \"\",0
		P: \"CoordAxisSign\", \"int\", \"Integer\", \"\",1
	}
}
Objects:  {
	Geometry: 100, \"Geometry::Cube\", \"Mesh\" {
		Vertices: *24 {
			a: -1,-1,-1,1,-1,-1,1,1,-1,-1,1,-1,-1,-1,1,1,-1,1,1,1,1,-1,1,1
		}
		PolygonVertexIndex: *24 {
			a: 4,5,6,-8,1,0,3,-3,5,1,2,-7,0,4,7,-4,7,6,2,-4,0,1,5,-5
		}
		LayerElementMaterial: 0 {
			MappingInformationType: \"AllSame\"
			ReferenceInformationType: \"IndexToDirect\"
			Materials: *1 {
				a: 0
			}
		}
		Layer: 0 {
			LayerElement:  {
				Type: \"LayerElementMaterial\"
				TypedIndex: 0
			}
		}
	}
	Model: 200, \"Model::Cube\", \"Mesh\" {
		Version: 232
	}
	Material: 300, \"Material::Paint\", \"\" {
		Version: 102
		ShadingModel: \"phong\"
		Properties70:  {
			P: \"DiffuseColor\", \"Color\", \"\", \"A\",0.85,0.05,0.05
		}
	}
}
Connections:  {
	C: \"OO\",200,0
	C: \"OO\",100,200
	C: \"OO\",300,200
}
";

pub const DAE: &str = r##"<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset><contributor><authoring_tool>by hand</authoring_tool></contributor><up_axis>Z_UP</up_axis></asset>
<library_effects><effect id="paint-fx"><profile_COMMON><technique sid="common"><phong>
<diffuse><color>0.85 0.05 0.05 1</color></diffuse></phong></technique></profile_COMMON></effect></library_effects>
<library_materials><material id="paint" name="Paint"><instance_effect url="#paint-fx"/></material></library_materials>
<library_geometries><geometry id="cube"><mesh>
<source id="places"><float_array id="places-array" count="24">
-1 -1 -1 1 -1 -1 1 1 -1 -1 1 -1 -1 -1 1 1 -1 1 1 1 1 -1 1 1</float_array>
<technique_common><accessor source="#places-array" count="8" stride="3"/></technique_common></source>
<vertices id="corners"><input semantic="POSITION" source="#places"/></vertices>
<polylist material="symbol" count="6"><input semantic="VERTEX" source="#corners" offset="0"/>
<vcount>4 4 4 4 4 4</vcount><p>4 5 6 7 1 0 3 2 5 1 2 6 0 4 7 3 7 6 2 3 0 1 5 4</p></polylist>
</mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="scene"><node><translate>0 0 5</translate>
<node><scale>2 2 2</scale><instance_geometry url="#cube"><bind_material><technique_common>
<instance_material symbol="symbol" target="#paint"/></technique_common></bind_material></instance_geometry></node>
</node></visual_scene></library_visual_scenes>
<scene><instance_visual_scene url="#scene"/></scene></COLLADA>
"##;

fn blend_block(code: &[u8; 4], structure: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = code.to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend([7; 8]);
    bytes.extend(structure.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(data);
    bytes
}

/// A catalogue of three structures: an ID with a pointer and a name, a mesh with three counts, a bone.
fn blend_catalogue() -> Vec<u8> {
    fn align(bytes: &mut Vec<u8>) {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    let words = |bytes: &mut Vec<u8>, words: &[&str]| {
        bytes.extend((words.len() as u32).to_le_bytes());
        for word in words {
            bytes.extend(word.as_bytes());
            bytes.push(0);
        }
        align(bytes);
    };
    let mut bytes = b"SDNANAME".to_vec();
    words(
        &mut bytes,
        &["*next", "name[66]", "id", "totvert", "totpoly", "totloop"],
    );
    bytes.extend(b"TYPE");
    words(&mut bytes, &["char", "int", "void", "ID", "Mesh", "Bone"]);
    bytes.extend(b"TLEN");
    [1u16, 4, 0, 74, 86, 8]
        .iter()
        .for_each(|size| bytes.extend(size.to_le_bytes()));
    align(&mut bytes);
    bytes.extend(b"STRC");
    bytes.extend(3u32.to_le_bytes());
    let structures: [&[u16]; 3] = [
        &[3, 2, 2, 0, 0, 1],
        &[4, 4, 3, 2, 1, 3, 1, 4, 1, 5],
        &[5, 1, 2, 0],
    ];
    structures
        .iter()
        .flat_map(|words| words.iter())
        .for_each(|word| bytes.extend(word.to_le_bytes()));
    bytes
}

fn blend_id(name: &str) -> Vec<u8> {
    let mut data = vec![0; 8];
    data.extend(name.as_bytes());
    data.resize(74, 0);
    data
}

pub fn blend_without_picture() -> Vec<u8> {
    blend_with(&[])
}

pub fn blend() -> Vec<u8> {
    let mut picture = [4u32.to_le_bytes(), 2u32.to_le_bytes()].concat();
    picture.extend([[255, 0, 0, 255]; 4].concat());
    picture.extend([[0, 0, 255, 255]; 4].concat());
    blend_with(&blend_block(b"TEST", 0, &picture))
}

fn blend_with(start: &[u8]) -> Vec<u8> {
    let mut mesh = blend_id("MECube");
    [8u32, 6, 24]
        .iter()
        .for_each(|count| mesh.extend(count.to_le_bytes()));
    let mut bytes = b"BLENDER-v402".to_vec();
    bytes.extend(start);
    bytes.extend(blend_block(b"OB\0\0", 0, &blend_id("OBCube")));
    bytes.extend(blend_block(b"ME\0\0", 1, &mesh));
    bytes.extend(blend_block(b"MA\0\0", 0, &blend_id("MAPaint")));
    bytes.extend(blend_block(b"DNA1", 0, &blend_catalogue()));
    bytes.extend(blend_block(b"ENDB", 0, &[]));
    bytes
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub fn zstandard(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Every fixture with its siblings.
pub fn all_fixtures() -> Vec<(Format, Vec<u8>, Memory)> {
    let none = Memory::default;
    vec![
        (Format::Gltf, gltf_cube().into_bytes(), none()),
        (Format::Gltf, gltf_skinned().into_bytes(), none()),
        (Format::Glb, glb_cube(), none()),
        (
            Format::Obj,
            OBJ.as_bytes().to_vec(),
            Memory::with([("cube.mtl", MTL.to_vec()), ("red.png", red_png())]),
        ),
        (Format::Stl, stl_text(), none()),
        (Format::Stl, stl_binary(), none()),
        (Format::Fbx, FBX.as_bytes().to_vec(), none()),
        (Format::Dae, DAE.as_bytes().to_vec(), none()),
        (Format::Blend, blend(), none()),
        (Format::Blend, gzipped(&blend()), none()),
        (Format::Blend, zstandard(&blend()), none()),
    ]
}
