//! Files that are dragged between the Studio and other programs, both ways.

use super::{MIDDLE, stage_with_project};
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_e2e::{Stage, Studio, other, studio::card};
use gameforge_testkit::{faults, image};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[tokio::test]
async fn what_is_dragged_out_arrives_as_files_with_their_names() -> Result<()> {
    let stage = stage_with_project()?;
    // A name whose letters mean something in an address.
    let named = stage.files.join("sprites/50% off #1 größe.png");
    std::fs::write(&named, image::plain_png(20, 10, [9, 8, 7, 255]))?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;

    // In place: the file itself.
    studio.search("\"50% off\"").await?;
    studio.select("50% off #1 größe.png").await?;
    let got = drag_out(&stage, &studio, "50% off #1 größe.png").await?;
    assert_eq!(got["type"], "text/uri-list", "{got}");
    assert_eq!(paths(&got), [named.as_path()], "{got}");
    let address = got["addresses"][0].as_str().context("an address")?;
    assert!(
        address.ends_with("/sprites/50%25%20off%20%231%20gr%C3%B6%C3%9Fe.png"),
        "{address}"
    );

    // Several at once.
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
    let from = studio.point_of(&card("slime_blue.png")).await?;
    let got = other::drag_out_and_vanish(&stage.desktop, from)?;
    let mut several = paths(&got);
    several.sort();
    let slimes = ["blue", "green", "red"];
    let slimes = slimes.map(|colour| stage.files.join(format!("sprites/slime_{colour}.png")));
    assert_eq!(several, slimes, "{got}");

    // The system still waits for the program that has gone: what comes from another one is taken all the same.
    let other = stage.scratch("other.png");
    std::fs::write(&other, image::plain_png(8, 8, [1, 2, 3, 255]))?;
    other::drag_in(&stage.desktop, &[&other], MIDDLE)?;
    studio.search("\"other.png\"").await?;
    studio.matches(1).await?;
    studio.close().await
}

#[tokio::test]
async fn a_copied_asset_is_dragged_out_and_opened_as_a_file_of_its_own() -> Result<()> {
    let stage = Stage::new()?;
    let opened = stage.stand_in("xdg-open")?;
    let bytes = image::plain_png(32, 32, [200, 100, 50, 255]);
    let original = stage.files.join("hero one.png");
    std::fs::write(&original, &bytes)?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], true).await?;
    // Only the library has it now.
    std::fs::remove_file(&original)?;
    studio.search("hero").await?;
    studio.select("hero one.png").await?;

    let got = drag_out(&stage, &studio, "hero one.png").await?;
    let path = paths(&got).pop().context("a file")?;
    assert_eq!(path.file_name(), original.file_name(), "{got}");
    assert_eq!(std::fs::read(&path)?, bytes, "{got}");
    assert!(
        !path.starts_with(&stage.library),
        "another program could write into the library: {got}"
    );

    // The same for a program that is to open it.
    studio.chord(&[Key::Control], Key::Enter).await?;
    xtask::desktop::wait_until("the program", std::time::Duration::from_secs(20), || {
        Ok(opened.is_file())
    })?;
    let asked = PathBuf::from(std::fs::read_to_string(&opened)?.trim());
    assert_eq!(asked.file_name(), original.file_name());
    assert_eq!(std::fs::read(&asked)?, bytes);
    studio.close().await?;

    let left: Vec<_> = std::fs::read_dir(stage.temporary())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("gameforge-"))
        .collect();
    assert_eq!(left, [""; 0], "copies that nobody needs any more");
    Ok(())
}

#[tokio::test]
async fn the_band_of_the_overlay_takes_files_the_other_way() -> Result<()> {
    let stage = Stage::new()?;
    let studio = Studio::open(&stage).await?;
    studio.part("welcome").await?;
    for (name, in_band) in [("kept.png", false), ("copied.png", true)] {
        let file = stage.files.join(name);
        std::fs::write(
            &file,
            image::plain_png(8, 8, [u8::from(in_band), 2, 3, 255]),
        )?;
        let hovering = other::hover(&stage.desktop, &[&file], MIDDLE)?;
        studio
            .becomes(
                "the name of what hovers",
                &format!("document.querySelector('[data-testid=drop-target] h2')?.textContent.includes('{name}')"),
            )
            .await?;
        if in_band {
            let band = studio.point_of("[data-testid=drop-other]").await?;
            hovering.over(band)?;
            studio.appears("[data-testid=drop-other].turned").await?;
        }
        hovering.drop()?;
        studio.search(&format!("\"{name}\"")).await?;
        studio.matches(1).await?;
        let asset = asset(&studio, name).await?;
        assert_eq!(asset["stored"], json!(in_band), "{asset}");
    }
    studio.close().await
}

#[tokio::test]
async fn a_dropped_name_that_is_not_utf_8_is_found() -> Result<()> {
    let stage = Stage::new()?;
    let bytes = image::plain_png(16, 16, [77, 66, 55, 255]);
    let Some(file) = faults::not_utf8(&stage.files, &bytes)? else {
        // This file system has no such names.
        return Ok(());
    };
    let studio = Studio::open(&stage).await?;
    studio.part("welcome").await?;
    let hovering = other::hover(&stage.desktop, &[&file], MIDDLE)?;
    let shown = file.file_name().context("a name")?.to_string_lossy();
    studio
        .becomes(
            "the name as far as it can be read",
            &format!(
                "document.querySelector('[data-testid=drop-target] h2')?.textContent.includes({})",
                json!(shown)
            ),
        )
        .await?;
    hovering.drop()?;
    studio.matches(1).await?;
    studio.rests().await?;
    let asset = asset(&studio, &shown).await?;
    assert_eq!(asset["card"]["missing"], false, "{asset}");
    assert_eq!(asset["problem"], Value::Null, "{asset}");
    assert_eq!(asset["metadata"]["width"], 16, "{asset}");

    // And out again, as the bytes that it is.
    studio.select(&shown).await?;
    let got = other::drag_out(&stage.desktop, studio.point_of(&card(&shown)).await?)?;
    assert_eq!(got["sizes"], json!([bytes.len()]), "{got}");
    let address = got["addresses"][0].as_str().context("an address")?;
    assert!(
        address.is_ascii() && address.contains('%'),
        "the name's bytes: {address}"
    );
    studio.close().await
}

async fn drag_out(stage: &Stage, studio: &Studio<'_>, name: &str) -> Result<Value> {
    let from = studio.point_of(&card(name)).await?;
    other::drag_out(&stage.desktop, from).with_context(|| format!("dragging {name} out"))
}

fn paths(got: &Value) -> Vec<PathBuf> {
    let paths = got["paths"].as_array().into_iter().flatten();
    paths
        .filter_map(|path| path.as_str().map(Path::new))
        .map(Path::to_owned)
        .collect()
}

/// What the library knows of the asset with a name.
async fn asset(studio: &Studio<'_>, name: &str) -> Result<Value> {
    let element = studio.appears(&card(name)).await?;
    let id = element.attr("data-id").await?;
    studio.call("asset", json!({ "id": id })).await
}
