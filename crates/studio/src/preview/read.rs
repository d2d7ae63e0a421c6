//! Reading one content with its reader, within the memory that there is. Runs on a worker's thread.

use super::{Pictures, Preview, SIDE};
use crate::{
    Error, Result,
    files::{examine, memory::Memory, objects::Objects, path_from_bytes, problem::Problem},
    store::content::{Part, ReadRow, ToRead, preview},
};
use gameforge_domain::{Format, Kind, Limits, ReadError};
use gameforge_media::{
    Appetite, Folder, READER, Reading, Request, Siblings, appetite, broken_promise, likely_memory,
    mesh, raster, read_seekable, too_much_to_hold,
};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    fs,
    io::{self, Read, Seek},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where a content's bytes are, and what reading them may take.
pub(crate) struct Source {
    /// The copy in the library, or the file in place.
    pub path: Option<PathBuf>,
    /// Of a copied model: the folder that it came from.
    origin: Option<PathBuf>,
    objects: Objects,
    memory: Arc<Memory>,
    pub limits: Limits,
    parts: HashMap<String, blake3::Hash>,
    stored: bool,
    hash: blake3::Hash,
    size: u64,
}

/// What reading a content gave.
pub(super) struct Finding {
    pub row: ReadRow,
    /// 16 hexadecimal digits.
    pub short_hash: String,
    /// Files of a model that was copied in.
    pub parts: Vec<Part>,
    /// The preview could not be written: its path, and why. Nothing else is to be noted then.
    pub unwritten: Option<(PathBuf, io::ErrorKind)>,
}

impl Source {
    pub fn new(
        content: &ToRead,
        objects: Objects,
        memory: Arc<Memory>,
        limits: Limits,
        parts: Vec<(String, blake3::Hash)>,
    ) -> Self {
        let known = content.path.as_deref().map(path_from_bytes);
        let origin = known
            .as_ref()
            .and_then(|path| path.parent())
            .map(Path::to_owned);
        let path = if content.stored {
            Some(objects.path(&content.hash))
        } else {
            known
        };
        Self {
            path,
            origin,
            objects,
            memory,
            limits,
            parts: parts.into_iter().collect(),
            stored: content.stored,
            hash: content.hash,
            size: content.size,
        }
    }

    fn missing() -> ReadError {
        ReadError::Io(io::Error::from(io::ErrorKind::NotFound))
    }

    /// Opens the file; it must have the length that it had.
    fn open(&self) -> Result<fs::File, ReadError> {
        let file = examine::open(self.path.as_deref().ok_or_else(Self::missing)?)?;
        let length = file.metadata()?.len();
        if length == self.size {
            Ok(file)
        } else {
            Err(self.differs())
        }
    }

    fn differs(&self) -> ReadError {
        if self.stored {
            ReadError::corrupt(
                "the library's copy is not what it was; run “verify”, then import the file again",
            )
        } else {
            ReadError::corrupt(
                "it has changed since it was imported; it will be read again at the next scan or import",
            )
        }
    }

    /// All bytes; they must be those that the hash was made of.
    fn bytes(&self) -> Result<Vec<u8>, ReadError> {
        if self.size > self.limits.file_bytes {
            return Err(gameforge_media::too_long(self.size, &self.limits));
        }
        let file = self.open()?;
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        file.take(self.size.saturating_add(1))
            .read_to_end(&mut bytes)?;
        if blake3::hash(&bytes) == self.hash {
            Ok(bytes)
        } else {
            Err(self.differs())
        }
    }

    /// Files beside a model: those that were copied with it, else those in its folder.
    pub fn siblings(&self) -> Beside {
        Beside {
            folder: self.origin.as_deref().map(Folder::new),
            parts: self.parts.clone(),
            objects: self.objects.clone(),
            stored: self.stored,
            met: Mutex::default(),
        }
    }

    /// Runs a reader on the whole content within a share of the memory. One that finds its share too small is run
    /// again with all of it.
    pub fn whole<T>(
        &self,
        format: Format,
        read: impl Fn(&[u8], &Limits) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        if self.size > self.limits.file_bytes {
            return Err(gameforge_media::too_long(self.size, &self.limits));
        }
        self.within(format, self.size, |limits| read(&self.bytes()?, limits))
    }

    /// As [`Source::whole`], of a file that is not held. It must be the one that was hashed, before and after.
    pub fn streamed<T>(
        &self,
        format: Format,
        read: impl Fn(fs::File, &Limits) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        self.within(format, 0, |limits| {
            let mut file = self.open()?;
            let before = file.metadata()?.modified()?;
            if examine::hash(&mut file)? != self.hash {
                return Err(self.differs());
            }
            file.rewind()?;
            let result = read(file, limits);
            if self.open()?.metadata()?.modified()? == before {
                result
            } else {
                Err(self.differs())
            }
        })
    }

