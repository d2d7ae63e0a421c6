//! The live connection's beginning: who connects, and from which page.

use crate::{
    App, Error, Result,
    http::Caller,
    live::{Guest, serve},
};
use axum::{
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, header},
    response::Response,
};
use gameforge_wire::cloud::Problem;
use url::Url;

/// The most bytes of a request on it.
const MOST_MESSAGE: usize = 4 * 1024;

/// A WebSocket with hints that something is new, and with who looks at what. Frames are `LiveFrame` and `LiveRequest`
/// as JSON texts.
#[utoipa::path(get, path = "/v1/live", tag = "talk", security(("bearer" = [])),
    responses((status = 101, description = "The connection stands"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn connect(
    State(app): State<App>,
    headers: HeaderMap,
    caller: Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let session = caller.session()?;
    if !is_own(&headers, &app.config.public_url) {
        return Err(Error::forbidden(
            "A page of another site may not open this connection.",
        ));
    }
    let upgrade =
        upgrade.map_err(|_| Error::invalid("upgrade", "this address is for WebSockets"))?;
    let guest = Guest::of(&app, caller.account, session).await?;
    Ok(upgrade
        .max_message_size(MOST_MESSAGE)
        .max_frame_size(MOST_MESSAGE)
        .on_upgrade(|socket| serve(app, guest, socket)))
}

/// Programs send no origin; a browser always does, and then it has to be this service's own.
fn is_own(headers: &HeaderMap, own: &Url) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.all(|origin| {
        origin
            .to_str()
            .ok()
            .and_then(|origin| Url::parse(origin).ok())
            .is_some_and(|origin| origin.origin().is_tuple() && origin.origin() == own.origin())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_our_own_pages_and_programs_connect() {
        let own = Url::parse("https://cloud.example.org").expect("an address");
        let with = |origins: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(header::ORIGIN, HeaderValue::from_static(origin));
            }
            is_own(&headers, &own)
        };
        assert!(with(&[]));
        assert!(with(&["https://cloud.example.org"]));
        for foreign in [
            "https://evil.example",
            "http://cloud.example.org",
            "https://cloud.example.org:444",
            "https://cloud.example.org.evil.example",
            "null",
            "",
        ] {
            assert!(!with(&[foreign]), "{foreign}");
        }
        assert!(!with(&[
            "https://cloud.example.org",
            "https://evil.example"
        ]));
    }
}
