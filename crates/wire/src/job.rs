//! Long work: what runs, how far it is, what it met.

use gameforge_domain::JobId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Files and folders to bring in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// Absolute paths.
    pub paths: Vec<String>,
    /// True: copy into the library; false: keep in place.
    pub copy: bool,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum JobState {
    Running,
    Paused,
    Done,
    Cancelled,
    Failed,
}

/// How many files went which way. Every file found is counted exactly once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ImportCounts {
    /// New in the library.
    pub imported: u32,
    /// Same bytes as an asset that is there: its place was noted, nothing was stored twice.
    pub duplicates: u32,
    /// Known, and as it was.
    pub unchanged: u32,
    /// Known by content at a new place, its old place gone.
    pub moved: u32,
    /// Known by place, with new content: a new version.
    pub updated: u32,
    /// Not wanted: hidden files, system clutter, the library's own folder.
    pub skipped: u32,
    /// With a line in the report.
    pub failed: u32,
}

/// A job for the status bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// In words: “Import art, sounds and 3 more”.
    pub title: String,
    /// `import`, `scan`, `previews`, `relink`.
    pub task: String,
    /// Where it stands.
    pub state: JobState,
    /// Files found so far.
    pub found: u32,
    /// Files dealt with.
    pub done: u32,
    /// Whether the walk is over, so that `found` is final.
    pub walked: bool,
    /// Bytes dealt with.
    pub bytes: f64,
    /// By outcome.
    pub counts: ImportCounts,
    /// Seconds left, as far as can be told.
    pub remaining: Option<f64>,
    /// When it began.
    pub started_ms: f64,
    /// When it ended.
    pub ended_ms: Option<f64>,
    /// Why it failed as a whole (disk full, library read-only…).
    pub failure: Option<crate::Failure>,
}

/// A file that did not make it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct JobIssue {
    /// Where it is.
    pub path: String,
    /// Stable word.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A job with its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct JobReport {
    /// The job.
    pub job: Job,
    /// Files that failed, at most 1,000.
    pub failed: Vec<JobIssue>,
    /// Files that were passed over, at most 1,000.
    pub skipped: Vec<JobIssue>,
}
