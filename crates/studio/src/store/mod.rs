//! All SQL of the engine, one file per table or aggregate. Functions take a connection and know no library;
//! transactions are their callers'. Many rows travel as one JSON parameter through `json_each`, so that a
//! prepared statement does a whole batch.

pub(crate) mod asset;
pub(crate) mod asset_field;
pub(crate) mod change;
pub(crate) mod collection;
pub(crate) mod content;
pub(crate) mod detail;
pub(crate) mod entry;
pub(crate) mod history;
pub(crate) mod job;
pub(crate) mod library;
pub(crate) mod location;
pub(crate) mod newest;
pub(crate) mod place;
pub(crate) mod setting;
pub(crate) mod smart_folder;
pub(crate) mod tag;
pub(crate) mod version;
pub(crate) mod watched_folder;

use crate::{Error, Result};
use serde::Serialize;

/// A parameter for `json_each`.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::json("a statement's parameter"))
}

/// Bytes for a JSON parameter; `unhex` in SQL reads them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

/// The bytes behind hexadecimal digits; none when they are not.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
