//! Reading: one asset, a selection, the side bar.

mod asset;
mod selection;
mod summary;
