//! Answers to the window's own addresses.

use gameforge_wire::{ErrorCode, Failure};
use std::borrow::Cow;
use tauri::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};

/// Where the page may come from: the program itself, or Vite while developing.
const OWN_ORIGINS: [&str; 4] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
    "http://127.0.0.1:5173",
];

/// Whether an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The address names the content by its hash.
    ForEver,
    /// It may be another one next time.
    Not,
}

/// An answer before it is put into HTTP's words.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// All of something.
    pub fn whole(body: Vec<u8>, mime: &'static str, keep: Keep) -> Self {
        let mut reply = Self::with(StatusCode::OK, body);
        reply.set(header::CONTENT_TYPE, mime);
        reply.set(header::ACCEPT_RANGES, "bytes");
        if keep == Keep::ForEver {
            reply.set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
        }
        reply
    }

    /// Bytes from `first` on, of `size`.
    pub fn stretch(body: Vec<u8>, mime: &'static str, first: u64, size: u64) -> Self {
        let last = (first + body.len() as u64).saturating_sub(1);
        let mut reply = Self::with(StatusCode::PARTIAL_CONTENT, body);
        reply.set(header::CONTENT_TYPE, mime);
        reply.set(header::ACCEPT_RANGES, "bytes");
        reply.set(
            header::CONTENT_RANGE,
            format!("bytes {first}-{last}/{size}"),
        );
        reply
    }

    /// The file of `size` bytes has no such range.
    pub fn outside(size: u64) -> Self {
        let mut reply = Self::with(StatusCode::RANGE_NOT_SATISFIABLE, Vec::new());
        reply.set(header::CONTENT_RANGE, format!("bytes */{size}"));
        reply
    }

    /// The file of `size` bytes is given by ranges only.
    pub fn too_large(size: u64) -> Self {
        let text = format!("{size} bytes are too many for one answer; ask for a range.");
        Self::with(StatusCode::PAYLOAD_TOO_LARGE, text.into_bytes())
    }

    /// Why there is nothing.
    pub fn refusal(failure: Failure) -> Self {
        let status = match failure.code {
            ErrorCode::Invalid => StatusCode::BAD_REQUEST,
            ErrorCode::NoLibrary | ErrorCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Internal | ErrorCode::Damaged => StatusCode::INTERNAL_SERVER_ERROR,
            // A page can only draw its sign for “no picture”, whatever the reason is.
            _ => StatusCode::NOT_FOUND,
        };
        Self::with(status, failure.message.into_bytes())
    }

    /// In HTTP's words, for a page of that origin.
    pub fn into_response(mut self, origin: Option<HeaderValue>) -> Response<Cow<'static, [u8]>> {
        // Nothing that is served here may run, frame or load anything, whatever the page does with it.
        self.set(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        );
        self.set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if let Some(origin) = origin {
            self.headers
                .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            self.set(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                "content-range, content-length",
            );
        }
        let mut response = Response::new(Cow::Owned(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    fn with(status: StatusCode, body: Vec<u8>) -> Self {
        let headers = HeaderMap::new();
        Self {
            status,
            headers,
            body,
        }
    }

    fn set(&mut self, name: HeaderName, value: impl Into<Cow<'static, str>>) {
        // All our values are plain ASCII; one that is not would be left out rather than sent broken.
        if let Ok(value) = HeaderValue::from_str(&value.into()) {
            self.headers.insert(name, value);
        }
    }
}

/// The page's origin, if it is the Studio's own.
pub fn origin(request: &Request<Vec<u8>>) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    OWN_ORIGINS
        .iter()
        .any(|own| origin == own)
        .then(|| origin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin_header: &str) -> Option<HeaderValue> {
        let request = Request::builder().header("origin", origin_header);
        origin(&request.body(Vec::new()).unwrap())
    }

    #[test]
    fn only_the_studios_own_pages_may_fetch() {
        assert!(from("tauri://localhost").is_some());
        assert!(from("https://example.com").is_none());
        assert!(from("null").is_none());
    }

    #[test]
    fn what_is_named_by_its_hash_is_kept_for_ever() {
        let kept = Reply::whole(vec![1], "image/png", Keep::ForEver).into_response(None);
        assert!(
            kept.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let not = Reply::whole(vec![1], "image/png", Keep::Not).into_response(None);
        assert!(!not.headers().contains_key("cache-control"));
    }

    #[test]
    fn a_missing_picture_is_404_and_nothing_served_may_run() {
        let failure = Failure::new(ErrorCode::NotFound, "gone");
        let response = Reply::refusal(failure).into_response(None);
        assert_eq!(response.status(), 404);
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"));
    }
}
