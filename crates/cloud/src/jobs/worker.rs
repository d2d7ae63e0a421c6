//! The loop that takes jobs. Each copy of the service has one; the database decides who gets what.

use super::Work;
use crate::{App, Result, store, telemetry::Span};
use chrono::TimeDelta;
use std::time::{Duration, Instant, SystemTime};
use tokio::{sync::watch, task::JoinHandle, time};

/// Pause when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(500);
/// A lease is renewed this often.
const BREATH: Duration = Duration::from_secs(30);

/// The running loop.
#[derive(Debug)]
pub struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Starts it.
    #[must_use]
    pub fn start(app: App) -> Self {
        let (stop, mut asked) = watch::channel(false);
        let task = tokio::spawn(async move {
            while !*asked.borrow() {
                let more = match round(&app).await {
                    Ok(more) => more,
                    Err(error) => {
                        tracing::warn!(%error, "the jobs' loop waits for the database");
                        false
                    }
                };
                if !more {
                    tokio::select! {
                        _ = asked.changed() => {}
                        () = time::sleep(PAUSE) => {}
                    }
                }
            }
        });
        Self { stop, task }
    }

    /// Lets the job at hand end, then stops.
    pub async fn stop(self) {
        // Nobody listens any more when the loop has ended already.
        self.stop.send(true).unwrap_or_default();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the jobs' loop broke off");
        }
    }
}

/// Enqueues what comes again and takes one job; whether there may be more.
async fn round(app: &App) -> Result<bool> {
    enqueue_turns(app).await?;
    take_one(app).await
}

/// Enqueues what comes again and has its turn now.
///
/// # Errors
/// When the database is away.
pub async fn enqueue_turns(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    for (work, turn) in Work::recurring(app.config.digest_hour) {
        if store::job::take_turn(&mut tx, work.kind(), turn, now).await? {
            store::job::enqueue_at(&mut tx, app.new_id(), now, now, &work, Some("recurring"))
                .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Takes all jobs that are due now, one after the other. For tests, and for `gameforge-cloud jobs run`.
///
/// # Errors
/// When the database is away; a failing job is not an error here, it is tried again.
pub async fn run_due(app: &App) -> Result<u32> {
    let mut count = 0;
    while take_one(app).await? {
        count += 1;
    }
    Ok(count)
}

async fn take_one(app: &App) -> Result<bool> {
    let holder = app.name.as_str();
    let mut tx = app.store.worker().await?;
    let taken = store::job::take(&mut tx, app.clock.now(), holder).await?;
    tx.commit().await?;
    let Some(job) = taken else {
        return Ok(false);
    };
    let began = Instant::now();
    let result = {
        let mut work = std::pin::pin!(job.work.run(app));
        loop {
            tokio::select! {
                result = &mut work => break result,
                () = time::sleep(BREATH) => breathe(app, &job).await,
            }
        }
    };
    note(app, &job, began.elapsed(), result.is_ok());
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    match result {
        Ok(()) => store::job::finish(&mut tx, job.id, now).await?,
        Err(error) if job.attempt >= job.most => {
            tracing::error!(job = %job.id, kind = job.work.kind(), %error, "a job is given up");
            store::job::bury(&mut tx, job.id, now, &error.to_string()).await?;
        }
        Err(error) => {
            tracing::warn!(job = %job.id, kind = job.work.kind(), %error, "a job is tried again");
            let run_at = now + pause_after(job.attempt);
            store::job::retry(&mut tx, job.id, run_at, &error.to_string()).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Counts a try that ended, and traces it.
fn note(app: &App, job: &store::job::Taken, took: Duration, done: bool) {
    let kind = job.work.kind();
    let outcome = match done {
        true => "done",
        false if job.attempt >= job.most => "dead",
        false => "retried",
    };
    app.metrics.job(kind, outcome, took);
    if app.traces.is_on() {
        app.traces.note(Span {
            parent: None,
            name: format!("job {kind}"),
            asked: false,
            ended: SystemTime::now(),
            took,
            facts: vec![
                ("gameforge.job", job.id.to_string()),
                ("gameforge.attempt", job.attempt.to_string()),
            ],
            failed: !done,
        });
    }
}

async fn breathe(app: &App, job: &store::job::Taken) {
    let renewed = async {
        let mut tx = app.store.worker().await?;
        store::job::breathe(&mut tx, job.id, app.clock.now(), &app.name).await?;
        tx.commit().await?;
        Ok::<(), crate::Error>(())
    };
    if let Err(error) = renewed.await {
        tracing::warn!(job = %job.id, %error, "a job's lease could not be renewed");
    }
}

/// 5 s, 10 s, 20 s … up to four hours.
fn pause_after(attempt: i32) -> TimeDelta {
    let doubled = 5_i64 << attempt.saturating_sub(1).clamp(0, 20);
    TimeDelta::seconds(doubled.min(4 * 3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_growing() {
        assert_eq!(pause_after(1), TimeDelta::seconds(5));
        assert_eq!(pause_after(3), TimeDelta::seconds(20));
        assert_eq!(pause_after(50), TimeDelta::hours(4));
    }
}
