//! Devices that were signed out while access tokens of theirs still live. Every copy of the service has the same
//! list: see `follow`.

use chrono::{DateTime, Utc};
use gameforge_domain::SessionId;
use parking_lot::RwLock;
use std::collections::HashMap;
use tokio::sync::broadcast;

/// How many may be told before a slow listener has to look for itself.
const WAITING: usize = 256;

/// The list.
#[derive(Debug)]
pub struct Revoked {
    since: RwLock<HashMap<SessionId, DateTime<Utc>>>,
    told: broadcast::Sender<SessionId>,
}

impl Default for Revoked {
    fn default() -> Self {
        Self {
            since: RwLock::default(),
            told: broadcast::channel(WAITING).0,
        }
    }
}

impl Revoked {
    /// Whether the device was signed out.
    #[must_use]
    pub fn contains(&self, session: SessionId) -> bool {
        self.since.read().contains_key(&session)
    }

    /// Adds a device that was signed out at a time. Whoever listens is told once.
    pub fn add(&self, session: SessionId, at: DateTime<Utc>) {
        let was_there = self.since.write().insert(session, at).is_some();
        if !was_there {
            // Nobody may be listening.
            self.told.send(session).unwrap_or_default();
        }
    }

    /// Forgets those that were signed out before a time: no token of theirs lives any more.
    pub fn forget(&self, before: DateTime<Utc>) {
        self.since.write().retain(|_, at| *at >= before);
    }

    /// Tells of each device that is added from now on, for connections that stay open.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<SessionId> {
        self.told.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use uuid::Uuid;

    #[test]
    fn a_device_is_known_until_its_tokens_have_ended_and_told_once() {
        let revoked = Revoked::default();
        let (session, now) = (
            SessionId::from_uuid(Uuid::from_u128(1)),
            DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
        );
        let mut told = revoked.subscribe();
        revoked.add(session, now);
        revoked.add(session, now);
        assert!(revoked.contains(session));
        assert_eq!(told.try_recv(), Ok(session));
        assert!(told.try_recv().is_err(), "told a second time");
        revoked.forget(now);
        assert!(
            revoked.contains(session),
            "its tokens may live to this moment"
        );
        revoked.forget(now + TimeDelta::seconds(1));
        assert!(
            !revoked.contains(session),
            "the list does not grow for ever"
        );
    }
}
