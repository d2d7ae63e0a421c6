//! The system's own dialogs, and the programs that the Studio asks to show something.

use super::{ASSETS, stage_with_project};
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_e2e::{OtherProgram, Stage, Studio, mouse, studio::card};
use std::{path::Path, time::Duration};
use xtask::desktop::wait_until;

const PATIENCE: Duration = Duration::from_secs(20);
/// How long a dialog may take for a key.
const ANSWER: Duration = Duration::from_secs(2);

#[tokio::test]
async fn files_and_folders_are_picked_in_the_systems_dialog() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.part("welcome").await?;

    // By the key.
    mouse::key(&stage.desktop, "ctrl+o")?;
    choose(
        &stage,
        "Import files",
        &stage.files.join("sprites/hero.png"),
    )?;
    studio.matches(1).await?;
    studio.appears(&card("hero.png")).await?;

    // By the button; Escape chooses nothing.
    studio.click("import-button").await?;
    studio.click_on("[data-action='import.files']").await?;
    mouse::activate(&stage.desktop, "^Import files$")?;
    mouse::key(&stage.desktop, "Escape")?;
    gone(&stage, "^Import files$")?;

    // A whole folder.
    studio.click("import-button").await?;
    studio.click_on("[data-action='import.folder']").await?;
    choose(&stage, "Choose a folder", &stage.files)?;
    studio.matches(ASSETS).await?;
    studio.close().await
}

#[tokio::test]
async fn a_file_is_shown_and_opened_by_the_systems_programs() -> Result<()> {
    let stage = stage_with_project()?;
    // Stand-ins: no file manager and no paint program is started on a test's desktop.
    let opened = stage.stand_in("xdg-open")?;
    let manager = OtherProgram::start(&stage.desktop, "file_manager.py", [""; 0])?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;
    studio.search("heart").await?;
    studio.select("heart.png").await?;

    studio.chord(&[Key::Control, Key::Shift], 'r').await?;
    let shown = manager.line()?;
    assert!(shown.starts_with("file:///"), "{shown}");
    assert!(
        shown.ends_with("/sprites/heart.png") || shown.ends_with("/ui/heart%20(copy).png"),
        "{shown}"
    );

    studio.chord(&[Key::Control], Key::Enter).await?;
    wait_until("the program", PATIENCE, || Ok(opened.is_file()))?;
    let asked = std::fs::read_to_string(&opened)?;
    let asked = Path::new(asked.trim());
    assert!(asked.starts_with(&stage.files), "{}", asked.display());
    assert_eq!(
        std::fs::read(asked)?,
        std::fs::read(stage.files.join("sprites/heart.png"))?
    );
    studio.close().await
}

/// Types a path into GTK's dialog, as one who knows it does.
pub(crate) fn choose(stage: &Stage, dialog: &str, path: &Path) -> Result<()> {
    let path = path.to_str().context("a path that can be typed")?;
    mouse::activate(&stage.desktop, &format!("^{dialog}$"))?;
    // Among the files used lately no folder can be chosen by its path.
    mouse::key(&stage.desktop, "alt+Home")?;
    // The field for a path opens on its key, and takes letters only when it is there to be seen.
    let mut seen = picture(stage)?;
    wait_until("a dialog at rest", PATIENCE, || {
        let before = std::mem::replace(&mut seen, picture(stage)?);
        Ok(before == seen)
    })?;
    mouse::key(&stage.desktop, "ctrl+l")?;
    wait_until("the field for a path", PATIENCE, || {
        Ok(picture(stage)? != seen)
    })?;
    mouse::write(&stage.desktop, path)?;
    // The first time, Return may take what the field proposes.
    let dialog = format!("^{dialog}$");
    wait_until("the end of the dialog", PATIENCE, || {
        mouse::key(&stage.desktop, "Return")?;
        Ok(wait_until("it", ANSWER, || {
            Ok(mouse::count(&stage.desktop, &dialog)? == 0)
        })
        .is_ok())
    })
}

fn picture(stage: &Stage) -> Result<Vec<u8>> {
    let file = stage.scratch("dialog.bmp");
    stage.desktop.picture(&file)?;
    Ok(std::fs::read(file)?)
}

fn gone(stage: &Stage, window: &str) -> Result<()> {
    wait_until("the end of the dialog", PATIENCE, || {
        Ok(mouse::count(&stage.desktop, window)? == 0)
    })
}
