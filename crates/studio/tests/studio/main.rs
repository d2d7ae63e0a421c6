//! The engine against real databases in temporary folders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod at;
mod cloud;
mod counting;
mod editing;
mod faults;
mod import;
mod on_disk;
mod opening;
mod organising;
mod previews;
mod searching;
mod settings;
mod support;
mod undoing;
mod verify;
mod watch;
