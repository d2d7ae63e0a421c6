//! The crate from outside: every format read right, and no bytes that can hurt.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod formats;
mod hostile;
mod photoshop;
mod samples;
