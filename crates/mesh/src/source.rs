//! What every reader is handed besides the bytes, and what it hands back.

use crate::scene::{Budget, Scene, note_missing};
use crate::siblings::{Siblings, read_loosely};
use crate::texture::{Sampling, Texture};
use gameforge_domain::{Limits, ModelMetadata, Pixels, ReadError};

/// A model's surroundings while it is read.
pub struct Source<'a> {
    pub siblings: &'a dyn Siblings,
    pub limits: Limits,
    pub budget: Budget,
    /// Whether the model will be drawn; textures are decoded only then.
    pub for_drawing: bool,
}

/// A model that was read.
#[derive(Debug)]
pub struct Opened {
    pub metadata: ModelMetadata,
    pub drawing: Drawing,
}

/// What there is to show of a model.
#[derive(Debug)]
pub enum Drawing {
    /// Geometry to draw.
    Scene(Box<Scene>),
    /// A picture that the file carries.
    Picture(Pixels),
    /// Nothing, and why.
    Nothing(ReadError),
}

impl<'a> Source<'a> {
    pub fn new(siblings: &'a dyn Siblings, limits: &Limits, for_drawing: bool) -> Self {
        Self {
            siblings,
            limits: *limits,
            budget: Budget::new(limits),
            for_drawing,
        }
    }

    /// The bytes of a referenced picture; a file that cannot be had is noted instead.
    pub fn picture(&self, target: &str, missing: &mut Vec<String>) -> Option<Vec<u8>> {
        let limit = self.limits.file_bytes.min(self.budget.memory_left());
        match read_loosely(self.siblings, target, limit) {
            Ok(bytes) => Some(bytes),
            Err(_) => {
                note_missing(missing, target);
                None
            }
        }
    }

    /// Decodes a picture where the model is to be drawn. One that cannot be decoded leaves its surface plain: the model
    /// itself is whole, and the picture's own report says what is wrong with it.
    pub fn texture(&mut self, bytes: &[u8], sampling: Sampling) -> Option<Texture> {
        if !self.for_drawing {
            return None;
        }
        Texture::decode(bytes, sampling, &self.limits, &mut self.budget).ok()
    }
}
