//! All SQL of the engine, one file per table or aggregate. Functions take a connection and know no library;
//! transactions are their callers'. Many rows travel as one JSON parameter through `json_each`, so that a
//! prepared statement does a whole batch.

pub(crate) mod asset;
pub(crate) mod change;
pub(crate) mod collection;
pub(crate) mod content;
pub(crate) mod history;
pub(crate) mod job;
pub(crate) mod library;
pub(crate) mod location;
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
