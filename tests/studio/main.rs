//! What a creator does with the Studio, in the real window. Each scenario has a desktop, a home and a library of its
//! own and leaves nothing behind.

mod barriers;
mod bring_in;
mod cloud;
mod crash;
mod dialogs;
mod drag;
mod layout;
mod look;
mod organise;
mod paste;
mod pause;
mod reader;
mod together;

use anyhow::Result;
use gameforge_e2e::Stage;
use gameforge_testkit::{PROJECT_DUPLICATES, PROJECT_FILES, game_project};

/// Assets that the project gives: copies of one content are one asset.
const ASSETS: usize = PROJECT_FILES - PROJECT_DUPLICATES;

/// A point of the screen in the middle of the assets, for what is dropped there.
const MIDDLE: (i32, i32) = (700, 450);

/// A stage with the game project of the testkit among its files.
fn stage_with_project() -> Result<Stage> {
    let stage = Stage::new()?;
    game_project(&stage.files)?;
    Ok(stage)
}
