//! The pages on which a person agrees, for a browser. They say that they are fakes.

use crate::Fake;
use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use std::collections::HashMap;
use url::Url;

/// Where each provider has its page, and what it calls itself.
const PAGES: &[(&str, &str, &str)] = &[
    ("/login/oauth/authorize", "github", "GitHub"),
    ("/o/oauth2/v2/auth", "google", "Google"),
    ("/oauth2/authorize", "discord", "Discord"),
];

type Asked = Query<HashMap<String, String>>;

pub fn routes() -> Router<Fake> {
    let mut router = Router::new();
    for &(path, provider, name) in PAGES {
        router = router
            .route(path, get(move |asked: Asked| page(path, name, asked)))
            .route(
                &format!("{path}/agree"),
                get(move |state: State<Fake>, asked: Asked| agree(provider, state, asked)),
            )
            .route(&format!("{path}/refuse"), get(refuse));
    }
    router
}

async fn page(path: &'static str, name: &'static str, Query(asked): Asked) -> Html<String> {
    let mut fields = String::new();
    for (name, value) in &asked {
        fields.push_str(&format!(
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            safe(name),
            safe(value)
        ));
    }
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title>\
         <h1>A fake of {name}, for tests</h1><p>GameForge asks who you are.</p>\
         <form action=\"{path}/agree\">{fields}<button id=\"agree\">Agree</button></form>\
         <form action=\"{path}/refuse\">{fields}<button id=\"refuse\">Cancel</button></form>"
    ))
}

async fn agree(provider: &'static str, State(fake): State<Fake>, Query(asked): Asked) -> Response {
    let there = fake.held.lock().people.get(provider).cloned();
    match there {
        Some(there) => found(&fake.agree(&asked, there)),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

/// As in RFC 6749, section 4.1.2.1.
async fn refuse(Query(asked): Asked) -> Response {
    let mut back = Url::parse(&asked["redirect_uri"]).expect("an address");
    back.query_pairs_mut()
        .append_pair("error", "access_denied")
        .append_pair("state", &asked["state"]);
    found(&back)
}

fn found(to: &Url) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to.as_str())]).into_response()
}

fn safe(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}
