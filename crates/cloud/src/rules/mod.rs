//! What is decided without I/O and is the cloud's alone: which words a field takes, who is mentioned in a text, how
//! settings are merged. Permissions are `gameforge_domain::access`.

pub mod mention;
pub mod merge;
pub mod text;
