//! Paths as the database keeps them. The bytes are the system's own, so that any name comes back as it was.

use std::{
    ffi::OsString,
    fmt::Write as _,
    path::{Component, Path, PathBuf},
};

/// The bytes of a path: as they are on Unix, UTF-16 in little-endian order on Windows.
#[cfg(unix)]
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// The path of such bytes.
#[cfg(unix)]
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

/// The bytes of a path: as they are on Unix, UTF-16 in little-endian order on Windows.
#[cfg(windows)]
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str()
        .encode_wide()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// The path of such bytes.
#[cfg(windows)]
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::windows::ffi::OsStringExt;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    PathBuf::from(OsString::from_wide(&units))
}

/// Bytes as a statement's parameter carries them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The folder of a file, for showing and searching: `/` between names, what is not UTF-8 replaced.
pub(crate) fn folder_text(file: &Path) -> String {
    let folder = file.parent().unwrap_or(Path::new(""));
    if cfg!(unix) {
        return folder.to_string_lossy().into_owned();
    }
    let names: Vec<_> = folder
        .components()
        .filter(|part| !matches!(part, Component::RootDir))
        .map(|part| part.as_os_str().to_string_lossy().replace('\\', ""))
        .collect();
    names.join("/")
}

/// A file's name for people.
pub(crate) fn name_text(file: &Path) -> String {
    file.file_name()
        .unwrap_or(file.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[cfg(unix)]
    proptest! {
        #[test]
        fn any_name_comes_back(bytes in proptest::collection::vec(1u8..=255, 1..60)) {
            prop_assert_eq!(path_bytes(&path_from_bytes(&bytes)), bytes);
        }
    }

    #[test]
    fn folders_and_names_are_told_apart() {
        let path = Path::new("/games/hero/idle.png");
        assert_eq!(
            (folder_text(path).as_str(), name_text(path).as_str()),
            ("/games/hero", "idle.png")
        );
        assert_eq!(hex(&[0, 255, 16]), "00FF10");
    }
}
