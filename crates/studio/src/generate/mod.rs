//! Large libraries that look like a creator's, made for measuring. Only with the feature `generate`.
//!
//! What is written is what an import would have written, through the same store; only the files are missing.

mod words;

use crate::{Library, Result, store};
use gameforge_domain::{
    AssetId, AudioMetadata, Colour, Format, ImageMetadata, Kind, Metadata, ModelMetadata, Swatch,
};
use std::collections::HashMap;
use store::{asset, content, location, tag};
use uuid::Uuid;

/// Assets in one transaction.
const BATCH: u32 = 5_000;

impl Library {
    /// Adds `count` made-up assets: names, folders, tags, kinds and facts spread as in a real collection.
    /// The same `seed` gives the same library. Calls `progress` with how many are written.
    ///
    /// # Errors
    /// What a write can meet: read-only, a full disk, a damaged database.
    pub async fn generate(&self, count: u32, seed: u64, progress: impl Fn(u32)) -> Result<()> {
        let mut draw = Draw(seed);
        let mut write = self.write_bulk().await?;
        for name in words::TAGS {
            let key = name.to_lowercase();
            if tag::by_key(&mut write, &key).await?.is_none() {
                tag::insert(
                    &mut write,
                    &tag::TagRow {
                        key,
                        path: (*name).to_owned(),
                        colour: 0,
                    },
                )
                .await?;
            }
        }
        write.commit().await?;
        let mut written = 0;
        while written < count {
            let size = BATCH.min(count - written);
            let batch: Vec<Made> = (0..size)
                .map(|index| Made::draw(&mut draw, written + index, self.now_ms()))
                .collect();
            self.write_batch(&batch).await?;
            written += size;
            progress(written);
        }
        self.assets_changed();
        self.caught_up().await
    }

    async fn write_batch(&self, batch: &[Made]) -> Result<()> {
        let mut write = self.write_bulk().await?;
        let contents: Vec<content::NewContent> = batch.iter().map(Made::content).collect();
        let known = content::insert(&mut write, &contents).await?;
        let rows: HashMap<String, i64> = known
            .into_iter()
            .map(|known| (known.hash.to_lowercase(), known.row))
            .collect();
        let row = |made: &Made| {
            rows.get(&store::hex(&made.hash))
                .copied()
                .unwrap_or_default()
        };
        let read: Vec<content::ReadRow> = batch.iter().map(|made| made.read(row(made))).collect();
        content::set_read(&mut write, &read).await?;
        let assets: Vec<asset::NewAsset> = batch.iter().map(|made| made.asset(row(made))).collect();
        let rows = asset::insert(&mut write, &assets).await?;
        let places: Vec<location::NewPlace> = batch
            .iter()
            .zip(&rows)
            .map(|(made, row)| made.place(*row))
            .collect();
        location::put(&mut write, &places).await?;
        for (number, name) in words::TAGS.iter().enumerate() {
            let tagged: Vec<i64> = batch
                .iter()
                .zip(&rows)
                .filter(|(made, _)| made.tags.contains(&number))
                .map(|(_, row)| *row)
                .collect();
            if !tagged.is_empty() {
                tag::put(&mut write, &name.to_lowercase(), &tagged).await?;
            }
        }
        store::change::append(&mut write, &rows).await?;
        write.commit().await
    }
}

/// SplitMix64 (Steele, Lea, Flood, “Fast splittable pseudorandom number generators”, 2014).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Small numbers far more often than large ones, as names and tags are used.
    fn skewed(&mut self, bound: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((unit * unit * unit) * bound as f64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.skewed(from.len())]
    }
}

/// One made-up asset.
struct Made {
    hash: [u8; 32],
    id: AssetId,
    name: String,
    folder: String,
    format: Format,
    size: i64,
    metadata: Metadata,
    palette: Vec<Swatch>,
    phash: Option<i64>,
    tags: Vec<usize>,
    added_ms: i64,
}

