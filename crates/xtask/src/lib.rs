//! The chores, and what they stand on. The end-to-end tests use the [`desktop`] too.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores say what they are doing"
)]

pub mod chores;
pub mod desktop;
pub mod needs;
pub mod packages;
pub mod postgres;
pub mod project;
pub mod step;
pub mod ui;
pub mod window;
