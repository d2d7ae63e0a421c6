//! What can go wrong, and how it is told.

use gameforge_wire::{ErrorCode, Failure};
use std::{io, path::PathBuf};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The engine refused or could not.
    #[error(transparent)]
    Engine(#[from] gameforge_studio::Error),
    /// A job ended badly.
    #[error("{}", .0.message)]
    Job(Failure),
    /// A path that cannot be written as text.
    #[error("“{}” has a name that is not UTF-8; import the folder that it is in instead", .0.display())]
    NotUtf8(PathBuf),
    /// A file of the person could not be written.
    #[error("Writing “{}” failed: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing matches.
    #[error("{0}")]
    Nothing(String),
    /// Standard output is closed, or the runtime could not start.
    #[error("{0}")]
    Output(#[from] io::Error),
}

impl Trouble {
    /// As a script gets it.
    pub fn failure(&self) -> Failure {
        let code = match self {
            Self::Engine(error) => return error.failure(),
            Self::Job(failure) => return failure.clone(),
            Self::NotUtf8(_) => ErrorCode::Invalid,
            Self::Nothing(_) => ErrorCode::NotFound,
            Self::Write { source, .. } | Self::Output(source) => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    ErrorCode::ReadOnly
                }
                io::ErrorKind::NotFound => ErrorCode::NotFound,
                _ => ErrorCode::Internal,
            },
        };
        Failure::new(code, self.to_string())
    }
}
