//! Quick look of every kind.

use super::stage_with_project;
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_e2e::Studio;
use gameforge_testkit::fixture;

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
    ("old_art.zip", "other"),
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

#[tokio::test]
async fn a_gif_plays_a_film_plays_or_says_why_not_and_plain_bytes_have_a_way_out() -> Result<()> {
    let stage = stage_with_project()?;
    for (name, bytes) in [
        ("intro.mp4", fixture::MP4),
        ("loop.webm", fixture::WEBM),
        ("save.bin", b"\0\x9f\x92\x96\xff\x01\x02\x80"),
    ] {
        std::fs::write(stage.files.join(name), bytes)?;
    }
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;

    quick_look(&studio, "coin_spin.gif", "image").await?;
    studio
        .becomes(
            "all four frames to step through",
            "document.querySelector('[data-testid=viewer-sprite] input[type=range]')?.max === '3'",
        )
        .await?;
    // It plays by itself: the frame that is shown changes, and changes again.
    for frame in ["!== '0'", "=== '0'"] {
        let shown = format!(
            "document.querySelector('[data-testid=viewer-sprite] input[type=range]').value {frame}"
        );
        studio.becomes("another frame", &shown).await?;
    }
    away(&studio).await?;

    for (name, facts) in [
        ("intro.mp4", "64×36 · h264 + aac"),
        ("loop.webm", "64×36 · vp8 + vorbis"),
    ] {
        quick_look(&studio, name, "video").await?;
        assert_eq!(
            studio.value(FILM_FACTS).await?.as_str(),
            Some(facts),
            "{name}"
        );
        // Which of the two it is depends on the codecs of the system; never an empty frame.
        studio.becomes("a film or a word", FILM).await?;
        away(&studio).await?;
    }

    quick_look(&studio, "save.bin", "other").await?;
    studio
        .appears("[data-testid=viewer-other] button:not([disabled])")
        .await?;
    away(&studio).await?;
    studio.close().await
}

const FILM_FACTS: &str =
    "document.querySelector('[data-testid=viewer-video] .viewer-tools .num')?.textContent.trim()";

const FILM: &str = "(() => {
    const film = document.querySelector('[data-testid=viewer-video] video');
    const words = document.querySelector('[data-testid=viewer-video] .body')?.textContent.trim() ?? '';
    return film ? film.videoWidth === 64 && film.videoHeight === 36 && film.readyState >= 2 : words.length > 20;
})()";

async fn look_at(studio: &Studio<'_>, name: &str, kind: &str) -> Result<()> {
    quick_look(studio, name, kind).await?;
    away(studio).await
}

async fn quick_look(studio: &Studio<'_>, name: &str, kind: &str) -> Result<()> {
    studio.search(&format!("\"{name}\"")).await?;
    studio.select(name).await?;
    studio.press(' ').await?;
    studio
        .appears(&format!(
            "[data-testid=quick-look][data-kind={kind}][data-state=ready]"
        ))
        .await?;
    Ok(())
}

async fn away(studio: &Studio<'_>) -> Result<()> {
    studio.press(Key::Escape).await?;
    studio
        .becomes(
            "no quick look",
            "document.querySelector('[data-testid=quick-look]') === null",
        )
        .await
}
