//! How many requests an account, and each of its keys, may make in a minute by the account's plan, shared among all
//! copies of the service.
//!
//! The shared count is one row of `rate` for each (`store::rate`). A request must not cost a round trip for it, so a
//! copy takes requests off that row in blocks, ahead of their use, and hands them out from memory: a few at first, more
//! while they are used up, never more than a twentieth of the minute. So no account gets more than its plan allows,
//! over however many copies; what a copy took and does not use within a minute is lost to that account, which is the
//! price, and at most that twentieth. A refusal is remembered until its time is over: whoever goes on asking costs
//! nothing.
//!
//! The same look into the database tells whether a required text is in a newer version than the person agreed to. That
//! all is agreed to is believed for a minute; that something is missing is asked anew each time, since the person may
//! have agreed at another copy.

use crate::{
    App, Error, Result,
    store::{
        consent, quota,
        rate::{self, Limit},
    },
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{AccountId, ApiKeyId};
use gameforge_wire::cloud::{FieldProblem, ProblemCode};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// How long what was taken or asked counts.
const LIFE: TimeDelta = TimeDelta::seconds(60);
/// The first block.
const FIRST: u32 = 4;
/// A block is at most this part of the minute's requests.
const PART: u32 = 20;
/// A database that just failed is not asked again for this long by those who waited for the same answer.
const AWAY: TimeDelta = TimeDelta::milliseconds(500);
/// Leases are looked through for old ones when there are more than this.
const MANY: usize = 4_096;

/// draft-ietf-httpapi-ratelimit-headers, 10.
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Whose requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Account(AccountId),
    Key(ApiKeyId, AccountId),
}

impl Whose {
    fn id(self) -> Uuid {
        match self {
            Self::Account(id) => id.uuid(),
            Self::Key(id, _) => id.uuid(),
        }
    }

    const fn account(self) -> AccountId {
        match self {
            Self::Account(id) | Self::Key(_, id) => id,
        }
    }

    /// In headers, and before the id in the shared row's key.
    const fn word(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Key(..) => "key",
        }
    }
}

/// How a limit stands, for headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    whose: &'static str,
    /// Requests a minute.
    most: u32,
    /// Requests left, as far as this copy knows.
    left: u32,
    /// Seconds until all are there again.
    full_in: i64,
}

/// Where the answer's headers are gathered while a request is on its way.
#[derive(Debug, Clone, Default)]
pub struct Standings(Arc<Mutex<Vec<Standing>>>);

impl Standings {
    fn note(&self, standing: Option<Standing>) {
        self.0.lock().extend(standing);
    }

    /// Writes the headers. Without a limit there are none.
    pub fn write(&self, headers: &mut HeaderMap) {
        let standings = self.0.lock();
        let list = |each: fn(&Standing) -> String| {
            let words: Vec<String> = standings.iter().map(each).collect();
            HeaderValue::from_str(&words.join(", ")).ok()
        };
        if standings.is_empty() {
            return;
        }
        let policy = list(|it| format!("\"{}\";q={};w=60", it.whose, it.most));
        let left = list(|it| format!("\"{}\";r={};t={}", it.whose, it.left, it.full_in));
        for (name, value) in [(&POLICY, policy), (&LEFT, left)] {
            if let Some(value) = value {
                headers.insert(name.clone(), value);
            }
        }
    }
}

/// What a copy of the service took for somebody.
#[derive(Debug, Default)]
struct Lease {
    /// Nothing of it counts from then on.
    until: Option<DateTime<Utc>>,
    /// The plan's limit; none where there is none.
    most: Option<u32>,
    /// Taken and not used.
    taken: u32,
    /// As large was the block.
    block: u32,
    /// Left in the shared row when it was last looked at.
    shared: u32,
    full_at: Option<DateTime<Utc>>,
    /// Until then there is nothing to be had.
    refused_until: Option<DateTime<Utc>>,
    /// Until then the database is not asked again.
    away_until: Option<DateTime<Utc>>,
    /// Required texts that the person has not agreed to.
    missing: Vec<String>,
}

/// What a lease says to one more request.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    Granted,
    Refused {
        seconds: u64,
    },
    Away,
    /// The shared row is to be asked, for so many at the most.
    Ask {
        part: u32,
    },
}

