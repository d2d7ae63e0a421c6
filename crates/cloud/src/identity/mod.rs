//! The rules of signing in, without a database: passwords, tokens, seals.

pub mod password;
pub mod seal;
pub mod token;
