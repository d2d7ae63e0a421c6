//! Everything that can go wrong in the engine, and how it is told to people.

use gameforge_domain::ReadError;
use gameforge_wire::{ErrorCode, Failure, cloud::ProblemCode};
use std::{io, path::PathBuf};

/// SQLite's primary result codes that somebody acts on (sqlite.org/rescode.html).
mod sqlite {
    pub const BUSY: i32 = 5;
    pub const LOCKED: i32 = 6;
    pub const READONLY: i32 = 8;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const NOTADB: i32 = 26;
}

/// Why a call of the engine failed. `failure()` turns it into words and a code.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing asked for is not there.
    #[error("{what} is not in the library any more")]
    NotFound {
        /// For example `The asset`.
        what: String,
    },
    /// A value that cannot be used.
    #[error("{message}")]
    Invalid {
        /// Which value and why.
        message: String,
    },
    /// Something of that name is there already.
    #[error("{message}")]
    Exists {
        /// What is there.
        message: String,
    },
    /// The folder holds no library.
    #[error("“{}” is not a library; choose a library's folder, or create one there", .path.display())]
    NotALibrary {
        /// The folder.
        path: PathBuf,
    },
    /// The database has a schema that this version does not know.
    #[error("“{}” was made by a newer version of the Studio (its format is {found}, this version knows {known}); update the Studio to open it", .path.display())]
    NewerLibrary {
        /// The folder.
        path: PathBuf,
        /// Its schema number.
        found: i64,
        /// The newest schema number known here.
        known: i64,
    },
    /// The database cannot be read.
    #[error("the library's database “{}” is damaged; {}", .path.display(), backup_advice(.backup.as_ref()))]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// The newest backup, where there is one.
        backup: Option<PathBuf>,
        /// What SQLite said.
        #[source]
        source: Option<sqlx::Error>,
    },
    /// The library was opened without the right to write.
    #[error("“{}” can only be read: its disk or folder is write-protected, so nothing was changed", .path.display())]
    ReadOnly {
        /// The library's folder.
        path: PathBuf,
    },
    /// A file of a person could not be read.
    #[error("“{}” could not be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        source: ReadError,
    },
    /// The operating system refused something.
    #[error("{doing} “{}” failed: {source}", .path.display())]
    Io {
        /// What was being done, for example `Writing`.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The database refused something.
    #[error("the library's database failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// A migration did not go through.
    #[error("the library could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Something stored in the library does not have the form that it must have.
    #[error("the library holds a value that cannot be read: {what}")]
    Stored {
        /// Which value.
        what: String,
        /// Why not.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The cloud refused, or cannot be reached.
    #[error(transparent)]
    Cloud(#[from] gameforge_client::Error),
    /// No browser could be asked to open an address.
    #[error("the system has no browser to open the sign-in with: {0}")]
    NoBrowser(String),
    /// The library is being closed.
    #[error("the library is being closed")]
    Closed,
    /// A background thread ended before its work did.
    #[error("a background thread ended early: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

fn backup_advice(backup: Option<&PathBuf>) -> String {
    match backup {
        Some(path) => format!(
            "its newest backup is “{}”: close the Studio, put the backup in the database's place, and open the library again",
            path.display()
        ),
        None => "there is no backup of it; your own files are untouched, and a new library can be made from them".to_owned(),
    }
}

impl Error {
    /// Not there, by name: `The asset`, `The collection`.
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// Cannot be used, and why.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
        }
    }

    /// Names the deed and the file beside the system's word. For `map_err`.
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// A stored value that does not read.
    pub(crate) fn stored(what: impl Into<String>) -> Self {
        Self::Stored {
            what: what.into(),
            source: None,
        }
    }

    /// Stored JSON that does not read. For `map_err`.
    pub(crate) fn json(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Stored {
            what: what.to_owned(),
            source: Some(source),
        }
    }

    /// The code that somebody acts on.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::Invalid { .. } => ErrorCode::Invalid,
            Self::Exists { .. } => ErrorCode::Exists,
            Self::NotALibrary { .. } => ErrorCode::NotALibrary,
            Self::NewerLibrary { .. } => ErrorCode::NewerLibrary,
            Self::Damaged { .. } => ErrorCode::Damaged,
            Self::ReadOnly { .. } => ErrorCode::ReadOnly,
            Self::Unreadable { .. } => ErrorCode::Unreadable,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
                io::ErrorKind::NotFound => ErrorCode::NotFound,
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                    ErrorCode::ReadOnly
                }
                io::ErrorKind::AlreadyExists => ErrorCode::Exists,
                _ => ErrorCode::Internal,
            },
            Self::Sql(error) => match sqlite_code(error) {
                Some(sqlite::BUSY | sqlite::LOCKED) => ErrorCode::Busy,
                Some(sqlite::READONLY) => ErrorCode::ReadOnly,
                Some(sqlite::CORRUPT | sqlite::NOTADB) => ErrorCode::Damaged,
                Some(sqlite::FULL) => ErrorCode::DiskFull,
                _ => ErrorCode::Internal,
            },
            Self::Cloud(error) => cloud_code(error),
            Self::NoBrowser(_) => ErrorCode::Invalid,
            Self::Closed => ErrorCode::NoLibrary,
            Self::Migrate(_) | Self::Stored { .. } | Self::Thread(_) => ErrorCode::Internal,
        }
    }

    /// As the window and `--json` get it. The causes of an internal failure go to the log, not to the message.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let code = self.code();
        let message = match (self, code) {
            (Self::Sql(_), ErrorCode::Busy) => {
                "Another program is writing to the library just now; try again in a moment.".to_owned()
            }
            (Self::Sql(_), ErrorCode::DiskFull) | (Self::Io { .. }, ErrorCode::DiskFull) => {
                "The disk is full; nothing was changed. Make room and try again.".to_owned()
            }
            (Self::Sql(_), ErrorCode::ReadOnly) => {
                "The library can only be read: its disk or folder is write-protected.".to_owned()
            }
            (Self::Sql(_), ErrorCode::Damaged) => {
                "The library's database is damaged. Close the library and open it again to see which backup there is.".to_owned()
            }
            (_, ErrorCode::Internal) => {
                tracing::error!(error = ?self, "a call of the engine failed");
                sentence(&self.to_string())
            }
            _ => sentence(&self.to_string()),
        };
        Failure::new(code, message)
    }

    /// Whether SQLite says that the file is not a sound database.
    pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
        matches!(sqlite_code(error), Some(sqlite::CORRUPT | sqlite::NOTADB))
    }
}

