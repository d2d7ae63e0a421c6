//! Why a single file did not make it: one line of a report.

use gameforge_domain::ReadError;
use std::io;

/// A stable word and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub message: String,
    /// The disk is full: no use in going on.
    pub disk_full: bool,
}

impl Problem {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            disk_full: false,
        }
    }

    /// The system would not give a file's bytes, or the entries of a folder.
    pub fn reading(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::new("vanished", "The file is not there any more."),
            io::ErrorKind::PermissionDenied => Self::new(
                "permission",
                "You have no permission to read it; change its permissions and import it again.",
            ),
            _ => Self::new("io", format!("The system could not read it: {error}.")),
        }
    }

    /// The system would not take the bytes of a copy.
    pub fn writing(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self {
                code: "disk_full",
                message: "There is no room for a copy of it on the library's disk.".to_owned(),
                disk_full: true,
            },
            _ => Self::new(
                "io",
                format!("Its copy could not be written into the library: {error}."),
            ),
        }
    }
}

impl From<&ReadError> for Problem {
    fn from(error: &ReadError) -> Self {
        if let ReadError::Io(error) = error {
            return Self::reading(error);
        }
        let text = error.to_string();
        let mut letters = text.chars();
        let mut message: String = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default();
        message.push('.');
        Self::new(error.code(), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_become_ours() {
        let code = |kind: io::ErrorKind| Problem::reading(&io::Error::from(kind)).code;
        assert_eq!(code(io::ErrorKind::NotFound), "vanished");
        assert_eq!(code(io::ErrorKind::PermissionDenied), "permission");
        assert_eq!(code(io::ErrorKind::InvalidData), "io");
        assert!(Problem::writing(&io::Error::from(io::ErrorKind::StorageFull)).disk_full);
        assert!(!Problem::writing(&io::Error::from(io::ErrorKind::PermissionDenied)).disk_full);
        let problem = Problem::from(&ReadError::truncated("a chunk"));
        assert_eq!(
            (problem.code, problem.message.as_str()),
            ("truncated", "The file ends too early: a chunk.")
        );
    }
}
