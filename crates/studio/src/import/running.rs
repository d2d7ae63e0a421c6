//! A job while it runs: how far it is, who may steer it, when it tells.

use super::{Outcome, Task};
use crate::{Error, Result, store};
use gameforge_domain::JobId;
use gameforge_wire::{ErrorCode, Failure, ImportCounts, Job, JobState};
use parking_lot::Mutex;
use sqlx::SqliteConnection;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// At most ten events a second.
const BETWEEN_EVENTS: Duration = Duration::from_millis(100);
/// No estimate before this much of a job: the first files say little of the rest.
const BEFORE_ESTIMATE: Duration = Duration::from_secs(2);

/// What a person wants of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    Run,
    Pause,
    Cancel,
}

struct Progress {
    job: Job,
    /// Files that are in the library but not read yet.
    waiting: u32,
    told: Option<Instant>,
    changed: bool,
    /// Time that the job was not paused, up to `since`.
    worked: Duration,
    since: Instant,
}

/// A job of this process.
pub(crate) struct Running {
    id: JobId,
    row: i64,
    control: watch::Sender<Control>,
    ended: watch::Sender<bool>,
    progress: Mutex<Progress>,
}

impl Running {
    pub fn new(row: i64, id: JobId, task: &Task, started_ms: i64) -> Self {
        let job = Job {
            id,
            title: task.title(),
            task: task.word().to_owned(),
            state: JobState::Running,
            found: 0,
            done: 0,
            walked: false,
            bytes: 0.0,
            counts: ImportCounts::default(),
            remaining: None,
            started_ms: started_ms as f64,
            ended_ms: None,
            failure: None,
        };
        let progress = Progress {
            job,
            waiting: 0,
            told: None,
            changed: true,
            worked: Duration::ZERO,
            since: Instant::now(),
        };
        Self {
            id,
            row,
            control: watch::channel(Control::Run).0,
            ended: watch::channel(false).0,
            progress: Mutex::new(progress),
        }
    }

    pub const fn id(&self) -> JobId {
        self.id
    }

    pub const fn row(&self) -> i64 {
        self.row
    }

    /// Takes over what an earlier process counted.
    pub fn go_on_from(&self, outcomes: &[(u8, u32, u32)]) {
        let mut progress = self.progress.lock();
        for (number, files, waiting) in outcomes {
            if let Some(outcome) = Outcome::from_number(*number) {
                *outcome.of(&mut progress.job.counts) += files;
                progress.waiting += waiting;
            }
        }
        progress.job.found = total(&progress.job.counts);
    }

    /// As it stands now.
    pub fn snapshot(&self) -> Job {
        let mut progress = self.progress.lock();
        progress.told();
        progress.job.clone()
    }

    /// As it stands, when it is time to tell again.
    pub fn news(&self) -> Option<Job> {
        let mut progress = self.progress.lock();
        let due = progress.changed
            && progress
                .told
                .is_none_or(|told| told.elapsed() >= BETWEEN_EVENTS);
        if !due {
            return None;
        }
        progress.changed = false;
        progress.told = Some(Instant::now());
        progress.told();
        Some(progress.job.clone())
    }

    /// More files were met on the walk.
    pub fn found(&self, files: u32) {
        self.change(|progress| progress.job.found += files);
    }

    /// Files that an earlier process had found and counted were met again.
    pub fn found_before(&self, files: u32) {
        if files > 0 {
            self.change(|progress| progress.job.found = progress.job.found.saturating_sub(files));
        }
    }

    /// The walk is over.
    pub fn walked(&self) {
        self.change(|progress| progress.job.walked = true);
    }

    /// Files went one way; some of them wait to be read.
    pub fn count(&self, outcome: Outcome, files: u32, waiting: u32, bytes: u64) {
        self.change(|progress| {
            *outcome.of(&mut progress.job.counts) += files;
            progress.waiting += waiting;
            progress.job.bytes += bytes as f64;
        });
    }

