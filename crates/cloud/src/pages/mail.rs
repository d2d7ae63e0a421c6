//! The letters that went out, for development: those in the mail folder, the newest first, with links that work.

use super::html::{page, safe, sent};
use crate::{App, Error, Result, config::MailRoute};
use axum::{
    extract::{Path, State},
    response::Response,
};
use std::{fmt::Write, path::PathBuf};
use uuid::Uuid;

/// Letters that are listed.
const MOST: usize = 200;

/// What a letter in the folder says.
struct Read {
    id: Uuid,
    to: String,
    subject: String,
    date: String,
    body: String,
}

/// The list.
pub async fn list(State(app): State<App>) -> Result<Response> {
    let folder = folder(&app)?;
    let mut ids = Vec::new();
    // Nothing was sent yet: there is no folder.
    if let Ok(mut entries) = tokio::fs::read_dir(&folder).await {
        while let Some(entry) = entries.next_entry().await.map_err(Error::MailFolder)? {
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".eml"));
            ids.extend(id.and_then(|id| id.parse::<Uuid>().ok()));
        }
    }
    ids.sort_unstable();
    let mut rows = String::new();
    for id in ids.iter().rev().take(MOST) {
        let letter = read(&folder, *id).await?;
        // Writing into a string cannot fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}</td><td><a href=\"/dev/mail/{}\">{}</a></td></tr>",
            safe(&letter.date),
            safe(&letter.to),
            letter.id,
            safe(&letter.subject)
        );
    }
    if rows.is_empty() {
        rows = "<tr><td colspan=\"3\" class=\"quiet\">No letter was sent yet.</td></tr>".to_owned();
    }
    let body = format!(
        "<h1>Letters</h1><p class=\"quiet\">The development service sends no mail; it writes letters into a folder, \
         which this page shows. Reload it to see new ones.</p>\
         <table><thead><tr><th>When</th><th>To</th><th>Subject</th></tr></thead><tbody>{rows}</tbody></table>"
    );
    Ok(sent(page("en", "Letters", false, &body)))
}

/// One letter.
pub async fn one(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Response> {
    let letter = read(&folder(&app)?, id).await?;
    let body = format!(
        "<p><a href=\"/dev/mail\">All letters</a></p><h1>{}</h1><p class=\"quiet\">To {} · {}</p><pre>{}</pre>",
        safe(&letter.subject),
        safe(&letter.to),
        safe(&letter.date),
        linked(&letter.body)
    );
    Ok(sent(page("en", &letter.subject, false, &body)))
}

fn folder(app: &App) -> Result<PathBuf> {
    match &app.config.mail {
        MailRoute::Folder(folder) => Ok(folder.clone()),
        MailRoute::Smtp(_) => Err(Error::not_found("This page")),
    }
}

async fn read(folder: &std::path::Path, id: Uuid) -> Result<Read> {
    let bytes = match tokio::fs::read(folder.join(format!("{id}.eml"))).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::not_found("This letter"));
        }
        Err(error) => return Err(Error::MailFolder(error)),
    };
    let parts = crate::mail::read::letter(&bytes);
    Ok(Read {
        id,
        to: parts.to,
        subject: parts.subject,
        date: parts.date,
        body: parts.body,
    })
}

/// A text with its addresses as links.
fn linked(text: &str) -> String {
    let mut html = String::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if ["http://", "https://"]
            .iter()
            .any(|scheme| word.starts_with(scheme))
        {
            let word_safe = safe(word);
            // Writing into a string cannot fail.
            let _ = write!(html, "<a href=\"{word_safe}\">{word_safe}</a>");
            html.push_str(&piece[word.len()..]);
        } else {
            html.push_str(&safe(piece));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_nothing_else_does() {
        assert_eq!(
            linked("Open\n\nhttp://a/b#c&d\n\n<b>javascript:x"),
            "Open\n\n<a href=\"http://a/b#c&amp;d\">http://a/b#c&amp;d</a>\n\n&lt;b&gt;javascript:x"
        );
    }
}