    /// Runs a reader that holds `held` bytes of the file within a share of the memory.
    fn within<T>(
        &self,
        format: Format,
        held: u64,
        run: impl Fn(&Limits) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let mut wanted = held + likely_memory(format, held);
        loop {
            let share = self.memory.share(wanted);
            let granted = share.bytes();
            let limits = Limits {
                memory: granted.saturating_sub(held).min(self.limits.memory),
                ..self.limits
            };
            let result = run(&limits);
            let all = self.memory.capacity();
            if granted < all && matches!(result, Err(ReadError::TooLarge { .. })) {
                wanted = all;
                continue;
            }
            return result;
        }
    }
}

/// What lies beside a model. Notes what a copied model asks for, so that it can be kept with it.
pub(crate) struct Beside {
    folder: Option<Folder>,
    parts: HashMap<String, blake3::Hash>,
    objects: Objects,
    stored: bool,
    met: Mutex<Vec<Part>>,
}

impl Siblings for Beside {
    fn read(&self, relative: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        if let Some(hash) = self.parts.get(relative) {
            let path = self.objects.path(hash);
            let length = fs::metadata(&path)?.len();
            if length > limit {
                return Err(ReadError::TooLarge {
                    what: "a file that the model refers to",
                    found: length,
                    limit,
                });
            }
            return Ok(fs::read(path)?);
        }
        let folder = self.folder.as_ref().ok_or_else(Source::missing)?;
        let bytes = folder.read(relative, limit)?;
        if self.stored {
            let hash = self.objects.store(&bytes)?;
            self.met.lock().push(Part {
                name: relative.to_owned(),
                hash: hash.to_hex().to_string(),
                size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            });
        }
        Ok(bytes)
    }
}

const fn request<'a>(siblings: &'a Beside, side: u32, limits: &'a Limits) -> Request<'a> {
    Request {
        siblings,
        side,
        limits,
    }
}

fn reading(
    content: &ToRead,
    source: &Source,
    beside: &Beside,
    side: u32,
) -> Result<Reading, ReadError> {
    if let Some(promised) = broken_promise(content.format, &content.name) {
        return Err(ReadError::corrupt(format!(
            "by its name it is a {promised} file, but its content is of no known format"
        )));
    }
    let (format, size) = (content.format, source.size);
    match appetite(format) {
        Appetite::Either if too_much_to_hold(format, size, &source.limits) => source
            .streamed(format, |file, limits| {
                read_seekable(format, file, size, &request(beside, side, limits))
            }),
        Appetite::Whole | Appetite::Either => source.whole(format, |bytes, limits| {
            gameforge_media::read(format, bytes, &request(beside, side, limits))
        }),
        Appetite::Seek => {
            let _share = source.memory.share(likely_memory(format, 0));
            read_seekable(
                format,
                source.open()?,
                size,
                &request(beside, side, &source.limits),
            )
        }
        Appetite::Nothing => read_seekable(
            format,
            io::empty(),
            size,
            &request(beside, side, &source.limits),
        ),
    }
}

