//! The threads that hash, read and draw. Three ranks of work: what is on screen, what is being found, all the rest.

use gameforge_allocator::give_back;
use parking_lot::{Condvar, Mutex};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};
use tokio::sync::oneshot;

/// Which work comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Somebody looks at it.
    Urgent,
    /// Files being found: the library fills before it is drawn.
    Finding,
    /// Previews that nobody waits for.
    Rest,
}

/// A thread that has had nothing to do for so long goes to sleep.
const SOON: Duration = Duration::from_millis(100);

type Task = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queues {
    ranks: [VecDeque<Task>; 3],
    started: bool,
    closed: bool,
}

impl Queues {
    fn at_rest(&self) -> bool {
        !self.closed && self.ranks.iter().all(VecDeque::is_empty)
    }
}

struct Shared {
    queues: Mutex<Queues>,
    changed: Condvar,
}

/// A fixed number of threads, started with the first task, ended when the workshop is dropped.
pub(crate) struct Workshop {
    threads: usize,
    shared: Arc<Shared>,
}

impl Workshop {
    pub fn new(threads: usize) -> Self {
        let shared = Shared {
            queues: Mutex::default(),
            changed: Condvar::new(),
        };
        Self {
            threads: threads.max(1),
            shared: Arc::new(shared),
        }
    }

    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// Hands a piece of work in. The answer never comes when the work panicked or the workshop was closed.
    pub fn submit<T: Send + 'static>(
        &self,
        rank: Rank,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (answer, receiver) = oneshot::channel();
        let task: Task = Box::new(move || {
            // Nobody waiting any more is fine.
            let _ = answer.send(work());
        });
        let mut queues = self.shared.queues.lock();
        if queues.closed {
            return receiver;
        }
        queues.ranks[rank as usize].push_back(task);
        if !std::mem::replace(&mut queues.started, true) {
            for number in 0..self.threads {
                self.start(number);
            }
        }
        drop(queues);
        self.shared.changed.notify_one();
        receiver
    }

    fn start(&self, number: usize) {
        let shared = Arc::clone(&self.shared);
        let started = std::thread::Builder::new()
            .name(format!("reader-{number}"))
            // Decoders recurse within their depth limits; debug builds need room for it.
            .stack_size(8 << 20)
            .spawn(move || {
                give_way();
                shared.work();
            });
        if let Err(error) = started {
            tracing::error!(%error, "a worker thread could not be started");
        }
    }

    /// Lets go of all work that was not begun.
    pub fn close(&self) {
        let mut queues = self.shared.queues.lock();
        queues.closed = true;
        for rank in &mut queues.ranks {
            rank.clear();
        }
        drop(queues);
        self.shared.changed.notify_all();
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        self.close();
    }
}

/// Puts the calling thread behind everything that a person waits for: the window, a search. Where nothing else runs, it
/// is as fast as before.
fn give_way() {
    #[cfg(target_os = "linux")]
    {
        /// Of 19: one tenth of the time of a thread that has not given way.
        const NICE: i32 = 10;
        // A priority belongs to a thread here, whatever POSIX says.
        let thread = rustix::thread::gettid();
        if let Err(error) = rustix::process::setpriority_process(Some(thread), NICE) {
            tracing::debug!(%error, "a worker keeps its priority");
        }
    }
}

impl Shared {
    fn work(&self) {
        let mut queues = self.queues.lock();
        loop {
            if queues.closed {
                return;
            }
            if let Some(task) = queues.ranks.iter_mut().find_map(VecDeque::pop_front) {
                drop(queues);
                if catch_unwind(AssertUnwindSafe(task)).is_err() {
                    tracing::error!("a worker's task panicked; it is given up");
                }
                queues = self.queues.lock();
            } else if self.changed.wait_for(&mut queues, SOON).timed_out() && queues.at_rest() {
                // Pictures were decoded here: what is left of them is nobody's while this thread sleeps.
                drop(queues);
                give_back();
                queues = self.queues.lock();
                if queues.at_rest() {
                    self.changed.wait(&mut queues);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn higher_ranks_go_first_and_a_panic_ends_nothing() {
        let workshop = Workshop::new(1);
        let (release, gate) = mpsc::channel::<()>();
        let (done, order) = mpsc::channel();
        // The only thread is held until all is queued.
        drop(workshop.submit(Rank::Urgent, move || gate.recv()));
        drop(workshop.submit(Rank::Urgent, || panic!("a broken task")));
        for (rank, name) in [
            (Rank::Rest, 'c'),
            (Rank::Finding, 'b'),
            (Rank::Rest, 'd'),
            (Rank::Urgent, 'a'),
        ] {
            let done = done.clone();
            drop(workshop.submit(rank, move || done.send(name)));
        }
        release.send(()).unwrap();
        let order: String = (0..4).map(|_| order.recv().unwrap()).collect();
        assert_eq!(order, "abcd");
    }
}
