//! All addresses. A route unpacks its request, asks the rules and the store within one transaction, and packs the
//! answer; the OpenAPI document is made from the same functions.

mod account;
mod health;
mod permissions;

use crate::App;
use axum::{Json, Router, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(
    info(title = "GameForge Cloud", description = "Identity, workspaces, projects and talk."),
    modifiers(&Bearer),
    tags(
        (name = "account", description = "Who somebody is"),
        (name = "teams", description = "Workspaces, projects, members"),
        (name = "operations", description = "Whether the service works"),
    )
)]
struct Document;

/// Both kinds of secrets come as `Authorization: Bearer`.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An access token of a device, or a key that begins with gf_key_.",
            ))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(permissions::tables))
        .routes(routes!(account::read))
}

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}

/// All routes, without the layers around them.
pub fn all() -> Router<App> {
    let (routes, document) = documented().split_for_parts();
    routes.route("/openapi.json", get(|| async move { Json(document) }))
}
