//! Reads the configuration's values one by one and gathers what is wrong with them.

use super::{Fault, MailRoute, ProviderConfig, Storage};
use ipnetwork::IpNetwork;
use secrecy::SecretString;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};
use url::Url;

/// Reads values by name, collecting all that is wrong.
pub(super) struct Reader<'a> {
    pub values: &'a BTreeMap<String, String>,
    pub faults: Vec<Fault>,
}

impl Reader<'_> {
    pub fn text(&mut self, name: &str) -> Option<String> {
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

    pub fn fault(&mut self, name: &str, fault: impl Into<String>) {
        self.faults.push(Fault {
            name: format!("GAMEFORGE_{name}"),
            fault: fault.into(),
        });
    }

    pub fn needed(&mut self, name: &str, what: &str) -> String {
        let value = self.text(name);
        if value.is_none() {
            self.fault(name, format!("is missing; it should be {what}"));
        }
        value.unwrap_or_default()
    }

    pub fn or(&mut self, name: &str, default: &str) -> String {
        self.text(name).unwrap_or_else(|| default.to_owned())
    }

    pub fn seal_key(&mut self) -> String {
        let key = self.needed("SEAL_KEY", "32 random bytes in base64");
        if crate::identity::seal::Key::parse(&key).is_none() && !key.is_empty() {
            self.fault(
                "SEAL_KEY",
                "is not 32 bytes in base64; `openssl rand -base64 32` makes one",
            );
        }
        key
    }

    pub fn parsed<T: std::str::FromStr>(&mut self, name: &str, default: T, what: &str) -> T {
        let Some(text) = self.text(name) else {
            return default;
        };
        text.parse().unwrap_or_else(|_| {
            self.fault(name, format!("“{text}” is not {what}"));
            default
        })
    }

    pub fn address(&mut self, name: &str) -> Option<SocketAddr> {
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

    pub fn url(&mut self, name: &str) -> Option<Url> {
        let text = self.text(name)?;
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
            _ => {
                self.fault(name, format!("“{text}” is not an http or https address"));
                None
            }
        }
    }

    pub fn public_url(&mut self, listen: SocketAddr, development: bool) -> Option<Url> {
        let fallback = Url::parse(&format!("http://{listen}"));
        let url = self.url("PUBLIC_URL").or(fallback.ok());
        let is_open = |url: &Url| url.scheme() != "https" && !is_loopback(url);
        if !development && url.as_ref().is_some_and(is_open) {
            self.fault(
                "PUBLIC_URL",
                "should be https: passwords and tokens cross it",
            );
        }
        url
    }

    pub fn provider(&mut self, name: &str) -> Option<ProviderConfig> {
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

    pub fn storage(&mut self) -> Storage {
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

    pub fn mail(&mut self) -> MailRoute {
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

    pub fn keys(&mut self) -> Vec<SecretString> {
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

    pub fn breached(&mut self) -> Option<PathBuf> {
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

    pub fn proxies(&mut self) -> Vec<IpNetwork> {
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

    pub fn hour(&mut self, name: &str, default: u32) -> u32 {
        let hour = self.parsed(name, default, "an hour of the day, 0 to 23");
        if hour > 23 {
            self.fault(name, "should be an hour of the day, 0 to 23");
        }
        hour
    }

    pub fn request_life(&mut self) -> Duration {
        let seconds = self.parsed("REQUEST_SECONDS", 30_u64, "a number of seconds");
        if !(1..=300).contains(&seconds) {
            self.fault("REQUEST_SECONDS", "should be 1 to 300");
        }
        Duration::from_secs(seconds)
    }

    pub fn days(&mut self, name: &str, default: u64) -> Duration {
        let days = self.parsed(name, default, "a number of days");
        Duration::from_secs(days.saturating_mul(86_400))
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
