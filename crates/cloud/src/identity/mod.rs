//! The rules of signing in: passwords, tokens, seals, second factors, other people's sign-in pages. The database is
//! in `store`; only `follow` asks it, to keep this copy's list of signed-out devices.

pub mod breached;
pub mod follow;
pub mod password;
pub mod provider;
pub mod recovery;
pub mod revoked;
pub mod rotation;
pub mod seal;
pub mod token;
pub mod totp;
