//! How often somebody may try: per address, per account, and per address over many accounts. What counts is the
//! attempt, so each is committed before anything else is done.

use crate::{
    App, Result,
    http::Asked,
    store::rate::{self, Limit},
};
use chrono::TimeDelta;
use gameforge_domain::{AccountId, Email};
use std::net::{IpAddr, Ipv6Addr};

/// Passwords and codes tried from one address.
const FROM_ADDRESS: Limit = Limit {
    per_minute: 20,
    burst: 20,
};
/// Passwords and codes tried for one account.
const FOR_ACCOUNT: Limit = Limit {
    per_minute: 10,
    burst: 10,
};
/// Accounts tried from one address: an office has many people, a list of stolen addresses has more.
const ACCOUNTS_FROM_ADDRESS: Limit = Limit {
    per_minute: 3,
    burst: 30,
};
/// How long an address's try of an account is remembered.
const MEMORY: TimeDelta = TimeDelta::hours(1);
/// Letters to one address: it may be somebody who did not ask for any.
const LETTERS: Limit = Limit {
    per_minute: 1,
    burst: 3,
};
/// Requests that send letters or begin sign-ins, from one address.
const BEGUN_FROM_ADDRESS: Limit = Limit {
    per_minute: 10,
    burst: 20,
};
/// Secrets shown from one address. They cannot be guessed; this is for the database's sake.
const SECRETS_FROM_ADDRESS: Limit = Limit {
    per_minute: 120,
    burst: 120,
};
/// Codes and passwords given afresh for one account.
const PROOFS: Limit = Limit {
    per_minute: 5,
    burst: 10,
};

/// A password is tried.
pub(super) async fn sign_in(app: &App, asked: &Asked, email: &Email) -> Result<()> {
    let (from, account) = (network(asked.address), mailbox(email));
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    // Always in the same order, or two of these could wait for each other.
    let mut outcome = rate::take(
        &mut tx,
        &format!("sign-in/address/{from}"),
        now,
        FROM_ADDRESS,
    )
    .await;
    if outcome.is_ok()
        && rate::is_new(
            &mut tx,
            &format!("sign-in/pair/{from}/{account}"),
            now,
            MEMORY,
        )
        .await?
    {
        let key = format!("sign-in/spread/{from}");
        outcome = rate::take(&mut tx, &key, now, ACCOUNTS_FROM_ADDRESS).await;
    }
    if outcome.is_ok() {
        let key = format!("sign-in/account/{account}");
        outcome = rate::take(&mut tx, &key, now, FOR_ACCOUNT).await;
    }
    tx.commit().await?;
    outcome
}

/// A code of the second factor is tried.
pub(super) async fn second_factor(app: &App, asked: &Asked) -> Result<()> {
    let from = network(asked.address);
    take(app, &[(format!("sign-in/address/{from}"), FROM_ADDRESS)]).await
}

/// Something that sends a letter to an address, by somebody who need not be known.
pub(super) async fn letter(app: &App, asked: &Asked, what: &str, email: &Email) -> Result<()> {
    let (from, to) = (network(asked.address), mailbox(email));
    take(
        app,
        &[
            (format!("{what}/address/{from}"), BEGUN_FROM_ADDRESS),
            (format!("{what}/letter/{to}"), LETTERS),
        ],
    )
    .await
}

/// A sign-in by other people's pages begins.
pub(super) async fn begin(app: &App, asked: &Asked) -> Result<()> {
    let from = network(asked.address);
    take(
        app,
        &[(format!("begin/address/{from}"), BEGUN_FROM_ADDRESS)],
    )
    .await
}

/// A secret is shown: of a mail, of a sign-in, for the next pair of tokens.
pub(super) async fn secret(app: &App, asked: &Asked) -> Result<()> {
    let from = network(asked.address);
    take(
        app,
        &[(format!("secret/address/{from}"), SECRETS_FROM_ADDRESS)],
    )
    .await
}

/// A known person gives a proof afresh.
pub(super) async fn proof(app: &App, account: AccountId) -> Result<()> {
    take(app, &[(format!("proof/account/{account}"), PROOFS)]).await
}

async fn take(app: &App, wanted: &[(String, Limit)]) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.identity().await?;
    let mut outcome = Ok(());
    for (key, limit) in wanted {
        outcome = rate::take(&mut tx, key, now, *limit).await;
        if outcome.is_err() {
            break;
        }
    }
    tx.commit().await?;
    outcome
}

/// Who an address belongs to, as far as it tells: of IPv6 the first 64 bits, since one line has all the others.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

/// An address without naming it: limits are no list of who signs in.
fn mailbox(email: &Email) -> String {
    blake3::hash(email.folded().as_bytes()).to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_many_addresses_is_one() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn the_case_of_an_address_makes_no_other_account() {
        let of = |text: &str| mailbox(&Email::parse(text).expect("an address"));
        assert_eq!(of("Ada@Example.org"), of("ada@example.org"));
        assert!(!of("ada@example.org").contains("ada"));
    }
}
