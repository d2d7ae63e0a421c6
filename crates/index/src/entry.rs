//! What goes in (an [`Entry`] an asset) and what comes out to be drawn (a [`Card`] a cell).

use gameforge_domain::{AssetId, CollectionId, Format, Kind, Swatch};

/// How far an asset's preview has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PreviewState {
    /// It will be made.
    #[default]
    Pending,
    /// It can be shown.
    Ready,
    /// There is none to be had for this content.
    None,
}

/// Everything that the index knows of one asset. Numbers that do not apply are 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: AssetId,
    /// The number of its database row: the key for updates and removals. Dense numbers keep the index small.
    pub row: u32,
    /// File name or title, as shown.
    pub name: String,
    /// Path of the folder of its first location, `/` between components.
    pub folder: String,
    /// Folders of its further locations.
    pub other_folders: Vec<String>,
    /// What it is.
    pub kind: Kind,
    /// What its file is.
    pub format: Format,
    /// Bytes.
    pub size: u64,
    /// When it came into the library, in ms since 1970; kept to the second.
    pub added_ms: i64,
    /// When its file was last changed, in ms since 1970; kept to the second.
    pub modified_ms: i64,
    /// Stars, 0 to 5.
    pub rating: u8,
    /// Colour label: 0 none, else the number of a [`Label`](gameforge_domain::query::Label).
    pub label: u8,
    /// Licence name, for example `CC0-1.0`.
    pub licence: Option<String>,
    /// Tag paths.
    pub tags: Vec<String>,
    /// Collections that it is in.
    pub collections: Vec<CollectionId>,
    /// Other text to search: notes, source, names of layers, materials and animations, an excerpt. Texts that
    /// must not run into each other in phrases are divided by line breaks. The first 4,096 bytes count.
    pub words: String,
    /// Columns, in pixels.
    pub width: u32,
    /// Rows, in pixels.
    pub height: u32,
    /// Pictures; 1 for a still.
    pub frames: u32,
    /// Layers.
    pub layers: u32,
    /// Triangles.
    pub triangles: u32,
    /// Vertices.
    pub vertices: u32,
    /// Materials.
    pub materials: u32,
    /// Bones.
    pub bones: u32,
    /// Animations.
    pub animations: u32,
    /// Glyphs.
    pub glyphs: u32,
    /// Channels of sound.
    pub channels: u32,
    /// Sample frames a second.
    pub rate: u32,
    /// Length in ms.
    pub duration_ms: u32,
    /// Integrated loudness in LUFS; kept to the hundredth.
    pub loudness: Option<f32>,
    /// Whether any pixel is transparent; `None` where that cannot be.
    pub alpha: Option<bool>,
    /// Main colours, largest share first; five are kept.
    pub palette: Vec<Swatch>,
    /// Perceptual hash.
    pub phash: Option<u64>,
    /// BLAKE3 of the content; the first eight bytes are kept.
    pub content: [u8; 32],
    /// Whether no file was found at any of its places.
    pub missing: bool,
    /// Whether its content could not be read.
    pub failed: bool,
    /// How far its preview is.
    pub preview: PreviewState,
    /// How many places it is in.
    pub locations: u32,
}

impl Entry {
    /// An entry with nothing but its identity; fill in what is known.
    #[must_use]
    pub fn new(id: AssetId, row: u32, name: impl Into<String>, format: Format) -> Self {
        Self {
            id,
            row,
            name: name.into(),
            folder: String::new(),
            other_folders: Vec::new(),
            kind: format.kind(),
            format,
            size: 0,
            added_ms: 0,
            modified_ms: 0,
            rating: 0,
            label: 0,
            licence: None,
            tags: Vec::new(),
            collections: Vec::new(),
            words: String::new(),
            width: 0,
            height: 0,
            frames: 0,
            layers: 0,
            triangles: 0,
            vertices: 0,
            materials: 0,
            bones: 0,
            animations: 0,
            glyphs: 0,
            channels: 0,
            rate: 0,
            duration_ms: 0,
            loudness: None,
            alpha: None,
            palette: Vec::new(),
            phash: None,
            content: [0; 32],
            missing: false,
            failed: false,
            preview: PreviewState::Pending,
            locations: 1,
        }
    }
}

/// Enough of an asset to draw its cell or its line without asking the database.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Card<'a> {
    /// Its id.
    pub id: AssetId,
    /// Its database row.
    pub row: u32,
    /// Name as shown.
    pub name: &'a str,
    /// Folder of its first location.
    pub folder: &'a str,
    /// Licence, if one is set.
    pub licence: Option<&'a str>,
    /// What it is.
    pub kind: Kind,
    /// What its file is.
    pub format: Format,
    /// Bytes.
    pub size: u64,
    /// When it came in, in ms, to the second.
    pub added_ms: i64,
    /// When its file changed, in ms, to the second.
    pub modified_ms: i64,
    /// Columns, in pixels.
    pub width: u32,
    /// Rows, in pixels.
    pub height: u32,
    /// Pictures.
    pub frames: u32,
    /// Length in ms.
    pub duration_ms: u32,
    /// Triangles.
    pub triangles: u32,
    /// Glyphs.
    pub glyphs: u32,
    /// Integrated loudness in LUFS, to the hundredth.
    pub loudness: Option<f32>,
    /// Stars.
    pub rating: u8,
    /// Colour label.
    pub label: u8,
    /// The first eight bytes of the content's BLAKE3.
    pub content: [u8; 8],
    /// Whether any pixel is transparent.
    pub alpha: Option<bool>,
    /// More than one frame, or an animation.
    pub animated: bool,
    /// No file was found.
    pub missing: bool,
    /// Could not be read.
    pub failed: bool,
    /// In more than one place.
    pub duplicate: bool,
    /// How far its preview is.
    pub preview: PreviewState,
}

/// Turns the names in `collection:` filters into ids.
pub trait CollectionNames {
    /// The collections with this name, case aside; empty when there is none.
    fn by_name(&self, name: &str) -> Vec<CollectionId>;
}

/// Where there are no collections.
impl CollectionNames for () {
    fn by_name(&self, _: &str) -> Vec<CollectionId> {
        Vec::new()
    }
}
