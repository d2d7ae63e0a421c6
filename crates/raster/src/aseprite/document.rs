//! What a document consists of: frames, layers, cels, tilesets. Cels stay compressed.

use crate::blend::Mode;
use gameforge_domain::AnimationTag;
use std::collections::BTreeMap;

/// What a stored pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Rgba,
    Grey,
    Indexed,
}

impl Depth {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Rgba => 4,
            Self::Grey => 2,
            Self::Indexed => 1,
        }
    }
}

pub(super) struct Document<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) depth: Depth,
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) layers: Vec<Layer>,
    pub(super) tags: Vec<AnimationTag>,
    pub(super) slices: Vec<String>,
    pub(super) tilesets: BTreeMap<u32, Tileset<'a>>,
    /// Whether the layers' opacities mean anything.
    pub(super) layer_opacity: bool,
    /// Whether the groups' opacities and blend modes do.
    pub(super) group_blend: bool,
    /// A palette index that is not drawn, on layers other than the background.
    pub(super) transparent: u8,
    /// Set by the first palette chunk of the new kind; old ones after it are for old programs.
    pub(super) new_palette: bool,
    pub(super) palette: Vec<[u8; 4]>,
}

pub(super) struct Frame<'a> {
    /// In milliseconds.
    pub(super) duration: u16,
    pub(super) cels: Vec<Cel<'a>>,
    /// In force from this frame on.
    pub(super) palette: Vec<[u8; 4]>,
}

#[derive(Debug)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) visible: bool,
    /// Drawn for the author's eyes only.
    pub(super) reference: bool,
    pub(super) background: bool,
    pub(super) group: bool,
    /// How many groups it lies in.
    pub(super) level: u16,
    pub(super) mode: Mode,
    pub(super) opacity: u8,
    pub(super) tileset: Option<u32>,
}

pub(super) struct Cel<'a> {
    pub(super) layer: u16,
    pub(super) x: i16,
    pub(super) y: i16,
    pub(super) opacity: u8,
    pub(super) z: i16,
    pub(super) content: Content<'a>,
}

pub(super) enum Content<'a> {
    Raw {
        width: u16,
        height: u16,
        pixels: &'a [u8],
    },
    Packed {
        width: u16,
        height: u16,
        zlib: &'a [u8],
    },
    /// The cel of the same layer in another frame.
    Linked(u16),
    Tiles {
        width: u16,
        height: u16,
        masks: TileMasks,
        zlib: &'a [u8],
    },
}

/// Which bits of a tile's 32 mean what.
#[derive(Debug, Clone, Copy)]
pub(super) struct TileMasks {
    pub(super) id: u32,
    pub(super) flip_x: u32,
    pub(super) flip_y: u32,
    pub(super) diagonal: u32,
}

pub(super) struct Tileset<'a> {
    pub(super) count: u32,
    pub(super) width: u16,
    pub(super) height: u16,
    /// Tile 0 is the empty one (files of Aseprite 1.3); before it was 0xffffffff.
    pub(super) zero_is_empty: bool,
    /// None where the tiles are in another file.
    pub(super) zlib: Option<&'a [u8]>,
}