impl Made {
    fn draw(draw: &mut Draw, number: u32, now_ms: i64) -> Self {
        let format = match draw.below(100) {
            0..42 => Format::Png,
            42..50 => Format::Jpeg,
            50..54 => Format::Webp,
            54..57 => Format::Aseprite,
            57..58 => Format::Psd,
            58..66 => Format::Glb,
            66..70 => Format::Fbx,
            70..80 => Format::Wav,
            80..86 => Format::Ogg,
            86..88 => Format::Ttf,
            88..91 => Format::GodotScene,
            91..94 => Format::GodotImport,
            94..97 => Format::Plain,
            97..99 => Format::Json,
            _ => Format::Other,
        };
        let subject = draw.pick(words::SUBJECTS);
        let name = format!(
            "{}_{}_{:03}.{}",
            subject,
            draw.pick(words::STATES),
            draw.below(400),
            format.extensions().first().copied().unwrap_or("bin")
        );
        let folder = format!(
            "/games/{}/{}/{}/{}",
            draw.pick(words::PROJECTS),
            format.kind().name(),
            draw.pick(words::PLACES),
            subject
        );
        let mut tags: Vec<usize> = (0..draw.below(4))
            .map(|_| draw.skewed(words::TAGS.len()))
            .collect();
        tags.dedup();
        let mut hash = [0; 32];
        for chunk in hash.chunks_exact_mut(8) {
            chunk.copy_from_slice(&draw.next().to_le_bytes());
        }
        let added_ms = now_ms - draw.below(2 * 365 * 86_400_000) as i64;
        let random = (u128::from(draw.next()) << 64) | u128::from(draw.next() ^ u64::from(number));
        Self {
            hash,
            id: AssetId::from_uuid(Uuid::from_u128(
                (random & !(0xf << 76) & !(0x3 << 62)) | (0x7 << 76) | (0x2 << 62),
            )),
            name,
            folder,
            size: 400 + draw.skewed(40_000_000) as i64,
            metadata: facts(draw, format),
            palette: palette(draw, format),
            phash: (format.kind() == Kind::Image).then(|| draw.next() as i64),
            format,
            tags,
            added_ms,
        }
    }

    fn content(&self) -> content::NewContent {
        content::NewContent {
            hash: store::hex(&self.hash),
            size: self.size,
            format: self.format as u8,
            stored: 1,
            preview: content::preview::NONE,
        }
    }

    fn read(&self, row: i64) -> content::ReadRow {
        content::ReadRow {
            row,
            metadata: serde_json::to_string(&self.metadata).unwrap_or_default(),
            palette: serde_json::to_string(&self.palette).unwrap_or_default(),
            phash: self.phash,
            preview: content::preview::NONE,
            error_code: None,
            error: None,
            // Never old: there is no file that a newer reader could read again.
            reader: u32::MAX,
        }
    }

    fn asset(&self, content: i64) -> asset::NewAsset {
        asset::NewAsset {
            id: self.id,
            content,
            name: self.name.clone(),
            added_ms: self.added_ms,
            modified_ms: self.added_ms - 3_600_000,
        }
    }

    fn place(&self, asset: i64) -> location::NewPlace {
        location::NewPlace {
            asset,
            // The id keeps two assets of one name apart; the folder that is shown is the plain one.
            path: store::hex(format!("{}/{}/{}", self.folder, self.id, self.name).as_bytes()),
            folder: self.folder.clone(),
            in_place: 0,
            size: self.size,
            mtime_ns: 0,
            file_id: None,
        }
    }
}

/// One to five main colours of what has a picture, each covering half of what is left: common colours of game art,
/// each a little off.
fn palette(draw: &mut Draw, format: Format) -> Vec<Swatch> {
    if !matches!(format.kind(), Kind::Image | Kind::Model) {
        return Vec::new();
    }
    let mut share = 1.0;
    (0..1 + draw.below(5))
        .map(|_| {
            share /= 2.0;
            let [r, g, b] = words::COLOURS[draw.skewed(words::COLOURS.len())]
                .map(|channel: u8| channel.saturating_add_signed(draw.below(49) as i8 - 24));
            Swatch {
                colour: Colour { r, g, b },
                share,
            }
        })
        .collect()
}

fn facts(draw: &mut Draw, format: Format) -> Metadata {
    match format.kind() {
        Kind::Image => Metadata::Image(ImageMetadata {
            width: 16 << draw.below(8),
            height: 16 << draw.below(8),
            alpha: draw.below(3) > 0,
            bits: 8,
            colour_model: "rgb".to_owned(),
            frames: if format == Format::Aseprite {
                1 + draw.below(24) as u32
            } else {
                1
            },
            ..ImageMetadata::default()
        }),
        Kind::Model => Metadata::Model(ModelMetadata {
            vertices: draw.skewed(200_000) as u32,
            triangles: draw.skewed(300_000) as u32,
            meshes: 1,
            material_count: 1 + draw.below(4) as u32,
            ..ModelMetadata::default()
        }),
        Kind::Audio => Metadata::Audio(AudioMetadata {
            duration: draw.skewed(240_000) as f64 / 1000.0,
            rate: 44_100,
            channels: 1 + draw.below(2) as u32,
            loudness: Some(-30.0 + draw.below(2400) as f64 / 100.0),
            ..AudioMetadata::default()
        }),
        _ => Metadata::Other {},
    }
}
