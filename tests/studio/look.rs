//! Quick look of every kind.

use super::stage_with_project;
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_e2e::Studio;

/// One of each kind, and of each format that the web view cannot show by itself.
const LOOKED_AT: &[(&str, &str)] = &[
    ("hero.png", "image"),
    ("hero_walk.aseprite", "image"),
    ("banner.psd", "image"),
    ("brick.dds", "image"),
    ("bark.tga", "image"),
    ("sky.hdr", "image"),
    ("icon.svg", "image"),
    ("crate.glb", "model"),
    ("bush.gltf", "model"),
    ("rock.obj", "model"),
    ("jump.wav", "audio"),
    ("theme_loop.ogg", "audio"),
    ("forge_test.ttf", "font"),
    ("level.tscn", "scene"),
    ("items.json", "text"),
];

#[tokio::test]
async fn space_shows_every_kind() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;
    for (name, kind) in LOOKED_AT {
        look_at(&studio, name, kind)
            .await
            .with_context(|| format!("quick look of {name}"))?;
    }
    studio.close().await
}

async fn look_at(studio: &Studio<'_>, name: &str, kind: &str) -> Result<()> {
    studio.search(&format!("\"{name}\"")).await?;
    studio.select(name).await?;
    studio.press(' ').await?;
    studio
        .appears(&format!(
            "[data-testid=quick-look][data-kind={kind}][data-state=ready]"
        ))
        .await?;
    studio.press(Key::Escape).await?;
    studio
        .becomes(
            "no quick look",
            "document.querySelector('[data-testid=quick-look]') === null",
        )
        .await
}
