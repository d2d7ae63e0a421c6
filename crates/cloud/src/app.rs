//! What every request may use: the store, the keys, the clock, the configuration.

use crate::{
    Config, Error, Result,
    blobs::Blobs,
    clock::Clock,
    http::allowance::Allowance,
    identity::{breached::Breached, provider::Providers, revoked::Revoked, seal, token::TokenKeys},
    live::Live,
    mail::Post,
    metrics::Metrics,
    store::Store,
    telemetry::Traces,
};
use chrono::{DateTime, Utc};
use gameforge_wire::cloud::{Health, ProblemCode};
use secrecy::ExposeSecret;
use std::{ops::Deref, sync::Arc};
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
    /// What is too large for the database.
    pub blobs: Blobs,
    /// What is counted.
    pub metrics: Metrics,
    /// Where traces go.
    pub traces: Traces,
    /// What was last found about the parts that the service needs, and when; asked anew after a moment.
    pub standing: tokio::sync::Mutex<Option<(DateTime<Utc>, Health)>>,
    /// What this copy of the service is called among the others: its process and a random part.
    pub name: String,
    /// Devices that were signed out while tokens of theirs still live.
    pub revoked: Revoked,
    /// Requests that this copy took ahead of their use, for each account and key.
    pub allowance: Allowance,
    /// Open windows that are told what is new.
    pub live: Live,
    /// Other people's sign-in pages.
    pub providers: Providers,
    /// Passwords that were stolen elsewhere, where there is such a list.
    pub breached: Option<Breached>,
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
        let providers = Providers::new(&config)?;
        let breached = match &config.breached_file {
            Some(path) => {
                let list = Breached::open(path);
                Some(list.map_err(|_| bad("GAMEFORGE_BREACHED_FILE"))?)
            }
            None => None,
        };
        let parts = Parts {
            store: Store::connect(&config.database_url, config.connections)?,
            tokens: TokenKeys::new(&config.token_keys, config.access_life)
                .ok_or_else(|| bad("GAMEFORGE_TOKEN_KEYS"))?,
            seal: seal::Key::parse(config.seal_key.expose_secret())
                .ok_or_else(|| bad("GAMEFORGE_SEAL_KEY"))?,
            mail: Post::new(&config.mail)?,
            blobs: Blobs::new(&config.storage)?,
            metrics: Metrics::default(),
            traces: Traces::new(config.traces.clone()),
            standing: tokio::sync::Mutex::default(),
            name: format!("{}-{}", std::process::id(), Uuid::now_v7().simple()),
            clock,
            config,
            revoked: Revoked::default(),
            allowance: Allowance::default(),
            live: Live::default(),
            providers,
            breached,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Tells open windows that something in a scope is new up to a number. To be called after the commit.
    pub fn poke(&self, scope: Uuid, seq: i64) {
        self.live.poke(scope, seq);
    }

    /// The same for several scopes.
    pub fn poke_all(&self, numbers: &[(Uuid, i64)]) {
        for (scope, seq) in numbers {
            self.live.poke(*scope, *seq);
        }
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
