//! The service against a real PostgreSQL, asked as over the wire.

mod basics;
mod jobs;
mod rate;
mod support;
