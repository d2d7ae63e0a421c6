//! Pasting: files, or a picture, from the system's clipboard into the library.

use crate::state::{Answer, answer};
use gameforge_domain::JobId;
use gameforge_studio::Library;
use gameforge_wire::{ErrorCode, Failure};
use std::path::PathBuf;
use tauri::WebviewWindow;

/// What can be brought in of what a clipboard holds.
#[derive(Debug, PartialEq)]
enum Held {
    Nothing,
    Files(Vec<PathBuf>),
    /// The bytes of a PNG.
    Picture(Vec<u8>),
}

/// Imports what the clipboard holds; none when it holds neither files nor a picture.
///
/// A picture is always copied in: nothing else keeps its bytes.
///
/// # Errors
/// Those of an import; `internal` when the clipboard cannot be read or the picture not be written.
pub async fn paste(window: &WebviewWindow, library: Library, copy: bool) -> Answer<Option<JobId>> {
    match system::held(window).await? {
        Held::Nothing => Ok(None),
        Held::Files(paths) => answer(library.import_paths(paths, copy).await).map(Some),
        Held::Picture(png) => picture_in(library, &png).await.map(Some),
    }
}

async fn picture_in(library: Library, png: &[u8]) -> Answer<JobId> {
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let path = folder.path().join("pasted.png");
    std::fs::write(&path, png).map_err(|error| failed(&error))?;
    let job = answer(library.import_paths(vec![path], true).await)?;
    // The file is needed until the job has copied it; only then is its folder removed.
    tauri::async_runtime::spawn(async move {
        if let Err(error) = library.wait(job).await {
            tracing::warn!(%error, "a pasted picture was not brought in");
        }
        drop(folder);
    });
    Ok(job)
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Failure {
    tracing::warn!(error, "paste");
    Failure::new(
        ErrorCode::Internal,
        format!("The clipboard could not be pasted: {error}."),
    )
}

/// GTK's clipboard, which speaks X11 and Wayland and gives addresses as the other program wrote them: a path out of
/// them may be any bytes.
#[cfg(target_os = "linux")]
mod system {
    use super::{Answer, Held, failed};
    use crate::paths::local;
    use gtk::{Clipboard, gdk, gdk_pixbuf::Pixbuf, glib};
    use std::path::PathBuf;
    use tauri::WebviewWindow;
    use tokio::sync::oneshot::{self, Sender};

    /// How GNOME's file manager puts files there, also where it does not offer `text/uri-list`.
    const GNOME_FILES: &str = "x-special/gnome-copied-files";

    pub async fn held(window: &WebviewWindow) -> Answer<Held> {
        let (tell, told) = oneshot::channel();
        let asked = window.run_on_main_thread(move || files(tell));
        asked.map_err(|error| failed(&error))?;
        told.await.map_err(|error| failed(&error))
    }

    /// Each question is asked when the one before was answered with no: a clipboard's owner is another program, which
    /// takes its time.
    fn files(tell: Sender<Held>) {
        let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        clipboard.request_uris(move |clipboard, addresses| {
            let paths = local(addresses.iter().map(glib::GString::as_str));
            if paths.is_empty() {
                gnome_files(clipboard, tell);
            } else {
                answered(tell, Held::Files(paths));
            }
        });
    }

    fn gnome_files(clipboard: &Clipboard, tell: Sender<Held>) {
        let kind = gdk::Atom::intern(GNOME_FILES);
        clipboard.request_contents(&kind, move |clipboard, held| {
            let paths = copied(&held.data());
            if paths.is_empty() {
                picture(clipboard, tell);
            } else {
                answered(tell, Held::Files(paths));
            }
        });
    }

    fn picture(clipboard: &Clipboard, tell: Sender<Held>) {
        clipboard.request_image(move |_, picture| {
            answered(tell, picture.map_or(Held::Nothing, png));
        });
    }

    fn png(picture: &Pixbuf) -> Held {
        match picture.save_to_bufferv("png", &[]) {
            Ok(png) => Held::Picture(png),
            Err(error) => {
                tracing::warn!(%error, "the picture on the clipboard could not be written");
                Held::Nothing
            }
        }
    }

    fn answered(tell: Sender<Held>, held: Held) {
        // Whoever asked may be gone with the page.
        let _ = tell.send(held);
    }

    /// `copy` or `cut`, then an address a line.
    pub fn copied(bytes: &[u8]) -> Vec<PathBuf> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines();
        match lines.next() {
            Some("copy" | "cut") => local(lines),
            _ => Vec::new(),
        }
    }
}

/// Everywhere else `arboard` asks the system.
#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Answer, Held, failed};
    use arboard::{Clipboard, Error, ImageData};
    use tauri::WebviewWindow;

    pub async fn held(_window: &WebviewWindow) -> Answer<Held> {
        let held = tauri::async_runtime::spawn_blocking(read).await;
        held.map_err(|error| failed(&error))?
    }

    fn read() -> Answer<Held> {
        let mut clipboard = Clipboard::new().map_err(|error| failed(&error))?;
        match clipboard.get().file_list() {
            Ok(files) if !files.is_empty() => return Ok(Held::Files(files)),
            Ok(_) | Err(Error::ContentNotAvailable | Error::ConversionFailure) => {}
            Err(error) => return Err(failed(&error)),
        }
        match clipboard.get_image() {
            Ok(picture) => Ok(Held::Picture(
                png(&picture).map_err(|error| failed(&error))?,
            )),
            Err(Error::ContentNotAvailable | Error::ConversionFailure) => Ok(Held::Nothing),
            Err(error) => Err(failed(&error)),
        }
    }

    fn png(picture: &ImageData<'_>) -> Result<Vec<u8>, png::EncodingError> {
        let too_big = |_| png::EncodingError::LimitsExceeded;
        let width = u32::try_from(picture.width).map_err(too_big)?;
        let height = u32::try_from(picture.height).map_err(too_big)?;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&picture.bytes)?;
        writer.finish()?;
        Ok(bytes)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::system::copied;
    use std::path::PathBuf;

    #[test]
    fn the_file_managers_own_form_is_read_and_other_bytes_are_not() {
        let art = [PathBuf::from("/art/a.png"), PathBuf::from("/art/b.png")];
        assert_eq!(
            copied(b"copy\nfile:///art/a.png\nfile:///art/b.png"),
            art.as_slice()
        );
        assert_eq!(copied(b"cut\r\nfile:///art/a.png\r\n"), art[..1]);
        assert_eq!(copied(b"file:///art/a.png"), [] as [PathBuf; 0]);
        assert_eq!(copied(b""), [] as [PathBuf; 0]);
    }
}
