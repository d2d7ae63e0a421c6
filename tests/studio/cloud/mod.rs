//! The cloud in the real window, against the real service on a real PostgreSQL. Who takes part has a computer of their
//! own: a desktop, a home, a configuration, a library.

mod data;
mod devices;
mod entering;
mod factor;
mod people;
mod talk;

use anyhow::Result;
use fantoccini::key::Key;
use gameforge_e2e::{DevCloud, Stage, Studio, cloud::PASSWORD};
use std::path::PathBuf;

/// Who takes part.
const ADA: (&str, &str) = ("Ada Lovelace", "ada@example.org");
const GRACE: (&str, &str) = ("Grace Hopper", "grace@example.org");

/// A computer with a name, beside which a cloud was started.
fn computer(stage: Stage, cloud: &DevCloud, name: &str) -> Stage {
    stage
        .telling("GAMEFORGE_CLOUD_URL", &cloud.url)
        .telling("HOSTNAME", name)
}

/// Goes from a window without anybody signed in to the field for the address.
async fn to_sign_in(studio: &Studio<'_>) -> Result<()> {
    studio.click("open-sign-in").await?;
    studio
        .appears("[data-testid=cloud-address], [data-testid=sign-in-email]")
        .await?;
    let connects = "document.querySelector('[data-testid=cloud-address]') !== null";
    if studio.value(connects).await?.as_bool() == Some(true) {
        go_on(studio).await?;
    }
    studio.part("sign-in-email").await?;
    Ok(())
}

/// Signs in by address and password, up to where the cloud lets one in or asks for more.
async fn show_password(studio: &Studio<'_>, email: &str) -> Result<()> {
    to_sign_in(studio).await?;
    studio.write("sign-in-email", email).await?;
    studio.write("sign-in-password", PASSWORD).await?;
    go_on(studio).await
}

/// Presses what leads to the dialog's next step, once it can be pressed: not while the cloud is being asked something.
async fn go_on(studio: &Studio<'_>) -> Result<()> {
    let ready = "document.querySelector('[data-testid=sign-in-done]')?.disabled === false";
    studio.becomes("a dialog that is ready", ready).await?;
    studio.click("sign-in-done").await
}

async fn sign_in(studio: &Studio<'_>, email: &str) -> Result<()> {
    show_password(studio, email).await?;
    link_is(studio, "live").await?;
    gone(studio, "sign-in").await
}

async fn sign_out(studio: &Studio<'_>) -> Result<()> {
    studio.click("open-account").await?;
    studio.click("sign-out").await?;
    studio.part("open-sign-in").await?;
    gone(studio, "account").await
}

/// Starts the Studio again some hours later, when what is dangerous wants a fresh proof; up to the page of one's data.
async fn hours_later<'a>(
    studio: Studio<'a>,
    stage: &'a Stage,
    cloud: &DevCloud,
) -> Result<Studio<'a>> {
    studio.close().await?;
    cloud.hours_pass()?;
    let studio = Studio::open(stage).await?;
    link_is(&studio, "live").await?;
    studio.click("open-account").await?;
    studio.click("account-data").await?;
    Ok(studio)
}

/// Waits until the status bar says how the connection stands.
async fn link_is(studio: &Studio<'_>, link: &str) -> Result<()> {
    let status = format!("[data-testid=cloud-status][data-link={link}]");
    studio.appears(&status).await?;
    Ok(())
}

async fn gone(studio: &Studio<'_>, part: &str) -> Result<()> {
    let gone = format!("document.querySelector('[data-testid={part}]') === null");
    studio.becomes(&format!("{part} gone"), &gone).await
}

/// Closes a dialog by the keyboard.
async fn close(studio: &Studio<'_>, dialog: &str) -> Result<()> {
    studio.press(Key::Escape).await?;
    gone(studio, dialog).await
}

/// Waits until some part says something.
async fn says(studio: &Studio<'_>, part: &str, words: &str) -> Result<()> {
    let so = format!(
        "[...document.querySelectorAll('[data-testid=\"{part}\"]')].some((it) => it.textContent.includes({words:?}))"
    );
    studio.becomes(&format!("{part}: “{words}”"), &so).await
}

/// A picture of the window, for whoever wants to look at the way: into the folder that
/// `GAMEFORGE_E2E_PICTURES` names.
async fn picture(studio: &Studio<'_>, name: &str) -> Result<()> {
    let Some(folder) = std::env::var_os("GAMEFORGE_E2E_PICTURES").map(PathBuf::from) else {
        return Ok(());
    };
    std::fs::create_dir_all(&folder)?;
    studio.picture(&folder.join(format!("{name}.png"))).await
}
