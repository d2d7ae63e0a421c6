//! The service against a real PostgreSQL, asked as over the wire.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod admin;
mod allowance;
mod attacks;
mod auth;
mod backup;
mod basics;
mod commands;
mod comments;
mod consents;
mod crash;
mod erasure;
mod exports;
mod factor;
mod front_door;
mod fuzzed;
mod invitations;
mod jobs;
mod keys;
mod live;
mod matrix;
mod notifications;
mod once;
mod openapi;
mod operations;
mod program;
mod projects;
mod provider;
mod rate;
mod roles;
mod sessions;
mod shutdown;
mod storage;
mod support;
mod teams;
mod tls;
mod traces;
mod walls;
mod workspaces;
