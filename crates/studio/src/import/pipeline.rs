//! A job's course: the walk feeds the workers, the workers feed the writer. Everything between them is bounded, so
//! that memory does not grow with the library.

use super::{
    Control, Outcome, Running, Task, presence, running,
    write::{Batch, write},
};
use crate::{
    Error, Library, Result,
    files::{
        examine::{Examined, examine},
        hex,
        objects::Objects,
        path_bytes,
        problem::Problem,
        stat::Stat,
        walk::{Met, Walk},
        workshop::Rank,
    },
    store::{self, job::Line},
};
use gameforge_wire::{ErrorCode, Event, Failure, JobState};
use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// Files that the walk hands over together.
const CHUNK: usize = 256;
/// Files that may be on their way through the workers.
const UNDER_WAY: usize = 1024;
/// Files that are written together.
const BATCH: usize = 500;
/// How often what is there is written and told, however little it is.
const TICK: Duration = Duration::from_millis(200);

/// Why a job did not come to its end.
enum Halt {
    /// Somebody cancelled it.
    Cancelled,
    /// The library is being closed: the next process goes on.
    Closing,
    /// It makes no sense to go on.
    Failed(Failure),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        if matches!(error, Error::Closed) {
            return Self::Closing;
        }
        Self::Failed(error.failure())
    }
}

type Answer = (PathBuf, Result<Examined, Problem>);

/// Runs a job from wherever it stands to its end, and writes that down. False when that could not be written.
pub(super) async fn run(library: &Library, running: &Running, task: &Task) -> bool {
    let (state, failure) = match course(library, running, task).await {
        Ok(()) => (JobState::Done, None),
        Err(Halt::Cancelled) => (JobState::Cancelled, None),
        Err(Halt::Failed(failure)) => (JobState::Failed, Some(failure)),
        Err(Halt::Closing) => {
            let noted = note(library, running, false).await;
            if let Err(error) = &noted {
                tracing::warn!(%error, job = %running.id(), "where the job stands was not written down");
            }
            return noted.is_ok();
        }
    };
    running.conclude(state, Some(library.now_ms()), failure);
    let noted = note(library, running, true).await;
    if let Err(error) = &noted {
        tracing::error!(%error, job = %running.id(), "the end of the job was not written down");
    }
    noted.is_ok()
}

async fn note(library: &Library, running: &Running, ended: bool) -> Result<()> {
    let job = running.snapshot();
    let mut tx = library.write_bulk().await?;
    running::write(&mut tx, running.row(), &job).await?;
    // A failed job can be gone on with: what it dealt with stays known.
    if ended && job.state != JobState::Failed {
        store::job::forget_files(&mut tx, running.row()).await?;
    }
    tx.commit().await
}

async fn course(library: &Library, running: &Running, task: &Task) -> Result<(), Halt> {
    bring_in(library, running, task).await?;
    if let Task::Scan { watch, folder, .. } = task {
        presence::reconcile(library, Some(&folder.path())).await?;
        let mut tx = library.write_bulk().await?;
        let watched = store::watched_folder::all(&mut tx).await?;
        if let Some(watched) = watched.iter().find(|watched| watched.id == *watch) {
            store::watched_folder::scanned(&mut tx, watched.row, library.now_ms()).await?;
        }
        tx.commit().await?;
        library.places_changed();
    }
    until_read(library, running).await
}

/// The files of a job have all been read when this returns.
async fn until_read(library: &Library, running: &Running) -> Result<(), Halt> {
    let mut stopping = library.stopping();
    let mut wishes = running.wishes();
    let news = library.0.files.readings.news();
    loop {
        let read = news.notified();
        tokio::pin!(read);
        // Registered before the question, so that an answer in between is not missed.
        read.as_mut().enable();
        proceed(library, running).await?;
        if let Some(failure) = library.0.files.readings.trouble() {
            return Err(Halt::Failed(failure));
        }
        if !store::job::waits(&mut *library.reader().await?, running.row()).await? {
            return Ok(());
        }
        library.0.files.readings.wake();
        tokio::select! {
            () = read => {}
            _ = stopping.changed() => {}
            _ = wishes.changed() => {}
            () = tokio::time::sleep(TICK) => {}
        }
        tell(library, running);
    }
}

