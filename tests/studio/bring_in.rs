//! The first start, and files that come from another program.

use super::{ASSETS, MIDDLE, stage_with_project};
use anyhow::Result;
use gameforge_e2e::{Stage, Studio, other};

#[tokio::test]
async fn the_first_start_teaches_and_fills_an_empty_library_with_samples() -> Result<()> {
    let stage = Stage::new()?;
    let studio = Studio::open(&stage).await?;
    studio.part("welcome").await?;
    assert!(
        stage.library.join("library.db").is_file(),
        "the library is created where it was asked for"
    );

    studio.click("add-samples").await?;
    studio
        .becomes(
            "samples in the grid",
            "document.querySelectorAll('[data-testid=card]').length > 10",
        )
        .await?;
    studio.rests().await?;
    studio
        .becomes(
            "a picture in every card on screen that has one",
            "[...document.querySelectorAll('[data-testid=card] img')].length > 5
             && [...document.querySelectorAll('[data-testid=card] img')].every((img) => img.complete && img.naturalWidth > 0)",
        )
        .await?;
    studio.close().await
}

#[tokio::test]
async fn a_folder_dragged_from_another_window_becomes_a_library() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.part("welcome").await?;

    other::drag_in(&stage.desktop, &[&stage.files], MIDDLE)?;
    studio.matches(ASSETS).await?;
    studio.rests().await?;

    // Kept in place: the files are where they were, and dropping them again changes nothing.
    assert!(stage.files.join("sprites/hero.png").is_file());
    other::drag_in(&stage.desktop, &[&stage.files], MIDDLE)?;
    studio.rests().await?;
    studio.matches(ASSETS).await?;
    studio.close().await
}
