//! Miniature pages: the beginning of a text, a table, a scene's tree, set small in one bundled monospaced face.
//!
//! What stands on a page is decided by the modules of the formats ([`prose`], [`code`], [`json`], [`table`],
//! [`godot`], [`unity`]); how it looks by [`page`] and [`face`]. The ground is transparent and every ink is a mid-tone
//! that is read on dark and on light windows. The layout does not depend on the picture's size.
//!
//! Nothing here fails: a text without a visible letter simply has no page.

mod code;
mod face;
pub mod godot;
mod json;
mod line;
mod page;
mod prose;
mod table;
pub mod unity;

use gameforge_domain::{Format, Pixels};

/// The longest side of a page that nobody asked a size for, in pixels.
pub const SIDE: u32 = 320;

/// A page for the beginning of a text; none where nothing is to be seen.
pub fn text(format: Format, beginning: &str, side: u32) -> Option<Pixels> {
    let page = match format {
        Format::Markdown => prose::markdown(beginning),
        Format::Json => json::page(beginning),
        Format::Csv => table::page(beginning),
        _ => code::page(beginning),
    };
    page.draw(side)
}

#[cfg(test)]
mod tests;
