//! Refresh tokens: each works once and gives the next (RFC 9700, 4.14.2). One that comes a second time was copied,
//! and the whole family ends; unless its successor was never used: then the answer may have been lost on its way, and
//! it may be given once more, in place of the one that was lost.

use chrono::{DateTime, Utc};

/// What is known of a token that somebody shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The device is signed in: neither signed out nor ended, and its owner may use the service.
    pub device_is_in: bool,
    /// When the token ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Whether it was used already.
    pub is_used: bool,
    /// Whether it has a successor that nobody used.
    pub successor_is_unused: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Give the next one.
    Next,
    /// Give another in place of the successor, which counts as used from now on.
    Again,
    /// It was copied: sign the device out.
    Copied,
    /// It is too late for it.
    Ended,
}

/// Decides.
#[must_use]
pub fn decide(shown: Shown, now: DateTime<Utc>) -> Turn {
    if !shown.device_is_in {
        Turn::Ended
    } else if shown.is_used && !shown.successor_is_unused {
        // Also when it has ended meanwhile: somebody has a copy.
        Turn::Copied
    } else if shown.expires_at <= now {
        Turn::Ended
    } else if shown.is_used {
        Turn::Again
    } else {
        Turn::Next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    /// A family in memory, as the database keeps it.
    struct Family {
        is_in: bool,
        /// Used or not, and the successor's place.
        tokens: Vec<(bool, Option<usize>)>,
    }

    impl Family {
        fn show(&mut self, token: usize) -> Option<usize> {
            let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
            let (is_used, successor) = self.tokens[token];
            let shown = Shown {
                device_is_in: self.is_in,
                expires_at: now + TimeDelta::days(1),
                is_used,
                successor_is_unused: successor.is_some_and(|it| !self.tokens[it].0),
            };
            match decide(shown, now) {
                Turn::Ended => return None,
                Turn::Copied => {
                    self.is_in = false;
                    return None;
                }
                Turn::Again => {
                    if let Some(lost) = successor {
                        self.tokens[lost] = (true, None);
                    }
                }
                Turn::Next => {}
            }
            self.tokens.push((false, None));
            let next = self.tokens.len() - 1;
            self.tokens[token] = (true, Some(next));
            Some(next)
        }
    }

    #[test]
    fn a_lost_answer_may_be_asked_for_again_until_the_successor_is_used() {
        let mut family = Family {
            is_in: true,
            tokens: vec![(false, None)],
        };
        let lost = family.show(0).expect("the first use");
        let got = family.show(0).expect("the answer was lost");
        assert_ne!(lost, got);
        let next = family.show(got).expect("the second use");
        assert_eq!(family.show(0), None, "its successor was used");
        assert!(!family.is_in, "the device is signed out");
        assert_eq!(family.show(next), None, "also for whoever has the newest");
    }

    #[test]
    fn a_token_ends_by_itself() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let shown = Shown {
            device_is_in: true,
            expires_at: now,
            is_used: false,
            successor_is_unused: false,
        };
        assert_eq!(decide(shown, now), Turn::Ended);
        assert_eq!(decide(shown, now - TimeDelta::seconds(1)), Turn::Next);
    }

    proptest! {
        /// Two hold copies of the same token and each refreshes as often as it likes. Once both have refreshed, at most
        /// one of them is served again: nobody can follow an owner unseen.
        #[test]
        fn two_holders_do_not_go_on_side_by_side(turns in prop::collection::vec(any::<bool>(), 3..40)) {
            let mut family = Family { is_in: true, tokens: vec![(false, None)] };
            let mut holders = [0_usize, 0];
            let mut refreshed = [false, false];
            for turn in turns {
                let who = usize::from(turn);
                let Some(next) = family.show(holders[who]) else { break };
                holders[who] = next;
                refreshed[who] = true;
            }
            if refreshed[0] && refreshed[1] {
                let first = family.show(holders[0]).is_some();
                let second = family.show(holders[1]).is_some();
                prop_assert!(!(first && second), "both are served side by side");
            }
        }
    }
}
