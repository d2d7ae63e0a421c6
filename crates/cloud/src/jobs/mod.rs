//! Work that happens after the answer, and work that comes again. What is enqueued is done at least once: each kind
//! must bear being run twice.

mod erase;
mod export;
mod notice;
mod purge;
mod sweep;
mod turn;
mod worker;

pub use erase::due as run_erasures;
pub use purge::run as run_purge;
pub use turn::Turn;
pub use worker::{Worker, enqueue_turns, run_due};

use crate::{App, Result, mail::Letter};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A piece of work, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Sends a letter.
    Mail(Letter),
    /// Writes a letter about what a person should know.
    Notice {
        /// About which notification.
        notification: uuid::Uuid,
    },
    /// Writes everybody's letter about what happened since the last one.
    Digest,
    /// Empties the bin of what was in it for its time.
    Purge,
    /// Makes the package of all of a person's data.
    Export {
        /// Which.
        export: gameforge_domain::DataExportId,
    },
    /// Erases a person who asked for it.
    Erase {
        /// Whom.
        account: gameforge_domain::AccountId,
    },
    /// Finds the erasures that are due.
    EraseDue,
    /// Forgets what is no longer needed.
    Sweep,
}

impl Work {
    /// Its name in lists and measurements.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Notice { .. } => "notice",
            Self::Digest => "digest",
            Self::Purge => "purge",
            Self::Export { .. } => "export",
            Self::Erase { .. } => "erase",
            Self::EraseDue => "erase_due",
            Self::Sweep => "sweep",
        }
    }

    /// The most tries: with growing pauses, mail is tried for about a day.
    #[must_use]
    pub const fn most_attempts(&self) -> i32 {
        match self {
            Self::Mail(_) => 12,
            Self::Notice { .. } => 12,
            Self::Export { .. } => 8,
            Self::Erase { .. } => 20,
            Self::Digest | Self::Purge | Self::EraseDue | Self::Sweep => 3,
        }
    }

    /// What comes again by itself, and when. Digests go out at one hour of the day.
    #[must_use]
    pub fn recurring(digest_hour: u32) -> [(Self, Turn); 4] {
        [
            (Self::Sweep, Turn::Every(TimeDelta::minutes(10))),
            (Self::Purge, Turn::Every(TimeDelta::hours(1))),
            (Self::EraseDue, Turn::Every(TimeDelta::minutes(10))),
            (Self::Digest, Turn::Daily(digest_hour)),
        ]
    }

    async fn run(&self, app: &App) -> Result<()> {
        match self {
            Self::Mail(letter) => app.mail.send(letter, &app.config).await,
            Self::Notice { notification } => notice::one(app, *notification).await,
            Self::Digest => notice::digests(app).await,
            Self::Purge => purge::run(app).await,
            Self::Export { export } => export::run(app, *export).await,
            Self::Erase { account } => erase::run(app, *account).await,
            Self::EraseDue => erase::due(app).await,
            Self::Sweep => sweep::run(app).await,
        }
    }
}
