//! What viewers ask for beyond a preview: the file itself, waveform, frames, specimen, text, a model's other files.

mod sheet;

use crate::{
    Error, Library, Result,
    files::{examine, workshop::Rank},
    preview, store,
};
use gameforge_domain::{AssetId, Colour, Format, Limits, ReadError};
use gameforge_media::{Sample, av, fonts, raster, sniff};
use gameforge_wire::AnimationSheet;
use std::{io::Read, path::PathBuf};

/// The file of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentFile {
    /// Where it lies: the copy in the library, or the file in place.
    pub path: PathBuf,
    /// What it is.
    pub format: Format,
    /// Bytes.
    pub size: u64,
}

impl Library {
    /// Where an asset's bytes are.
    ///
    /// # Errors
    /// `NotFound` for an asset that is not there, or whose file is not.
    pub async fn content(&self, id: AssetId) -> Result<ContentFile> {
        let content = self.content_of(id).await?;
        let path = self
            .source(&content, Vec::new())
            .path
            .filter(|path| path.is_file());
        let path = path.ok_or_else(|| Error::not_found("The asset's file"))?;
        Ok(ContentFile {
            path,
            format: content.format,
            size: content.size,
        })
    }

    /// A file beside a model, as the model names it, with its media type. Only what lies in or below the model's own
    /// folder, or was copied with it.
    ///
    /// # Errors
    /// `Unreadable` with `outside` or `vanished`.
    pub async fn sibling(&self, id: AssetId, relative: &str) -> Result<(Vec<u8>, &'static str)> {
        let content = self.content_of(id).await?;
        let parts = store::content::parts(&mut *self.reader().await?, content.row).await?;
        let source = self.source(&content, parts);
        let relative = relative.to_owned();
        let read = self.0.files.workshop.submit(Rank::Urgent, move || {
            let bytes = preview::sibling(&source, &relative, source.limits.file_bytes).map_err(
                |error| Error::Unreadable {
                    path: PathBuf::from(&relative),
                    source: error,
                },
            )?;
            let mime = sniff(&Sample::of(&bytes, &relative)).mime();
            Ok((bytes, mime))
        });
        read.await.map_err(|_| Error::Closed)?
    }

    /// The outline of a sound: lowest and highest sample of each of at most 4,096 stretches, ±127.
    ///
    /// # Errors
    /// `Invalid` for anything but a sound, `Unreadable`.
    pub async fn peaks(&self, id: AssetId) -> Result<Vec<(i8, i8)>> {
        self.through(
            id,
            gameforge_domain::Kind::Audio,
            |format, bytes, limits| {
                av::read(format, bytes, limits).map(|sound| sound.peaks.buckets)
            },
        )
        .await
    }

    /// All frames of an animation in one PNG, with how to cut it. A still has one frame.
    ///
    /// # Errors
    /// `Invalid` for anything but a picture, `Unreadable`.
    pub async fn animation(&self, id: AssetId) -> Result<(AnimationSheet, Vec<u8>)> {
        self.through(
            id,
            gameforge_domain::Kind::Image,
            |format, bytes, limits| {
                let animation = raster::animation(format, bytes, limits)?;
                let tags = raster::probe(format, bytes, limits)?.tags;
                let (sheet, pixels) = sheet::lay_out(animation, tags, limits)?;
                Ok((sheet, raster::encode_png(&pixels)?))
            },
        )
        .await
    }

    /// Own text set in a typeface: a PNG `width` pixels wide, in `ink` on a transparent ground.
    ///
    /// # Errors
    /// `Invalid` for anything but a font, `Unreadable`.
    pub async fn specimen(
        &self,
        id: AssetId,
        text: &str,
        size: f32,
        width: u32,
        ink: Colour,
    ) -> Result<Vec<u8>> {
        let text = text.to_owned();
        self.through(
            id,
            gameforge_domain::Kind::Font,
            move |format, bytes, limits| {
                let pixels = fonts::specimen(format, bytes, &text, size, width, ink, limits)?;
                raster::encode_png(&pixels)
            },
        )
        .await
    }

    /// A picture in full size as PNG, for formats that a web view does not show.
    ///
    /// # Errors
    /// `Invalid` for anything but a picture, `Unreadable`.
    pub async fn pixels_png(&self, id: AssetId) -> Result<Vec<u8>> {
        self.through(
            id,
            gameforge_domain::Kind::Image,
            |format, bytes, limits| raster::encode_png(&raster::decode(format, bytes, limits)?),
        )
        .await
    }

    /// The beginning of a text, in whichever encoding it is.
    ///
    /// # Errors
    /// `NotFound`, `Unreadable`.
    pub async fn text(&self, id: AssetId, limit_bytes: u64) -> Result<String> {
        let file = self.content(id).await?;
        let read = self.0.files.workshop.submit(Rank::Urgent, move || {
            let mut bytes = Vec::new();
            let opened = examine::open(&file.path)
                .and_then(|open| open.take(limit_bytes.min(64 << 20)).read_to_end(&mut bytes));
            opened.map_err(|error| Error::Unreadable {
                path: file.path.clone(),
                source: ReadError::Io(error),
            })?;
            Ok(gameforge_media::decoded(&bytes))
        });
        read.await.map_err(|_| Error::Closed)?
    }

    /// Runs a reader on an asset of one kind, on a worker's thread, before all other work.
    async fn through<T: Send + 'static>(
        &self,
        id: AssetId,
        kind: gameforge_domain::Kind,
        reader: impl Fn(Format, &[u8], &Limits) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T> {
        let content = self.content_of(id).await?;
        if content.format.kind() != kind {
            return Err(Error::invalid(format!(
                "the asset is of kind “{}”, not “{kind}”",
                content.format.kind()
            )));
        }
        let source = self.source(&content, Vec::new());
        let read = self.0.files.workshop.submit(Rank::Urgent, move || {
            preview::load(&content, &source, |bytes, limits| {
                reader(content.format, bytes, limits)
            })
        });
        read.await.map_err(|_| Error::Closed)?
    }
}
