//! Work that happens after the answer, and work that comes again. What is enqueued is done at least once: each kind
//! must bear being run twice.

mod sweep;
mod worker;

pub use worker::{Worker, run_due};

use crate::{App, Result, mail::Letter};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A piece of work, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Sends a letter.
    Mail(Letter),
    /// Forgets what is no longer needed.
    Sweep,
}

impl Work {
    /// Its name in lists and measurements.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Sweep => "sweep",
        }
    }

    /// The most tries: with growing pauses, mail is tried for about a day.
    #[must_use]
    pub const fn most_attempts(&self) -> i32 {
        match self {
            Self::Mail(_) => 12,
            Self::Sweep => 3,
        }
    }

    /// What comes again by itself, and how often.
    #[must_use]
    pub fn recurring() -> Vec<(Self, TimeDelta)> {
        vec![(Self::Sweep, TimeDelta::minutes(10))]
    }

    async fn run(&self, app: &App) -> Result<()> {
        match self {
            Self::Mail(letter) => app.mail.send(letter, &app.config).await,
            Self::Sweep => sweep::run(app).await,
        }
    }
}
