//! The engine behind window and command line: library, import, search, edits.
//!
//! A [`Library`] is a folder with a SQLite database, content by hash, and previews. Everything that a
//! shell asks of it is a method here, answered in `wire` types. What draws, prints or parses arguments is elsewhere.

pub mod cloud;
mod doctor;
mod edit;
mod error;
mod export;
mod files;
#[cfg(feature = "generate")]
mod generate;
mod import;
mod library;
mod preview;
mod read;
mod review;
mod samples;
mod search;
mod settings;
mod store;
mod verify;
mod view;
mod watch;

pub use doctor::doctor;
pub use error::Error;
pub use library::{Library, Options};
pub use preview::Preview;
pub use settings::Config;
pub use view::ContentFile;

/// What a call of the engine gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;
