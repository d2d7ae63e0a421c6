//! Sprite animations as the viewer plays them.

use gameforge_domain::AnimationTag;
use serde::{Deserialize, Serialize};
use specta::Type;

/// All frames of an animation in one picture, left to right, then top to bottom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AnimationSheet {
    /// Columns of one frame, in pixels.
    pub width: u32,
    /// Rows of one frame, in pixels.
    pub height: u32,
    /// Frames side by side in the sheet.
    pub columns: u32,
    /// How long each frame is shown, in seconds.
    pub frames: Vec<f64>,
    /// Named ranges of frames.
    pub tags: Vec<AnimationTag>,
}
