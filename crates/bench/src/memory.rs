//! Memory of a process, as Linux counts it.

use std::fs;

/// Resident memory in MiB: what lies in RAM now (`VmRSS`) or at most so far (`VmHWM`). None where there is no `/proc`.
pub fn resident(field: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// Starts the count of `VmHWM` anew. Says whether the system let us.
pub fn reset_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}
