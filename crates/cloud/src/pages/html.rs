//! The frame of every page, and what keeps texts from becoming markup.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// A text as it may stand in HTML, within elements and quoted attributes.
#[must_use]
pub fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A whole page. `body` is HTML already; the title is not.
#[must_use]
pub fn page(locale: &str, title: &str, narrow: bool, body: &str) -> String {
    let title = safe(title);
    let class = if narrow { " class=\"narrow\"" } else { "" };
    format!(
        "<!doctype html>\n<html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · GameForge</title><link rel=\"stylesheet\" href=\"/page.css\"></head>\
         <body{class}><main>\n{body}\n</main><script src=\"/page.js\" type=\"module\"></script></body></html>\n"
    )
}

/// Sends a page.
#[must_use]
pub fn sent(page: String) -> Response {
    Html(page).into_response()
}

/// Sends a page that says that something went wrong.
#[must_use]
pub fn sent_with(status: StatusCode, page: String) -> Response {
    (status, Html(page)).into_response()
}

/// `en` or `de`, as the browser wishes.
#[must_use]
pub fn locale(headers: &HeaderMap) -> &'static str {
    let wished = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // The list is in the order of liking as browsers write it.
    let known = wished.split(',').find_map(|part| {
        let tag = part.split(';').next().unwrap_or_default().trim();
        match tag.split('-').next().unwrap_or_default() {
            "de" => Some("de"),
            "en" => Some("en"),
            _ => None,
        }
    });
    known.unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let text = "<script>alert('1')</script>\" onload=\"x&y";
        let safe = safe(text);
        assert!(!safe.contains(['<', '>', '"', '\'']), "{safe}");
        assert!(page("en", text, false, "").contains(&format!("<title>{safe} ·")));
    }

    #[test]
    fn the_browsers_language_is_taken_where_there_is_one() {
        for (wished, got) in [
            ("de-AT,de;q=0.9,en;q=0.5", "de"),
            ("fr,en;q=0.5", "en"),
            ("fr", "en"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, wished.parse().expect("a header"));
            assert_eq!(locale(&headers), got, "{wished}");
        }
    }
}
