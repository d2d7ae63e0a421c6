//! The service against a real PostgreSQL, asked as over the wire.

mod basics;
mod support;
