//! What can go wrong between here and the cloud. Told apart: the cloud is away, it refused, nobody is signed in.

use gameforge_wire::cloud::{Problem, ProblemCode};
use std::{io, time::Duration};

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is no address of a cloud.
    #[error("“{0}” is not the address of a cloud; one looks like https://cloud.example.org.")]
    Address(String),
    /// `http` to another machine.
    #[error(
        "“{0}” would send your password unencrypted; use an address that begins with https://."
    )]
    InTheClear(String),
    /// It answered, and said no.
    #[error("{}", problem.detail)]
    Refused {
        /// What it said, with a code to act on.
        problem: Box<Problem>,
        /// When to come again, where it said so.
        retry_after: Option<Duration>,
    },
    /// It cannot be reached: no network, no such machine, or it did not answer in time.
    #[error("The cloud cannot be reached just now.")]
    Offline(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something between here and the cloud answers in its place that it is away (502 to 504 without its words).
    #[error("The cloud is away for the moment (HTTP {status}).")]
    Away {
        /// The HTTP status.
        status: u16,
        /// When to come again, where it said so.
        retry_after: Option<Duration>,
    },
    /// It answers, but not in the cloud's words.
    #[error(
        "What answers at this address is not a GameForge Cloud, or one of another version (HTTP {status})."
    )]
    Foreign {
        /// The HTTP status.
        status: u16,
        /// What could not be read.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The answer is larger than any answer of the cloud.
    #[error("The answer has more than {most} bytes; it was not read to its end.")]
    TooLarge {
        /// In bytes.
        most: usize,
    },
    /// Nobody is signed in, or the device was signed out.
    #[error("You are signed out of the cloud. Sign in again.")]
    SignedOut,
    /// The keychain refused.
    #[error("The system's keychain refused: {0}.")]
    Keychain(#[from] keyring::Error),
    /// What the keychain holds is not what was put there.
    #[error("What the keychain holds for GameForge cannot be read. Sign in again.")]
    Kept(#[source] serde_json::Error),
    /// The system has no random numbers.
    #[error("The system gives no random numbers: {0}.")]
    Random(#[from] getrandom::Error),
    /// No port of this machine for the browser to come back to.
    #[error("This computer gives no port for the browser to come back to: {0}.")]
    Loopback(#[source] io::Error),
    /// The other page sent the browser back with a no.
    #[error("The sign-in was not finished: {0}.")]
    Denied(String),
    /// Nobody came back from the browser.
    #[error("The browser did not come back in time. Try again.")]
    NotBack,
    /// TLS could not be set up on this machine.
    #[error("Encrypted connections cannot be set up on this computer: {0}.")]
    Setup(#[source] reqwest::Error),
    /// A piece of blocking work was cut off.
    #[error("The work was cut off: {0}.")]
    CutOff(#[from] tokio::task::JoinError),
}

/// The client's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The cloud's code, where it refused.
    #[must_use]
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused { problem, .. } => Some(problem.code),
            _ => None,
        }
    }

    /// Whether trying the same later may go well: nothing is wrong with the request.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Offline(_) | Self::Away { .. } => true,
            Self::Refused { problem, .. } => matches!(
                problem.code,
                ProblemCode::Unavailable | ProblemCode::RateLimited
            ),
            _ => false,
        }
    }

    /// Whether the cloud is away, for the window to say so. Too many requests is not that.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.passes() && self.code() != Some(ProblemCode::RateLimited)
    }

    /// When to come again, where the cloud said so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } | Self::Away { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn offline(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Offline(source.into())
    }
}