/// What the window does about the cloud's answer.
fn cloud_code(error: &gameforge_client::Error) -> ErrorCode {
    use gameforge_client::Error as Client;
    match error.code() {
        Some(ProblemCode::Unauthenticated) => return ErrorCode::SignedOut,
        Some(ProblemCode::StepUpRequired) => return ErrorCode::StepUp,
        Some(ProblemCode::Unverified) => return ErrorCode::Unverified,
        Some(ProblemCode::ConsentRequired) => return ErrorCode::ConsentRequired,
        Some(ProblemCode::NotFound) => return ErrorCode::NotFound,
        Some(ProblemCode::Conflict) => return ErrorCode::Exists,
        Some(ProblemCode::RateLimited) => return ErrorCode::Busy,
        Some(ProblemCode::Internal) => return ErrorCode::Internal,
        Some(ProblemCode::Unavailable) => return ErrorCode::Offline,
        Some(_) => return ErrorCode::Invalid,
        None => {}
    }
    match error {
        Client::SignedOut => ErrorCode::SignedOut,
        Client::Offline(_) | Client::Away { .. } => ErrorCode::Offline,
        Client::CutOff(_) | Client::Random(_) | Client::Setup(_) => ErrorCode::Internal,
        _ => ErrorCode::Invalid,
    }
}

/// SQLite's primary result code (the low byte of the extended one).
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Capital first letter and a full stop, as messages to people have them.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut out: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}
