//! What the service is told: `GAMEFORGE_*` variables, or a file of the same names and values (`NAME=value` lines).
//! A secret may come from a file of its own: `GAMEFORGE_X_FILE` names it.

mod reader;

use ipnetwork::IpNetwork;
use reader::Reader;
use secrecy::{ExposeSecret, SecretString};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};
use url::Url;

/// One thing that is wrong with the configuration, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {fault}")]
pub struct Fault {
    /// The variable.
    pub name: String,
    /// What is wrong, and what it should be.
    pub fault: String,
}

/// Where objects lie.
#[derive(Debug, Clone)]
pub enum Storage {
    /// A folder on this machine: for one copy of the service only.
    Folder(PathBuf),
    /// A bucket by the S3 protocol.
    S3 {
        /// The bucket.
        bucket: String,
        /// None: AWS's own of the region.
        endpoint: Option<Url>,
        /// For example `eu-central-1`.
        region: String,
        /// Who.
        key: String,
        /// And its secret.
        secret: SecretString,
    },
    /// A container of Azure Blob Storage.
    Azure {
        /// The storage account.
        account: String,
        /// Its key.
        key: SecretString,
        /// The container.
        container: String,
        /// None: Azure's own.
        endpoint: Option<Url>,
    },
}

/// How mail goes out.
#[derive(Debug, Clone)]
pub enum MailRoute {
    /// Into a folder that a page shows; for development.
    Folder(PathBuf),
    /// By SMTP: `smtp://`, `smtps://`, with user and password in it.
    Smtp(SecretString),
}

/// One provider of sign-ins.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// As registered there.
    pub client_id: String,
    /// As given there.
    pub client_secret: SecretString,
    /// Other than the provider's own: for tests and for GitHub Enterprise.
    pub base: Option<Url>,
}

