//! Finding, tagging, taking it back, and finding it all again after a restart.

use super::{ASSETS, stage_with_project};
use anyhow::Result;
use fantoccini::key::Key;
use gameforge_e2e::{Studio, studio::card};

#[tokio::test]
async fn what_was_found_and_tagged_is_there_after_undo_redo_and_a_restart() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;
    studio.matches(ASSETS).await?;

    studio.search("slime kind:image").await?;
    studio.matches(3).await?;
    studio.search("kind:audio duration<0.3").await?;
    studio.appears(&card("jump.wav")).await?;

    studio.search("slime_red").await?;
    studio.matches(1).await?;
    studio.select("slime_red.png").await?;
    studio.write("tag-input", "enemy/slime").await?;
    studio.press(Key::Enter).await?;
    studio
        .appears("[data-testid=tag-chip][data-tag='enemy/slime']")
        .await?;
    studio.search("tag:enemy").await?;
    studio.matches(1).await?;

    studio.click("undo").await?;
    studio.matches(0).await?;
    studio.click("redo").await?;
    studio.matches(1).await?;
    studio.close().await?;

    let studio = Studio::open(&stage).await?;
    studio.matches(ASSETS).await?;
    studio.search("tag:enemy/slime").await?;
    studio.matches(1).await?;
    // The history is older than this window.
    studio.click("undo").await?;
    studio.matches(0).await?;
    studio.close().await
}

#[tokio::test]
async fn many_are_rated_at_once_by_the_keyboard_and_one_key_takes_it_back() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;
    studio.search("slime kind:image").await?;
    studio.matches(3).await?;
    studio.select("slime_red.png").await?;
    studio.chord(&[Key::Control], 'a').await?;
    studio
        .becomes(
            "three selected",
            "document.querySelectorAll('[data-testid=card][aria-selected=true]').length === 3",
        )
        .await?;
    studio.press('4').await?;
    studio.search("rating:4").await?;
    studio.matches(3).await?;
    // In the search field the chord would mean the text.
    studio.select("slime_red.png").await?;
    studio.chord(&[Key::Control], 'z').await?;
    studio.search("rating:4").await?;
    studio.matches(0).await?;
    studio.close().await
}
