//! What another program put on the clipboard.

use anyhow::Result;
use gameforge_e2e::{OtherProgram, Stage, Studio, mouse, studio::card};
use gameforge_testkit::{faults, image};
use serde_json::json;
use std::ffi::OsString;

#[tokio::test]
async fn files_and_a_picture_are_pasted_from_another_programs_clipboard() -> Result<()> {
    let stage = Stage::new()?;
    let picture = |colour: u8| image::plain_png(12, 10, [colour, 40, 60, 255]);
    let mut files = Vec::new();
    for (name, colour) in [("one & two.png", 1), ("three.png", 2), ("four.png", 3)] {
        let file = stage.files.join(name);
        std::fs::write(&file, picture(colour))?;
        files.push(OsString::from(file));
    }
    if let Some(odd) = faults::not_utf8(&stage.files, &picture(4))? {
        files.push(odd.into());
    }
    let studio = Studio::open(&stage).await?;
    studio.part("welcome").await?;

    // As most file managers do it, then as GNOME's did.
    let (last, others) = (&files[2], [&files[..2], &files[3..]].concat());
    let clipboard = OtherProgram::start(&stage.desktop, "clipboard.py", words("files", &others))?;
    paste(&stage)?;
    studio.matches(others.len()).await?;
    drop(clipboard);
    let clipboard = OtherProgram::start(&stage.desktop, "clipboard.py", words("gnome", [last]))?;
    paste(&stage)?;
    studio.matches(files.len()).await?;
    studio.appears(&card("one & two.png")).await?;
    drop(clipboard);

    // Pixels without a file are copied in, whatever the choice for files is.
    let pixels = stage.scratch("pixels.png");
    std::fs::write(&pixels, image::plain_png(33, 21, [250, 128, 3, 200]))?;
    let clipboard = OtherProgram::start(
        &stage.desktop,
        "clipboard.py",
        words("picture", [&pixels.into()]),
    )?;
    paste(&stage)?;
    studio.matches(files.len() + 1).await?;
    drop(clipboard);
    studio.rests().await?;
    let pasted = studio.appears(&card("pasted.png")).await?;
    let asset = studio
        .call("asset", json!({ "id": pasted.attr("data-id").await? }))
        .await?;
    assert_eq!(
        (&asset["metadata"]["width"], &asset["metadata"]["height"]),
        (&json!(33), &json!(21)),
        "{asset}"
    );
    assert_eq!(asset["stored"], true, "{asset}");
    assert_eq!(asset["palette"][0]["colour"], "#fa8003", "{asset}");

    // Nothing there that could be brought in: a word, and no import.
    paste(&stage)?;
    studio
        .becomes(
            "a word",
            "[...document.querySelectorAll('[data-testid=toast]')].some((toast) => toast.textContent.includes('clipboard'))",
        )
        .await?;
    studio.close().await
}

fn words<'a>(what: &str, files: impl IntoIterator<Item = &'a OsString>) -> Vec<OsString> {
    std::iter::once(OsString::from(what))
        .chain(files.into_iter().cloned())
        .collect()
}

/// With the real keyboard.
fn paste(stage: &Stage) -> Result<()> {
    mouse::activate(&stage.desktop, "GameForge Studio$")?;
    mouse::key(&stage.desktop, "ctrl+v")
}
