//! This copy's sockets: whose they are, which scopes they follow, what they look at.

use super::{
    outbox::{Ending, Outbox},
    presence::Looks,
};
use gameforge_domain::{AccountId, ProjectId, SessionId};
use gameforge_wire::cloud::{Person, PresencePlace};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

/// Connections of one person to one copy. More is a fault of a program.
pub const MOST_OF_ONE: usize = 50;

/// One socket.
#[derive(Debug)]
struct Socket {
    session: SessionId,
    person: Person,
    scopes: HashSet<Uuid>,
    look: Option<PresencePlace>,
    outbox: Arc<Outbox>,
}

#[derive(Debug, Default)]
struct State {
    sockets: HashMap<Uuid, Socket>,
    by_scope: HashMap<Uuid, HashSet<Uuid>>,
    by_account: HashMap<AccountId, HashSet<Uuid>>,
    looks: Looks,
    /// People of whom is to be asked anew what they may see.
    doubtful: BTreeSet<AccountId>,
    stopped: bool,
}

impl State {
    /// Follows nothing any more until it was asked anew.
    fn doubt(&mut self, account: AccountId) {
        let Some(sockets) = self.by_account.get(&account) else {
            return;
        };
        for id in sockets {
            if let Some(socket) = self.sockets.get_mut(id) {
                for scope in socket.scopes.drain() {
                    unfollow(&mut self.by_scope, scope, *id);
                }
                socket.outbox.forget(|_| false);
            }
        }
        self.doubtful.insert(account);
    }

    /// Tells those who look at a project who is there.
    fn tell_present(&self, project: ProjectId) {
        let looking = self.sockets.values().filter(|socket| {
            socket
                .look
                .as_ref()
                .is_some_and(|look| look.project_id == project)
        });
        for socket in looking {
            let people = self.looks.people(project, socket.person.id);
            socket.outbox.present(project, people);
        }
    }
}

