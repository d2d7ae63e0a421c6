//! Pasting: files, or a picture, from the system's clipboard into the library.

use crate::state::{Answer, answer};
use arboard::{Clipboard, ImageData};
use gameforge_domain::JobId;
use gameforge_studio::Library;
use gameforge_wire::{ErrorCode, Failure, ImportRequest};
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

enum Pasted {
    Files(Vec<PathBuf>),
    Picture(ImageData<'static>),
}

/// Imports what the clipboard holds; none when it holds neither files nor a picture.
///
/// A picture is always copied in: nothing else keeps its bytes.
///
/// # Errors
/// Those of an import; `disk_full` or `internal` when the picture cannot be written.
pub async fn paste(library: Library, copy: bool) -> Answer<Option<JobId>> {
    let held = tauri::async_runtime::spawn_blocking(held).await;
    match held.map_err(|error| failed(&error))?? {
        None => Ok(None),
        Some(Pasted::Files(paths)) => answer(library.import(request(&paths, copy)).await).map(Some),
        Some(Pasted::Picture(picture)) => picture_in(library, &picture).await.map(Some),
    }
}

fn held() -> Answer<Option<Pasted>> {
    let mut clipboard = Clipboard::new().map_err(|error| failed(&error))?;
    match clipboard.get().file_list() {
        Ok(files) if !files.is_empty() => return Ok(Some(Pasted::Files(files))),
        Ok(_) | Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => {}
        Err(error) => return Err(failed(&error)),
    }
    match clipboard.get_image() {
        Ok(picture) => Ok(Some(Pasted::Picture(picture))),
        Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

async fn picture_in(library: Library, picture: &ImageData<'static>) -> Answer<JobId> {
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let path = folder.path().join("pasted.png");
    write_png(&path, picture).map_err(|error| failed(&error))?;
    let job = answer(library.import(request(&[path], true)).await)?;
    // The file is needed until the job has copied it; only then is its folder removed.
    tauri::async_runtime::spawn(async move {
        if let Err(error) = library.wait(job).await {
            tracing::warn!(%error, "a pasted picture was not brought in");
        }
        drop(folder);
    });
    Ok(job)
}

fn write_png(path: &Path, picture: &ImageData<'_>) -> Result<(), png::EncodingError> {
    let too_big = |_| png::EncodingError::LimitsExceeded;
    let width = u32::try_from(picture.width).map_err(too_big)?;
    let height = u32::try_from(picture.height).map_err(too_big)?;
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.bytes)?;
    writer.finish()
}

fn request(paths: &[PathBuf], copy: bool) -> ImportRequest {
    let paths = paths.iter().map(|path| path.to_string_lossy().into_owned());
    ImportRequest {
        paths: paths.collect(),
        copy,
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Failure {
    tracing::warn!(error, "paste");
    Failure::new(
        ErrorCode::Internal,
        format!("The clipboard could not be pasted: {error}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_written_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pasted.png");
        let bytes = vec![1, 2, 3, 255, 9, 8, 7, 0];
        let picture = ImageData {
            width: 2,
            height: 1,
            bytes: bytes.clone().into(),
        };
        write_png(&path, &picture).unwrap();

        let decoder = png::Decoder::new(std::io::BufReader::new(File::open(&path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut read).unwrap();
        assert_eq!((frame.width, frame.height, read), (2, 1, bytes));
    }
}
