//! Small pages that the service shows itself: what links in letters open, the administrators' page, the description
//! of the interface, and in development the letters that went out. Plain HTML made here; the one script reads the
//! secret off an address. Nothing of it may be framed, and nothing comes from elsewhere.

pub mod admin;
mod docs;
mod html;
mod letters;
mod mail;

use crate::App;
use axum::{
    Router,
    http::header,
    response::IntoResponse,
    routing::{get, post},
};
use std::sync::Arc;

/// The pages' addresses.
pub fn routes(document: &utoipa::openapi::OpenApi, development: bool) -> Router<App> {
    let docs: Arc<str> = docs::page(document).into();
    let mut router = Router::new()
        .route("/page.css", get(style))
        .route("/page.js", get(script))
        .route(
            "/docs",
            get(move || async move { html::sent(docs.to_string()) }),
        )
        .route("/verify", get(letters::verify_page).post(letters::verify))
        .route("/reset", get(letters::reset_page).post(letters::reset))
        .route(
            "/change-address",
            get(letters::change_page).post(letters::change),
        )
        .route("/invitation", get(letters::invitation_page))
        .route("/exports", get(letters::exports_page))
        .route("/admin", get(admin::front))
        .route("/admin/sign-in", post(admin::sign_in))
        .route("/admin/second-factor", post(admin::second_factor))
        .route("/admin/sign-out", post(admin::sign_out))
        .route("/admin/accounts", get(admin::accounts))
        .route("/admin/accounts/{account_id}/role", post(admin::role))
        .route(
            "/admin/accounts/{account_id}/suspension",
            post(admin::suspension),
        )
        .route("/admin/jobs", get(admin::jobs))
        .route("/admin/jobs/{job_id}/retry", post(admin::retry))
        .route("/admin/audit", get(admin::audit))
        .route("/admin/health", get(admin::health));
    if development {
        router = router
            .route("/dev/mail", get(mail::list))
            .route("/dev/mail/{letter}", get(mail::one));
    }
    router
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("page.css"),
    )
}

async fn script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("page.js"),
    )
}
