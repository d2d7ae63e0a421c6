//! The cloud as the Studio and the command line see it.
//!
//! A [`Client`] is one person on one cloud (or nobody yet): it sends typed requests, renews its tokens by itself and
//! keeps them in a [`TokenStore`]. [`live`] holds a connection open over which the cloud says that something is new;
//! [`provider`] signs in through the system's browser. What is remembered for working offline is the engine's business
//! (`gameforge-studio`), not this crate's.

pub mod account;
mod address;
mod client;
mod download;
mod error;
pub mod live;
pub mod provider;
mod talk;
pub mod team;
pub mod tokens;

pub use address::Address;
pub use client::{Client, SignedIn};
pub use download::Download;
pub use error::{Error, Result};
pub use tokens::{TokenPlace, TokenStore};
