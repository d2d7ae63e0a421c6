//! The client against the real service on a real database, and, for what that does only when it is in trouble, against
//! a small server that is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../../cloud/tests/it/front_door.rs"]
#[allow(dead_code, reason = "the service's own tests need all of it")]
mod front_door;
#[path = "../../../cloud/tests/it/support.rs"]
#[allow(dead_code, reason = "the service's own tests need all of it")]
mod support;

mod making;
mod real;
mod renewing;
