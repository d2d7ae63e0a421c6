//! The description of the interface as a page: every address with what it takes and gives, made from the OpenAPI
//! document once at the start. No script is needed to read it.

use super::html::{self, safe};
use serde_json::{Map, Value};
use std::fmt::Write;

/// The page.
#[must_use]
pub fn page_of(document: &Value) -> String {
    let mut body = format!(
        "<h1>{} {}</h1><p>{} As a document for programs: <a href=\"/openapi.json\">openapi.json</a>.</p>",
        text(&document["info"]["title"]),
        text(&document["info"]["version"]),
        text(&document["info"]["description"]),
    );
    let mut tags: Vec<(String, String)> = Vec::new();
    for tag in list(&document["tags"]) {
        let name = tag["name"].as_str().unwrap_or_default().to_owned();
        tags.push((name, text(&tag["description"])));
    }
    let operations = operations(document);
    for (tag, _) in &operations {
        if !tags.iter().any(|(name, _)| name == tag) {
            tags.push((tag.clone(), String::new()));
        }
    }
    body.push_str("<nav>");
    for (tag, _) in &tags {
        // Writing into a string cannot fail.
        let _ = write!(body, "<a href=\"#tag-{0}\">{0}</a>", safe(tag));
    }
    body.push_str("<a href=\"#schemas\">schemas</a></nav>");
    for (tag, about) in &tags {
        let _ = write!(body, "<h2 id=\"tag-{0}\">{0}</h2><p>{about}</p>", safe(tag));
        for (_, html) in operations.iter().filter(|(of, _)| of == tag) {
            body.push_str(html);
        }
    }
    body.push_str("<h2 id=\"schemas\">schemas</h2>");
    for (name, schema) in map(&document["components"]["schemas"]) {
        schema_html(&mut body, name, schema);
    }
    html::page("en", "Interface", false, &body)
}

/// The page of a document.
#[must_use]
pub fn page(document: &utoipa::openapi::OpenApi) -> String {
    // A document that is served as JSON can be written as JSON.
    page_of(&serde_json::to_value(document).unwrap_or_default())
}

fn text(value: &Value) -> String {
    safe(value.as_str().unwrap_or_default())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn map(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// Tag and HTML of every operation.
fn operations(document: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (path, methods) in map(&document["paths"]) {
        for (method, operation) in map(methods) {
            let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
            all.push((tag, operation_html(path, method, operation)));
        }
    }
    all
}

fn operation_html(path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<details><summary><code class=\"method\">{}</code> <code>{}</code> {}</summary><p>{}</p>",
        safe(&method.to_uppercase()),
        safe(path),
        text(&operation["summary"]),
        text(&operation["description"]),
    );
    if !list(&operation["security"]).is_empty() {
        html.push_str("<p>Signed in: <code>Authorization: Bearer …</code></p>");
    }
    let parameters = list(&operation["parameters"]);
    if !parameters.is_empty() {
        html.push_str("<h3>Takes</h3><table><tbody>");
        for parameter in parameters {
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                text(&parameter["description"]),
            );
        }
        html.push_str("</tbody></table>");
    }
    for (_, content) in map(&operation["requestBody"]["content"]) {
        let _ = write!(html, "<h3>Body</h3><p>{}</p>", kind(&content["schema"]));
    }
    html.push_str("<h3>Answers</h3><table><tbody>");
    for (status, answer) in map(&operation["responses"]) {
        let of = map(&answer["content"])
            .map(|(_, content)| kind(&content["schema"]))
            .collect::<Vec<_>>()
            .join(", ");
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td>{of}</td><td>{}</td></tr>",
            safe(status),
            text(&answer["description"]),
        );
    }
    html.push_str("</tbody></table></details>");
    html
}

/// A schema in a few words, names as links.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = safe(reference.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let some = list(&schema[key]);
        if !some.is_empty() {
            return some.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    if !list(&schema["enum"]).is_empty() {
        let words = list(&schema["enum"])
            .iter()
            .map(|word| format!("<code>{}</code>", safe(&plain(word))))
            .collect::<Vec<_>>();
        return words.join(" or ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => match schema["format"].as_str() {
            Some(format) => format!("{} ({})", safe(name), safe(format)),
            None => safe(name),
        },
        Value::Array(names) => names
            .iter()
            .map(|name| match name.as_str() {
                Some("array") => format!("list of {}", kind(&schema["items"])),
                name => safe(name.unwrap_or_default()),
            })
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "anything".to_owned(),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn schema_html(body: &mut String, name: &str, schema: &Value) {
    let name = safe(name);
    // Writing into a string cannot fail.
    let _ = write!(
        body,
        "<details id=\"schema-{name}\"><summary><code>{name}</code> {}</summary>",
        text(&schema["description"])
    );
    let required = list(&schema["required"]);
    let mut rows = String::new();
    for (field, of) in map(&schema["properties"]) {
        let needed = if required.iter().any(|it| it.as_str() == Some(field)) {
            "needed"
        } else {
            ""
        };
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{needed}</td><td>{}</td></tr>",
            safe(field),
            kind(of),
            text(&of["description"]),
        );
    }
    if rows.is_empty() {
        let _ = write!(body, "<p>{}</p></details>", kind(schema));
    } else {
        let _ = write!(body, "<table><tbody>{rows}</tbody></table></details>");
    }
}