/// Returns when the job may go on; waits while it is paused.
async fn proceed(library: &Library, running: &Running) -> Result<(), Halt> {
    let mut stopping = library.stopping();
    let mut wishes = running.wishes();
    loop {
        if *stopping.borrow() {
            return Err(Halt::Closing);
        }
        match running.wanted() {
            Control::Run => return Ok(()),
            Control::Cancel => return Err(Halt::Cancelled),
            Control::Pause => tokio::select! {
                _ = stopping.changed() => {}
                _ = wishes.changed() => {}
            },
        }
    }
}

fn tell(library: &Library, running: &Running) {
    if let Some(job) = running.news() {
        library.emit(Event::Job { job });
    }
}

async fn bring_in(library: &Library, running: &Running, task: &Task) -> Result<(), Halt> {
    let (answers, mut answered) = mpsc::unbounded_channel::<Answer>();
    let halted = Arc::new(AtomicBool::new(false));
    let order = Order {
        copies: task.copies().then(|| Objects::new(library.objects_dir())),
        answers,
        halted: Arc::clone(&halted),
    };
    let end = feed(library, running, task, &order, &mut answered).await;
    drop(order);
    halted.store(true, Ordering::Relaxed);
    if matches!(end, Err(Halt::Failed(_))) {
        // Where the disk is full, half a copy may hold the very room that the job's last word needs: every worker has
        // let go of its own when the channel ends.
        while answered.recv().await.is_some() {}
    }
    end
}

/// What a worker needs of its job.
#[derive(Clone)]
struct Order {
    /// Where copies go, if files are copied.
    copies: Option<Objects>,
    answers: mpsc::UnboundedSender<Answer>,
    /// Nobody wants the answers any more.
    halted: Arc<AtomicBool>,
}

async fn feed(
    library: &Library,
    running: &Running,
    task: &Task,
    order: &Order,
    answered: &mut mpsc::UnboundedReceiver<Answer>,
) -> Result<(), Halt> {
    let mut walk = walk(library, task);
    let mut tick = tokio::time::interval(TICK);
    let mut under_way = 0;
    let mut batch = Batch::default();
    let mut walking = true;
    while walking || under_way > 0 || !batch.is_empty() {
        proceed(library, running).await?;
        tokio::select! {
            biased;
            Some((path, answer)) = answered.recv(), if under_way > 0 => {
                under_way -= 1;
                take(&mut batch, path, answer)?;
            }
            met = walk.recv(), if walking && under_way < UNDER_WAY => match met {
                Some(met) => {
                    running.found(u32::try_from(met.len()).unwrap_or(u32::MAX));
                    for (path, _) in triage(library, running, met, &mut batch).await? {
                        under_way += 1;
                        submit(library, path, order.clone());
                    }
                }
                None => {
                    walking = false;
                    running.walked();
                }
            },
            _ = tick.tick() => {
                if !batch.is_empty() {
                    write(library, running, std::mem::take(&mut batch), task).await?;
                }
                tell(library, running);
            }
        }
        let last = !walking && under_way == 0;
        if batch.len() >= BATCH || (last && !batch.is_empty()) {
            write(library, running, std::mem::take(&mut batch), task).await?;
            tell(library, running);
        }
    }
    Ok(())
}

