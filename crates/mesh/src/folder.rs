//! The model's own folder as [`Siblings`]: the one place in this crate that opens files.

use crate::siblings::{Siblings, absent, outside, parse_reference};
use gameforge_domain::ReadError;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What a model may refer to: buffers, material libraries and pictures.
const ENDINGS: [&str; 16] = [
    "bin", "glbin", "mtl", "png", "jpg", "jpeg", "webp", "gif", "bmp", "tga", "tif", "tiff", "hdr",
    "exr", "dds", "ktx2",
];

/// Files in and below one folder, and nothing else.
///
/// A reference is opened when it is relative, does not climb out by `..`, a scheme, a drive or a symbolic link, has one
/// of the endings of buffers, material libraries and pictures, and names an ordinary file within the limit.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A view of `root`, usually the model's parent folder. Nothing is opened yet.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }
}

impl Siblings for Folder {
    fn read(&self, relative: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let names = parse_reference(relative)?;
        let ending = names
            .last()
            .and_then(|name| name.rsplit_once('.'))
            .map(|(_, ending)| ending.to_ascii_lowercase());
        if !ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            return Err(ReadError::unsupported(format!(
                "“{}” is not a buffer, a material library or a picture",
                names.join("/")
            )));
        }
        let not_found = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => absent(relative),
            _ => ReadError::Io(error),
        };
        let root = fs::canonicalize(&self.root).map_err(not_found)?;
        let mut wanted = root.clone();
        wanted.extend(&names);
        let path = fs::canonicalize(wanted).map_err(not_found)?;
        if !path.starts_with(&root) {
            return Err(outside(relative));
        }
        // Asked before opening: opening a pipe would wait for a writer for ever.
        let facts = fs::symlink_metadata(&path).map_err(not_found)?;
        if !facts.is_file() {
            return Err(absent(relative));
        }
        let too_large = |found| ReadError::TooLarge {
            what: "a file that the model refers to",
            found,
            limit,
        };
        if facts.len() > limit {
            return Err(too_large(facts.len()));
        }
        let mut bytes = Vec::new();
        File::open(&path)
            .map_err(not_found)?
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)?;
        // It may have grown since it was measured.
        if bytes.len() as u64 > limit {
            Err(too_large(bytes.len() as u64))
        } else {
            Ok(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with_secret() -> (tempfile::TempDir, Folder) {
        let outer = tempfile::tempdir().unwrap();
        let model = outer.path().join("model");
        fs::create_dir_all(model.join("textures")).unwrap();
        fs::write(outer.path().join("secret.png"), b"secret").unwrap();
        fs::write(model.join("textures/skin a.png"), b"skin").unwrap();
        fs::write(model.join("notes.txt"), b"private").unwrap();
        let folder = Folder::new(&model);
        (outer, folder)
    }

    #[test]
    fn files_below_the_folder_are_read() {
        let (_outer, folder) = folder_with_secret();
        assert_eq!(folder.read("textures/skin%20a.png", 100).unwrap(), b"skin");
        assert_eq!(folder.read("textures\\skin a.png", 100).unwrap(), b"skin");
        assert_eq!(
            folder.read("missing.png", 100).unwrap_err().code(),
            "vanished"
        );
        assert_eq!(
            folder
                .read("textures.png/skin.png", 100)
                .unwrap_err()
                .code(),
            "vanished"
        );
        assert_eq!(
            folder.read("textures/skin a.png", 3).unwrap_err().code(),
            "too_large"
        );
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let (outer, folder) = folder_with_secret();
        let absolute = outer
            .path()
            .join("secret.png")
            .to_string_lossy()
            .into_owned();
        for target in [
            "../secret.png",
            "..%2Fsecret.png",
            "textures/../../secret.png",
            "file:///etc/passwd",
            "http://127.0.0.1/secret.png",
            "../../etc/passwd",
            &absolute,
        ] {
            assert_eq!(
                folder.read(target, 100).unwrap_err().code(),
                "outside",
                "{target}"
            );
        }
    }

    #[test]
    fn other_endings_are_not_opened() {
        let (_outer, folder) = folder_with_secret();
        assert_eq!(
            folder.read("notes.txt", 100).unwrap_err().code(),
            "unsupported"
        );
        assert_eq!(folder.read("notes", 100).unwrap_err().code(), "unsupported");
    }

    #[cfg(unix)]
    #[test]
    fn links_that_leave_the_folder_are_refused_and_those_within_are_followed() {
        let (outer, folder) = folder_with_secret();
        let model = outer.path().join("model");
        std::os::unix::fs::symlink(outer.path().join("secret.png"), model.join("link.png"))
            .unwrap();
        std::os::unix::fs::symlink(outer.path(), model.join("up")).unwrap();
        std::os::unix::fs::symlink("textures/skin a.png", model.join("within.png")).unwrap();
        std::os::unix::fs::symlink("loop.png", model.join("loop.png")).unwrap();
        assert_eq!(folder.read("link.png", 100).unwrap_err().code(), "outside");
        assert_eq!(
            folder.read("up/secret.png", 100).unwrap_err().code(),
            "outside"
        );
        assert_eq!(folder.read("within.png", 100).unwrap(), b"skin");
        assert!(folder.read("loop.png", 100).is_err());
    }

    #[test]
    fn folders_are_not_files() {
        let (outer, folder) = folder_with_secret();
        fs::create_dir(outer.path().join("model/folder.png")).unwrap();
        assert_eq!(
            folder.read("folder.png", 100).unwrap_err().code(),
            "vanished"
        );
    }
}
