//! When work that comes again has its turn.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

/// How often, and when first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// At once, and then each time so much later.
    Every(TimeDelta),
    /// Once a day when this hour (UTC) begins; the first time is the next such moment, not the service's start.
    Daily(u32),
}

impl Turn {
    /// The next turn after one that is taken now, or after the start.
    #[must_use]
    pub fn after(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Every(pause) => now + pause,
            Self::Daily(hour) => {
                let hour = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
                let today = now.date_naive().and_time(hour).and_utc();
                if today > now {
                    today
                } else {
                    today + Days::new(1)
                }
            }
        }
    }

    /// Whether the first turn is at the start.
    #[must_use]
    pub const fn at_once(self) -> bool {
        matches!(self, Self::Every(_))
    }

    /// The time between two turns.
    #[must_use]
    pub const fn every(self) -> TimeDelta {
        match self {
            Self::Every(pause) => pause,
            Self::Daily(_) => TimeDelta::days(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn a_daily_turn_is_the_next_beginning_of_its_hour() {
        let turn = Turn::Daily(6);
        for (now, next) in [
            ("2026-11-22T05:59:59Z", "2026-11-22T06:00:00Z"),
            ("2026-11-22T06:00:00Z", "2026-11-23T06:00:00Z"),
            ("2026-11-22T23:10:00Z", "2026-11-23T06:00:00Z"),
            ("2026-12-31T07:00:00Z", "2027-01-01T06:00:00Z"),
        ] {
            assert_eq!(turn.after(at(now)), at(next), "{now}");
        }
    }
}
