//! Files that a model refers to: how references are written, and the seam through which their bytes come.
//! Touches no disk itself; `folder` does.

use gameforge_domain::ReadError;
use std::io;

/// Gives the bytes of files that a model refers to.
///
/// An implementation decides what may be opened; a model never can.
pub trait Siblings {
    /// The bytes of a file beside the model, `relative` as the model writes it (percent-encoded or not).
    ///
    /// # Errors
    /// `Outside` where the reference leaves the model's folder, `Io` with `NotFound` where there is no such file,
    /// `TooLarge` over `limit` bytes.
    fn read(&self, relative: &str, limit: u64) -> Result<Vec<u8>, ReadError>;
}

/// A model that stands alone: nothing is found.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSiblings;

impl Siblings for NoSiblings {
    fn read(&self, relative: &str, _limit: u64) -> Result<Vec<u8>, ReadError> {
        Err(absent(relative))
    }
}

/// The error for a file that is not there.
pub fn absent(target: &str) -> ReadError {
    ReadError::Io(io::Error::new(
        io::ErrorKind::NotFound,
        format!("“{}” is not beside the model", shown(target)),
    ))
}

/// The error for a reference that leaves the folder.
pub fn outside(target: &str) -> ReadError {
    ReadError::Outside {
        target: shown(target),
    }
}

/// A reference as a message shows it: no control characters, not longer than a line or two.
fn shown(target: &str) -> String {
    target
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}

/// Parses a reference into the names of folders and the file below the model's own folder.
///
/// Percent escapes are decoded once, `\` counts as `/`, `.` is dropped, `..` may go back up within the reference.
///
/// # Errors
/// `Outside` for absolute paths, drives, schemes (`file:`, `http:`), and `..` past the top.
pub fn parse_reference(target: &str) -> Result<Vec<String>, ReadError> {
    let decoded = percent_decoded(target).ok_or_else(|| outside(target))?;
    let path = decoded.replace('\\', "/");
    if path.starts_with('/') || path.contains('\0') || path.contains(':') {
        return Err(outside(target));
    }
    let mut names: Vec<String> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop().ok_or_else(|| outside(target))?;
            }
            name => names.push(name.to_owned()),
        }
    }
    if names.is_empty() {
        Err(absent(target))
    } else {
        Ok(names)
    }
}

/// Decodes `%20` and the like; a `%` without two hexadecimal digits stays as it is. `None` when that is not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |offset: usize| {
            bytes
                .get(at + offset)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        match (bytes[at], digit(1), digit(2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// Reads a picture that a format names loosely: exporters write absolute paths of their author's machine, so where
/// the reference itself gives nothing its bare file name beside the model is tried.
pub fn read_loosely(
    siblings: &dyn Siblings,
    target: &str,
    limit: u64,
) -> Result<Vec<u8>, ReadError> {
    let first = match siblings.read(target, limit) {
        Err(error @ (ReadError::Outside { .. } | ReadError::Io(_))) => error,
        other => return other,
    };
    match target.rsplit(['/', '\\']).next() {
        Some(name) if name != target && !name.is_empty() => {
            siblings.read(name, limit).map_err(|_| first)
        }
        _ => Err(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_references_become_names() {
        assert_eq!(
            parse_reference("textures%2Fgrass%20a.png").unwrap(),
            ["textures", "grass a.png"]
        );
        assert_eq!(parse_reference("./a\\b.png").unwrap(), ["a", "b.png"]);
        assert_eq!(parse_reference("a/../b.png").unwrap(), ["b.png"]);
        assert_eq!(parse_reference("100%.png").unwrap(), ["100%.png"]);
    }

    #[test]
    fn references_that_leave_the_folder_are_named_in_the_error() {
        for target in [
            "../../etc/passwd",
            "/etc/passwd",
            "file:///etc/passwd",
            "http://example.org/a.png",
            "C:\\a.png",
            "\\\\host\\share\\a.png",
            "a/../../b.png",
            "%2e%2e/secret.png",
            "..\\secret.png",
            "%2Fetc%2Fpasswd",
            "a%00.png",
            "//host/a.png",
        ] {
            match parse_reference(target) {
                Err(ReadError::Outside { .. }) => {}
                other => panic!("{target}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_authors_absolute_path_falls_back_to_the_bare_name() {
        struct One;
        impl Siblings for One {
            fn read(&self, relative: &str, _: u64) -> Result<Vec<u8>, ReadError> {
                if parse_reference(relative)? == ["skin.png"] {
                    Ok(vec![7])
                } else {
                    Err(absent(relative))
                }
            }
        }
        assert_eq!(
            read_loosely(&One, "C:\\Users\\a\\skin.png", 10).unwrap(),
            [7]
        );
        assert!(matches!(
            read_loosely(&One, "C:\\Users\\a\\other.png", 10),
            Err(ReadError::Outside { .. })
        ));
    }
}
