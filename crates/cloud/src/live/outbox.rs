//! What a socket has still to be told. Hints about the same thing become one, so a slow reader makes it no larger than
//! the number of scopes and projects that the person sees.

use gameforge_domain::{AccountId, ProjectId};
use gameforge_wire::cloud::{LiveFrame, Presence};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tokio::sync::Notify;
use uuid::Uuid;

/// Why a connection is closed from this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The device was signed out.
    SignedOut,
    /// This copy of the service stops.
    Stopping,
}

#[derive(Debug, Default)]
struct Waiting {
    welcome: Option<AccountId>,
    pokes: BTreeMap<Uuid, i64>,
    present: BTreeMap<ProjectId, Vec<Presence>>,
    ending: Option<Ending>,
}

/// The box.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

impl Outbox {
    /// The connection stands.
    pub fn welcome(&self, account: AccountId) {
        self.waiting.lock().welcome = Some(account);
        self.filled.notify_one();
    }

    /// Something in a scope is new up to a number.
    pub fn poke(&self, scope: Uuid, seq: i64) {
        let mut waiting = self.waiting.lock();
        let newest = waiting.pokes.entry(scope).or_insert(seq);
        *newest = seq.max(*newest);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Who is there in a project now.
    pub fn present(&self, project: ProjectId, people: Vec<Presence>) {
        self.waiting.lock().present.insert(project, people);
        self.filled.notify_one();
    }

    /// Nothing about these scopes is to be told any more.
    pub fn forget(&self, is_theirs: impl Fn(Uuid) -> bool) {
        let mut waiting = self.waiting.lock();
        waiting.pokes.retain(|scope, _| is_theirs(*scope));
        waiting
            .present
            .retain(|project, _| is_theirs(project.uuid()));
    }

    /// The connection is to be closed.
    pub fn end(&self, ending: Ending) {
        self.waiting.lock().ending.get_or_insert(ending);
        self.filled.notify_one();
    }

    /// Waits until there is something.
    pub async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Takes what is there, in the order in which it is to be sent.
    pub fn take(&self) -> (Vec<LiveFrame>, Option<Ending>) {
        let waiting = std::mem::take(&mut *self.waiting.lock());
        let mut frames = Vec::new();
        if let Some(account_id) = waiting.welcome {
            frames.push(LiveFrame::Welcome { account_id });
        }
        frames.extend(
            waiting
                .pokes
                .into_iter()
                .map(|(scope, seq)| LiveFrame::Poke {
                    scope_id: scope.to_string(),
                    seq: crate::store::word::number(seq),
                }),
        );
        frames.extend(
            waiting
                .present
                .into_iter()
                .map(|(project_id, people)| LiveFrame::Present { project_id, people }),
        );
        if waiting.ending == Some(Ending::SignedOut) {
            frames.push(LiveFrame::SignedOut);
        }
        (frames, waiting.ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_about_the_same_become_one_and_never_go_back() {
        let outbox = Outbox::default();
        let scope = Uuid::from_u128(7);
        for seq in [3, 9, 5] {
            outbox.poke(scope, seq);
        }
        let (frames, ending) = outbox.take();
        assert_eq!(
            frames,
            vec![LiveFrame::Poke {
                scope_id: scope.to_string(),
                seq: 9.0
            }]
        );
        assert_eq!(ending, None);
        assert!(outbox.take().0.is_empty());
    }

    #[test]
    fn what_somebody_may_not_see_any_more_is_not_told() {
        let outbox = Outbox::default();
        outbox.poke(Uuid::from_u128(1), 1);
        outbox.poke(Uuid::from_u128(2), 1);
        outbox.present(ProjectId::from_uuid(Uuid::from_u128(1)), Vec::new());
        outbox.forget(|scope| scope == Uuid::from_u128(2));
        let (frames, _) = outbox.take();
        assert!(
            matches!(&frames[..], [LiveFrame::Poke { scope_id, .. }] if *scope_id == Uuid::from_u128(2).to_string()),
            "{frames:?}"
        );
    }
}