/// Starts the walk on a thread of its own. It ends when nobody takes what it meets any more.
fn walk(library: &Library, task: &Task) -> mpsc::Receiver<Vec<Met>> {
    let (sender, receiver) = mpsc::channel(4);
    let own = library.path().to_owned();
    let roots = task.roots();
    tokio::task::spawn_blocking(move || {
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut visit = |met| {
            chunk.push(met);
            chunk.len() < CHUNK || sender.blocking_send(std::mem::take(&mut chunk)).is_ok()
        };
        let mut walk = Walk::new(&own, &mut visit);
        let whole = roots.iter().all(|root| walk.root(root));
        if whole && !chunk.is_empty() {
            // Nobody there any more is fine.
            let _ = sender.blocking_send(chunk);
        }
    });
    receiver
}

/// Sorts out what needs no reading: what was skipped, what the job has dealt with, what is as it was.
async fn triage(
    library: &Library,
    running: &Running,
    met: Vec<Met>,
    batch: &mut Batch,
) -> Result<Vec<(PathBuf, Stat)>> {
    let mut files = Vec::new();
    for met in met {
        match met {
            Met::File { path, stat } => files.push((path, stat)),
            Met::Skipped { path, problem } => batch.lines.push(line(&path, &problem, true)),
            Met::Failed { path, problem } => batch.lines.push(line(&path, &problem, false)),
        }
    }
    if files.is_empty() {
        return Ok(files);
    }
    let paths: Vec<String> = files
        .iter()
        .map(|(path, _)| hex(&path_bytes(path)))
        .collect();
    let mut conn = library.reader().await?;
    let dealt: HashSet<String> = store::job::dealt_among(&mut conn, running.row(), &paths)
        .await?
        .into_iter()
        .collect();
    let known: HashMap<String, _> = store::location::by_paths(&mut conn, &paths)
        .await?
        .into_iter()
        .map(|place| (hex(&place.path), place))
        .collect();
    drop(conn);
    let mut unchanged = 0;
    let mut again = 0;
    let mut rest = Vec::with_capacity(files.len());
    for (path, file) in paths.into_iter().zip(files) {
        let stat = &file.1;
        let is_same = known.get(&path).is_some_and(|place| {
            !place.removed
                && !place.missing
                && u64::try_from(place.size) == Ok(stat.size)
                && place.mtime_ns == stat.mtime_ns
                && (place.file_id == stat.file_id || place.file_id.is_none())
        });
        if dealt.contains(&path) {
            again += 1;
        } else if is_same {
            unchanged += 1;
        } else {
            rest.push(file);
        }
    }
    running.count(Outcome::Unchanged, unchanged, 0, 0);
    // Found and counted before the restart.
    running.found_before(again);
    Ok(rest)
}

fn submit(library: &Library, path: PathBuf, order: Order) {
    // The answer goes through the channel; the receipt is of no use.
    let receipt = library.0.files.workshop.submit(Rank::Finding, move || {
        if order.halted.load(Ordering::Relaxed) {
            return;
        }
        let answer = catch_unwind(AssertUnwindSafe(|| examine(&path, order.copies.as_ref())))
            .unwrap_or_else(|_| {
                Err(Problem::new(
                    "reader_failed",
                    "Telling its format failed; the file was set aside.",
                ))
            });
        let _ = order.answers.send((path, answer));
    });
    drop(receipt);
}

fn take(batch: &mut Batch, path: PathBuf, answer: Result<Examined, Problem>) -> Result<(), Halt> {
    match answer {
        Ok(examined) => batch.examined.push((path, examined)),
        Err(problem) if problem.disk_full => {
            let message = "The library's disk is full. What was imported so far is safe; make room, then resume the import.";
            return Err(Halt::Failed(Failure::new(ErrorCode::DiskFull, message)));
        }
        Err(problem) => batch.lines.push(line(&path, &problem, false)),
    }
    Ok(())
}

fn line(path: &Path, problem: &Problem, skipped: bool) -> Line {
    Line {
        path: hex(&path_bytes(path)),
        code: problem.code.to_owned(),
        message: problem.message.clone(),
        skipped: u8::from(skipped),
    }
}
