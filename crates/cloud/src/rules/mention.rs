//! Mentions in a comment's words: `@[name](account id)`. The name is what the writer saw; the id counts.

use uuid::Uuid;

/// The most people that one comment tells; those after them are words only.
pub const MOST: usize = 50;

/// The ids of everybody who is mentioned, each once, in their order.
#[must_use]
pub fn ids(body: &str) -> Vec<Uuid> {
    let mut ids = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find("@[") {
        rest = &rest[at + 2..];
        let Some((name, after)) = rest.split_once("](") else {
            break;
        };
        // A name is on one line and holds no bracket: what opens anew counts on its own.
        if name.contains(['[', ']', '\n']) {
            continue;
        }
        let id = after.get(..36).and_then(|id| Uuid::try_parse(id).ok());
        match id {
            Some(id) if after[36..].starts_with(')') => {
                if !ids.contains(&id) {
                    ids.push(id);
                }
                rest = &after[37..];
            }
            _ => {}
        }
        if ids.len() == MOST {
            break;
        }
    }
    ids
}

/// The words as they read: a mention is `@name`.
#[must_use]
pub fn plain(body: &str) -> String {
    let mut plain = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("@[") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let read = from[2..].split_once("](").filter(|(name, after)| {
            !name.contains(['[', ']', '\n'])
                && after
                    .get(..36)
                    .is_some_and(|id| Uuid::try_parse(id).is_ok())
                && after[36..].starts_with(')')
        });
        match read {
            Some((name, after)) => {
                plain.push('@');
                plain.push_str(name);
                rest = &after[37..];
            }
            None => {
                plain.push_str("@[");
                rest = &from[2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADA: Uuid = Uuid::from_u128(0x0192_f0c1_2345_7abc_8def_0123_4567_89ab);

    #[test]
    fn who_is_mentioned_is_found_once() {
        let text = format!(
            "@[Ada]({ADA}), look: @[x](nobody) and @[[@[Ada L.]({ADA}) @[unfinished]({ADA}"
        );
        assert_eq!(ids(&text), vec![ADA]);
        assert_eq!(
            plain(&text),
            format!("@Ada, look: @[x](nobody) and @[[@Ada L. @[unfinished]({ADA}")
        );
    }

    #[test]
    fn a_name_over_several_lines_is_none() {
        assert!(ids(&format!("@[Ada\nLovelace]({ADA})")).is_empty());
    }

    #[test]
    fn a_text_cannot_tell_the_whole_world() {
        let text: String = (0..200_u128)
            .map(|n| format!("@[x]({}) ", Uuid::from_u128(n)))
            .collect();
        assert_eq!(ids(&text).len(), MOST);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in r"(@|\[|\]|\(|\)|[a-f0-9-]{36}|ü|\n|x){0,60}") {
            prop_assert!(ids(&text).len() <= MOST);
            prop_assert!(plain(&text).len() <= text.len());
        }

        #[test]
        fn every_written_mention_comes_back(names in proptest::collection::vec("[a-zäöü ]{0,12}", 0..10)) {
            let all: Vec<Uuid> = (1..=names.len()).map(|n| Uuid::from_u128(n as u128)).collect();
            let text: String = names.iter().zip(&all).map(|(name, id)| format!("so @[{name}]({id})! ")).collect();
            prop_assert_eq!(ids(&text), all);
        }
    }
}