/// Reads a content, stores its preview, and tells what is to be noted.
pub(super) fn read(content: &ToRead, source: &Source, pictures: &Pictures) -> Finding {
    let beside = source.siblings();
    let mut finding = Finding::blank(content.row);
    finding.short_hash = content.hash.to_hex()[..16].to_owned();
    match reading(content, source, &beside, SIDE).and_then(|reading| {
        let picture = reading.preview.as_ref().map(encoded).transpose()?;
        Ok((reading, picture))
    }) {
        Ok((reading, picture)) => {
            finding.row.preview = if picture.is_some() {
                preview::READY
            } else {
                preview::NONE
            };
            if let Some(Err((path, error))) =
                picture.map(|picture| pictures.store(&content.hash, SIDE, &picture))
            {
                finding.unwritten = Some((path, error.kind()));
            }
            finding.note(&reading);
        }
        Err(ReadError::Io(error)) if is_full(&error) => {
            finding.unwritten = Some((source.path.clone().unwrap_or_default(), error.kind()));
        }
        Err(error) => finding.fail(&Problem::from(&error)),
    }
    if content.format.kind() == Kind::Model {
        finding.parts = beside.met.into_inner();
    }
    finding
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

fn encoded(pixels: &gameforge_domain::Pixels) -> Result<Preview, ReadError> {
    let (bytes, mime) = raster::encode_preview(pixels)?;
    Ok(Preview { bytes, mime })
}

/// Makes a picture for somebody who waits for it, and keeps it where that is wanted.
pub(super) fn picture(
    content: &ToRead,
    source: &Source,
    side: u32,
    keep: Option<&Pictures>,
) -> Result<Preview> {
    let path = source.path.clone().unwrap_or_default();
    let unreadable = |source: ReadError| Error::Unreadable {
        path: path.clone(),
        source,
    };
    let reading = reading(content, source, &source.siblings(), side).map_err(unreadable)?;
    let pixels = reading
        .preview
        .ok_or_else(|| Error::not_found("A preview of this asset"))?;
    let picture = encoded(&pixels).map_err(unreadable)?;
    if let Some(pictures) = keep
        && let Err((path, error)) = pictures.store(&content.hash, side, &picture)
    {
        // It is shown all the same.
        tracing::warn!(path = %path.display(), %error, "a preview could not be kept");
    }
    Ok(picture)
}

/// Runs `read` on an asset's whole content for a viewer.
pub(crate) fn load<T>(
    content: &ToRead,
    source: &Source,
    read: impl Fn(&[u8], &Limits) -> Result<T, ReadError>,
) -> Result<T> {
    source
        .whole(content.format, read)
        .map_err(|error| Error::Unreadable {
            path: source.path.clone().unwrap_or_default(),
            source: error,
        })
}

/// As [`load`], of a file that is not held.
pub(crate) fn load_streamed<T>(
    content: &ToRead,
    source: &Source,
    read: impl Fn(fs::File, &Limits) -> Result<T, ReadError>,
) -> Result<T> {
    source
        .streamed(content.format, read)
        .map_err(|error| Error::Unreadable {
            path: source.path.clone().unwrap_or_default(),
            source: error,
        })
}

impl Finding {
    fn blank(row: i64) -> Self {
        Self {
            row: ReadRow {
                row,
                metadata: r#"{"kind":"other"}"#.to_owned(),
                palette: "[]".to_owned(),
                phash: None,
                preview: preview::NONE,
                error_code: None,
                error: None,
                reader: READER,
            },
            short_hash: String::new(),
            parts: Vec::new(),
            unwritten: None,
        }
    }

    /// The worker itself was stopped by a panic outside of all readers.
    pub fn panicked(row: i64) -> Self {
        let mut finding = Self::blank(row);
        finding.fail(&Problem::new(
            "reader_failed",
            "Reading it stopped in an unforeseen way; the file was set aside.",
        ));
        finding
    }

    fn fail(&mut self, problem: &Problem) {
        self.row.preview = preview::FAILED;
        self.row.error_code = Some(problem.code.to_owned());
        self.row.error = Some(problem.message.clone());
    }

    fn note(&mut self, reading: &Reading) {
        let words = serde_json::to_string(&reading.metadata)
            .and_then(|metadata| Ok((metadata, serde_json::to_string(&reading.palette)?)));
        match words {
            Ok((metadata, palette)) => {
                self.row.metadata = metadata;
                self.row.palette = palette;
                self.row.phash = reading.phash.map(u64::cast_signed);
            }
            Err(error) => self.fail(&Problem::new(
                "reader_failed",
                format!("What it says could not be written down: {error}."),
            )),
        }
    }
}

/// What the model format asks for, so that the crate's own folder rules hold for viewers, too.
pub(crate) fn sibling(source: &Source, relative: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
    mesh::Siblings::read(&source.siblings(), relative, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file, and a source that may hold next to nothing of it.
    fn source(path: &Path, format: Format) -> (ToRead, Source) {
        let bytes = fs::read(path).unwrap();
        let content = ToRead {
            row: 1,
            hash: blake3::hash(&bytes),
            size: bytes.len() as u64,
            format,
            stored: false,
            path: Some(crate::files::path_bytes(path)),
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            preview: preview::WAITING,
        };
        let limits = Limits {
            file_bytes: 64,
            ..Limits::STANDARD
        };
        let memory = Arc::new(Memory::new(128 << 20));
        let objects = Objects::new(path.with_extension("objects"));
        let source = Source::new(&content, objects, memory, limits, Vec::new());
        (content, source)
    }

    #[test]
    fn files_over_what_may_be_held_are_read_as_they_come() {
        let folder = tempfile::tempdir().unwrap();
        for (format, name) in [
            (Format::Wav, "a.wav"),
            (Format::Flac, "a.flac"),
            (Format::Psd, "a.psd"),
            (Format::Blend, "a.blend"),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, gameforge_testkit::sample(format)).unwrap();
            let (content, source) = source(&path, format);
            let found = reading(&content, &source, &source.siblings(), SIDE).unwrap();
            assert!(found.preview.is_some(), "{name}");
        }
        let path = folder.path().join("a.png");
        fs::write(&path, gameforge_testkit::sample(Format::Png)).unwrap();
        let (content, source) = source(&path, Format::Png);
        let refused = reading(&content, &source, &source.siblings(), SIDE);
        assert_eq!(refused.unwrap_err().code(), "too_large");
    }

    #[test]
    fn a_large_file_that_was_changed_is_not_taken_for_what_was_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut bytes = gameforge_testkit::sample(Format::Wav);
        fs::write(&path, &bytes).unwrap();
        let (content, source) = source(&path, Format::Wav);
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = reading(&content, &source, &source.siblings(), SIDE);
        assert_eq!(refused.unwrap_err().code(), "corrupt");
        fs::write(&path, &bytes[..last]).unwrap();
        let refused = reading(&content, &source, &source.siblings(), SIDE);
        assert_eq!(refused.unwrap_err().code(), "corrupt");
    }
}
