//! Assets as the search index wants them, read in batches: one statement each for what there is one of,
//! and for locations, tags and collections.

use crate::{Error, Result, store};
use gameforge_domain::{AssetId, CollectionId, Format, Metadata, Swatch};
use gameforge_index::{Entry, PreviewState};
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// What the database gives of a batch; turning it into entries is work for another thread.
pub(crate) struct Batch {
    assets: Vec<AssetPart>,
    places: Vec<PlacePart>,
    tags: Vec<(i64, i64)>,
    collections: Vec<(i64, i64)>,
}

struct AssetPart {
    row: i64,
    id: Vec<u8>,
    name: String,
    rating: i64,
    label: i64,
    notes: String,
    licence: Option<String>,
    source: String,
    author: String,
    added_ms: i64,
    modified_ms: i64,
    hash: Vec<u8>,
    size: i64,
    format: i64,
    stored: i64,
    metadata: String,
    palette: String,
    phash: Option<i64>,
    preview: i64,
    failed: i64,
}

struct PlacePart {
    asset: i64,
    folder: String,
    in_place: i64,
    missing: i64,
}

/// Tags and collections by row: few, and needed for every batch.
#[derive(Default)]
pub(crate) struct Names {
    tags: HashMap<i64, String>,
    collections: HashMap<i64, CollectionId>,
}

/// Reads the names afresh.
pub(crate) async fn names(conn: &mut SqliteConnection) -> Result<Names> {
    let tags = sqlx::query!("SELECT row, path FROM tag")
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .map(|tag| (tag.row, tag.path))
        .collect();
    let collections = sqlx::query!("SELECT row, id FROM collection")
        .fetch_all(conn)
        .await?
        .into_iter()
        .filter_map(|found| Some((found.row, CollectionId::from_slice(&found.id)?)))
        .collect();
    Ok(Names { tags, collections })
}

/// Reads assets that are in the library; rows without one are passed over.
pub(crate) async fn read(conn: &mut SqliteConnection, rows: &[i64]) -> Result<Batch> {
    let rows = store::json(rows)?;
    let assets = sqlx::query_as!(
        AssetPart,
        r#"SELECT asset.row, asset.id, name, rating, label, notes, licence, source, author, added_ms, modified_ms,
               hash, size, format, stored, metadata, palette, phash, preview,
               error_code IS NOT NULL AS "failed!: i64"
           FROM json_each(?) AS wanted CROSS JOIN asset ON asset.row = wanted.value
           CROSS JOIN content ON content.row = asset.content
           WHERE removed_ms IS NULL"#,
        rows
    )
    .fetch_all(&mut *conn)
    .await?;
    let places = sqlx::query_as!(
        PlacePart,
        r#"SELECT asset AS "asset!: i64", folder AS "folder!", in_place AS "in_place!: i64", missing_ms IS NOT NULL AS "missing!: i64"
           FROM json_each(?) AS wanted CROSS JOIN location ON location.asset = wanted.value
           ORDER BY asset, location.row"#,
        rows
    )
    .fetch_all(&mut *conn)
    .await?;
    let tags = sqlx::query!(
        r#"SELECT asset AS "asset!: i64", tag AS "tag!: i64" FROM json_each(?) AS wanted CROSS JOIN asset_tag ON asset_tag.asset = wanted.value
         ORDER BY asset, tag"#,
        rows
    )
    .fetch_all(&mut *conn)
    .await?;
    let collections = sqlx::query!(
        r#"SELECT asset AS "asset!: i64", collection AS "collection!: i64" FROM json_each(?) AS wanted
         CROSS JOIN collection_asset ON collection_asset.asset = wanted.value ORDER BY asset, collection"#,
        rows
    )
    .fetch_all(conn)
    .await?;
    Ok(Batch {
        assets,
        places,
        tags: tags.into_iter().map(|it| (it.asset, it.tag)).collect(),
        collections: collections
            .into_iter()
            .map(|it| (it.asset, it.collection))
            .collect(),
    })
}

impl Batch {
    /// The rows that are in the library.
    pub(crate) fn rows(&self) -> impl Iterator<Item = i64> + '_ {
        self.assets.iter().map(|asset| asset.row)
    }

    /// Puts the parts together. Pure work, a microsecond or two an asset.
    pub(crate) fn entries(mut self, names: &Names) -> Result<Vec<Entry>> {
        self.assets.sort_unstable_by_key(|asset| asset.row);
        let mut places = self.places.into_iter().peekable();
        let mut tags = self.tags.into_iter().peekable();
        let mut collections = self.collections.into_iter().peekable();
        let mut entries = Vec::with_capacity(self.assets.len());
        for asset in self.assets {
            let row = asset.row;
            let mut entry = asset.entry()?;
            let stored = entry.locations > 0;
            let mut there = stored;
            let mut known = 0;
            while places.next_if(|place| place.asset < row).is_some() {}
            while let Some(place) = places.next_if(|place| place.asset == row) {
                there |= place.in_place == 1 && place.missing == 0;
                if known == 0 {
                    entry.folder = place.folder;
                } else {
                    entry.other_folders.push(place.folder);
                }
                known += 1;
            }
            entry.locations = known;
            entry.missing = !there;
            while tags.next_if(|(asset, _)| *asset < row).is_some() {}
            while let Some((_, tag)) = tags.next_if(|(asset, _)| *asset == row) {
                entry.tags.extend(names.tags.get(&tag).cloned());
            }
            while collections.next_if(|(asset, _)| *asset < row).is_some() {}
            while let Some((_, it)) = collections.next_if(|(asset, _)| *asset == row) {
                entry
                    .collections
                    .extend(names.collections.get(&it).copied());
            }
            entries.push(entry);
        }
        Ok(entries)
    }
}

