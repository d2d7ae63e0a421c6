//! One person at two computers: what is signed out from the other, and what a restart without a keychain means.

use super::{ADA, close, computer, gone, link_is, picture, says, sign_in};
use anyhow::Result;
use gameforge_e2e::{DevCloud, Stage, Studio};

#[tokio::test]
async fn a_device_is_signed_out_from_another() -> Result<()> {
    let cloud = DevCloud::start(Vec::new())?;
    cloud.person(ADA.0, ADA.1).await?;
    let desk = computer(Stage::new()?, &cloud, "ada-desk");
    let laptop = computer(Stage::new()?, &cloud, "ada-laptop");
    let at_desk = Studio::open(&desk).await?;
    let on_laptop = Studio::open(&laptop).await?;
    sign_in(&at_desk, ADA.1).await?;
    sign_in(&on_laptop, ADA.1).await?;
    let letter = cloud.letter(ADA.1, "A new device signed in").await?;
    assert!(letter.text.contains("“ada-laptop”"), "{}", letter.text);

    at_desk.click("open-account").await?;
    at_desk.click("account-devices").await?;
    says(&at_desk, "device", "ada-laptop").await?;
    says(&at_desk, "device", "this device").await?;
    let devices = "document.querySelectorAll('[data-testid=device]').length";
    assert_eq!(at_desk.value(devices).await?, 2);
    picture(&at_desk, "devices").await?;
    at_desk.click("device-end").await?;

    link_is(&on_laptop, "signedOut").await?;
    on_laptop.part("open-sign-in").await?;
    gone(&on_laptop, "workspace").await?;
    picture(&on_laptop, "signed-out").await?;
    at_desk
        .becomes("one device", &format!("{devices} === 1"))
        .await?;
    link_is(&at_desk, "live").await?;
    close(&at_desk, "account").await?;
    on_laptop.close().await?;

    // Without a keychain the sign-in goes with the program; which cloud it was is remembered.
    at_desk.part("memory-only").await?;
    at_desk.close().await?;
    let at_desk = Studio::open(&desk).await?;
    link_is(&at_desk, "signedOut").await?;
    at_desk.click("open-sign-in").await?;
    at_desk.part("sign-in-email").await?;
    at_desk.close().await
}
