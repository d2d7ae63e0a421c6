//! Paths across the border of the window. Its language has only text, while a file may be named by any bytes: a path
//! that is not text crosses as a `file:` address and comes back as the same bytes. What is done with a path is not
//! decided here.

use std::path::{Path, PathBuf};

/// A path as the window gets it: its text, or a `file:` address of ASCII letters where it is not text.
///
/// Windows has names that are no text either (halves of surrogate pairs); those are shown, and not found again.
#[must_use]
pub fn told(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => bytes::address(path),
    }
}

/// The path that the window means: the inverse of [`told`].
#[must_use]
pub fn meant(text: &str) -> PathBuf {
    bytes::path(text).unwrap_or_else(|| PathBuf::from(text))
}

/// The files among the addresses that another program gives; what lies on the web is none.
#[cfg(target_os = "linux")]
pub fn local<'a>(addresses: impl Iterator<Item = &'a str>) -> Vec<PathBuf> {
    addresses
        .filter_map(|address| gtk::glib::filename_from_uri(address).ok())
        .map(|(path, _host)| path)
        .collect()
}

#[cfg(unix)]
mod bytes {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
    use std::{
        ffi::OsString,
        os::unix::ffi::{OsStrExt, OsStringExt},
        path::{Path, PathBuf},
    };

    /// No absolute path begins with it, and only absolute ones cross.
    const SCHEME: &str = "file://";

    /// RFC 3986's unreserved letters, and the slash between names.
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');

    pub fn address(path: &Path) -> String {
        let bytes = path.as_os_str().as_bytes();
        format!("{SCHEME}{}", percent_encode(bytes, KEPT))
    }

    pub fn path(text: &str) -> Option<PathBuf> {
        let encoded = text.strip_prefix(SCHEME)?;
        let bytes: Vec<u8> = percent_decode_str(encoded).collect();
        Some(OsString::from_vec(bytes).into())
    }
}

#[cfg(not(unix))]
mod bytes {
    use std::path::{Path, PathBuf};

    pub fn address(path: &Path) -> String {
        path.to_string_lossy().into_owned()
    }

    pub fn path(_text: &str) -> Option<PathBuf> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::{
        ffi::{OsStr, OsString},
        os::unix::ffi::{OsStrExt, OsStringExt},
    };

    #[test]
    fn text_stays_as_it_is_and_bytes_become_an_address() {
        assert_eq!(
            told(Path::new("/art/100 % größer.png")),
            "/art/100 % größer.png"
        );
        let latin = Path::new(OsStr::from_bytes(b"/art/caf\xe9 1.png"));
        assert_eq!(told(latin), "file:///art/caf%E9%201.png");
        assert_eq!(meant("file:///art/caf%E9%201.png"), latin);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn addresses_become_the_paths_that_were_meant() {
        let addresses = [
            "file:///art/50%25%20off%23.png",
            "https://example.org/hero.png",
            "file:///art/caf%E9.png",
            "not an address",
        ];
        let expected = [
            PathBuf::from("/art/50% off#.png"),
            Path::new(OsStr::from_bytes(b"/art/caf\xe9.png")).to_owned(),
        ];
        assert_eq!(local(addresses.into_iter()), expected);
    }

    proptest! {
        #[test]
        fn every_absolute_path_comes_back(name in prop::collection::vec(any::<u8>(), 0..40)) {
            let path = PathBuf::from(OsString::from_vec([b"/", name.as_slice()].concat()));
            prop_assert_eq!(meant(&told(&path)), path);
        }
    }
}
