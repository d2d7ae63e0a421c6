//! The live connection: hints to open windows that something is new, and who looks at what.
//!
//! What is new is told after its commit: this copy of the service gathers hints for a moment and hands them to
//! PostgreSQL as one `NOTIFY` (not within the transaction: that would make every commit wait for the others). Each copy
//! listens and passes a hint on to those of its sockets whose person may see the scope. A hint is never the thing
//! itself: whoever missed some asks again, so after a lost connection everybody is poked once.
//!
//! `bulletin` is what the copies say to each other, `publisher` and `listener` are its two ends, `hub` knows this
//! copy's sockets, `presence` who looks at what, `outbox` what a socket has still to be told, `recheck` asks anew who
//! may see what, `socket` is one connection.

mod bulletin;
mod hub;
mod listener;
mod outbox;
mod presence;
mod publisher;
mod recheck;
mod socket;

pub use socket::{Guest, serve};

use crate::App;
use bulletin::Item;
use gameforge_domain::AccountId;
use gameforge_wire::cloud::{Person, PresencePlace};
use hub::Hub;
use publisher::Pending;
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;

/// This copy's end of the live connections.
#[derive(Debug, Default)]
pub struct Live {
    hub: Hub,
    pending: Pending,
}

impl Live {
    /// Something in a scope is new up to a number. To be called after the commit.
    pub fn poke(&self, scope: Uuid, seq: i64) {
        self.pending.poke(scope, seq);
    }

    /// What some people, or those who follow some scopes, may see is another now: nothing is passed on to them before
    /// it was asked anew. To be called after the commit.
    pub fn recheck(&self, accounts: &[AccountId], scopes: &[Uuid]) {
        self.pending.say(Item::Recheck {
            accounts: accounts.to_vec(),
            scopes: scopes.to_vec(),
        });
    }

    /// Somebody looks at something, or at nothing any more.
    fn look(&self, socket: Uuid, person: Person, place: Option<PresencePlace>) {
        self.pending.say(Item::Look {
            socket,
            person,
            place,
        });
    }

    /// How many live connections this copy holds.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.hub.connections()
    }
}

/// The tasks behind it.
#[derive(Debug)]
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts them.
    #[must_use]
    pub fn start(app: App) -> Self {
        let (stop, mut asked) = watch::channel(false);
        let task = tokio::spawn(async move {
            let all = async {
                tokio::join!(
                    publisher::run(&app),
                    listener::run(&app),
                    recheck::run(&app),
                    recheck::sign_out(&app),
                    presence::sweep(&app),
                )
            };
            tokio::select! {
                _ = all => {}
                _ = asked.changed() => app.live.hub.close_all(),
            }
        });
        Self { stop, task }
    }

    /// Closes all connections and ends the tasks. The windows connect again, to another copy.
    pub async fn stop(self) {
        // Nobody listens any more when the tasks have ended already.
        self.stop.send(true).unwrap_or_default();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the live connections' tasks broke off");
        }
    }
}
