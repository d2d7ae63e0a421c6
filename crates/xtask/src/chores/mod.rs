//! One module a chore.

pub mod bench;
pub mod bundle;
pub mod fuzz;
pub mod generated;
pub mod run;
pub mod schemathesis;
pub mod screens;
pub mod test;
