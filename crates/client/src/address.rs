//! Where a cloud is.

use crate::{Error, Result};
use std::{fmt, net::IpAddr};
use url::{Host, Url};

/// The address of a cloud: `https`, or `http` on this machine only, since a password would cross the net in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address as people type it: without a scheme it is `https`.
    ///
    /// # Errors
    /// When it is none, names a user, a query or a fragment, or is `http` to another machine.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let malformed = || Error::Address(text.to_owned());
        let mut url = Url::parse(&whole).map_err(|_| malformed())?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(malformed()),
        };
        let named = !url.username().is_empty() || url.password().is_some();
        if named || url.query().is_some() || url.fragment().is_some() || url.host().is_none() {
            return Err(malformed());
        }
        if plain && !url.host().is_some_and(|host| is_here(&host)) {
            return Err(Error::InTheClear(text.to_owned()));
        }
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of something in it; `path` begins without a slash.
    pub(crate) fn of(&self, path: &str, query: &[(&str, String)]) -> Result<Url> {
        let mut url = self
            .0
            .join(path)
            .map_err(|_| Error::Address(path.to_owned()))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The same for a WebSocket.
    pub(crate) fn live(&self, path: &str) -> Result<Url> {
        let mut url = self.of(path, &[])?;
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme)
            .map_err(|()| Error::Address(self.to_string()))?;
        Ok(url)
    }
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_taken_as_people_type_it() {
        for (typed, kept) in [
            ("cloud.example.org", "https://cloud.example.org"),
            (" https://example.org/forge/ ", "https://example.org/forge"),
            ("http://127.0.0.1:8477", "http://127.0.0.1:8477"),
            ("http://[::1]:8477/", "http://[::1]:8477"),
        ] {
            assert_eq!(Address::parse(typed).unwrap().to_string(), kept, "{typed}");
        }
        let below = Address::parse("https://example.org/forge").unwrap();
        assert_eq!(
            below.of("v1/account", &[]).unwrap().as_str(),
            "https://example.org/forge/v1/account",
            "a cloud below a path keeps it"
        );
        assert_eq!(
            below.live("v1/live").unwrap().as_str(),
            "wss://example.org/forge/v1/live"
        );
    }

    #[test]
    fn a_password_never_crosses_the_net_in_the_clear() {
        for typed in [
            "http://example.org",
            "http://192.168.1.7:8477",
            "http://localhost.example.org",
        ] {
            assert!(
                matches!(Address::parse(typed), Err(Error::InTheClear(_))),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "",
            "ftp://example.org",
            "https://a@example.org",
            "https://example.org/?x=1",
        ] {
            assert!(
                matches!(Address::parse(typed), Err(Error::Address(_))),
                "{typed}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_address_reads_back_as_itself(host in "[a-z]{1,9}\\.[a-z]{2,5}", path in "(/[a-z0-9]{1,5}){0,3}") {
            let address = Address::parse(&format!("{host}{path}")).unwrap();
            prop_assert_eq!(Address::parse(&address.to_string()).unwrap(), address);
        }
    }
}
