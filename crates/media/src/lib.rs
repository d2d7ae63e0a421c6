//! Any file: which format is it, what does it say, what does it look like.
