//! What viewers ask for beyond a preview: the file itself, waveform, frames, specimen, text, a model's other files.

mod kept;
mod sheet;

pub(crate) use kept::Sheets;

use crate::{
    Error, Library, Result,
    files::{examine, workshop::Rank},
    preview,
    store::{self, content::ToRead},
};
use gameforge_domain::{AssetId, Colour, Format, Kind, Limits, ReadError};
use gameforge_media::{Appetite, Sample, appetite, fonts, raster, sniff, too_much_to_hold};
use gameforge_wire::AnimationSheet;
use std::{io::Read, path::PathBuf, sync::Arc};

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
        let (content, source) = self.source_of(id, Kind::Audio).await?;
        let read = self.0.files.workshop.submit(Rank::Urgent, move || {
            preview::load_streamed(&content, &source, |file, limits| {
                gameforge_media::peaks(content.format, file, content.size, limits)
            })
        });
        read.await.map_err(|_| Error::Closed)?
    }

    /// All frames of an animation in one PNG, with how to cut it. A still has one frame. The last few are kept, since a
    /// window asks for the sheet and for its PNG one after the other, and for both again when it comes back.
    ///
    /// # Errors
    /// `Invalid` for anything but a picture, `Unreadable`.
    pub async fn animation(&self, id: AssetId) -> Result<(AnimationSheet, Vec<u8>)> {
        let hash = self.content_of(id).await?.hash;
        let laid_out = self.0.files.sheets.of(hash);
        let made = laid_out.get_or_try_init(|| async {
            let made = self.through(id, Kind::Image, |format, bytes, limits| {
                let animation = raster::animation(format, bytes, limits)?;
                let tags = raster::probe(format, bytes, limits)?.tags;
                let (sheet, pixels) = sheet::lay_out(animation, tags, limits)?;
                Ok((sheet, raster::encode_png(&pixels)?))
            });
            made.await.map(Arc::new)
        });
        made.await.map(|made| made.as_ref().clone())
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
        self.through(id, Kind::Font, move |format, bytes, limits| {
            let pixels = fonts::specimen(format, bytes, &text, size, width, ink, limits)?;
            raster::encode_png(&pixels)
        })
        .await
    }

    /// A picture in full size as PNG, for formats that a web view does not show.
    ///
    /// # Errors
    /// `Invalid` for anything but a picture, `Unreadable`.
    pub async fn pixels_png(&self, id: AssetId) -> Result<Vec<u8>> {
        let (content, source) = self.source_of(id, Kind::Image).await?;
        let (format, size) = (content.format, content.size);
        let streams =
            appetite(format) == Appetite::Either && too_much_to_hold(format, size, &source.limits);
        let read = self.0.files.workshop.submit(Rank::Urgent, move || {
            if streams {
                preview::load_streamed(&content, &source, |file, limits| {
                    raster::encode_png(&raster::decode_from(format, file, size, limits)?)
                })
            } else {
                preview::load(&content, &source, |bytes, limits| {
                    raster::encode_png(&raster::decode(format, bytes, limits)?)
                })
            }
        });
        read.await.map_err(|_| Error::Closed)?
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
        kind: Kind,
        reader: impl Fn(Format, &[u8], &Limits) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T> {
        let (content, source) = self.source_of(id, kind).await?;
        let read = self.0.files.workshop.submit(Rank::Urgent, move || {
            preview::load(&content, &source, |bytes, limits| {
                reader(content.format, bytes, limits)
            })
        });
        read.await.map_err(|_| Error::Closed)?
    }

    /// What a reader needs of an asset that must be of one kind.
    async fn source_of(&self, id: AssetId, kind: Kind) -> Result<(ToRead, preview::Source)> {
        let content = self.content_of(id).await?;
        if content.format.kind() != kind {
            return Err(Error::invalid(format!(
                "the asset is of kind “{}”, not “{kind}”",
                content.format.kind()
            )));
        }
        let source = self.source(&content, Vec::new());
        Ok((content, source))
    }
}
