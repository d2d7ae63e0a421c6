//! PostgreSQL: one file a table or aggregate, checked queries only. Functions take a transaction's connection and
//! nothing else of the service.
//!
//! Each transaction works as one of the roles of `migrations/cloud/0001_identity.sql`; row-level security then shows
//! only what that role, on behalf of that person, may see. It is the second wall: the first is the permission check.

pub mod account;
pub mod activity;
pub mod admin;
pub mod api_key;
pub mod audit;
pub mod bin;
pub mod challenge;
pub mod comment;
pub mod consent;
pub mod data_export;
pub mod factor;
pub mod flow;
pub mod idempotency;
pub mod identity;
pub mod invitation;
pub mod job;
pub mod mail_token;
pub mod member;
pub mod notification;
pub mod person_data;
pub mod project;
pub mod quota;
pub mod rate;
pub mod refresh_token;
pub mod retention;
pub mod scope;
pub mod session;
pub mod word;
pub mod workspace;

use crate::{Error, Result};
use gameforge_domain::AccountId;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// All migrations, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/cloud");

/// How long a statement may take. No request has a right to more.
const STATEMENT_TIMEOUT: &str = "10s";
/// How long a connection may hold a transaction without a word.
const IDLE_TIMEOUT: &str = "15s";
/// How long a request waits for a connection before it is told to come again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A transaction that works as one of the service's roles.
pub type Tx = Transaction<'static, Postgres>;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
}

impl Store {
    /// Connects lazily: a database that is away makes requests fail, not the start.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn connect(url: &SecretString, connections: u32) -> Result<Self> {
        let options = PgConnectOptions::from_str(url.expose_secret())?
            .application_name("gameforge-cloud")
            .options([
                ("statement_timeout", STATEMENT_TIMEOUT),
                ("idle_in_transaction_session_timeout", IDLE_TIMEOUT),
                ("timezone", "UTC"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    /// A transaction for a signed-in person's work.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn service(&self, account: AccountId) -> Result<Tx> {
        // One round trip; a UUID's text holds nothing that could end the quotes.
        self.begin(format!(
            "BEGIN; SET LOCAL ROLE gameforge_service; SET LOCAL app.account = '{account}'"
        ))
        .await
    }

    /// A transaction that only reads, for a signed-in person.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn service_read(&self, account: AccountId) -> Result<Tx> {
        self.begin(format!(
            "BEGIN READ ONLY; SET LOCAL ROLE gameforge_service; SET LOCAL app.account = '{account}'"
        ))
        .await
    }

    /// A transaction for signing in and accounts.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn identity(&self) -> Result<Tx> {
        self.begin("BEGIN; SET LOCAL ROLE gameforge_identity".to_owned())
            .await
    }

    /// A transaction for jobs and administration.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn worker(&self) -> Result<Tx> {
        self.begin("BEGIN; SET LOCAL ROLE gameforge_worker".to_owned())
            .await
    }

    async fn begin(&self, statement: String) -> Result<Tx> {
        Ok(self.pool.begin_with(AssertSqlSafe(statement)).await?)
    }

    /// Whether the database answers and has all migrations.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_ready(&self) -> Result<bool> {
        let mut tx = self.worker().await?;
        // The migrator's own table: it is not among the migrations that a checked query is checked against.
        let applied: i64 =
            sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
                .fetch_one(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(applied >= i64::try_from(MIGRATIONS.iter().count()).unwrap_or(i64::MAX))
    }

    /// The pool, for listening and for backups.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// Applies what is missing of the migrations, as the tables' owner; waits while another does the same.
///
/// # Errors
/// When one fails: it is rolled back as a whole.
pub async fn migrate(owner_url: &SecretString) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect(owner_url.expose_secret())
        .await?;
    let done = MIGRATIONS
        .run(&pool)
        .await
        .map_err(|error| Error::stored("the migrations", error));
    pool.close().await;
    done
}