/// All that the service is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How the world reaches it, without a slash at the end.
    pub public_url: Url,
    /// PostgreSQL, as a login that may become the service's roles.
    pub database_url: SecretString,
    /// PostgreSQL, as the tables' owner; for migrations. The same when not given.
    pub owner_url: SecretString,
    /// PostgreSQL itself, for those connections that listen: behind a pooler in transaction mode nothing is heard. The
    /// same as `database_url` when not given.
    pub listen_url: SecretString,
    /// The most connections.
    pub connections: u32,
    /// How long a request may take; for its head alone and for all of it.
    pub request_life: Duration,
    /// Signs access tokens; at least 32 bytes. The first signs, all are accepted.
    pub token_keys: Vec<SecretString>,
    /// Seals what must be read again (second factors' secrets); 32 bytes in base64.
    pub seal_key: SecretString,
    /// Where objects lie.
    pub storage: Storage,
    /// How mail goes out.
    pub mail: MailRoute,
    /// From whom.
    pub mail_from: String,
    /// Sign-in by others' pages.
    pub github: Option<ProviderConfig>,
    /// Sign-in by others' pages.
    pub google: Option<ProviderConfig>,
    /// Sign-in by others' pages.
    pub discord: Option<ProviderConfig>,
    /// Passwords that were stolen elsewhere: SHA-1 in hexadecimal, sorted, a line each (`identity::breached`).
    pub breached_file: Option<PathBuf>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNetwork>,
    /// How long an access token lives.
    pub access_life: Duration,
    /// How long a device stays signed in without being used.
    pub refresh_life: Duration,
    /// How long an erasure can be taken back.
    pub erase_grace: Duration,
    /// How long the bin keeps things.
    pub bin_life: Duration,
    /// The hour of the day (UTC) in which digests go out.
    pub digest_hour: u32,
    /// Where measurements are read (Prometheus); nowhere when not given. Not for the world: they are not guarded.
    pub metrics_listen: Option<SocketAddr>,
    /// Where traces go by OTLP over HTTP, for example `http://collector:4318`; nowhere when not given.
    pub traces: Option<Url>,
    /// How long what is only kept to look back (old devices, done invitations, sent notifications) stays.
    pub log_life: Duration,
    /// Started by `gameforge-cloud dev`: the mail page is shown.
    pub development: bool,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// All that is wrong, not only the first.
    pub fn read(values: &BTreeMap<String, String>) -> Result<Self, Vec<Fault>> {
        let mut from = Reader {
            values,
            faults: Vec::new(),
        };
        let listen = from.parsed(
            "LISTEN",
            SocketAddr::from(([127, 0, 0, 1], 8477)),
            "an address like 0.0.0.0:8477",
        );
        let development = from.parsed("DEVELOPMENT", false, "true or false");
        let public_url = from.public_url(listen, development);
        let database_url = from.needed(
            "DATABASE_URL",
            "postgres://user:password@host/database?sslmode=verify-full",
        );
        let minutes = from.parsed("ACCESS_MINUTES", 10_u64, "a number of minutes");
        let config = Self {
            listen,
            owner_url: from.or("DATABASE_OWNER_URL", &database_url).into(),
            listen_url: from.or("DATABASE_LISTEN_URL", &database_url).into(),
            database_url: database_url.into(),
            request_life: from.request_life(),
            connections: from.parsed("CONNECTIONS", 20, "a number of connections"),
            token_keys: from.keys(),
            seal_key: from.seal_key().into(),
            storage: from.storage(),
            mail: from.mail(),
            mail_from: from.or("MAIL_FROM", "GameForge <no-reply@localhost>"),
            github: from.provider("GITHUB"),
            google: from.provider("GOOGLE"),
            discord: from.provider("DISCORD"),
            breached_file: from.breached(),
            trusted_proxies: from.proxies(),
            access_life: Duration::from_secs(minutes.saturating_mul(60)),
            refresh_life: from.days("REFRESH_DAYS", 60),
            erase_grace: from.days("ERASE_GRACE_DAYS", 14),
            bin_life: from.days("BIN_DAYS", 30),
            digest_hour: from.hour("DIGEST_HOUR", 6),
            metrics_listen: from.address("METRICS_LISTEN"),
            traces: from.url("OTLP_ENDPOINT"),
            log_life: from.days("LOG_DAYS", 180),
            development,
            public_url: match public_url {
                Some(url) => url,
                None => return Err(from.faults),
            },
        };
        if from.faults.is_empty() {
            Ok(config)
        } else {
            Err(from.faults)
        }
    }

    /// The variables of this process, over those of the file that `GAMEFORGE_CONFIG` names.
    ///
    /// # Errors
    /// When that file cannot be read or a line of it is not `NAME=value`.
    pub fn values() -> Result<BTreeMap<String, String>, Fault> {
        let mut values = BTreeMap::new();
        let fault = |fault: String| Fault {
            name: "GAMEFORGE_CONFIG".to_owned(),
            fault,
        };
        if let Some(path) = std::env::var_os("GAMEFORGE_CONFIG") {
            let path = PathBuf::from(path);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| fault(format!("“{}” cannot be read ({error})", path.display())))?;
            for (number, line) in text.lines().enumerate() {
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let (name, value) = line
                    .split_once('=')
                    .ok_or_else(|| fault(format!("line {} is not NAME=value", number + 1)))?;
                values.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        values.extend(std::env::vars().filter(|(name, _)| name.starts_with("GAMEFORGE_")));
        Ok(values)
    }

    /// The database's address without its password, for messages.
    #[must_use]
    pub fn database_shown(&self) -> String {
        match Url::parse(self.database_url.expose_secret()) {
            Ok(mut url) => {
                // An address that cannot carry a password has none to hide.
                url.set_password(None).unwrap_or_default();
                url.to_string()
            }
            Err(_) => "(not an address)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> BTreeMap<String, String> {
        [
            (
                "GAMEFORGE_DATABASE_URL",
                "postgres://gf:secret@localhost/gf",
            ),
            ("GAMEFORGE_TOKEN_KEYS", "0123456789abcdef0123456789abcdef"),
            (
                "GAMEFORGE_SEAL_KEY",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ),
            ("GAMEFORGE_STORAGE_FOLDER", "/srv/blobs"),
            ("GAMEFORGE_SMTP_URL", "smtps://user:secret@mail.example.org"),
            ("GAMEFORGE_PUBLIC_URL", "https://cloud.example.org"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    #[test]
    fn a_whole_configuration_is_read_and_its_secrets_are_not_printed() {
        let config = Config::read(&good()).expect("nothing is wrong with it");
        assert_eq!(config.database_shown(), "postgres://gf@localhost/gf");
        assert!(
            !format!("{config:?}").contains("secret@"),
            "no secret in what could be logged"
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let mut values = good();
        values.remove("GAMEFORGE_DATABASE_URL");
        values.insert("GAMEFORGE_LISTEN".into(), "somewhere".into());
        values.insert("GAMEFORGE_TOKEN_KEYS".into(), "short".into());
        values.insert("GAMEFORGE_SEAL_KEY".into(), "short".into());
        values.insert("GAMEFORGE_STORAGE".into(), "tape".into());
        values.insert("GAMEFORGE_GITHUB_CLIENT_ID".into(), "id".into());
        values.insert("GAMEFORGE_DIGEST_HOUR".into(), "24".into());
        values.insert("GAMEFORGE_REQUEST_SECONDS".into(), "0".into());
        values.insert(
            "GAMEFORGE_PUBLIC_URL".into(),
            "http://cloud.example.org".into(),
        );
        let faults = Config::read(&values).expect_err("nine things are wrong");
        for name in [
            "DATABASE_URL",
            "LISTEN",
            "TOKEN_KEYS",
            "SEAL_KEY",
            "STORAGE",
            "GITHUB_CLIENT_SECRET",
            "DIGEST_HOUR",
            "REQUEST_SECONDS",
            "PUBLIC_URL",
        ] {
            assert!(
                faults
                    .iter()
                    .any(|fault| fault.name == format!("GAMEFORGE_{name}")),
                "{name} is named in {faults:?}"
            );
        }
    }
}
