//! The second factor: turned on with an authenticator, asked for at the next sign-in, done without by a recovery code.

use super::{
    ADA, close, computer, go_on, gone, link_is, picture, says, show_password, sign_in, sign_out,
};
use anyhow::{Context, Result};
use gameforge_e2e::{DevCloud, Stage, Studio, other::script};
use xtask::step;

#[tokio::test]
async fn a_second_factor_is_turned_on_and_asked_for() -> Result<()> {
    let cloud = DevCloud::start(Vec::new())?;
    cloud.person(ADA.0, ADA.1).await?;
    let stage = computer(Stage::new()?, &cloud, "ada-desk");
    let studio = Studio::open(&stage).await?;
    sign_in(&studio, ADA.1).await?;

    studio.click("open-account").await?;
    studio.click("account-security").await?;
    studio.click("factor-on").await?;
    studio
        .becomes(
            "a picture to scan",
            "document.querySelector('[data-testid=factor-qr]')?.naturalWidth > 0",
        )
        .await?;
    let secret = studio.text("factor-secret").await?;
    picture(&studio, "factor-set-up").await?;
    let code = code(&stage, &secret, 0)?;
    studio.write("factor-confirm-code", &code).await?;
    studio.click("factor-confirm").await?;
    studio.part("shown-once").await?;
    picture(&studio, "recovery-codes").await?;
    let codes = "document.querySelector('[data-testid=shown-once] pre').textContent";
    let codes = studio.value(codes).await?;
    let codes: Vec<&str> = codes.as_str().context("the codes")?.lines().collect();
    assert_eq!(codes.len(), 10);
    close(&studio, "account").await?;
    sign_out(&studio).await?;

    // The password alone is not enough any more, nor is the code that was used before.
    show_password(&studio, ADA.1).await?;
    studio.write("factor-code", &code).await?;
    go_on(&studio).await?;
    studio.part("sign-in-problem").await?;
    picture(&studio, "factor-wrong").await?;
    studio
        .write("factor-code", &self::code(&stage, &secret, 1)?)
        .await?;
    go_on(&studio).await?;
    enters(&studio).await?;
    sign_out(&studio).await?;

    // Without the authenticator at hand.
    show_password(&studio, ADA.1).await?;
    studio.write("factor-code", codes[3]).await?;
    go_on(&studio).await?;
    enters(&studio).await?;
    studio.click("open-account").await?;
    studio.click("account-security").await?;
    says(&studio, "account", "9 recovery codes are left").await?;
    studio.close().await
}

async fn enters(studio: &Studio<'_>) -> Result<()> {
    link_is(studio, "live").await?;
    gone(studio, "sign-in").await
}

/// What the person's authenticator shows, so many steps of 30 seconds from now. One ahead is a phone whose clock is: the
/// service takes it, and nobody has to wait for the next.
fn code(stage: &Stage, secret: &str, later: u32) -> Result<String> {
    let mut authenticator = stage.command("/usr/bin/python3")?;
    authenticator
        .arg(script("authenticator.py"))
        .args([secret, &later.to_string()]);
    step::output(&mut authenticator)
}
