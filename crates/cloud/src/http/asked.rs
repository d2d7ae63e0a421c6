//! From where a request comes, and its id.

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
};
use ipnetwork::IpNetwork;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};
use uuid::Uuid;

/// From where, and under which id.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The address of who asks, as far as trusted proxies tell.
    pub address: IpAddr,
    /// Goes into the log, the answer and the audit log.
    pub id: Uuid,
}

impl Asked {
    /// Reads it off a request. `X-Forwarded-For` is believed from the right, as long as the one who wrote a part is a
    /// trusted proxy.
    #[must_use]
    pub fn of(request: &Request, trusted: &[IpNetwork], id: Uuid) -> Self {
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        Self {
            address: client(peer.to_canonical(), request.headers(), trusted),
            id,
        }
    }
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNetwork]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut address = peer;
    for part in forwarded.iter().rev() {
        if !is_trusted(address) {
            break;
        }
        match part.trim().parse::<IpAddr>() {
            Ok(before) => address = before.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            id: Uuid::nil(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
        headers
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = ["10.0.0.0/8".parse().expect("a network")];
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let stranger = IpAddr::from([203, 0, 113, 9]);
        let said = IpAddr::from([198, 51, 100, 7]);
        assert_eq!(
            client(stranger, &headers("198.51.100.7"), &proxies),
            stranger,
            "anybody can write a header"
        );
        assert_eq!(client(proxy, &headers("198.51.100.7"), &proxies), said);
        assert_eq!(
            client(proxy, &headers("1.2.3.4, 198.51.100.7, 10.0.0.2"), &proxies),
            said,
            "what stands left of the first stranger was written by that stranger"
        );
        assert_eq!(client(proxy, &headers("nonsense"), &proxies), proxy);
    }
}