impl AssetPart {
    /// Without what there may be several of. `locations` says for the moment whether a copy is stored.
    fn entry(self) -> Result<Entry> {
        let id = AssetId::from_slice(&self.id).ok_or_else(|| Error::stored("an asset's id"))?;
        let row = u32::try_from(self.row).map_err(|_| Error::stored("an asset's row"))?;
        let format = u8::try_from(self.format)
            .ok()
            .and_then(Format::from_number)
            .unwrap_or(Format::Other);
        let metadata: Metadata =
            serde_json::from_str(&self.metadata).map_err(Error::json("what a reader found"))?;
        let palette: Vec<Swatch> = if self.palette == "[]" {
            Vec::new()
        } else {
            serde_json::from_str(&self.palette).map_err(Error::json("main colours"))?
        };
        let mut entry = Entry::new(id, row, self.name, format);
        entry.size = self.size.unsigned_abs();
        entry.added_ms = self.added_ms;
        entry.modified_ms = self.modified_ms;
        entry.rating = self.rating as u8;
        entry.label = self.label as u8;
        entry.licence = self.licence;
        entry.palette = palette;
        entry.phash = self.phash.map(i64::cast_unsigned);
        entry.content = self
            .hash
            .try_into()
            .map_err(|_| Error::stored("a content's hash"))?;
        entry.failed = self.failed != 0;
        entry.preview = match self.preview {
            1 => PreviewState::Ready,
            2 | 3 => PreviewState::None,
            _ => PreviewState::Pending,
        };
        entry.locations = u32::from(self.stored == 1);
        for text in [self.notes, self.source, self.author] {
            add_words(&mut entry.words, &text);
        }
        describe(&mut entry, &metadata);
        Ok(entry)
    }
}

fn add_words(words: &mut String, text: &str) {
    if !text.is_empty() {
        if !words.is_empty() {
            words.push('\n');
        }
        words.push_str(text);
    }
}

fn milliseconds(seconds: f64) -> u32 {
    // A cast from a float saturates, and takes NaN to zero.
    (seconds * 1000.0).round() as u32
}

/// The facts that filters ask for, and the words in a file that one may search for.
fn describe(entry: &mut Entry, metadata: &Metadata) {
    match metadata {
        Metadata::Image(image) => {
            entry.width = image.width;
            entry.height = image.height;
            entry.frames = image.frames.max(1);
            entry.layers = image.layers;
            entry.duration_ms = milliseconds(image.duration);
            entry.alpha = Some(image.alpha);
            for name in image.layer_names.iter().chain(&image.slices) {
                add_words(&mut entry.words, name);
            }
            for tag in &image.tags {
                add_words(&mut entry.words, &tag.name);
            }
        }
        Metadata::Model(model) => {
            entry.vertices = model.vertices;
            entry.triangles = model.triangles;
            entry.materials = model.material_count;
            entry.bones = model.bones;
            entry.animations = u32::try_from(model.animations.len()).unwrap_or(u32::MAX);
            entry.duration_ms = milliseconds(model.duration);
            for name in model.materials.iter().chain(&model.animations) {
                add_words(&mut entry.words, name);
            }
        }
        Metadata::Audio(audio) => {
            entry.duration_ms = milliseconds(audio.duration);
            entry.rate = audio.rate;
            entry.channels = audio.channels;
            entry.loudness = audio.loudness.map(|value| value as f32);
            for (_, value) in &audio.labels {
                add_words(&mut entry.words, value);
            }
        }
        Metadata::Font(font) => {
            entry.glyphs = font.glyphs;
            for text in [&font.family, &font.style].into_iter().chain(&font.scripts) {
                add_words(&mut entry.words, text);
            }
        }
        Metadata::Video(video) => {
            entry.width = video.width;
            entry.height = video.height;
            entry.duration_ms = milliseconds(video.duration);
        }
        Metadata::Scene(scene) => {
            for text in [&scene.class, &scene.uid].into_iter().chain(&scene.uses) {
                add_words(&mut entry.words, text);
            }
        }
        Metadata::Text(text) => add_words(&mut entry.words, &text.excerpt),
        Metadata::Other {} => {}
    }
}
