//! `gameforge preview`.

use crate::{arguments::Preview, failure::Trouble, output::Output, words};
use gameforge_studio::Library;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Written {
    path: String,
    mime: &'static str,
    size: usize,
}

/// Writes a picture.
pub async fn run(
    library: &Library,
    preview: &Preview,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let picture = library.preview(preview.id, preview.size).await?;
    std::fs::write(&preview.out, &picture.bytes).map_err(|source| Trouble::Write {
        path: preview.out.clone(),
        source,
    })?;
    let written = Written {
        path: preview.out.display().to_string(),
        mime: picture.mime,
        size: picture.bytes.len(),
    };
    output.tell(&written, |written| {
        // A preview is far smaller than 2^53 bytes.
        #[allow(clippy::cast_precision_loss, reason = "see above")]
        let size = words::bytes(written.size as f64);
        format!("{size} of {} written to “{}”", written.mime, written.path)
    })?;
    Ok(ExitCode::SUCCESS)
}