impl Lease {
    fn turn(&mut self, now: DateTime<Utc>) -> Turn {
        if self.away_until.is_some_and(|until| now < until) {
            return Turn::Away;
        }
        if let Some(until) = self.refused_until.filter(|until| now < *until) {
            let wait = (until - now).num_milliseconds().max(1);
            let seconds = u64::try_from(wait).unwrap_or(1_000).div_ceil(1_000);
            return Turn::Refused { seconds };
        }
        let stands = self.until.is_some_and(|until| now < until);
        if stands && self.most.is_none() {
            return Turn::Granted;
        }
        if stands && self.taken > 0 {
            self.taken -= 1;
            return Turn::Granted;
        }
        // Used up in its time: more is taken. Not used in its time: less.
        let part = match (stands, self.block) {
            (_, 0) => FIRST,
            (true, block) => block.saturating_mul(2),
            (false, block) => (block / 2).max(FIRST),
        };
        Turn::Ask { part }
    }

    fn standing(&self, whose: Whose, now: DateTime<Utc>) -> Option<Standing> {
        let full_in = self.full_at.map_or(0, |at| (at - now).num_seconds().max(0));
        Some(Standing {
            whose: whose.word(),
            most: self.most?,
            left: self.shared.saturating_add(self.taken),
            full_in,
        })
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| until <= now)
            && self.refused_until.is_none_or(|until| until <= now)
    }
}

/// What this copy of the service took for everybody.
#[derive(Debug, Default)]
pub struct Allowance(Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<Lease>>>>);

impl Allowance {
    /// One lease each; requests of the same person wait while it is renewed, and then share what came.
    fn lease(&self, whose: Whose, now: DateTime<Utc>) -> Arc<tokio::sync::Mutex<Lease>> {
        let mut leases = self.0.lock();
        if leases.len() > MANY && !leases.contains_key(&whose.id()) {
            leases.retain(|_, lease| {
                Arc::strong_count(lease) > 1
                    || lease.try_lock().is_ok_and(|lease| !lease.is_over(now))
            });
        }
        Arc::clone(leases.entry(whose.id()).or_default())
    }
}

/// Whether a request needs that its person agreed to all required texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consents {
    /// Like most.
    Needed,
    /// Like those by which one agrees, or goes.
    Whatever,
}

/// Counts a request, and makes sure that it may go on.
///
/// # Errors
/// `RateLimited` with the seconds to wait; `ConsentRequired` with the purposes that are missing; when the database is
/// away.
pub async fn admit(
    app: &App,
    account: AccountId,
    key: Option<ApiKeyId>,
    consents: Consents,
    standings: &Standings,
) -> Result<()> {
    // The key first: what it may not is not taken off the account's.
    if let Some(key) = key {
        take(app, Whose::Key(key, account), Consents::Whatever, standings).await?;
    }
    take(app, Whose::Account(account), consents, standings).await
}

async fn take(app: &App, whose: Whose, consents: Consents, standings: &Standings) -> Result<()> {
    let now = app.clock.now();
    let lease = app.allowance.lease(whose, now);
    let mut lease = lease.lock().await;
    let mut is_news = false;
    loop {
        match lease.turn(now) {
            Turn::Granted => break,
            Turn::Refused { seconds } => {
                standings.note(lease.standing(whose, now));
                return Err(Error::rate_limited(seconds));
            }
            Turn::Away => {
                return Err(Error::told(
                    ProblemCode::Unavailable,
                    "A part of the service is away for the moment; try again soon.",
                ));
            }
            Turn::Ask { part } => {
                is_news = true;
                if let Err(error) = ask(app, whose, part, &mut lease, now).await {
                    lease.away_until = Some(now + AWAY);
                    return Err(error);
                }
            }
        }
    }
    standings.note(lease.standing(whose, now));
    if consents == Consents::Whatever || lease.missing.is_empty() {
        return Ok(());
    }
    if !is_news {
        let mut tx = app.store.identity().await?;
        lease.missing = consent::missing(&mut tx, whose.account(), now).await?;
        tx.commit().await?;
    }
    agreed(&lease.missing)
}

