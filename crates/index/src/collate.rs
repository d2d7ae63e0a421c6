//! The order of names as people count: `tile2` before `tile10`, case and accents aside.

use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;

/// Appends a name's key: keys compare byte by byte as names should.
///
/// A run of digits becomes its length and then its digits without leading zeros, so that longer numbers follow.
pub(crate) fn key(name: &str, key: &mut Vec<u8>) {
    if name.is_ascii() {
        ascii_key(name.as_bytes(), key);
    } else {
        let plain: String = name
            .nfkd()
            .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
            .nfc()
            .flat_map(char::to_lowercase)
            .collect();
        ascii_key(plain.as_bytes(), key);
    }
}

fn ascii_key(bytes: &[u8], key: &mut Vec<u8>) {
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        if !first.is_ascii_digit() {
            key.push(first.to_ascii_lowercase());
            rest = after;
            continue;
        }
        let (digits, after) = number(rest);
        // `0` to `9` for up to nine digits; more are rare enough for a wider length.
        key.push(b'0' + digits.len().min(9) as u8);
        if digits.len() >= 9 {
            key.extend_from_slice(&(digits.len() as u32).to_be_bytes());
        }
        key.extend_from_slice(digits);
        rest = after;
    }
}

/// The order of two names as people count, `tile2` before `tile10`, case and accents aside; equal only when they are
/// the same text.
#[must_use]
pub fn names(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return ascii_names(a.as_bytes(), b.as_bytes()).then_with(|| a.cmp(b));
    }
    let (mut left, mut right) = (Vec::with_capacity(64), Vec::with_capacity(64));
    key(a, &mut left);
    key(b, &mut right);
    left.cmp(&right).then_with(|| a.cmp(b))
}

/// How the keys of two ASCII names compare, without building them.
fn ascii_names(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (Some(left), Some(right)) = (a.first(), b.first()) else {
            return a.len().cmp(&b.len());
        };
        if left.is_ascii_digit() && right.is_ascii_digit() {
            let (first, after_a) = number(a);
            let (second, after_b) = number(b);
            let order = first
                .len()
                .cmp(&second.len())
                .then_with(|| first.cmp(second));
            if order.is_ne() {
                return order;
            }
            (a, b) = (after_a, after_b);
        } else {
            // A digit stands for its run's length, which is a digit, too: either side of any other character.
            let order = left.to_ascii_lowercase().cmp(&right.to_ascii_lowercase());
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[1..], &b[1..]);
        }
    }
}

/// The run of digits that a text starts with, without leading zeros, and what follows.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let run = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = text.split_at(run);
    let zeros = digits
        .iter()
        .take_while(|byte| **byte == b'0')
        .count()
        .min(run.saturating_sub(1));
    (&digits[zeros..], after)
}

/// The order of two paths, name by name, so that a folder's content follows it at once.
pub(crate) fn paths(a: &str, b: &str) -> Ordering {
    let mut left = a.split('/');
    let mut right = b.split('/');
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return names(a, b),
        }
    }
}

/// The first sixteen bytes of a key as a number that orders alike.
pub(crate) fn start(key: &[u8]) -> u128 {
    let mut first = [0; 16];
    let length = key.len().min(16);
    first[..length].copy_from_slice(&key[..length]);
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_and_case_does_not() {
        let mut list = [
            "tile10",
            "Tile2",
            "tile1",
            "äpfel",
            "apfel2",
            "Zebra",
            "tile02",
            "tile99999999999",
            "tile100000000000",
        ];
        list.sort_by(|a, b| names(a, b));
        assert_eq!(
            list,
            [
                "äpfel",
                "apfel2",
                "tile1",
                "Tile2",
                "tile02",
                "tile10",
                "tile99999999999",
                "tile100000000000",
                "Zebra"
            ]
        );
        assert_eq!(
            paths("a/b", "a b"),
            Ordering::Less,
            "content follows its folder"
        );
    }

    proptest! {
        #[test]
        fn is_an_order(a in "[aB0-2ä_ ]{0,6}", b in "[aB0-2_ ]{0,6}", c in "[aB0-2ä~ ]{0,6}") {
            prop_assert_eq!(names(&a, &b), names(&b, &a).reverse());
            if names(&a, &b).is_le() && names(&b, &c).is_le() {
                prop_assert!(names(&a, &c).is_le());
            }
            prop_assert_eq!(names(&a, &b).is_eq(), a == b);
            let keys = [&a, &b].map(|name| { let mut built = Vec::new(); key(name, &mut built); built });
            prop_assert_eq!(names(&a, &b), keys[0].cmp(&keys[1]).then_with(|| a.cmp(&b)));
        }
    }
}
