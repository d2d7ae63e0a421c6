//! What the service is told: `GAMEFORGE_*` variables, or a file of the same names and values (`NAME=value` lines).
//! A secret may come from a file of its own: `GAMEFORGE_X_FILE` names it.

use ipnetwork::IpNetwork;
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
    /// The most connections.
    pub connections: u32,
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
    /// Where measurements are read (Prometheus); nowhere when not given. Not for the world: they are not guarded.
    pub metrics_listen: Option<SocketAddr>,
    /// Where traces go by OTLP over HTTP, for example `http://collector:4318`; nowhere when not given.
    pub traces: Option<Url>,
    /// How long what is only kept to look back (old devices, done invitations, sent notifications) stays.
    pub log_life: Duration,
    /// Started by `gameforge-cloud dev`: the mail page is shown.
    pub development: bool,
}

/// Reads values by name, collecting all that is wrong.
struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn text(&mut self, name: &str) -> Option<String> {
        let full = format!("GAMEFORGE_{name}");
        if let Some(path) = self.values.get(&format!("{full}_FILE")) {
            return match std::fs::read_to_string(path) {
                Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => {
                    self.fault(
                        &format!("{name}_FILE"),
                        format!("“{path}” cannot be read ({error})"),
                    );
                    None
                }
            };
        }
        self.values
            .get(&full)
            .filter(|text| !text.is_empty())
            .cloned()
    }

    fn fault(&mut self, name: &str, fault: impl Into<String>) {
        self.faults.push(Fault {
            name: format!("GAMEFORGE_{name}"),
            fault: fault.into(),
        });
    }

    fn needed(&mut self, name: &str, what: &str) -> String {
        let value = self.text(name);
        if value.is_none() {
            self.fault(name, format!("is missing; it should be {what}"));
        }
        value.unwrap_or_default()
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, default: T, what: &str) -> T {
        let Some(text) = self.text(name) else {
            return default;
        };
        text.parse().unwrap_or_else(|_| {
            self.fault(name, format!("“{text}” is not {what}"));
            default
        })
    }

    fn address(&mut self, name: &str) -> Option<SocketAddr> {
        let text = self.text(name)?;
        let address = text.parse().ok();
        if address.is_none() {
            self.fault(
                name,
                format!("“{text}” is not an address like 127.0.0.1:9477"),
            );
        }
        address
    }

    fn url(&mut self, name: &str) -> Option<Url> {
        let text = self.text(name)?;
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
            _ => {
                self.fault(name, format!("“{text}” is not an http or https address"));
                None
            }
        }
    }

    fn provider(&mut self, name: &str) -> Option<ProviderConfig> {
        let client_id = self.text(&format!("{name}_CLIENT_ID"));
        let secret = self.text(&format!("{name}_CLIENT_SECRET"));
        let base = self.url(&format!("{name}_BASE_URL"));
        match (client_id, secret) {
            (Some(client_id), Some(secret)) => Some(ProviderConfig {
                client_id,
                client_secret: secret.into(),
                base,
            }),
            (None, None) => None,
            (Some(_), None) => {
                self.fault(
                    &format!("{name}_CLIENT_SECRET"),
                    "is missing though the client id is there",
                );
                None
            }
            (None, Some(_)) => {
                self.fault(
                    &format!("{name}_CLIENT_ID"),
                    "is missing though the client secret is there",
                );
                None
            }
        }
    }

    fn storage(&mut self) -> Storage {
        match self.text("STORAGE").as_deref() {
            None | Some("folder") => Storage::Folder(
                self.needed("STORAGE_FOLDER", "the folder for objects")
                    .into(),
            ),
            Some("s3") => Storage::S3 {
                bucket: self.needed("S3_BUCKET", "the bucket's name"),
                endpoint: self.url("S3_ENDPOINT"),
                region: self.needed("S3_REGION", "the bucket's region, for example eu-central-1"),
                key: self.needed("S3_KEY", "the access key's id"),
                secret: self.needed("S3_SECRET", "the access key's secret").into(),
            },
            Some("azure") => Storage::Azure {
                account: self.needed("AZURE_ACCOUNT", "the storage account's name"),
                key: self.needed("AZURE_KEY", "the storage account's key").into(),
                container: self.needed("AZURE_CONTAINER", "the container's name"),
                endpoint: self.url("AZURE_ENDPOINT"),
            },
            Some(other) => {
                self.fault("STORAGE", format!("“{other}” is none of folder, s3, azure"));
                Storage::Folder(PathBuf::new())
            }
        }
    }

    fn mail(&mut self) -> MailRoute {
        match (self.text("MAIL_FOLDER"), self.text("SMTP_URL")) {
            (Some(folder), None) => MailRoute::Folder(folder.into()),
            (None, Some(url)) => {
                if !url.starts_with("smtp://") && !url.starts_with("smtps://") {
                    self.fault("SMTP_URL", "should begin with smtp:// or smtps://");
                }
                MailRoute::Smtp(url.into())
            }
            (Some(folder), Some(_)) => {
                self.fault(
                    "MAIL_FOLDER",
                    "is given together with GAMEFORGE_SMTP_URL; give one of them",
                );
                MailRoute::Folder(folder.into())
            }
            (None, None) => {
                self.fault(
                    "SMTP_URL",
                    "is missing; it should be smtps://user:password@host",
                );
                MailRoute::Folder(PathBuf::new())
            }
        }
    }

    fn keys(&mut self) -> Vec<SecretString> {
        let text = self.needed(
            "TOKEN_KEYS",
            "one or more random texts of 32 characters or more, with blanks between",
        );
        let keys: Vec<&str> = text.split_whitespace().collect();
        if keys.iter().any(|key| key.len() < 32) {
            self.fault("TOKEN_KEYS", "each key needs 32 characters or more");
        }
        keys.into_iter().map(|key| key.to_owned().into()).collect()
    }

    fn breached(&mut self) -> Option<PathBuf> {
        // The name ends like that of a secret in a file of its own, but here the file itself is meant.
        let path = PathBuf::from(self.values.get("GAMEFORGE_BREACHED_FILE")?);
        if let Err(error) = crate::identity::breached::Breached::open(&path) {
            self.fault(
                "BREACHED_FILE",
                format!(
                    "“{}” is not a list of SHA-1 hashes ({error})",
                    path.display()
                ),
            );
        }
        Some(path)
    }

    fn proxies(&mut self) -> Vec<IpNetwork> {
        let text = self.text("TRUSTED_PROXIES").unwrap_or_default();
        let mut networks = Vec::new();
        for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
            match word.parse() {
                Ok(network) => networks.push(network),
                Err(_) => self.fault(
                    "TRUSTED_PROXIES",
                    format!("“{word}” is not a network like 10.0.0.0/8"),
                ),
            }
        }
        networks
    }

    fn days(&mut self, name: &str, default: u64) -> Duration {
        Duration::from_secs(self.parsed(name, default, "a number of days") * 86_400)
    }
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
        let fallback = Url::parse(&format!("http://{listen}"));
        let public_url = from.url("PUBLIC_URL").or(fallback.ok());
        let database_url = from.needed(
            "DATABASE_URL",
            "postgres://user:password@host/database?sslmode=verify-full",
        );
        let owner_url = from
            .text("DATABASE_OWNER_URL")
            .unwrap_or_else(|| database_url.clone());
        let seal_key = from.needed("SEAL_KEY", "32 random bytes in base64");
        if crate::identity::seal::Key::parse(&seal_key).is_none() && !seal_key.is_empty() {
            from.fault(
                "SEAL_KEY",
                "is not 32 bytes in base64; `openssl rand -base64 32` makes one",
            );
        }
        let config = Self {
            listen,
            database_url: database_url.into(),
            owner_url: owner_url.into(),
            connections: from.parsed("CONNECTIONS", 20, "a number of connections"),
            token_keys: from.keys(),
            seal_key: seal_key.into(),
            storage: from.storage(),
            mail: from.mail(),
            mail_from: from
                .text("MAIL_FROM")
                .unwrap_or_else(|| "GameForge <no-reply@localhost>".to_owned()),
            github: from.provider("GITHUB"),
            google: from.provider("GOOGLE"),
            discord: from.provider("DISCORD"),
            breached_file: from.breached(),
            trusted_proxies: from.proxies(),
            access_life: Duration::from_secs(
                from.parsed("ACCESS_MINUTES", 10_u64, "a number of minutes") * 60,
            ),
            refresh_life: from.days("REFRESH_DAYS", 60),
            erase_grace: from.days("ERASE_GRACE_DAYS", 14),
            bin_life: from.days("BIN_DAYS", 30),
            metrics_listen: from.address("METRICS_LISTEN"),
            traces: from.url("OTLP_ENDPOINT"),
            log_life: from.days("LOG_DAYS", 180),
            development: from.parsed("DEVELOPMENT", false, "true or false"),
            public_url: match public_url {
                Some(url) => url,
                None => return Err(from.faults),
            },
        };
        if !config.development
            && config.public_url.scheme() != "https"
            && !is_loopback(&config.public_url)
        {
            from.fault(
                "PUBLIC_URL",
                "should be https: passwords and tokens cross it",
            );
        }
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

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
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
        values.insert(
            "GAMEFORGE_PUBLIC_URL".into(),
            "http://cloud.example.org".into(),
        );
        let faults = Config::read(&values).expect_err("seven things are wrong");
        for name in [
            "DATABASE_URL",
            "LISTEN",
            "TOKEN_KEYS",
            "SEAL_KEY",
            "STORAGE",
            "GITHUB_CLIENT_SECRET",
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
