//! Figures as JSON lines, and percentiles.

use serde_json::{Value, json};
use std::time::Duration;

/// The one in the middle; of an even number the later of the two.
pub fn median(mut measured: Vec<Duration>) -> Duration {
    measured.sort_unstable();
    measured
        .get(measured.len() / 2)
        .copied()
        .unwrap_or_default()
}

/// Prints one figure. `budget` and `beside` are what it is to be held against, in the same unit.
pub fn print(figure: &str, unit: &str, value: f64, more: &Value) {
    let mut line = json!({ "figure": figure, "value": round(value), "unit": unit });
    if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
        line.extend(more.clone());
    }
    println!("{line}");
}

/// Prints the median and the 99th percentile of measured times, in milliseconds, beside a budget for the latter.
pub fn times(figure: &str, measured: &mut [Duration], budget_ms: f64) {
    measured.sort_unstable();
    let p99 = milliseconds(percentile(measured, 0.99));
    print(
        figure,
        "ms",
        p99,
        &json!({
            "statistic": "p99",
            "p50": round(milliseconds(percentile(measured, 0.5))),
            "max": round(milliseconds(percentile(measured, 1.0))),
            "n": measured.len(),
            "budget": budget_ms,
            "met": p99 <= budget_ms,
        }),
    );
}

/// The value below which a part of the sorted measurements lies (nearest rank).
fn percentile(sorted: &[Duration], part: f64) -> Duration {
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

/// A duration in milliseconds.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Three decimals: more would pretend to a precision that a shared machine has not.
pub fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_take_the_nearest_rank() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 0.99), Duration::from_millis(99));
        assert_eq!(percentile(&times, 0.5), Duration::from_millis(50));
        assert_eq!(percentile(&times, 1.0), Duration::from_millis(100));
    }
}
