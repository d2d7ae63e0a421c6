//! Two people come together: a workspace, a project, an invitation that is accepted in another window.

use super::{ADA, GRACE, close, gone, picture, says};
use anyhow::Result;
use gameforge_e2e::{DevCloud, Studio};

/// What they work on.
pub(super) const WORKSPACE: &str = "Emberworks";
pub(super) const PROJECT: &str = "Emberfall";

/// Ada makes a workspace and a project in it, and says that her library is that project's.
pub(super) async fn makes_project(studio: &Studio<'_>) -> Result<()> {
    studio.click("new-workspace").await?;
    names(studio, WORKSPACE).await?;
    let workspace = format!("[data-testid=workspace][data-name={WORKSPACE}]");
    studio.appears(&workspace).await?;
    // Each workspace has its own button; this one's is beside it.
    studio
        .click_on(&format!("{workspace} + * [data-testid=new-project]"))
        .await?;
    names(studio, PROJECT).await?;
    chooses_project(studio).await
}

/// Says that the open library is the project's.
pub(super) async fn chooses_project(studio: &Studio<'_>) -> Result<()> {
    opens_project(studio).await?;
    studio.click("team-general").await?;
    studio.click("library-project").await?;
    studio
        .becomes(
            "the library's project",
            "document.querySelector('[data-testid=library-project]').checked",
        )
        .await?;
    close(studio, "team").await
}

async fn opens_project(studio: &Studio<'_>) -> Result<()> {
    studio
        .click_on(&format!("[data-testid=project][data-name={PROJECT}]"))
        .await
}

/// Ada asks Grace in.
pub(super) async fn invites(studio: &Studio<'_>, cloud: &DevCloud) -> Result<()> {
    opens_project(studio).await?;
    studio.write("invite-email", GRACE.1).await?;
    let role = studio.part("invite-role").await?;
    role.select_by_value("editor").await?;
    studio.click("invite").await?;
    studio
        .appears("[data-testid=invitation][data-state=pending]")
        .await?;
    picture(studio, "invited").await?;
    let letter = cloud
        .letter(GRACE.1, &format!("{} invites you to {PROJECT}", ADA.0))
        .await?;
    assert!(letter.text.contains("editor"), "{}", letter.text);
    close(studio, "team").await
}

/// Grace, who is signed in already, hears of it without doing anything, and accepts.
pub(super) async fn accepts(studio: &Studio<'_>) -> Result<()> {
    studio.part("inbox-badge").await?;
    studio.click("open-inbox").await?;
    says(studio, "offer", ADA.0).await?;
    says(studio, "offer", PROJECT).await?;
    picture(studio, "invitation").await?;
    studio.click("offer-accept").await?;
    gone(studio, "offer").await?;
    close(studio, "inbox").await?;
    chooses_project(studio).await
}

/// Ada sees who is in.
pub(super) async fn sees_both(studio: &Studio<'_>) -> Result<()> {
    opens_project(studio).await?;
    for (name, _) in [ADA, GRACE] {
        says(studio, "member", name).await?;
    }
    studio.click("team-activity").await?;
    picture(studio, "activity").await?;
    close(studio, "team").await
}

async fn names(studio: &Studio<'_>, name: &str) -> Result<()> {
    studio.write("ask-input", name).await?;
    studio.click("ask-done").await?;
    gone(studio, "ask-dialog").await
}
