//! The words of glTF 2.0 that matter for describing and drawing. Everything is optional here; what has to be there is
//! asked for where it is used, so that one odd corner does not make a whole model unreadable.

use serde::Deserialize;
use std::borrow::Cow;

/// Text that borrows from the file where it can: data URIs may be most of it.
#[derive(Debug, Deserialize)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Root<'a> {
    #[serde(borrow)]
    pub asset: Asset<'a>,
    pub extensions_required: Vec<String>,
    pub scene: Option<usize>,
    pub scenes: Vec<SceneList>,
    #[serde(borrow)]
    pub nodes: Vec<Node<'a>>,
    pub meshes: Vec<MeshGroup>,
    pub skins: Vec<Skin>,
    #[serde(borrow)]
    pub animations: Vec<Animation<'a>>,
    #[serde(borrow)]
    pub materials: Vec<Material<'a>>,
    pub textures: Vec<TextureSource>,
    #[serde(borrow)]
    pub images: Vec<Image<'a>>,
    pub samplers: Vec<Sampler>,
    pub accessors: Vec<Accessor>,
    pub buffer_views: Vec<BufferView>,
    #[serde(borrow)]
    pub buffers: Vec<Buffer<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asset<'a> {
    #[serde(borrow)]
    pub version: Option<Text<'a>>,
    #[serde(borrow)]
    pub generator: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SceneList {
    pub nodes: Vec<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Node<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    pub children: Vec<usize>,
    pub mesh: Option<usize>,
    pub skin: Option<usize>,
    pub matrix: Option<[f32; 16]>,
    pub translation: Option<[f32; 3]>,
    pub rotation: Option<[f32; 4]>,
    pub scale: Option<[f32; 3]>,
    pub weights: Vec<f32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MeshGroup {
    pub primitives: Vec<Primitive>,
    pub weights: Vec<f32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Primitive {
    pub attributes: Attributes,
    pub indices: Option<usize>,
    pub material: Option<usize>,
    pub mode: Option<u32>,
    pub targets: Vec<Attributes>,
    pub extensions: PrimitiveExtensions,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default, rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Attributes {
    pub position: Option<usize>,
    pub normal: Option<usize>,
    #[serde(rename = "TEXCOORD_0")]
    pub texcoord_0: Option<usize>,
    #[serde(rename = "TEXCOORD_1")]
    pub texcoord_1: Option<usize>,
    #[serde(rename = "COLOR_0")]
    pub color_0: Option<usize>,
    #[serde(rename = "JOINTS_0")]
    pub joints_0: Option<usize>,
    #[serde(rename = "WEIGHTS_0")]
    pub weights_0: Option<usize>,
}

/// Present or not; what is inside does not matter here.
#[derive(Debug, Deserialize)]
pub struct Mark {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PrimitiveExtensions {
    #[serde(rename = "KHR_draco_mesh_compression")]
    pub draco: Option<Mark>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Skin {
    pub joints: Vec<usize>,
    pub inverse_bind_matrices: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Animation<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    pub samplers: Vec<AnimationSampler>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AnimationSampler {
    pub input: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Material<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    pub pbr_metallic_roughness: Option<MetallicRoughness>,
    pub emissive_factor: Option<[f32; 3]>,
    pub emissive_texture: Option<TextureRef>,
    pub alpha_mode: AlphaMode,
    pub alpha_cutoff: Option<f32>,
    pub double_sided: bool,
    pub extensions: MaterialExtensions,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AlphaMode {
    #[default]
    Opaque,
    Mask,
    Blend,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetallicRoughness {
    pub base_color_factor: Option<[f32; 4]>,
    pub base_color_texture: Option<TextureRef>,
    pub metallic_factor: Option<f32>,
    pub roughness_factor: Option<f32>,
    pub metallic_roughness_texture: Option<TextureRef>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MaterialExtensions {
    #[serde(rename = "KHR_materials_unlit")]
    pub unlit: Option<Mark>,
    #[serde(rename = "KHR_materials_pbrSpecularGlossiness")]
    pub specular_glossiness: Option<SpecularGlossiness>,
    #[serde(rename = "KHR_materials_emissive_strength")]
    pub emissive_strength: Option<EmissiveStrength>,
    #[serde(rename = "KHR_materials_transmission")]
    pub transmission: Option<Transmission>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SpecularGlossiness {
    pub diffuse_factor: Option<[f32; 4]>,
    pub diffuse_texture: Option<TextureRef>,
    pub glossiness_factor: Option<f32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EmissiveStrength {
    pub emissive_strength: Option<f32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Transmission {
    pub transmission_factor: f32,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TextureRef {
    pub index: usize,
    pub tex_coord: u32,
    pub extensions: TextureRefExtensions,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct TextureRefExtensions {
    #[serde(rename = "KHR_texture_transform")]
    pub transform: Option<TextureTransform>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TextureTransform {
    pub offset: Option<[f32; 2]>,
    pub rotation: f32,
    pub scale: Option<[f32; 2]>,
    pub tex_coord: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TextureSource {
    pub source: Option<usize>,
    pub sampler: Option<usize>,
    pub extensions: TextureExtensions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TextureExtensions {
    #[serde(rename = "EXT_texture_webp")]
    pub webp: Option<ImageRef>,
    #[serde(rename = "KHR_texture_basisu")]
    pub basisu: Option<ImageRef>,
    #[serde(rename = "MSFT_texture_dds")]
    pub dds: Option<ImageRef>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ImageRef {
    pub source: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Image<'a> {
    #[serde(borrow)]
    pub uri: Option<Text<'a>>,
    pub buffer_view: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sampler {
    pub mag_filter: Option<u32>,
    pub wrap_s: Option<u32>,
    pub wrap_t: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Accessor {
    pub buffer_view: Option<usize>,
    pub byte_offset: u64,
    pub component_type: u32,
    pub normalized: bool,
    pub count: u64,
    #[serde(rename = "type")]
    pub shape: String,
    pub min: Vec<f64>,
    pub max: Vec<f64>,
    pub sparse: Option<Sparse>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sparse {
    pub count: u64,
    pub indices: SparseIndices,
    pub values: SparseValues,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SparseIndices {
    pub buffer_view: usize,
    pub byte_offset: u64,
    pub component_type: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SparseValues {
    pub buffer_view: usize,
    pub byte_offset: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BufferView {
    pub buffer: usize,
    pub byte_offset: u64,
    pub byte_length: u64,
    pub byte_stride: Option<u64>,
    pub extensions: BufferViewExtensions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BufferViewExtensions {
    #[serde(rename = "EXT_meshopt_compression")]
    pub meshopt: Option<Mark>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Buffer<'a> {
    #[serde(borrow)]
    pub uri: Option<Text<'a>>,
    pub byte_length: u64,
}
