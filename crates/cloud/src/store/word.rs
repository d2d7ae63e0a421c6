//! Closed sets of words as the database keeps them: text outside, types within.

use crate::{Error, Result};
use gameforge_domain::{Name, UnknownWord};
use std::str::FromStr;

/// Reads a stored word.
///
/// # Errors
/// When it is none of the set: the database was changed by other hands.
pub fn word<T: FromStr<Err = UnknownWord>>(what: &'static str, text: &str) -> Result<T> {
    text.parse()
        .map_err(|error: UnknownWord| Error::stored(what, error))
}

/// Reads a stored word that may be missing.
///
/// # Errors
/// When it is none of the set.
pub fn some_word<T: FromStr<Err = UnknownWord>>(
    what: &'static str,
    text: Option<&str>,
) -> Result<Option<T>> {
    text.map(|text| word(what, text)).transpose()
}

/// Reads a stored name.
///
/// # Errors
/// When it is none.
pub fn name(what: &'static str, text: &str) -> Result<Name> {
    Name::parse(text).map_err(|error| Error::stored(what, error))
}

/// A count for the wire.
#[must_use]
pub fn count(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(if count < 0 { 0 } else { u32::MAX })
}

/// A number in a scope's order for the wire: exact up to 2⁵³.
#[must_use]
pub fn number(seq: i64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a scope has no 2⁵³ writes")]
    let number = seq as f64;
    number
}

/// What the person view gives, as it is shown.
#[must_use]
pub fn person(id: uuid::Uuid, name: String, erased: bool) -> gameforge_wire::cloud::Person {
    gameforge_wire::cloud::Person {
        id: gameforge_domain::AccountId::from_uuid(id),
        display_name: if erased {
            "Erased account".to_owned()
        } else {
            name
        },
    }
}
