//! The window comes back as it was left.

use super::{ASSETS, stage_with_project};
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_e2e::{Studio, mouse};

const SIDE: &str = "document.querySelector('nav.side').offsetWidth";
const INSPECTOR: &str = "document.querySelector('[data-testid=inspector]').offsetWidth";
const SIZE: &str = "`${innerWidth}×${innerHeight}`";

#[tokio::test]
async fn panels_thumbnails_view_and_window_are_as_they_were_left() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;
    studio.matches(ASSETS).await?;
    studio.select("hero.png").await?;
    mouse::resize(&stage.desktop, (1_380, 820))?;
    studio
        .becomes("the new size", &format!("{SIZE} === '1380×820'"))
        .await?;

    let number = async |what: &str| {
        let value = studio.value(what).await?;
        value.as_i64().with_context(|| what.to_owned())
    };
    let (side, inspector) = (number(SIDE).await?, number(INSPECTOR).await?);
    studio
        .value("document.querySelector('nav.side [role=separator]').focus() ?? true")
        .await?;
    studio.press(Key::Right).await?;
    studio.press(Key::Right).await?;
    studio
        .value("document.querySelector('[data-testid=inspector] [role=separator]').focus() ?? true")
        .await?;
    studio.press(Key::Left).await?;
    let slider = studio.part("thumb-size").await?;
    studio
        .value("document.querySelector('[data-testid=thumb-size]').focus() ?? true")
        .await?;
    studio.press(Key::Right).await?;
    let thumb = slider.prop("value").await?.context("the slider")?;
    studio.click("sort-menu").await?;
    studio.click_on("[data-action='sort.name']").await?;
    studio.click("view-list").await?;
    studio.part("list").await?;
    assert_eq!(number(SIDE).await?, side + 16);
    assert_eq!(number(INSPECTOR).await?, inspector + 8);
    // At once: nothing waits for a moment without changes.
    studio.close().await?;

    let studio = Studio::open_as_left(&stage).await?;
    studio.part("list").await?;
    studio.part("card").await?;
    let left = format!(
        "{SIDE} === {} && {INSPECTOR} === {} && {SIZE} === '1380×820'",
        side + 16,
        inspector + 8
    );
    studio.becomes("as it was left", &left).await?;
    let order = studio.text("sort-menu").await?;
    assert_eq!(order, "Name");
    studio.click("view-grid").await?;
    let slider = studio.part("thumb-size").await?;
    assert_eq!(slider.prop("value").await?, Some(thumb));
    studio.close().await
}
