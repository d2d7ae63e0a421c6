//! Bringing files in, as a job that can be paused, cancelled, and gone on with after a crash.
//!
//! Walk → examine (hash, format, copy) → decide → write, in batches; what the files show is read afterwards, by
//! `preview`, so that a library fills at once. A job has ended when all of its files have been read.

mod decide;
mod pipeline;
pub(crate) mod presence;
mod running;
mod task;
mod write;

pub(crate) use running::Running;
pub(crate) use task::Task;

use crate::{Error, Library, Result, files::path_from_bytes, store};
use gameforge_domain::JobId;
use gameforge_wire::{Event, ImportCounts, ImportRequest, Job, JobIssue, JobReport, JobState};
use running::Control;
use std::{fs::File, path::PathBuf, sync::Arc};
use uuid::Uuid;

/// Lines of each sort that a report shows.
const LINES: i64 = 1000;
/// Ended jobs that are kept.
const KEPT: i64 = 200;
/// Jobs that a list shows.
const LISTED: i64 = 50;

/// Which way a file went, as `job_file.outcome` keeps it. Numbers never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Outcome {
    Imported = 0,
    Duplicate = 1,
    Moved = 2,
    Updated = 3,
    Failed = 4,
    Unchanged = 5,
    Skipped = 6,
}

impl Outcome {
    const ALL: [Self; 7] = [
        Self::Imported,
        Self::Duplicate,
        Self::Moved,
        Self::Updated,
        Self::Failed,
        Self::Unchanged,
        Self::Skipped,
    ];

    /// The outcome behind a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| *outcome as u8 == number)
    }

    /// Its count.
    pub const fn of(self, counts: &mut ImportCounts) -> &mut u32 {
        match self {
            Self::Imported => &mut counts.imported,
            Self::Duplicate => &mut counts.duplicates,
            Self::Moved => &mut counts.moved,
            Self::Updated => &mut counts.updated,
            Self::Failed => &mut counts.failed,
            Self::Unchanged => &mut counts.unchanged,
            Self::Skipped => &mut counts.skipped,
        }
    }
}

impl Library {
    /// Begins to bring files and folders in; returns at once.
    ///
    /// # Errors
    /// `Invalid` without a path or with one that is not absolute, `ReadOnly`.
    pub async fn import(&self, request: ImportRequest) -> Result<JobId> {
        let paths = request.paths.into_iter().map(PathBuf::from).collect();
        self.import_paths(paths, request.copy).await
    }

