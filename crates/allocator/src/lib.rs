//! The allocator of all programs. It gives memory back that the system's own one keeps, but what a thread has freed it
//! gives back when that thread allocates again: one that goes to sleep should say so.

/// For `#[global_allocator]`.
pub use mimalloc::MiMalloc as Allocator;

/// Gives the system back what the calling thread has freed. For a thread that goes to sleep, or has put much away; takes
/// some hundred microseconds. Without effect where a program has another allocator.
pub fn give_back() {
    #[expect(
        unsafe_code,
        reason = "the allocator's own interface, which no safe one covers"
    )]
    // SAFETY: may be called by any thread at any time; it touches the calling thread's own heap and what nobody owns.
    unsafe {
        libmimalloc_sys::mi_collect(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator;

    /// What the system counts as this process's, in KiB.
    #[cfg(target_os = "linux")]
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_sleeping_thread_freed_goes_back_to_the_system() {
        // Pieces that share the allocator's segments with others, as decoded pictures do.
        let held: Vec<Vec<u8>> = (0..64).map(|_| vec![1; 1 << 20]).collect();
        let kept = vec![2_u8; 1 << 20];
        let full = resident();
        drop(held);
        give_back();
        assert!(
            resident() + (48 << 10) < full,
            "{full} KiB before, {} after",
            resident()
        );
        assert_eq!(kept.len(), 1 << 20);
    }
}
