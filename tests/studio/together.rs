//! Several programs on one library.

use super::stage_with_project;
use anyhow::Result;
use fantoccini::key::Key;
use gameforge_e2e::{OtherProgram, Studio, mouse, stage::program};
use std::time::Duration;
use xtask::desktop::{Running, wait_until};

const TITLE: &str = "GameForge Studio$";

#[tokio::test]
async fn a_second_start_brings_the_window_forward_and_a_script_is_seen_in_it() -> Result<()> {
    let stage = stage_with_project()?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;

    // A second start on the same library: no second window, and the first one has the keyboard.
    let other = OtherProgram::start(&stage.desktop, "drop_target.py", [""; 0])?;
    mouse::activate(&stage.desktop, "^Other program$")?;
    assert_eq!(mouse::active(&stage.desktop)?, "Other program");
    let mut again = stage.command(program()?)?;
    again.arg("--library").arg(&stage.library);
    let mut again = Running::start(&mut again)?;
    wait_until(
        "the end of the second start",
        Duration::from_secs(30),
        || Ok(again.ended()?.is_some()),
    )?;
    assert!(again.wait()?.success());
    wait_until("the first window", Duration::from_secs(10), || {
        Ok(mouse::active(&stage.desktop)?.ends_with("GameForge Studio"))
    })?;
    assert_eq!(mouse::count(&stage.desktop, TITLE)?, 1);
    drop(other);

    // What a script says is shown without asking for it…
    studio.search("slime_red").await?;
    studio.select("slime_red.png").await?;
    stage.gameforge(&["tag", "add", "enemy/boss", "--matching", "slime_red"])?;
    studio
        .appears("[data-testid=tag-chip][data-tag='enemy/boss']")
        .await?;
    studio
        .appears("[data-testid=place-tag][data-name='enemy']")
        .await?;
    // …and the other way round.
    studio.write("tag-input", "from/window").await?;
    studio.press(Key::Enter).await?;
    studio
        .appears("[data-testid=tag-chip][data-tag='from/window']")
        .await?;
    wait_until("the window's tag", Duration::from_secs(10), || {
        Ok(stage
            .gameforge(&["search", "tag:from/window"])?
            .contains("slime_red.png"))
    })?;
    // Files that a script brings in as well.
    let count = stage.gameforge(&["search", "hero"])?;
    assert!(count.contains("hero.png"), "{count}");
    let new = stage.scratch("from_a_script.png");
    std::fs::copy(stage.files.join("sprites/slime_green.png"), &new)?;
    let mut bytes = std::fs::read(&new)?;
    // Behind a picture's end anything may stand; it makes another content.
    bytes.push(0);
    std::fs::write(&new, bytes)?;
    studio.search("from_a_script").await?;
    studio.matches(0).await?;
    let file = new.to_string_lossy();
    stage.gameforge(&["import", &file])?;
    studio.matches(1).await?;
    studio.close().await
}