    /// Files were read; those that failed change their count.
    pub fn read(&self, outcome: Outcome, files: u32, failed: bool) {
        self.change(|progress| {
            progress.waiting = progress.waiting.saturating_sub(files);
            if failed {
                let count = outcome.of(&mut progress.job.counts);
                *count = count.saturating_sub(files);
                progress.job.counts.failed += files;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        let mut progress = self.progress.lock();
        change(&mut progress);
        progress.changed = true;
    }

    /// The last state. After this nothing steers it any more.
    pub fn conclude(&self, state: JobState, ended_ms: Option<i64>, failure: Option<Failure>) {
        self.change(|progress| {
            progress.job.state = state;
            progress.job.ended_ms = ended_ms.map(|at| at as f64);
            progress.job.failure = failure;
            progress.job.remaining = None;
        });
    }

    /// Whether it has not been concluded.
    pub fn is_open(&self) -> bool {
        matches!(
            self.progress.lock().job.state,
            JobState::Running | JobState::Paused
        )
    }

    pub fn steer(&self, control: Control) {
        let mut progress = self.progress.lock();
        match (control, progress.job.state) {
            (Control::Pause, JobState::Running) => {
                let worked = progress.since.elapsed();
                progress.worked += worked;
                progress.job.state = JobState::Paused;
            }
            (Control::Run, JobState::Paused) => {
                progress.since = Instant::now();
                progress.job.state = JobState::Running;
            }
            (Control::Cancel, JobState::Running | JobState::Paused) => {}
            _ => return,
        }
        progress.changed = true;
        drop(progress);
        self.control.send_replace(control);
    }

    /// What is wanted now.
    pub fn wanted(&self) -> Control {
        *self.control.borrow()
    }

    /// To wait for another wish.
    pub fn wishes(&self) -> watch::Receiver<Control> {
        self.control.subscribe()
    }

    /// Wakes everybody who waits for the end.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    pub async fn ended(&self) {
        // The sender lives as long as `self`.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }
}

impl Progress {
    fn told(&mut self) {
        let done = total(&self.job.counts).saturating_sub(self.waiting);
        self.job.done = done;
        // A walk that is not over may find any number more.
        let running = if self.job.state == JobState::Running {
            self.since.elapsed()
        } else {
            Duration::ZERO
        };
        let worked = self.worked + running;
        let known =
            self.job.walked && done > 0 && worked >= BEFORE_ESTIMATE && self.job.ended_ms.is_none();
        let left = f64::from(self.job.found.saturating_sub(done));
        self.job.remaining = known.then(|| worked.as_secs_f64() * left / f64::from(done));
    }
}

pub(crate) const fn total(counts: &ImportCounts) -> u32 {
    counts.imported
        + counts.duplicates
        + counts.unchanged
        + counts.moved
        + counts.updated
        + counts.skipped
        + counts.failed
}

/// A job as the database has it.
pub(crate) fn told(stored: &store::job::Stored) -> Result<Job> {
    let task: Task = serde_json::from_str(&stored.task).map_err(Error::json("a job's task"))?;
    let counts: ImportCounts =
        serde_json::from_str(&stored.counts).map_err(Error::json("a job's counts"))?;
    let state = serde_json::from_value(stored.state.clone().into())
        .map_err(Error::json("a job's state"))?;
    let failure = match (&stored.failure_code, &stored.failure) {
        (Some(code), Some(message)) => {
            let code: ErrorCode = serde_json::from_value(code.clone().into())
                .map_err(Error::json("a job's failure"))?;
            Some(Failure::new(code, message))
        }
        _ => None,
    };
    Ok(Job {
        id: stored.id,
        title: task.title(),
        task: task.word().to_owned(),
        state,
        found: u32::try_from(stored.found).unwrap_or(u32::MAX),
        done: total(&counts),
        walked: stored.ended_ms.is_some(),
        bytes: stored.bytes as f64,
        counts,
        remaining: None,
        started_ms: stored.started_ms as f64,
        ended_ms: stored.ended_ms.map(|at| at as f64),
        failure,
    })
}

/// Writes down where a job stands.
pub(crate) async fn write(conn: &mut SqliteConnection, row: i64, job: &Job) -> Result<()> {
    let word = |value: serde_json::Result<serde_json::Value>| {
        value
            .map(|value| value.as_str().unwrap_or_default().to_owned())
            .map_err(Error::json("a job's state"))
    };
    let state = word(serde_json::to_value(job.state))?;
    let code = job
        .failure
        .as_ref()
        .map(|failure| word(serde_json::to_value(failure.code)))
        .transpose()?;
    let counts = serde_json::to_string(&job.counts).map_err(Error::json("a job's counts"))?;
    let standing = store::job::Standing {
        state: &state,
        found: i64::from(job.found),
        counts: &counts,
        bytes: job.bytes as i64,
        failure_code: code.as_deref(),
        failure: job.failure.as_ref().map(|failure| failure.message.as_str()),
        ended_ms: job.ended_ms.map(|at| at as i64),
    };
    store::job::set_standing(conn, row, &standing).await
}
