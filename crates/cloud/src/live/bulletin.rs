//! What the copies of the service say to each other through PostgreSQL, as JSON texts of fewer than 8,000 bytes (the
//! most that a `NOTIFY` carries).

use gameforge_domain::AccountId;
use gameforge_wire::cloud::{Person, PresencePlace};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// On which channel.
pub const CHANNEL: &str = "gameforge_live";
/// The most bytes of a text.
const MOST: usize = 7_900;

/// One thing that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Item {
    /// Something in a scope is new up to a number.
    Poke {
        /// Which.
        scope: Uuid,
        /// Up to.
        seq: i64,
    },
    /// What these may see is another now.
    Recheck {
        /// These people.
        accounts: Vec<AccountId>,
        /// Whoever follows these.
        scopes: Vec<Uuid>,
    },
    /// What anybody may see may be another now: something that was to be said was lost.
    RecheckAll,
    /// Somebody looks at something.
    Look {
        /// By which connection.
        socket: Uuid,
        /// Who.
        person: Person,
        /// None: at nothing any more.
        place: Option<PresencePlace>,
    },
    /// Say once more who looks at what: somebody new listens.
    WhoLooks,
}

/// Packs items into as few texts as they fit into. One that is larger than a text is split where it can be; the rest
/// (a name of 80 characters and two ids) always fit.
#[must_use]
pub fn pack(items: Vec<Item>) -> Vec<String> {
    let mut texts = Vec::new();
    let mut text = String::from("[");
    for item in items.into_iter().flat_map(split) {
        let Ok(json) = serde_json::to_string(&item) else {
            continue;
        };
        if text.len() + json.len() + 2 > MOST && text.len() > 1 {
            text.push(']');
            texts.push(std::mem::replace(&mut text, String::from("[")));
        }
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&json);
    }
    if text.len() > 1 {
        text.push(']');
        texts.push(text);
    }
    texts
}

/// Hundred ids at a time: 39 bytes each.
fn split(item: Item) -> Vec<Item> {
    const AT_ONCE: usize = 100;
    match item {
        Item::Recheck { accounts, scopes } if accounts.len() + scopes.len() > AT_ONCE => {
            let of_people = accounts.chunks(AT_ONCE).map(|part| Item::Recheck {
                accounts: part.to_vec(),
                scopes: Vec::new(),
            });
            let of_scopes = scopes.chunks(AT_ONCE).map(|part| Item::Recheck {
                accounts: Vec::new(),
                scopes: part.to_vec(),
            });
            of_people.chain(of_scopes).collect()
        }
        item => vec![item],
    }
}

/// Reads a text; none when another version of the service wrote it in words that this one does not know.
#[must_use]
pub fn unpack(text: &str) -> Option<Vec<Item>> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_text_is_too_long(pokes in 0..600_u128, people in 0..500_u128) {
            let mut items: Vec<Item> = (0..pokes)
                .map(|n| Item::Poke { scope: Uuid::from_u128(n << 64), seq: i64::MAX })
                .collect();
            items.push(Item::Recheck {
                accounts: (0..people).map(|n| AccountId::from_uuid(Uuid::from_u128(n))).collect(),
                scopes: Vec::new(),
            });
            let texts = pack(items);
            prop_assert!(texts.iter().all(|text| text.len() < 8_000));
            let (mut seen_pokes, mut seen_people) = (0, 0);
            for item in texts.iter().flat_map(|text| unpack(text).expect("our own words")) {
                match item {
                    Item::Poke { .. } => seen_pokes += 1,
                    Item::Recheck { accounts, .. } => seen_people += accounts.len() as u128,
                    _ => {}
                }
            }
            prop_assert_eq!((seen_pokes, seen_people), (pokes, people));
        }
    }

    #[test]
    fn words_of_another_version_are_no_fault() {
        assert_eq!(unpack(r#"[{"t":"sing"}]"#), None);
        assert_eq!(unpack(""), None);
        assert!(pack(Vec::new()).is_empty());
    }
}
