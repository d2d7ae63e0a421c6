//! The window's own addresses: bytes reach the page by them, never inside a command's answer.
//!
//! - `preview://localhost/<asset>?side=320&v=<content>`: a thumbnail
//! - `content://localhost/<asset>/<any name>`: the file's bytes, with ranges
//! - `content://localhost/<asset>/sibling/<relative path>`: a file beside a model
//! - `pixels://localhost/<asset>`, `…/sheet`, `…/specimen?text=…`: pictures of what a web view cannot show itself
//!
//! On Windows they are spelt `http://preview.localhost/…` and so on. Which files may be read at all is decided by
//! the engine: an address names an asset, never a path.

mod address;
mod content;
mod range;
mod reply;

use crate::state::{Answer, Studio, answer};
use address::Address;
use gameforge_domain::Colour;
use gameforge_studio::Library;
use gameforge_wire::{ErrorCode, Failure};
use reply::{Keep, Reply, origin};
use tauri::{
    Manager, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Method, Request},
};

/// Thumbnails.
pub fn preview(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    serve(&context, request, responder, thumbnail);
}

/// Files, and files beside them.
pub fn content(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    serve(&context, request, responder, content::file);
}

/// Pictures of what a web view cannot show itself.
pub fn pixels(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    serve(&context, request, responder, picture);
}

/// What was asked for, with the library to take it from.
struct Asked {
    library: Library,
    address: Address,
    range: Option<String>,
}

fn serve<F>(
    context: &UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
    give: fn(Asked) -> F,
) where
    F: Future<Output = Answer<Reply>> + Send + 'static,
{
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let origin = origin(&request);
        let reply = match asked(&app.state::<Studio>(), &request) {
            Ok(asked) => give(asked).await,
            Err(failure) => Err(failure),
        };
        responder.respond(reply.unwrap_or_else(Reply::refusal).into_response(origin));
    });
}

fn asked(studio: &Studio, request: &Request<Vec<u8>>) -> Answer<Asked> {
    if request.method() != Method::GET {
        return Err(Failure::new(
            ErrorCode::Invalid,
            "Only GET is answered here.",
        ));
    }
    let range = request.headers().get("range");
    Ok(Asked {
        library: studio.library()?,
        address: Address::parse(request.uri())?,
        range: range
            .and_then(|range| range.to_str().ok())
            .map(str::to_owned),
    })
}

/// Side of a thumbnail when the address does not say, in pixels.
const SIDE: u32 = 320;

async fn thumbnail(asked: Asked) -> Answer<Reply> {
    let side = asked.address.number("side", SIDE)?;
    let preview = answer(asked.library.preview(asked.address.asset, side).await)?;
    // The address carries the content's hash: what it stands for never changes.
    let keep = if asked.address.has("v") {
        Keep::ForEver
    } else {
        Keep::Not
    };
    Ok(Reply::whole(preview.bytes, preview.mime, keep))
}

async fn picture(asked: Asked) -> Answer<Reply> {
    let Asked {
        library, address, ..
    } = asked;
    let png = match address.rest.as_str() {
        "" => answer(library.pixels_png(address.asset).await)?,
        "sheet" => answer(library.animation(address.asset).await)?.1,
        "specimen" => specimen(&library, &address).await?,
        _ => return Err(address.unknown()),
    };
    let keep = if address.has("v") {
        Keep::ForEver
    } else {
        Keep::Not
    };
    Ok(Reply::whole(png, "image/png", keep))
}

async fn specimen(library: &Library, address: &Address) -> Answer<Vec<u8>> {
    let text = address.value("text").unwrap_or_default();
    let size = address.number("size", 48)?;
    let width = address.number("width", 800)?;
    let ink = address.value("ink").unwrap_or("e9ebee");
    let ink: Colour = ink.parse().map_err(|_| {
        Failure::new(
            ErrorCode::Invalid,
            format!("“{ink}” is not a colour; write six hex digits."),
        )
    })?;
    // Sizes are far below 2^24, where a float holds every whole number.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let size = size.min(2_000) as f32;
    answer(
        library
            .specimen(address.asset, text, size, width, ink)
            .await,
    )
}
