//! Cells for the window, from the index or from the database.

use gameforge_index::{Card, Entry, PreviewState};
use gameforge_wire as wire;

fn preview(state: PreviewState, failed: bool) -> wire::PreviewState {
    match state {
        PreviewState::Ready => wire::PreviewState::Ready,
        PreviewState::Pending => wire::PreviewState::Waiting,
        PreviewState::None if failed => wire::PreviewState::Failed,
        PreviewState::None => wire::PreviewState::None,
    }
}

/// From the index.
pub(crate) fn from_index(card: &Card<'_>, distance: Option<u32>) -> wire::Card {
    wire::Card {
        id: card.id,
        name: card.name.to_owned(),
        folder: card.folder.to_owned(),
        kind: card.kind,
        format: card.format,
        content: crate::store::hex(&card.content),
        size: card.size as f64,
        width: card.width,
        height: card.height,
        frames: card.frames,
        duration: f64::from(card.duration_ms) / 1000.0,
        triangles: card.triangles,
        glyphs: card.glyphs,
        loudness: card.loudness.map(f64::from),
        alpha: card.alpha == Some(true),
        rating: u32::from(card.rating),
        label: u32::from(card.label),
        added_ms: card.added_ms as f64,
        modified_ms: card.modified_ms as f64,
        missing: card.missing,
        preview: preview(card.preview, card.failed),
        distance,
    }
}

/// From what the database says. Times and loudness are as coarse as the index keeps them, so that a cell does not
/// change when the index takes over.
pub(crate) fn from_entry(entry: Entry) -> wire::Card {
    let to_second = |ms: i64| ms.div_euclid(1000) as f64 * 1000.0;
    wire::Card {
        id: entry.id,
        content: crate::store::hex(entry.content.get(..8).unwrap_or_default()),
        kind: entry.kind,
        format: entry.format,
        size: entry.size as f64,
        width: entry.width,
        height: entry.height,
        frames: entry.frames,
        duration: f64::from(entry.duration_ms) / 1000.0,
        triangles: entry.triangles,
        glyphs: entry.glyphs,
        loudness: entry
            .loudness
            .map(|value| f64::from((value * 100.0).round() / 100.0)),
        alpha: entry.alpha == Some(true),
        rating: u32::from(entry.rating),
        label: u32::from(entry.label),
        added_ms: to_second(entry.added_ms),
        modified_ms: to_second(entry.modified_ms),
        missing: entry.missing,
        preview: preview(entry.preview, entry.failed),
        distance: None,
        name: entry.name,
        folder: entry.folder,
    }
}
