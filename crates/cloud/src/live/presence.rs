//! Who looks at what, of all copies of the service. What is not said again in time is forgotten: a copy that died
//! cannot take back what it said.

use crate::App;
use gameforge_domain::{AccountId, ProjectId};
use gameforge_wire::cloud::{Person, Presence, PresencePlace};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;

/// How long a look counts. The window says it again every 30 s; one lost is no harm.
pub const LIFE: Duration = Duration::from_secs(75);
/// How often what is over is forgotten.
const SWEEP: Duration = Duration::from_secs(5);

/// One connection's look.
#[derive(Debug)]
struct Look {
    person: Person,
    place: PresencePlace,
    until: Instant,
}

/// All looks that are known here.
#[derive(Debug, Default)]
pub struct Looks {
    by_socket: HashMap<Uuid, Look>,
    by_project: HashMap<ProjectId, HashSet<Uuid>>,
}

impl Looks {
    /// Notes a connection's look, or its end; the projects in which somebody is there or gone now.
    pub fn look(
        &mut self,
        socket: Uuid,
        person: Person,
        place: Option<PresencePlace>,
        now: Instant,
    ) -> Vec<ProjectId> {
        let Some(place) = place else {
            return self.end(socket);
        };
        if let Some(look) = self.by_socket.get_mut(&socket)
            && look.place == place
            && look.person == person
        {
            look.until = now + LIFE;
            return Vec::new();
        }
        let mut changed = self.end(socket);
        let project = place.project_id;
        self.by_project.entry(project).or_default().insert(socket);
        let look = Look {
            person,
            place,
            until: now + LIFE,
        };
        self.by_socket.insert(socket, look);
        if !changed.contains(&project) {
            changed.push(project);
        }
        changed
    }

    fn end(&mut self, socket: Uuid) -> Vec<ProjectId> {
        let Some(look) = self.by_socket.remove(&socket) else {
            return Vec::new();
        };
        let project = look.place.project_id;
        if let Some(sockets) = self.by_project.get_mut(&project) {
            sockets.remove(&socket);
            if sockets.is_empty() {
                self.by_project.remove(&project);
            }
        }
        vec![project]
    }

    /// Forgets the looks that were not said again; the projects in which somebody is gone.
    pub fn expire(&mut self, now: Instant) -> Vec<ProjectId> {
        let over: Vec<Uuid> = self
            .by_socket
            .iter()
            .filter(|(_, look)| look.until <= now)
            .map(|(socket, _)| *socket)
            .collect();
        let mut changed: Vec<ProjectId> = over
            .into_iter()
            .flat_map(|socket| self.end(socket))
            .collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// Who is there in a project besides one person, each place of a person once.
    #[must_use]
    pub fn people(&self, project: ProjectId, besides: AccountId) -> Vec<Presence> {
        let sockets = self.by_project.get(&project);
        let mut people: Vec<Presence> = sockets
            .into_iter()
            .flatten()
            .filter_map(|socket| self.by_socket.get(socket))
            .filter(|look| look.person.id != besides)
            .map(|look| Presence {
                person: look.person.clone(),
                place: look.place.clone(),
            })
            .collect();
        let key = |it: &Presence| {
            (
                it.person.display_name.clone(),
                it.person.id,
                it.place.object_kind.clone(),
                it.place.object_id.clone(),
            )
        };
        people.sort_by_key(key);
        people.dedup();
        people
    }
}

/// Forgets what is over, for as long as it is polled.
pub async fn sweep(app: &App) {
    let mut turn = tokio::time::interval(SWEEP);
    loop {
        turn.tick().await;
        app.live.hub.sweep(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: u128) -> Person {
        Person {
            id: AccountId::from_uuid(Uuid::from_u128(id)),
            display_name: format!("person {id}"),
        }
    }

    fn place(project: u128, object: Option<&str>) -> PresencePlace {
        PresencePlace {
            project_id: ProjectId::from_uuid(Uuid::from_u128(project)),
            object_kind: object.map(|_| "asset".to_owned()),
            object_id: object.map(str::to_owned),
        }
    }

    #[test]
    fn only_what_changes_is_told_and_what_is_not_renewed_goes() {
        let mut looks = Looks::default();
        let (socket, now) = (Uuid::from_u128(1), Instant::now());
        let (one, other) = (place(1, None), place(2, None));
        assert_eq!(
            looks.look(socket, person(7), Some(one.clone()), now),
            vec![one.project_id]
        );
        let later = now + Duration::from_secs(30);
        assert!(
            looks
                .look(socket, person(7), Some(one.clone()), later)
                .is_empty(),
            "said again"
        );
        assert!(looks.expire(now + LIFE).is_empty(), "it was renewed");
        let changed = looks.look(socket, person(7), Some(other.clone()), later);
        assert_eq!(
            changed,
            vec![one.project_id, other.project_id],
            "gone here, come there"
        );
        assert_eq!(looks.expire(later + LIFE), vec![other.project_id]);
        assert!(looks.by_project.is_empty() && looks.by_socket.is_empty());
    }

    #[test]
    fn two_windows_of_one_person_at_one_place_are_one() {
        let mut looks = Looks::default();
        let now = Instant::now();
        for (socket, who, object) in [(1, 7, "a"), (2, 7, "a"), (3, 7, "b"), (4, 8, "a")] {
            looks.look(
                Uuid::from_u128(socket),
                person(who),
                Some(place(1, Some(object))),
                now,
            );
        }
        let project = place(1, None).project_id;
        let seen = looks.people(project, person(8).id);
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen.iter().all(|it| it.person == person(7)));
        assert_eq!(looks.people(project, person(7).id).len(), 1);
    }
}
