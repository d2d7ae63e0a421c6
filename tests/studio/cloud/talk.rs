//! Two people talk about an asset, each in their own window: a mention, an answer, and a cloud that goes away and comes
//! back.

use super::{
    ADA, GRACE, close, computer, gone, link_is,
    people::{PROJECT, accepts, invites, makes_project, sees_both},
    picture, says, sign_in,
};
use crate::stage_with_project;
use anyhow::Result;
use fantoccini::key::Key;
use gameforge_e2e::{DevCloud, Stage, Studio};
use std::process::Command;
use xtask::step;

/// What they talk about.
const ASSET: &str = "hero.png";

#[tokio::test]
async fn two_people_talk_in_two_windows_while_the_cloud_comes_and_goes() -> Result<()> {
    let mut cloud = DevCloud::start(Vec::new())?;
    cloud.person(ADA.0, ADA.1).await?;
    cloud.person(GRACE.0, GRACE.1).await?;
    let ada = computer(stage_with_project()?, &cloud, "ada-desk");
    let files = ada.files.to_string_lossy();
    ada.gameforge(&["import", &files])?;
    // Grace has a copy of the library: until assets themselves are synced, that is how two have the same ones.
    let grace = computer(Stage::new()?, &cloud, "grace-laptop");
    step::run(
        Command::new("cp")
            .arg("-a")
            .arg(&ada.library)
            .arg(&grace.library),
    )?;
    let at_ada = Studio::open(&ada).await?;
    let at_grace = Studio::open(&grace).await?;
    sign_in(&at_ada, ADA.1).await?;
    sign_in(&at_grace, GRACE.1).await?;

    makes_project(&at_ada).await?;
    invites(&at_ada, &cloud).await?;
    accepts(&at_grace).await?;
    sees_both(&at_ada).await?;

    looks_at(&at_ada).await?;
    looks_at(&at_grace).await?;
    says(&at_ada, "present", GRACE.0).await?;
    says(&at_grace, "present", ADA.0).await?;
    mentions(&at_ada, &at_grace).await?;
    answers(&at_grace, &at_ada).await?;
    comes_and_goes(&mut cloud, &at_ada, &at_grace).await?;
    at_grace.close().await?;
    at_ada.close().await
}

async fn looks_at(studio: &Studio<'_>) -> Result<()> {
    studio.search(ASSET).await?;
    // Its name is in a scene as well; before both are alone, cards still move.
    studio.matches(2).await?;
    studio.select(ASSET).await?;
    studio.part("comment-words").await?;
    Ok(())
}

/// Ada mentions Grace, who sees it at once where she is, on the bell, and in her notifications.
async fn mentions(ada: &Studio<'_>, grace: &Studio<'_>) -> Result<()> {
    let words = ada.part("comment-words").await?;
    words.click().await?;
    words.send_keys("a little darker, @gra").await?;
    says(ada, "mention-option", GRACE.0).await?;
    picture(ada, "mention").await?;
    ada.click("mention-option").await?;
    words.send_keys("please").await?;
    ada.click("comment-say").await?;
    let said = format!("a little darker, @{} please", GRACE.0);
    for window in [ada, grace] {
        says(window, "comment", &said).await?;
    }
    gone(ada, "unsent").await?;
    grace.part("inbox-badge").await?;
    picture(grace, "comment-live").await?;
    grace.click("open-inbox").await?;
    let told = format!("{} mentioned you in {PROJECT}", ADA.0);
    says(grace, "notification", &told).await?;
    picture(grace, "notifications").await?;
    // It leads to the asset.
    grace.click("notification").await?;
    gone(grace, "inbox").await?;
    grace.select(ASSET).await?;
    says(grace, "comment", &said).await
}

/// Grace answers in the thread, and Ada is told.
async fn answers(grace: &Studio<'_>, ada: &Studio<'_>) -> Result<()> {
    grace.click("comment-answer").await?;
    let words = grace.part("comment-words").await?;
    words.send_keys("done, have a look").await?;
    // By the keyboard.
    grace.chord(&[Key::Control], Key::Enter).await?;
    for window in [grace, ada] {
        says(window, "comment", "done, have a look").await?;
    }
    let answer = "document.querySelector('[data-testid=comment].answer')?.textContent.includes('have a look') === true";
    ada.becomes("an answer in its thread", answer).await?;
    ada.part("inbox-badge").await?;
    ada.click("open-inbox").await?;
    says(
        ada,
        "notification",
        &format!("{} answered you in {PROJECT}", GRACE.0),
    )
    .await?;
    ada.click("read-all").await?;
    gone(ada, "inbox-badge").await?;
    close(ada, "inbox").await
}

/// The service is stopped and started: both windows say so, go on from memory, and are back by themselves.
async fn comes_and_goes(cloud: &mut DevCloud, ada: &Studio<'_>, grace: &Studio<'_>) -> Result<()> {
    cloud.stop()?;
    for window in [ada, grace] {
        link_is(window, "offline").await?;
        says(window, "cloud-age", "As of").await?;
        window
            .appears(&format!("[data-testid=project][data-name={PROJECT}]"))
            .await?;
        says(window, "comment", "done, have a look").await?;
    }
    let words = ada.part("comment-words").await?;
    words.click().await?;
    words.send_keys("written while it was away").await?;
    ada.click("comment-say").await?;
    says(ada, "unsent", "Waits to be sent").await?;
    ada.part("cloud-unsent").await?;
    picture(ada, "offline").await?;
    cloud.start_again()?;
    for window in [ada, grace] {
        link_is(window, "live").await?;
        says(window, "comment", "written while it was away").await?;
    }
    gone(ada, "unsent").await?;
    gone(grace, "cloud-age").await?;
    picture(grace, "connected-again").await
}
