//! What a file says about itself, by kind.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The facts that a reader found. Stored as JSON with the content, shown in the inspector, searched by filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[allow(missing_docs, reason = "each variant's type says it")]
pub enum Metadata {
    Image(ImageMetadata),
    Model(ModelMetadata),
    Audio(AudioMetadata),
    Font(FontMetadata),
    Video(VideoMetadata),
    Scene(SceneMetadata),
    Text(TextMetadata),
    /// A file without facts beyond its size.
    Other {},
}

/// Of a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ImageMetadata {
    /// Columns of the canvas, in pixels.
    pub width: u32,
    /// Rows of the canvas, in pixels.
    pub height: u32,
    /// Whether any pixel of the first frame is not opaque (not merely whether there is a channel).
    pub alpha: bool,
    /// Bits a channel: 1, 2, 4, 8, 16 or 32.
    pub bits: u8,
    /// `rgb`, `grey`, `indexed`, `cmyk`, `hdr`, `vector`, or a block compression's name such as `bc7`.
    pub colour_model: String,
    /// Pictures in the animation; 1 for a still.
    pub frames: u32,
    /// Length of one round of the animation, in seconds; 0 for a still.
    pub duration: f64,
    /// Number of layers; 0 where the format has none.
    pub layers: u32,
    /// The layers' names, bottom up, at most 256.
    pub layer_names: Vec<String>,
    /// Named ranges of frames (Aseprite tags).
    pub tags: Vec<AnimationTag>,
    /// Named slices (Aseprite), at most 256.
    pub slices: Vec<String>,
    /// Number of mip levels; 0 where the format has none.
    pub mipmaps: u32,
    /// Distinct colours of the first frame where there are at most 256, else 0.
    pub palette_size: u32,
}

/// A named range of frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AnimationTag {
    /// Its name.
    pub name: String,
    /// First frame, from 0.
    pub from: u32,
    /// Last frame, included.
    pub to: u32,
    /// `forward`, `reverse` or `pingpong`.
    pub direction: String,
}

/// Of a mesh or a scene of meshes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ModelMetadata {
    /// Vertices, instances counted once.
    pub vertices: u32,
    /// Triangles after triangulation, instances counted once.
    pub triangles: u32,
    /// Separate meshes.
    pub meshes: u32,
    /// Material names (unnamed ones as `material 3`), at most 256.
    pub materials: Vec<String>,
    /// Number of materials.
    pub material_count: u32,
    /// Textures referred to.
    pub textures: u32,
    /// Joints over all skins.
    pub bones: u32,
    /// Names of the animations, at most 256.
    pub animations: Vec<String>,
    /// Length of the longest animation, in seconds.
    pub duration: f64,
    /// Extent of the scene in the file's own units; none where there is no vertex.
    pub bounds: Option<Bounds>,
    /// Files that it refers to and that were not found beside it.
    pub missing: Vec<String>,
    /// The program that wrote it, as the file says, with the format's version.
    pub generator: String,
}

/// An axis-aligned box.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
pub struct Bounds {
    /// Least x, y, z.
    pub min: [f32; 3],
    /// Greatest x, y, z.
    pub max: [f32; 3],
}

/// Of a sound.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct AudioMetadata {
    /// Length in seconds.
    pub duration: f64,
    /// Sample frames a second.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
    /// Bits a sample; 0 for lossy codecs.
    pub bits: u32,
    /// `pcm`, `adpcm`, `vorbis`, `opus`, `mp3`, `flac`.
    pub codec: String,
    /// Integrated loudness by EBU R 128, in LUFS; none for silence or under 0.4 s.
    pub loudness: Option<f64>,
    /// Highest absolute sample, in dBFS; none for silence.
    pub peak: Option<f64>,
    /// Title, artist, album and so on, as the file says.
    pub labels: Vec<(String, String)>,
    /// Whether the file marks a loop.
    pub loops: bool,
}

/// Of a typeface.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct FontMetadata {
    /// Family name.
    pub family: String,
    /// Style name, for example `Bold Italic`.
    pub style: String,
    /// 100 to 1000.
    pub weight: u32,
    /// Whether it slants.
    pub italic: bool,
    /// Whether all letters are of one width.
    pub monospace: bool,
    /// Number of glyphs.
    pub glyphs: u32,
    /// Scripts with a useful part of their letters, by English name, for example `Latin`, `Cyrillic`.
    pub scripts: Vec<String>,
    /// Axes of a variable font by tag, with least, default and greatest value.
    pub axes: Vec<(String, f32, f32, f32)>,
    /// The licence text or URL in the font, cut to 500 characters.
    pub licence: String,
    /// Faces in the file (collections have several).
    pub faces: u32,
}

/// Of a film.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct VideoMetadata {
    /// Columns, in pixels.
    pub width: u32,
    /// Rows, in pixels.
    pub height: u32,
    /// Length in seconds.
    pub duration: f64,
    /// Pictures a second; 0 where the file does not say.
    pub frame_rate: f64,
    /// The picture's codec.
    pub codec: String,
    /// The sound's codec; empty without sound.
    pub audio_codec: String,
}

/// Of an engine's own file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct SceneMetadata {
    /// `godot` or `unity`.
    pub engine: String,
    /// The engine's or the format's version as written.
    pub version: String,
    /// The root's or the resource's type, for example `Node2D`; for a project its name.
    pub class: String,
    /// Nodes in the scene.
    pub nodes: u32,
    /// Paths or ids of what it uses, at most 1,000.
    pub uses: Vec<String>,
    /// Its own id for references (Godot uid, Unity guid).
    pub uid: String,
}

/// Of words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct TextMetadata {
    /// Lines.
    pub lines: u32,
    /// Words between white space.
    pub words: u32,
    /// `utf-8`, `utf-16le`, `utf-16be` or `latin-1`.
    pub encoding: String,
    /// The first lines, at most 2,000 characters, for search and preview.
    pub excerpt: String,
}