/// Takes a block off the shared row, of what the plan allows now.
async fn ask(
    app: &App,
    whose: Whose,
    part: u32,
    lease: &mut Lease,
    now: DateTime<Utc>,
) -> Result<()> {
    let account = whose.account();
    let mut tx = app.store.identity().await?;
    let (of_account, of_key) = quota::requests_a_minute(&mut tx, account).await?;
    let (most, missing) = match whose {
        Whose::Account(_) => (of_account, consent::missing(&mut tx, account, now).await?),
        Whose::Key(..) => (of_key, Vec::new()),
    };
    let most = most.map(|most| u32::try_from(most).unwrap_or(u32::MAX));
    let taken = match most {
        None => None,
        Some(most) => {
            // The bucket holds a minute's worth: who was quiet may do a minute's work at once.
            let limit = Limit {
                per_minute: most,
                burst: most,
            };
            let block = part.min((most / PART).max(1));
            let key = format!("requests/{}/{}", whose.word(), whose.id());
            Some((
                block,
                rate::take_many(&mut tx, &key, now, limit, block).await?,
            ))
        }
    };
    tx.commit().await?;
    app.metrics.lease();
    *lease = Lease {
        until: Some(now + LIFE),
        most,
        missing,
        ..Lease::default()
    };
    if let Some((block, grant)) = taken {
        lease.block = block;
        lease.taken = grant.given;
        lease.shared = grant.left;
        lease.full_at = Some(grant.full_at);
        lease.refused_until = (grant.given == 0).then(|| now + grant.wait);
    }
    Ok(())
}

fn agreed(missing: &[String]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let fields = missing.iter().map(|purpose| FieldProblem {
        field: purpose.clone(),
        message: "is there in a newer version".to_owned(),
    });
    Err(Error::Told {
        code: ProblemCode::ConsentRequired,
        detail: "There are new terms. Read them and agree, then go on.".to_owned(),
        fields: fields.collect(),
        retry_after: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    fn lease(taken: u32, block: u32) -> Lease {
        Lease {
            until: Some(now() + LIFE),
            most: Some(1_200),
            taken,
            block,
            ..Lease::default()
        }
    }

    #[test]
    fn blocks_grow_while_they_are_used_and_shrink_when_not() {
        assert_eq!(Lease::default().turn(now()), Turn::Ask { part: FIRST });
        assert_eq!(lease(0, 8).turn(now()), Turn::Ask { part: 16 });
        assert_eq!(lease(3, 16).turn(now() + LIFE), Turn::Ask { part: 8 });
        assert_eq!(lease(3, 4).turn(now() + LIFE), Turn::Ask { part: FIRST });
    }

    #[test]
    fn what_was_taken_is_given_once_and_nothing_after_its_time() {
        let mut lease = lease(2, 4);
        assert_eq!(lease.turn(now()), Turn::Granted);
        assert_eq!(lease.turn(now()), Turn::Granted);
        assert_eq!(lease.turn(now()), Turn::Ask { part: 8 });
    }

    #[test]
    fn a_refusal_stands_until_its_time_and_without_a_limit_all_is_granted() {
        let mut refused = Lease {
            refused_until: Some(now() + TimeDelta::milliseconds(1_500)),
            ..lease(0, 4)
        };
        assert_eq!(refused.turn(now()), Turn::Refused { seconds: 2 });
        let later = now() + TimeDelta::milliseconds(1_500);
        assert_eq!(refused.turn(later), Turn::Ask { part: 8 });
        let mut free = Lease {
            most: None,
            ..lease(0, 0)
        };
        assert_eq!(free.turn(now()), Turn::Granted);
        assert_eq!(
            free.standing(Whose::Account(AccountId::from_uuid(Uuid::nil())), now()),
            None
        );
    }

    #[test]
    fn headers_are_those_of_the_draft() {
        let standings = Standings::default();
        let mut headers = HeaderMap::new();
        standings.write(&mut headers);
        assert!(headers.is_empty());
        let account = Standing {
            whose: "account",
            most: 1_200,
            left: 1_199,
            full_in: 1,
        };
        standings.note(Some(Standing {
            whose: "key",
            most: 600,
            left: 0,
            full_in: 60,
        }));
        standings.note(Some(account));
        standings.write(&mut headers);
        assert_eq!(
            headers["ratelimit-policy"],
            "\"key\";q=600;w=60, \"account\";q=1200;w=60"
        );
        assert_eq!(
            headers["ratelimit"],
            "\"key\";r=0;t=60, \"account\";r=1199;t=1"
        );
    }
}
