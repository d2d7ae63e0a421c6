//! What went wrong, in a closed set of codes that somebody acts on.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A code exists only where the window or a script acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The thing is not there (any more).
    NotFound,
    /// The words or values cannot be used; the message says which.
    Invalid,
    /// It is there already.
    Exists,
    /// No library is open.
    NoLibrary,
    /// The folder is not a library.
    NotALibrary,
    /// The library was made by a newer version of the Studio.
    NewerLibrary,
    /// Nothing can be written there.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// The database is damaged; the message names the backup.
    Damaged,
    /// The file could not be read.
    Unreadable,
    /// Another program holds it just now.
    Busy,
    /// The cloud cannot be reached.
    Offline,
    /// Nobody is signed in at the cloud, or this device was signed out.
    SignedOut,
    /// A fresh proof (second factor or password) is asked for first.
    StepUp,
    /// The account's address has to be verified first.
    Unverified,
    /// There are new terms that have to be agreed to first.
    ConsentRequired,
    /// Anything else; the log has the cause.
    Internal,
}

/// An error as the window and `--json` get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Failure {
    /// To act on.
    pub code: ErrorCode,
    /// To read: what happened, to what, what to do now.
    pub message: String,
}

impl Failure {
    /// A code with its words.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}
