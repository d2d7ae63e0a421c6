//! The one publisher of this copy: gathers what is to be said for a moment and says it in one statement.

use super::bulletin::{self, CHANNEL, Item};
use crate::{App, Result};
use parking_lot::Mutex;
use std::{collections::BTreeMap, time::Duration};
use tokio::{sync::Notify, time};
use uuid::Uuid;

/// How long is gathered.
const GATHER: Duration = Duration::from_millis(20);
/// Between attempts while the database is away.
const PAUSE: Duration = Duration::from_millis(500);
/// Something is said at least this often, so that a listener knows a silent connection from a dead one.
pub const BEAT: Duration = Duration::from_secs(20);
/// The most that waits while the database is away. Hints to the same scope are one and do not count.
const MOST: usize = 5_000;

#[derive(Debug, Default)]
struct Waiting {
    pokes: BTreeMap<Uuid, i64>,
    items: Vec<Item>,
}

/// What is to be said.
#[derive(Debug, Default)]
pub struct Pending {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

impl Pending {
    /// Something in a scope is new up to a number.
    pub fn poke(&self, scope: Uuid, seq: i64) {
        let mut waiting = self.waiting.lock();
        let newest = waiting.pokes.entry(scope).or_insert(seq);
        *newest = seq.max(*newest);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Something else. When too much waits, all of it becomes “ask everything anew”, which says no less.
    pub fn say(&self, item: Item) {
        let mut waiting = self.waiting.lock();
        if waiting.items.len() >= MOST {
            waiting.items = vec![Item::RecheckAll];
        } else {
            waiting.items.push(item);
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Takes all of it. Permissions come first: a hint must not overtake the news that somebody was let go.
    fn take(&self) -> Vec<Item> {
        let Waiting { pokes, mut items } = std::mem::take(&mut *self.waiting.lock());
        items.extend(
            pokes
                .into_iter()
                .map(|(scope, seq)| Item::Poke { scope, seq }),
        );
        items
    }
}

/// Publishes, for as long as it is polled.
pub async fn run(app: &App) {
    loop {
        // After a while without anything to say, the empty text is the beat.
        let something = time::timeout(BEAT, app.live.pending.filled.notified()).await;
        let texts = if something.is_ok() {
            time::sleep(GATHER).await;
            bulletin::pack(app.live.pending.take())
        } else {
            vec!["[]".to_owned()]
        };
        while let Err(error) = publish(app, &texts).await {
            tracing::warn!(%error, "live hints wait for the database");
            time::sleep(PAUSE).await;
        }
    }
}

async fn publish(app: &App, texts: &[String]) -> Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text",
        CHANNEL,
        texts,
    )
    .fetch_all(app.store.pool())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_nobody_takes_it_stays_small_and_loses_nothing() {
        let pending = Pending::default();
        let scope = Uuid::from_u128(1);
        for n in 0..20_000 {
            pending.poke(scope, n);
            pending.say(Item::WhoLooks);
        }
        let items = pending.take();
        assert!(items.len() <= MOST + 1);
        assert!(items.contains(&Item::RecheckAll));
        assert_eq!(items.last(), Some(&Item::Poke { scope, seq: 19_999 }));
    }
}
