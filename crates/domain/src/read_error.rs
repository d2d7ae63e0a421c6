//! Why a file could not be read, in words that a report can show.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// What a reader says of bytes it cannot use. `code()` is stable; the message is for people.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There are no bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The file ends before its content does.
    #[error("the file ends too early: {what}")]
    Truncated {
        /// What was being read.
        what: String,
    },
    /// The bytes contradict the format.
    #[error("the file is damaged: {what}")]
    Corrupt {
        /// What does not fit.
        what: String,
    },
    /// A real file in a variant that is not read.
    #[error("this variant cannot be read: {what}")]
    Unsupported {
        /// The variant, by name.
        what: String,
    },
    /// Over one of the [`Limits`](crate::Limits).
    #[error("too large to open safely: {what} is {found}, the limit is {limit}")]
    TooLarge {
        /// What is too large, for example `width × height`.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// The file refers to something outside its own folder.
    #[error("the file asks for “{target}”, which is outside its own folder; it was not opened")]
    Outside {
        /// What it asked for.
        target: String,
    },
    /// The operating system would not give the bytes.
    #[error("the file could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// A decoder stopped in an unforeseen way; the file is set aside, the program goes on.
    #[error("the reader for this format failed: {what}")]
    Panicked {
        /// The decoder's last words.
        what: String,
    },
}

impl ReadError {
    /// The stable word for reports and JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Truncated { .. } => "truncated",
            Self::Corrupt { .. } => "corrupt",
            Self::Unsupported { .. } => "unsupported",
            Self::TooLarge { .. } => "too_large",
            Self::Outside { .. } => "outside",
            Self::Io(error) if error.kind() == std::io::ErrorKind::NotFound => "vanished",
            Self::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => "permission",
            Self::Io(_) => "io",
            Self::Panicked { .. } => "reader_failed",
        }
    }

    /// Damaged, with the reason.
    pub fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    /// Cut short, with what was being read.
    pub fn truncated(what: impl Into<String>) -> Self {
        Self::Truncated { what: what.into() }
    }

    /// A variant that is not read.
    pub fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    /// Runs a reader so that its panic becomes an error of this one file: one file must not take an import of thousands
    /// down. The last line of defence, and no excuse for panics in our own code.
    ///
    /// # Errors
    /// Those of the reader, and [`ReadError::Panicked`] when it panics.
    pub fn guard<T>(read: impl FnOnce() -> Result<T, Self>) -> Result<T, Self> {
        // A reader owns all it touches, so nothing half-changed can be seen after the unwind.
        catch_unwind(AssertUnwindSafe(read))
            .unwrap_or_else(|payload| Err(Self::panicked(payload.as_ref())))
    }

    /// The words of a panic that was caught.
    #[must_use]
    pub fn panicked(payload: &(dyn Any + Send)) -> Self {
        let what = payload
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason given".to_owned());
        Self::Panicked { what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_words() {
        let error = ReadError::guard::<()>(|| panic!("row {} is missing", 7)).unwrap_err();
        assert_eq!(error.code(), "reader_failed");
        assert!(error.to_string().contains("row 7 is missing"));
        let error = ReadError::guard::<()>(|| panic!("no words to fill")).unwrap_err();
        assert!(error.to_string().contains("no words to fill"));
    }
}
