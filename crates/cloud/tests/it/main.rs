//! The service against a real PostgreSQL, asked as over the wire.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod admin;
mod auth;
mod backup;
mod basics;
mod comments;
mod consents;
mod erasure;
mod exports;
mod factor;
mod fakes;
mod front_door;
mod invitations;
mod jobs;
mod keys;
mod live;
mod matrix;
mod notifications;
mod openapi;
mod operations;
mod projects;
mod provider;
mod rate;
mod sessions;
mod support;
mod teams;
mod walls;
mod workspaces;
