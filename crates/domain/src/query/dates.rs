//! Days and spans of time, resolved against a clock that is handed in.

const DAY_MS: i64 = 86_400_000;

/// The moment of a search, and where the person is: “today” is the day on their wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
    /// How far local time is ahead of UTC, in seconds.
    pub offset_seconds: i32,
}

impl From<i64> for Now {
    /// A moment in UTC, from milliseconds.
    fn from(unix_ms: i64) -> Self {
        Self {
            unix_ms,
            offset_seconds: 0,
        }
    }
}

/// A span of time, absolute or counted back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateSpan {
    /// Whole local days since 1970-01-01, both ends included; `None` is open.
    Days {
        /// The first day.
        from: Option<i32>,
        /// The last day.
        to: Option<i32>,
    },
    /// Today and the days before it, this many together: 1 is `today`, 7 `week`, 30 `month`, 365 `year`.
    Recent(u16),
    /// The day before today.
    Yesterday,
    /// Less than this many hours ago.
    Newer(u32),
    /// More than this many hours ago.
    Older(u32),
}

impl DateSpan {
    /// First and last millisecond of the span, both included.
    #[must_use]
    pub fn resolve(self, now: Now) -> (i64, i64) {
        let offset = i64::from(now.offset_seconds) * 1000;
        let today = now.unix_ms.saturating_add(offset).div_euclid(DAY_MS);
        let start = |day: i64| day.saturating_mul(DAY_MS).saturating_sub(offset);
        let hours = |count: u32| i64::from(count) * 3_600_000;
        match self {
            Self::Days { from, to } => (
                from.map_or(i64::MIN, |day| start(i64::from(day))),
                to.map_or(i64::MAX, |day| start(i64::from(day) + 1) - 1),
            ),
            Self::Recent(days) => (start(today - i64::from(days) + 1), i64::MAX),
            Self::Yesterday => (start(today - 1), start(today) - 1),
            Self::Newer(count) => (
                now.unix_ms.saturating_sub(hours(count)).saturating_add(1),
                i64::MAX,
            ),
            Self::Older(count) => (
                i64::MIN,
                now.unix_ms.saturating_sub(hours(count)).saturating_sub(1),
            ),
        }
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar
/// (Howard Hinnant, “chrono-Compatible Low-Level Date Algorithms”).
pub(super) fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a day since 1970-01-01, as year, month and day (same source).
pub(super) fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    } as u32;
    (year_of_era + era * 400 + i32::from(month <= 2), month, day)
}

/// First and last day of `2026`, `2026-01` or `2026-01-31`; `None` when it is no such date.
pub(super) fn parse_days(text: &str) -> Option<(i32, i32)> {
    let mut parts = text.split('-');
    let year_text = parts.next()?;
    if year_text.len() != 4
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return None;
    }
    let year: i32 = year_text.parse().ok()?;
    let Some(month_text) = parts.next() else {
        return Some((days_from_civil(year, 1, 1), days_from_civil(year, 12, 31)));
    };
    let month: u32 = month_text
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    let (after_year, after_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let last = days_from_civil(after_year, after_month, 1) - 1;
    let Some(day_text) = parts.next() else {
        return Some((days_from_civil(year, month, 1), last));
    };
    let day = days_from_civil(
        year,
        month,
        day_text.parse().ok().filter(|day| (1..=31).contains(day))?,
    );
    (day <= last && parts.next().is_none()).then_some((day, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse_over_eight_centuries() {
        for day in (-150_000..150_000).step_by(7) {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), day);
        }
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
    }

    #[test]
    fn parts_of_dates_are_spans() {
        assert_eq!(
            parse_days("2026-02"),
            Some((days_from_civil(2026, 2, 1), days_from_civil(2026, 2, 28)))
        );
        assert_eq!(
            parse_days("2024-02-29").map(|(from, to)| to - from),
            Some(0)
        );
        assert_eq!(parse_days("2025-02-29"), None);
        assert_eq!(parse_days("2025-13"), None);
        assert_eq!(parse_days("2025-1-1-1"), None);
    }

    #[test]
    fn today_is_the_local_day() {
        // 23:30 UTC on the 1st is already the 2nd two hours further east.
        let now = Now {
            unix_ms: DAY_MS - 1_800_000,
            offset_seconds: 7200,
        };
        let (from, _) = DateSpan::Recent(1).resolve(now);
        assert_eq!(from, DAY_MS - 7_200_000);
        assert_eq!(DateSpan::Yesterday.resolve(now).1, from - 1);
    }
}
