//! How much the workers may hold together: a weighted semaphore that serves in order of coming, so that a large file
//! is not kept waiting for ever by many small ones.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;

#[derive(Debug, Default)]
struct State {
    used: u64,
    next: u64,
    waiting: VecDeque<u64>,
}

/// A number of bytes to share.
#[derive(Debug)]
pub(crate) struct Memory {
    capacity: u64,
    state: Mutex<State>,
    changed: Condvar,
}

/// A share; given back when dropped.
#[derive(Debug)]
pub(crate) struct Share<'a> {
    memory: &'a Memory,
    bytes: u64,
}

impl Memory {
    pub fn new(capacity: u64) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub const fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Waits until so many bytes are free; a wish beyond the capacity is granted alone. Whoever holds a share must not
    /// ask for another one.
    pub fn share(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.capacity);
        let mut state = self.state.lock();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push_back(ticket);
        while state.waiting.front() != Some(&ticket) || state.used + bytes > self.capacity {
            self.changed.wait(&mut state);
        }
        state.waiting.pop_front();
        state.used += bytes;
        drop(state);
        self.changed.notify_all();
        Share {
            memory: self,
            bytes,
        }
    }
}

impl Share<'_> {
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.memory.state.lock().used -= self.bytes;
        self.memory.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn many_threads_never_hold_more_than_there_is_and_all_are_served() {
        let memory = Memory::new(100);
        let (held, most, served) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8u64 {
                let (memory, held, most, served) = (&memory, &held, &most, &served);
                scope.spawn(move || {
                    for round in 0..200u64 {
                        let share = memory.share((thread * 31 + round * 7) % 130 + 1);
                        let now = held.fetch_add(share.bytes(), Ordering::SeqCst) + share.bytes();
                        most.fetch_max(now, Ordering::SeqCst);
                        held.fetch_sub(share.bytes(), Ordering::SeqCst);
                        served.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100);
        assert_eq!(served.load(Ordering::SeqCst), 1600);
    }
}
