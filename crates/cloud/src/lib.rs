//! The cloud that studios sync with: who somebody is, workspaces and projects, what people say in them.
//!
//! Stateless but for PostgreSQL and the object storage: any number of copies may run. See ARCHITECTURE.md for the map
//! and the invariants. What is decided without I/O (permissions, names) is in `gameforge-domain`; what crosses the
//! wire is in `gameforge-wire`.

pub mod app;
pub mod backup;
pub mod blobs;
pub mod chain;
pub mod clock;
pub mod config;
pub mod diagnosis;
pub mod error;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod metrics;
mod pages;
mod routes;
mod rules;
pub mod secret;
pub mod store;
pub mod telemetry;
mod tell;

pub use app::App;
pub use config::Config;
pub use error::{Error, Result};

/// The whole service as an HTTP router, to be served or, in tests, asked directly.
pub fn service(app: App) -> axum::Router {
    http::wrap(routes::all(app.config.development), app)
}

/// The OpenAPI 3.1 document of all routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes::document()
}
