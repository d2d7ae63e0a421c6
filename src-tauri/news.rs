//! What the window hears without asking: the engine's events, and files that are dragged over it.

use crate::{drag::Offered, paths};
use gameforge_studio::cloud::Cloud;
use gameforge_wire::{CloudNews, Event};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;
use tauri::{AppHandle, DragDropEvent, Manager, PhysicalPosition, Window, WindowEvent};
use tauri_specta::Event as _;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// News from the engine.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(transparent)]
pub struct StudioEvent(pub Event);

/// News from the cloud.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(transparent)]
pub struct CloudEvent(pub CloudNews);

/// Files that are dragged over the window from elsewhere, named as `paths::told` does. Positions are in CSS pixels.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(tag = "is", rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum FileDrag {
    Enter { paths: Vec<String>, x: f64, y: f64 },
    Over { x: f64, y: f64 },
    Drop { paths: Vec<String>, x: f64, y: f64 },
    Leave,
}

/// Hands a library's events to the window until the library is closed.
pub fn follow(app: AppHandle, mut events: Receiver<Event>) {
    tauri::async_runtime::spawn(async move {
        loop {
            let told = match events.recv().await {
                Ok(event) => vec![event],
                // The window fell behind: what it missed is told by the two events that make it ask again.
                Err(RecvError::Lagged(_)) => vec![Event::Changed, Event::Places],
                Err(RecvError::Closed) => return,
            };
            for event in told {
                if StudioEvent(event).emit(&app).is_err() {
                    return;
                }
            }
        }
    });
}

/// Hands the cloud's news to the window, and signs in with what the keychain holds.
pub fn follow_cloud(app: AppHandle, cloud: Cloud) {
    let mut news = cloud.news();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = cloud.start().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the cloud");
        }
    });
    tauri::async_runtime::spawn(async move {
        loop {
            let told = match news.recv().await {
                Ok(told) => told,
                // What was missed is asked for again.
                Err(RecvError::Lagged(_)) => CloudNews::Stale { scope: None },
                Err(RecvError::Closed) => return,
            };
            if CloudEvent(told).emit(&app).is_err() {
                return;
            }
        }
    });
}

/// Tells the window's page about files that hover over it and are dropped on it.
pub fn forward_file_drags(window: &Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(drag) = event else {
        return;
    };
    let offered = window.state::<Offered>();
    if offered.is_own() {
        return;
    }
    let shown = |told: &[PathBuf]| {
        offered
            .named(told)
            .iter()
            .map(|path| paths::told(path))
            .collect()
    };
    let scale = window.scale_factor().unwrap_or(1.0);
    let css = |position: &PhysicalPosition<f64>| (position.x / scale, position.y / scale);
    let told = match drag {
        DragDropEvent::Enter { paths, position } => {
            let (x, y) = css(position);
            FileDrag::Enter {
                paths: shown(paths),
                x,
                y,
            }
        }
        DragDropEvent::Over { position } => {
            let (x, y) = css(position);
            FileDrag::Over { x, y }
        }
        DragDropEvent::Drop { paths, position } => {
            let (x, y) = css(position);
            FileDrag::Drop {
                paths: shown(paths),
                x,
                y,
            }
        }
        DragDropEvent::Leave => FileDrag::Leave,
        _ => return,
    };
    if let Err(error) = told.emit(window) {
        tracing::warn!(%error, "a file drag was not told");
    }
}