    /// As [`import`](Self::import), for paths that need not be UTF-8.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub async fn import_paths(&self, paths: Vec<PathBuf>, copy: bool) -> Result<JobId> {
        if paths.is_empty() {
            return Err(Error::invalid(
                "there is nothing to import; name a file or a folder",
            ));
        }
        if let Some(path) = paths.iter().find(|path| !path.is_absolute()) {
            return Err(Error::invalid(format!(
                "“{}” is not an absolute path; give the whole path",
                path.display()
            )));
        }
        self.start_job(Task::import(&paths, copy)).await
    }

    /// Writes a job down and sets it going.
    pub(crate) async fn start_job(&self, task: Task) -> Result<JobId> {
        let id = JobId::from_uuid(Uuid::now_v7());
        let started = self.now_ms();
        let words = serde_json::to_string(&task).map_err(Error::json("a job's task"))?;
        // Taken before the row can be seen, so that no other process believes the job cut off.
        let lock = self
            .job_lock(id)?
            .ok_or_else(|| Error::invalid("the job runs already"))?;
        let mut tx = self.write_bulk().await?;
        let row = store::job::insert(&mut tx, id, &words, started).await?;
        store::job::prune(&mut tx, KEPT).await?;
        tx.commit().await?;
        self.run_job(Running::new(row, id, &task, started), task, lock);
        Ok(id)
    }

    fn run_job(&self, running: Running, task: Task, lock: File) {
        let running = Arc::new(running);
        self.0
            .files
            .jobs
            .lock()
            .insert(running.id(), Arc::clone(&running));
        self.start_reading();
        let library = self.clone();
        self.spawn(async move {
            let written = pipeline::run(&library, &running, &task).await;
            if written && !running.is_open() {
                let _ = std::fs::remove_file(library.lock_path(running.id()));
            }
            drop(lock);
            // An end that could not be written stays known here: the database still says that it runs, as the next
            // process will see it and go on.
            if written {
                let mut jobs = library.0.files.jobs.lock();
                if jobs
                    .get(&running.id())
                    .is_some_and(|now| Arc::ptr_eq(now, &running))
                {
                    jobs.remove(&running.id());
                }
            }
            // Told last, so that who hears of a failure can go on with the job at once.
            if !running.is_open() {
                library.emit(Event::Job {
                    job: running.snapshot(),
                });
            }
            running.end();
        });
    }

    /// Waits until a job has ended, and gives its report. A job that was paused is waited for, too.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn wait(&self, id: JobId) -> Result<JobReport> {
        let running = self.0.files.jobs.lock().get(&id).cloned();
        if let Some(running) = running {
            running.ended().await;
        }
        self.job_report(id).await
    }

    /// Running jobs and the newest ended ones, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn jobs(&self) -> Result<Vec<Job>> {
        let stored = store::job::newest(&mut *self.reader().await?, LISTED).await?;
        stored.iter().map(|stored| self.told(stored)).collect()
    }

    /// A job with its lines.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn job_report(&self, id: JobId) -> Result<JobReport> {
        let mut conn = self.reader().await?;
        let stored = store::job::by_id(&mut conn, id)
            .await?
            .ok_or_else(|| Error::not_found("The job"))?;
        let failed = issues(store::job::lines(&mut conn, stored.row, false, LINES).await?);
        let skipped = issues(store::job::lines(&mut conn, stored.row, true, LINES).await?);
        Ok(JobReport {
            job: self.told(&stored)?,
            failed,
            skipped,
        })
    }

    /// As it stands: from memory while it runs here or its end could not be written, else from the database.
    fn told(&self, stored: &store::job::Stored) -> Result<Job> {
        match self.0.files.jobs.lock().get(&stored.id) {
            Some(running) => Ok(running.snapshot()),
            None => running::told(stored),
        }
    }

    /// Holds a job up; files that are being read are finished.
    ///
    /// # Errors
    /// `NotFound` when it does not run here.
    pub async fn pause(&self, id: JobId) -> Result<()> {
        self.steer(id, Control::Pause).await
    }

    /// Lets a job that was paused go on, also one of an earlier run of the program.
    ///
    /// # Errors
    /// `NotFound`, `Busy` when another process runs it.
    pub async fn resume(&self, id: JobId) -> Result<()> {
        if self.runs_here(id) {
            return self.steer(id, Control::Run).await;
        }
        let stored = store::job::by_id(&mut *self.reader().await?, id).await?;
        let stored = stored.ok_or_else(|| Error::not_found("The job"))?;
        if !matches!(stored.state.as_str(), "running" | "paused" | "failed") {
            return Err(Error::invalid("the job has ended; start a new one"));
        }
        if !self.resume_stored(&stored).await? {
            return Err(Error::invalid("another program runs this job just now"));
        }
        Ok(())
    }

    /// Ends a job early. What it brought in stays.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn cancel(&self, id: JobId) -> Result<()> {
        if self.runs_here(id) {
            return self.steer(id, Control::Cancel).await;
        }
        let stored = store::job::by_id(&mut *self.reader().await?, id).await?;
        let stored = stored.ok_or_else(|| Error::not_found("The job"))?;
        if !matches!(stored.state.as_str(), "running" | "paused") {
            return Ok(());
        }
        let Some(_lock) = self.job_lock(id)? else {
            return Err(Error::invalid(
                "another program runs this job just now; cancel it there",
            ));
        };
        let mut job = running::told(&stored)?;
        job.state = JobState::Cancelled;
        job.ended_ms = Some(self.now_ms() as f64);
        let mut tx = self.write_bulk().await?;
        running::write(&mut tx, stored.row, &job).await?;
        store::job::forget_files(&mut tx, stored.row).await?;
        tx.commit().await?;
        let _ = std::fs::remove_file(self.lock_path(id));
        self.0.files.jobs.lock().remove(&id);
        self.emit(Event::Job { job });
        Ok(())
    }

    /// Whether it is under way in this process; not when it ended and only the writing of that failed.
    fn runs_here(&self, id: JobId) -> bool {
        let jobs = self.0.files.jobs.lock();
        jobs.get(&id).is_some_and(|running| running.is_open())
    }

    async fn steer(&self, id: JobId, control: Control) -> Result<()> {
        let running = self.0.files.jobs.lock().get(&id).cloned();
        let running = running.ok_or_else(|| Error::not_found("The job"))?;
        running.steer(control);
        let job = running.snapshot();
        let mut tx = self.write_bulk().await?;
        if running.is_open() {
            running::write(&mut tx, running.row(), &job).await?;
        }
        tx.commit().await?;
        self.0.files.readings.wake();
        self.emit(Event::Job { job });
        Ok(())
    }

    /// Goes on with every job that was cut off by the end of its process.
    pub(crate) async fn resume_cut_off_jobs(&self) -> Result<()> {
        let unfinished = store::job::unfinished(&mut *self.reader().await?).await?;
        for stored in unfinished.iter().filter(|stored| stored.state == "running") {
            let resumed = self.resume_stored(stored).await?;
            tracing::info!(job = %stored.id, resumed, "found a job that had not ended");
        }
        Ok(())
    }

    /// False when another process holds it.
    async fn resume_stored(&self, stored: &store::job::Stored) -> Result<bool> {
        let Some(lock) = self.job_lock(stored.id)? else {
            return Ok(false);
        };
        let task: Task = serde_json::from_str(&stored.task).map_err(Error::json("a job's task"))?;
        let mut tx = self.write_bulk().await?;
        store::job::forget_open_lines(&mut tx, stored.row).await?;
        let outcomes = store::job::outcomes(&mut tx, stored.row).await?;
        let running = Running::new(stored.row, stored.id, &task, stored.started_ms);
        running.go_on_from(&outcomes);
        running::write(&mut tx, stored.row, &running.snapshot()).await?;
        tx.commit().await?;
        self.run_job(running, task, lock);
        Ok(true)
    }

    fn lock_path(&self, id: JobId) -> PathBuf {
        self.path().join("jobs").join(format!("{id}.lock"))
    }

    /// The system's lock on a job, which ends with its process, however that ends. None when another one has it.
    fn job_lock(&self, id: JobId) -> Result<Option<File>> {
        let path = self.lock_path(id);
        let folder = self.path().join("jobs");
        if self.read_only() {
            return Err(Error::ReadOnly {
                path: self.path().to_owned(),
            });
        }
        std::fs::create_dir_all(&folder).map_err(Error::io("Making the folder", &folder))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("Opening", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(Error::io("Locking", &path)(error)),
        }
    }
}

fn issues(lines: Vec<(Vec<u8>, String, String)>) -> Vec<JobIssue> {
    lines
        .into_iter()
        .map(|(path, code, message)| JobIssue {
            path: path_from_bytes(&path).to_string_lossy().into_owned(),
            code,
            message,
        })
        .collect()
}
