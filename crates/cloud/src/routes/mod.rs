//! All addresses. A route unpacks its request, asks the rules and the store within one transaction, and packs the
//! answer; the OpenAPI document is made from the same functions.

pub(crate) mod account;
mod activity;
pub(crate) mod admin;
mod answers;
pub(crate) mod auth;
mod bin;
mod comment_changes;
mod comments;
mod consents;
mod done;
mod entry;
mod erasure;
mod exports;
mod factor;
pub(crate) mod health;
mod identities;
mod invitation_place;
mod invitations;
mod keys;
mod letters;
mod limits;
mod live;
mod members;
mod notifications;
mod offers;
mod permissions;
mod projects;
mod provider;
mod provider_finish;
mod reach;
mod sessions;
mod step_up;
mod workspaces;

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
        (name = "sign-in", description = "Coming in, before anybody is known"),
        (name = "account", description = "Who somebody is"),
        (name = "teams", description = "Workspaces, projects, members"),
        (name = "talk", description = "Comments, activity, notifications, the live connection"),
        (name = "admin", description = "Running the platform"),
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

/// Signing in and the own account.
fn identity() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::verify))
        .routes(routes!(auth::verify_again))
        .routes(routes!(auth::sign_in))
        .routes(routes!(auth::second_factor))
        .routes(routes!(auth::forgotten))
        .routes(routes!(auth::reset))
        .routes(routes!(sessions::refresh))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(step_up::step_up))
        .routes(routes!(step_up::start))
        .routes(routes!(step_up::finish))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::revoke))
        .routes(routes!(sessions::revoke_others))
        .routes(routes!(account::read, account::change))
        .routes(routes!(account::change_password))
        .routes(routes!(account::change_email))
        .routes(routes!(account::confirm_email))
        .routes(routes!(factor::begin, factor::remove))
        .routes(routes!(factor::confirm))
        .routes(routes!(factor::codes))
        .routes(routes!(provider::providers))
        .routes(routes!(provider::start))
        .routes(routes!(provider::callback))
        .routes(routes!(provider_finish::finish))
        .routes(routes!(identities::start_link))
        .routes(routes!(identities::list, identities::link))
        .routes(routes!(identities::unlink))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(consents::texts))
        .routes(routes!(consents::list, consents::answer))
}

/// Workspaces, projects, who is in them, and what people say there.
fn teams() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(workspaces::list, workspaces::create))
        .routes(routes!(
            workspaces::read,
            workspaces::update,
            workspaces::remove
        ))
        .routes(routes!(workspaces::restore))
        .routes(routes!(workspaces::transfer))
        .routes(routes!(workspaces::quotas))
        .routes(routes!(workspaces::activity))
        .routes(routes!(members::of_workspace))
        .routes(routes!(
            members::change_in_workspace,
            members::remove_from_workspace
        ))
        .routes(routes!(members::leave_workspace))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::read, projects::update, projects::remove))
        .routes(routes!(projects::restore))
        .routes(routes!(projects::transfer))
        .routes(routes!(activity::of_project))
        .routes(routes!(members::of_project))
        .routes(routes!(
            members::change_in_project,
            members::remove_from_project
        ))
        .routes(routes!(members::leave_project))
        .routes(routes!(bin::workspaces))
        .routes(routes!(bin::projects))
        .routes(routes!(bin::comments))
        .routes(routes!(
            invitations::of_workspace,
            invitations::to_workspace
        ))
        .routes(routes!(invitations::of_project, invitations::to_project))
        .routes(routes!(invitations::revoke))
        .routes(routes!(invitations::resend))
        .routes(routes!(offers::list))
        .routes(routes!(offers::accept))
        .routes(routes!(offers::decline))
        .routes(routes!(offers::accept_by_token))
        .routes(routes!(offers::decline_by_token))
        .routes(routes!(comments::list, comments::write))
        .routes(routes!(comments::people))
        .routes(routes!(comment_changes::update, comment_changes::remove))
        .routes(routes!(comment_changes::react))
        .routes(routes!(comment_changes::restore))
        .routes(routes!(notifications::list))
        .routes(routes!(notifications::unread))
        .routes(routes!(notifications::read_one))
        .routes(routes!(notifications::read_all))
        .routes(routes!(
            notifications::preferences,
            notifications::set_preferences
        ))
        .routes(routes!(live::connect))
}

/// A person's right to the own data, and running the platform.
fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(exports::ask, exports::list))
        .routes(routes!(exports::file))
        .routes(routes!(erasure::read, erasure::ask, erasure::cancel))
        .routes(routes!(admin::accounts))
        .routes(routes!(admin::set_role))
        .routes(routes!(admin::suspend))
        .routes(routes!(admin::jobs))
        .routes(routes!(admin::retry))
        .routes(routes!(admin::audit))
        .routes(routes!(admin::standing))
}

fn documented() -> OpenApiRouter<App> {
    let mut all = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(permissions::tables))
        .merge(identity())
        .merge(operations())
        .merge(teams());
    answers::complete(all.get_openapi_mut());
    all
}

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}

/// All routes, without the layers around them.
pub fn all(development: bool) -> Router<App> {
    let (routes, document) = documented().split_for_parts();
    let pages = crate::pages::routes(&document, development);
    routes
        .merge(pages)
        .route("/openapi.json", get(|| async move { Json(document) }))
}