fn unfollow(by_scope: &mut HashMap<Uuid, HashSet<Uuid>>, scope: Uuid, socket: Uuid) {
    if let Some(sockets) = by_scope.get_mut(&scope) {
        sockets.remove(&socket);
        if sockets.is_empty() {
            by_scope.remove(&scope);
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Hub {
    state: Mutex<State>,
    doubted: Notify,
}

impl Hub {
    /// A new socket. It follows nothing yet. None when the person has too many, or the service stops.
    pub fn enter(&self, id: Uuid, session: SessionId, person: Person) -> Option<Arc<Outbox>> {
        let mut state = self.state.lock();
        if state.stopped {
            return None;
        }
        let own = state.by_account.entry(person.id).or_default();
        if own.len() >= MOST_OF_ONE {
            return None;
        }
        own.insert(id);
        let outbox = Arc::new(Outbox::default());
        let socket = Socket {
            session,
            person,
            scopes: HashSet::new(),
            look: None,
            outbox: Arc::clone(&outbox),
        };
        state.sockets.insert(id, socket);
        Some(outbox)
    }

    /// A socket is gone; what it looked at, when it did.
    pub fn leave(&self, id: Uuid) -> Option<(Person, PresencePlace)> {
        let mut state = self.state.lock();
        let socket = state.sockets.remove(&id)?;
        for scope in &socket.scopes {
            unfollow(&mut state.by_scope, *scope, id);
        }
        if let Some(own) = state.by_account.get_mut(&socket.person.id) {
            own.remove(&id);
            if own.is_empty() {
                state.by_account.remove(&socket.person.id);
            }
        }
        socket.look.map(|look| (socket.person, look))
    }

    /// How many there are.
    pub fn connections(&self) -> usize {
        self.state.lock().sockets.len()
    }

    /// Passes a hint on to those who follow the scope.
    pub fn poke(&self, scope: Uuid, seq: i64) {
        let state = self.state.lock();
        for id in state.by_scope.get(&scope).into_iter().flatten() {
            if let Some(socket) = state.sockets.get(id) {
                socket.outbox.poke(scope, seq);
            }
        }
    }

    /// What these people may see, and whoever follows these scopes, is to be asked anew. They hear nothing until then.
    pub fn recheck(&self, accounts: &[AccountId], scopes: &[Uuid]) {
        let mut state = self.state.lock();
        let mut whose: BTreeSet<AccountId> = accounts.iter().copied().collect();
        for id in scopes
            .iter()
            .filter_map(|scope| state.by_scope.get(scope))
            .flatten()
        {
            if let Some(socket) = state.sockets.get(id) {
                whose.insert(socket.person.id);
            }
        }
        for account in whose {
            state.doubt(account);
        }
        drop(state);
        self.doubted.notify_one();
    }

    /// The same for everybody.
    pub fn recheck_all(&self) {
        let mut state = self.state.lock();
        let all: Vec<AccountId> = state.by_account.keys().copied().collect();
        for account in all {
            state.doubt(account);
        }
        drop(state);
        self.doubted.notify_one();
    }

    /// Waits for somebody of whom is to be asked.
    pub async fn next_doubtful(&self) -> AccountId {
        loop {
            let next = self.state.lock().doubtful.pop_first();
            if let Some(account) = next {
                return account;
            }
            self.doubted.notified().await;
        }
    }

    /// What the person may see: what all their sockets follow from now on, each with its newest number. They are poked
    /// for all of it, since something may have been missed. A look at what is not among it ends; those ended are given
    /// back.
    pub fn follow(
        &self,
        account: AccountId,
        scopes: &[(Uuid, i64)],
        still_looks: impl Fn(&PresencePlace) -> bool,
    ) -> Vec<(Uuid, Person)> {
        let mut state = self.state.lock();
        let state = &mut *state;
        let mut ended = Vec::new();
        if state.doubtful.contains(&account) {
            // It changed once more while it was asked: the next answer counts.
            return ended;
        }
        for id in state.by_account.get(&account).into_iter().flatten() {
            let Some(socket) = state.sockets.get_mut(id) else {
                continue;
            };
            for (scope, seq) in scopes {
                if socket.scopes.insert(*scope) {
                    state.by_scope.entry(*scope).or_default().insert(*id);
                }
                socket.outbox.poke(*scope, *seq);
            }
            if socket.look.as_ref().is_some_and(|look| !still_looks(look)) {
                socket.look = None;
                ended.push((*id, socket.person.clone()));
            }
        }
        ended
    }

    /// The projects that a person's sockets look at.
    pub fn looked_at(&self, account: AccountId) -> HashSet<ProjectId> {
        let state = self.state.lock();
        let sockets = state.by_account.get(&account).into_iter().flatten();
        sockets
            .filter_map(|id| state.sockets.get(id)?.look.as_ref())
            .map(|look| look.project_id)
            .collect()
    }

    /// Notes what a socket of this copy looks at. False when it is gone.
    pub fn set_look(&self, id: Uuid, place: Option<PresencePlace>) -> bool {
        let mut state = self.state.lock();
        let Some(socket) = state.sockets.get_mut(&id) else {
            return false;
        };
        socket.look = place;
        true
    }

    /// What the sockets of this copy look at.
    pub fn own_looks(&self) -> Vec<(Uuid, Person, PresencePlace)> {
        let state = self.state.lock();
        state
            .sockets
            .iter()
            .filter_map(|(id, socket)| Some((*id, socket.person.clone(), socket.look.clone()?)))
            .collect()
    }

    /// Somebody, here or at another copy, looks at something.
    pub fn looked(&self, socket: Uuid, person: Person, place: Option<PresencePlace>, now: Instant) {
        let mut state = self.state.lock();
        for project in state.looks.look(socket, person, place, now) {
            state.tell_present(project);
        }
    }

    /// Forgets the looks that were not said again.
    pub fn sweep(&self, now: Instant) {
        let mut state = self.state.lock();
        for project in state.looks.expire(now) {
            state.tell_present(project);
        }
    }

    /// The sockets of devices that were signed out are told so and closed.
    pub fn sign_out(&self, is_out: impl Fn(SessionId) -> bool) {
        let state = self.state.lock();
        for socket in state.sockets.values() {
            if is_out(socket.session) {
                socket.outbox.end(Ending::SignedOut);
            }
        }
    }

    /// All sockets are closed, and no more come.
    pub fn close_all(&self) {
        let mut state = self.state.lock();
        state.stopped = true;
        for socket in state.sockets.values() {
            socket.outbox.end(Ending::Stopping);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_wire::cloud::LiveFrame;

    fn person(id: u128) -> Person {
        Person {
            id: AccountId::from_uuid(Uuid::from_u128(id)),
            display_name: format!("person {id}"),
        }
    }

    fn pokes(outbox: &Outbox) -> Vec<f64> {
        let (frames, _) = outbox.take();
        frames
            .into_iter()
            .filter_map(|frame| match frame {
                LiveFrame::Poke { seq, .. } => Some(seq),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn nobody_hears_of_what_they_may_not_see_not_even_for_a_moment() {
        let hub = Hub::default();
        let (ada, bob) = (person(1), person(2));
        let session = SessionId::from_uuid(Uuid::nil());
        let to_ada = hub
            .enter(Uuid::from_u128(10), session, ada.clone())
            .expect("room");
        let to_bob = hub
            .enter(Uuid::from_u128(11), session, bob.clone())
            .expect("room");
        let scope = Uuid::from_u128(99);
        hub.follow(ada.id, &[(scope, 4)], |_| true);
        assert_eq!(
            pokes(&to_ada),
            vec![4.0],
            "what may have been missed is told at once"
        );
        hub.poke(scope, 5);
        assert_eq!(pokes(&to_ada), vec![5.0]);
        assert!(pokes(&to_bob).is_empty());
        // From the moment in which it is in doubt nothing is told, not even what waited.
        hub.poke(scope, 6);
        hub.recheck(&[], &[scope]);
        hub.poke(scope, 7);
        assert!(pokes(&to_ada).is_empty());
        // An answer that was overtaken by another change does not count.
        hub.follow(ada.id, &[(scope, 7)], |_| true);
        assert!(pokes(&to_ada).is_empty());
        hub.leave(Uuid::from_u128(10));
        assert!(hub.state.lock().by_scope.is_empty());
    }

    #[test]
    fn one_person_cannot_take_all_places() {
        let hub = Hub::default();
        let session = SessionId::from_uuid(Uuid::nil());
        for n in 0..MOST_OF_ONE {
            assert!(
                hub.enter(Uuid::from_u128(n as u128), session, person(1))
                    .is_some()
            );
        }
        assert!(
            hub.enter(Uuid::from_u128(1_000), session, person(1))
                .is_none()
        );
        assert!(
            hub.enter(Uuid::from_u128(1_001), session, person(2))
                .is_some()
        );
        assert_eq!(hub.connections(), MOST_OF_ONE + 1);
    }
}
