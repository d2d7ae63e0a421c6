//! What every request may use: the store, the keys, the clock, the configuration.

use crate::{
    Config, Error, Result,
    clock::Clock,
    identity::{seal, token::TokenKeys},
    mail::Post,
    store::Store,
};
use gameforge_domain::SessionId;
use gameforge_wire::cloud::ProblemCode;
use parking_lot::RwLock;
use secrecy::ExposeSecret;
use std::{collections::HashSet, ops::Deref, sync::Arc};
use uuid::Uuid;

/// The parts of the running service. Clones are the same one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts themselves.
pub struct Parts {
    /// What the service was told.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Signs and reads access tokens.
    pub tokens: TokenKeys,
    /// Seals what must be read again.
    pub seal: seal::Key,
    /// What time it is.
    pub clock: Clock,
    /// Sends letters.
    pub mail: Post,
    /// What this copy of the service is called among the others: its process and a random part.
    pub name: String,
    /// Devices that were signed out while tokens of theirs still live.
    pub revoked: RwLock<HashSet<SessionId>>,
}

impl App {
    /// Puts the parts together. Nothing is connected yet.
    ///
    /// # Errors
    /// When the database's address or a key cannot be read.
    pub fn new(config: Config, clock: Clock) -> Result<Self> {
        let bad = |what: &str| {
            Error::told(
                ProblemCode::Internal,
                format!("{what} cannot be used; `gameforge-cloud check-config` says why"),
            )
        };
        let parts = Parts {
            store: Store::connect(&config.database_url, config.connections)?,
            tokens: TokenKeys::new(&config.token_keys, config.access_life)
                .ok_or_else(|| bad("GAMEFORGE_TOKEN_KEYS"))?,
            seal: seal::Key::parse(config.seal_key.expose_secret())
                .ok_or_else(|| bad("GAMEFORGE_SEAL_KEY"))?,
            mail: Post::new(&config.mail)?,
            name: format!("{}-{}", std::process::id(), Uuid::now_v7().simple()),
            clock,
            config,
            revoked: RwLock::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// A new id: UUIDv7 by the service's clock, so that ids sort by creation.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(
            uuid::NoContext,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
